"""What happens to a run is done to it from outside: kill -9, a full disk, EIO, no rights, no more open files.

A shim before libc (tests/faults/shim.c) counts the calls that change the project and lets one fail, or all from it on.
Forks of one warm process spare each of some hundred runs the start of the program.
"""

import errno
import os
import shutil
import sqlite3
import subprocess
from random import Random

import pytest

from killing import FOREVER
from reviewpipe.schema import Label
from reviewpipe.store import Store
from sample import rows_of

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


def state(project):
    """All that a run leaves, but for the diary of runs: that of two runs is not that of one."""
    with sqlite3.connect(store_of(project)) as direct:
        assert direct.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        lines = [line for line in direct.iterdump() if not line.startswith('INSERT INTO "runs"')]
    direct.close()
    kept = {path.name: path.read_bytes() for path in (project / "reports").iterdir()}
    files = [path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()]
    return {"store": lines, "rows": rows_of(store_of(project)), "pages": kept, "files": sorted(files)}


@pytest.fixture(scope="module")
def scenes(warm, tmp_path_factory):
    """Projects before a run, by name: the first run of all, and one that finds a store, a label and older texts to mend."""
    later = tmp_path_factory.mktemp("scenes") / "later"
    put(later, EARLIER)
    assert warm(later)["code"] == 0
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
def whole(warm, scenes):
    """Each scene, what an undisturbed run makes of it, and how many calls that takes."""
    found = {}
    for name, scene in scenes.items():
        project = shutil.copytree(scene, scene.with_name(f"{name}-whole"))
        done = warm(project, first=FOREVER)
        assert done["code"] == 0, done
        again = warm(project)
        assert again["code"] == 0, again
        found[name] = scene, state(project), done["calls"]
        assert done["calls"] > 40
    return found


def assert_the_next_run_completes(warm, project, expected, *, in_order=True):
    """The same store and pages; where files were not read `in_order`, but for the numbers that tell what came first."""
    done = warm(project)
    assert done["code"] == 0, done
    now = state(project)
    assert now["files"] == expected["files"]
    compared = now if in_order else {**now, "store": expected["store"]}
    assert compared == expected


def some(calls, count):
    """So many of the calls, spread evenly."""
    count = min(count, calls)
    return sorted({(2 * n + 1) * calls // (2 * count) + 1 for n in range(count)})


@pytest.mark.parametrize(
    ("scene", "count"),
    [
        ("first", 2),
        ("later", 2),
        pytest.param("first", 130, marks=pytest.mark.slow),  # every second
        pytest.param("later", FOREVER, marks=pytest.mark.slow),  # each of some 140
    ],
)
def test_killed_at_any_change_of_a_file_the_next_run_completes(warm, whole, tmp_path, scene, count):
    before, expected, calls = whole[scene]
    for number in some(calls, count):
        project = shutil.copytree(before, tmp_path / str(number))
        assert warm(project, first=number)["code"] in (-9, 0), number
        assert_the_next_run_completes(warm, project, expected)
        shutil.rmtree(project)


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_completes(warm, whole, tmp_path):
    dice = Random(5)  # noqa: S311  repeatable, no secret
    before, expected, _ = whole["later"]
    undisturbed = warm(shutil.copytree(before, tmp_path / "undisturbed"))["took"]
    for number in range(30):
        project = shutil.copytree(before, tmp_path / str(number))
        warm(project, seconds=dice.uniform(0.0, undisturbed))
        assert_the_next_run_completes(warm, project, expected)
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
        # That the log cannot be written either is told beside it.
        lines = [line for line in done["err"].strip().splitlines() if not line.startswith("The log ")]
        assert len(lines) == 1, done
        assert any(word in done["err"] for word in ("space", "permission", "write there", "folder")), done


@pytest.mark.parametrize(
    ("says", "count"),
    [
        ("disk full", 1),
        ("too many open files", 1),
        *(pytest.param(one, 10, marks=pytest.mark.slow) for one in SAYS),
    ],
)
def test_whatever_the_disk_says_nothing_is_half_written(warm, whole, tmp_path, says, count):
    error, lasting = SAYS[says]
    before, expected, calls = whole["later"]
    refused = 0
    for number in some(calls, count):
        project = shutil.copytree(before, tmp_path / str(number))
        done = warm(project, first=number, last=max(number, lasting), error=error)
        assert_refused(done)
        refused += done["code"] == 6
        for page in (project / "reports").glob("*.html"):
            earlier = before / "reports" / page.name
            allowed = [expected["pages"][page.name], *([earlier.read_bytes()] if earlier.is_file() else [])]
            assert page.read_bytes() in allowed, (number, page.name)
        assert_the_next_run_completes(warm, project, expected)
        shutil.rmtree(project)
    assert refused


@pytest.mark.slow
def test_what_cannot_be_read_is_told(warm, whole, tmp_path):
    """EIO at some read: of a file of reviews the others are read all the same; of the store or key the run refuses.

    Some reads are tried again, and no harm is done."""
    before, expected, _ = whole["later"]
    calls = warm(shutil.copytree(before, tmp_path / "counted"), first=FOREVER, reads=1)["calls"]
    for number in some(calls, 25):
        project = shutil.copytree(before, tmp_path / str(number))
        done = warm(project, first=number, error=errno.EIO, reads=1)
        assert done["code"] in (0, 3, 6), (number, done)
        assert "Traceback" not in done["err"]
        assert done["code"] == 0 or done["err"].strip(), number
        assert_the_next_run_completes(warm, project, expected, in_order=False)


@pytest.mark.parametrize(
    "files", [7, *(pytest.param(n, marks=pytest.mark.slow) for n in (6, 8, 9, 10, 11, 12, 14, 16))]
)
def test_too_few_open_files(warm, whole, tmp_path, files):
    before, expected, _ = whole["later"]
    project = shutil.copytree(before, tmp_path / "project")
    done = warm(project, limits={"RLIMIT_NOFILE": files})
    assert_refused(done)
    assert_the_next_run_completes(warm, project, expected)


@pytest.mark.parametrize("size", [100_000, *(pytest.param(n, marks=pytest.mark.slow) for n in (20_000, 300_000))])
def test_files_may_not_grow(warm, whole, tmp_path, size):
    """A quota, as far as a process can set one for itself."""
    before, expected, _ = whole["later"]
    project = shutil.copytree(before, tmp_path / "project")
    done = warm(project, limits={"RLIMIT_FSIZE": size})
    assert_refused(done)
    assert done["code"] == 6
    assert_the_next_run_completes(warm, project, expected)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
@pytest.mark.parametrize("kilobytes", [640, *(pytest.param(n, marks=pytest.mark.slow) for n in (256, 1500))])
def test_a_disk_that_is_really_full(warm, whole, tmp_path, kilobytes):
    before, expected, _ = whole["first"]
    (tmp_path / "disk").mkdir()
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", tmp_path / "disk"]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        project = tmp_path / "disk" / "project"
        put(project, EARLIER | LATER)
        shutil.copy(before / "reviewpipe.key", project)
        done = warm(project)
        assert_refused(done)
        assert done["code"] == 6
        subprocess.run(["mount", "-o", "remount,size=50m", tmp_path / "disk"], check=True)
        assert_the_next_run_completes(warm, project, expected)
    finally:
        subprocess.run(["umount", "-l", tmp_path / "disk"], check=True)
