"""Words as letters: a batch of sentences becomes one string, and a phrase a small expression over it.

Most places begin no phrase.  So which phrases may begin at a place is looked up by its letter and the next one, for a
whole batch in one step, and an expression is tried only where that much of it stands.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Letters = frozenset[str] | None
    Begun = Mapping[str, Sequence[tuple[int, Letters]]]

FIRST = 0x4E00  # a block of 20,000 letters, more than there are words in phrases


class Part(NamedTuple):
    """One part of a phrase: the letters that may stand there and whether it may be missing, or the length of a gap."""

    letters: frozenset[str]
    optional: bool = False
    gap: int = 0


def letters_of(sets: Iterable[frozenset[str]]) -> dict[str, str]:
    """A letter for each word of `sets`; words that always stand together share one, which halves the work."""
    within: dict[str, list[int]] = {}
    for number, words in enumerate(dict.fromkeys(sets)):
        for word in words:
            within.setdefault(word, []).append(number)
    places = {places: i for i, places in enumerate(sorted(set(map(tuple, within.values()))))}
    return {word: chr(FIRST + places[tuple(within[word])]) for word in sorted(within)}


@dataclass(frozen=True)
class Openings:
    """Which phrases, counted from 0, may begin where.

    `near` maps a letter to the phrases that it may begin, each with the letters that may come second, None where
    anything may; `far` to those that go on behind a gap, each with the letters that may stand behind it.  `tables` tell
    by two letters (see `_number`; 0 is any other) whether there are any near, and any far.  No gap passes `reach`.
    """

    near: Begun
    far: Begun
    tables: NDArray[np.bool_]
    reach: int

    def candidates(self, line: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
        """Where in `line` a phrase may begin, and which, in order; what ends `line` begins none."""
        size = self.tables.shape[1]
        numbers = np.maximum(line.astype(np.int64) - (FIRST - 1), 0)
        numbers[numbers >= size] = 0
        starts = np.asarray(self.tables.any((0, 2)))
        begin = np.flatnonzero(starts[numbers])
        places, pairs = [], []
        for step in range(1, self.reach + 1):
            at = begin[begin < len(line) - step]
            pair = numbers[at] * size + numbers[at + step]
            for table in range(1 if step > 1 else 0, 2):
                there = np.flatnonzero(self.tables[table].ravel()[pair])
                places.append(at[there])
                pairs.append(table * size * size + pair[there])
        found, which = np.unique(np.concatenate(pairs), return_inverse=True)
        begun = [self._begun(pair) for pair in found.tolist()]
        return _spread(np.concatenate(places), which, begun)

    def _begun(self, pair: int) -> list[int]:
        """The phrases of a pair, numbered as in `candidates`."""
        size = self.tables.shape[1]
        first, second = (chr(FIRST - 1 + number) for number in divmod(pair % (size * size), size))
        begun = self.far if pair >= size * size else self.near
        return [n for n, seconds in begun.get(first, ()) if seconds is None or second in seconds]


def _spread(
    places: NDArray[np.int64], which: NDArray[np.int64], begun: Sequence[Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Each place with each phrase of `begun[which]`, in order, none twice."""
    counts = np.array([len(some) for some in begun], np.int64)
    phrases = np.array([number for some in begun for number in some], np.int64)
    each = counts[which]
    inside = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    number = phrases[np.repeat((np.cumsum(counts) - counts)[which], each) + inside]
    most = 1 + number.max(initial=0)
    both = np.sort(np.repeat(places, each) * most + number)
    both = both[np.diff(both, prepend=-1) > 0]
    return zip((both // most).tolist(), (both % most).tolist(), strict=True)


@functools.lru_cache(maxsize=20_000)
def expression(pattern: str) -> re.Pattern[str]:
    """`pattern` compiled when it is first tried: a run of ten reviews tries few."""
    return re.compile(pattern)


def openings(phrases: Iterable[Sequence[Part]]) -> Openings:
    """The openings of `phrases`."""
    begun: list[dict[str, list[tuple[int, Letters]]]] = [{}, {}]
    reach = 1
    for number, parts in enumerate(phrases):
        for place, part in enumerate(parts):
            gap = parts[place + 1].gap if place + 1 < len(parts) else 0
            reach = max(reach, 1 + gap)
            seconds = _next(parts[place + 2 if gap else place + 1 :])
            for letter in part.letters:
                begun[gap > 0].setdefault(letter, []).append((number, seconds))
            if not part.optional:
                break
    pairs = [(kind, one, seconds) for kind in (0, 1) for one, some in begun[kind].items() for _, seconds in some]
    size = 1 + max((_number(letter) for _, one, seconds in pairs for letter in (one, *(seconds or ()))), default=0)
    tables = np.zeros((2, size, size), bool)
    for kind, one, seconds in pairs:
        tables[kind, _number(one), slice(None) if seconds is None else [*map(_number, seconds)]] = True
    return Openings(begun[0], begun[1], tables, reach)


def _number(letter: str) -> int:
    return ord(letter) - FIRST + 1


def _next(parts: Sequence[Part]) -> Letters:
    """The letters that may stand first in `parts`; None where anything may."""
    found = frozenset[str]()
    for part in parts:
        if part.gap:
            return None
        found |= part.letters
        if not part.optional:
            return found
    return None
