"""The model's odds fitted to one practice: a scale and a shift, from what its owner says of some of its reviews.

Multinomial Platt scaling (J. Platt, 1999; Guo et al., 2017, with a shift): the log of each class's chance is multiplied
by one number, one number a class is added.  A ridge keeps both near "as shipped", so few labels move little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.schema import Sentiment
    from reviewpipe.sentiment.features import Numbers

CLASSES: tuple[Sentiment, ...] = ("negative", "mixed", "positive")
# The middle class of the model is what a person calls mixed or neutral.
PLACE: dict[Sentiment, int] = {"negative": 0, "mixed": 1, "neutral": 1, "positive": 2}
# As if so many reviews had said that the model is right as it is; chosen on invented reviews (docs/accuracy.md).
RIDGE = 5.0
FOLDS = 10
_LEAST = 1e-4
_STEPS = 50


class Chances(NamedTuple):
    """The model's chances that a text is negative, middling, positive; `leans`: some sentence praises or complains."""

    negative: float
    middling: float
    positive: float
    leans: bool


@dataclass(frozen=True)
class Calibration:
    """A fitted scale and the shift of each of CLASSES, in log-odds."""

    scale: float = 1.0
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def of(self, overall: Numbers) -> Numbers:
        """Chances (a row a text, a column a class) as they are in this practice."""
        return _softmax(self.scale * _logs(overall) + np.array(self.shift))

    def sentiment(self, chances: Chances) -> Sentiment:
        """The verdict that follows from the chances of a text."""
        if not chances.leans:
            return "neutral"
        return CLASSES[int(self.of(np.array([chances[:3]]))[0].argmax())]


AS_SHIPPED = Calibration()


def fit(chances: Sequence[Chances], said: Sequence[Sentiment]) -> Calibration:
    """The calibration that makes what was said most likely, under the ridge (convex; Newton's method)."""
    logs, truth = _logs(np.array([one[:3] for one in chances])), np.eye(3)[[PLACE[one] for one in said]]
    # Derivatives of the three log-odds of each text by scale and shifts.
    slopes = np.concatenate([logs[:, :, None], np.broadcast_to(np.eye(3), (len(logs), 3, 3))], axis=2)
    start = np.array([1.0, 0.0, 0.0, 0.0])
    at = start.copy()
    for _ in range(_STEPS):
        found = _softmax(slopes @ at)
        pull = np.einsum("nc,ncp->p", found - truth, slopes) + RIDGE * (at - start)
        spread = np.einsum("nc,ncp,ncq->pq", found, slopes, slopes)
        means = np.einsum("nc,ncp->np", found, slopes)
        step = np.linalg.solve(spread - means.T @ means + RIDGE * np.eye(4), pull)
        at = at - step * min(1.0, 1.0 / float(np.abs(step).max(initial=1e-12)))
        if np.abs(step).max() < 1e-9:
            break
    scale, *shift = (round(float(one), 6) for one in at)
    return Calibration(scale, (shift[0], shift[1], shift[2]))


def kept_out(chances: Sequence[Chances], said: Sequence[Sentiment]) -> list[Sentiment]:
    """The verdict on each text after a calibration fitted without it and its tenth of the labels."""
    found: list[Sentiment] = ["neutral"] * len(said)
    for fold in range(FOLDS):
        others = [n for n in range(len(said)) if n % FOLDS != fold]
        fitted = fit([chances[n] for n in others], [said[n] for n in others]) if others else AS_SHIPPED
        for n in range(fold, len(said), FOLDS):
            found[n] = fitted.sentiment(chances[n])
    return found


def _logs(chances: Any) -> Numbers:
    return np.asarray(np.log(np.clip(chances, _LEAST, 1.0)))


def _softmax(odds: Numbers) -> Numbers:
    odds = np.exp(odds - odds.max(1, keepdims=True))
    return np.asarray(odds / odds.sum(1, keepdims=True))
