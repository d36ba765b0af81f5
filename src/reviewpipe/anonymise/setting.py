"""What the sentence and the text around a token say about it, for the name classifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.features import FOREIGN, LOWER, MIXED, SHOUTED, SMALL, TITLE, UPPER, USUAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.features import Words
    from reviewpipe.tokens import Tokens

_LINE = re.compile("\n")
_PRONOUNS = frozenset("he she him her his hers himself herself he's she's he'd she'd he'll she'll hes shes".split())
# So many words before and after are asked for a pronoun.
_REACH = 14


@dataclass(frozen=True)
class Setting:
    """What each token's sentence and text say about it.

    `opens`: first word of a sentence; `mode`: how the text is written; `left`: tokens to the end of the text; `line`:
    first word of a line; `text_of`: number of the text; `persons`: 1 where "she" or "he" is said soon, 2 where it was
    said just before, 3 both.
    """

    opens: NDArray[np.bool_]
    mode: NDArray[np.int64]
    left: NDArray[np.int64]
    line: NDArray[np.bool_]
    text_of: NDArray[np.int64]
    persons: NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Tokens, words: Words, texts: Sequence[str]) -> Setting:
        """The setting of each token."""
        n = len(tokens.codes)
        line = _line_starts(tokens, texts)
        opens = line.copy()
        opens[1:] |= words.ends_sentence[tokens.codes[:-1]]
        text_of = tokens.text_of()
        left = np.repeat(tokens.rows[1:], np.diff(tokens.rows)) - 1 - np.arange(n)
        mode = _mode(tokens, words, opens, text_of)
        return cls(opens, mode, left, line, text_of, _persons(tokens, words, left))


def _line_starts(tokens: Tokens, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which tokens are the first of their line."""
    line = np.zeros(len(tokens.codes) + 1, bool)
    line[tokens.rows[:-1]] = True
    for row, text in enumerate(texts):
        if "\n" in text:
            first, last = tokens.rows[row], tokens.rows[row + 1]
            breaks = [match.start() for match in _LINE.finditer(text)]
            line[first + np.searchsorted(tokens.starts[first:last], breaks)] = True
    return line[:-1]


def _mode(tokens: Tokens, words: Words, opens: NDArray[np.bool_], text_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """How the text around each token is written."""
    if not len(opens):
        return np.zeros(0, np.int64)
    shape = words.shape[tokens.codes]
    sentence = np.cumsum(opens) - 1
    upper = np.bincount(sentence, shape == UPPER)
    lower = np.bincount(sentence, shape == LOWER)
    shouted = (upper > 1.5 * lower) & (upper >= 2)
    capitals = np.bincount(text_of, np.isin(shape, (TITLE, UPPER, MIXED)))
    mode = np.where((capitals == 0)[text_of], SMALL, USUAL)
    mode = np.where(shouted[sentence], SHOUTED, mode)
    return np.where(foreign(tokens, words, text_of)[text_of], FOREIGN, mode)


def foreign(tokens: Tokens, words: Words, text_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which texts are hardly in English, by their words in small letters."""
    lower = words.shape == LOWER
    small = np.bincount(text_of, lower[tokens.codes])
    strange = np.bincount(text_of, (lower & (words.facts[:, 2] <= 1))[tokens.codes])
    found: NDArray[np.bool_] = (strange > 0.4 * small) & (strange >= 3)
    return found


def _persons(tokens: Tokens, words: Words, left: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each token whether "she", "his", … follow within some words (1), went before (2), both (3)."""
    n = len(tokens.codes)
    said = np.fromiter((b in _PRONOUNS for b in words.bases), bool, len(words.bases))[tokens.codes]
    total = np.concatenate(([0], np.cumsum(said)))
    here = np.arange(n)
    first = np.repeat(tokens.rows[:-1], np.diff(tokens.rows))
    after = total[here + 1 + np.minimum(left, _REACH)] > total[here + 1]
    before = total[here] > total[np.maximum(first, here - _REACH)]
    found: NDArray[np.int64] = after + 2 * before.astype(np.int64)
    return found
