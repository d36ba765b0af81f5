"""Praise or complaint: what the phrase, its sentence and the whole review say of a find, added up as log-odds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewpipe.schema import Polarity, ThemeHit, Verdict
    from reviewpipe.themes.finds import Find

# Weights of `signs`, as log-odds of praise: logistic regression on the finds of the corpus, printed by
# training/themes/polarity.py.
WEIGHTS = (2.5, 3.6, 1.0, -0.3, 1.0)
NEITHER = 0.05  # log-odds nearer to 0 say neither good nor bad
# Log-odds in all from which the weaker of two sides is an opinion of its own and no misunderstanding.
HEARD = 0.8
SAID = {"praises": 1, "complaints": -1}


def signs(find: Find, verdict: Verdict, score: float, *, before_praise: bool) -> tuple[float, ...]:
    """Score of the review and of the sentence, praise and complaint by phrase, and whether praise follows later.

    "I could not lift my arm" before "now I can" tells how the client came.
    """
    said = SAID.get(find.kind, 0)
    said = (-said or -1) if find.negated else said
    return verdict.score or 0.0, score, float(said > 0), float(said < 0), float(before_praise)


def strength(found: Sequence[float]) -> float:
    """Log-odds that these `signs` are praise."""
    return sum(weight * sign for weight, sign in zip(WEIGHTS, found, strict=True))


def polarity(odds: float) -> Polarity:
    """What log-odds say."""
    return "positive" if odds > NEITHER else "negative" if odds < -NEITHER else "neutral"


def heard(hits: Iterable[tuple[ThemeHit, float]]) -> list[ThemeHit]:
    """The hits of one text, each with its log-odds, without those that hardly contradict the rest of their theme."""
    by_theme: defaultdict[str, list[tuple[ThemeHit, float]]] = defaultdict(list)
    for hit, odds in hits:
        by_theme[hit.theme].append((hit, odds))
    kept = []
    for some in by_theme.values():
        good, bad = sum(max(0, odds) for _, odds in some), sum(max(0, -odds) for _, odds in some)
        drop = "negative" if good > bad and bad < HEARD else "positive" if bad > good and good < HEARD else ""
        kept += [hit for hit, _ in some if hit.polarity != drop]
    return kept
