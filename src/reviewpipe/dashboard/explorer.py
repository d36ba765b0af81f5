"""The reviews one by one: as cards written into the page, and as data that page.js makes the same cards of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewpipe.dashboard import embed
from reviewpipe.metrics import reasons
from reviewpipe.metrics.attention import evidence
from reviewpipe.metrics.periods import month_name
from reviewpipe.metrics.words import attribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.consent import Permission, Status
    from reviewpipe.metrics import View
    from reviewpipe.schema import Review, ThemeHit

# Reviews inside the page, and their size as data: with charts and words the page stays under 6 MB.
EMBEDDED = 5000
MOST_BYTES = 3_400_000
STATUS_WORDS: Mapping[Status, str] = {
    "ready": "Ready to quote",
    "needs_consent": "Needs consent",
    "blocked": "Blocked",
}
NO_WORDS = "(stars only, no words)"
CUT = "cut short by its source"


@dataclass(frozen=True)
class Card:
    """A review as the page shows it; the empty one is what page.js fills.

    `pieces`: its words, evidence marked.  `permission` is None where there are no words to quote.
    """

    review_id: str = ""
    pieces: Sequence[embed.Segment] = ()
    by: str = ""
    cite: str = ""
    facts: str = ""
    mood: str = ""
    themes: str = ""
    why: Sequence[str] = ()
    reply: str = ""
    permission: Permission | None = None


def card(review: Review, view: View, hits: Iterable[ThemeHit]) -> Card:
    """The card of a review, with these hits marked."""
    return Card(
        review.review_id,
        embed.segments(review.text, hits) if review.text else [(NO_WORDS, False)],
        attribution(review, view),
        citation(review, view),
        facts(review),
        review.sentiment,
        " · ".join(map(view.theme, embed.by_theme(review))),
        reasons(review),
        review.reply or "",
        permitted(review, view),
    )


def concern(review: Review, view: View) -> Card:
    """The card of a review that needs attention: what made it one is marked, and nobody asks to quote it."""
    return replace(card(review, view, evidence(review)), permission=None)


def facts(review: Review) -> str:
    """Stars, and whether the words are whole."""
    told = [f"{review.rating:g} of 5 stars"] if review.rating is not None else []
    return "".join(f" · {one}" for one in [*told, *([CUT] if review.truncated else [])])


# So many of the newest reviews are looked at for claims and details: more than a practice gets in years, and for
# all of a large store it would take longer than the rest of the page.
ASKED = 300


def permitted(review: Review, view: View) -> Permission | None:
    """Whether the words may be quoted and why not; None without words, or where nobody asked."""
    return view.gate.permission(review, review.text) if review.text and view.gate else None


@dataclass(frozen=True)
class Held:
    """The newest reviews as data, as many as fit: each as JSON, with the permissions that they name by number.

    `statuses`: how many of them have each status, in the order of STATUS_WORDS.
    """

    reviews: Sequence[str]
    permissions: Sequence[Permission]
    statuses: Mapping[Status, int]


def held(view: View) -> Held:
    """What the page carries of the reviews of a view."""
    numbers: dict[Permission, int] = {}
    asked: list[Permission] = []
    written, size = [], 0
    for review in view.reviews[:EMBEDDED]:
        found = permitted(review, view) if len(asked) < ASKED else None
        told = {"allowed": numbers.setdefault(found, len(numbers))} if found else {}
        one = embed.script_json(record(review, view) | told)
        size += len(one.encode())
        if size > MOST_BYTES:
            break
        written.append(one)
        asked += [found] if found else []
    counts = Counter(one.status for one in asked)
    return Held(written, list(numbers), {status: counts[status] for status in STATUS_WORDS})


def record(review: Review, view: View) -> dict[str, Any]:
    """A review for page.js, without what is empty.  Offsets count as JavaScript counts."""
    text = review.text or ""
    values = {
        "id": review.review_id,
        "text": text,
        "by": attribution(review, view),
        "cite": citation(review, view),
        "source": list(review.places) or [review.source],
        "month": (review.posted_on or "")[:7],
        "stars": review.rating,
        "facts": facts(review),
        "sentiment": review.sentiment,
        "themes": {name: _theme(text, hits) for name, hits in embed.by_theme(review).items()},
        "why": list(reasons(review)),
        "language": review.language if review.language != "en" else None,
        "reply": review.reply,
    }
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, False)}


def citation(review: Review, view: View) -> str:
    """What is copied with a quote: a client, Google, October 2026.  Never the day, which helps to find the person."""
    month = [month_name(review.posted_on)] if review.posted_on else []
    return ", ".join(["a client", view.source(review.source), *month])


def _theme(text: str, hits: Sequence[ThemeHit]) -> dict[str, Any]:
    found = {
        "said": embed.said(hits),
        "at": [[embed.units(text, a), embed.units(text, b)] for a, b in embed.merged(hits)],
    }
    return found | ({"favours": embed.favours(hits)} if embed.favours(hits) else {})
