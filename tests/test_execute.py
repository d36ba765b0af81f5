"""Executors: lazy, in order, bounded; nothing goes on behind them."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import count, islice
from pathlib import Path

import pytest

from reviewpipe import execute
from reviewpipe.errors import InputError, ReviewpipeError
from reviewpipe.execute import EXECUTORS, auto, processes, serial
from reviewpipe.execute.pool import processors
from reviewpipe.execute.window import EACH

HERE = [serial, processes, auto]
each = pytest.mark.parametrize("executor", HERE, ids=lambda one: one.__name__)


def double(number):
    return 2 * number


def refuse(number, at):
    if number == at:
        raise InputError(f"number {number} is refused.")
    return number


def mark(number, folder):
    (folder / str(number)).touch()
    time.sleep(0.05)
    return number


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def who(_):
    time.sleep(0.02)
    return os.getpid()


def processes_of_this():
    task = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return task.read_text().split() if task.is_file() else None


OTHERS = set()


@pytest.fixture(autouse=True)
def others():
    """What other tests have started, such as a browser, is none of ours."""
    OTHERS.update(processes_of_this() or ())


def children():
    """What this process has started since the test began, by the system's own list."""
    found = processes_of_this()
    if found is None:
        pytest.skip("needs Linux")
    return [one for one in found if one not in OTHERS]


@each
def test_results_come_in_order(executor):
    assert list(executor(double, iter(range(50)))) == [2 * n for n in range(50)]


@each
def test_nothing_to_do(executor):
    assert list(executor(double, iter(()))) == []


@each
def test_items_without_end_are_taken_as_they_are_needed(executor):
    taken = []

    def items():
        for number in count():
            taken.append(number)
            yield number

    results = executor(double, items())
    assert list(islice(results, 20)) == [2 * n for n in range(20)]
    results.close()
    assert len(taken) <= 20 + EACH * processors()


@each
def test_an_error_of_the_work_comes_out_as_it_is(executor):
    results = executor(partial(refuse, at=3), iter(range(100)))
    assert list(islice(results, 3)) == [0, 1, 2]
    with pytest.raises(InputError, match=r"^number 3 is refused\.$"):
        next(results)
    assert children() == []


@each
def test_an_error_of_the_items_comes_out_as_it_is(executor):
    def items():
        yield 1
        raise InputError("the second item is refused.")

    with pytest.raises(InputError, match=r"^the second item is refused\.$"):
        list(executor(double, items()))
    assert children() == []


@each
def test_nothing_is_begun_after_the_end(executor, tmp_path):
    results = executor(partial(mark, folder=tmp_path), iter(range(1000)))
    next(results)
    results.close()
    begun = len(list(tmp_path.iterdir()))
    assert begun <= EACH * processors()
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == begun
    assert children() == []


def test_a_process_that_is_killed_is_told():
    with pytest.raises(ReviewpipeError, match="ended from outside"):
        list(processes(die, iter(range(10))))
    assert children() == []


@pytest.mark.skipif(processors() == 1, reason="there is nothing to share out to")
def test_auto_starts_processes_when_they_pay(monkeypatch):
    assert set(auto(who, iter(range(5)))) == {os.getpid()}
    monkeypatch.setattr(execute, "PAYS", -1.0)
    assert os.getpid() not in set(auto(who, iter(range(5))))


def test_auto_starts_none_for_a_few_reviews(tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    for name in "ab":
        (raw / f"{name}.csv").write_text(
            "date,client,rating,comment\n"
            + "".join(f"2026-08-0{n},Wanda {name}.,5,Visit {n} {name} helped my hip\n" for n in range(1, 6)),
            encoding="utf-8",
        )
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from reviewpipe import config, pipeline\n"
        "summary = pipeline.run(config.load(Path(sys.argv[1])), datetime.now(UTC), executor='auto')\n"
        "print(summary.counts.new, 'concurrent.futures.process' in sys.modules, 'distributed' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "10 False False\n"


ALONE = """
import os, sys, time
sys.path.insert(0, {tests!r})
import test_execute
from reviewpipe.execute import processes
results = processes(test_execute.who, iter(range(10**6)))
print(*{{next(results) for _ in range(20)}}, flush=True)
for _ in results:
    pass
"""


def test_processes_end_with_the_one_that_started_them():
    """As they would else keep the lock of the project for ever."""
    script = ALONE.format(tests=str(Path(__file__).parent))
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    workers = [int(one) for one in child.stdout.readline().split()]
    child.kill()
    child.communicate()
    assert workers
    deadline = time.monotonic() + 20
    while any(alive(one) for one in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{number}/stat")
    return not (state.is_file() and ") Z " in state.read_text())


def test_all_are_named():
    assert set(EXECUTORS) == {"auto", "serial", "processes", "dask"}
