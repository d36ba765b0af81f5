"""What goes into the store and comes out of it besides reviews."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  dataclass fields are read at run time
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from reviewpipe.schema import ThemeHit


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a file or a run: read = new + edited + duplicate + rejected."""

    read: int = 0
    new: int = 0
    edited: int = 0
    duplicate: int = 0
    rejected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class FileNote:
    """A line of the ledger: a file by the digest of its content, how it was read, and what it gave.

    `settings` is a digest of the settings that it was read with, `seen_on` when the file was made (ISO).  Files with
    the same `export` are together all reviews that there were; "" where that cannot be known.  `columns` are its
    headings, true where anything stood under them.
    """

    digest: str
    path: str
    source: str
    form: str
    counts: Counts = Counts()
    settings: str = ""
    seen_on: str = ""
    export: str = ""
    columns: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A file in the store: its line in the ledger, and how many of its new reviews the store had from it before."""

    note: FileNote
    again: int


@dataclass(frozen=True)
class Saying:
    """Where words of people are kept: columns of a table that have their codes together in the column `codes`."""

    table: str
    row: str
    texts: tuple[str, ...]
    codes: str


# All of them: what clients say and, before it was translated, said; what they are answered; what they said before.
SAYINGS = (
    Saying("reviews", "number", ("text", "original"), "codes"),
    Saying("reviews", "number", ("reply",), "reply_codes"),
    Saying("versions", "rowid", ("text",), "codes"),
)


@dataclass(frozen=True)
class Wording:
    """The texts of a row of a Saying, and their codes where these are known."""

    row: int
    texts: tuple[str | None, ...]
    codes: bytes | None = None


@dataclass(frozen=True)
class FileReject:
    """A refused row, or a whole refused file where `row` is None."""

    path: str
    row: int | None
    reason: str


@dataclass(frozen=True)
class Failure:
    """A file that cannot be read at present (kind `unreadable`), or in which no reviews are (`no reviews`).

    `path` with names hidden, `digest` of its content where that can be had, `settings` with which it was tried.
    """

    path: str
    reason: str
    digest: str = ""
    settings: str = ""
    kind: str = "unreadable"

    @property
    def mark(self) -> str:
        """The same for the same content tried with the same settings, so that it is told once."""
        return f"{self.digest or f'{self.path}: {self.reason}'} {self.settings}"


@dataclass(frozen=True)
class Finished:
    """Reviews at the end of the stages: the table, its themes row by row, the fingerprints of the names behind it.

    Each fingerprint (with its number of words) comes with its trace, if it has one of its own.
    """

    reviews: pd.DataFrame
    themes: Sequence[Sequence[ThemeHit]]
    names: Mapping[tuple[int, int], bytes | None]
