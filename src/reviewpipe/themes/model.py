"""What phrases miss: a linear model of words and word pairs for each core theme, read from themes.npz with numpy.

Trained with scikit-learn by training/themes/train.py, which shares `features` with us.
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


@dataclass(frozen=True)
class Model:
    """Weights of words and pairs for each theme, as log-odds; `known` are words that are no misspellings.

    `pairs[i]` is first * len(words) + second of a pair of words, rising; `weights` has a row for each word, then each
    pair, and a column for each theme; a theme is found in a sentence whose log-odds reach its threshold.
    """

    themes: tuple[str, ...]
    words: tuple[str, ...]
    pairs: NDArray[np.int64]
    weights: NDArray[np.float32]
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
            file["weights"],
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


def finds(model: Model, page: Page, found: Iterable[Find]) -> Iterator[Find]:
    """Sentences in which the model sees a theme that no phrase has `found`, at the word that weighs most."""
    at, columns = features(page, model.words, model.pairs)
    sentence = page.drawn.sentence[at] if len(at) else at
    have = {(one.theme, one.sentence) for one in found}
    for number, theme in enumerate(model.themes):
        weights = model.weights[columns, number]
        odds = np.bincount(sentence, weights, len(page.text)) + model.intercepts[number]
        for one in np.flatnonzero(odds >= model.thresholds[number]).tolist():
            if (theme, one) in have:
                continue
            inside = np.flatnonzero(sentence == one)
            if len(inside):
                best = int(at[inside[np.argmax(weights[inside])]])
                yield Find(theme, "model", one, *page.offsets(best, best + 1))
