"""One pass over a batch of texts: unique tokens, codes and offsets, shared by names, sentiment and themes.

Python is paid once per unique token (about 6 % of the tokens); everything per token is an array.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.pieces import cut, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from reviewpipe.pieces import Pieces

# Accents written as characters of their own and the vowel signs of Indic scripts: they belong to the letter before
# them, though re's \w knows them not.
_MARKS = "".join(
    chr(code)
    for first, last in ((0x300, 0x3100), (0xA660, 0xAC00), (0xFE00, 0xFE30))
    for code in range(first, last)
    if unicodedata.category(chr(code)).startswith("M")
)
_LETTERS = rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*"
# A word with its apostrophes: don't, O'Brien, Janet's.
WORD = re.compile(rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*")
# A word, a number, or one other visible character.
TOKEN = re.compile(rf"{WORD.pattern}|\d+|[^\w\s]|_")


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts, one after the other.

    `vocabulary[codes[i]]` is token i; `starts[i]:ends[i]` are its characters in its own text;
    `rows[t]:rows[t + 1]` are the tokens of text t (so `rows` has n + 1 entries).  `pieces` are the
    texts cut at blanks.
    """

    vocabulary: tuple[str, ...]
    codes: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    rows: NDArray[np.int64]
    pieces: Pieces

    def per_token(self, feature: Callable[[str], float]) -> NDArray[np.float64]:
        """`feature` of each token, computed once per unique token."""
        table = np.fromiter((feature(word) for word in self.vocabulary), np.float64, len(self.vocabulary))
        return table[self.codes]

    def within(self, rows: NDArray[np.int64], spans: NDArray[np.int64]) -> Tokens | None:
        """The tokens of parts that hold every token between them; None where a part ends inside a token.

        Parts `rows[t]:rows[t + 1]` are those of text t, `spans` their starts and ends in it.
        """
        # One number for a place in a batch, so that one search finds the tokens of every part.
        widest = 1 + int(max(self.ends.max(initial=0), spans.max(initial=0)))
        first = np.repeat(np.arange(len(rows) - 1), np.diff(rows)) * widest + spans[:, 0]
        bounds = np.append(np.searchsorted(self.text_of() * widest + self.starts, first), len(self.codes))
        part = np.repeat(np.arange(len(spans)), np.diff(bounds))
        if (self.ends > spans[part, 1]).any():
            return None
        shift = spans[part, 0].astype(np.int32)
        return replace(self, starts=self.starts - shift, ends=self.ends - shift, rows=bounds)

    def text_of(self) -> NDArray[np.int64]:
        """Number of the text that each token belongs to."""
        return np.repeat(np.arange(len(self.rows) - 1), np.diff(self.rows))


def tokenise(texts: Sequence[str]) -> Tokens:
    """Tokens of `texts`, in order; an empty text has none."""
    pieces = cut(texts)
    index: dict[str, int] = {}
    codes, starts, ends, bounds = [], [], [], [0]
    for piece in pieces.vocabulary:  # no token holds a blank
        for token, start, end in _tokens_of(piece):
            codes.append(index.setdefault(token, len(index)))
            starts.append(start)
            ends.append(end)
        bounds.append(len(codes))
    place, counts = spread(np.array(bounds), pieces.codes)
    shift = np.repeat(pieces.starts, counts).astype(np.int32)
    return Tokens(
        tuple(index),
        np.array(codes, np.int32)[place],
        np.array(starts, np.int32)[place] + shift,
        np.array(ends, np.int32)[place] + shift,
        np.concatenate([[0], np.cumsum(counts)])[pieces.rows],
        pieces,
    )


# Kept, because the same batch is cut again and again: as received, without names, as stored.
@lru_cache(maxsize=32768)
def _tokens_of(piece: str) -> tuple[tuple[str, int, int], ...]:
    """The tokens of a piece with their places in it."""
    return tuple((match.group(), match.start(), match.end()) for match in TOKEN.finditer(piece))
