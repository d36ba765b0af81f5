"""Which reviews the owner should read, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.metrics.overview import is_unhappy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviewpipe.schema import Review, ThemeHit


@dataclass(frozen=True)
class Concern:
    """A review that needs a look, with the reasons: keys of REASONS."""

    review: Review
    reasons: tuple[str, ...]


def _unhappy(review: Review) -> bool:
    return is_unhappy(review.sentiment, review.rating)


def _declines(review: Review) -> bool:
    """Answered "no" where a source asks whether they recommend the practice."""
    return review.recommended == "no"


def _unanswered(review: Review) -> bool:
    """Unhappy where everybody reads it, and without an answer in the files."""
    return (_unhappy(review) or _declines(review)) and review.visibility == "public" and not review.reply


def _disagrees(review: Review) -> bool:
    """Many stars with unhappy words, or few stars with happy ones."""
    stars = review.rating
    return stars is not None and (
        (stars >= 4 and review.sentiment == "negative") or (stars <= 2 and review.sentiment == "positive")
    )


def _harm(review: Review) -> bool:
    return any(map(_hurt, review.themes))


def _hurt(hit: ThemeHit) -> bool:
    """Speaks of being hurt; "no bruises at all" is praise."""
    return hit.theme == "harm" and hit.polarity != "positive"


REASONS: Mapping[str, Callable[[Review], bool]] = {
    "harm": _harm,
    "unhappy": _unhappy,
    "declines": _declines,
    "unanswered": _unanswered,
    "disagrees": _disagrees,
}


# The same, said to the owner.
REASON_WORDS: Mapping[str, str] = {
    "harm": "Speaks of harm",
    "unhappy": "Unhappy",
    "declines": "Does not recommend",
    "unanswered": "No answer yet",
    "disagrees": "Stars and words disagree",
}


def reasons(review: Review) -> tuple[str, ...]:
    """Why the owner should read this review; empty when there is nothing."""
    return tuple(name for name, applies in REASONS.items() if applies(review))


# What cannot wait: somebody was hurt; then what everybody reads unanswered; then the rest.
URGENCY = ("harm", "unanswered")


def concerns(reviews: Iterable[Review]) -> list[Concern]:
    """The reviews with at least one reason, the most urgent first, else in the given order."""
    found = [Concern(review, why) for review in reviews if (why := reasons(review))]
    return sorted(found, key=_urgency)


def _urgency(concern: Concern) -> int:
    return next((n for n, reason in enumerate(URGENCY) if reason in concern.reasons), len(URGENCY))


def evidence(review: Review) -> tuple[ThemeHit, ...]:
    """The passages that made a review a concern: harm, complaints.  Empty where stars or the whole text did."""
    return tuple(hit for hit in review.themes if hit.polarity in ("negative", "mixed") or _hurt(hit))


def by_reason(found: Iterable[Concern]) -> Mapping[str, int]:
    """How many reviews each reason has, in the order of REASONS."""
    counts = Counter(reason for concern in found for reason in concern.reasons)
    return {reason: counts[reason] for reason in REASONS}
