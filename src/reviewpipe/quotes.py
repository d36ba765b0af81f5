"""What is worth quoting: the best whole sentences of a review for a theme, word for word."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.anonymise import policies
from reviewpipe.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.consent import Gate, Status
    from reviewpipe.schema import Review

# Shorter ones say nothing, longer ones are not read; in characters.
SHORTEST, LONGEST = 30, 220
# A passage that opens so needs the sentence before it.
LEANS_BACK = re.compile(
    r"(?:but|however|though|although|so|then|also|and|or|because|plus|still|yet|otherwise|this|that|these|those|it|its|which|"
    r"they|them|he|she|his|her|the same|after that|not only|second|next|on top|unfortunately)\b",
    re.IGNORECASE,
)
# If the next sentence opens so, cutting before it may change what was said.
TURNS = re.compile(
    r"(?:but|however|though|although|unfortunately|until|only|except|then|sadly|yet|still|that said)\b", re.IGNORECASE
)
WORD = re.compile(r"[^\W\d_]{2,}")
EMPTY_PRAISE = frozenset(
    "great amazing awesome excellent best wonderful fantastic love loved good nice highly recommend thanks".split()
)
PRIVATE = re.compile(r"\[(?:EMAIL|PHONE|URL|HANDLE|ADDRESS|ZIP|NUMBER|DATE|AGE)\]|https?:")


@dataclass(frozen=True)
class Quote:
    """A contiguous passage of a review: `quote` is text[start:end] as stored, `score` its worth from 0 to 1."""

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


def pick(reviews: Sequence[Review], theme: str | None, gate: Gate, limit: int) -> list[Quote]:
    """The best quotes for a theme (any, if None) out of happy reviews: one a review, best first, no two alike.

    They are word for word, so a passage that holds what may not leave the practice is none.
    """
    found = []
    for review in reviews:
        if review.sentiment != "positive" or not review.text or review.truncated:
            continue
        names = [theme] if theme else dict.fromkeys(hit.theme for hit in review.themes)
        kept = policies.unshared(review.text, gate.config.privacy)
        passages = [
            (worth, start, end, name)
            for name in names
            for worth, start, end, _ in _passages(review, name)
            if all(one.end <= start or end <= one.start for one in kept)
        ]
        if passages:
            worth, start, end, name = max(passages, key=lambda p: (p[0], -p[1], p[3]))
            allowed = gate.permission(review, review.text[start:end])
            found.append(
                Quote(
                    review.review_id, review.text[start:end], start, end, name, round(worth, 3),
                    review.source, review.posted_on, allowed.status, allowed.reasons,
                )
            )  # fmt: skip
    found.sort(key=lambda quote: (-quote.score, quote.review_id))
    return _varied(found, limit)


def _passages(review: Review, theme: str) -> Iterator[tuple[float, int, int, str]]:
    """Honest passages of a review that hold the theme's evidence: (worth, start, end, theme)."""
    text = review.text or ""
    evidence = [h for h in review.themes if h.theme == theme and h.polarity == "positive"]
    spans = split(text)
    for first in range(len(spans)):
        for last in range(first, min(first + 4, len(spans))):
            start, end = spans[first][0], spans[last][1]
            if end - start > LONGEST:
                break
            after = text[spans[last + 1][0] :] if last + 1 < len(spans) else ""
            holds = any(start <= hit.start and hit.end <= end for hit in evidence)
            alone = first == 0 or not LEANS_BACK.match(text[start:end])
            if (
                holds
                and alone
                and end - start >= SHORTEST
                and not TURNS.match(after)
                and not PRIVATE.search(text[start:end])
            ):
                yield _worth(text[start:end], evidence), start, end, theme


def _worth(passage: str, evidence: Sequence[object]) -> float:
    """From 0 to 1: specific words, a length that is read, a real sentence; mere praise and shouting lose."""
    words = [word.casefold() for word in WORD.findall(passage)]
    specific = len({w for w in words if len(w) > 4} - EMPTY_PRAISE) / 12
    length = 1 - abs(len(passage) - 120) / 200
    shouting = passage.isupper() or passage.count("!") > 2
    closed = passage.rstrip("\"'”’)").endswith((".", "!", "…"))
    repeated = max(Counter(words).values(), default=0) > 4
    return max(
        0.0,
        min(
            1.0,
            0.45 * min(specific, 1)
            + 0.35 * length
            + 0.2 * closed
            + 0.02 * len(evidence)
            - 0.2 * shouting
            - 0.1 * repeated,
        ),
    )


def _varied(quotes: Sequence[Quote], limit: int) -> list[Quote]:
    """The first `limit` quotes of which no two share more than half of their words."""
    chosen: list[tuple[Quote, set[str]]] = []
    for quote in quotes:
        words = {word.casefold() for word in WORD.findall(quote.quote)}
        if all(len(words & other) <= 0.5 * min(len(words), len(other)) for _, other in chosen):
            chosen.append((quote, words))
        if len(chosen) == limit:
            break
    return [quote for quote, _ in chosen]
