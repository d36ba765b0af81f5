"""VADER's rules over the words of a whole batch: each rule looks at all words that count in one step.

Hutto & Gilbert 2014, release 3.3.2; every step stands where VADER's own stands, since its sums depend on the order.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]
    Facts = NDArray[np.bool_]

# vaderSentiment.py: C_INCR for capitals, N_SCALAR for negation, the damping of farther boosters.
CAPITALS = 0.733
NEGATION = -0.74
FARTHER = (1.0, 0.95, 0.9)

# Words of rules that stand in VADER's code and in no list; each group is a fact of a word.
_GROUPS = ("no", "or nor", "never", "so this", "without", "doubt", "least", "at very", "kind", "of", "but")
NO, OR, NEVER, SO, WITHOUT, DOUBT, LEAST, AT, KIND, OF, BUT = (1 << number for number in range(len(_GROUPS)))
_FACTS = {word: 1 << number for number, group in enumerate(_GROUPS) for word in group.split()}


@dataclass(frozen=True, eq=False)
class WordLists:
    """VADER's word lists; `valences` may have been changed to fit a field."""

    valences: Mapping[str, float]
    emojis: Mapping[str, str]
    boosters: Mapping[str, float]
    negators: frozenset[str]
    idioms: Mapping[str, float]

    @functools.cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Words that stand side by side in some idiom or booster."""
        return frozenset(
            pair for phrase in (*self.idioms, *self.boosters) for pair in itertools.pairwise(phrase.split())
        )


class Typed(NamedTuple):
    """The words of n texts as typed: word i is `vocabulary[codes[i]]`, those of text t are `rows[t]:rows[t + 1]`."""

    vocabulary: Sequence[str]
    codes: Places
    rows: Places


class Words(NamedTuple):
    """The words of n texts: word i is `lowers[codes[i]]`, those of text t are `rows[t]:rows[t + 1]`.

    The other arrays have an entry for each of `lowers`, the last for what is beyond the ends of a text: whether it is
    in capitals and in the lexicon, its valence, what it adds as a booster, whether it negates, and `_FACTS`.
    """

    codes: Places
    rows: Places
    lowers: Sequence[str]
    upper: Facts
    known: Facts
    valence: Numbers
    boost: Numbers
    negates: Facts
    facts: Places


def words_of(typed: Typed, lists: WordLists) -> Words:
    """The words of texts as VADER knows them."""
    stripped = [(word, word.strip(string.punctuation)) for word in typed.vocabulary]
    # Two characters and fewer may be a smile, whose punctuation stays.
    items = [word if len(bare) <= 2 else bare for word, bare in stripped] + [""]
    lowers = [item.lower() for item in items]
    valence = np.array([lists.valences.get(lower, np.nan) for lower in lowers])
    return Words(
        typed.codes,
        typed.rows,
        lowers,
        np.array([item.isupper() for item in items]),
        ~np.isnan(valence),
        np.nan_to_num(valence),
        np.array([lists.boosters.get(lower, 0.0) for lower in lowers]),
        np.array([lower in lists.negators or "n't" in lower for lower in lowers]),
        np.array([_FACTS.get(lower, 0) for lower in lowers]),
    )


def weigh(words: Words, lists: WordLists) -> tuple[Places, Numbers]:
    """Places of the words that count, in order, and their valences."""
    places = _counting(words)
    near = _around(words, places)
    capitals = _mixed_case(words)[text_of(words, places)]
    value = _denied(words, near)
    value += np.where(words.upper[near[0]] & capitals, np.where(value > 0, CAPITALS, -CAPITALS), 0)
    for distance, damping in enumerate(FARTHER):
        before = near[-1 - distance]
        boosted = value + _boost(words, before, value, capitals) * damping
        changed = boosted * _negation(words, near, distance)
        if distance == 2:
            changed = _idioms(words, near, changed, lists)
        speaks = (before != len(words.lowers) - 1) & ~words.known[before]
        value = np.where(speaks, changed, value)
    value = _least(words, near, value)
    _weigh_but(words, places, value)
    return places, value


def text_of(words: Words, places: Places) -> Places:
    """Number of the text in which each of `places` is."""
    return np.searchsorted(words.rows, places + 1).astype(np.int64) - 1


def _counting(words: Words) -> Places:
    """Places of the words that are in the lexicon and no boosters; "kind" does not count before "of"."""
    places = np.flatnonzero((words.known & (words.boost == 0))[words.codes])
    after = _around(words, places)[1]
    kind_of = (words.facts[words.codes[places]] & KIND) * (words.facts[after] & OF)
    counting: Places = places[kind_of == 0]
    return counting


def _around(words: Words, places: Places) -> dict[int, Places]:
    """The words around each of `places`: those of -1 are the ones before them."""
    text = text_of(words, places)
    first, last = words.rows[text], words.rows[text + 1]
    near = {}
    for step in range(-3, 3):
        inside = (places + step >= first) & (places + step < last)
        near[step] = np.full(len(places), len(words.lowers) - 1)
        near[step][inside] = words.codes[places[inside] + step]
    return near


def _mixed_case(words: Words) -> Facts:
    """Texts in which some words, but not all, are in capitals."""
    capitals = np.concatenate([[0], np.cumsum(words.upper[words.codes])])
    count = np.diff(capitals[words.rows])
    return (count > 0) & (count < np.diff(words.rows))


def _denied(words: Words, near: Mapping[int, Places]) -> Numbers:
    """Valences, turned round by a "no" before them; "no" itself counts only where no known word follows it."""
    value, facts = words.valence[near[0]], {step: words.facts[near[step]] for step in near}
    no = ((facts[-1] | facts[-2]) & NO > 0) | ((facts[-3] & NO > 0) & (facts[-1] & OR > 0))
    empty = (facts[0] & NO > 0) & words.known[near[1]]
    return np.where(no, value * NEGATION, np.where(empty, 0.0, value))


def _boost(words: Words, before: Places, value: Numbers, capitals: Facts) -> Numbers:
    """What the words `before` add as boosters."""
    boost = np.where(value < 0, -words.boost[before], words.boost[before])
    loud = (boost != 0) & words.upper[before] & capitals
    return boost + np.where(loud, np.where(value > 0, CAPITALS, -CAPITALS), 0)


def _negation(words: Words, near: Mapping[int, Places], distance: int) -> Numbers:
    """The factor of the words `distance` + 1 places before, looked at as negations."""
    word = near[-1 - distance]
    factor = np.where(words.negates[word], NEGATION, 1.0)
    if not distance:
        return factor
    between = [words.facts[near[step]] for step in range(-distance, 0)]
    doubt = functools.reduce(np.bitwise_or, between) & DOUBT > 0
    factor[(words.facts[word] & WITHOUT > 0) & doubt] = 1.0
    factor[(words.facts[word] & NEVER > 0) & (between[0] & SO > 0)] = 1.25
    if distance == 2:
        factor[between[1] & SO > 0] = 1.25  # whatever stands before: VADER's `and` binds tighter than its `or`
    return factor


def _idioms(words: Words, near: Mapping[int, Places], value: Numbers, lists: WordLists) -> Numbers:
    """Values, or those of the idioms that the words are part of; few words are, and they are looked at one by one."""
    firsts = {one for one, _ in lists.pairs}
    first = np.array([lower in firsts for lower in words.lowers])
    able = functools.reduce(np.logical_or, (first[near[step]] for step in (-3, -2, -1, 0)))
    for k in np.flatnonzero(able).tolist():
        around = [words.lowers[near[step][k]] for step in range(-3, 3)]
        if not lists.pairs.isdisjoint(itertools.pairwise(around)):
            value[k] = _idiom(float(value[k]), around, lists)
    return value


def _idiom(value: float, around: Sequence[str], lists: WordLists) -> float:
    """`value`, or an idiom's; `around` are the three words before, the word itself and two behind it."""
    three, two, one, zero, behind, farther = around
    before = [f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"]
    for phrase in (f"{one} {zero}", f"{two} {one} {zero}", before[2], before[0], before[1]):
        if phrase in lists.idioms:
            value = lists.idioms[phrase]
            break
    for phrase in (f"{zero} {behind}", f"{zero} {behind} {farther}"):
        value = lists.idioms.get(phrase, value)
    for phrase in before:
        value += lists.boosters.get(phrase, 0.0)
    return value


def _least(words: Words, near: Mapping[int, Places], value: Numbers) -> Numbers:
    """Values turned round by "least", but not by "at least" and "very least"."""
    least = (words.facts[near[-1]] & LEAST > 0) & ~words.known[near[-1]] & (words.facts[near[-2]] & AT == 0)
    return np.where(least, value * NEGATION, value)


def _weigh_but(words: Words, places: Places, value: Numbers) -> None:
    """Halve what stands before the first "but" of a text, raise what stands behind it, in place."""
    buts = np.flatnonzero((words.facts & BUT > 0)[words.codes])
    texts, first = np.unique(text_of(words, buts), return_index=True)
    bounds = np.searchsorted(places, [words.rows[texts], words.rows[texts + 1]])
    for but, start, end in zip(buts[first].tolist(), *bounds.tolist(), strict=True):
        if start < end:
            value[start:end] = _moved(value[start:end].tolist(), places[start:end].tolist(), but)


def _moved(weights: list[float], places: Sequence[int], but: int) -> list[float]:
    """The weights of one text with a "but".

    VADER looks each value up by `list.index` in the list that it is changing, so it is always the first of equal values
    that changes.  Heaps of the places of each value keep that, in less than the square of the length.
    """
    order: dict[float, list[int]] = {}
    for k, weight in enumerate(weights):
        order.setdefault(weight, []).append(k)
    for k in range(len(weights)):
        value = weights[k]
        if not value:
            continue
        first = order[value][0]
        factor = 0.5 if places[first] < but else 1.5 if places[first] > but else 1.0
        heapq.heappop(order[value])
        weights[first] = value * factor
        heapq.heappush(order.setdefault(weights[first], []), first)
    return weights
