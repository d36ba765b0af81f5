"""VADER's rules, exactly and several times as fast: Python is paid once per unique word of a batch.

Hutto & Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014; the
word lists are those of the installed vaderSentiment package, whose release 3.3.2 the tests compare with.  What looks
odd below is VADER's own.
"""

from __future__ import annotations

import functools
import heapq
import math
import re
import string
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# vaderSentiment.py: C_INCR for capitals, N_SCALAR for negation, the damping of farther boosters, alpha of `normalize`.
CAPITALS = 0.733
NEGATION = -0.74
FARTHER = (1.0, 0.95, 0.9)
ALPHA = 15

# Words of rules that stand in the code and in no list.
_OWN_RULES = ("no", "or", "nor", "never", "so", "this", "without", "doubt", "least")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


_STEERS = attrgetter("steers")
_IS_UPPER = attrgetter("is_upper")


class Scores(NamedTuple):
    """VADER's answer: shares of negative, neutral and positive words, and the compound score from -1 to 1."""

    neg: float
    neu: float
    pos: float
    compound: float


@dataclass(frozen=True)
class WordLists:
    """VADER's word lists; `valences` may have been changed to fit a field."""

    valences: Mapping[str, float]
    emojis: Mapping[str, str]
    boosters: Mapping[str, float]
    negators: frozenset[str]
    idioms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Word:
    """What VADER needs to know of a word; `valence` is None for words outside the lexicon."""

    lower: str
    is_upper: bool
    valence: float | None
    boost: float
    negates: bool
    counts: bool  # in the lexicon and no booster
    steers: bool  # may change the valence of a word nearby, or of itself


class _Words(dict[str, _Word]):
    """Words as typed, each looked at once: state is what was seen of the batch."""

    def __init__(self, lists: WordLists) -> None:
        self.lists = lists
        self.steering = {word for phrase in (*lists.idioms, *lists.boosters, *_OWN_RULES) for word in phrase.split()}

    def __missing__(self, typed: str) -> _Word:
        stripped = typed.strip(string.punctuation)
        # Two characters and fewer may be a smile, whose punctuation stays.
        item = typed if len(stripped) <= 2 else stripped
        lower = item.lower()
        valence, boost = self.lists.valences.get(lower), self.lists.boosters.get(lower, 0.0)
        negates = lower in self.lists.negators or "n't" in lower
        steers = negates or lower in self.steering
        word = _Word(lower, item.isupper(), valence, boost, negates, valence is not None and not boost, steers)
        self[typed] = word
        return word


@functools.cache
def stock() -> WordLists:
    """The lists as vaderSentiment ships them."""
    from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    emojis = {emoji: words for emoji, words in analyser.emojis.items() if len(emoji) == 1}
    return WordLists(analyser.lexicon, emojis, BOOSTER_DICT, frozenset(NEGATE), SPECIAL_CASES)


def scores(texts: Sequence[str], lists: WordLists | None = None) -> list[Scores]:
    """The scores of each text, equal to `SentimentIntensityAnalyzer().polarity_scores` with the stock lists."""
    words = _Words(lists or stock())
    return [_score(text, words) for text in texts]


def sides(texts: Sequence[str], lists: WordLists) -> list[tuple[float, float]]:
    """The sum of the positive and the sum of the negative valences of each text, without punctuation's emphasis."""
    words = _Words(lists)
    found = (_valences([words[t] for t in _spelled_out(text, lists.emojis).split()], lists)[0] for text in texts)
    return [(sum(w for w in weights if w > 0), sum(w for w in weights if w < 0)) for weights in found]


def hits(text: str, lists: WordLists) -> list[tuple[str, float]]:
    """The words that moved the score of `text`, in order, each with its final valence."""
    words = _Words(lists)
    found = [words[typed] for typed in _spelled_out(text, lists.emojis).split()]
    weights, positions = _valences(found, lists)
    return [(found[i].lower, weight) for i, weight in zip(positions, weights, strict=True) if weight]


def squash(total: float) -> float:
    """A sum of valences as a score between -1 and 1."""
    return total / math.sqrt(total * total + ALPHA)


def _score(text: str, words: _Words) -> Scores:
    plain = _spelled_out(text, words.lists.emojis)
    found = [words[typed] for typed in plain.split()]
    if not found:
        return Scores(0.0, 0.0, 0.0, 0.0)
    weights, _ = _valences(found, words.lists)
    emphasis = _emphasis(plain)
    # Each word that leans adds 1 to its side, for each neutral word counts as 1.
    pos = neg = 0.0
    for weight in weights:
        if weight > 0:
            pos += weight + 1
        elif weight < 0:
            neg += weight - 1
    neutral = len(found) - sum(map(bool, weights))
    if pos > -neg:
        pos += emphasis
    elif pos < -neg:
        neg -= emphasis
    total = pos - neg + neutral
    compound = squash(_emphasised(weights, emphasis))
    return Scores(round(-neg / total, 3), round(neutral / total, 3), round(pos / total, 3), round(compound, 4))


