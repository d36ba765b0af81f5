"""One review read twice: which reading is the one to keep?  In whatever order they come, the answer is the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Row = Mapping[str, Any]

# Two people do not write so many equal characters by chance.
LONG_TEXT = 60
# Similarity in per cent (normalised Indel distance) from which on two texts are one with its slips mended.
ALIKE = 90
# An excerpt is cut, but not rewritten.
ALIKE_CUT = 95
# A name may be hidden in one of two texts and not be recognised in the other.
HIDDEN = re.compile(r"\[[^\[\]]{1,40}\]")
PRECISIONS = ("none", "relative", "month", "day", "second")


def said_on(row: Row) -> str:
    """The day of a row's words: of their edit, else of the review where that is exact; "" where unknown."""
    exact = row["posted_on"] if row["date_precision"] in ("day", "second") else None
    return row["updated_on"] or exact or ""


def rank(row: Row) -> tuple[Any, ...]:
    """Of all that was said, what ranks highest is kept: what is whole, has a rating, is newest, stands in a newer file.

    All else only makes the answer the same every time.
    """
    rating = -1 if row["rating"] is None else row["rating"]
    others = (str(row[name] or "") for name in ("words", "text", "rating_given", "recommended", "language", "original"))
    return (not row["truncated"], rating >= 0, row["said_on"], row["seen_on"], rating, *others)


def is_same(held: Row, row: Row) -> bool:
    """Whether both say the same, whatever the case, the signs and the names that were hidden."""
    return bool((row["words"], row["rating"]) == (held["words"], held["rating"]))


def alike(held: Row, row: Row) -> bool:
    """Whether both are the same opinion with a few letters changed, or one is cut out of the other.

    Within a source that must be the same person; elsewhere people have other names ("Dolores W.", "Dolores Whitmore").
    """
    from rapidfuzz import fuzz

    same_person = row["person"] is not None and row["person"] == held["person"]
    if not same_person and row["source"] == held["source"]:
        return False
    shorter, longer = sorted((_plain(held["text"] or ""), _plain(row["text"] or "")), key=len)
    if len(shorter) < LONG_TEXT:
        return False
    if row["truncated"] or held["truncated"]:
        return fuzz.ratio(shorter, longer[: len(shorter)], score_cutoff=ALIKE_CUT) > 0
    return fuzz.ratio(shorter, longer, score_cutoff=ALIKE) > 0


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    return " ".join(HIDDEN.sub(" ", text).casefold().rstrip("….").split())


def better_date(held: Row, row: Row) -> bool:
    """Whether `row` knows the day of a place more exactly, or as exactly and earlier."""
    ranks = [PRECISIONS.index(one["date_precision"]) for one in (held, row)]
    return ranks[1] > ranks[0] or (ranks[0] == ranks[1] and (row["posted_on"] or "9") < (held["posted_on"] or "9"))


def origin(place: Row) -> tuple[Any, ...]:
    """Of all places of a review, the one with the least of these gives its source and date: exact, early, first."""
    exactness = PRECISIONS.index(place["date_precision"])
    return (-exactness, place["posted_on"] or "9", place["source"], place["review_key"])
