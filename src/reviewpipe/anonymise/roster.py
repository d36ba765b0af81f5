"""The people we know of: staff from the settings, each row's own reviewer, names known from earlier files.

No statistics here: a word of a text is one of theirs, or one letter away from it, or it is not.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import OSA

from reviewpipe.anonymise.features import LETTER, LOWER, MIXED, OTHER, TITLE, UPPER
from reviewpipe.anonymise.known import FIRST_OF_MANY, Known, is_ordinary, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.features import Words
    from reviewpipe.config import Config, StaffMember
    from reviewpipe.tokens import Tokens

# One letter away is only asked from this length on; "Anna" and "Hanna" may well be two people.
SHORTEST_TYPO = 5
NOBODY, CLIENT = -1, -2
# What may stand between the words of one name: J. R. Smith, Anne-Marie.
JOINTS = frozenset(".-‐‑")


@dataclass(frozen=True)
class Roster:
    """Staff with the names they go by, how clients are shown, and the names known from earlier files.

    `cleared` are words that the owner called no names, `labels` what she wants to become of other identifiers.
    `practice` are the folded words of the practice's own name, which is no person's unless it is one of the staff's.
    """

    staff: tuple[StaffMember, ...] = ()
    client_shown_as: str = "[NAME]"
    known: Known = field(default_factory=Known)
    practice: frozenset[str] = frozenset()
    cleared: Known = field(default_factory=Known)
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Config, known: Known | None = None) -> Roster:
        """The roster of a project's settings."""
        practice = frozenset(parts(config.practice.name))
        privacy = config.privacy
        return cls(config.staff, privacy.client_shown_as, known or Known(), practice, labels=privacy.labels)

    @functools.cached_property
    def owners(self) -> dict[tuple[str, ...], int]:
        """Folded names of the staff (full, each part, nicknames) and whose they are; the first on the list wins."""
        whose: dict[tuple[str, ...], int] = {}
        for number, one in enumerate(self.staff):
            for name in (one.name, *one.nicknames):
                words = tuple(parts(name))
                for run in (words, *((w,) for w in words if len(w) > 1)):
                    whose.setdefault(run, number)
        return whose

    @functools.cached_property
    def shown(self) -> re.Pattern[str]:
        """What stands in an anonymised text for a person: any placeholder in brackets, and what the owner chose."""
        chosen = {one.shown_as for one in self.staff} | {self.client_shown_as}
        literal = "".join("|" + re.escape(c) for c in sorted(chosen - {""}, key=len, reverse=True))
        return re.compile(rf"\[[A-Z][A-Z _-]*\d*\]|\[therapist\]|\[…\]{literal}")

    def shown_for(self, whose: int) -> str:
        """The replacement for a staff member by number, or for a client."""
        return self.staff[whose].shown_as if whose >= 0 else self.client_shown_as


