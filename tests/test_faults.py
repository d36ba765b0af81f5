"""What happens to a run is done to it from outside: kill -9, a full disk, EIO, no rights, no more open files.

A shim before libc (tests/faults/shim.c) counts the calls that change the project and lets one fail, or all from it on.
Forks of one warm process spare each of some hundred runs the start of the program.
"""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from reviewpipe.schema import Label
from reviewpipe.store import Store

FAULTS = Path(__file__).parent / "faults"
CC = shutil.which("cc")
pytestmark = pytest.mark.skipif(
    CC is None or not sys.platform.startswith("linux"), reason="needs Linux and a C compiler"
)
HEAD = "date,client,rating,comment\n"
EARLIER = {
    "a.csv": [
        "2026-08-03,Wanda Q.,5,My shoulder is free again after two visits and I sleep",
        "2026-08-09,Ilka S.,4,A calm room; my friend fjorba sent me",
    ],
    "b.csv": ["2026-09-14,Wanda Q.,2,It came back within a week"],
}
# A name that older texts hold, and another opinion of the same day.
LATER = {
    "c.csv": ["2026-10-01,Fjorba Quist,4,Came on a whim and stayed for the quiet", "2026-10-02,Odo P.,5,Thorough and kind"],
    "d.csv": ["2026-10-11,Hanno V.,1,Nobody was there and nobody called me back"],
}  # fmt: skip


def put(project, files):
    raw = project / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        (raw / name).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
        os.utime(raw / name, (1_794_000_000, 1_794_000_000))


def store_of(project):
    return project / "data" / "processed" / "reviews.db"


# A call that no command comes to.
FOREVER = 10**9


