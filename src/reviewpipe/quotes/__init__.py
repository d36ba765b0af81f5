"""What is worth quoting: the best whole sentences of a review for a theme, word for word."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from reviewpipe import themes
from reviewpipe.anonymise import policies
from reviewpipe.quotes.cuts import Passage, passages, refusal
from reviewpipe.quotes.variety import varied
from reviewpipe.quotes.worth import LEAST, PLACEHOLDER, worth
from reviewpipe.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.consent import Gate, Status
    from reviewpipe.schema import Review, ThemeHit, Verdict
    from reviewpipe.store import Store
    from reviewpipe.themes import Catalogue

# How staff are shown unless the settings say otherwise.
STAFF_SHOWN_AS = "[THERAPIST]"
# Reviews are looked at by the most promising first, so many at a time, until there are so many quotes for each wanted.
AT_ONCE, SPARE = 64, 6
# Of a large store the newest reviews that may hold a quote are looked at: more than any list needs, and fresh.
POOL = 2_000
# If any theme will do: what these have over others, because they are why people come.
CORE, OF_CORE = frozenset(("pain_relief", "knowledge", "self_care", "chiropractor_comparison")), 0.08
# What a quote of today has over one of five years ago.
FRESH, YEARS = 0.05, 5
# How sure the program must be that a client is happy: by the review's score, the mean and the last of its sentences,
# the passage's own score, and its last sentence.  Of held-back invented reviews that it calls happy, 183 of 210 happy
# ones and 11 of 34 others pass the first three.
SURE, SURE_MEAN, SURE_LAST, SURE_PASSAGE, SURE_END = 0.6, 0.08, -0.5, 0.4, -0.1
HOW_TO_REACH = re.compile(r"\[(?:EMAIL|PHONE|URL|HANDLE|ADDRESS|ZIP|NUMBER|DATE|AGE)\]|https?:")
# So many passages of a review are compared by what they say alone, and what a wholly happy one gains.
COMPARED, HAPPY = 8, 0.3


@dataclass(frozen=True)
class Quote:
    """A contiguous passage of a review: `quote` is text[start:end] as stored, `score` its worth from 0 to 1.

    `text_hash` is the SHA-256 of the stored text in hex, by which a later change of the text is seen.  `shown` is the
    quote as readers see it: [therapist] for staff, […] for whoever else is hidden.
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
class Asked:
    """Which quotes, and at most how many.

    For a theme (any, if None), with words that begin like all of `words`, `ready` ones only, those in use as well.
    """

    limit: int
    theme: str | None = None
    words: Sequence[str] = ()
    ready: bool = False
    used: bool = False


@dataclass(frozen=True)
class _Find:
    review: Review
    passage: Passage
    theme: str
    worth: float


def pick(reviews: Sequence[Review], theme: str | None, gate: Gate, limit: int, *, ready: bool = False) -> list[Quote]:
    """The best quotes for a theme (any, if None) out of happy reviews: one a person, best first, no two alike.

    They are word for word, so a passage that holds what may not leave the practice is none.  Newer reviews are a little
    better; of a review without a passage that is honest, understood alone and specific there is none.  `ready`: only
    those that may be published as things stand.
    """
    newest = max((review.posted_on[:10] for review in reviews if review.posted_on), default="")
    only = gate.only() if ready else None
    reviews = [review for review in reviews if only is None or review.review_id in only]
    hopeful = [review for review in reviews if not _unfit(review, theme)]
    hopeful.sort(key=lambda review: (-_promise(review, theme, newest), review.review_id))
    found: list[_Find] = []
    for first in range(0, len(hopeful), AT_ONCE):
        if len(found) >= SPARE * limit:
            break
        found += _best(hopeful[first : first + AT_ONCE], theme, gate, ready=ready)
    found = [replace(one, worth=one.worth + FRESH * _freshness(one.review, newest)) for one in found]
    found = _one_a_person(found)
    chosen = varied([one.passage.words for one in found], [one.worth for one in found], limit)
    return [_quote(found[n], gate) for n in chosen]


def find(store: Store, catalogue: Catalogue, gate: Gate, asked: Asked) -> list[Quote]:
    """The best quotes of a store's newest POOL reviews that may hold one; see `pick`."""
    only = gate.only() if asked.ready else None
    reviews = themes.placed(store.quotable(asked.theme, asked.words, only=only, limit=POOL), catalogue)
    if not asked.used:
        reviews = [review for review in reviews if not gate.standing(review).in_use]
    return pick(reviews, asked.theme, gate, asked.limit, ready=asked.ready)


