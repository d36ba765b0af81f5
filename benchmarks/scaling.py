"""Shows whether a million takes a hundred times what ten thousand take.

    python benchmarks/scaling.py 10000 100000 1000000
    python benchmarks/scaling.py 100000 --bad 0.1          a tenth of the rows is spoilt (spoilt.py)
    python benchmarks/scaling.py 1000000 --files 10 --executor processes

For each number: CSV files of invented reviews, a run in a fresh folder, the dashboard, quotes, and a run with 1,000 new
reviews, each in a process of its own.  What must become of each row is known, so every count is checked; the exit code
is 1 where one is wrong.  Prints a table in Markdown, and on standard error what it is doing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import spoilt
import timing
from invented import write

from reviewpipe import config
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MORE = 1000
QUOTES = ("quotes", "--theme", "pain_relief", "-n", "5")
TITLE = """
| reviews | s | µs of a core a review | peak, MB | store, bytes a review | dashboard, s | quotes, s | 1,000 more, s |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Plan:
    """What to write and how to run it: the share of spoilt rows, into how many files, with which executor."""

    size: int
    bad: float
    files: int
    executor: str


def say(what: str) -> None:
    """On standard error, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def told(lines: Iterable[list[str]], total: int) -> Iterator[list[str]]:
    """The lines as they are; says every 100,000 how far it is."""
    for number, line in enumerate(lines, 1):
        if number % 100_000 == 0:
            say(f"  {number:,} of {total:,} lines written")
        yield line


def tables(folder: Path, plan: Plan) -> None:
    """The files of a practice, line by line: this process keeps no reviews."""
    for number in range(plan.files):
        first, last = (plan.size * one // plan.files for one in (number, number + 1))
        lines = spoilt.rows(first, last, plan.bad)
        write(folder / "data" / "raw" / f"reviews-{number}.csv", told(lines, last - first))


def wrong(folder: Path, said: str, expected: Counter[str]) -> list[str]:
    """What a run told and what the store holds, where that is not what it must be."""
    counts, refused = json.loads(said), Counter({name: expected[name] for name in expected if name not in spoilt.KEPT})
    must = {name: expected[name] for name in spoilt.KEPT} | {"rejected": refused.total(), "read": expected.total()}
    found = [f"{name}: {counts[name]:,}, not {must[name]:,}" for name in must if counts[name] != must[name]]
    with Store.open(config.load(folder).store) as store:
        reasons = Counter(one.reason for one in store.rejects())
        held = sum(cell.count for cell in store.cells())
    if held != expected[spoilt.READ]:
        found.append(f"reviews in the store: {held:,}, not {expected[spoilt.READ]:,}")
    return found + [
        f"{name}: {reasons[name]:,}, not {refused[name]:,}"
        for name in refused | reasons
        if reasons[name] != refused[name]
    ]


def store_size(folder: Path) -> int:
    """Bytes of the store with what lies beside it."""
    store = config.load(folder).store
    return sum(file.stat().st_size for file in store.parent.glob(f"{store.name}*"))


def scale(folder: Path, plan: Plan) -> list[str]:
    """Measure one size, print its line, and give what was wrong."""
    say(f"{plan.size:,} reviews: writing the files")
    tables(folder, plan)
    asked = ("run", "--json", "--max-bad", "1", "--executor", plan.executor)
    say("  run")
    first = timing.reviewpipe(folder, *asked)
    say(f"  took {first.seconds:.1f} s; dashboard, quotes, {MORE:,} more")
    bad = wrong(folder, first.said, spoilt.expected(0, plan.size, plan.bad))
    size = store_size(folder)
    page, quotes = timing.reviewpipe(folder, "dashboard"), timing.reviewpipe(folder, *QUOTES)
    write(folder / "data" / "raw" / "more.csv", spoilt.rows(plan.size, plan.size + MORE, 0))
    more = timing.reviewpipe(folder, *asked)
    if (new := json.loads(more.said)["new"]) != MORE:
        bad.append(f"of {MORE:,} more, new: {new:,}")
    print(
        f"| {plan.size:,} | {first.seconds:.1f} | {first.core / plan.size * 1e6:.0f} | {first.peak / 1e6:.0f} "
        f"| {size / plan.size:.0f} | {page.seconds:.1f} | {quotes.seconds:.1f} | {more.seconds:.1f} |",
        flush=True,
    )
    return [f"{plan.size:,} reviews, {one}" for one in bad]


def main() -> None:
    """Print the table; fail where a count was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--bad", type=float, default=0.0, help="share of spoilt rows")
    parser.add_argument("--files", type=int, default=1, help="how many files hold the reviews")
    parser.add_argument("--executor", default="serial")
    parser.add_argument("--folder", type=Path, help="where to work (default: the system's temporary folder)")
    given = parser.parse_args()
    print(TITLE, flush=True)
    bad = []
    for size in given.sizes:
        with TemporaryDirectory(dir=given.folder) as folder:
            bad += scale(Path(folder), Plan(size, given.bad, given.files, given.executor))
    sys.exit("\n".join(["", "Wrong counts:", *bad]) if bad else 0)


if __name__ == "__main__":
    main()
