"""Bulk jobs: Parquet by the workers gives what a run gives, wherever files lie and whatever becomes of workers."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from threading import Event, Thread

import fsspec
import pyarrow.parquet as pq
import pytest

from dask_processes import Cluster
from reviewpipe import bulk, config, keys, pipeline, publish
from reviewpipe.bulk import coordinating, parquet, working
from reviewpipe.errors import LeakError, StoreError, UsageError
from reviewpipe.store import Store

NOW, TODAY = datetime(2026, 11, 3, 9, 0, tzinfo=UTC), date(2026, 11, 3)
HEAD = "Review ID,Date,Author,Rating,Platform,Review,Reply\n"
LONG = "The knot under my left shoulder blade let go after the third visit, and I can look over my shoulder again."
FILES = {
    "google/first.csv": [
        f'R-g00001,2026-09-02,Quilla Vanterpool,5,google,"{LONG}",',
        'R-g00002,2026-09-04,Odo Pellerin,2,google,"25 minutes late and then rushed.",',
        'R-g00003,2026-10-01,,1,google,"It hurt more the next day, and nobody called back.",',
        'R-g00004,2026-10-02,Ilka Sundby,4,google,,"Thank you, Ilka!"',
        "g5,2026-10-02,Ilka Sundby,,google,,",
    ],
    "yelp/second.csv": [
        f'R-y00001,2026-09-03,Quilla Vanterpool,5,yelp,"{LONG}",',  # the same words of the same person at another place
        'R-y00002,2026-10-05,Bo Tresco,5,yelp,"Far better than my chiropractor. Quilla Vanterpool sent me.",',
        'R-y00003,,Wanda Querfeld,3,yelp,"Calm room, high price.",',
        'R-y00004,2126-10-05,Wanda Querfeld,3,yelp,"Calm room.",',
    ],
    "google/third.csv": [
        'R-g00002,2026-09-04,Odo Pellerin,4,google,"25 minutes late, but they made up for it.",',  # edited
        f'R-g00001,2026-09-02,Quilla Vanterpool,5,google,"{LONG}",',  # again
        'R-g00009,2026-08-11,Pia Lindgren,5,google,"She showed me stretches for home, and they work.",Thanks',
    ],
}
SETTINGS = '[practice]\nname = "Bench & Calm"\n[thresholds]\nmax_rejected_share = 0.5\n'


def lay(folder, files=FILES):
    for place, rows in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def raw(tmp_path):
    return lay(tmp_path / "in")


@pytest.fixture
def practice(tmp_path):
    folder = tmp_path / "practice"
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "reviewpipe.toml").write_text(SETTINGS, encoding="utf-8")
    return config.load(folder)


def job(practice, raw, out, **more):
    return bulk.run(practice, str(raw), str(out), NOW, executor="serial", **more)


def held(practice, out):
    return bulk.parts(practice, str(out), keys.of_project(practice), executor="serial")


def page(practice, out, **more):
    asked = {"asked": None, "edition": "owner", **more}
    return publish.dashboard_page(practice, TODAY, parts=held(practice, out), **asked)


def by_a_run(practice, raw, tmp_path):
    """The same key and settings, the same files, read by a run into a store."""
    other = tmp_path / "other"
    shutil.copytree(raw, other / "data" / "raw")
    shutil.copy(practice.key_file, other)
    shutil.copy(practice.folder / "reviewpipe.toml", other)
    ran = config.load(other)
    pipeline.run(ran, NOW)
    return ran


def test_a_job_gives_what_a_run_gives(practice, raw, tmp_path):
    committed = job(practice, raw, tmp_path / "out")
    ran = by_a_run(practice, raw, tmp_path)
    with Store.open(ran.store) as store:
        wanted = {one.review_id: replace(one, person=None) for one in store.reviews()}
        counts = [note.counts for note in store.files()]
        cells, theme_cells, unanswered = store.cells(), store.theme_cells(), store.unanswered()
    parts = held(practice, tmp_path / "out")
    assert {one.review_id: one for one in parts.reviews()} == wanted
    assert (parts.cells(), parts.theme_cells()) == (cells, theme_cells)
    assert parts.unanswered() == unanswered
    assert committed.counts == sum(counts[1:], counts[0])
    assert committed.counts.edited == 1
    assert committed.counts.duplicate == 2
    assert committed.reasons == {"date in the future": 1, "neither text nor rating": 1}


@pytest.mark.parametrize("edition", ["owner", "share"])
def test_its_page_is_that_of_a_run(practice, raw, tmp_path, edition):
    job(practice, raw, tmp_path / "out")
    ran = by_a_run(practice, raw, tmp_path)
    wanted = publish.dashboard_page(ran, TODAY, None, edition).read_bytes()
    assert page(practice, tmp_path / "out", edition=edition).read_bytes() == wanted


def test_the_newest_reviews_are_those_of_a_store(practice, raw, tmp_path):
    job(practice, raw, tmp_path / "out")
    ran, parts = by_a_run(practice, raw, tmp_path), held(practice, tmp_path / "out")
    with Store.open(ran.store) as store:
        for asked in (
            {"limit": 3},
            {"limit": 100},
            {"since": "2026-09", "until": "2026-09-32", "limit": 2},
            {"since": "2027", "until": "2028", "limit": 2},
        ):
            wanted = [one.review_id for one in store.reviews(**asked)]
            assert [one.review_id for one in parts.reviews(**asked)] == wanted


def test_a_name_in_one_file_is_hidden_in_all(practice, raw, tmp_path):
    job(practice, raw, tmp_path / "out")
    texts = " ".join(one.text or "" for one in held(practice, tmp_path / "out").reviews())
    assert "[NAME] sent me" in texts
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    for name in (b"Quilla", b"Vanterpool", b"Pellerin", b"Querfeld"):
        assert name not in everything


def test_files_may_lie_and_go_anywhere(practice, raw, tmp_path):
    there = fsspec.filesystem("memory")
    there.put(str(raw), "/bulk/in", recursive=True)
    try:
        committed = job(practice, "memory://bulk/in", "memory://bulk/out")
        assert committed.counts == job(practice, raw, tmp_path / "out").counts
        assert len(held(practice, "memory://bulk/out").reviews()) == committed.counts.new
    finally:
        there.rm("/bulk", recursive=True)


@pytest.mark.parametrize("executor", ["processes", pytest.param("dask", marks=pytest.mark.slow)])
def test_every_executor_gives_the_same(practice, raw, tmp_path, executor):
    wanted = job(practice, raw, tmp_path / "one")
    assert bulk.run(practice, str(raw), str(tmp_path / "two"), NOW, executor=executor) == wanted
    for path in (tmp_path / "one").rglob("*.*"):
        assert (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes() == path.read_bytes()


class CutError(Exception):
    pass


def cut_off(at, stage, done, _):
    if (stage, done) == at:
        raise CutError


@pytest.mark.parametrize("stage", ["names", "reviews", "duplicates", "files"])
def test_a_job_that_is_cut_off_goes_on(practice, raw, tmp_path, stage):
    out = tmp_path / "out"
    with pytest.raises(CutError):
        job(practice, raw, out, tell=partial(cut_off, (stage, 2)))
    assert not (out / "committed.json").exists()
    done = {path.name: path.stat().st_mtime_ns for path in out.rglob("work/*.parquet")}
    seen = {}

    def look(stage, number, total):
        if (stage, number) == ("reviews", total):
            seen.update({path.name: path.stat().st_mtime_ns for path in out.rglob("work/*.parquet")})

    assert job(practice, raw, out, tell=look) == job(practice, raw, tmp_path / "whole")
    assert done.items() <= seen.items()
    assert [path.name for path in out.rglob("*") if path.is_dir()] == [held(practice, out).committed.result, "reviews"]
    assert not list(out.rglob("*.part"))


def test_the_old_result_stays_until_the_new_one_is_whole(practice, raw, tmp_path):
    out = tmp_path / "out"
    before = job(practice, raw, out)
    lay(raw, {"google/fourth.csv": ['R-g00010,2026-10-09,Bo Tresco,5,google,"No more headaches since March.",']})
    with pytest.raises(CutError):
        job(practice, raw, out, tell=partial(cut_off, ("files", 2)))
    assert len(held(practice, out).reviews()) == before.counts.new
    after = job(practice, raw, out)
    assert len(held(practice, out).reviews()) == after.counts.new == before.counts.new + 1
    assert len(list(out.glob("result-*"))) == 1


def test_what_is_done_is_not_done_again(practice, raw, tmp_path):
    first = job(practice, raw, tmp_path / "out")
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    assert job(practice, raw, tmp_path / "out") == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")} == files


def test_nothing_of_others_is_removed(practice, raw, tmp_path):
    out = tmp_path / "out"
    (out / "letters").mkdir(parents=True)
    (out / "letters" / "a.txt").write_text("mine", encoding="utf-8")
    job(practice, raw, out)
    assert (out / "letters" / "a.txt").read_text(encoding="utf-8") == "mine"


def test_only_the_owner_may_read_what_is_written(practice, raw, tmp_path):
    job(practice, raw, tmp_path / "out")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_who_was_forgotten_stays_so(practice, raw, tmp_path, call):
    shutil.copytree(raw, practice.raw, dirs_exist_ok=True)
    assert call("run", "--project", practice.folder)[0] == 0
    code, *_ = call("forget", "--project", practice.folder, "--name", "Bo Tresco", "--yes")
    assert code == 0
    committed = job(practice, raw, tmp_path / "out")
    assert committed.reasons["forgotten at its author's request"] == 1
    assert not [one for one in held(practice, tmp_path / "out").reviews() if "chiropractor" in (one.text or "")]


def test_what_cannot_be_read_is_told_without_names(practice, raw, tmp_path):
    (raw / "Odo Pellerin.csv").write_bytes(b"\x00\x01\x02" * 50)
    (raw / "_SUCCESS").write_bytes(b"")
    committed = job(practice, raw, tmp_path / "out")
    ((place, reason),) = committed.problems
    assert "Pellerin" not in place + reason
    assert committed.partitions == 4
    assert committed.counts == job(practice, lay(tmp_path / "sound"), tmp_path / "other").counts


def test_hostile_names_and_things_that_are_no_files(practice, raw, tmp_path):
    wanted = job(practice, raw, tmp_path / "one")
    names = [
        "with blank.csv",
        "quo'te\".csv",
        "new\nline.csv",
        "100%25.csv",
        "a#b?c.csv",
        "-r.csv",
        "ünï.csv",
        "*[x]{y}.csv",
    ]
    shutil.move(raw / "google", raw / "#%3F *")
    for name in names:
        (raw / name).write_text(HEAD, encoding="utf-8")
    (raw / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (raw / "loop").symlink_to(raw)
    (raw / "platform.csv").write_bytes(b"PAR1" + bytes(80) + b"PAR1")
    found = job(practice, raw, tmp_path / "two")
    assert found.counts == wanted.counts
    assert [place for place, _ in found.problems] == ["gone.csv", "loop", "platform.csv"]
    assert (tmp_path / "two" / "committed.json").exists()


def test_a_file_that_changes_while_it_is_read(practice, raw, tmp_path):
    partitions = coordinating.listed(str(raw), NOW)
    (raw / partitions[0].place).write_text(HEAD + 'g1,2026-09-02,,5,google,"Better.",\n', encoding="utf-8")
    with Store.open(practice.store) as store:
        known = pipeline.learn(practice, store)
    account = working.analysed(partitions[0], working.Job(practice, known, frozenset(), None, str(tmp_path / "out")))
    assert "changed while it was read" in account.problem
    assert not list((tmp_path / "out").rglob("*.parquet*"))


def test_a_name_in_a_result_does_not_come_out(practice, raw, tmp_path):
    job(practice, raw, tmp_path / "out")
    (file,) = (path for path in (tmp_path / "out").rglob("000001.parquet"))
    reviews = [replace(one, text="Odo Pellerin was there") for one in parquet.reviews_of(pq.read_table(file))]
    pq.write_table(parquet.table_of(reviews), file)
    with pytest.raises(LeakError, match="Nothing was written"):
        page(practice, tmp_path / "out")
    assert not list(practice.reports.glob("*.html"))


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (("{in}", "{in}/out"), "two folders beside each other"),
        (("{in}/google", "{in}"), "two folders beside each other"),
        (("file://{in}", "{in}/google/../out"), "two folders beside each other"),
        (("{in}/none", "{out}"), "no files in"),
        (("nowhere://a/b", "{out}"), "cannot be used"),
        (("{in}", "nowhere://a/b"), "cannot be used"),
    ],
)
def test_wrong_places(practice, raw, tmp_path, places, says):
    with pytest.raises(UsageError, match=says):
        job(practice, *(one.format_map({"in": raw, "out": tmp_path / "out"}) for one in places))


def test_a_result_that_cannot_be_used(practice, raw, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="no result"):
        page(practice, out)
    job(practice, raw, out)
    line = out / "committed.json"
    said = json.loads(line.read_text(encoding="utf-8"))
    for broken in ("{", "[]", json.dumps({**said, "counts": {"more": 1}})):
        line.write_text(broken, encoding="utf-8")
        with pytest.raises(StoreError, match="damaged"):
            page(practice, out)
    line.write_text(json.dumps(said), encoding="utf-8")
    (file,) = out.rglob("000001.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(StoreError, match="cannot be read"):
        page(practice, out)
    line.write_text(json.dumps({**said, "form": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match="another version"):
        page(practice, out)
    line.write_text(json.dumps({**said, "made_with": "0" * 16}), encoding="utf-8")
    with pytest.raises(StoreError, match="another key"):
        page(practice, out)


def test_the_commands(practice, raw, tmp_path, call):
    out = tmp_path / "out"
    code, said, _ = call("--project", practice.folder, "bulk", "run", raw, out, "--executor", "serial")
    assert code == 0
    assert "12 reviews read = 7 new + 1 edited + 2 duplicate + 2 rejected." in said
    assert (practice.reports / "bulk.html").exists()
    code, said, _ = call(
        "bulk", "dashboard", out, "--project", practice.folder, "--month", "2026-09", "--edition", "share"
    )
    assert code == 0
    assert said.strip().endswith("bulk-share.html")
    code, said, _ = call("bulk", "run", raw, out, "--project", practice.folder, "--json")
    assert json.loads(said)["new"] == 7
    (practice.folder / "reviewpipe.toml").write_text("[thresholds]\nmax_rejected_share = 0.01\n", encoding="utf-8")
    code, _, said = call("bulk", "run", raw, out, "--project", practice.folder)
    assert code == 3
    assert "refused" in said


def test_related_rows_are_those_that_share_a_trait():
    import numpy as np

    first = np.array([1, 2, 3, 4, 5], np.uint64), np.array([2, 2, 1])
    second = np.array([9, 2, 7], np.uint64), np.array([1, 1, 1])
    assert [one.tolist() for one in coordinating._related([first, second])] == [[0], [1]]  # noqa: SLF001  worth its own test


@pytest.mark.slow
def test_a_worker_is_killed_in_the_middle(practice, raw, tmp_path):
    for number in range(24):
        rows = [
            f'n{number}-{row},2026-10-0{row % 9 + 1},,5,google,"Visit {row} of {number} helped my neck.",'
            for row in range(60)
        ]
        lay(raw, {f"google/more-{number}.csv": rows})
    wanted = job(practice, raw, tmp_path / "one")
    cluster = Cluster(tmp_path).add().add().add()
    begun = Event()

    def kill():
        begun.wait(120)
        cluster.workers[0].kill()

    killer = Thread(target=kill)
    killer.start()
    try:
        cluster.ready()

        def tell(stage, done, _):
            if (stage, done) == ("reviews", 3):
                begun.set()

        got = bulk.run(practice, str(raw), str(tmp_path / "two"), NOW, executor=cluster.address, tell=tell)
    finally:
        begun.set()
        killer.join()
        cluster.close()
    assert got == wanted
    for path in (tmp_path / "one").rglob("*.*"):
        assert (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes() == path.read_bytes()