def refusals(review: Review, theme: str | None, gate: Gate) -> list[Refusal]:
    """Why a review, or passages of it for a theme (any, if None), are not offered; empty if every passage may be."""
    if reason := _unfit(review, theme):
        return [Refusal("", 0, 0, reason)]
    if reason := _doubtful(review, _verdicts([(review.text or "", review.language)])[0]):
        return [Refusal("", 0, 0, reason)]
    found = list(_judged(review, theme, gate))
    if not found:
        return [Refusal("", 0, 0, _lengths(gate))]
    told: dict[tuple[int, int], Refusal] = {}
    for (one, reason), verdict in zip(found, _verdicts([_words(one) for one, _ in found]), strict=True):
        if why := reason or _sad(verdict):
            passage = one.passage
            told[passage.start, passage.end] = Refusal(passage.words, passage.start, passage.end, why)
    return list(told.values())


def _unfit(review: Review, theme: str | None) -> str | None:
    """Why nothing of a review is offered; what the store may ask in SQL beforehand."""
    if not review.text:
        return "it has no words"
    if review.sentiment != "positive":
        return f"its verdict is {review.sentiment}, and a quote must be true to the verdict"
    if not review.corrected and (review.score is None or review.score < SURE):
        return "the program is not sure enough that its author is happy"
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


def _judged(review: Review, theme: str | None, gate: Gate) -> Iterator[tuple[_Find, str | None]]:
    """Passages of a review, the best first, and why one is not offered as far as its words tell."""
    text, wanted, said = review.text or "", gate.config.quotes, _themes(review, theme)
    kept, staff = policies.unshared(text, gate.config.privacy), _staff(gate)
    good = [hit for hit in review.themes if hit.polarity == "positive"]
    found = [
        _Find(review, one, name, worth(one, good, staff) + OF_CORE * (name in CORE))
        for name, hits in said.items()
        for one in passages(text, split(text), hits, wanted.longest)
    ]
    found.sort(key=lambda one: (-one.worth, one.passage.start, one.passage.end, one.theme))
    for one in found:
        passage, reason = one.passage, None
        if len(passage.words) < wanted.shortest:
            reason = f"it is shorter than {wanted.shortest} characters"
        elif any(passage.start < hidden.end and hidden.start < passage.end for hidden in kept):
            reason = "it holds what may not leave the practice"
        elif HOW_TO_REACH.search(passage.words):
            reason = "it is about where somebody is reached"
        elif one.worth < LEAST:
            reason = "it says too little that is specific"
        yield one, reason or refusal(text, passage, said[one.theme])


def _one_a_person(found: Sequence[_Find]) -> list[_Find]:
    """The best of each author; of whom nothing is known, each review is of another."""
    best: dict[str, _Find] = {}
    for one in found:
        author = one.review.person or one.review.review_id
        if author not in best or best[author].worth < one.worth:
            best[author] = one
    return list(best.values())


def _best(reviews: Sequence[Review], theme: str | None, gate: Gate, *, ready: bool) -> list[_Find]:
    """The best passage of each review that has one, and whose own score bears the review's verdict out."""
    told = zip(reviews, _verdicts([(review.text or "", review.language) for review in reviews]), strict=True)
    honest = [
        one
        for review in [review for review, verdict in told if not _doubtful(review, verdict)]
        for one in islice((one for one, reason in _judged(review, theme, gate) if reason is None), COMPARED)
        if not ready or gate.permission(review, one.passage.words).status == "ready"
    ]
    best: dict[str, _Find] = {}
    for one, verdict in zip(honest, _verdicts([_words(one) for one in honest]), strict=True):
        value = one.worth + HAPPY * _happiness(verdict)
        known = best.get(one.review.review_id)
        if not _sad(verdict) and (known is None or value > known.worth):
            best[one.review.review_id] = replace(one, worth=value)
    return list(best.values())


def _words(find: _Find) -> tuple[str, str | None]:
    return find.passage.words, find.review.language


def _verdicts(texts: Sequence[tuple[str, str | None]]) -> list[Verdict]:
    from reviewpipe import sentiment

    return sentiment.analyse([text for text, _ in texts], [language for _, language in texts])


def _doubtful(review: Review, verdict: Verdict) -> str | None:
    """Why a review that is called happy may not be, by its sentences; a person's word is not doubted."""
    if review.corrected or not verdict.sentences:
        return None
    if _happiness(verdict) < SURE_MEAN:
        return "sentence by sentence it is not happy enough"
    return "it ends in a complaint" if verdict.sentences[-1].score < SURE_LAST else None


def _happiness(verdict: Verdict) -> float:
    """The mean score of the sentences: what only leads up to the good counts as little."""
    return sum(one.score for one in verdict.sentences) / max(1, len(verdict.sentences))


def _sad(verdict: Verdict) -> str | None:
    if verdict.score is None or verdict.score < SURE_PASSAGE:
        return "alone it sounds less happy than the review"
    if verdict.sentences and verdict.sentences[-1].score < SURE_END:
        return "it ends on a sad note"
    return None


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
    staff = _staff(gate)
    return PLACEHOLDER.sub(lambda found: "[therapist]" if found.group() in staff else "[…]", words)


def _staff(gate: Gate) -> frozenset[str]:
    """How staff are shown in stored texts."""
    return frozenset(one.shown_as for one in gate.config.staff) | {STAFF_SHOWN_AS}
