"""Names that must never come out, kept as keyed fingerprints: recognised, but not readable.

A name is known in full and by its parts.  Parts that are also ordinary words or months (Hope, Will, Page, May), or have
fewer than three letters, are known only within the full name, so that a text may say "hope" or "page".
"""

from __future__ import annotations

import functools
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.classifier import gazetteer
from reviewpipe.anonymise.features import ordinary
from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.protected import calendar, everyday
from reviewpipe.anonymise.protected import words as protected_words
from reviewpipe.anonymise.pseudonyms import TITLES, canonical
from reviewpipe.schema import several
from reviewpipe.tokens import WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.pseudonyms import Key

# In scripts without blanks between words a name is any run of two to four characters inside a longer run.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
# The words of a longer name are kept by their place too: before its last word, so that few pairs of words need hashing,
# and after its first.  Then what is left of a name beside a placeholder is recognised.
FIRST_OF_MANY, LATER_OF_MANY = 0, -1
_SIGNS = {FIRST_OF_MANY: "^", LATER_OF_MANY: "$"}
# "Bo Li" as one word is a syllable of others.
_SHORTEST_JOINED = 6


@functools.lru_cache(maxsize=4096)
def parts(author: str) -> tuple[str, ...]:
    """The folded words of a name, without title and possessive."""
    return tuple(fold(w) for w in WORD.findall(canonical(author)))


@functools.lru_cache(maxsize=32768)
def is_ordinary(word: str) -> bool:
    """Whether this folded word is also everyday English, a month, a brand or a title, so that alone it says nothing."""
    if any(word in listed for listed in (calendar(), TITLES, protected_words(), everyday())):
        return True
    return bool(ordinary(gazetteer().of(word)))


def numbered(fingerprint: str, words: int) -> int:
    """As which a fingerprint of so many words is kept: 64 bits, with a sign as SQLite has it."""
    return ((int(fingerprint[:16], 16) ^ words & 0xFF) + (1 << 63)) % (1 << 64) - (1 << 63)


def name_fingerprints(author: str, key: Key) -> dict[tuple[int, int], bytes | None]:
    """What is kept of an author's name: (fingerprint, number of words that it covers), and its trace (see traces.py).

    0 words marks a word of a longer name before its last, -1 one after its first.  A one-word name that is an ordinary
    word leaves nothing.  A full name is also known as one word, as in "danarowe@mail.example".  A fingerprint has no
    trace where those of single words already lead to every text that it may change.
    """
    words = parts(author)
    telling = [word for word in words if (len(word) > 2 or _UNSPACED.search(word)) and not is_ordinary(word)]
    found: dict[tuple[int, int], bytes | None] = {_fingerprint(word, 1, key): trace(word, key) for word in telling}
    if len(words) < 2:
        return found
    joined = "".join(words)
    if len(joined) >= _SHORTEST_JOINED and not is_ordinary(joined):
        found[_fingerprint(joined, 1, key)] = trace(joined, key)
    for where, some in ((FIRST_OF_MANY, words[:-1]), (LATER_OF_MANY, words[1:])):
        for word in some:
            found[_fingerprint(word, where, key)] = None if word in telling else HIDDEN + trace(word, key)
    for name in dict.fromkeys((words, (words[0], words[-1]))):
        whole = b"".join(sorted({trace(word, key) for word in name}))
        found[_fingerprint(" ".join(name), len(name), key)] = None if set(name) & set(telling) else whole
    return found


def _fingerprint(folded: str, words: int, key: Key) -> tuple[int, int]:
    return numbered(key.fingerprint(_SIGNS.get(words, "") + folded), words), words


# What is kept of a text for "somebody is hidden here".
HIDDEN = bytes(3)


def trace(folded: str, key: Key) -> bytes:
    """A keyed code of 24 bits for a word, never HIDDEN."""
    return (key.number(folded) % 0xFFFFFF + 1).to_bytes(3, "little")


def pieces_of(word: str) -> list[str]:
    """In scripts without blanks the pieces of a folded word that may be a name."""
    if word.isascii() or not _UNSPACED.search(word):
        return []
    return [word[i : i + n] for n in (2, 3, 4) for i in range(len(word) - n + 1)]


# Answers that are remembered; texts of a million reviews have more different words than memory should hold.
MOST_ANSWERS = 100_000


@dataclass(frozen=True, eq=False)
class Known:
    """A set of name fingerprints and the key to ask it with.  A class, because it remembers what was asked.

    `numbers` are fingerprints (int64), sorted, each once: millions may be known.  `knows` tells whether one is known
    elsewhere: for whoever asks for a few thousand words, a store answers sooner than it is read.
    """

    numbers: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    key: Key | None = None
    lengths: tuple[int, ...] = ()  # numbers of words of the longer names
    knows: Callable[[int], bool] | None = field(default=None, repr=False)
    _answers: dict[tuple[str, int], bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, fingerprints: Iterable[tuple[int, int]], key: Key) -> Known:
        """Known names from the store's fingerprints."""
        packed, lengths = array("q"), set[int]()  # grows in its place: of millions of names there is no copy
        for some in several(fingerprints):
            prints, words = zip(*some, strict=True)
            packed.extend(prints)
            lengths |= set(words)
        numbers = _each_once(np.frombuffer(packed, np.int64) if packed else np.empty(0, np.int64))
        return cls(numbers, key, tuple(sorted(n for n in lengths if n > 1)))

    def joined(self, *others: Known) -> Known:
        """These and others, of the same key."""
        some = [one.numbers for one in (self, *others) if len(one.numbers)]
        # In one step: joined one by one, millions of names would be copied as often.
        numbers = _each_once(np.concatenate(some)) if len(some) > 1 else (some or [self.numbers])[0]
        lengths = {length for one in (self, *others) for length in one.lengths}
        key = next((one.key for one in (self, *others) if one.key), None)
        return Known(numbers, key, tuple(sorted(lengths)))

    def __bool__(self) -> bool:
        return len(self.numbers) > 0 or self.knows is not None

    def has(self, folded: str, words: int = 1) -> bool:
        """Whether `folded` (of so many words, joined by one blank) is a known name or part of one."""
        if self.key is None or not self:
            return False
        asked = (folded, words)
        if asked not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[asked] = self._holds(_fingerprint(folded, words, self.key)[0])
        return self._answers[asked]

    def _holds(self, number: int) -> bool:
        if self.knows is not None and self.knows(number):
            return True
        at = self.numbers.searchsorted(number)
        return bool(at < len(self.numbers) and self.numbers[at] == number)

    def full_names(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Where in `words` (folded, no possessive) a known name of several words stands: (first, one past the last)."""
        return [
            (i, i + n)
            for i, word in enumerate(words)
            if self.lengths and self.has(word, FIRST_OF_MANY)
            for n in self.lengths
            if i + n <= len(words) and self.has(" ".join(words[i : i + n]), n)
        ]

    def holds(self, word: str) -> bool:
        """Whether `word`, or in scripts without blanks a piece of it, is a known name."""
        return self.has(word) or any(map(self.has, pieces_of(word)))


def _each_once(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sorted (in their place) and without those that stand twice; what is made of sorted parts is merged."""
    numbers.sort(kind="stable")
    again = numbers[1:] == numbers[:-1]
    return np.delete(numbers, np.flatnonzero(again)) if again.any() else numbers


def known_words(text: str) -> list[str]:
    """The words of `text` as the gate compares them, folded."""
    return [without_possessive(fold(word)) for word in WORD.findall(text)]
