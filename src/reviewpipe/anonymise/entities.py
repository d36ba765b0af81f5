"""A found piece of a text, and how found pieces are put in order and replaced."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Label = Literal["PERSON", "EMAIL", "PHONE", "URL", "HANDLE", "ADDRESS", "ZIP", "NUMBER", "DATE", "AGE"]


@dataclass(frozen=True, slots=True)
class Entity:
    """`text[start:end]` tells who somebody is; `replacement` is what stands there instead."""

    start: int
    end: int
    label: Label
    replacement: str


def settle(entities: Iterable[Entity]) -> list[Entity]:
    """`entities` in order and without overlaps: the longer one wins, of equals the first given."""
    kept: list[Entity] = []  # in order, so that only the neighbour on the left can reach into `one`
    for one in sorted(entities, key=lambda e: e.start - e.end):
        at = bisect_left(kept, one.end, key=lambda e: e.start)
        if not at or kept[at - 1].end <= one.start:
            kept.insert(at, one)
    return kept


def replace(text: str, entities: Sequence[Entity]) -> str:
    """`text` with each entity's replacement in its place; `entities` are settled."""
    pieces: list[str] = []
    here = 0
    for one in entities:
        pieces += (text[here : one.start], one.replacement)
        here = one.end
    return "".join(pieces) + text[here:]


def carried_on(start: int, end: int, replaced: Sequence[Entity]) -> tuple[int, int]:
    """Where `start:end` of a text is after `replaced`; it widens to the whole of what stands for half of it."""
    shift_start = shift_end = 0
    for one in replaced:
        longer = len(one.replacement) - (one.end - one.start)
        if one.end <= start:
            shift_start += longer
        elif one.start < start:
            shift_start += one.start - start
        if one.end <= end:
            shift_end += longer
        elif one.start < end:
            shift_end += one.start + len(one.replacement) - end
    return start + shift_start, end + shift_end


def carried_back(found: Sequence[Entity], before: Sequence[Entity]) -> list[Entity]:
    """`found` in a text where `before` had been replaced, with offsets into the text as it was; none overlap."""
    shifts = [0]
    for earlier in before:
        shifts.append(shifts[-1] + len(earlier.replacement) - (earlier.end - earlier.start))
    starts = [earlier.start + shift for earlier, shift in zip(before, shifts, strict=False)]
    moved = []
    for one in found:
        shift = shifts[bisect_left(starts, one.start)]
        moved.append(Entity(one.start - shift, one.end - shift, one.label, one.replacement))
    return moved
