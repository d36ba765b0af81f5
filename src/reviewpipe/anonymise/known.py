"""Names that must never come out, kept as keyed fingerprints: recognised, but not readable.

A name is known in full and by its parts.  Parts that are also ordinary words or months (Hope, Will, Page, May), or have
fewer than three letters, are known only within the full name, so that a text may say "hope" or "page".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.classifier import gazetteer
from reviewpipe.anonymise.features import ordinary
from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.protected import calendar, everyday
from reviewpipe.anonymise.protected import words as protected_words
from reviewpipe.anonymise.pseudonyms import TITLES, canonical
from reviewpipe.tokens import WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewpipe.anonymise.pseudonyms import Key

# In scripts without blanks between words a name is any run of two to four characters inside a longer run.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
# The words of a longer name are kept by their place too: before its last word, so that few pairs of words need hashing,
# and after its first.  Then what is left of a name beside a placeholder is recognised.
FIRST_OF_MANY, LATER_OF_MANY = 0, -1
_SIGNS = {FIRST_OF_MANY: "^", LATER_OF_MANY: "$"}
# "Bo Li" as one word is a syllable of others.
_SHORTEST_JOINED = 6


@functools.lru_cache(maxsize=65536)
def parts(author: str) -> tuple[str, ...]:
    """The folded words of a name, without title and possessive."""
    return tuple(fold(w) for w in WORD.findall(canonical(author)))


@functools.lru_cache(maxsize=65536)
def is_ordinary(word: str) -> bool:
    """Whether this folded word is also everyday English, a month, a brand or a title, so that alone it says nothing."""
    if any(word in listed for listed in (calendar(), TITLES, protected_words(), everyday())):
        return True
    return bool(ordinary(gazetteer().look_up([word]))[0])


def name_fingerprints(author: str, key: Key) -> list[tuple[str, int]]:
    """What is kept of an author's name: (fingerprint, number of words that it covers).

    0 words marks a word of a longer name before its last, -1 one after its first.  A one-word name that is an ordinary
    word leaves nothing.  A full name is also known as one word, as in "danarowe@mail.example".
    """
    words = parts(author)
    found = [(key.fingerprint(w), 1) for w in words if (len(w) > 2 or _UNSPACED.search(w)) and not is_ordinary(w)]
    if len(words) > 1:
        joined = "".join(words)
        if len(joined) >= _SHORTEST_JOINED and not is_ordinary(joined):
            found.append((key.fingerprint(joined), 1))
        found += [(key.fingerprint("^" + word), FIRST_OF_MANY) for word in words[:-1]]
        found += [(key.fingerprint("$" + word), LATER_OF_MANY) for word in words[1:]]
        found.append((key.fingerprint(" ".join(words)), len(words)))
        if len(words) > 2:
            found.append((key.fingerprint(f"{words[0]} {words[-1]}"), 2))
    return list(dict.fromkeys(found))


# Answers that are remembered; texts of a million reviews have more different words than memory should hold.
MOST_ANSWERS = 200_000


@dataclass(frozen=True, eq=False)
class Known:
    """A set of name fingerprints and the key to ask it with.  A class, because it remembers what was asked.

    `numbers` are fingerprints with their numbers of words in 64 bits, sorted, each once: millions may be known.
    """

    numbers: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64), repr=False)
    key: Key | None = None
    lengths: tuple[int, ...] = ()  # numbers of words of the longer names
    _answers: dict[tuple[str, int], bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, fingerprints: Iterable[tuple[str, int]], key: Key) -> Known:
        """Known names from the store's fingerprints."""
        lengths: set[int] = set()

        def number(fingerprint: str, words: int) -> int:
            lengths.add(words)
            return _number(fingerprint, words)

        numbers = np.unique(np.fromiter((number(*one) for one in fingerprints), np.uint64))
        return cls(numbers, key, tuple(sorted(n for n in lengths if n > 1)))

    def joined(self, *others: Known) -> Known:
        """These and others, of the same key."""
        numbers = self.numbers
        for other in others:
            at = np.searchsorted(numbers, other.numbers)
            new = (at == len(numbers)) | (np.append(numbers, np.uint64(0))[at] != other.numbers)
            numbers = np.insert(numbers, at[new], other.numbers[new])
        lengths = {length for one in (self, *others) for length in one.lengths}
        key = next((one.key for one in (self, *others) if one.key), None)
        return Known(numbers, key, tuple(sorted(lengths)))

    def __bool__(self) -> bool:
        return len(self.numbers) > 0

    def has(self, folded: str, words: int = 1) -> bool:
        """Whether `folded` (of so many words, joined by one blank) is a known name or part of one."""
        if self.key is None or not self:
            return False
        asked = (folded, words)
        if asked not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            number = np.uint64(_number(self.key.fingerprint(_SIGNS.get(words, "") + folded), words))
            at = self.numbers.searchsorted(number)
            self._answers[asked] = bool(at < len(self.numbers) and self.numbers[at] == number)
        return self._answers[asked]

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
        if self.has(word):
            return True
        if word.isascii() or not _UNSPACED.search(word):
            return False
        return any(self.has(word[i : i + n]) for n in (2, 3, 4) for i in range(len(word) - n + 1))


def _number(fingerprint: str, words: int) -> int:
    try:
        return int.from_bytes(bytes.fromhex(fingerprint[:16])) ^ (words & 0xFF)
    except ValueError:  # a letter of a store that was damaged: nobody's name
        return 0


def known_words(text: str) -> list[tuple[str, int, int]]:
    """The words of `text` as the gate compares them: (folded, start, end)."""
    return [(without_possessive(fold(m.group())), m.start(), m.end()) for m in WORD.finditer(text)]