def _emphasised(weights: list[float], emphasis: float) -> float:
    total = float(sum(weights))
    return total + emphasis if total > 0 else total - emphasis if total < 0 else total


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


def _valences(found: list[_Word], lists: WordLists) -> tuple[list[float], list[int]]:
    """Valences of the words that count, with their positions."""
    positions = [i for i, word in enumerate(found) if word.counts and not _kind_of(found, i)]
    if not positions:
        return [], []
    capitals = 0 < sum(map(_IS_UPPER, found)) < len(found)
    weights = []
    for i in positions:
        if any(map(_STEERS, found[max(0, i - 3) : i + 3])):
            value = _with_capitals(_denied(found, i), found[i], capitals)
            weights.append(_steered(value, found, i, capitals=capitals, lists=lists))
        else:
            weights.append(_with_capitals(found[i].valence or 0.0, found[i], capitals))
    lowers = [word.lower for word in found]
    if "but" in lowers:
        _weigh_but(weights, positions, lowers.index("but"))
    return weights, positions


def _steered(value: float, found: list[_Word], i: int, *, capitals: bool, lists: WordLists) -> float:
    """The value of word i after up to three words before it, and the idioms around it, have been looked at."""
    for distance in range(min(i, 3)):
        before = found[i - distance - 1]
        if before.valence is None:
            value += _boost(before, value, capitals) * FARTHER[distance]
            value = _negated(value, found, i, distance)
            if distance == 2:
                value = _idiom(value, [word.lower for word in found[i - 3 : i + 3]], lists)
    return _least(value, found, i)


def _kind_of(found: list[_Word], i: int) -> bool:
    return found[i].lower == "kind" and i + 1 < len(found) and found[i + 1].lower == "of"


def _denied(found: list[_Word], i: int) -> float:
    """The valence of word i, turned round by a "no" before it; "no" itself counts only when nothing follows it."""
    valence = found[i].valence or 0.0
    before = [word.lower for word in found[max(0, i - 3) : i]][::-1]
    if "no" in before[:2] or (before[2:] == ["no"] and before[0] in {"or", "nor"}):
        return valence * NEGATION
    if found[i].lower == "no" and i + 1 < len(found) and found[i + 1].valence is not None:
        return 0.0
    return valence


def _with_capitals(value: float, word: _Word, capitals: bool) -> float:  # noqa: FBT001 - a fact of the text
    if word.is_upper and capitals:
        return value + CAPITALS if value > 0 else value - CAPITALS
    return value


def _boost(before: _Word, value: float, capitals: bool) -> float:  # noqa: FBT001 - a fact of the text
    if not before.boost:
        return 0.0
    boost = -before.boost if value < 0 else before.boost
    if before.is_upper and capitals:
        boost += CAPITALS if value > 0 else -CAPITALS
    return boost


def _negated(value: float, found: list[_Word], i: int, distance: int) -> float:
    """`value` after the word `distance` + 1 places before it has been looked at as a negation."""
    word = found[i - distance - 1]
    between = [found[k].lower for k in range(i - distance, i)]
    so = {"so", "this"}
    if distance == 2 and between[1] in so:
        return value * 1.25  # whatever stands before: VADER's `and` binds tighter than its `or`
    if distance and word.lower == "never" and between[0] in so:
        return value * 1.25
    if distance and word.lower == "without" and "doubt" in between:
        return value
    return value * NEGATION if word.negates else value


def _idiom(value: float, around: list[str], lists: WordLists) -> float:
    """`value`, or an idiom's; `around` are the three words before, the word itself and up to two behind it."""
    three, two, one, zero, *behind = around
    before = [f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"]
    for phrase in (f"{one} {zero}", f"{two} {one} {zero}", before[2], before[0], before[1]):
        if phrase in lists.idioms:
            value = lists.idioms[phrase]
            break
    if behind:
        value = lists.idioms.get(f"{zero} {behind[0]}", value)
    if len(behind) == 2:
        value = lists.idioms.get(f"{zero} {behind[0]} {behind[1]}", value)
    for phrase in before:
        value += lists.boosters.get(phrase, 0.0)
    return value


def _least(value: float, found: list[_Word], i: int) -> float:
    """The value turned round by "least", but not by "at least" and "very least"."""
    if i and found[i - 1].lower == "least" and found[i - 1].valence is None:
        return value if i > 1 and found[i - 2].lower in {"at", "very"} else value * NEGATION
    return value


def _weigh_but(weights: list[float], positions: list[int], but: int) -> None:
    """Halve what stands before "but", raise what stands behind it, in place.

    VADER looks each value up by `list.index` in the list that it is changing, so it is always the first of equal values
    that changes.  Heaps of the places of each value keep that, in less than the square of the length.
    """
    places: dict[float, list[int]] = {}
    for k, weight in enumerate(weights):
        places.setdefault(weight, []).append(k)
    for k in range(len(weights)):
        value = weights[k]
        if not value:
            continue
        first = places[value][0]
        factor = 0.5 if positions[first] < but else 1.5 if positions[first] > but else 1.0
        heapq.heappop(places[value])
        weights[first] = value * factor
        heapq.heappush(places.setdefault(weights[first], []), first)
