import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

import killing
from reviewpipe import config, publish
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
ROWS = [
    "2026-08-03,Wanda Quillfeather,5,My shoulder is free again after two visits and I sleep",
    "2026-09-01,Ilka S.,5,My friend Quillfeather sent me here and my knee is fine now",
    "2026-09-14,Wanda Quillfeather,2,It came back within a week",
]


@pytest.fixture
def ready(project, call):
    (project / "data" / "raw" / "front desk.csv").write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    assert call("run", "--project", project)[0] == 0
    for month in ("2026-08", "2026-09"):
        assert call("report", "--month", month, "--project", project)[0] == 0
    return project


def everything(project):
    """All that the program wrote, but for the key and the raw files."""
    paths = [p for p in project.rglob("*") if p.is_file() and "raw" not in p.parts and p.suffix != ".key"]
    return b"".join(path.read_bytes() for path in paths)


def test_a_person_is_forgotten_and_no_import_brings_them_back(ready, call):
    assert b"free again" in everything(ready)
    code, out, _ = call("forget", "--name", "wanda quillfeather", "--yes", "--project", ready)
    assert (code, "2 reviews removed" in out, "front desk.csv" in out) == (0, True, True)
    for trace in (b"free again", b"within a week", b"uillfeather"):
        assert trace not in everything(ready)
    (ready / "data" / "raw" / "again.csv").write_text(HEAD + "\n".join(reversed(ROWS)) + "\n", encoding="utf-8")
    code, out, _ = call("run", "--project", ready)
    assert "3 reviews read = 0 new + 0 edited + 1 duplicate + 2 rejected" in out
    assert b"free again" not in everything(ready)


def test_one_review_is_forgotten_by_the_beginning_of_its_id(ready, call):
    with Store.open(ready / "data" / "processed" / "reviews.db") as store:
        chosen = next(review for review in store.reviews() if "within a week" in review.text)
    assert call("forget", chosen.review_id[:12], "--yes", "--project", ready)[0] == 0
    assert b"within a week" not in everything(ready)
    assert b"free again" in everything(ready)


def test_nobody_of_that_name_and_no_such_id(ready, call):
    code, _, err = call("forget", "--name", "Nobody Else", "--yes", "--project", ready)
    assert (code, "as it was signed" in err, "Nobody" in err) == (2, True, False)
    for one in ("zzzz", "", "%", "_" * 32):
        code, _, err = call("forget", one, "--yes", "--project", ready)
        assert (code, "means no review" in err) == (2, True)


def kept(project):
    """What is in the store, by text."""
    with Store.open(project / "data" / "processed" / "reviews.db") as store:
        assert store.soundness() == []
        return sorted((review.text, review.posted_on, review.source) for review in store.reviews())


def left(project):
    """The files of a project that is at rest, but for the raw ones."""
    return sorted(str(p.relative_to(project)) for p in project.rglob("*") if p.is_file() and "raw" not in p.parts)


def assert_done_or_not(project, before, call):
    """After a kill and the next run, a request is carried out, or nothing has happened."""
    kept(project)
    code, _, err = call("run", "--project", project)
    assert code == 0, err
    now = kept(project)
    if now != before["kept"]:
        assert [text for text, _, _ in now] == ["My friend [NAME] sent me here and my knee is fine now"]
        for trace in (b"free again", b"within a week", b"uillfeather"):
            assert trace not in everything(project)
    assert left(project) == before["left"]


FORGET = ("forget", "--name", "wanda quillfeather", "--yes")


@pytest.fixture
def copies(ready, tmp_path_factory):
    """Copies of the project, one for each moment, and what there was before."""
    folder = tmp_path_factory.mktemp("killed")
    before = {"kept": kept(ready), "left": left(ready)}
    return (lambda name: shutil.copytree(ready, folder / str(name))), before


def test_killed_after_some_time_it_is_done_or_not(copies, call):
    copy, before = copies
    whole = killing.duration(copy("whole"), *FORGET)
    for share in (0.85,):
        killing.after(project := copy(share), whole * share, *FORGET)
        assert_done_or_not(project, before, call)


@pytest.mark.slow
@pytest.mark.skipif(not killing.can_trace(), reason="needs strace, and leave to use it")
def test_killed_at_any_change_of_a_file_it_is_done_or_not(copies, call):
    """At every second of some 200 calls: all of them take twenty minutes.  SQLite writes many pages one after the other."""
    copy, before = copies
    seen = set()
    count = killing.calls(copy("counted"), *FORGET)
    for number in range(1, count + 1, 2):
        killing.at_call(project := copy(number), number, *FORGET)
        assert_done_or_not(project, before, call)
        seen.add(len(kept(project)))
        shutil.rmtree(project)
    assert seen == {1, 3}


def test_a_page_made_from_the_store_as_it_was_never_follows_the_new_one(ready):
    """Who makes pages waits for who else does: an old rendering cannot be written over that without the person."""
    settings = config.load(ready)
    with publish._only_writer(settings):  # noqa: SLF001  what a slow dashboard holds while it renders
        child = subprocess.Popen(killing.program(ready, *FORGET))
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(3)
    assert child.wait(60) == 0
    assert b"free again" not in everything(ready)


@pytest.mark.slow
def test_while_another_program_reads_the_store_the_pages_stay_noted_as_outdated(ready, call):
    path = ready / "data" / "processed" / "reviews.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT text FROM reviews").fetchall()
        assert call(*FORGET, "--project", ready)[0] == 0
        assert b"free again" in everything(ready)  # the reader may still need it
    assert call("run", "--project", ready)[0] == 0
    assert b"free again" not in everything(ready)
