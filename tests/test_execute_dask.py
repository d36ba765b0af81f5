"""Dask: the same bytes, whatever becomes of workers; no words where they must not be."""

import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

import pytest

from dask_processes import PLACES, Cluster
from reviewpipe import config, pipeline
from reviewpipe.errors import InputError, ReviewpipeError, UsageError
from reviewpipe.execute import EXECUTORS, chosen
from reviewpipe.execute.window import EACH

pytest.importorskip("distributed")
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NAME = "Quillonette Farradayle"
SAID = "the knot by my left shoulder blade let go"
slow = pytest.mark.slow


def double(number):
    return 2 * number


def slowly(number):
    time.sleep(0.2)
    return number


def refuse(number):
    if number == 3:
        raise InputError("number 3 is refused.")
    return number


def crash(number):
    raise ValueError(f"{NAME} {number}")


def swallow(_):
    os._exit(1)


@pytest.fixture
def cluster(tmp_path):
    """Three workers."""
    started = Cluster(tmp_path)
    for _ in range(3):
        started.add()
    yield started.ready()
    started.close()


@pytest.fixture
def empty(tmp_path):
    """No workers yet."""
    started = Cluster(tmp_path)
    yield started
    started.close()


def on(address, work, items):
    return chosen(address)(work, items)


# --- what is not safe or not there


@pytest.mark.parametrize(
    "address",
    [
        "tcp://203.0.114.7:8786",
        "tcp://8.8.8.8:8786",
        "tcp://scheduler.example:8786",
        "tcp://[2001:4860:4860::8888]:8786",
    ],
)
def test_reviews_do_not_travel_unencrypted_through_the_world(address):
    with pytest.raises(UsageError, match="unencrypted"):
        next(on(address, double, [1]))


@pytest.mark.parametrize("address", ["8786", "localhost:8786", "http://127.0.0.1:8786", "tcp://", "tcp://:8786"])
def test_what_is_no_address_is_told(address):
    with pytest.raises(UsageError, match=r"no address of a Dask scheduler.*Give one such as"):
        next(on(address, double, [1]))


