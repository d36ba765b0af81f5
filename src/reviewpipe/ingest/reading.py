"""What a reader hands over: rows as the file says them, before dates, ratings and texts are understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from reviewpipe.schema import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reviewpipe.ingest.facts import Facts
    from reviewpipe.schema import Reject, Role, Visibility

T = TypeVar("T")

# The fields that a row of Found may have; a value is as the file gives it (text, number, bool) or absent.
FIELDS = (
    "native_id",  # the platform's id of the review
    "author",
    "date",  # any spelling: ISO, epoch, 3/14/2026, "2 months ago"
    "updated",  # the day of the last edit, in any spelling
    "rating",  # any spelling: 5, "FIVE", "4,5", "★★★★☆", "4/5"
    "best_rating",  # the top of the scale, where the file says it
    "recommended",  # yes/no in any spelling
    "text",
    "original",  # the client's own words where text is a translation
    "reply",
    "translated",  # a translation that stands beside the text, and its language
    "translated_language",
    "language",
    "truncated",
    "public",  # whether anyone may read it there, in any spelling
    "platform",  # where this one was written, in files that collect several sources
    "row",  # row, record or line, counted from 1
)


def printable(name: object) -> str:
    """A file's name in one line that every terminal and the store can hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(name))


class Again(Generic[T]):
    """What is made anew each time it is asked for, so that a file of any length is never held."""

    def __init__(self, make: Callable[[], Iterator[T]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[T]:
        return self._make()


@dataclass(frozen=True)
class Found:
    """Rows of one file (keys out of FIELDS), what became of each of its parts, and what was refused.

    `form` names the description that fitted: google_takeout, facebook_ratings, pasted_page, …  `rows` can be gone
    through several times.  `filled` are the headings of a table or the keys of its records, and whether anything stood
    under each; empty for pages and pastes.  `facts` of the rows, where the reader went through them anyway.
    """

    form: str
    rows: Iterable[dict[str, Any]]
    roles: tuple[Role, ...] = ()
    rejects: tuple[Reject, ...] = ()
    filled: Mapping[str, bool] = field(default_factory=dict)
    facts: Facts | None = None

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self.facts.count if self.facts else sum(1 for _ in self.rows)


@dataclass(frozen=True)
class Reading:
    """One file, read: what it is, where its reviews were written, and the reviews as the table after ingest.

    `batches` are made while they are gone through, at least one; each time the file is read anew, which may raise what
    `ingest.read` raises.  `size` is their number of rows, refused ones included.  `whole` says whether all reviews that
    there were stand in it: in the "file" itself, in the files of its "folder" together, or "" where that cannot be
    known.
    """

    kind: str
    form: str
    source: str
    visibility: Visibility
    batches: Iterable[Batch]
    size: int
    columns: tuple[Role, ...] = ()
    notes: Iterable[Role] = ()
    filled: Mapping[str, bool] = field(default_factory=dict)
    whole: Literal["", "file", "folder"] = ""

    @cached_property
    def batch(self) -> Batch:
        """All of it in one table, for files that are not large."""
        first, *others = self.batches
        if not others:
            return first
        import pandas as pd

        rejects = sorted((r for one in (first, *others) for r in one.rejects), key=lambda reject: reject.row)
        return Batch(pd.concat([one.reviews for one in (first, *others)], ignore_index=True), tuple(rejects))

    @property
    def roles(self) -> tuple[Role, ...]:
        """What became of each line or column, then how dates and stars were read."""
        return (*self.columns, *self.notes)

    def held(self) -> Reading:
        """The same in memory, for a file that will not be there any more."""
        return replace(self, batches=(self.batch,), notes=tuple(self.notes))
