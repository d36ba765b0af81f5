"""How often the machine agrees with the owner on her own reviews: what the accuracy card shows.

Shares have Wilson intervals.  So has F1, by way of F* = both / (either saw it), which is a share, since
F1 = 2 F* / (1 + F*) (D. Hand, P. Christen, N. Kirielle, 2021).  The mean F1 of the classes has none in closed form: its
interval is the middle 95 % of its values in 1,000 draws of as many reviews with repetition (percentile bootstrap,
B. Efron, 1979), with a fixed seed, so the same labels give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewpipe.metrics.shares import CONFIDENCE, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.schema import Label, Polarity, Sentiment

# The middle class holds what is called mixed and what is called neutral: both say neither yes nor no.
MIDDLE = "mixed or neutral"
CLASSES = ("positive", MIDDLE, "negative")
NOTHING = Share(0, 0)
DRAWS, SEED = 1000, 1979


@dataclass(frozen=True)
class Judged:
    """A label beside what the machine said before it: its sentiment, and its polarity of each theme that it found."""

    label: Label
    sentiment: Sentiment
    themes: Mapping[str, Polarity]


@dataclass(frozen=True)
class F1:
    """The harmonic mean of precision and recall, and where it lies with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One class or theme.  Precision: of what the machine found, what the owner sees too; recall: the other way round.

    `f1` is None where the owner saw it too seldom to say.  `polarity` of a theme: of those that both saw, how many with
    the same polarity.
    """

    name: str
    precision: Share
    recall: Share
    f1: F1 | None
    polarity: Share = NOTHING

    @property
    def labelled(self) -> int:
        """In how many reviews the owner saw it."""
        return self.recall.whole


@dataclass(frozen=True)
class Accuracy:
    """The machine against `labels` of the owner, the last of them made on `until` (ISO date).

    `right` counts those whose sentiment (of CLASSES) agrees; `drawn` the same among those chosen by lot.  `confusion`:
    by the owner's class, then by the machine's.  Left out are `outdated` labels, whose reviews were edited since, and
    `unscored` ones, of reviews that the machine cannot read.  Under `few` nothing is said.
    """

    labels: int = 0
    until: str = ""
    few: int = 5
    right: Share = NOTHING
    drawn: Share = NOTHING
    macro_f1: F1 | None = None
    classes: Sequence[Row] = ()
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    themes: Sequence[Row] = ()
    outdated: int = 0
    unscored: int = 0

    @property
    def measured(self) -> bool:
        """Whether there are enough labels to say anything."""
        return self.right.whole >= self.few


def accuracy(judged: Sequence[Judged], themes: Sequence[str], *, few: int = 5, outdated: int = 0) -> Accuracy:
    """The figures of current labels; of `themes`, those that a label judges."""
    scored = [one for one in judged if one.sentiment != "unscored"]
    pairs = [(class_of(one.label.sentiment), class_of(one.sentiment)) for one in scored]
    by_class = [[(said == name, found == name) for said, found in pairs] for name in CLASSES]
    rows = [_row(name, marks, few) for name, marks in zip(CLASSES, by_class, strict=True)]
    return Accuracy(
        labels=len(judged),
        until=max((one.label.labelled_on for one in judged), default=""),
        few=few,
        right=_agreeing(pairs),
        drawn=_agreeing([pair for pair, one in zip(pairs, scored, strict=True) if one.label.drawn]),
        macro_f1=_macro(by_class) if all(row.f1 for row in rows) else None,
        classes=rows,
        confusion={said: {found: pairs.count((said, found)) for found in CLASSES} for said in CLASSES},
        themes=[_theme(name, scored, few) for name in themes if any(name in one.label.themes for one in scored)],
        outdated=outdated,
        unscored=len(judged) - len(scored),
    )


def class_of(sentiment: Sentiment) -> str:
    """The one of CLASSES that a sentiment counts as."""
    return sentiment if sentiment in ("positive", "negative") else MIDDLE


def _agreeing(pairs: Sequence[tuple[str, str]]) -> Share:
    return Share(sum(said == found for said, found in pairs), len(pairs))


def _theme(name: str, scored: Iterable[Judged], few: int) -> Row:
    asked = [one for one in scored if name in one.label.themes]
    marks = [(one.label.themes[name] != "absent", name in one.themes) for one in asked]
    both = [one for one, (said, found) in zip(asked, marks, strict=True) if said and found]
    same = sum(one.label.themes[name] == one.themes[name] for one in both)
    return _row(name, marks, few, Share(same, len(both)))


def _row(name: str, marks: Sequence[tuple[bool, bool]], few: int, polarity: Share = NOTHING) -> Row:
    """A row from pairs (the owner saw it, the machine found it)."""
    both, seen, found = sum(s and f for s, f in marks), sum(s for s, _ in marks), sum(f for _, f in marks)
    star = Share(both, seen + found - both)
    ends = [2 * one / (1 + one) for one in (star.value or 0.0, *star.interval())]
    f1 = F1(*(round(end, 4) for end in ends)) if seen >= few else None
    return Row(name, Share(both, found), Share(both, seen), f1, polarity)


def _macro(by_class: Sequence[Sequence[tuple[bool, bool]]]) -> F1:
    """The mean of the classes' F1; each draw is of whole reviews, so it moves all of them."""
    import numpy as np

    count = len(by_class[0])
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), DRAWS)
    weights = np.vstack([np.ones((1, count)), draws])  # first the reviews as they are
    value, *others = np.mean([_f1(marks, weights) for marks in by_class], axis=0)
    low, high = np.quantile(others, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return F1(round(float(value), 4), round(float(low), 4), round(float(high), 4))


def _f1(marks: Sequence[tuple[bool, bool]], weights: Any) -> Any:
    """F1 in each draw; 0 where nothing was seen or found."""
    import numpy as np

    said, found = np.array(marks, dtype=float).reshape(-1, 2).T
    both, either = weights @ (said * found), weights @ (said + found)
    return np.divide(2 * both, either, out=np.zeros_like(either), where=either > 0)
