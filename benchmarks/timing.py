"""How long something takes and how much memory it needs, beside a yardstick that is measured in the same minutes."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROUNDS = 5
PER_SECOND = "reviews a second"
UNITS: Mapping[str, Callable[[float], str]] = {
    PER_SECOND: lambda seconds: f"{1 / seconds:,.0f}",
    "ms": lambda seconds: f"{seconds * 1e3:,.0f}",
    "µs a review": lambda seconds: f"{seconds * 1e6:,.1f}",
}
# A process that may not keep its modules compiled, as some test machines want it, compiles them at each start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Deed:
    """Something to measure: `count` is how many reviews it works on, `stock` that it is no work of ours."""

    do: Callable[[], object]
    count: int = 1
    stock: bool = False


@dataclass(frozen=True)
class Ran:
    """A process that ended well: seconds on the clock and of a core, memory of its largest process in bytes."""

    seconds: float
    core: float
    peak: int
    said: str


def run(*command: str | Path) -> Ran:
    """Python with these arguments, in a process of its own; SystemExit with what it said where it fails."""
    with TemporaryFile() as out, TemporaryFile() as wrong:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command], stdout=out, stderr=wrong, env=ENVIRONMENT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, wrong):
            file.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{wrong.read().decode()}")
        unit = 1 if sys.platform == "darwin" else 1024
        return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit, out.read().decode())


def reviewpipe(folder: Path, *command: str | Path) -> Ran:
    """A command of ours on the practice in `folder`."""
    return run("-m", "reviewpipe", "--project", folder, *command)


def core() -> float:
    """Seconds of a core that this process and those that it started have used.

    They say the same on a machine that has other work to do; the clock does not.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(deeds: Mapping[str, Deed], clock: Callable[[], float]) -> dict[str, list[float]]:
    """Seconds a review of each deed; one after the other in each round, and the first round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in deeds}
    for number in range(ROUNDS + 1):
        for name, deed in deeds.items():
            begun = clock()
            deed.do()
            if number:
                seconds[name].append((clock() - begun) / deed.count)
    return seconds


def table(
    deeds: Mapping[str, Deed], title: str, unit: str = PER_SECOND, clock: Callable[[], float] = core
) -> dict[str, list[float]]:
    """Measure, and print a table in Markdown; the first deed is the yardstick.

    Gives least, median and most of the ratio of each to the yardstick, round by round, for those that are ours.
    """
    seconds = measured(deeds, clock)
    first = next(iter(seconds))
    print(f"\n| {title} | ratio | {unit} |\n|---|---|---|")
    found = {}
    for name, taken in seconds.items():
        ratios = sorted(a / b for a, b in zip(taken, seconds[first], strict=True))
        middle, usual = statistics.median(ratios), statistics.median(taken)
        spread = f" ({ratios[0]:.2f} to {ratios[-1]:.2f})" if name != first else ""
        rate = UNITS[unit](usual)
        print(f"| {name} | {middle:.2f}{spread} | {rate} |", flush=True)
        if not deeds[name].stock:
            found[name] = [round(one, 3) for one in (ratios[0], middle, ratios[-1])]
    return found
