"""What executors cost beside `serial`: the same batches, cleaned, anonymised and scored, round by round by turns.

    python benchmarks/executors.py [REVIEWS] [SIZE OF A BATCH]

Wall time as a ratio to `processes`, and processor time of all processes as a ratio to `serial`, as medians with the
least and the most.  On a busy machine only the second says something.  Dask's cluster is started once, as for
`--scheduler`, and every worker is warm; processes start anew each time, with what this one has loaded.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reviewpipe import config, ingest, pipeline
from reviewpipe.execute import EXECUTORS, chosen
from reviewpipe.execute.pool import processors
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewpipe.schema import Batch

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
ROUNDS = 5
UNSPILT = {"DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False", "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False"}


def practice(folder: Path, size: int) -> config.Config:
    """One file of `size` invented reviews."""
    lines = [line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [" ".join(s["text"] for s in json.loads(line)["sentences"]) for line in lines]
    rows = [{"author": f"Wanda {n % 500}", "text": texts[n % len(texts)], "date": "2026-08-03"} for n in range(size)]
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "reviews.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return config.load(folder)


def batches(settings: config.Config, each: int) -> list[Batch]:
    """The file in pieces of `each` reviews."""
    batch = ingest.read(settings.raw / "reviews.jsonl", settings).batch
    starts = range(0, len(batch.reviews), each)
    return [type(batch)(batch.reviews.iloc[at : at + each].reset_index(drop=True)) for at in starts]


def started(command: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of Dask."""
    call = [sys.executable, "-m", f"distributed.cli.{command}", *arguments, "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(call, cwd=folder, env={**os.environ, **UNSPILT}, **quiet)


def cluster(folder: Path) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """A scheduler and as many workers as there are processors; its address, and all processes."""
    facts = folder / "scheduler.json"
    host = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(facts))
    found = [started("dask_scheduler", folder, *host)]
    while not facts.exists() or not facts.read_text(encoding="utf-8"):
        time.sleep(0.1)
    address = json.loads(facts.read_text(encoding="utf-8"))["address"]
    worker = (address, "--nthreads", "1", "--no-nanny")
    return address, found + [started("dask_worker", folder, *worker) for _ in range(processors())]


def spent(others: list[subprocess.Popen[bytes]]) -> float:
    """Seconds of processors that this process, its ended children and `others` have used so far (Linux)."""
    ticks = 0
    for one in others:
        fields = Path(f"/proc/{one.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return sum(os.times()[:4]) + ticks / os.sysconf("SC_CLK_TCK")


def rounds(size: int, each: int) -> Iterator[tuple[str, float, float]]:
    """Executor, seconds of wall and of processors; the first round, which warms up, is left out."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = practice(folder, size)
        with Store.open(settings.store) as store:
            work = partial(pipeline.enrich, knowledge=pipeline.learn(settings, store))
        items, (address, others) = batches(settings, each), cluster(folder)
        ways = {name: EXECUTORS[name] for name in ("serial", "processes", "auto")} | {"dask": chosen(address, folder)}
        try:
            for number in range(ROUNDS + 1):
                for way, executor in ways.items():
                    wall, processor = time.perf_counter(), spent(others)
                    for _ in executor(work, iter(items)):
                        pass
                    if number:
                        yield way, time.perf_counter() - wall, spent(others) - processor
        finally:
            for one in others:
                one.kill()
                one.wait()


def main() -> None:
    """Print both tables."""
    size, each = (int(given) for given in (*sys.argv[1:], *("20000", "1000")[len(sys.argv) - 1 :]))
    found = list(rounds(size, each))
    for what, index, yardstick in (("wall", 1, "processes"), ("processors", 2, "serial")):
        by_way: dict[str, list[float]] = {}
        for row in found:
            by_way.setdefault(row[0], []).append(row[index])
        for way, seconds in by_way.items():
            ratios = [a / b for a, b in zip(seconds, by_way[yardstick], strict=True)]
            middle = statistics.median(ratios)
            print(f"{what:<10} {way:<10} {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) of {yardstick}")


if __name__ == "__main__":
    main()
