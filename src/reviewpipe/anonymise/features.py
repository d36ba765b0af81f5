"""What the name classifier looks at: each candidate token as a row of small whole numbers, one per slot.

Training (scikit-learn) and inference (numpy) share this page, so that both see the same.  A slot is a categorical
feature with its own range; the model has one weight for each value of each slot, and a token's logit is their sum.
All that depends on the word alone is computed once per unique token.
"""

from __future__ import annotations

import functools
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.folding import fold, without_possessive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.tokens import Tokens

# Shapes of a token.
OTHER, LOWER, TITLE, UPPER, LETTER, MIXED = range(6)
_LINE = re.compile("\n")
_SENTENCE_ENDS = frozenset(".!?…•*\n")
# Quotes and brackets do not change whether a word opens a sentence.
_CONTEXT, _PAIR, _AFFIX = 4096, 16384, 1024
_STRONG_FIRST = 3


@dataclass(frozen=True)
class Gazetteer:
    """Name lists as numbers: sorted hashes of folded words and four small facts about each.

    facts[:, 0]: how common as first name (0 never to 5), 1: as surname (0 to 3), 2: how often in ordinary lower-case
    text (0 never to 5), 3: share of capitals inside sentences (0 unknown, 1 low to 4 high).
    """

    hashes: NDArray[np.uint32]
    facts: NDArray[np.uint8]

    def look_up(self, words: Sequence[str]) -> NDArray[np.uint8]:
        """Facts of each folded word, shape (len(words), 4); zeros for a word it does not know."""
        keys = np.fromiter((word_hash(w) for w in words), np.uint32, len(words))
        places = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
        found: NDArray[np.uint8] = np.where((self.hashes[places] == keys)[:, None], self.facts[places], 0)
        return found


