"""The linear models of sentiment.npz: one for sentences, one above it for reviews; training/sentiment makes them."""

from __future__ import annotations

import functools
import io
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reviewpipe.sentiment.features import Batch, Numbers, Places

    Weights = Mapping[str, Numbers]

FILE = "sentiment.npz"
# A sentence leans when praise and complaint differ by more than this.
LEANS = 0.3


@functools.cache
def load() -> Weights:
    """The shipped weights.

    `sentence_words` (buckets x 2) and `sentence_dense` (features + 1 x 2) give the log-odds of praise and of complaint;
    `review_words` (buckets x 3) and `review_dense` give negative, middling and positive; the last row is the constant.
    """
    data = resources.files("reviewpipe.models").joinpath(FILE).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def of_sentences(batch: Batch, weights: Weights) -> Numbers:
    """Probabilities of praise and of complaint of each sentence: one row each."""
    dense = weights["sentence_dense"]
    count = len(batch.dense)
    odds = _weighed(batch.dense, dense) + _words(batch, weights["sentence_words"], batch.owners, count)
    return np.asarray(1 / (1 + np.exp(-odds)))


def of_reviews(batch: Batch, sides: Numbers, weights: Weights) -> Numbers:
    """Probabilities that a text is negative, middling and positive; `sides` as from `of_sentences`."""
    dense, count = weights["review_dense"], len(batch.rows) - 1
    odds = _weighed(summary(batch, sides), dense)
    odds += _words(batch, weights["review_words"], review_of(batch)[batch.owners], count)
    odds = np.exp(odds - odds.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True))


def _weighed(columns: Numbers, weights: Numbers) -> Numbers:
    """`columns @ weights[:-1] + weights[-1]`, added up in one order: that of a matrix product depends on the batch."""
    total = np.zeros((len(columns), weights.shape[1]))
    for column, weight in zip(columns.T, weights[:-1], strict=True):
        total += column[:, None] * weight
    total += weights[-1]
    return total


def _words(batch: Batch, weights: Numbers, owners: Places, count: int) -> Numbers:
    """The weights of the hashed words, summed for each of `count` owners."""
    return np.column_stack(
        [np.bincount(owners, weights[batch.buckets, k] * batch.scales, count) for k in range(weights.shape[1])]
    )


def review_of(batch: Batch) -> Places:
    """Number of the text that each sentence belongs to."""
    return np.repeat(np.arange(len(batch.rows) - 1), np.diff(batch.rows))


def summary(batch: Batch, sides: Numbers) -> Numbers:
    """What the sentences of each review say together: a row a review, zeros for one without sentences.

    Mean, most, last and late-weighted mean of praise, complaint, their balance and the sums of weights: what comes late
    says how it ended, for a review tells of the old pain first.  Then how many sentences lean where and how strongly,
    and what the weaker side weighs against the stronger: that parts a mixed review from a grumble.
    """
    balance = sides[:, 0] - sides[:, 1]
    columns = np.column_stack([sides, balance, batch.dense[:, :3]])
    full = np.flatnonzero(np.diff(batch.rows))
    if not len(full):
        return np.zeros((len(batch.rows) - 1, 4 * columns.shape[1] + 14))
    first, last = batch.rows[full], batch.rows[full + 1] - 1
    lengths = (last - first + 1)[:, None]
    count = np.repeat(lengths, lengths[:, 0], axis=0)
    place = (np.arange(len(columns))[:, None] - np.repeat(first, lengths[:, 0])[:, None] + 1) / (
        count * (count + 1) / 2
    )
    mean, late = np.add.reduceat(columns, first) / lengths, np.add.reduceat(columns * place, first)
    most, least = np.maximum.reduceat(columns, first), np.minimum.reduceat(balance, first)
    leaning = np.add.reduceat(np.column_stack([sides > 0.5, sides.min(1) > 0.4]).astype(float), first) / lengths
    found = np.column_stack([mean, most, columns[last], late, least, leaning, _amounts(balance, first, lengths)])
    result = np.zeros((len(batch.rows) - 1, found.shape[1]))
    result[full] = found
    return result


def _amounts(balance: Numbers, first: Places, lengths: NDArray[np.int64]) -> Numbers:
    """Of each review: sentences on each side and between, the weight of both sides, each against the other."""
    praise, complaint = np.maximum(balance, 0), np.maximum(-balance, 0)
    sorts = [balance > LEANS, balance < -LEANS, np.abs(balance) <= LEANS]
    sums = np.add.reduceat(np.column_stack([*sorts, praise**2, complaint**2, praise, complaint]), first)
    praised, complained = sums[:, 5], sums[:, 6]
    both = praised + complained + LEANS
    weaker, lead = np.minimum(praised, complained) / both, (praised - complained) / both
    return np.column_stack([np.log1p(sums), weaker, lead, np.log1p(lengths)])
