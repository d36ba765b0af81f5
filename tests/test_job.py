"""A nightly job: what it says beforehand, what it tells once, how it stops, what it writes down, what it may remove."""

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

import killing
from canaries import canaries_of
from reviewpipe import config, ingest, keys, pipeline, rawfolder, retention
from reviewpipe.errors import StoreError, UsageError
from reviewpipe.rehearsal import rehearse
from reviewpipe.runlog import Log
from reviewpipe.store import Counts, Store, in_memory

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
HEAD = "date,client,rating,comment\n"


def rows(first, last):
    return "".join(f"2026-09-{n:02d},Ilka S.,5,Visit {n} freed my knee a little more\n" for n in range(first, last + 1))


def put(project, name, content):
    path = project / "data" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def state(folder):
    """Every file and folder below, with content and date."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in [folder, *folder.rglob("*")]
    }


# --- a dry run


def test_a_dry_run_before_the_first_run_writes_nothing_at_all(project, call):
    put(project, "desk/a.csv", HEAD + rows(1, 3))
    put(project, "desk/Quillan Ostrander.csv", b"")
    before = state(project)
    code, out, err = call("run", "--dry-run", "--project", project, "--max-bad", "50%")
    assert (code, state(project)) == (0, before), err
    assert "new        desk/a.csv: 3 new + 0 edited + 0 duplicate + 0 rejected" in out
    assert "unreadable desk/[NAME].csv" in out
    assert "Quillan" not in out + err


def test_a_dry_run_says_what_the_run_then_does(project, call):
    put(project, "same.csv", HEAD + rows(1, 2))
    put(project, "grown.csv", HEAD + rows(3, 4))
    put(project, "bad.json", '{"reviews": [')
    call("run", "--project", project)
    put(project, "grown.csv", HEAD + rows(3, 6))
    put(project, "copy.csv", HEAD + rows(1, 2))
    put(project, "new.csv", HEAD + rows(2, 3) + "2026-10-01,Odo P.,5,Calm and thorough\n")
    put(project, "twin.csv", HEAD + rows(2, 3) + "2026-10-01,Odo P.,5,Calm and thorough\n")
    put(project, "late.csv.part", HEAD)
    put(project, "photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40)
    before = state(project)
    code, out, _ = call("run", "--dry-run", "--json", "--project", project)
    dry = json.loads(out)
    assert (code, state(project)) == (0, before)
    assert {one["file"]: one["state"] for one in dry["by_file"]} == {
        "bad.json": "unreadable", "copy.csv": "known", "grown.csv": "changed", "late.csv.part": "waiting", "new.csv": "new",
        "photo.jpg": "unreadable", "same.csv": "known", "twin.csv": "copy",
    }  # fmt: skip
    assert {one["file"]: one["new"] for one in dry["by_file"] if one["read"]} == {"grown.csv": 2, "new.csv": 1}
    assert dry["dry_run"]
    wet = json.loads(call("run", "--json", "--project", project)[1])
    differ = {"started", "seconds", "dry_run", "by_file"}
    assert {k: v for k, v in dry.items() if k not in differ} == {k: v for k, v in wet.items() if k not in differ}


def test_a_dry_run_sees_settings_that_changed(project):
    put(project, "a.csv", HEAD + rows(1, 2))
    pipeline.run(config.load(project), NOW)
    (project / "reviewpipe.toml").write_text('[[staff]]\nname = "Marisol Vega"\n', encoding="utf-8")
    before = state(project)
    summary, (seen,) = rehearse(config.load(project))
    assert (seen.state, seen.counts, summary.again) == ("again", Counts(2, 0, 0, 2, 0), 1)
    assert state(project) == before


def test_a_dry_run_after_a_run_that_was_killed(project):
    """Its last transactions stand in the log of SQLite only; they count, and stay where they are."""
    put(project, "a.csv", HEAD + rows(1, 2))
    settings = config.load(project)
    pipeline.run(settings, NOW)
    with sqlite3.connect(settings.store) as open_elsewhere:
        open_elsewhere.execute("SELECT 1 FROM meta").fetchall()
        put(project, "b.csv", HEAD + rows(3, 4))
        pipeline.run(settings, NOW)
        beside = {path: path.read_bytes() for path in settings.store.parent.iterdir()}
        killed = project / "killed"
        killed.mkdir()
        for path, content in beside.items():
            (killed / path.name).write_bytes(content)
    open_elsewhere.close()
    assert (killed / "reviews.db-wal").stat().st_size
    before = {name: one for name, one in state(killed).items() if not name.endswith("-shm")}
    with in_memory(killed / "reviews.db") as store:
        assert len(store.files()) == 2
    assert {name: one for name, one in state(killed).items() if not name.endswith("-shm")} == before


def test_a_dry_run_does_not_guess_with_another_key(project):
    put(project, "a.csv", HEAD + rows(1, 2))
    settings = config.load(project)
    pipeline.run(settings, NOW)
    settings.key_file.unlink()
    with pytest.raises(StoreError, match="backup"):
        rehearse(settings)
    assert not settings.key_file.exists()
    # A rotation that was cut off has laid the new key beside the old one.
    put(project, "c.csv", HEAD)
    with Store.open(settings.store) as store:
        store.set_meta(keys.MADE_WITH, "0" * 16)
    before = state(project)
    with pytest.raises(StoreError):
        rehearse(settings)
    assert state(project) == before


def test_an_older_store_is_looked_at_as_it_is(tmp_path):
    from sample import ROOT

    old = sqlite3.connect(tmp_path / "reviews.db")
    old.executescript((ROOT / "tests" / "cases" / "store_2.sql").read_text(encoding="utf-8"))
    old.close()
    before = state(tmp_path)
    with in_memory(tmp_path / "reviews.db") as store:
        assert (len(store.files()), store.failures()) == (1, [])
    assert state(tmp_path) == before
    newer = sqlite3.connect(tmp_path / "reviews.db")
    newer.executescript("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    newer.close()
    with pytest.raises(StoreError, match="Update reviewpipe"):
        in_memory(tmp_path / "reviews.db")
    (tmp_path / "reviews.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        in_memory(tmp_path / "reviews.db")


# --- which files, and how many may be bad


def test_since_looks_at_what_arrived_then_whatever_its_own_date(project, call):
    old = put(project, "a.csv", HEAD + rows(1, 2))
    broken = put(project, "broken.json", '{"reviews": [')
    os.utime(old, (OCTOBER, OCTOBER))
    call("run", "--project", project)
    time.sleep(1.1)
    since = datetime.now().astimezone().replace(tzinfo=None).isoformat(timespec="seconds")
    time.sleep(1.1)
    late = put(project, "b.csv", HEAD + rows(3, 4))
    os.utime(late, (OCTOBER, OCTOBER))  # as `cp -p` and archives leave it
    code, out, err = call("run", "--json", "--since", since, "--project", project)
    told = json.loads(out)
    assert (code, told["new"], told["files"], told["older_files"], err) == (0, 2, 3, 2, "")
    code, out, err = call("run", "--since", "2099-01-01", "--project", project)
    assert (code, err) == (0, ""), "nothing new is no failure"
    assert "3 older ones not looked at" in out
    assert call("run", "--project", project)[2] == "", "what was told before is still known"
    assert broken.exists()


def test_since_does_not_hold_after_a_rotation_that_was_cut_off(project, call):
    """The names behind the reviews are read again from all files before any page is written."""
    put(project, "a.csv", HEAD + rows(1, 2))
    call("run", "--project", project)
    with Store.open(config.load(project).store) as store, store.transaction():
        store.start_anew(())
    told = json.loads(call("run", "--json", "--since", "2099-01-01", "--project", project)[1])
    assert (told["exit_code"], told["read"], told["older_files"]) == (0, 2, 0)


@pytest.mark.parametrize(("share", "code"), [("0.5", 0), ("50%", 0), ("1", 0), ("0.4", 3), ("40 %", 3), ("5", 2), ("x", 2)])  # fmt: skip
def test_max_bad_overrides_the_settings_for_this_run(project, call, share, code):
    put(project, "a.csv", HEAD + rows(1, 2))
    put(project, "b.csv", b"")
    got, _, err = call("run", "--max-bad", share, "--project", project)
    assert got == code, err
    assert code != 3 or "--max-bad" in err


# --- a broken file is told once


def test_a_broken_file_is_told_once_for_its_content(project, call):
    broken = put(project, "broken.json", '{"reviews": [')
    put(project, "photo.txt", "Just a note about the opening hours of the shop.\n")
    code, out, err = call("run", "--project", project)
    assert (code, err.count("broken.json")) == (3, 1)
    code, out, err = call("run", "--project", project)
    assert (code, err) == (0, "")
    assert "1 file still not readable, see `reviewpipe doctor`." in out
    assert "broken.json" in call("doctor", "--project", project)[1]
    told = json.loads(call("run", "--json", "--project", project)[1])
    assert (told["exit_code"], told["failed_files"], told["still_failed_files"]) == (0, 1, 1)
    broken.rename(broken.with_name("renamed.json"))
    assert call("run", "--project", project)[0] == 0, "the same content under another name"
    put(project, "renamed.json", '{"reviews": [[')
    code, _, err = call("run", "--project", project)
    assert (code, err.count("renamed.json")) == (3, 1), "other content is told"
    put(project, "renamed.json", '{"reviews": [')
    assert call("run", "--project", project)[0] == 3, "content that was away and is back is told as well"
    (project / "reviewpipe.toml").write_text('[[staff]]\nname = "Marisol Vega"\n', encoding="utf-8")
    assert call("run", "--project", project)[0] == 3, "it was tried in another way"


def test_files_that_look_the_same_are_told_and_counted_each(project, call):
    put(project, "Quillan Ostrander.csv", b"")
    put(project, "Petra Lindqvist.csv", b"PK\3\4")
    (project / "data" / "raw" / "Odalys Brandt.csv").symlink_to("/etc/hostname")
    for name in "abcd":
        put(project, f"{name}.csv", HEAD + rows(ord(name) - 96, ord(name) - 96))
    told = json.loads(call("run", "--json", "--project", project)[1])
    assert (told["failed_files"], told["still_failed_files"]) == (3, 0)
    put(project, "Wenzel Ostrander.csv", b"")
    (project / "data" / "raw" / "Teodora Brandt.csv").symlink_to("/etc/hostname")
    _, out, err = call("run", "--json", "--project", project)
    assert (json.loads(out)["failed_files"], json.loads(out)["still_failed_files"]) == (5, 3)
    assert [line.split(":")[1] for line in err.splitlines() if line.startswith("Not read")] == [" [NAME].csv"] * 2
    with Store.open(config.load(project).store) as store:
        assert len(store.failures()) == 5


# --- what programs read


@pytest.mark.parametrize(("damage", "code"), [("nothing to read", 3), ("locked", 5), ("store", 6), ("settings", 2)])
def test_json_says_how_a_run_failed(project, call, damage, code):
    from filelock import FileLock

    lock = FileLock(project / ".reviewpipe.lock")
    if damage != "nothing to read":
        put(project, "a.csv", HEAD + rows(1, 2))
    if damage == "store":
        (project / "data" / "processed" / "reviews.db").mkdir(parents=True)
    if damage == "settings":
        (project / "reviewpipe.toml").write_text("[practise]\n", encoding="utf-8")
    if damage == "locked":
        lock.acquire()
    got, out, err = call("run", "--json", "--project", project)
    lock.release()
    told = json.loads(out)
    assert (got, told["exit_code"]) == (code, code)
    assert told["error"] in err
    assert datetime.fromisoformat(told["started"]).tzinfo
    assert told["seconds"] >= 0


# --- the log


def lines_of(project):
    return [json.loads(line) for line in (project / "logs" / "run.log").read_text(encoding="utf-8").splitlines()]


def test_the_log_holds_numbers_digests_and_no_names(project, call):
    put(project, "Quillan Ostrander.csv", HEAD + rows(1, 2))
    put(project, "Petra Lindqvist.json", "{")
    call("run", "--project", project, "--max-bad", "1")
    lines = lines_of(project)
    assert [line["event"] for line in lines] == ["started", "file", "file", "published", "finished"]
    assert len({line["run"] for line in lines}) == 1
    assert sorted((line["outcome"], line["new"], len(line["digest"])) for line in lines[1:3]) == [
        ("read", 2, 12),
        ("unreadable", 0, 12),
    ]
    assert (lines[4]["exit_code"], lines[4]["read"], lines[4]["failed_files"]) == (0, 2, 1)
    text = (project / "logs" / "run.log").read_text(encoding="utf-8")
    assert not [name for name in ("Quillan", "Petra", "Ilka", "knee") if name in text]
    assert (project / "logs" / "run.log").stat().st_mode & 0o777 == 0o600
    assert canaries_of(project / "logs" / "run.log") == []


def test_the_log_can_lie_elsewhere_or_nowhere(project, call):
    put(project, "a.csv", HEAD + rows(1, 2))
    for name in ("", "nightly.jsonl"):
        (project / "reviewpipe.toml").write_text(f'[log]\nfile = "{name}"\n', encoding="utf-8")
        assert call("run", "--project", project)[0] == 0
    assert not (project / "logs").exists()
    assert (project / "nightly.jsonl").is_file()


def test_a_log_that_cannot_be_written_stops_nothing(project, call):
    put(project, "a.csv", HEAD + rows(1, 2))
    (project / "logs").write_text("a file where the folder should be", encoding="utf-8")
    code, out, err = call("run", "--project", project)
    assert (code, len(err.splitlines())) == (0, 1), err
    assert "goes on without it" in err
    assert "2 new" in out


def test_the_log_does_not_grow_for_ever(tmp_path):
    log = Log(tmp_path / "run.log", "now")
    for number in range(2000):
        log.write("file", number=number, words="x" * 4000)
    log.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"run.log", *(f"run.log.{n}" for n in range(1, 6))}
    assert max(sizes.values()) <= 1_000_000
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


# --- stopped by a signal


MANY = 12


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A practice of many files, read without interruption."""
    folder = tmp_path_factory.mktemp("whole")
    for number in range(MANY):
        put(
            folder,
            f"{number:02d}.csv",
            HEAD + "".join(
                f"2026-0{n % 9 + 1}-{number + 1:02d},Person {chr(65 + number)}{chr(97 + n % 26)}.,{n % 5 + 1},"
                f"Visit {n} of month {number} freed my {part} and room {n * n} was calm and warm\n"
                for n, part in enumerate(("knee", "hip", "neck", "left foot") * 5)
            ),
        )  # fmt: skip
    done = subprocess.run(killing.program(folder, "run"), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def unread(whole, folder):
    """The same practice before its run, with the same key."""
    shutil.copytree(whole / "data" / "raw", folder / "data" / "raw")
    shutil.copy2(whole / "reviewpipe.key", folder)
    return folder


def result(folder):
    """The store without its note of runs, and the pages."""
    with sqlite3.connect(folder / "data" / "processed" / "reviews.db") as direct:
        dump = [line for line in direct.iterdump() if not line.startswith('INSERT INTO "runs"')]
    direct.close()
    return dump, {path.name: path.read_bytes() for path in (folder / "reports").glob("*.html")}


def started(folder, *arguments):
    return subprocess.Popen(
        killing.program(folder, "run", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(folder, events, child):
    """Until the log of the run says so."""
    log = folder / "logs" / "run.log"
    while child.poll() is None and not (log.is_file() and log.read_text(encoding="utf-8").count('"event"') >= events):
        time.sleep(0.01)
    assert child.poll() is None, child.communicate()


@pytest.mark.parametrize(
    ("number", "events", "arguments"),
    [
        pytest.param(signal.SIGTERM, 1, (), marks=pytest.mark.slow),
        (signal.SIGTERM, 6, ()),
        (signal.SIGINT, 8, ("--json",)),
        pytest.param(signal.SIGTERM, MANY + 1, (), marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, 4, ("--executor", "processes"), marks=pytest.mark.slow),
        (signal.SIGTERM, 4, ("--executor", "processes")),
        pytest.param(signal.SIGINT, 4, ("--executor", "dask"), marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, 4, ("--executor", "dask"), marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_a_run_in_order_and_the_next_one_completes_it(whole, tmp_path, number, events, arguments):
    folder = unread(whole, tmp_path)
    child = started(folder, *arguments)
    wait_for(folder, events, child)
    os.killpg(child.pid, number)  # all its processes, as terminals and service managers do
    child.send_signal(number)  # once more, as `timeout` does
    out, err = child.communicate(timeout=30)
    assert child.returncode == 128 + number, err
    assert len(err.splitlines()) == 1, err
    assert f"stopped by {number.name}" in err
    assert "next run" in err
    assert [path for path in folder.rglob("*") if path.name.endswith((".part", "-wal", "-shm"))] == []
    last = lines_of(folder)[-1]
    assert (last["event"], last["exit_code"]) == ("finished", 128 + number)
    if "--json" in arguments:
        assert json.loads(out)["exit_code"] == 128 + number
    store = folder / "data" / "processed" / "reviews.db"
    if store.is_file():
        with Store.open(store) as opened:
            done = [note.counts.read for note in opened.files()]
        assert set(done) <= {20}, "whole files only"
        assert events == 1 or f"{len(done)} of {MANY} new files" in err
    again = subprocess.run(killing.program(folder, "run"), capture_output=True, check=False, text=True)
    assert (again.returncode, again.stderr) == (0, "")
    assert result(folder) == result(whole)


def test_what_vanished_is_marked_though_the_run_before_was_cut_off(project):
    """Cut off after the last file, before exports were compared."""

    def takeout(name, numbers):
        reviews = [
            {"reviewer": {"displayName": f"Person {n}"}, "starRating": "FIVE", "comment": f"Visit {n} helped my hip a lot",
             "createTime": f"2026-0{n}-11T09:00:00Z", "name": f"accounts/1/locations/2/reviews/C{n}"} for n in numbers
        ]  # fmt: skip
        put(project, f"{name}/reviews.json", json.dumps({"reviews": reviews}))

    class CutOff(BaseException):
        pass

    def cut_off(progress):
        if progress.outcome:
            raise CutOff

    settings = config.load(project)
    takeout("one", (1, 2, 3, 4))
    pipeline.run(settings, NOW)
    time.sleep(1.1)  # the newer export is known by its date, in seconds
    takeout("two", (1, 3, 4))
    with pytest.raises(CutOff):
        pipeline.run(settings, NOW, tell=cut_off)
    assert pipeline.run(settings, NOW).vanished == 1


# --- how long raw files are kept


def test_only_what_is_safely_in_the_store_is_removed(project, call, monkeypatch):
    (project / "reviewpipe.toml").write_text("[retention]\nraw_days = 0\n", encoding="utf-8")
    for name in ("one", "two"):
        reviews = [
            {"reviewer": {"displayName": "Ilka S."}, "starRating": "FIVE", "comment": f"Visit {n} helped my hip a lot",
             "createTime": f"2026-0{n}-11T09:00:00Z", "name": f"accounts/1/locations/2/reviews/C{n}"} for n in (1, 2, 3)
        ]  # fmt: skip
        put(project, f"{name}/reviews.json", json.dumps({"reviews": reviews, "part": name}))
    put(project, "refused.csv", HEAD + rows(1, 4) + "2099-01-01,Odo P.,5,Calm and thorough\n")
    put(project, "broken.json", "{")
    call("run", "--project", project, "--max-bad", "1")
    put(project, "new.csv", HEAD + rows(5, 6))
    code, out, _ = call("retention", "--project", project)
    assert code == 0
    assert "2 files may go, 3 files must stay." in out
    assert "1 row of it was refused and stands nowhere else" in out
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert call("retention", "--remove", "--project", project)[0] == 130, "nobody says yes"
    raw = project / "data" / "raw"
    assert (raw / "one" / "reviews.json").is_file()
    before = result(project)
    code, out, _ = call("retention", "--remove", "--yes", "--project", project)
    assert (code, out.splitlines()[-1]) == (0, "2 files removed.")
    assert {path.name for path in raw.rglob("*") if path.is_file()} == {"refused.csv", "broken.json", "new.csv"}
    assert result(project) == before
    assert sum(line["event"] == "removed" for line in lines_of(project)) == 2
    told = json.loads(call("run", "--json", "--project", project)[1])
    assert (told["new"], told["vanished"]) == (2, 0)
    with Store.open(config.load(project).store) as store:
        assert len(store.reviews()) == 9
        assert store.vanished() == 0


def test_an_empty_folder_is_as_it_should_be_where_raw_files_are_removed(project, call):
    (project / "reviewpipe.toml").write_text("[retention]\nraw_days = 0\n", encoding="utf-8")
    put(project, "a.csv", HEAD + rows(1, 2))
    assert call("run", "--project", project)[0] == 0
    assert call("retention", "--remove", "--yes", "--project", project)[0] == 0
    assert call("run", "--project", project)[0] == 0
    (project / "reviewpipe.toml").unlink()
    assert call("run", "--project", project)[0] == 3, "else it may be a disk that is not there"


def test_what_is_younger_or_read_with_other_settings_stays(project):
    path = put(project, "a.csv", HEAD + rows(1, 2))
    (project / "reviewpipe.toml").write_text("[retention]\nraw_days = 30\n", encoding="utf-8")
    pipeline.run(config.load(project), NOW)
    came = rawfolder.arrived(path)
    assert retention.aged(config.load(project), came + timedelta(days=29)) == []
    (one,) = retention.aged(config.load(project), came + timedelta(days=31))
    assert (one.place, one.days, one.kept) == ("a.csv", 31, "")
    listed = [one]
    path.write_text(HEAD + rows(1, 3), encoding="utf-8")
    later = rawfolder.arrived(path) + timedelta(days=40)
    assert retention.remove(config.load(project), listed, later) == [], "changed since it was listed"
    pipeline.run(config.load(project), NOW)
    text = '[retention]\nraw_days = 30\n[[staff]]\nname = "Marisol Vega"\n'
    (project / "reviewpipe.toml").write_text(text, encoding="utf-8")
    (one,) = retention.aged(config.load(project), later)
    assert "settings have changed" in one.kept
    assert retention.remove(config.load(project), [one], later) == []
    assert path.is_file()
    (project / "reviewpipe.toml").unlink()
    with pytest.raises(UsageError, match="raw_days"):
        retention.aged(config.load(project), later)


# --- files that do not hold still


def reading(monkeypatch, happens):
    """Something happens to the file just before or after its content is read."""
    read = ingest.read

    def and_then(path, *arguments, **options):
        if happens.when == "before":
            happens(path)
        try:
            return read(path, *arguments, **options)
        finally:
            if happens.when == "after":
                happens(path)

    monkeypatch.setattr(ingest, "read", and_then)


def happening(when, what):
    def happens(path):
        what(path)

    happens.when = when
    return happens


CHANGES = {
    "grows": lambda path: path.write_text(path.read_text() + rows(8, 9)),
    "is cut in two": lambda path: path.write_bytes(b""),
    "is replaced, date and size kept": lambda path: (
        (facts := path.stat()),
        path.write_text(path.read_text().replace("knee", "neck")),
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns)),
    ),
    "is renamed": lambda path: path.rename(path.with_name("renamed.csv")),
    "is deleted": lambda path: path.unlink(),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_does_not_hold_still_waits_for_the_next_run(project, monkeypatch, change, when):
    path = put(project, "a.csv", HEAD + rows(1, 3))
    settings = config.load(project)
    reading(monkeypatch, happening(when, CHANGES[change]))
    first = pipeline.run(settings, NOW)
    monkeypatch.undo()
    assert (first.counts, first.problems, len(first.waiting)) == (Counts(), (), 1)
    assert ("renamed" in first.waiting[0][1]) == (change in ("is renamed", "is deleted"))
    second = pipeline.run(settings, NOW)
    expected = {"grows": 5, "is replaced, date and size kept": 3, "is renamed": 3}.get(change, 0)
    assert second.counts.new == expected
    with Store.open(settings.store) as store:
        assert {note.digest for note in store.files()} <= {rawfolder.digest(one) for one in settings.raw.iterdir()}
    assert path.exists() == (change not in ("is renamed", "is deleted"))


def test_the_same_content_under_two_names_is_read_once(project):
    put(project, "a.csv", HEAD + rows(1, 3))
    put(project, "b.csv", HEAD + rows(1, 3))
    settings = config.load(project)
    summary = pipeline.run(settings, NOW)
    assert (summary.files, summary.counts) == (2, Counts(3, 3, 0, 0, 0))
    (settings.raw / "a.csv").unlink()
    (settings.raw / "b.csv").rename(settings.raw / "c.csv")
    again = pipeline.run(settings, NOW)
    assert (again.known, again.counts) == (1, Counts())
    with Store.open(settings.store) as store:
        assert [note.path for note in store.files()] == ["a.csv"]


def test_a_file_that_changed_after_it_was_read_brings_only_what_is_new(project):
    path = put(project, "a.csv", HEAD + rows(1, 3))
    settings = config.load(project)
    pipeline.run(settings, NOW)
    path.write_text(HEAD + rows(2, 5), encoding="utf-8")
    assert pipeline.run(settings, NOW).counts == Counts(4, 2, 0, 2, 0)
    with Store.open(settings.store) as store:
        assert len(store.reviews()) == 5, "what the file no longer holds stays"
        assert len(store.files()) == 2
