"""What phrases alone cannot tell: a linear model of words, word pairs and phrases, read from themes.npz with numpy.

It finds wording that nobody thought of, and drops phrases of the side themes where it sees something else.  Trained
with scikit-learn by training/themes/train.py, which shares `features` and `signs` with us.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.themes.finds import Find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reviewpipe.themes.finds import Page

FILE = Path(__file__).parent.parent / "models" / "themes.npz"
# What a sentence shows beside its words: which kinds of phrase stand in it, and how it was scored.
KINDS = ("praises", "complaints", "phrases", "evens", "mentions")
SIGNS = (*KINDS, "score", "clear")
CLEAR = 0.3  # a usual distance from 0, so that an unscored sentence counts as neither plain nor clear
FURTHER = -1.0  # log-odds of a further passage in a text where the theme is found anyway


@dataclass(frozen=True)
class Model:
    """Weights of words, pairs and signs for each theme, as log-odds; `known` are words that are no misspellings.

    `pairs[i]` is first * len(words) + second of a pair of words, rising; `weights` has a row for each theme and a
    column for each word, then each pair; `signs` a row for each theme and a column for each of SIGNS.  A theme is found
    in a sentence whose log-odds reach its first threshold; a phrase in it counts from the second, which is minus
    infinity where phrases always count.
    """

    themes: tuple[str, ...]
    words: tuple[str, ...]
    pairs: NDArray[np.int64]
    weights: NDArray[np.float32]
    signs: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    known: frozenset[str]


@functools.cache
def shipped() -> Model:
    """The model of this version."""
    with np.load(FILE, allow_pickle=False) as file:
        return Model(
            tuple(file["themes"].tolist()),
            tuple(file["words"].tolist()),
            file["pairs"],
            file["weights"].astype(np.float32),
            file["signs"],
            file["intercepts"],
            file["thresholds"],
            frozenset(file["known"].tolist()),
        )


def word_codes(page: Page, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each word of the stream its letter's position and its number in `words` (-1: none)."""
    index = {word: number for number, word in enumerate(words)}
    table = np.array([index.get(one, -1) for one in page.drawn.stems], np.int64)
    at = np.flatnonzero(page.drawn.token >= 0)
    return at, table[page.tokens.codes[page.drawn.token[at]]]


def features(
    page: Page, model_words: Sequence[str], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in the stream and columns of all words and pairs that have a weight."""
    at, codes = word_codes(page, model_words)
    n = len(model_words)
    both = (codes[:-1] >= 0) & (codes[1:] >= 0) & (page.drawn.sentence[at[:-1]] == page.drawn.sentence[at[1:]])
    keys = (codes[:-1] * n + codes[1:])[both]
    places = np.searchsorted(pairs, keys)
    there = np.zeros(len(keys), bool) if not len(pairs) else pairs[np.minimum(places, len(pairs) - 1)] == keys
    known = codes >= 0
    return (
        np.concatenate([at[known], at[:-1][both][there]]),
        np.concatenate([codes[known], n + places[there]]),
    )


def signs(page: Page, found: Iterable[Find]) -> NDArray[np.float64]:
    """SIGNS of each sentence for the theme of which `found` are the phrases."""
    shown = np.zeros((len(page.text), len(SIGNS)))
    for find in found:
        shown[find.sentence, KINDS.index(find.kind)] = 1
    shown[:, -2] = page.score
    shown[:, -1] = np.where(page.score == 0, 0, np.abs(page.score) - CLEAR)  # 0 is the score of an unscored text
    return shown


def judged(model: Model, page: Page, found: Iterable[Find]) -> Iterator[Find]:
    """Of the phrases `found` those that the model does not doubt, and what it sees where no phrase stands.

    Phrases of the core themes, and of themes that the model does not know, all count.
    """
    by_theme: dict[str, list[Find]] = {}
    for find in found:
        by_theme.setdefault(find.theme, []).append(find)
    at, columns, sentence = _in_order(model, page)
    rows = np.searchsorted(sentence, np.arange(len(page.text) + 1))
    for number, theme in enumerate(model.themes):
        phrases = by_theme.pop(theme, [])
        weights = model.weights[number][columns]
        odds = np.bincount(sentence, weights, len(page.text)) + model.intercepts[number]
        for sign, weight in zip(signs(page, phrases).T, model.signs[number].tolist(), strict=True):
            odds += sign * weight  # no matrix product, whose last digits depend on the batch
        without, beside = model.thresholds[number].tolist()
        kept = [find._replace(odds=float(odds[find.sentence])) for find in phrases if odds[find.sentence] >= beside]
        yield from kept
        seen = odds >= without
        texts = [*page.text[seen].tolist(), *(int(page.text[find.sentence]) for find in kept)]
        seen |= np.isin(page.text, texts) & (odds >= max(beside, FURTHER))
        seen[[find.sentence for find in phrases]] = False
        for one in np.flatnonzero(seen).tolist():
            inside = slice(rows[one], rows[one + 1])
            if len(at[inside]):
                place = page.offsets(*_heart(at[inside].tolist(), weights[inside].tolist()))
                yield Find(theme, "model", one, *place, odds=float(odds[one]))
    for phrases in by_theme.values():
        yield from phrases


def fitting(model: Model, page: Page, theme: str) -> list[int]:
    """The sentence of each text whose words speak most for `theme`; -1 where none speaks for it."""
    best, most = [-1] * len(page.texts), [0.0] * len(page.texts)
    if theme not in model.themes:
        return best
    _, columns, sentence = _in_order(model, page)
    odds = np.bincount(sentence, model.weights[model.themes.index(theme)][columns], len(page.text))
    for one, (number, more) in enumerate(zip(page.text.tolist(), odds.tolist(), strict=True)):
        if more > most[number]:
            best[number], most[number] = one, more
    return best


def _in_order(model: Model, page: Page) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Position, column and sentence of each word and pair that has a weight, by sentence."""
    at, columns = features(page, model.words, model.pairs)
    sentence = page.drawn.sentence[at] if len(at) else at
    order = np.argsort(sentence, kind="stable")
    return at[order], columns[order], sentence[order]


def _heart(at: Sequence[int], weights: Sequence[float]) -> tuple[int, int]:
    """First and last letter of the run of words that together weigh most; `at` are positions, with their weights."""
    heavy = dict.fromkeys(range(min(at), max(at) + 1), 0.0)
    for place, weight in zip(at, weights, strict=True):
        heavy[place] += weight
    total, lowest, since, most, heart = 0.0, 0.0, min(at), -np.inf, (0, 0)
    for place, weight in heavy.items():
        if total < lowest:
            lowest, since = total, place
        total += weight
        if total - lowest > most:
            most, heart = total - lowest, (since, place + 1)
    return heart
