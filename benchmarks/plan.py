"""From measured constants to a plan on paper: cores, hours, bytes and money for any number of reviews, as Markdown.

    python benchmarks/plan.py                                     with the constants below
    python benchmarks/plan.py core=600 store=1500 cores=64        with others, in the units below

The formulas are the functions of this file; docs/performance.md says what the numbers mean and what breaks first.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIZES = (10**4, 10**6, 10**8, 10**9)


@dataclass(frozen=True)
class Constants:
    """Measured (scaling.py, duplicates.py, bench.py floors) or, where it says so, assumed."""

    core: float = 500  # µs of a core a review, from file to finished row, store left out
    write: float = 300  # µs of the one writer a review, indexes included
    raw: float = 420  # bytes of a review as CSV
    store: float = 1500  # bytes of a review in the store, indexes included
    parquet: float = 250  # bytes of a review as Parquet, zstd (speed on paper: 168 without themes and keys)
    person: float = 24  # bytes of a known name in the memory of a process: some three fingerprints of eight
    people: float = 0.9  # names a review: nearly everybody writes once
    marks: float = 16  # bytes of a mark by which nearly equal texts are found, with its review's number
    bands: float = 8  # marks a review: seven bands of three hashes and one of the first words
    chance: float = 3e-7  # that two unrelated reviews share a band; 1.6e-4 for one hash, 4e-6 for two, 5e-8 for four
    compare: float = 5  # µs to compare two texts
    cores: float = 32  # at work at once (assumed)
    euro: float = 0.04  # a core for an hour (assumed; a cloud's price for a machine that may be taken away is a third)
    read: float = 100  # MB a second that one core decodes


def hours(reviews: float, c: Constants) -> float:
    """Hours of work that can be shared out: reviews * core / cores."""
    return reviews * c.core / 1e6 / c.cores / 3600


def writer_hours(reviews: float, c: Constants) -> float:
    """Hours of the single writer, however many cores there are: reviews * write."""
    return reviews * c.write / 1e6 / 3600


def compared(reviews: float, c: Constants) -> float:
    """Texts that each review is compared with: reviews / 2 * bands * chance."""
    return reviews / 2 * c.bands * c.chance


LINES: Mapping[str, Callable[[float, Constants], str]] = {
    "raw files, GB": lambda n, c: f"{n * c.raw / 1e9:,.2f}",
    "reading them, core hours": lambda n, c: f"{n * c.raw / 1e6 / c.read / 3600:,.2f}",
    "stages, core hours": lambda n, c: f"{n * c.core / 1e6 / 3600:,.1f}",
    "stages on all cores, hours": lambda n, c: f"{hours(n, c):,.2f}",
    "stages, euros": lambda n, c: f"{hours(n, c) * c.cores * c.euro:,.2f}",
    "one store: its single writer, hours": lambda n, c: f"{writer_hours(n, c):,.2f}",
    "one store, GB": lambda n, c: f"{n * c.store / 1e9:,.1f}",
    "as Parquet, GB": lambda n, c: f"{n * c.parquet / 1e9:,.1f}",
    "known names in each process, GB": lambda n, c: f"{n * c.people * c.person / 1e9:,.2f}",
    "marks of all, GB": lambda n, c: f"{n * c.bands * c.marks / 1e9:,.2f}",
    "texts that a review is compared with": lambda n, c: f"{compared(n, c):,.1f}",
    "comparing, core hours": lambda n, c: f"{n * compared(n, c) * c.compare / 1e6 / 3600:,.1f}",
}


def with_words(words: list[str]) -> Constants:
    """The constants with those that are given as name=value."""
    names = {one.name for one in fields(Constants)}
    given = dict(word.split("=", 1) for word in words)
    if unknown := given.keys() - names:
        sys.exit(f"There is no constant {', '.join(sorted(unknown))}; there are: {', '.join(sorted(names))}.")
    return replace(Constants(), **{name: float(value) for name, value in given.items()})


def main() -> None:
    """Print the plan."""
    constants = with_words(sys.argv[1:])
    print("| | " + " | ".join(f"{size:,}" for size in SIZES) + " |\n|---|" + "---|" * len(SIZES))
    for name, told in LINES.items():
        print(f"| {name} | " + " | ".join(told(size, constants) for size in SIZES) + " |")


if __name__ == "__main__":
    main()
