"""What a reader hands over: rows as the file says them, before dates, ratings and texts are understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewpipe.schema import Batch, Reject, Role, Visibility

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


@dataclass(frozen=True)
class Found:
    """Rows of one file (keys out of FIELDS), what became of each of its parts, and what was refused.

    `form` names the description that fitted: google_takeout, facebook_ratings, pasted_page, …  `filled` are the
    headings of a table or the keys of its records, and whether anything stood under each; empty for pages and pastes.
    """

    form: str
    rows: list[dict[str, Any]]
    roles: tuple[Role, ...] = ()
    rejects: tuple[Reject, ...] = ()
    filled: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One file, read: what it is, where its reviews were written, and the reviews as the table after ingest.

    `whole` says whether all reviews that there were stand in it: in the "file" itself, in the files of its "folder"
    together, or "" where that cannot be known.
    """

    kind: str
    form: str
    source: str
    visibility: Visibility
    batch: Batch
    roles: tuple[Role, ...] = ()
    filled: Mapping[str, bool] = field(default_factory=dict)
    whole: Literal["", "file", "folder"] = ""
