"""What the name classifier looks at: each candidate token as a row of small whole numbers, one per slot.

Training (scikit-learn) and inference (numpy) share this page, so that both see the same.  A slot is a categorical
feature with its own range; the model has one weight for each value of each slot, and a token's logit is their sum.
All that depends on the word alone is computed once per unique token.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reviewpipe.anonymise.folding import fold, without_possessive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.setting import Setting
    from reviewpipe.tokens import Tokens

# Shapes of a token.
OTHER, LOWER, TITLE, UPPER, LETTER, MIXED = range(6)
# How a text is written: as usual, its sentence shouted, without capitals, in another language, its sentence a heading
# ("Great Hands, Fair Price").
USUAL, SHOUTED, SMALL, FOREIGN, HEADING = range(5)
_MODES = 5
_SENTENCE_ENDS = frozenset(".!?…•*\n")
# Quotes and brackets do not change whether a word opens a sentence.
_CONTEXT, _PAIR, _AFFIX = 4096, 16384, 1024
# Hashed runs of two to four letters, which tell how much a word is spelled like a name.
SPELLING = 16384
_LIKE = np.array([-3.0, -1.5, 0.0, 1.5])
_LIKES = 6
_STRONG_FIRST = 3
_THINGS = 5


@dataclass(frozen=True)
class Gazetteer:
    """Name lists as numbers: sorted hashes of folded words and five small facts about each.

    facts[:, 0]: how common as first name (0 never to 5), 1: as surname (0 to 3), 2: how often in ordinary lower-case
    text (0 never to 5), 3: share of capitals inside sentences (0 unknown, 1 low to 4 high), 4: what else it is called
    (0 nothing we know, 1 a place, 2 something sold, 3 a plant, stone or virtue, 4 a method, a game, a song, …).
    """

    hashes: NDArray[np.uint32]
    facts: NDArray[np.uint8]
    spelling: NDArray[np.float32]

    def likeness(self, words: Sequence[str]) -> NDArray[np.int64]:
        """How much folded words of two letters or more are spelled like names, 1 to 5."""
        runs = [letter_runs(word) for word in words]
        if not runs:
            return np.zeros(0, np.int64)
        ends = np.cumsum([0, *map(len, runs)])[:-1]
        scores = np.add.reduceat(self.spelling[np.concatenate(runs)], ends)
        return np.searchsorted(_LIKE, scores) + 1

    def look_up(self, words: Sequence[str]) -> NDArray[np.uint8]:
        """Facts of each folded word, shape (len(words), 5); zeros for a word it does not know."""
        keys = np.fromiter((word_hash(w) for w in words), np.uint32, len(words))
        places = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
        return np.asarray(np.where((self.hashes[places] == keys)[:, None], self.facts[places], 0))

    def of(self, word: str) -> list[int]:
        """Facts of one folded word, ten times as fast."""
        at = int(self.hashes.searchsorted(np.uint32(word_hash(word))))
        return self.facts[at].tolist() if at < len(self.hashes) and self.hashes[at] == word_hash(word) else [0] * 5


def ordinary(facts: Any) -> Any:
    """Whether words are also ordinary English, so that alone they tell of nobody; by five columns or five numbers."""
    first, _, lower, capital, _ = facts
    rarely_name = (capital <= 3) | (first <= 1)
    rare_word = (lower == 1) & (capital <= 2) & (first <= 2)
    return ((lower >= 2) & rarely_name) | (lower >= 4) | rare_word


@functools.lru_cache(maxsize=16384)
def letter_runs(word: str) -> NDArray[np.int64]:
    """Places in the spelling model of the runs of two to four letters of a folded word."""
    framed = f"^{word}$".encode("utf-8", "surrogatepass")
    runs = [zlib.crc32(framed[i : i + n]) % SPELLING for n in (2, 3, 4) for i in range(len(framed) - n + 1)]
    return np.array(runs, np.int64)


@functools.lru_cache(maxsize=32768)
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
    possible: NDArray[np.bool_]
    likeness: NDArray[np.int64]
    affixes: NDArray[np.int64]
    context: NDArray[np.int64]
    ending: NDArray[np.int64]
    sort: NDArray[np.int64]
    ends_sentence: NDArray[np.bool_]

    @functools.cached_property
    def ordinary(self) -> NDArray[np.bool_]:
        """Which tokens are also ordinary English words."""
        return np.asarray(ordinary(self.facts.T))

    @classmethod
    def of(cls, vocabulary: Sequence[str], gazetteer: Gazetteer) -> Words:
        """Facts of `vocabulary` (unique tokens as written)."""
        words = [*vocabulary, "\n"]
        folded = [fold(w) for w in words]
        bases = [w if w.isalpha() else without_possessive(w) for w in folded]
        possessive = np.array([b is not w for b, w in zip(bases, folded, strict=True)], np.int64)
        facts = gazetteer.look_up(bases)
        _ask_without_apostrophes(bases, facts, gazetteer)
        _mend_missing_apostrophes(bases, possessive, facts, gazetteer)
        shape = np.array([_shape(w) for w in words], np.int64)
        possible = _possible(bases, facts, shape)
        likeness, affixes = np.zeros(len(words), np.int64), np.zeros((len(words), 4), np.int64)
        odd = np.flatnonzero(possible & (facts[:, 2] <= 1))
        likeness[odd] = gazetteer.likeness([bases[i] for i in odd])
        asked = np.flatnonzero(possible)
        affixes[asked] = np.array([_affixes(bases[i]) for i in asked], np.int64).reshape(-1, 4)
        return cls(
            tuple(bases),
            facts,
            shape,
            possessive,
            possible,
            likeness,
            affixes,
            np.array([word_hash(_in_context(b)) % (_CONTEXT - 1) for b in bases[:-1]] + [_CONTEXT - 1], np.int64),
            np.array([_mark(b[-2:] + "$") for b in bases], np.int64),
            _sort(shape, facts, likeness, bases),
            np.array([w in _SENTENCE_ENDS for w in words]),
        )


def _possible(bases: Sequence[str], facts: NDArray[np.uint8], shape: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words could be names: capitalised, on a name list, or unknown to ordinary English."""
    first, last, lower, _, _ = facts.T
    length = np.fromiter(map(len, bases), np.int64, len(bases))
    listed = ((first >= 1) | (last >= 1)) & (lower <= 3)
    odd = ((lower == 0) & (length > 2)) | ((listed | (first >= _STRONG_FIRST)) & (length > 1))
    found: NDArray[np.bool_] = (shape != OTHER) & (np.isin(shape, (TITLE, UPPER, MIXED, LETTER)) | odd)
    return found


