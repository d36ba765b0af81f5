"""What the rows of a file say together, before the first of them is understood, such as whether 3/4 is in March."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from reviewpipe.ingest import dates, ratings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Row = Mapping[str, Any]

# Fields that hold a day.
DAYS = ("date", "updated")


@dataclass
class Facts:
    """Counts that stay small however many rows are added.

    `days` are the dates in figures as written (3/14/2026), by field; `numbers` the ratings that name no scale.
    """

    count: int = 0
    days: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in DAYS})
    numbers: Counter[float] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """The facts of all rows of a file."""
        facts = cls()
        facts.add(rows)
        return facts

    def add(self, rows: Iterable[Row]) -> None:
        """Count some rows."""
        rows = list(rows)
        self.count += len(rows)
        for name, days in self.days.items():
            given = {value for row in rows if isinstance(value := row.get(name), str)}
            days.update(day for text in given if (day := dates.figures(text)))
        marks = (row.get("rating") for row in rows)
        for (_, mark), count in Counter(
            (type(one), one) for one in marks if isinstance(one, str | int | float)
        ).items():
            parsed = ratings.parse(mark)
            if parsed and parsed[1] is None:
                self.numbers[parsed[0]] += count
