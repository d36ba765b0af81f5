"""What is worth quoting: the best whole sentences of a review for a theme, word for word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reviewpipe.anonymise import policies
from reviewpipe.quotes.cuts import Passage, passages, refusal
from reviewpipe.quotes.variety import varied
from reviewpipe.quotes.worth import LEAST, PLACEHOLDER, worth
from reviewpipe.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.consent import Gate, Status
    from reviewpipe.schema import Review, ThemeHit

# Reviews are looked at by the most promising first, so many at a time, until there are so many quotes for each wanted.
AT_ONCE, SPARE = 256, 6
# What a quote of today has over one of five years ago.
FRESH, YEARS = 0.05, 5
# A passage whose own score is lower says less good than its review; of passages that are worth quoting, nearly none.
SADDEST = -0.2


@dataclass(frozen=True)
class Quote:
    """A contiguous passage of a review: `quote` is text[start:end] as stored, `score` its worth from 0 to 1.

    `text_hash` is the SHA-256 of the stored text in hex, by which a later change of the text is seen.  `shown` is the quote
    as readers see it: [therapist] for staff, […] for whoever else is hidden.
    """

    review_id: str
    quote: str
    start: int
    end: int
    theme: str
    score: float
    source: str
    posted_on: str | None
    status: Status
    reasons: tuple[str, ...]
    text_hash: str
    shown: str


@dataclass(frozen=True)
class Refusal:
    """A passage that is not offered and why, in words for people; of a whole review the passage is empty."""

    passage: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class _Find:
    review: Review
    passage: Passage
    theme: str
    worth: float


def pick(reviews: Sequence[Review], theme: str | None, gate: Gate, limit: int) -> list[Quote]:
    """The best quotes for a theme (any, if None) out of happy reviews: one a review, best first, no two alike.

    They are word for word, so a passage that holds what may not leave the practice is none.  Newer reviews are a little
    better; of a review without a passage that is honest, understood alone and specific there is none.
    """
    newest = max((review.posted_on[:10] for review in reviews if review.posted_on), default="")
    hopeful = [review for review in reviews if not _unfit(review, theme)]
    hopeful.sort(key=lambda review: (-_promise(review, theme, newest), review.review_id))
    found: list[_Find] = []
    for first in range(0, len(hopeful), AT_ONCE):
        if len(found) >= SPARE * limit:
            break
        found += _best(hopeful[first : first + AT_ONCE], theme, gate)
    worths = [one.worth + FRESH * _freshness(one.review, newest) for one in found]
    chosen = varied([one.passage.words for one in found], worths, limit)
    return [_quote(found[n], gate) for n in chosen]


def refusals(review: Review, theme: str | None, gate: Gate) -> list[Refusal]:
    """Why a review, or passages of it for a theme (any, if None), are not offered; empty if every passage may be."""
    if reason := _unfit(review, theme):
        return [Refusal("", 0, 0, reason)]
    found = [(passage, reason) for passage, _, _, reason in _judged(review, theme, gate)]
    if not found:
        return [Refusal("", 0, 0, _lengths(gate))]
    verdicts = _scores([passage.words for passage, _ in found])
    told = {
        (passage.start, passage.end): Refusal(passage.words, passage.start, passage.end, reason or _sad(score) or "")
        for (passage, reason), score in zip(found, verdicts, strict=True)
    }
    return [one for one in told.values() if one.reason]


def _unfit(review: Review, theme: str | None) -> str | None:
    """Why nothing of a review is offered; what the store may ask in SQL beforehand."""
    if not review.text:
        return "it has no words"
    if review.sentiment != "positive":
        return f"its verdict is {review.sentiment}, and a quote must be true to the verdict"
    if review.truncated:
        return "its source cut it, so nobody knows how it goes on"
    if not _themes(review, theme):
        named = f"of {theme}" if theme else "of any theme"
        return f"it says nothing good {named}, or something else of it as well"
    return None


def _themes(review: Review, theme: str | None) -> dict[str, list[ThemeHit]]:
    """The evidence by theme, of themes of which the review says good and nothing else."""
    found: dict[str, list[ThemeHit]] = {}
    spoiled = set()
    for hit in review.themes:
        if theme is None or hit.theme == theme:
            if hit.polarity == "positive" and hit.direction != "favours_them":
                found.setdefault(hit.theme, []).append(hit)
            elif hit.polarity != "neutral":
                spoiled.add(hit.theme)
    return {name: hits for name, hits in found.items() if name not in spoiled}


def _promise(review: Review, theme: str | None, newest: str) -> float:
    """How likely a review holds a good quote, from what costs nothing: much evidence, words around it, freshness."""
    hits = [hit for hit in review.themes if theme in (None, hit.theme)]
    told = min(1.0, sum(hit.end - hit.start for hit in hits) / 120)
    return told + min(1.0, len(review.text or "") / 200) + FRESH * _freshness(review, newest)


def _freshness(review: Review, newest: str) -> float:
    """From 1, as new as the newest, to 0 from YEARS on and for what has no date."""
    if not review.posted_on:
        return 0.0
    try:
        age = (date.fromisoformat(newest) - date.fromisoformat(review.posted_on[:10])).days / 365.25
    except ValueError:
        return 0.0
    return max(0.0, 1 - age / YEARS)


def _judged(review: Review, theme: str | None, gate: Gate) -> Iterator[tuple[Passage, str, float, str | None]]:
    """Passages of a review, the best first: what, for which theme, of what worth, and why not."""
    text, wanted = review.text or "", gate.config.quotes
    kept = policies.unshared(text, gate.config.privacy)
    staff = frozenset(one.shown_as for one in gate.config.staff) | {"[THERAPIST]"}
    spans = split(text)
    found = [
        (worth(one.words, sum(one.start <= hit.start and hit.end <= one.end for hit in hits), staff), one, name, hits)
        for name, hits in _themes(review, theme).items()
        for one in passages(text, spans, hits, wanted.longest)
    ]
    found.sort(key=lambda one: (-one[0], one[1].start, one[1].end, one[2]))
    for value, one, name, hits in found:
        reason = None
        if len(one.words) < wanted.shortest:
            reason = f"it is shorter than {wanted.shortest} characters"
        elif any(one.start < hidden.end and hidden.start < one.end for hidden in kept):
            reason = "it holds what may not leave the practice"
        elif value < LEAST:
            reason = "it says too little that is specific"
        yield one, name, value, reason or refusal(text, one, hits)


def _best(reviews: Sequence[Review], theme: str | None, gate: Gate) -> list[_Find]:
    """The best passage of each review that has one, and whose own score bears the review's verdict out."""
    found = []
    for review in reviews:
        for passage, name, value, reason in _judged(review, theme, gate):
            if reason is None:
                found.append(_Find(review, passage, name, value))
                break
    scores = _scores([one.passage.words for one in found])
    return [one for one, score in zip(found, scores, strict=True) if not _sad(score)]


