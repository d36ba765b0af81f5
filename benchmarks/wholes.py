"""Whole processes beside stock ones: start-up, a night's run, a first run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import invented
import stock
from timing import ENVIRONMENT, Deed, reviewpipe, run, table

if TYPE_CHECKING:
    from collections.abc import Sequence

Ratios = dict[str, list[float]]
SMALL, HELD, TONIGHT = 200, 5000, 10
# Runs a command and says at the end which modules are there.
TOLD_MODULES = """
import atexit, runpy, sys
atexit.register(lambda: print(*[n for n, m in list(sys.modules.items()) if getattr(m, '__spec__', 0)], file=sys.stderr))
del sys.argv[0]
runpy.run_module("reviewpipe", run_name="__main__")
"""


def start(_: Sequence[str]) -> Ratios:
    """Help beside click; quotes and report of a small store beside the imports of what they need."""
    click, ours = Deed(partial(run, "-c", "import click"), stock=True), Deed(partial(run, "-m", "reviewpipe", "--help"))
    found = table({"import click": click, "reviewpipe --help": ours}, "start-up, a process", "ms")
    with TemporaryDirectory() as place:
        folder = Path(place)
        invented.table(folder / "data" / "raw" / "reviews.csv", 0, SMALL)
        reviewpipe(folder, "run")
        for command in (("quotes", "--theme", "pain_relief", "-n", "5"), ("report", "--month", "2025-12")):
            name = command[0]
            needed = "; ".join(f"import {one}" for one in imported(folder, *command))
            deeds = {
                f"imports of {name}": Deed(partial(run, "-c", needed), stock=True),
                f"reviewpipe {name}": Deed(partial(reviewpipe, folder, *command)),
            }
            found |= table(deeds, f"{name} from {SMALL} reviews, a process", "ms")
    return found


def imported(folder: Path, *command: str) -> list[str]:
    """What a command imports that is not ours: modules of Python and of libraries, in order."""
    asked = [sys.executable, "-c", TOLD_MODULES, "reviewpipe", "--project", folder, *command]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, env=ENVIRONMENT)
    names = done.stderr.splitlines()[-1].split()
    return [name for name in names if not name.startswith(("reviewpipe", "__", "site"))]


def nightly(_: Sequence[str]) -> Ratios:
    """A run with ten new reviews in a store of 5,000, both pages included, beside `import pandas`."""
    with TemporaryDirectory() as place:
        begun, folder = Path(place) / "begun", Path(place) / "night"
        invented.table(begun / "data" / "raw" / "reviews.csv", 0, HELD)
        reviewpipe(begun, "run")
        tonight = Path(place) / "tonight.csv"
        invented.table(tonight, HELD, HELD + TONIGHT)

        def night() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(begun, folder)
            shutil.copy(tonight, folder / "data" / "raw")
            reviewpipe(folder, "run")

        deeds = {"import pandas": Deed(partial(run, "-c", "import pandas"), stock=True), "a night's run": Deed(night)}
        return table(deeds, f"{TONIGHT} new reviews in a store of {HELD:,}, a process", "ms")


def first_run(texts: Sequence[str], executor: str = "serial", files: int = 1) -> Ratios:
    """From CSV files to the committed store and both pages, in a fresh folder each time, beside stock VADER alone."""
    with TemporaryDirectory() as place:
        folder, number, size = Path(place), count(), len(texts)
        for at in range(files):
            invented.write(folder / "raw" / f"{at}.csv", (_line(n, texts[n]) for n in range(at, size, files)))
        whole = folder / "all.csv"
        invented.write(whole, (_line(n, one) for n, one in enumerate(texts)))

        def ours() -> None:
            practice = folder / f"practice {next(number)}"
            shutil.copytree(folder / "raw", practice / "data" / "raw")
            reviewpipe(practice, "run", "--executor", executor)
            shutil.rmtree(practice)

        name = "reviewpipe run" if executor == "serial" else f"reviewpipe run --executor {executor}"
        deeds = {
            "stock vaderSentiment, a process": Deed(partial(run, "-c", stock.VADER_OF_A_TABLE, whole), size, stock=True)
        }
        deeds[name] = Deed(ours, size)
        if executor == "serial":
            return table(deeds, f"{size:,} reviews from a CSV file, a process")
        return table(deeds, f"{size:,} reviews from {files} CSV files, by the clock", clock=time.perf_counter)


def several_processes(texts: Sequence[str]) -> Ratios:
    """The same in as many processes as there are processors, where time is that of the clock."""
    return first_run(texts, "processes", 8)


def _line(number: int, text: str) -> list[str]:
    day = date.fromordinal(invented.FIRST_DAY.toordinal() + number % invented.DAYS)
    return [f"r{number:09d}", "Google", invented.author(number), day.isoformat(), str(1 + number % 5), text]
