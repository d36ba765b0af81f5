"""Rows that go wrong in more than twenty ways, planted among invented reviews, and what must come of each.

What is merely odd must be read; what says nothing must be refused with its reason.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import invented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from invented import Row

    Spoiler = Callable[[Row], list[Row]]

READ, TWICE, EDITED, NOTHING = "new", "duplicate", "edited", "no row"
KEPT = (READ, EDITED, TWICE)
EMPTY = "neither text nor rating"
AHEAD, BEFORE, TOTALS = "date in the future", "date before 1990", "a line of totals, not a review"
GERMAN = (
    "Schulter Nacken Rücken Schmerzen Behandlung Termin und ich bin sehr wieder seit nach jetzt nicht mehr weg besser "
    "die der eine meine wurde hat mir geholfen ist freundlich kompetent Wochen endlich schlafen kann gerne danke"
).split()


def _with(**cells: str) -> Spoiler:
    """The row with other cells."""
    return lambda row: [[cells.get(name, cell) for name, cell in zip(invented.HEADER, row, strict=True)]]


def _text(change: Callable[[str], str]) -> Spoiler:
    return lambda row: [[*row[:-1], change(row[-1])]]


def _german(row: Row) -> list[Row]:
    """In words of another language, in another order for each row."""
    return [[*row[:-1], " ".join(Random(row[0]).choices(GERMAN, k=20)) + "."]]  # noqa: S311  no secret is made of it


# How it is spoilt, and what must come of each line that is written, in order.
KINDS: Mapping[str, tuple[Spoiler, tuple[str, ...]]] = {
    "neither text nor rating": (_with(Rating="", Review=""), (EMPTY,)),
    "blanks for text, a dash for rating": (_with(Rating="-", Review="   "), (EMPTY,)),
    "a day to come": (_with(Date="2199-05-03"), (AHEAD,)),
    "a day of 1899": (_with(Date="1899-12-30"), (BEFORE,)),
    "a line of averages": (lambda _: [["Average", "", "", "", "4.6", ""]], (TOTALS,)),
    "a line of totals": (lambda _: [["Total: 12", "", "", "", "", ""]], (TOTALS,)),
    "an empty line": (lambda _: [[""] * len(invented.HEADER)], (NOTHING,)),
    "the same row twice": (lambda row: [row, row], (READ, TWICE)),
    "the same review edited": (
        lambda row: [row, [*row[:3], invented.LAST_DAY.isoformat(), row[4], f"{row[-1]} Still so."]],
        (READ, EDITED),
    ),
    "stars without words": (_with(Review=""), (READ,)),
    "words without stars": (_with(Rating=""), (READ,)),
    "no date": (_with(Date=""), (READ,)),
    "a date that is none": (_with(Date="last time"), (READ,)),
    "more stars than there are": (_with(Rating="55"), (READ,)),
    "stars in words": (_with(Rating="four stars"), (READ,)),
    "a date in words": (_with(Date="March 5th, 2021"), (READ,)),
    "tags and entities": (_text(lambda text: f"<p>{text}</p><br>Thanks &amp;amp; bye"), (READ,)),
    "another language": (_german, (READ,)),
    "wrongly decoded": (_text(lambda text: f"{text} I donâ€™t regret it."), (READ,)),
    "line breaks, zero width": (_text(lambda text: text.replace(" ", "\r\n\u200b", 3)), (READ,)),
    "cells too many": (lambda row: [[*row, "", "checked", ""]], (READ,)),
    "the last cells missing": (lambda row: [row[:5]], (READ,)),
    "nobody's, from nowhere": (_with(Author="", Platform="", **{"Review ID": ""}), (READ,)),
}


def rows(first: int, last: int, share: float) -> Iterator[Row]:
    """Invented reviews of which about `share` are spoilt, each kind as often as the others."""
    for number in range(first, last):
        row = invented.row(number)
        yield from KINDS[kind][0](row) if (kind := _kind(number, share)) else [row]


def expected(first: int, last: int, share: float) -> Counter[str]:
    """What must come of these rows: how many are new, edited, duplicate, or refused for each reason."""
    found: Counter[str] = Counter()
    for number in range(first, last):
        kind = _kind(number, share)
        found.update(KINDS[kind][1] if kind else (READ,))
    del found[NOTHING]
    return found


def _kind(number: int, share: float) -> str:
    """How this row is spoilt; "" where it is not."""
    count, before = int((number + 1) * share), int(number * share)
    return list(KINDS)[count % len(KINDS)] if count > before else ""
