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

FIRST = 0x4E00  # a block of 20,000 letters, more than there are words in phrases


class Part(NamedTuple):
    """One part of a phrase: the letters that may stand there, None for a gap, and whether it may be missing."""

    letters: frozenset[str] | None
    optional: bool = False


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
    """Which phrases, counted from 0, may begin with two letters.

    `first` maps a letter to the phrases that it may begin, each with the letters that may come second, None where
    anything may.  `table` tells by two letters (see `_number`; 0 is any other) whether there are any.
    """

    first: Mapping[str, Sequence[tuple[int, frozenset[str] | None]]]
    table: NDArray[np.bool_]
    known: dict[int, tuple[int, ...]]

    def places(self, line: NDArray[np.uint32]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Where in `line` a phrase may begin, in order, with all that may; what ends `line` begins none."""
        size = len(self.table)
        numbers = np.maximum(line.astype(np.int64) - (FIRST - 1), 0)
        numbers[numbers >= size] = 0
        pairs = numbers[:-1] * size + numbers[1:]
        places = np.flatnonzero(self.table.ravel()[pairs])
        return zip(places.tolist(), map(self._begun, pairs[places].tolist()), strict=True)

    def _begun(self, pair: int) -> tuple[int, ...]:
        """The phrases that may begin with a pair: worked out once, a state that changes no answer."""
        found = self.known.get(pair)
        if found is None:
            first, second = (chr(FIRST - 1 + number) for number in divmod(pair, len(self.table)))
            found = tuple(n for n, seconds in self.first[first] if seconds is None or second in seconds)
            self.known[pair] = found
        return found


@functools.lru_cache(maxsize=20_000)
def expression(pattern: str) -> re.Pattern[str]:
    """`pattern` compiled when it is first tried: a run of ten reviews tries few."""
    return re.compile(pattern)


def openings(phrases: Iterable[Sequence[Part]]) -> Openings:
    """The openings of `phrases`."""
    first: dict[str, list[tuple[int, frozenset[str] | None]]] = {}
    pairs: list[tuple[int, list[int] | slice]] = []
    for number, parts in enumerate(phrases):
        for letter, seconds in _beginnings(parts).items():
            first.setdefault(letter, []).append((number, seconds))
            pairs.append((_number(letter), slice(None) if seconds is None else [*map(_number, seconds)]))
    used = [number for one, others in pairs for number in (one, *(others if isinstance(others, list) else ()))]
    size = 1 + max(used, default=0)
    table = np.zeros((size, size), bool)
    for number, seconds_ in pairs:
        table[number, seconds_] = True
    return Openings(first, table, {})


def _number(letter: str) -> int:
    return ord(letter) - FIRST + 1


def _beginnings(parts: Sequence[Part]) -> dict[str, frozenset[str] | None]:
    """The letters that a phrase may begin with, each with those that may come second; None where anything may."""
    found: dict[str, frozenset[str] | None] = {}
    for place, part in enumerate(parts):
        seconds = _next(parts[place + 1 :])
        for letter in part.letters or ():
            before = found.get(letter, frozenset())
            found[letter] = None if seconds is None or before is None else before | seconds
        if not part.optional:
            break
    return found


def _next(parts: Sequence[Part]) -> frozenset[str] | None:
    """The letters that may stand first in `parts`; None where anything may."""
    found = frozenset[str]()
    for part in parts:
        if part.letters is None:
            return None
        found |= part.letters
        if not part.optional:
            return found
    return None
