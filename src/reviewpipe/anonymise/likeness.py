"""Which texts may be the same opinion, told by a few keyed numbers, so that no text need be compared with all others.

MinHash (Broder 1997): of all groups of three words of a text, the smallest under each of some hashes is taken.  Two
texts share it with the probability that a group of words of one is a group of the other; a band of three such hashes
makes a number that is kept, so that a phrase which many write ("I would highly recommend") is not enough.  One number
more stands for the first words, so that an excerpt finds its whole.
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from reviewpipe.anonymise.pseudonyms import Key

WORD = re.compile(r"\w+")
# Shorter texts are alike by chance ("Very good massage, thank you so much").
FEWEST_WORDS = 10
# Groups of three words.  A text of 60 words of which three are changed shares one of seven bands of three hashes with
# what it was in 97 of 100 cases, and with another text in 7 of ten million.  Bands: Leskovec, Rajaraman, Ullman, Mining
# of Massive Datasets, 3.4.
GROUP = 3
HASHES = 3
BANDS = 7
# An odd multiplier of 64 bits, from the digits of the golden ratio; its odd multiples give the other hashes.
FACTOR = 0x9E3779B97F4A7C15
FIRST_WORDS = 8
# Changes with the way marks are made: those of two ways never meet.
WAY = f"{BANDS} bands of {HASHES} hashes, groups of {GROUP}, first {FIRST_WORDS}, {FEWEST_WORDS} words"


def marks(texts: Sequence[str | None], key: Key) -> list[str | None]:
    """For each text eight keyed numbers of 16 hex digits, joined by blanks; None for a text that is too short.

    Texts with one of them in common are worth comparing.  Nothing of the text can be got back without the key.
    """
    import numpy as np

    words = [WORD.findall(text.casefold()) if text else [] for text in texts]
    long = [row for row, found in enumerate(words) if len(found) >= FEWEST_WORDS]
    result: list[str | None] = [None] * len(texts)
    if not long:
        return result
    coded = {word: key.number(word) for word in {word for row in long for word in words[row]}}
    codes = np.array([coded[word] for row in long for word in words[row]], dtype=np.uint64)
    sizes = np.array([len(words[row]) for row in long])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    factors = [FACTOR * (2 * number + 1) % (1 << 64) for number in range(BANDS * HASHES)]
    smallest = [_smallest(codes, starts, sizes, factor) for factor in factors]
    found = [reduce(_joined, smallest[at : at + HASHES]) for at in range(0, len(smallest), HASHES)]
    found.append(_first(codes, starts))
    for row, numbers in zip(long, zip(*(column.tolist() for column in found), strict=True), strict=True):
        result[row] = " ".join(f"{number:016x}" for number in numbers)
    return result


def _smallest(codes: np.ndarray, starts: np.ndarray, sizes: np.ndarray, factor: int) -> np.ndarray:
    """For each text the smallest hash of its groups of words; groups do not reach into the next text."""
    import numpy as np

    groups = codes.copy()
    for step in range(1, GROUP):
        groups[:-step] = groups[:-step] * np.uint64(factor) ^ codes[step:]
    hashed = _mixed(groups * np.uint64(factor))
    ends = starts + sizes
    for step in range(1, GROUP):
        hashed[ends - step] = np.iinfo(np.uint64).max
    smallest: np.ndarray = np.minimum.reduceat(hashed, starts)
    return smallest


def _joined(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """One number of two."""
    import numpy as np

    return _mixed(one * np.uint64(FACTOR) ^ other)


def _first(codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """For each text a hash of its first words."""
    import numpy as np

    made = np.zeros(len(starts), dtype=np.uint64)
    for step in range(FIRST_WORDS):
        made = _mixed((made + codes[starts + step]) * np.uint64(FACTOR))
    return made


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """The high bits into the low ones: a product alone leaves these as they were (finalizer of splitmix64)."""
    import numpy as np

    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed: np.ndarray = numbers ^ (numbers >> np.uint64(31))
    return mixed
