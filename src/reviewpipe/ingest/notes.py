"""How the dates and stars of a file were read, in words, for `inspect --explain`; values are counted, never shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import dates
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviewpipe.ingest.dates import Moment
    from reviewpipe.ingest.facts import Facts
    from reviewpipe.ingest.ratings import Stars
    from reviewpipe.ingest.rows import Setting

PRECISIONS = {
    "second": "with the time",
    "day": "to the day",
    "month": "to the month only",
    "relative": "counted back from {as_of}",
}
SPELLED = {"MDY": "3/4/2026 is the 4th of March (MDY)", "DMY": "3/4/2026 is the 3rd of April (DMY)"}


@dataclass
class Noted:
    """Counts of what dates and ratings became, over all rows of a file."""

    exact: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    scales: Counter[str] = field(default_factory=Counter)
    unusable: int = 0

    def add(self, values: Sequence[Any], moments: Sequence[Moment]) -> None:
        """Count some dates."""
        self.exact.update(moment.precision for moment in moments)
        self.undated += sum(
            moment.posted_on is None and not moment.reason and value not in (None, "")
            for moment, value in zip(moments, values, strict=True)
        )

    def add_stars(self, values: Sequence[Any], stars: Sequence[Stars]) -> None:
        """Count some ratings."""
        self.scales.update(one.given.split(" ")[0].rpartition("/")[2] for one in stars if one.given)
        self.unusable += sum(
            one.stars is None and value not in (None, "") for one, value in zip(stars, values, strict=True)
        )

    def roles(self, facts: Facts, setting: Setting) -> Iterator[Role]:
        """How the dates and the ratings were read, in words."""
        yield from self._on_dates(facts.days["date"], setting)
        yield from self._on_stars(setting)

    def _on_dates(self, days: Collection[str], setting: Setting) -> Iterator[Role]:
        """How exact the dates are, which of month and day stands first and why, and how many are none."""
        exact = [
            f"{n} {words.format(as_of=setting.as_of)}" for name, words in PRECISIONS.items() if (n := self.exact[name])
        ]
        if exact:
            yield Role("dates", "date", ", ".join(exact))
        if days:
            yield Role("dates", "date", _order(days, setting))
        if self.undated:
            yield Role("dates", "date", f"{self.undated} values are no date; the reviews are kept without one")

    def _on_stars(self, setting: Setting) -> Iterator[Role]:
        """Which scale was taken, and why, and how many ratings are none."""
        form = setting.form
        if self.scales:
            counted = ", ".join(f"{count} on a scale of {top}" for top, count in self.scales.most_common(5))
            low = ", where 1 is the best" if form and form.best == "low" else ""
            why = (
                "the form of the export, or the value itself, says so"
                if form
                else "the value or heading says so, else the largest values of the column"
            )
            yield Role("ratings", "rating", f"{counted}{low}; {why}")
        if self.unusable:
            reason = "values are no rating or outside the scale; the reviews are kept without stars"
            yield Role("ratings", "rating", f"{self.unusable} {reason}")


def _order(days: Collection[str], setting: Setting) -> str:
    if setting.order:
        owner = setting.config.sources.get(setting.source)
        by_owner = owner is not None and owner.date_order == setting.order
        return f"{SPELLED[setting.order]}: {'reviewpipe.toml' if by_owner else 'the form of the export'} says so"
    guesses = {dates.order_of(days, as_of=setting.as_of, fallback=fallback) for fallback in ("MDY", "DMY")}
    if len(guesses) == 1:
        return f"{SPELLED[guesses.pop()]}: days over 12, points, or dates that would lie ahead say so"
    return (
        f"{SPELLED[setting.fallback_order]}: the file leaves it open, so the practice's jurisdiction decides.  "
        "If that is wrong, set date_order of the source in reviewpipe.toml"
    )
