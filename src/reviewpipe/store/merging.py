"""One review read twice: which reading is the one to keep?  In whatever order they come, the answer is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    Row = Mapping[str, Any]
    Judgement = Literal["same", "newer", "older", "excerpt", "whole"]

# Two people do not write so many equal characters by chance.
LONG_TEXT = 60
# Similarity in per cent (normalised Indel distance) from which on two texts are one with its slips mended.
ALIKE = 90
# An excerpt is cut, but not rewritten.
ALIKE_CUT = 95
PRECISIONS = ("none", "relative", "month", "day", "second")


def judge(held: Row, row: Row) -> Judgement:
    """What `row` is beside the review as held: the same, a newer or older version, its excerpt, its whole."""
    if (row["words"], row["rating"]) == (held["words"], held["rating"]):
        return "same"
    if bool(row["truncated"]) != bool(held["truncated"]):
        return "excerpt" if row["truncated"] else "whole"
    return "newer" if _age(row) > _age(held) else "older"


def _age(row: Row) -> tuple[str, str, str]:
    """What makes a version newer: its own date, then its file's; the last only makes the answer the same every time."""
    exact = row["posted_on"] if row["date_precision"] in ("day", "second") else None
    return row["updated_on"] or exact or "", row["seen_on"], row["words"] or ""


def alike(held: Row, row: Row) -> bool:
    """Whether both are the same opinion with a few letters changed, or one is cut out of the other.

    Within a source that must be the same person; elsewhere people have other names ("Dolores W.", "Dolores Whitmore").
    """
    from rapidfuzz import fuzz

    same_person = row["person"] is not None and row["person"] == held["person"]
    if not same_person and row["source"] == held["source"]:
        return False
    shorter, longer = sorted((_plain(held), _plain(row)), key=len)
    if len(shorter) < LONG_TEXT:
        return False
    if row["truncated"] or held["truncated"]:
        return fuzz.ratio(shorter, longer[: len(shorter)]) >= ALIKE_CUT
    return fuzz.ratio(shorter, longer) >= ALIKE


def _plain(row: Row) -> str:
    return " ".join((row["text"] or "").casefold().rstrip("….").split())


def details(held: Row, row: Row, *, same_place: bool) -> dict[str, Any]:
    """What the store learns from `row` besides what the client says: a more exact date, a newer answer of ours."""
    learned: dict[str, Any] = {}
    ranks = [PRECISIONS.index(one["date_precision"]) for one in (held, row)]
    earlier = ranks[0] == ranks[1] and (row["posted_on"] or "9") < (held["posted_on"] or "9")
    if ranks[1] > ranks[0] or (earlier and same_place):
        learned |= {name: row[name] for name in ("posted_on", "month", "date_precision")}
    answered = held["reply"] or ""
    if row["reply"] and (not answered or (*_age(row)[:2], row["reply"]) > (*_age(held)[:2], answered)):
        learned["reply"] = row["reply"]
    if same_place:
        for name in ("updated_on", "seen_on"):
            if (row[name] or "") > (held[name] or ""):
                learned[name] = row[name]
    return learned
