"""Several at once, clocks that jump, time zones, dates at the edges: the same store."""

import json
import os
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from reviewpipe import config, doctor, pipeline, publish
from reviewpipe.anonymise import Key
from reviewpipe.errors import StoreError
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
PARTS = ("knee", "neck", "shoulder", "hip", "heel", "back")
TODAY = date(2026, 11, 23)


def put(project, name, rows):
    path = project / "data" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    os.utime(path, (1_794_000_000, 1_794_000_000))


def rows(file, count):
    return [
        f"2026-0{1 + n % 9}-1{file % 9},P{file} Q{n}.,{1 + n % 5},My {PARTS[n % 6]} was better after visit {n * file}"
        for n in range(count)
    ]


def dump(project):
    """The store but for the diary of its runs, which tells the time."""
    with sqlite3.connect(project / "data" / "processed" / "reviews.db") as direct:
        lines = [line for line in direct.iterdump() if not line.startswith('INSERT INTO "runs"')]
    direct.close()
    return lines


def test_of_ten_runs_at_once_one_works_and_nine_leave_at_once(warm, project):
    for file in range(1, 6):
        put(project, f"{file}.csv", rows(file, 60))
    done = warm.at_once(project, *[("run",)] * 10)
    worked = [one for one in done if one["code"] == 0]
    left = [one for one in done if one["code"] == 5]
    assert (len(worked), len(left)) == (1, 9), [(one["code"], one["err"]) for one in done]
    assert "300 reviews read = " in worked[0]["out"]
    assert all("Another run is at work" in one["err"] and len(one["err"].splitlines()) == 1 for one in left)
    assert max(one["took"] for one in left) < worked[0]["took"]
    with Store.open(config.load(project).store) as store:
        assert store.soundness() == []


def test_readers_work_all_the_while(warm, project):
    put(project, "1.csv", rows(1, 20))
    assert warm(project)["code"] == 0
    for file in range(2, 8):
        put(project, f"{file}.csv", rows(file, 60))
    readers = [("quotes", "--format", "json"), ("export", "--format", "jsonl"), ("doctor",), ("backup",)]
    run, *others = warm.at_once(project, ("run",), *readers)
    assert run["code"] == 0, run
    for done, command in zip(others, readers, strict=True):
        assert done["code"] == 0, (command, done)
    assert isinstance(json.loads(others[0]["out"]), list)
    assert len(others[1]["out"].splitlines()) >= 20


def test_a_reader_sees_the_store_of_one_moment(project):
    put(project, "1.csv", rows(1, 20))
    settings = config.load(project)
    pipeline.run(settings, datetime.now(UTC))
    with Store.open(settings.store) as store:
        with store.snapshot():
            cells, files = store.cells(), len(store.files())
            put(project, "2.csv", rows(2, 60))
            pipeline.run(settings, datetime.now(UTC))
            assert (store.cells(), len(store.files()), len(store.reviews())) == (cells, files, 20)
            with pytest.raises(StoreError, match="readonly"):
                store.set_meta("note", "a reader writes nothing")
        assert (len(store.files()), len(store.reviews())) == (2, 80)
        store.set_meta("note", "afterwards it may")


def test_doctor_tells_of_the_store_of_one_moment(project):
    put(project, "1.csv", rows(1, 20))
    settings = config.load(project)
    pipeline.run(settings, datetime.now(UTC))
    publish.pages(settings, TODAY)
    findings = []
    for finding in doctor.examine(settings, TODAY):
        findings.append(finding.what)
        if finding.what.startswith("the store holds"):
            put(project, "2.csv", rows(2, 60))
            pipeline.run(settings, datetime.now(UTC))
    assert "the dashboard is what the store gives today" in findings


def test_a_run_that_was_killed_does_not_hold_the_lock(warm, project):
    for file in range(1, 6):
        put(project, f"{file}.csv", rows(file, 60))
    assert warm(project, first=60)["code"] == -9, "a first run changes files some 260 times"
    assert (project / ".reviewpipe.lock").exists()
    assert warm(project)["code"] == 0


# Behind and ahead of UTC by more than half a day, with half and quarter hours, with and without summer time.
ZONES = ["UTC", "America/Chicago", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
EDGES = [
    "1970-01-01,Edda R.,5,The first day of all computers",
    "1989-12-31,Edda S.,5,Long before anybody wrote this down",
    "2026-03-08 02:30:00,Edda T.,4,An hour that Chicago did not have",
    "2026-11-01T01:30:00,Edda U.,4,An hour that Chicago had twice",
    "2026-11-06 23:59:59,Edda V.,4,The last second of the day",
    "2038-01-19,Edda W.,3,The last day of thirty-two bits",
    "9999-12-31,Edda X.,3,The last day of all calendars",
    "0001-01-01,Edda Y.,3,The first day of all calendars",
]


@pytest.fixture
def edges(tmp_path):
    """A function that makes the same practice anew in another folder."""

    def made(name):
        put(tmp_path / name, "a.csv", [*EDGES, *rows(1, 6)])
        (tmp_path / name / "reviewpipe.key").write_bytes(b"k" * 32)
        (tmp_path / name / "reviewpipe.key").chmod(0o600)
        return tmp_path / name

    return made


@pytest.mark.parametrize(
    "zones", [pytest.param([ZONES[0], ZONES[3]], id="two"), pytest.param(ZONES, id="all", marks=pytest.mark.slow)]
)
def test_the_time_zone_of_the_machine_changes_nothing(warm, edges, zones):
    found = []
    for zone in zones:
        project = edges(zone.replace("/", "_"))
        done = warm(project, env={"TZ": zone})
        assert done["code"] in (0, 3), done  # dates that cannot be are refused
        assert "Traceback" not in done["err"]
        found.append((dump(project), (project / "reports" / "dashboard.html").read_bytes()))
    assert all(one == found[0] for one in found)


MOMENTS = [
    datetime(2026, 11, 8, 12, tzinfo=UTC),
    datetime(2026, 11, 7, 12, tzinfo=UTC),  # a day back
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # as clocks go back in Chicago
    datetime(2027, 3, 14, 8, 30, tzinfo=UTC),  # as they go forward
    datetime(1970, 1, 1, tzinfo=UTC),  # a machine whose clock was never set
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
]


def test_a_clock_that_jumps_changes_nothing(edges):
    found = []
    for number, moment in enumerate(MOMENTS):
        project = edges(str(number))
        pipeline.run(config.load(project), moment)
        pipeline.run(config.load(project), moment - timedelta(days=1))
        found.append(dump(project))
    assert all(one == found[0] for one in found)


def test_pages_of_a_day_before_are_made_all_the_same(edges):
    settings = config.load(edges("p"))
    pipeline.run(settings, MOMENTS[0])
    pages = {}
    for moment in (MOMENTS[1], MOMENTS[4]):
        for path in publish.pages(settings, moment.date()):
            pages.setdefault(path.name, set()).add(path.read_bytes())
    assert len(pages["dashboard.html"]) == 2


def test_three_runs_are_one(edges, call):
    project = edges("p")
    assert Key.load_or_create(project / "reviewpipe.key")
    seen = []
    for _ in range(3):
        assert call("run", "--project", project)[0] in (0, 3)
        seen.append((dump(project), {path.name: path.read_bytes() for path in (project / "reports").iterdir()}))
    assert seen[0] == seen[1] == seen[2]