def ordinary(facts: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which words, by their facts, are also ordinary English, so that alone they do not tell of a person."""
    first, _, lower, capital = facts.T
    rarely_name = (capital <= 3) | (first <= 1)
    rare_word = (lower == 1) & (capital <= 2) & (first <= 2)
    found: NDArray[np.bool_] = ((lower >= 2) & rarely_name) | (lower >= 4) | rare_word
    return found


def word_hash(word: str) -> int:
    """32-bit hash of a folded word; with some 150,000 entries one foreign word in 30,000 is taken for a known one."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Words:
    """Facts of each unique token, with one row more for the border of a text."""

    bases: tuple[str, ...]
    facts: NDArray[np.uint8]
    shape: NDArray[np.int64]
    possessive: NDArray[np.int64]
    affixes: NDArray[np.int64]
    context: NDArray[np.int64]
    sort: NDArray[np.int64]
    ends_sentence: NDArray[np.bool_]

    @functools.cached_property
    def ordinary(self) -> NDArray[np.bool_]:
        """Which tokens are also ordinary English words."""
        return ordinary(self.facts)

    @classmethod
    def of(cls, vocabulary: Sequence[str], gazetteer: Gazetteer) -> Words:
        """Facts of `vocabulary` (unique tokens as written)."""
        words = [*vocabulary, "\n"]
        bases = [without_possessive(fold(w)) for w in words]
        possessive = np.array([b != fold(w) for b, w in zip(bases, words, strict=True)], np.int64)
        facts = gazetteer.look_up(bases)
        _mend_missing_apostrophes(bases, possessive, facts, gazetteer)
        shape = np.array([_shape(w) for w in words], np.int64)
        return cls(
            tuple(bases),
            facts,
            shape,
            possessive,
            np.array([_affixes(b) for b in bases], np.int64),
            np.array([word_hash(_in_context(b)) % (_CONTEXT - 1) for b in bases[:-1]] + [_CONTEXT - 1], np.int64),
            _sort(shape, facts, bases),
            np.array([w in _SENTENCE_ENDS for w in words]),
        )


def _mend_missing_apostrophes(
    bases: list[str], possessive: NDArray[np.int64], facts: NDArray[np.uint8], gazetteer: Gazetteer
) -> None:
    """In "melindas", which no list knows, see "melinda" (possessive 2)."""
    rare = [
        i
        for i, b in enumerate(bases)
        if len(b) > 4 and b[-1] == "s" and b[-2] != "s" and facts[i, 0] <= 2 and facts[i, 1] <= 1 and facts[i, 2] == 0
    ]
    if not rare:
        return
    stems = gazetteer.look_up([bases[i][:-1] for i in rare])
    for i, stem in zip(rare, stems, strict=True):
        if stem[0] > max(_STRONG_FIRST - 1, facts[i, 0] + 1) and stem[2] <= 2:
            bases[i], facts[i], possessive[i] = bases[i][:-1], stem, 2


def _shape(word: str) -> int:
    """Shape of a token as written, without its possessive."""
    bare = without_possessive(word)
    if not bare[0].isalpha():
        return OTHER
    if len(bare) == 1:
        return LETTER if bare.isupper() else LOWER
    if bare.isupper():
        return UPPER
    if bare.islower() or not bare[0].isupper():
        return LOWER
    return TITLE if bare[1:].islower() else MIXED


def _in_context(base: str) -> str:
    """A word as its neighbours see it: all numbers are one."""
    return "0" if base.isdigit() else base


def _affixes(base: str) -> tuple[int, int, int, int]:
    """Hashes of the last three and two and the first three and two letters."""
    marks = (base[-3:] + "$", base[-2:] + "$", "^" + base[:3], "^" + base[:2])
    return tuple(word_hash(m) % _AFFIX for m in marks)  # type: ignore[return-value]  # always four


# How a neighbour looks, in 16 sorts.
SORTS = 16


def _sort(shape: NDArray[np.int64], facts: NDArray[np.uint8], bases: Sequence[str]) -> NDArray[np.int64]:
    """Sort of each token: what may stand beside a name, told from shape and gazetteer."""
    first, last, lower, _ = facts.T.astype(np.int64)
    capital = np.isin(shape, (TITLE, MIXED))
    lists = np.where((first >= _STRONG_FIRST) & (lower <= 1), 0, np.where((first >= 1) | (last >= 2), 1, 2))
    lists = np.where(lower >= 3, np.where(first >= _STRONG_FIRST, 1, 3), lists)
    sort = np.where(capital, 4 + lists, np.where(shape == UPPER, 8 + lists, lists))
    sort = np.where(shape == LETTER, 12, sort)
    sort = np.where(shape == OTHER, 13, sort)
    sort[[i for i, b in enumerate(bases) if b in ".!?…"]] = 14
    sort[-1] = 15
    return sort


def candidates(tokens: Tokens, words: Words) -> NDArray[np.int64]:
    """Places of the tokens that could be names: capitalised, on a name list, or unknown to ordinary English."""
    first, last, lower, _ = words.facts.T
    length = np.fromiter((len(b) for b in words.bases), np.int64, len(words.bases))
    listed = (first >= 1) | (last >= 1)
    odd = (
        ((lower == 0) & (length > 2))
        | (listed & (lower <= 3) & (length > 1))
        | ((first >= _STRONG_FIRST) & (length > 1))
    )
    capital = np.isin(words.shape, (TITLE, UPPER, MIXED, LETTER))
    possible = ((words.shape != OTHER) & (capital | odd))[tokens.codes]
    return np.flatnonzero(possible)


@dataclass(frozen=True)
class Setting:
    """What each token's sentence and text say about it."""

    opens: NDArray[np.bool_]
    mode: NDArray[np.int64]
    left: NDArray[np.int64]
    line: NDArray[np.bool_]

    @classmethod
    def of(cls, tokens: Tokens, words: Words, texts: Sequence[str]) -> Setting:
        """`opens`: first word of a sentence; `mode`: 0 normal, 1 shouted, 2 no capitals; `left`: tokens to the end."""
        n = len(tokens.codes)
        line = np.zeros(n + 1, bool)
        line[tokens.rows[:-1]] = True
        for row, text in enumerate(texts):
            if "\n" in text:
                first, last = tokens.rows[row], tokens.rows[row + 1]
                breaks = [match.start() for match in _LINE.finditer(text)]
                line[first + np.searchsorted(tokens.starts[first:last], breaks)] = True
        line = line[:n]
        ends = words.ends_sentence[tokens.codes]
        opens = line.copy()
        opens[1:] |= ends[:-1]
        shape = words.shape[tokens.codes]
        sentence = np.cumsum(opens) - 1
        count = int(sentence[-1]) + 1 if n else 0
        upper = np.bincount(sentence, shape == UPPER, count)
        lower = np.bincount(sentence, shape == LOWER, count)
        shouted = (upper > 1.5 * lower) & (upper >= 2)
        text_of = tokens.text_of()
        capitals = np.bincount(text_of, np.isin(shape, (TITLE, UPPER, MIXED)), len(texts)) if n else np.zeros(0)
        mode = np.where(shouted[sentence], 1, np.where((capitals == 0)[text_of], 2, 0)) if n else np.zeros(0, np.int64)
        left = np.repeat(tokens.rows[1:], np.diff(tokens.rows)) - 1 - np.arange(n)
        return cls(opens, mode, left, line)


def slots(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The candidates at `places` as rows of feature numbers, each in the range of its own slot.

    Shape (len(places), number of slots); values index the model's weights directly.
    """
    code = tokens.codes[places].astype(np.int64)
    near = {d: _neighbour(tokens, places, d, border=len(words.bases) - 1) for d in (-3, -2, -1, 1, 2, 3)}
    first, last, lower, capital = words.facts[code].T.astype(np.int64)
    shape, mode, opens = words.shape[code], setting.mode[places], setting.opens[places].astype(np.int64)
    look = (shape * 3 + mode) * 2 + opens
    lists = (first * 4 + last) * 6 + lower
    context = {d: words.context[c] for d, c in near.items()}
    sort = {d: words.sort[c] for d, c in near.items()}
    own = words.sort[code]
    length = np.minimum(np.fromiter(map(len, words.bases), np.int64, len(words.bases))[code], 9)
    seen = _seen_elsewhere(tokens, words, setting, places)
    columns: list[tuple[NDArray[np.int64], int]] = [
        (look, 36),
        (lists, 144),
        ((capital * 6 + first) * 6 + lower, 180),
        (lists * 36 + look, 144 * 36),
        ((capital * 36 + look) * 6 + first, 180 * 6),
        (length * 6 + shape, 60),
        (words.possessive[code] * 6 + first, 18),
        *((words.affixes[code, k], _AFFIX) for k in range(4)),
        *((context[d], _CONTEXT) for d in (-3, -2, -1, 1, 2, 3)),
        *((sort[d] * SORTS + own, SORTS * SORTS) for d in (-2, -1, 1, 2)),
        ((sort[-1] * SORTS + own) * SORTS + sort[1], SORTS**3),
        (_mix(context[-2], context[-1]), _PAIR),
        (_mix(context[1], context[2]), _PAIR),
        (_mix(context[-1], context[1] + 5000), _PAIR),
        (_mix(context[-1], own + 10000), _PAIR),
        (_mix(context[1], own + 15000), _PAIR),
        (_mix(context[1], opens + 20000), _PAIR),
        ((np.minimum(setting.left[places], 4) * 2 + setting.line[places]) * SORTS + own, 5 * 2 * SORTS),
        (seen * 6 + shape, 24),
        (seen * 6 + lower, 24),
    ]
    starts = np.cumsum([0, *(size for _, size in columns)])
    return np.stack([column + start for (column, _), start in zip(columns, starts, strict=False)], axis=1)


def size() -> int:
    """How many weights a model has."""
    fixed = 36 + 144 + 180 + 144 * 36 + 180 * 6 + 60 + 18 + 5 * 2 * SORTS + 24 + 24
    return fixed + 4 * _AFFIX + 6 * _CONTEXT + 4 * SORTS**2 + SORTS**3 + 6 * _PAIR


def _mix(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """A bucket for two numbers together (Knuth's multiplicative hash)."""
    mixed: NDArray[np.int64] = ((one * 2654435761 + other * 40503) & 0xFFFFFFFF) >> 7
    return mixed % _PAIR


def _neighbour(tokens: Tokens, places: NDArray[np.int64], distance: int, *, border: int) -> NDArray[np.int64]:
    """Codes of the tokens `distance` away from `places`; `border` where that is another text."""
    text_of = tokens.text_of()
    there = places + distance
    inside = (there >= 0) & (there < len(tokens.codes))
    safe = np.where(inside, there, places)
    inside &= text_of[safe] == text_of[places]
    found: NDArray[np.int64] = np.where(inside, tokens.codes[safe], border).astype(np.int64)
    return found


def _seen_elsewhere(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each candidate, bit 0: the text has its word lower-case too; bit 1: also capitalised inside a sentence."""
    names = {base: i for i, base in enumerate(dict.fromkeys(words.bases))}
    base_of = np.fromiter((names[b] for b in words.bases), np.int64, len(words.bases))
    base = base_of[tokens.codes]
    key = tokens.text_of() * len(names) + base
    shape = words.shape[tokens.codes]
    quiet = setting.mode != 1
    # Sorting all tokens would take longer than the rest of the classifier.
    asked = np.zeros(len(names), bool)
    asked[base[places]] = True
    small = key[(shape == LOWER) & (setting.mode == 0) & asked[base]]
    big = key[np.isin(shape, (TITLE, MIXED)) & ~setting.opens & quiet]
    wanted = key[places]
    found: NDArray[np.int64] = np.isin(wanted, small).astype(np.int64)
    kinds, counts = np.unique(big, return_counts=True)
    here = (np.isin(shape[places], (TITLE, MIXED)) & ~setting.opens[places] & quiet[places]).astype(np.int64)
    if len(kinds):
        at = np.minimum(np.searchsorted(kinds, wanted), len(kinds) - 1)
        times = np.where(kinds[at] == wanted, counts[at], 0)
        found += 2 * (times > here)
    return found
