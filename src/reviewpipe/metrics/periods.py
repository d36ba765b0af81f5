"""Months, quarters and other stretches of whole months."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.errors import UsageError
from reviewpipe.schema import months_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from reviewpipe.schema import Cell

# Not from calendar: its names follow the machine's locale, and the same store must give the same page.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def month_name(month: str) -> str:
    """October 2026 of 2026-10."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


@dataclass(frozen=True)
class Period:
    """Whole months from `first` to `last` (YYYY-MM), both included."""

    first: str
    last: str

    @property
    def months(self) -> Sequence[str]:
        """Each month as YYYY-MM."""
        return months_between(self.first, self.last)

    @property
    def days(self) -> int:
        """Number of days."""
        return sum(monthrange(int(m[:4]), int(m[5:7]))[1] for m in self.months)

    @property
    def name(self) -> str:
        """2026-10; 2026-07_2026-09: as `period` reads it, but fit for a file's name."""
        return self.first if self.first == self.last else f"{self.first}_{self.last}"

    @property
    def label(self) -> str:
        """October 2026; July to September 2026; November 2025 to October 2026."""
        if self.first == self.last:
            return month_name(self.last)
        first = month_name(self.first)
        return f"{first[:-5] if self.first[:4] == self.last[:4] else first} to {month_name(self.last)}"

    @property
    def before(self) -> Period:
        """The stretch of the same length that ends where this one begins."""
        return Period(_plus(self.first, -len(self.months)), _plus(self.first, -1))

    @property
    def year(self) -> Period:
        """Twelve months that end with this period, or the period itself where that is longer."""
        return Period(min(self.first, _plus(self.last, -11)), self.last)

    def __contains__(self, month: object) -> bool:
        """Whether a month (YYYY-MM) lies in the period; None never does."""
        return isinstance(month, str) and self.first <= month <= self.last


def period(text: str) -> Period:
    """A period as typed: 2026-10, 2026-Q3, 2026, or 2026-01..2026-06."""
    month = r"((?:19[89]|20\d)\d-(?:0[1-9]|1[0-2]))"
    if found := re.fullmatch(rf"{month}(?:(?:\.\.|_){month})?", text):
        first, last = found[1], found[2] or found[1]
        if first <= last:
            return Period(first, last)
    elif found := re.fullmatch(r"((?:19[89]|20\d)\d)-?[Qq]([1-4])", text):
        end = int(found[2]) * 3
        return Period(f"{found[1]}-{end - 2:02d}", f"{found[1]}-{end:02d}")
    elif re.fullmatch(r"(?:19[89]|20\d)\d", text):
        return Period(f"{text}-01", f"{text}-12")
    raise UsageError(
        f"{text!r} is no period.  Write a month (2026-10), a quarter (2026-Q3), a year or 2026-01..2026-06."
    )


def asked(
    *, month: str | None = None, quarter: str | None = None, first: str | None = None, last: str | None = None
) -> Period | None:
    """The period that options ask for, None where they ask for none; UsageError says which option is wrong and how."""
    ways = [way for way, given in (("--month", month), ("--quarter", quarter), ("--from", first or last)) if given]
    if len(ways) > 1:
        raise UsageError(f"{' and '.join(ways)} exclude each other.  Choose one of them.")
    if month:
        return Period(_typed(month, "--month"), month)
    if quarter:
        if not re.fullmatch(r"\d{4}-?[Qq][1-4]", quarter):
            raise UsageError(f"--quarter {quarter!r} is no quarter.  Write it as in --quarter 2026-Q3.")
        return period(quarter)
    if not (first or last):
        return None
    if not (first and last):
        raise UsageError("--from and --to need each other, as in --from 2026-01 --to 2026-06.")
    if _typed(first, "--from") > _typed(last, "--to"):
        raise UsageError(f"--from {first} comes after --to {last}.  Swap them.")
    return Period(first, last)


def _typed(month: str, option: str) -> str:
    """A month as typed after an option."""
    if not re.fullmatch(r"(?:19[89]|20\d)\d-(?:0[1-9]|1[0-2])", month):
        meant = "  For three months use --quarter." if re.search("[Qq]", month) else ""
        raise UsageError(f"{option} {month!r} is no month.  Write it as in {option} 2026-10.{meant}")
    return month


def last_full_month(cells: Iterable[Cell], today: date) -> Period:
    """The newest month that is over and holds reviews; without one, the month before `today`."""
    this = f"{today:%Y-%m}"
    month = max((c.month for c in cells if c.month and c.month < this), default=_plus(this, -1))
    return Period(month, month)


def _plus(month: str, more: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + more
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
