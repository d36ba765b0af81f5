"""From counts to all that a page says in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, get_args

from reviewpipe.metrics.shares import CONFIDENCE, Compared, Share, compare, compare_counts
from reviewpipe.schema import Cell, Direction, Polarity, Sentiment, ThemeCell, months_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviewpipe.metrics.periods import Period

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
# The chart over time shows at most this many months, newest last: more do not fit a phone.
MONTHS_SHOWN = 36
# A theme is called praised or disliked only from so many reviews on.
WORTH_NAMING = 3

AnyCell = TypeVar("AnyCell", Cell, ThemeCell)


@dataclass(frozen=True)
class Month:
    """A month's reviews by sentiment, and its mean rating."""

    month: str
    counts: Mapping[Sentiment, int]
    rating: Share

    @property
    def total(self) -> int:
        """All reviews of the month."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class ThemeRow:
    """A theme: the share of reviews that speak of it, and what they say of it lately."""

    theme: str
    mentions: Compared
    polarity: Mapping[Polarity, int]

    @property
    def positive(self) -> Share:
        """Of the reviews that speak of it lately, those that praise."""
        return Share(self.polarity["positive"], sum(self.polarity.values()))

    @property
    def complaints(self) -> int:
        """Reviews that complain of it lately, alone or beside praise."""
        return self.polarity["negative"] + self.polarity["mixed"]

    @property
    def complained(self) -> Share:
        """Of the reviews that speak of it lately, those that complain."""
        return Share(self.complaints, sum(self.polarity.values()))


@dataclass(frozen=True)
class SourceRow:
    """A source lately: how many reviews, how many of the scored are positive, the mean rating."""

    source: str
    held: int
    count: int
    positive: Share
    rating: Share


@dataclass(frozen=True)
class Overview:
    """All numbers of a page about `period`; "lately" is its year and the undated reviews.

    `held` and the counts below it are of the whole store; `few` is the number under which a share is not spoken of.
    `volume` holds reviews per days (part: reviews, whole: days), and so does `unanswered`: public reviews of unhappy
    clients without an answer.
    """

    period: Period
    few: int
    held: int
    undated: int
    unscored: int
    unrated: int
    after: int
    languages: Mapping[str, int]
    volume: Compared
    rating: Compared
    positive: Compared
    unhappy: Compared
    unanswered: Compared
    months: Sequence[Month]
    themes: Sequence[ThemeRow]
    sources: Sequence[SourceRow]
    directions: Mapping[Direction, int]

    @property
    def dated(self) -> bool:
        """Whether any review has a date, so that periods mean something."""
        return self.undated < self.held

    @property
    def lately(self) -> int:
        """Reviews of the year and undated ones."""
        return int(self.volume.lately.part)

    @property
    def least_liked(self) -> ThemeRow | None:
        """The theme of which the greatest share complains, as far as is sure; None where too few speak or complain."""
        told = [row for row in self.themes if row.complained.whole >= self.few and row.complaints >= WORTH_NAMING]
        return max(told, key=lambda row: row.complained.interval()[0], default=None)

    @property
    def favours_us(self) -> Share:
        """Of the comparisons with chiropractors, those in our favour."""
        return Share(self.directions["favours_us"], sum(self.directions.values()))


def is_unhappy(sentiment: Sentiment, rating: float | None) -> bool:
    """The words are negative, or there are at most two stars."""
    return sentiment == "negative" or (rating is not None and rating <= 2)


def overview(
    cells: Sequence[Cell],
    theme_cells: Sequence[ThemeCell],
    period: Period,
    *,
    few: int = 5,
    unanswered: Mapping[str | None, int] | None = None,
) -> Overview:
    """All numbers of a page about `period`, from the store's counts; `unanswered` by month."""
    return Overview(
        period=period,
        few=few,
        held=sum(c.count for c in cells),
        undated=sum(c.count for c in cells if c.month is None),
        unscored=sum(c.count for c in cells if c.sentiment == "unscored"),
        unrated=sum(c.count for c in cells if c.rating is None),
        after=sum(c.count for c in cells if c.month is not None and c.month > period.last),
        languages=_languages(cells),
        volume=_volume(cells, period, few),
        rating=_compared(_rating, cells, period, few),
        positive=_compared(_positive, cells, period, few),
        unhappy=_compared(_unhappy, cells, period, few),
        unanswered=_unanswered(unanswered or {}, cells, period, few),
        months=_months(cells, period),
        themes=_themes(cells, theme_cells, period, few),
        sources=_sources(cells, period),
        directions=_directions(theme_cells, period),
    )


def _stretches(cells: Sequence[AnyCell], period: Period) -> tuple[list[AnyCell], list[AnyCell], list[AnyCell]]:
    """The cells of the period, of the one before, and lately."""
    before, year = period.before, period.year
    return (
        [c for c in cells if c.month in period],
        [c for c in cells if c.month in before],
        [c for c in cells if c.month is None or c.month in year],
    )


