"""The reviews of data/raw as they are, names and all, for commands that ask about them and store nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe import ingest, rawfolder
from reviewpipe.clean import clean
from reviewpipe.errors import InputError
from reviewpipe.schema import values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from reviewpipe.config import Config


@dataclass(frozen=True)
class Said:
    """Texts, each once, the reviewer of each (None where unknown), and how many files could not be read."""

    texts: list[str]
    authors: list[str | None]
    unread: int

    def __repr__(self) -> str:
        return f"Said({len(self.texts)} texts)"


def cleaned(path: Path, config: Config) -> pd.DataFrame | None:
    """The reviews of a raw file after clean; None where it cannot be read."""
    try:
        return clean(ingest.read(path, config).batch.reviews)
    except InputError:
        return None


def said(config: Config, columns: Sequence[str]) -> Said:
    """What stands in `columns` of all reviews in data/raw; InputError where there is nothing."""
    found: dict[tuple[str, str | None], None] = {}
    unread = 0
    for path in rawfolder.content(config.raw).files:
        reviews = cleaned(path, config)
        if reviews is None:
            unread += 1
            continue
        authors = values(reviews, "author")
        for column in columns:
            pairs = zip(values(reviews, column), authors, strict=True)
            found.update(((text, author), None) for text, author in pairs if text)
    if not found:
        raise InputError(f"There are no reviews with words in {config.raw}.  Put review files there and try again.")
    return Said([text for text, _ in found], [author for _, author in found], unread)
