"""What executors cost, and that all give the same: whole runs on the same files, and a bulk job.

    python benchmarks/executors.py 100000
    python benchmarks/executors.py 1000000 --ways dask --of FOLDER     beside a practice that a serial run has made

Dask is a scheduler and three workers in processes of their own, of which one is killed in the middle.  Each store must
hold the same rows as that of the first line, and a bulk job the same reviews; the exit code is 1 where one does not.
Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import invented
import spoilt
import timing

from reviewpipe import config
from reviewpipe.bulk import parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WAYS = ("serial", "processes", "dask", "bulk")
FILES = 10
WORKERS = 3
UNSPILT = {"DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False", "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False"}
TITLE = """
| way | s | seconds of cores | peak of a process, MB | the same |
|---|---|---|---|---|"""
REVIEWS = "SELECT review_id, posted_on, rating, score, sentiment, text FROM reviews ORDER BY review_id"
# Says when runs were, which is not the same in two.
CLOCK = "runs"


def practice(folder: Path, size: int) -> Path:
    """A practice with invented reviews in some files."""
    for number in range(FILES):
        first, last = (size * one // FILES for one in (number, number + 1))
        invented.write(folder / "data" / "raw" / f"reviews-{number}.csv", spoilt.rows(first, last, 0.1))
    return folder


def like(other: Path, folder: Path) -> Path:
    """A practice with the raw files and the key of another one, and nothing else."""
    shutil.copytree(other / "data" / "raw", folder / "data" / "raw")
    if (other / "reviewpipe.key").exists():
        shutil.copy(other / "reviewpipe.key", folder)
    return folder


def started(command: str, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of Dask."""
    call = [sys.executable, "-m", f"distributed.cli.{command}", *arguments, "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(call, cwd=folder, env={**timing.ENVIRONMENT, **UNSPILT}, **quiet)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers."""
    facts = folder / "scheduler.json"
    scheduler = started("dask_scheduler", folder, "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(facts))
    while not facts.exists() or not facts.read_text(encoding="utf-8"):
        time.sleep(0.1)
    address = json.loads(facts.read_text(encoding="utf-8"))["address"]
    workers = [started("dask_worker", folder, address, "--nthreads", "1", "--no-nanny") for _ in range(WORKERS)]
    try:
        yield address, workers
    finally:
        for one in (*workers, scheduler):
            one.kill()
            one.wait()


def by_dask(folder: Path, size: int) -> timing.Ran:
    """A run on a cluster that loses a worker at a random moment of its first half."""
    with TemporaryDirectory() as scratch, cluster(Path(scratch)) as (address, workers):
        after = random.uniform(5, 5 + size * 4e-4)  # noqa: S311  no secret
        killer = threading.Timer(after, workers[0].kill)
        killer.start()
        try:
            ran = timing.reviewpipe(folder, "run", "--json", "--max-bad", "1", "--scheduler", address)
        finally:
            killer.cancel()
        print(f"killed a worker after {after:.0f} of {ran.seconds:.0f} s", file=sys.stderr)
        return ran


def measured(way: str, folder: Path, size: int) -> tuple[timing.Ran, float]:
    """One way, and the seconds of cores of all processes."""
    begun = timing.core()
    if way == "dask":
        ran = by_dask(folder, size)
    elif way == "bulk":
        places = str(folder / "data" / "raw"), str(folder / "bulk")
        (folder / "reviewpipe.toml").write_text("[thresholds]\nmax_rejected_share = 1.0\n", encoding="utf-8")
        ran = timing.reviewpipe(folder, "bulk", "run", *places, "--executor", "processes")
    else:
        ran = timing.reviewpipe(folder, "run", "--json", "--max-bad", "1", "--executor", way)
    return ran, timing.core() - begun


def digest(folder: Path, way: str) -> str:
    """Of every row of the store, or of the reviews of a bulk job."""
    mark = blake2b(digest_size=16)
    if way == "bulk":
        for row in finished(folder / "bulk"):
            mark.update(repr(row).encode("utf-8", "surrogatepass"))
        return mark.hexdigest()
    store = config.load(folder).store
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        asked = [REVIEWS] if way == "reviews" else [f"SELECT * FROM {name}" for name in sorted({*tables} - {CLOCK})]  # noqa: S608  our tables
        for sql in asked:
            for row in connection.execute(sql):
                mark.update(repr(row).encode("utf-8", "surrogatepass"))
    return mark.hexdigest()


def finished(out: Path) -> list[tuple[object, ...]]:
    """The reviews of a bulk job as REVIEWS gives those of a store."""
    said = json.loads((out / "committed.json").read_text(encoding="utf-8"))
    _, pq, _ = parquet.arrow()
    columns = ["review_id", "posted_on", "rating", "score", "sentiment", "text"]
    tables = [pq.read_table(out / said["result"] / "reviews" / name, columns=columns) for name in said["files"]]
    return sorted((tuple(row.values()) for table in tables for row in table.to_pylist()), key=lambda row: str(row[0]))


def compare(folder: Path, size: int, ways: Sequence[str], of: Path | None) -> bool:
    """Print a line for each way; whether all gave the same."""
    first = of or practice(folder / "given", size)
    same, wanted = True, {} if of is None else {way: digest(of, way) for way in ("store", "reviews")}
    print(TITLE, flush=True)
    for way in ways:
        work = like(first, folder / way)
        ran, core = measured(way, work, size)
        kind = "reviews" if way == "bulk" else "store"
        found = digest(work, "bulk" if way == "bulk" else "store")
        if not wanted:
            wanted = {"store": found, "reviews": digest(work, "reviews")}
            shutil.copy(work / "reviewpipe.key", first)
        told = "yes" if found == wanted[kind] else "NO"
        same &= told == "yes"
        print(f"| {way} | {ran.seconds:.1f} | {core:.1f} | {ran.peak / 1e6:.0f} | {told} |", flush=True)
        shutil.rmtree(work)
    return same


def main() -> None:
    """Print the table; fail where a way gave something else."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", type=int)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--of", type=Path, help="a practice with raw files, key and store; else one is made")
    parser.add_argument("--folder", type=Path, help="where to work (default: the system's temporary folder)")
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        sys.exit(0 if compare(Path(folder), given.size, given.ways, given.of) else 1)


if __name__ == "__main__":
    os.umask(0o077)
    main()
