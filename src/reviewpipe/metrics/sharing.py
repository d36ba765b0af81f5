"""What of a page may leave the practice: numbers in which nobody can be counted out, and quotes that may be published.

No number of fewer than K reviews is told, and none can be had by subtraction.  The rule behind it: what is told about
the same reviews is nested or apart, and every remainder (a total less the parts of it that are told) holds no review or
at least K.  Where a remainder would be smaller, the smallest part is not told either (secondary suppression), so it
joins the others.  All that is told is then a sum of groups of K or more, and so is every difference.

To keep it that simple, everything is of one group, the year's reviews whose words could be read, and is cut only once:
by month, by source, or by theme, and each of these into praise and the rest.  Ratings are of another group, those with
stars, so their number is not told, only their mean, with a range as of so many fives.  A share of which fewer than K
are on one side is told as a bound ("over 96%") that says no more than just that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TYPE_CHECKING, TypeVar

from reviewpipe.metrics.shares import Share
from reviewpipe.metrics.words import percent, percent_span, stars, stars_span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewpipe.metrics.overview import Overview, ThemeRow
    from reviewpipe.metrics.periods import Period
    from reviewpipe.metrics.shares import Verdict
    from reviewpipe.metrics.view import View

K = 5
# A bound of fewer reviews than this says nothing worth knowing.
WORTH_A_BOUND = 4 * K
UNTOLD = "–"

Name = TypeVar("Name")


@dataclass(frozen=True)
class Change:
    """A number lately, in the period and before, in words; UNTOLD where it may not leave."""

    lately: str
    now: str = UNTOLD
    before: str = UNTOLD
    verdict: Verdict | None = None


@dataclass(frozen=True)
class SharedTheme:
    """A theme: the share of reviews that speak of it, and of these the share that praises; `percent` draws it."""

    name: str
    mentions: Change
    praise: str
    percent: float


@dataclass(frozen=True)
class SharedSource:
    """A source: its reviews, how many of them are positive, its mean rating."""

    name: str
    reviews: int
    positive: str
    rating: str


@dataclass(frozen=True)
class SharedQuote:
    """Words that may be published, with their theme and, where that gives nobody away, their source."""

    words: str
    theme: str
    source: str


@dataclass(frozen=True)
class Shared:
    """All that a page for others shows.  Nothing else of the view can reach it.

    `reviews` is how many there are lately, None (and all else empty) where fewer than K.  `others` counts the reviews
    of sources, `elsewhen` those of months, that do not stand alone.
    """

    practice: str
    license_number: str
    period: Period
    dated: bool
    reviews: int | None = None
    volume: Change = Change(UNTOLD)
    rating: Change = Change(UNTOLD)
    positive: Change = Change(UNTOLD)
    months: Sequence[tuple[str, int]] = ()
    elsewhen: int = 0
    themes: Sequence[SharedTheme] = ()
    sources: Sequence[SharedSource] = ()
    others: int = 0
    quotes: Sequence[SharedQuote] = ()


def shared(view: View, ready: Sequence[SharedQuote] = ()) -> Shared:
    """What of a page may leave the practice; `ready` are quotes that may be published, by names of theme and source."""
    o = view.overview
    whole = o.positive.lately.whole
    sources = _sources(view) if whole >= K else []
    known = {source.name for source in sources}
    page = Shared(
        view.practice.name,
        view.practice.license_number,
        o.period,
        o.dated,
        quotes=[_quote(view, quote, known) for quote in ready],
    )
    if whole < K:
        return page
    counts = {"now": o.positive.now.whole} if o.dated else {}
    if o.dated and _nested(o.period):
        counts["before"] = o.positive.before.whole
    told = alone(counts, whole)
    months = _months(o, told)
    return replace(
        page,
        reviews=whole,
        volume=_volume(o, told),
        rating=_rating(o, told),
        positive=_positive(o, told),
        months=months,
        elsewhen=whole - sum(count for _, count in months),
        themes=[_theme(view, row, told) for row in o.themes if row.mentions.lately.part >= K],
        sources=sources,
        others=whole - sum(source.reviews for source in sources),
    )


def alone(counts: Mapping[Name, int], whole: int) -> set[Name]:
    """Which of these parts of `whole` may be told beside it: each K or more, and so the rest unless it is nothing."""
    told = {name for name, count in counts.items() if count >= K}
    while told and 0 < whole - sum(counts[name] for name in told) < K:
        told.remove(min(told, key=lambda name: (counts[name], str(name))))
    return told


def alone_by_side(shares: Mapping[Name, Share], whole: Share) -> set[Name]:
    """Of which parts of `whole` the share may be told beside that of the whole: K on each side, and so in the rest."""
    told = {name for name, share in shares.items() if _open(share)} if _open(whole) else set()
    while told:
        part = whole.part - sum(shares[name].part for name in told)
        size = whole.whole - sum(shares[name].whole for name in told)
        if not size or _open(Share(part, size)):
            break
        told.remove(min(told, key=lambda name: (shares[name].whole, str(name))))
    return told


def said(share: Share) -> str:
    """A share as it may be told: 81% (70–89%), over 96%, under 4%, or not at all."""
    if _open(share):
        return f"{percent(share)} ({percent_span(share)})"
    if share.whole < WORTH_A_BOUND:
        return UNTOLD
    if share.whole - share.part < K:
        return f"over {floor(100 * (share.whole - K) / share.whole)}%"
    return f"under {ceil(100 * K / share.whole)}%"


def _open(share: Share) -> bool:
    return share.part >= K and share.whole - share.part >= K


def _nested(period: Period) -> bool:
    """Whether the period before lies within the year too; else the two would overlap."""
    return period.before.first >= period.year.first


def _volume(o: Overview, told: set[str]) -> Change:
    counts = {"now": o.positive.now.whole, "before": o.positive.before.whole}
    now, before = (f"{counts[name]:,}" if name in told else UNTOLD for name in ("now", "before"))
    return Change(f"{o.positive.lately.whole:,}", now, before, o.volume.verdict if len(told) == 2 else None)


def _positive(o: Overview, told: set[str]) -> Change:
    return _change(o.positive.lately, {"now": o.positive.now, "before": o.positive.before}, told, o.positive.verdict)


def _change(whole: Share, shares: Mapping[str, Share], told: set[str], verdict: Verdict) -> Change:
    """A share lately, now and before; a part that `told` leaves out has not even a bound."""
    exact = alone_by_side({name: share for name, share in shares.items() if name in told}, whole)
    now, before = (
        said(shares[name]) if name in exact or (name in told and not _open(shares[name])) else UNTOLD
        for name in ("now", "before")
    )
    return Change(said(whole), now, before, verdict if len(exact) == 2 else None)


def _rating(o: Overview, told: set[str]) -> Change:
    shares = {"now": o.rating.now, "before": o.rating.before}
    exact = alone({name: shares[name].whole for name in sorted(told)}, o.rating.lately.whole)
    now, before = (_stars(shares[name]) if name in exact else UNTOLD for name in ("now", "before"))
    return Change(_stars(o.rating.lately), now, before, o.rating.verdict if len(exact) == 2 else None)


def _stars(share: Share) -> str:
    """A mean rating with the range of K, 2 K, 3 K … ratings: from the range itself their number could be worked out."""
    rounded = share.whole - share.whole % K
    if not rounded:
        return UNTOLD
    return f"{stars(share)} ({stars_span(Share(share.part * rounded / share.whole, rounded))})"


def _months(o: Overview, told: set[str]) -> list[tuple[str, int]]:
    """The months of the year that may be told; those of the period and of the one before beside their sums."""
    counts = {m.month: m.total - m.counts["unscored"] for m in o.months if m.month in o.period.year}
    stretches = {"now": o.period, "before": o.period.before}
    wholes = {"now": o.positive.now.whole, "before": o.positive.before.whole}
    inside = {name: {m: n for m, n in counts.items() if m in stretches[name]} for name in told}
    others = {m: n for m, n in counts.items() if not any(m in group for group in inside.values())}
    rest = o.positive.lately.whole - sum(wholes[name] for name in told)
    kept = alone(others, rest).union(*(alone(group, wholes[name]) for name, group in inside.items()))
    return [(month, counts[month]) for month in sorted(kept)]


def _sources(view: View) -> list[SharedSource]:
    o = view.overview
    rows = {row.source: row for row in o.sources}
    told = alone({name: row.positive.whole for name, row in rows.items()}, o.positive.lately.whole)
    exact = alone_by_side({name: rows[name].positive for name in told}, o.positive.lately)
    rated = alone({name: rows[name].rating.whole for name in told}, o.rating.lately.whole)
    return [
        SharedSource(
            view.source(name),
            row.positive.whole,
            said(row.positive) if name in exact or not _open(row.positive) else UNTOLD,
            _stars(row.rating) if name in rated else UNTOLD,
        )
        for name, row in rows.items()
        if name in told
    ]


def _quote(view: View, quote: SharedQuote, known: set[str]) -> SharedQuote:
    source = view.source(quote.source)
    return SharedQuote(quote.words, view.theme(quote.theme), source if source in known else "")


def _theme(view: View, row: ThemeRow, told: set[str]) -> SharedTheme:
    wholes = {"now": view.overview.positive.now.whole, "before": view.overview.positive.before.whole}
    shares = {
        name: Share(min(share.part, wholes[name]), wholes[name])
        for name, share in (("now", row.mentions.now), ("before", row.mentions.before))
    }
    size = view.overview.positive.lately.whole
    whole = Share(min(row.mentions.lately.part, size), size)
    praise = said(row.positive) if _open(whole) else UNTOLD
    bar = 100 * (whole.value or 0.0) if _open(whole) else 100.0
    return SharedTheme(view.theme(row.theme), _change(whole, shares, told, row.mentions.verdict), praise, bar)