def _compared(share: Callable[[Iterable[Cell]], Share], cells: Sequence[Cell], period: Period, few: int) -> Compared:
    now, before, lately = (share(stretch) for stretch in _stretches(cells, period))
    return Compared(now, before, lately, compare(now, before, few))


def _rating(cells: Iterable[Cell]) -> Share:
    rated = [(c.rating, c.count) for c in cells if c.rating is not None]
    return Share(sum((stars - 1) / 4 * n for stars, n in rated), sum(n for _, n in rated))


def _positive(cells: Iterable[Cell]) -> Share:
    scored = [c for c in cells if c.sentiment != "unscored"]
    return Share(sum(c.count for c in scored if c.sentiment == "positive"), sum(c.count for c in scored))


def _unhappy(cells: Iterable[Cell]) -> Share:
    """Of the reviews that say how the client felt, in words or in stars."""
    told = [c for c in cells if c.sentiment != "unscored" or c.rating is not None]
    return Share(sum(c.count for c in told if is_unhappy(c.sentiment, c.rating)), sum(c.count for c in told))


def _volume(cells: Sequence[Cell], period: Period, few: int) -> Compared:
    now, before, lately = (sum(c.count for c in stretch) for stretch in _stretches(cells, period))
    return _per_day((now, before, lately), cells, period, few)


def _unanswered(counts: Mapping[str | None, int], cells: Sequence[Cell], period: Period, few: int) -> Compared:
    stretches = (period, period.before, (None, *period.year.months))
    now, before, lately = (sum(n for month, n in counts.items() if month in stretch) for stretch in stretches)
    return _per_day((now, before, lately), cells, period, few)


def _per_day(counts: tuple[int, int, int], cells: Sequence[Cell], period: Period, few: int) -> Compared:
    """Numbers now, before and lately by the days; nothing is said of change where the store begins with the period."""
    days = (period.days, period.before.days, period.year.days)
    now, before, lately = (Share(count, n) for count, n in zip(counts, days, strict=True))
    begun = any(c.month is not None and c.month <= period.before.last for c in cells)
    return Compared(now, before, lately, compare_counts(now, before, few) if begun else "few")


def _languages(cells: Iterable[Cell]) -> Mapping[str, int]:
    """Reviews in languages other than English, the most frequent first."""
    counts: Counter[str] = Counter()
    for c in cells:
        if c.language not in (None, "en"):
            counts[str(c.language)] += c.count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _months(cells: Sequence[Cell], period: Period) -> list[Month]:
    """Every month from the first that holds reviews to the last of the period or of the store."""
    held = sorted({c.month for c in cells if c.month is not None})
    if not held:
        return []
    by_month: dict[str, list[Cell]] = {
        m: [] for m in months_between(held[0], max(held[-1], period.last))[-MONTHS_SHOWN:]
    }
    for c in cells:
        if c.month in by_month:
            by_month[c.month].append(c)
    return [
        Month(month, {s: sum(c.count for c in group if c.sentiment == s) for s in SENTIMENTS}, _rating(group))
        for month, group in by_month.items()
    ]


def _themes(cells: Sequence[Cell], theme_cells: Sequence[ThemeCell], period: Period, few: int) -> list[ThemeRow]:
    """The themes, the most frequent first."""
    names = sorted({c.theme for c in theme_cells})
    # With many themes one would change by chance every other month; the level is shared among them (Bonferroni).
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(names))
    wholes = [sum(c.count for c in stretch) for stretch in _stretches(cells, period)]
    rows = []
    for name in names:
        stretches = _stretches([c for c in theme_cells if c.theme == name], period)
        parts = [sum(c.count for c in stretch) for stretch in stretches]
        now, before, lately = (Share(part, whole) for part, whole in zip(parts, wholes, strict=True))
        mentions = Compared(now, before, lately, compare(now, before, few, confidence))
        rows.append(
            ThemeRow(name, mentions, {p: sum(c.count for c in stretches[2] if c.polarity == p) for p in POLARITIES})
        )
    return sorted(rows, key=lambda row: (-row.mentions.lately.part, row.theme))


def _sources(cells: Sequence[Cell], period: Period) -> list[SourceRow]:
    """The sources, the one with most reviews first."""
    rows = []
    for name in {c.source for c in cells}:
        mine = [c for c in cells if c.source == name]
        lately = _stretches(mine, period)[2]
        numbers = sum(c.count for c in mine), sum(c.count for c in lately)
        rows.append(SourceRow(name, *numbers, _positive(lately), _rating(lately)))
    return sorted(rows, key=lambda row: (-row.held, row.source))


def _directions(theme_cells: Iterable[ThemeCell], period: Period) -> Mapping[Direction, int]:
    """Comparisons with chiropractors lately, by whom they favour."""
    year = period.year
    told = [c for c in theme_cells if c.direction is not None and (c.month is None or c.month in year)]
    return {d: sum(c.count for c in told if c.direction == d) for d in DIRECTIONS}
