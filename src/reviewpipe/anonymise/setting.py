"""What the sentence and the text around a token say about it, for the name classifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.features import FOREIGN, HEADING, LOWER, MIXED, SHOUTED, SMALL, TITLE, UPPER, USUAL

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

    `opens`: first word of a sentence; `mode`: how the text is written; `line`: first word of a line; `text_of`: number
    of the text; `rows`: the tokens of each text, as in Tokens; `said`: how many pronouns stand before each token.
    """

    opens: NDArray[np.bool_]
    mode: NDArray[np.int8]
    line: NDArray[np.bool_]
    text_of: NDArray[np.int64]
    rows: NDArray[np.int64]
    said: NDArray[np.int32]

    @classmethod
    def of(cls, tokens: Tokens, words: Words, texts: Sequence[str]) -> Setting:
        """The setting of each token."""
        line = _line_starts(tokens, texts)
        opens = line.copy()
        opens[1:] |= words.ends_sentence[tokens.codes[:-1]]
        pronouns = np.fromiter((b in _PRONOUNS for b in words.bases), bool, len(words.bases))
        said = _total(pronouns[tokens.codes])
        return cls(opens, _mode(tokens, words, opens), line, tokens.text_of(), tokens.rows, said)

    def left(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each token at `places` how many more its text has."""
        left: NDArray[np.int64] = self.rows[self.text_of[places] + 1] - 1 - places
        return left

    def persons(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each token at `places` whether "she", "his", … follow within some words (1), went before (2), or both."""
        said, first = self.said, self.rows[self.text_of[places]]
        after = said[places + 1 + np.minimum(self.left(places), _REACH)] > said[places + 1]
        before = said[places] > said[np.maximum(first, places - _REACH)]
        found: NDArray[np.int64] = after + 2 * before.astype(np.int64)
        return found


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


def _mode(tokens: Tokens, words: Words, opens: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How the text around each token is written; a sentence never reaches into the next text."""
    if not len(opens):
        return np.zeros(0, np.int8)
    shape = words.shape.astype(np.int8)[tokens.codes]
    starts = np.flatnonzero(opens)
    upper, lower, title = (np.add.reduceat(shape == one, starts, dtype=np.int32) for one in (UPPER, LOWER, TITLE))
    shouted = (upper > 1.5 * lower) & (upper >= 2)
    heading = (title > 2 * lower) & (title >= 3)
    text_of = np.searchsorted(tokens.rows, starts, side="right") - 1
    mode = np.where((capitals(tokens, words) == 0)[text_of], SMALL, USUAL)
    mode = np.where(heading, HEADING, mode)
    mode = np.where(shouted, SHOUTED, mode)
    mode = np.where(foreign(tokens, words)[text_of], FOREIGN, mode)
    return np.repeat(mode.astype(np.int8), np.diff(starts, append=len(opens)))


def capitals(tokens: Tokens, words: Words) -> NDArray[np.int32]:
    """How many words of each text begin with a capital, single letters aside."""
    return _by_text(np.isin(words.shape, (TITLE, UPPER, MIXED)), tokens)


def foreign(tokens: Tokens, words: Words) -> NDArray[np.bool_]:
    """Which texts are hardly in English, by their words in small letters."""
    lower = words.shape == LOWER
    small = _by_text(lower, tokens)
    strange = _by_text(lower & (words.facts[:, 2] <= 1), tokens)
    found: NDArray[np.bool_] = (strange > 0.4 * small) & (strange >= 3)
    return found


def _by_text(marked: NDArray[np.bool_], tokens: Tokens) -> NDArray[np.int32]:
    """How many tokens of each text are `marked` words."""
    total = _total(marked[tokens.codes])
    return total[tokens.rows[1:]] - total[tokens.rows[:-1]]


def _total(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many are marked before each place, and in all."""
    total = np.zeros(len(marked) + 1, np.int32)
    np.cumsum(marked, out=total[1:])
    return total
