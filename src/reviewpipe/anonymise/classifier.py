"""How likely each token is part of a person's name: a logistic regression over the slots of features.py, in numpy."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.features import Gazetteer, Words, candidates, logits
from reviewpipe.anonymise.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.tokens import Tokens

MODEL = Path(__file__).parents[1] / "models" / "names.npz"


@functools.cache
def _arrays() -> tuple[Gazetteer, NDArray[np.float32], float]:
    """Gazetteer, weights and intercept of the shipped model, read once."""
    with np.load(MODEL, allow_pickle=False) as stored:
        lists = Gazetteer(stored["hashes"], stored["facts"], stored["spelling"].astype(np.float32))
        return lists, stored["weights"].astype(np.float32), float(stored["intercept"])


def gazetteer() -> Gazetteer:
    """The name lists of the shipped model, as numbers."""
    return _arrays()[0]


def chances(tokens: Tokens, words: Words, texts: Sequence[str]) -> NDArray[np.float64]:
    """For each token the probability that it is part of a person's name; 0 where it is no candidate."""
    _, weights, intercept = _arrays()
    chance = np.zeros(len(tokens.codes))
    places = candidates(tokens, words)
    if len(places):
        setting = Setting.of(tokens, words, texts)
        logit = logits(tokens, words, setting, places, weights) + intercept
        chance[places] = 1 / (1 + np.exp(-logit.astype(np.float64)))
    return chance
