"""Which reviews to ask the owner about: the doubtful ones first, and some by lot."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from reviewpipe.themes import review_polarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewpipe.schema import Direction, Label, Polarity, Review, Said, Sentiment
    from reviewpipe.sentiment import Chances
    from reviewpipe.store import Store
    from reviewpipe.themes import Catalogue

# Looked through for doubtful ones, the newest first: as many as are judged in a second.
LOOKED_THROUGH = 5000
# Every third question is about a review chosen by lot: doubtful ones alone would make the machine look bad.
LOT = 3


@dataclass(frozen=True)
class Question:
    """A review to be labelled: `doubt` says why (keys of DOUBTS, most weighty first), `drawn` that it is due by lot."""

    review: Review
    doubt: tuple[str, ...]
    drawn: bool


# Why a review is asked about, in the words of the one who is asked.
DOUBTS = {
    "edited": "edited since you labelled it",
    "stars": "stars and words disagree",
    "close": "a close call",
    "rare": "few are like it",
}
# What each is worth beside how close a call it is (from 0 to 1).
_WORTH = {"edited": 2.0, "stars": 0.6}
_RARE, _CLOSE = 0.3, 0.5


def questions(store: Store) -> list[Question]:
    """The queue of a store, from its newest LOOKED_THROUGH reviews."""
    from reviewpipe import sentiment

    reviews = store.reviews(limit=LOOKED_THROUGH)
    chances = sentiment.chances([one.text or "" for one in reviews], [one.language for one in reviews])
    return queue(reviews, store.labels(), chances)


def queue(reviews: Sequence[Review], labels: Iterable[Label], chances: Sequence[Chances | None]) -> list[Question]:
    """The reviews that have words and no current label: the most doubtful first, every third one by lot.

    `chances` are those of `reviews`.  The same store gives the same order, whatever the order of `reviews`.
    """
    known = {label.review_id: label.outdated for label in labels}
    shares = _shares(reviews)
    doubtful, drawn = [], []
    for review, one in zip(reviews, chances, strict=True):
        if not (review.text or "").strip() or known.get(review.review_id) is False:
            continue
        worth, why = _doubt(review, one, shares[review.sentiment], edited=review.review_id in known)
        if by_lot(review.review_id):
            drawn.append((_number(review.review_id), review.review_id, Question(review, why, drawn=True)))
        else:
            doubtful.append((-worth, review.review_id, Question(review, why, drawn=False)))
    first, second = ([question for *_, question in sorted(some, key=lambda one: one[:2])] for some in (doubtful, drawn))
    return list(_dealt(first, second))


def _dealt(doubtful: Sequence[Question], drawn: Sequence[Question]) -> Iterator[Question]:
    """Two doubtful ones, then one by lot, until both are through."""
    left, lot = iter(doubtful), iter(drawn)
    while some := [*islice(left, LOT - 1), *islice(lot, 1)]:
        yield from some


def by_lot(review_id: str) -> bool:
    """Whether a review is one of those that are asked about for no reason."""
    return _number(review_id) % LOT == 0


def _number(review_id: str) -> int:
    return int.from_bytes(blake2b(review_id.encode(), digest_size=8).digest())


def _shares(reviews: Sequence[Review]) -> Mapping[Sentiment, float]:
    """What part of the reviews each sentiment is."""
    counts = Counter(review.sentiment for review in reviews)
    return {sentiment: count / len(reviews) for sentiment, count in counts.items()}


def _doubt(review: Review, chances: Chances | None, share: float, *, edited: bool) -> tuple[float, tuple[str, ...]]:
    """How much a label is worth, and the reasons."""
    ordered = sorted(chances[:3], reverse=True) if chances else [1.0, 0.0]
    close = round(1 - (ordered[0] - ordered[1]), 6)
    stars = review.rating
    against = stars is not None and (
        (stars >= 4 and review.sentiment in ("negative", "mixed"))
        or (stars <= 2 and review.sentiment in ("positive", "neutral"))
    )
    rare = _RARE * (1 - share)
    why = {"edited": edited, "stars": against, "close": close >= _CLOSE, "rare": share <= 0.2}
    worth = close + rare + sum(_WORTH[name] for name in _WORTH if why[name])
    return worth, tuple(name for name in DOUBTS if why[name])


def directions(said: Mapping[str, Said], catalogue: Catalogue) -> dict[str, Direction]:
    """Whom each comparison with others that was found favours."""
    favours: dict[str, Direction] = {"positive": "favours_us", "negative": "favours_them"}
    compared = {theme.name for theme in catalogue.themes if theme.comparison}
    return {name: favours.get(one, "neutral") for name, one in said.items() if name in compared and one != "absent"}


def proposed(review: Review, catalogue: Catalogue) -> dict[str, Said]:
    """What is known of every theme in a review, to be confirmed or corrected."""
    found: Mapping[str, Polarity] = review_polarity(review.themes)
    return {name: found.get(name, "absent") for name in catalogue.names}