@slow
@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_who_does_not_answer_is_told_within_ten_seconds(scheme):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises(UsageError, match=r"No Dask scheduler answers at .*`dask scheduler` starts one"):
            next(on(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}", double, [1]))
        assert time.monotonic() - begun < 10


@slow
def test_a_scheduler_without_workers_is_told(empty):
    with pytest.raises(UsageError, match=r"has no workers.  Start some with `dask worker tcp://"):
        next(on(empty.address, double, [1]))


@slow
def test_a_worker_that_may_write_to_its_disk_is_refused(empty):
    empty.add(DASK_DISTRIBUTED__WORKER__MEMORY__SPILL="0.7").ready()
    with pytest.raises(UsageError, match=r"may write clients' words to its disk.*MEMORY__SPILL=False"):
        next(on(empty.address, double, [1]))


def startup(folder, code):
    """What makes Python run this as it starts."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return os.pathsep.join([str(folder), PLACES])


OLDER = "import reviewpipe\nreviewpipe.__version__ = '0.0.9'\n"
NONE = "import sys\nsys.modules['reviewpipe'] = None\n"


@slow
@pytest.mark.parametrize(
    ("code", "said"), [(OLDER, r"has reviewpipe 0\.0\.9, and here is"), (NONE, "has no reviewpipe")]
)
def test_a_worker_of_another_version_is_refused(empty, tmp_path, code, said):
    empty.add(PYTHONPATH=startup(tmp_path / "startup", code)).ready()
    with pytest.raises(UsageError, match=f"worker .*{said}.*Install the same"):
        next(on(empty.address, double, [1]))


@slow
@pytest.mark.parametrize(
    ("code", "said"), [(OLDER, r"has reviewpipe 0\.0\.9, and here is"), (NONE, "has no reviewpipe")]
)
def test_a_scheduler_of_another_version_is_refused(tmp_path, code, said):
    cluster = Cluster(tmp_path, PYTHONPATH=startup(tmp_path / "startup", code))
    try:
        cluster.add().ready()
        with pytest.raises(UsageError, match=f"scheduler .*{said}.*Install the same"):
            next(on(cluster.address, double, [1]))
    finally:
        cluster.close()


# --- the work


@slow
def test_a_cluster_of_this_computer(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    dask, taken = EXECUTORS["dask"], []
    with suppress(OSError), socket.create_server(("127.0.0.1", 8787)):  # where Dask would show a dashboard
        assert list(dask(double, iter(range(30)))) == [2 * n for n in range(30)]
    results = dask(double, (taken.append(n) or n for n in count()))
    assert list(islice(results, 20)) == [2 * n for n in range(20)]
    results.close()
    assert len(taken) <= 20 + EACH * (os.cpu_count() or 1)
    with pytest.raises(ValueError, match=NAME):
        list(dask(crash, iter(range(30))))
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


@slow
def test_errors_come_out_as_they_are_and_are_not_logged(cluster):
    results = on(cluster.address, refuse, iter(range(100)))
    assert list(islice(results, 3)) == [0, 1, 2]
    with pytest.raises(InputError, match=r"^number 3 is refused\.$"):
        next(results)
    with pytest.raises(ValueError, match=NAME):
        list(on(cluster.address, crash, iter(range(30))))
    with pytest.raises(InputError, match=r"^of items\.$"):
        list(on(cluster.address, double, refused_items()))
    assert NAME not in cluster.log()
    assert "Compute Failed" not in cluster.log()


def refused_items():
    yield 1
    raise InputError("of items.")


@slow
def test_work_that_ends_every_worker_is_told(empty, capfd, monkeypatch):
    empty.add().ready()
    monkeypatch.setattr("reviewpipe.execute.cluster.LOOK_AGAIN", 2)
    with pytest.raises(ReviewpipeError, match="All workers of the Dask cluster are gone"):
        list(on(empty.address, swallow, iter(range(5))))
    assert capfd.readouterr() == ("", "")


@slow
def test_a_scheduler_that_goes_away_is_told(cluster, capfd):
    results = on(cluster.address, slowly, count())
    next(results)
    cluster.scheduler.kill()
    with pytest.raises(ReviewpipeError, match="Dask cluster"):
        for _ in results:
            pass
    assert capfd.readouterr() == ("", "")


# --- a run


def practice(folder, files=48, each=50):
    """Invented reviews in many files."""
    dice = random.Random(9)  # noqa: S311  repeatable, no secret
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for number in range(files):
        rows = [
            f"2026-0{dice.randint(1, 9)}-1{dice.randint(0, 9)},Wanda {chr(65 + dice.randrange(26))}.,{dice.randint(1, 5)},"
            f"Visit {number * each + k}: {SAID}. {NAME} asked about my hip. {dice.choice(['Loved it', 'Too loud', 'Late'])}."
            for k in range(each)
        ]
        (raw / f"part-{number:03}.csv").write_text(
            "\n".join(["date,client,rating,comment", *rows]) + "\n", encoding="utf-8"
        )
    return folder


def copied(first, second):
    """The same practice, before its first run."""
    shutil.copytree(first / "data" / "raw", second / "data" / "raw")
    shutil.copy(first / "reviewpipe.key", second)
    return second


def dump(folder):
    connection = sqlite3.connect(config.load(folder).store)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


@slow
@pytest.mark.parametrize("seed", range(2))
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(cluster, tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311  repeatable, no secret
    first = practice(tmp_path / "first")
    pipeline.run(config.load(first), NOW)
    second = copied(first, tmp_path / "second")
    at = dice.randrange(2, 40)

    told = count(1)

    def tell(*_):
        if next(told) == at:
            time.sleep(dice.random() / 5)
            dice.choice(cluster.workers).kill()

    pipeline.run(config.load(second), NOW, executor=cluster.address, tell=tell)
    assert sum(worker.poll() is not None for worker in cluster.workers) == 1
    assert dump(second) == dump(first)
    assert_no_words(tmp_path, second)


@slow
def test_three_computers_of_a_network_and_one_is_lost(tmp_path):
    alone = ("unshare", "--net", "--mount")
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs unshare and ip of Linux")
    if subprocess.run(
        [*alone, "ip", "link", "add", "br0", "type", "bridge"], check=False, capture_output=True
    ).returncode:
        pytest.skip("may not make networks here")
    first = practice(tmp_path / "first")
    pipeline.run(config.load(first), NOW)
    second = copied(first, tmp_path / "second")
    script = Path(__file__).parent / "dask_hosts.py"
    call = [*alone, sys.executable, script, second, tmp_path, NOW.isoformat()]
    done = subprocess.run(call, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[1:] == ["None", "-9", "None"]
    assert done.stdout.startswith("tcp://10.77.0.1:")
    assert dump(second) == dump(first)
    assert_no_words(tmp_path, second)


def assert_no_words(place, folder):
    """Not in what scheduler and workers say, and not in what workers leave on disk."""
    words = [one.encode() for one in (NAME, SAID, "Wanda")] + [(folder / "reviewpipe.key").read_bytes().strip()]
    places = [path for worker in place.glob("worker-*") for path in worker.rglob("*") if path.is_file()]
    for path in (place / "said.log", *places):
        content = path.read_bytes()
        assert not [one for one in words if one in content], path.name


@slow
def test_the_command_takes_the_address_of_a_scheduler(cluster, tmp_path):
    folder = practice(tmp_path / "third", files=3)
    call = [sys.executable, "-m", "reviewpipe", "run", "--project", "third", "--scheduler", cluster.address]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "150 reviews read" in done.stdout
    assert dump(folder)


@slow
@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_cluster_is_reached_by_tls(tmp_path):
    """With the settings that docs/guide.md names."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", "key.pem", "-out", "cert.pem"], cwd=tmp_path, check=True, capture_output=True)
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{tls}CA_FILE": str(tmp_path / "cert.pem"), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        settings |= {f"{tls}{who}__CERT": str(tmp_path / "cert.pem"), f"{tls}{who}__KEY": str(tmp_path / "key.pem")}
    cluster = Cluster(tmp_path, **settings)
    try:
        cluster.add().ready()
        folder = practice(tmp_path / "tls", files=2, each=5)
        call = [sys.executable, "-m", "reviewpipe", "run", "--project", str(folder), "--scheduler", cluster.address]
        assert cluster.address.startswith("tls://")
        done = subprocess.run(call, capture_output=True, text=True, check=False, env={**os.environ, **settings})
        assert (done.returncode, done.stderr) == (0, "")
        stranger = subprocess.run(call, capture_output=True, text=True, check=False)
        assert stranger.returncode == 2
        assert "whether the certificates are set" in stranger.stderr
    finally:
        cluster.close()


@slow
def test_several_threads_of_a_worker_take_turns(empty):
    empty.add(nthreads=4).ready()
    assert list(on(empty.address, in_turn, iter(range(20)))) == [1] * 20


_inside = []


def in_turn(number):
    _inside.append(number)
    time.sleep(0.01)
    most = len(_inside)
    _inside.remove(number)
    return most
