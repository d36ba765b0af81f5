"""Where the time of a command goes: what is at work every few milliseconds, which costs the command next to nothing.

    python benchmarks/sampled.py shares.json --project FOLDER run

runs the command and writes, for each function of ours, the share of the core's time while it or what it called was at
work ("within") and while no other function of ours was ("own"), as {"module.function": [within, own]}, most first.
"""

from __future__ import annotations

import atexit
import json
import runpy
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

EVERY = 0.003  # seconds of a core


class Sampler:
    """Counts; a class, because a signal's handler has nowhere else to keep what it saw."""

    def __init__(self) -> None:
        self.begun = self.last = time.process_time()
        self.within: dict[str, float] = defaultdict(float)
        self.own: dict[str, float] = defaultdict(float)

    def look(self, _: int, frame: FrameType | None) -> None:
        """Note the functions at work; a long call into C is seen at its end, with all of its time."""
        now = time.process_time()
        passed, self.last = now - self.last, now
        found = []
        while frame is not None:
            module = str(frame.f_globals.get("__name__", ""))
            if module.startswith("reviewpipe."):
                found.append(f"{module.removeprefix('reviewpipe.')}.{frame.f_code.co_qualname}")
            frame = frame.f_back
        for name in set(found):
            self.within[name] += passed
        self.own[found[0] if found else "imports and the rest"] += passed

    def shares(self) -> dict[str, tuple[float, float]]:
        """What was seen, as shares of all."""
        total = self.last - self.begun
        names = sorted(self.within | self.own, key=lambda name: -max(self.within[name], self.own[name]))
        return {name: (round(self.within[name] / total, 4), round(self.own[name] / total, 4)) for name in names}


def main() -> None:
    """Run the command under the eyes of a sampler."""
    out, sampler = Path(sys.argv.pop(1)), Sampler()
    atexit.register(lambda: out.write_text(json.dumps(sampler.shares(), indent=0), encoding="utf-8"))
    signal.signal(signal.SIGPROF, sampler.look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        runpy.run_module("reviewpipe", run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