class Server:
    """The warm process; carries its pipes."""

    def __init__(self, folder):
        shim = folder / "shim.so"
        subprocess.run([CC, "-shared", "-fPIC", "-O1", "-o", shim, FAULTS / "shim.c", "-ldl"], check=True)
        put(folder / "warm", EARLIER)
        self.process = subprocess.Popen(
            [sys.executable, FAULTS / "server.py", folder / "warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "LD_PRELOAD": str(shim), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def __call__(self, project, *arguments, **how):
        """A command as {code, out, err, calls}; `first` to `last` say which calls fail with which `error` (0: kill)."""
        if "first" in how:
            how = {"folder": str(project), "error": 0, "last": how["first"], **how}
        task = {"arguments": [*(arguments or ("run",)), "--project", str(project)], **how}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"))
    yield started
    started.close()


def state(project):
    """All that a run leaves, but for the diary of runs: that of two runs is not that of one."""
    with sqlite3.connect(store_of(project)) as direct:
        assert direct.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        lines = [line for line in direct.iterdump() if not line.startswith('INSERT INTO "runs"')]
    direct.close()
    kept = {path.name: path.read_bytes() for path in (project / "reports").iterdir()}
    files = [path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()]
    return {"store": lines, "pages": kept, "files": sorted(files)}


@pytest.fixture(scope="module")
def scenes(server, tmp_path_factory):
    """Projects before a run, by name: the first run of all, and one that finds a store, a label and older texts to mend."""
    later = tmp_path_factory.mktemp("scenes") / "later"
    put(later, EARLIER)
    assert server(later)["code"] == 0
    key = (later / "reviewpipe.key").read_bytes()
    with Store.open(store_of(later)) as store, store.transaction():
        one = store.reviews()[0]
        assert store.label(Label(one.review_id, "mixed", {"value": "absent"}, labelled_on="2026-10-01"), one.text)
    put(later, LATER)
    first = later.with_name("first")
    put(first, EARLIER | LATER)
    (first / "reviewpipe.key").write_bytes(key)
    (first / "reviewpipe.key").chmod(0o600)
    return {"first": first, "later": later}


@pytest.fixture(scope="module")
def whole(server, scenes):
    """Each scene, what an undisturbed run makes of it, and how many calls that takes."""
    found = {}
    for name, scene in scenes.items():
        project = shutil.copytree(scene, scene.with_name(f"{name}-whole"))
        done = server(project, first=FOREVER)
        assert done["code"] == 0, done
        again = server(project)
        assert again["code"] == 0, again
        found[name] = scene, state(project), done["calls"]
        assert done["calls"] > 40
    return found


def assert_the_next_run_completes(server, project, expected):
    done = server(project)
    assert done["code"] == 0, done
    now = state(project)
    assert now["files"] == expected["files"]
    assert now == expected


def some(calls, count):
    """So many of the calls, spread evenly."""
    count = min(count, calls)
    return sorted({(2 * n + 1) * calls // (2 * count) + 1 for n in range(count)})


QUICK, ALL = 2, 10**6
HOW_MANY = [pytest.param(QUICK, id="some"), pytest.param(ALL, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("count", HOW_MANY)
@pytest.mark.parametrize("scene", ["first", "later"])
def test_killed_at_any_change_of_a_file_the_next_run_completes(server, whole, tmp_path, scene, count):
    before, expected, calls = whole[scene]
    for number in some(calls, count):
        project = shutil.copytree(before, tmp_path / str(number))
        assert server(project, first=number)["code"] in (-9, 0), number
        assert_the_next_run_completes(server, project, expected)
        shutil.rmtree(project)


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_completes(server, whole, tmp_path):
    dice = Random(5)  # noqa: S311  repeatable, no secret
    before, expected, _ = whole["later"]
    for number in range(40):
        project = shutil.copytree(before, tmp_path / str(number))
        server(project, seconds=dice.uniform(0.0, 0.5))
        assert_the_next_run_completes(server, project, expected)
        shutil.rmtree(project)


# What the machine says from some call on, or once.
SAYS = {
    "disk full": (errno.ENOSPC, FOREVER),
    "worn disk": (errno.EIO, FOREVER),
    "one bad sector": (errno.EIO, 0),
    "rights taken away": (errno.EACCES, FOREVER),
    "made read-only": (errno.EROFS, FOREVER),
    "too many open files": (errno.EMFILE, FOREVER),
}


def assert_refused(done):
    """One clear line and exit code 6; or the call that failed was one that nobody needs."""
    assert done["code"] in (0, 6), done
    assert "Traceback" not in done["err"]
    if done["code"] == 6:
        assert len(done["err"].strip().splitlines()) == 1, done
        assert any(word in done["err"] for word in ("space", "permission", "write there", "folder")), done


@pytest.mark.parametrize("count", [pytest.param(1, id="one"), pytest.param(25, id="many", marks=pytest.mark.slow)])
@pytest.mark.parametrize("says", SAYS)
def test_whatever_the_disk_says_nothing_is_half_written(server, whole, tmp_path, says, count):
    error, lasting = SAYS[says]
    before, expected, calls = whole["later"]
    refused = 0
    for number in some(calls, count):
        project = shutil.copytree(before, tmp_path / str(number))
        done = server(project, first=number, last=max(number, lasting), error=error)
        assert_refused(done)
        refused += done["code"] == 6
        for page in (project / "reports").glob("*.html"):
            earlier = before / "reports" / page.name
            allowed = [expected["pages"][page.name], *([earlier.read_bytes()] if earlier.is_file() else [])]
            assert page.read_bytes() in allowed, (number, page.name)
        assert_the_next_run_completes(server, project, expected)
        shutil.rmtree(project)
    assert refused


@pytest.mark.slow
def test_what_cannot_be_read_is_told(server, whole, tmp_path):
    """EIO at some read: of a file of reviews the others are read all the same; of the store or key the run refuses."""
    before, expected, _ = whole["later"]
    calls = server(shutil.copytree(before, tmp_path / "counted"), first=FOREVER, reads=1)["calls"]
    for number in some(calls, 40):
        project = shutil.copytree(before, tmp_path / str(number))
        done = server(project, first=number, error=errno.EIO, reads=1)
        assert done["code"] in (0, 3, 6), (number, done)
        assert "Traceback" not in done["err"]
        if done["code"]:
            assert done["err"].strip(), number
        assert_the_next_run_completes(server, project, expected)


@pytest.mark.parametrize(
    "files", [6, 8, 9, *(pytest.param(n, marks=pytest.mark.slow) for n in (7, 10, 11, 12, 14, 16))]
)
def test_too_few_open_files(server, whole, tmp_path, files):
    before, expected, _ = whole["later"]
    project = shutil.copytree(before, tmp_path / "project")
    done = server(project, limits={"RLIMIT_NOFILE": files})
    assert_refused(done)
    assert_the_next_run_completes(server, project, expected)


@pytest.mark.parametrize("size", [20_000, 100_000, 300_000])
def test_files_may_not_grow(server, whole, tmp_path, size):
    """A quota, as far as a process can set one for itself."""
    before, expected, _ = whole["later"]
    project = shutil.copytree(before, tmp_path / "project")
    done = server(project, limits={"RLIMIT_FSIZE": size})
    assert_refused(done)
    assert done["code"] == 6
    assert_the_next_run_completes(server, project, expected)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("kilobytes", [256, 640, 1500])
def test_a_disk_that_is_really_full(server, whole, tmp_path, kilobytes):
    before, expected, _ = whole["first"]
    (tmp_path / "disk").mkdir()
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", tmp_path / "disk"]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        project = tmp_path / "disk" / "project"
        put(project, EARLIER | LATER)
        shutil.copy(before / "reviewpipe.key", project)
        done = server(project)
        assert_refused(done)
        assert done["code"] == 6
        subprocess.run(["mount", "-o", "remount,size=50m", tmp_path / "disk"], check=True)
        assert_the_next_run_completes(server, project, expected)
    finally:
        subprocess.run(["umount", "-l", tmp_path / "disk"], check=True)