def _scores(words: Sequence[str]) -> list[float | None]:
    from reviewpipe import sentiment

    return [verdict.score for verdict in sentiment.analyse(words, ["en"] * len(words))]


def _sad(score: float | None) -> str | None:
    return "alone it sounds less happy than the review" if score is not None and score < SADDEST else None


def _lengths(gate: Gate) -> str:
    wanted = gate.config.quotes
    return f"no whole sentences with the theme have {wanted.shortest} to {wanted.longest} characters"


def _quote(find: _Find, gate: Gate) -> Quote:
    review, passage = find.review, find.passage
    allowed = gate.permission(review, passage.words)
    return Quote(
        review.review_id, passage.words, passage.start, passage.end, find.theme, round(find.worth, 3),
        review.source, review.posted_on, allowed.status, allowed.reasons,
        hashlib.sha256((review.text or "").encode("utf-8", "surrogatepass")).hexdigest(), _shown(passage.words, gate),
    )  # fmt: skip


def _shown(words: str, gate: Gate) -> str:
    """The words as readers see them: what stands for hidden people and things is not the client's."""
    staff = {one.shown_as for one in gate.config.staff} | {"[THERAPIST]"}
    return PLACEHOLDER.sub(lambda found: "[therapist]" if found.group() in staff else "[…]", words)
