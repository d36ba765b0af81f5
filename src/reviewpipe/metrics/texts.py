"""What texts hold beside themes: who is named, what was hidden, and words that no theme covers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewpipe.config import PLACEHOLDER
from reviewpipe.metrics.shares import Share
from reviewpipe.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.schema import Review

# Placeholders that stand for people of the practice, whatever the settings call its own.
STAFF = ("[THERAPIST]", "[STAFF]")
WORD = re.compile(r"[^\W\d_]{4,}")
WORDS_SHOWN = 8
# So many words are looked at that at 95 % some would stand out by chance.
SURE = 0.999
SHORTEST = 4  # words of a sentence that has something to say


@dataclass(frozen=True)
class Named:
    """In how many reviews somebody of the practice is named as `shown`, and how many of the scored are positive."""

    shown: str
    reviews: int
    positive: Share


@dataclass(frozen=True)
class Texts:
    """What `looked_at` texts hold; `hidden` counts placeholders by kind, `uncovered` reviews by word."""

    looked_at: int = 0
    staff: Sequence[Named] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)
    uncovered: Sequence[tuple[str, int]] = ()


def texts(reviews: Iterable[Review], shown: Iterable[str], few: int) -> Texts:
    """All of it; `shown` is how the settings show staff, words in fewer than `few` reviews are not told."""
    with_words = [review for review in reviews if review.text]
    return Texts(len(with_words), staff(with_words, shown), hidden(with_words), uncovered(with_words, few))


def staff(reviews: Sequence[Review], shown: Iterable[str]) -> list[Named]:
    """How staff are spoken of, by what stands for them in the texts, the most frequent first."""
    found = []
    for name in dict.fromkeys((*STAFF, *shown)):
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        naming = [review for review in reviews if whole.search(review.text or "")]
        scored = [review for review in naming if review.sentiment != "unscored"]
        if naming:
            happy = sum(review.sentiment == "positive" for review in scored)
            found.append(Named(name, len(naming), Share(happy, len(scored))))
    return sorted(found, key=lambda one: (-one.reviews, one.shown))


def hidden(reviews: Iterable[Review]) -> dict[str, int]:
    """How often each placeholder stands in the texts, the most frequent first."""
    counts = Counter(found for review in reviews for found in PLACEHOLDER.findall(review.text or ""))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def uncovered(reviews: Iterable[Review], few: int) -> list[tuple[str, int]]:
    """Words that stand in sentences without a theme more often than chance would have it, and in how many reviews.

    No list of stop words is needed: "the" stands in both kinds of sentences alike.
    """
    without: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    in_reviews: dict[str, set[str]] = defaultdict(set)
    sentences = left = 0
    for review in reviews:
        for words, covered in _sentences(review):
            sentences += 1
            everywhere.update(words)
            if not covered:
                left += 1
                without.update(words)
                for word in words:
                    in_reviews[word].add(review.review_id)
    usual = left / sentences if sentences else 0.0
    found = [
        (word, len(ids))
        for word, ids in in_reviews.items()
        if len(ids) >= few and Share(without[word], everywhere[word]).interval(SURE)[0] > usual
    ]
    return sorted(found, key=lambda item: (-item[1], item[0]))[:WORDS_SHOWN]


def _sentences(review: Review) -> Iterable[tuple[set[str], bool]]:
    """The words of each sentence that says something, and whether a theme was found in it."""
    text = review.text or ""
    for start, end in split(text):
        said = text[start:end]
        if len(said.split()) >= SHORTEST:
            covered = any(hit.start < end and start < hit.end for hit in review.themes)
            yield set(WORD.findall(PLACEHOLDER.sub(" ", said).casefold())), covered
