"""A share and what can be known from it: one method for shares, mean ratings and counts.

A mean rating is the share of the way from 1 to 5 stars.  Its spread is at most that of a yes/no share with the same
mean, so the interval is right or a little too wide, and it is not zero wide when all ratings are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

CONFIDENCE = 0.95
Verdict = Literal["up", "down", "same", "few"]


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; a mean rating sums (stars - 1) / 4 in `part`."""

    part: float
    whole: int

    @property
    def value(self) -> float | None:
        """From 0 to 1, None of nothing."""
        return self.part / self.whole if self.whole else None

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """The true share lies between these, in `confidence` of all such cases (E. B. Wilson, 1927)."""
        if not self.whole:
            return 0.0, 1.0
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        n, p = self.whole, self.part / self.whole
        middle, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


@dataclass(frozen=True)
class Compared:
    """A share in a period, in the period before, and lately (twelve months and undated reviews).

    `verdict`: up, down, same (no change that differs from chance) or few (too few to say).
    """

    now: Share
    before: Share
    lately: Share
    verdict: Verdict


def difference(now: Share, before: Share, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which bounds `now` minus `before` lies (R. G. Newcombe, 1998, method 10)."""
    (a, b), (low_a, high_a), (low_b, high_b) = (
        (now.value or 0.0, before.value or 0.0),
        now.interval(confidence),
        before.interval(confidence),
    )
    low = a - b - sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    return low, a - b + sqrt((high_a - a) ** 2 + (b - low_b) ** 2)


def compare(now: Share, before: Share, few: int, confidence: float = CONFIDENCE) -> Verdict:
    """Did a share change?  `few`: the smallest number of reviews on either side that is worth a word."""
    if min(now.whole, before.whole) < few:
        return "few"
    low, high = difference(now, before, confidence)
    return "up" if low > 0 else "down" if high < 0 else "same"


def compare_counts(now: Share, before: Share, few: int) -> Verdict:
    """Did the number of reviews a day change?  `part` is the number of reviews, `whole` the number of days.

    If nothing changed, each review falls into the later period with the share that its days have of both.
    """
    reviews = int(now.part + before.part)
    if reviews < few:
        return "few"
    low, high = Share(now.part, reviews).interval()
    expected = now.whole / (now.whole + before.whole)
    return "up" if low > expected else "down" if high < expected else "same"