def _ask_without_apostrophes(bases: list[str], facts: NDArray[np.uint8], gazetteer: Gazetteer) -> None:
    """The lists write O'Malley as Omalley."""
    odd = [i for i, b in enumerate(bases) if ("'" in b or "’" in b) and not facts[i].any()]
    if odd:
        facts[odd] = gazetteer.look_up([bases[i].replace("'", "").replace("’", "") for i in odd])


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


@functools.lru_cache(maxsize=32768)
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
    return _mark(base[-3:] + "$"), _mark(base[-2:] + "$"), _mark("^" + base[:3]), _mark("^" + base[:2])


@functools.lru_cache(maxsize=32768)
def _mark(affix: str) -> int:
    """The number of an ending or a beginning."""
    return word_hash(affix) % _AFFIX


# How a neighbour looks, in 19 sorts: small, capitalised or shouted (by lists: a first name, listed, unknown, ordinary,
# unknown but spelled like a name), a letter, no word, the end of a sentence, the border of the text.
SORTS = 19


def _sort(
    shape: NDArray[np.int64], facts: NDArray[np.uint8], likeness: NDArray[np.int64], bases: Sequence[str]
) -> NDArray[np.int64]:
    """Sort of each token: what may stand beside a name, told from shape, gazetteer and spelling."""
    first, last, lower, _, _ = facts.T.astype(np.int64)
    unknown = np.where(likeness >= 4, 4, 2)
    lists = np.where((first >= _STRONG_FIRST) & (lower <= 1), 0, np.where((first >= 1) | (last >= 2), 1, unknown))
    lists = np.where(lower >= 3, np.where(first >= _STRONG_FIRST, 1, 3), lists)
    sort = np.where(np.isin(shape, (TITLE, MIXED)), 5 + lists, np.where(shape == UPPER, 10 + lists, lists))
    sort = np.where(shape == LETTER, 15, sort)
    sort = np.where(shape == OTHER, 16, sort)
    sort[[i for i, b in enumerate(bases) if b in ".!?…"]] = 17
    sort[-1] = 18
    return sort


