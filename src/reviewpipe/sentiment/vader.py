"""VADER's scores, exactly and several times as fast: whole batches at once, Python paid once per unique word.

Hutto & Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014; the
word lists are those of the installed vaderSentiment package, whose release 3.3.2 the tests compare with.  What looks
odd here and in `valences` is VADER's own.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reviewpipe.pieces import ranges, spread
from reviewpipe.sentiment.valences import Typed, WordLists, text_of, weigh, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from reviewpipe.pieces import Pieces
    from reviewpipe.sentiment.valences import Numbers, Places, Words

# vaderSentiment.py: alpha of `normalize`.
ALPHA = 15

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class Scores(NamedTuple):
    """VADER's answer: shares of negative, neutral and positive words, and the compound score from -1 to 1."""

    neg: float
    neu: float
    pos: float
    compound: float


@functools.cache
def stock() -> WordLists:
    """The lists as vaderSentiment ships them."""
    from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    emojis = {emoji: words for emoji, words in analyser.emojis.items() if len(emoji) == 1}
    return WordLists(analyser.lexicon, emojis, BOOSTER_DICT, frozenset(NEGATE), SPECIAL_CASES)


def scores(texts: Sequence[str], lists: WordLists | None = None) -> list[Scores]:
    """The scores of each text, equal to `SentimentIntensityAnalyzer().polarity_scores` with the stock lists."""
    lists = lists or stock()
    plain = [_spelled_out(text, lists.emojis) for text in texts]
    words = words_of(_typed(plain), lists)
    places, values = weigh(words, lists)
    emphasis = np.fromiter(map(_emphasis, plain), np.float64, len(plain))
    # Each word that leans adds 1 to its side, for each neutral word counts as 1.
    pos, neg = _sums(words, places, np.where(values > 0, values + 1, 0), np.where(values < 0, values - 1, 0))
    neutral = np.diff(words.rows) - _sums(words, places, values != 0)[0]
    pos, neg = pos + np.where(pos > -neg, emphasis, 0), neg - np.where(pos < -neg, emphasis, 0)
    whole = np.maximum(pos - neg + neutral, 1)  # 1 is that of a text without words, whose sums are 0
    sums = np.array(_totals(words, places, values))
    compound = squash(sums + np.sign(sums) * emphasis)
    return [
        Scores(round(a, 3), round(b, 3), round(c, 3), round(total, 4))
        for a, b, c, total in np.column_stack([-neg / whole, neutral / whole, pos / whole, compound]).tolist()
    ]


def sides(typed: Typed, lists: WordLists) -> Numbers:
    """The sum of the positive and the sum of the negative valences of each text, without punctuation's emphasis."""
    words = words_of(typed, lists)
    places, values = weigh(words, lists)
    return np.column_stack(_sums(words, places, np.maximum(values, 0), np.minimum(values, 0)))


def hits(text: str, lists: WordLists) -> list[tuple[str, float]]:
    """The words that moved the score of `text`, in order, each with its final valence."""
    words = words_of(_typed([_spelled_out(text, lists.emojis)]), lists)
    found = zip(*(some.tolist() for some in weigh(words, lists)), strict=True)
    return [(words.lowers[words.codes[place]], value) for place, value in found if value]


def typed_in(
    pieces: Pieces, first: Places, counts: Places, instead: Mapping[int, str], emojis: Mapping[str, str]
) -> Typed:
    """The words of parts of texts, emojis spelled out.

    Part k is the `counts[k]` pieces from number `first[k]` on, or the text `instead[k]`.
    """
    index: dict[str, int] = {}
    table, bounds = [], [0]
    for piece in pieces.vocabulary:
        if piece.isascii() and piece.isprintable() and piece:  # most are: a word and its marks
            table.append(index.setdefault(piece, len(index)))
        else:
            table += [index.setdefault(word, len(index)) for word in _spelled_out(piece, emojis).split()]
        bounds.append(len(table))
    others = {k: _spelled_out(text, emojis).split() for k, text in sorted(instead.items())}
    added = [index.setdefault(word, len(index)) for words in others.values() for word in words]
    kept = counts.copy()
    kept[list(others)] = 0
    place, each = spread(np.array(bounds), pieces.codes[ranges(first, kept)])
    after = np.concatenate([[0], np.cumsum(each)])[np.concatenate([[0], np.cumsum(kept)])]
    sizes = np.diff(after)
    sizes[list(others)] = [len(words) for words in others.values()]
    own = np.zeros(len(counts), bool)
    own[list(others)] = True
    own = np.repeat(own, sizes)
    codes = np.empty(len(own), np.int64)
    codes[own], codes[~own] = added, np.array(table, np.int64)[place]
    return Typed(tuple(index), codes, np.concatenate([[0], np.cumsum(sizes)]))


def _typed(plain: Iterable[str]) -> Typed:
    """The words of texts in which each emoji is words already."""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    codes: list[int] = []
    rows = [0]
    for text in plain:
        codes.extend(map(index.__getitem__, text.split()))
        rows.append(len(codes))
    index.default_factory = None  # it refers to itself by it, and would stay until cycles are looked for
    return Typed(tuple(index), np.array(codes, np.int64), np.array(rows, np.int64))


def squash(total: Numbers) -> Numbers:
    """Sums of valences as scores between -1 and 1."""
    return total / np.sqrt(total * total + ALPHA)


def _sums(words: Words, places: Places, *values: NDArray[Any]) -> list[Numbers]:
    """The sum of each of `values` over the words that count, for each text; added up one by one, as VADER does."""
    text, count = text_of(words, places), len(words.rows) - 1
    return [np.bincount(text, some, count).astype(np.float64) for some in values]


def _totals(words: Words, places: Places, values: Numbers) -> list[float]:
    """The same by Python's `sum`, which VADER takes for its total and which from 3.12 on rounds otherwise."""
    bounds, listed = np.searchsorted(places, words.rows).tolist(), values.tolist()
    return [float(sum(listed[start:end])) for start, end in itertools.pairwise(bounds)]


def _emphasis(plain: str) -> float:
    """What exclamation marks (up to four) and repeated question marks add."""
    marks, questions = min(plain.count("!"), 4) * 0.292, plain.count("?")
    return marks + (0 if questions < 2 else questions * 0.18 if questions < 4 else 0.96)


def _spelled_out(text: str, emojis: Mapping[str, str]) -> str:
    """`text` with each emoji as words; a space goes before them, none behind, as in VADER."""
    if text.isascii():
        return text

    def words(match: re.Match[str]) -> str:
        description = emojis.get(match.group())
        if description is None:
            return match.group()
        before = text[match.start() - 1] if match.start() else " "
        return description if before == " " else " " + description

    return _NOT_ASCII.sub(words, text)