class Places:
    """Where names stand in one batch of tokens.  A class, because its indexes serve many questions."""

    def __init__(self, tokens: Tokens, words: Words) -> None:
        self.tokens, self.words = tokens, words
        self.text_of = tokens.text_of()
        self.exact: dict[str, list[int]] = {}
        self._spellings: dict[str, list[int]] = {}
        for code, base in enumerate(words.bases[:-1]):
            self.exact.setdefault(base, []).append(code)

    @functools.cached_property
    def shape(self) -> NDArray[np.int8]:
        """Shape of each token."""
        return self.words.shape.astype(np.int8)[self.tokens.codes]

    @functools.cached_property
    def capital(self) -> NDArray[np.bool_]:
        """Which tokens begin with a capital and are no single letters."""
        return np.isin(self.words.shape, (TITLE, UPPER, MIXED))[self.tokens.codes]

    @functools.cached_property
    def number(self) -> NDArray[np.bool_]:
        """Which tokens are numbers."""
        return np.array([base.isdigit() for base in self.words.bases])[self.tokens.codes]

    @functools.cached_property
    def near(self) -> NDArray[np.bool_]:
        """Tokens at most one blank after the one before, in the same text."""
        near = np.zeros(len(self.tokens.codes), bool)
        near[1:] = self.tokens.starts[1:] - self.tokens.ends[:-1] <= 1
        near[1:] &= self.text_of[1:] == self.text_of[:-1]
        return near

    def every(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Which tokens are one of the folded `words`."""
        hit = np.zeros(len(self.words.bases), bool)
        hit[[code for word in words for code in self.exact.get(word, ())]] = True
        return hit[self.tokens.codes]

    def same(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which tokens are, in their own text, a word that is `marked` somewhere in that text."""
        if not marked.any():
            return marked
        width = len(self.words.bases)
        wanted = [
            int(self.text_of[place]) * width + code
            for place in np.flatnonzero(marked)
            for code in self.exact[self.words.bases[self.tokens.codes[place]]]
        ]
        return self._at(wanted)

    @functools.cached_property
    def shortened(self) -> dict[str, list[str]]:
        """Unordinary words by what is left of them without one letter: near names meet there (as in SymSpell)."""
        found: dict[str, list[str]] = {}
        for base, codes in self.exact.items():
            odd = len(base) >= SHORTEST_TYPO - 1 and base.isalpha() and not self.words.ordinary[codes[0]]
            if odd and any(self.words.shape[code] != LOWER for code in codes):
                for short in _shortenings(base):
                    found.setdefault(short, []).append(base)
        return found

    def spellings(self, name: str) -> list[int]:
        """Codes of the tokens that are the folded `name` or, from five letters on, an odd word one letter away.

        In small letters only the name itself counts: "cane" is a stick, whoever Mr. Crane may be.
        """
        if name in self._spellings:
            return self._spellings[name]
        codes = list(self.exact.get(name, ()))
        if len(name) >= SHORTEST_TYPO:
            near = {base for short in _shortenings(name) for base in self.shortened.get(short, ())} - {name}
            close = (code for base in near if OSA.distance(base, name) == 1 for code in self.exact[base])
            codes += [code for code in close if self.words.shape[code] != LOWER]
        self._spellings[name] = codes
        return codes

    def in_rows(self, pairs: Iterable[tuple[int, str]]) -> NDArray[np.bool_]:
        """Which tokens are, in their own row, a name of `pairs` (row, folded name), or one letter away from it."""
        width = len(self.words.bases)
        wanted = [row * width + code for row, name in pairs for code in self.spellings(name)]
        return self._at(wanted)

    def _at(self, wanted: list[int]) -> NDArray[np.bool_]:
        """Which tokens are `wanted`, given as number of the text times size of the vocabulary plus code."""
        width = len(self.words.bases)
        known = np.zeros(width, bool)
        known[np.array(wanted, np.int64) % width] = True
        found = known[self.tokens.codes]
        asked = np.flatnonzero(found)  # few, and only those are worth sorting
        found[asked] = np.isin(self.text_of[asked] * width + self.tokens.codes[asked], wanted)
        return found

    def runs(self, names: Sequence[str], first: int, last: int) -> Iterator[slice]:
        """Where the folded words `names` stand one after the other among the tokens first:last."""
        opening = self.exact.get(names[0], ())
        for place, code in enumerate(self.tokens.codes[first:last].tolist(), first) if opening else ():
            if code in opening:
                end = self.run_at(place, names, last)
                if end:
                    yield slice(place, end)

    def run_at(self, place: int, names: Sequence[str], last: int) -> int:
        """One past the end of the run `names` that starts at `place`, or 0."""
        bases, codes = self.words.bases, self.tokens.codes
        here = place
        for number, name in enumerate(names):
            while number and here < last and bases[codes[here]] in JOINTS:
                here += 1
            if here >= last or bases[codes[here]] != name:
                return 0
            here += 1
        return here


def _shortenings(word: str) -> set[str]:
    """`word` itself and without each of its letters."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def mark(places: Places, authors: Sequence[str | None], roster: Roster) -> NDArray[np.int32]:
    """For each token whose it is: a number in `roster.staff`, CLIENT, or NOBODY.

    Names that are ordinary words too are marked only as part of a full name; see `possible` for them alone.
    """
    tokens, words = places.tokens, places.words
    of_code = np.full(len(words.bases), NOBODY, np.int32)
    for code, base in enumerate(words.bases):
        if words.shape[code] != OTHER and roster.known.holds(base):
            of_code[code] = CLIENT
    for run, number in roster.owners.items():
        if len(run) == 1 and not is_ordinary(run[0]):
            of_code[places.spellings(run[0])] = number
    whose: NDArray[np.int32] = of_code[tokens.codes]
    own = {row: parts(author) for row, author in enumerate(authors) if author}
    whose[
        places.in_rows((row, w) for row, names in own.items() for w in names if len(w) > 1 and not is_ordinary(w))
    ] = CLIENT
    for row, names in own.items():
        if len(names) > 1:
            _mark_full_name(places, row, names, whose)
    _mark_runs(places, roster, whose)
    return whose


def possible(places: Places, authors: Sequence[str | None], roster: Roster) -> NDArray[np.bool_]:
    """Tokens that are a name of the row's reviewer or the staff and an ordinary word at once: Hope where Hope works."""
    staff = [code for run in roster.owners if len(run) == 1 for code in places.exact.get(run[0], ())]
    found: NDArray[np.bool_] = np.isin(places.tokens.codes, staff)
    own = ((row, w) for row, a in enumerate(authors) if a for w in parts(a) if len(w) > 1 and is_ordinary(w))
    return found | places.in_rows(own)


def _mark_full_name(places: Places, row: int, names: Sequence[str], whose: NDArray[np.int32]) -> None:
    """Mark the reviewer's full name, and the initials J.D. of Jane Doe, in the reviewer's own row."""
    first, last = (int(n) for n in places.tokens.rows[row : row + 2])
    for run in places.runs(names, first, last):
        whose[run] = CLIENT
    for run in places.runs([n[0] for n in names], first, last):
        if (places.words.shape[places.tokens.codes[run]] != OTHER).sum() == len(names) and all(
            s in (LETTER, OTHER) for s in places.words.shape[places.tokens.codes[run]]
        ):
            whose[run] = CLIENT


def _mark_runs(places: Places, roster: Roster, whose: NDArray[np.int32]) -> None:
    """Mark full names of staff and of people known from earlier files, in all rows."""
    tokens, known = places.tokens, roster.known
    staff = {run: number for run, number in roster.owners.items() if len(run) > 1}
    starts = {run[0] for run in staff}
    openers = {base for base in places.exact if base in starts or known.has(base, FIRST_OF_MANY)}
    codes = [code for base in openers for code in places.exact[base]]
    for place in np.flatnonzero(np.isin(tokens.codes, codes)):
        last = int(tokens.rows[places.text_of[place] + 1])
        for run, number in staff.items():
            end = places.run_at(int(place), run, last)
            if end:
                whose[place:end] = number
        heard = [(i, places.words.bases[tokens.codes[i]]) for i in range(int(place), min(int(place) + 10, last))]
        heard = [(i, base) for i, base in heard if base not in JOINTS]
        for length in known.lengths:
            if known.has(" ".join(base for _, base in heard[:length]), length):
                whose[place : heard[length - 1][0] + 1] = CLIENT