def candidates(tokens: Tokens, words: Words) -> NDArray[np.int64]:
    """Places of the tokens that could be names: capitalised, on a name list, or unknown to ordinary English."""
    return np.flatnonzero(words.possible[tokens.codes])


def slots(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """The candidates at `places` as rows of feature numbers, each in the range of its own slot.

    Shape (len(places), number of slots); values index the model's weights directly.
    """
    code = tokens.codes[places]
    columns = [(column[code], size) for column, size in _of_word(words)]
    columns += _of_place(tokens, words, setting, places)
    starts = np.cumsum([0, *(size for _, size in columns)])
    rows = [column + start for (column, _), start in zip(columns, starts, strict=False)]
    return np.stack(rows, axis=1).astype(np.int32)


def logits(
    tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """For each candidate the sum of the weights of its slots; what the word alone says is summed once per word."""
    alone = np.zeros(len(words.bases), np.float32)
    start = 0
    for column, size in _of_word(words):
        alone += weights[start : start + size][column]
        start += size
    summed = alone[tokens.codes[places]]
    for column, size in _of_place(tokens, words, setting, places):
        summed += weights[start : start + size][column]
        start += size
    return summed


_Column = tuple["NDArray[Any]", int]


def _of_word(words: Words) -> list[_Column]:
    """Slots for a word itself, one row per unique word; each with its range."""
    first, last, lower, capital, thing = words.facts.T.astype(np.int64)
    length = np.minimum(np.fromiter(map(len, words.bases), np.int64, len(words.bases)), 9)
    return [
        ((first * 4 + last) * 6 + lower, 144),
        ((capital * 6 + first) * 6 + lower, 180),
        (length * 6 + words.shape, 60),
        (words.possessive * 6 + first, 18),
        ((thing * 6 + first) * 4 + last, _THINGS * 24),
        ((thing * 6 + lower) * 3 + words.possessive, _THINGS * 18),
        *((words.affixes[:, k], _AFFIX) for k in range(4)),
    ]


def _of_place(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> Iterator[_Column]:
    """Slots for where a candidate stands, what else its text says, and the words around; each with its range."""
    yield from _of_text(tokens, words, setting, places)
    yield from _of_neighbours(tokens, words, setting, places)


def _of_text(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> Iterator[_Column]:
    """Slots for where the word stands and what else its text says."""
    code = tokens.codes[places]
    facts = words.facts.astype(np.int32)
    first, last, lower, capital, thing = facts.T
    shape = words.shape.astype(np.int32)
    look = (shape[code] * _MODES + setting.mode[places]) * 2 + setting.opens[places]
    seen = _seen_elsewhere(tokens, words, setting, places)
    looks = 6 * _MODES * 2
    own = words.sort[code]
    yield look, looks
    yield ((first * 4 + last) * 6 + lower)[code] * looks + look, 144 * looks
    yield (capital[code] * looks + look) * 6 + first[code], 5 * looks * 6
    yield (words.likeness[code] * looks + look) * 2 + (first + last > 0)[code], _LIKES * looks * 2
    yield (np.minimum(setting.left(places), 4) * 2 + setting.line[places]) * SORTS + own, 5 * 2 * SORTS
    yield setting.persons(places) * SORTS + own, 4 * SORTS
    yield seen * 6 + shape[code], 24
    yield seen * 6 + lower[code], 24
    yield (thing[code] * looks + look) * 6 + first[code], _THINGS * looks * 6


def _of_neighbours(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> Iterator[_Column]:
    """Slots for the words around."""
    code = tokens.codes[places]
    border = len(words.bases) - 1
    near = {d: _neighbour(setting.text_of, tokens, places, d, border=border) for d in (-3, -2, -1, 1, 2, 3)}
    context = {d: words.context[c] for d, c in near.items()}
    sort = {d: words.sort[c] for d, c in near.items() if abs(d) < 3}
    own = words.sort[code]
    yield from ((column, _CONTEXT) for column in context.values())
    yield from ((column * SORTS + own, SORTS * SORTS) for column in sort.values())
    yield (sort[-1] * SORTS + own) * SORTS + sort[1], SORTS**3
    yield _mix(context[-2], context[-1]), _PAIR
    yield _mix(context[1], context[2]), _PAIR
    yield _mix(context[-1], context[1] + 5000), _PAIR
    thing = words.facts[:, 4].astype(np.int32)[code]
    yield (thing * SORTS + sort[-1]) * SORTS + sort[1], _THINGS * SORTS**2
    yield _mix(context[-1], thing + 35000), _PAIR
    yield _mix(context[1], thing + 40000), _PAIR
    yield _mix(context[-1], own + 10000), _PAIR
    yield _mix(context[1], own + 15000), _PAIR
    yield _mix(context[1], setting.opens[places] + 20000), _PAIR
    yield _mix(words.ending[near[1]], own + 25000), _PAIR
    yield _mix(words.ending[near[-1]], own + 30000), _PAIR


def size() -> int:
    """How many weights a model has."""
    looks = 6 * _MODES * 2
    word = 144 + 180 + 60 + 18 + 42 * _THINGS + 4 * _AFFIX
    text = looks + 144 * looks + 30 * looks + _LIKES * looks * 2 + 14 * SORTS + 48 + _THINGS * looks * 6
    return word + text + 6 * _CONTEXT + 4 * SORTS**2 + SORTS**3 + _THINGS * SORTS**2 + 10 * _PAIR


def _mix(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.uint32]:
    """A bucket for two numbers together (Knuth's multiplicative hash)."""
    mixed = one.astype(np.uint32) * np.uint32(2654435761) + other.astype(np.uint32) * np.uint32(40503)
    return (mixed >> np.uint32(7)) % np.uint32(_PAIR)


def _neighbour(
    text_of: NDArray[np.int64], tokens: Tokens, places: NDArray[np.int64], distance: int, *, border: int
) -> NDArray[np.int32]:
    """Codes of the tokens `distance` away from `places`; `border` where that is another text."""
    there = np.clip(places + distance, 0, len(tokens.codes) - 1)
    inside = (text_of[there] == text_of[places]) & (there == places + distance)
    return np.asarray(np.where(inside, tokens.codes[there], np.int32(border)))


def _seen_elsewhere(tokens: Tokens, words: Words, setting: Setting, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """For each candidate, bit 0: the text has its word lower-case too; bit 1: also capitalised inside a sentence."""
    names = {base: i for i, base in enumerate(dict.fromkeys(words.bases))}
    base_of = np.fromiter((names[b] for b in words.bases), np.int64, len(words.bases))
    asked = np.zeros(len(names), bool)
    asked[base_of[tokens.codes[places]]] = True
    # Most tokens cannot be meant; only the others are worth a second look.
    small_word = (words.shape == LOWER) & asked[base_of]
    big_word = np.isin(words.shape, (TITLE, MIXED))
    small = np.flatnonzero(small_word[tokens.codes])
    small = small[setting.mode[small] == USUAL]
    big = places[big_word[tokens.codes[places]]]
    big = big[~setting.opens[big] & (setting.mode[big] != SHOUTED) & (setting.mode[big] != HEADING)]

    def key(at: NDArray[np.int64]) -> NDArray[np.int64]:
        made: NDArray[np.int64] = setting.text_of[at] * np.int64(len(names)) + base_of[tokens.codes[at]]
        return made

    wanted = key(places)
    found = _among(wanted, key(small)).astype(np.int32)
    kinds, counts = np.unique(key(big), return_counts=True)
    if len(kinds):
        here = np.zeros(len(tokens.codes), np.int64)
        here[big] = 1
        at = np.minimum(np.searchsorted(kinds, wanted), len(kinds) - 1)
        times = np.where(kinds[at] == wanted, counts[at], 0)
        found += 2 * (times > here[places])
    return found


def _among(wanted: NDArray[np.int64], listed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of `wanted` are `listed`; most that are listed nobody wants, and a bit for each tells so before sorting."""
    bits = np.zeros(1 << 22, bool)
    bits[wanted & (len(bits) - 1)] = True
    return np.asarray(np.isin(wanted, listed[bits[listed & (len(bits) - 1)]]))
