"""The reviews of data/raw as they are, names and all, for commands that ask about them and store nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.config import Config


def raw_texts(config: Config, columns: Sequence[str]) -> tuple[list[str], list[str | None]]:
    """The texts in `columns` of all reviews in data/raw, each once, and the reviewer of each (None where unknown)."""
    from reviewpipe import ingest, rawfolder
    from reviewpipe.clean import clean
    from reviewpipe.schema import values

    found: dict[tuple[str, str | None], None] = {}
    unread = 0
    for path in rawfolder.content(config.raw).files:
        try:
            reviews = clean(ingest.read(path, config).batch.reviews)
        except InputError:
            unread += 1
            continue
        authors = values(reviews, "author")
        for column in columns:
            found.update(
                ((text, author), None) for text, author in zip(values(reviews, column), authors, strict=True) if text
            )
    if unread:
        click.echo(f"{unread} files were not read; `reviewpipe inspect` says why.", err=True)
    if not found:
        raise InputError(f"There are no reviews with words in {config.raw}.  Put review files there and try again.")
    return [text for text, _ in found], [author for _, author in found]
