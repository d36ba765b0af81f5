"""Backups: whole or not at all, while a run writes, and back to the same pages."""

import os
import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

import killing
from reviewpipe.schema import Label
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
ROWS = ["2026-08-03,Wanda Q.,5,My shoulder is free again and I sleep", "2026-08-09,Ilka S.,4,Calm room"]


def store_of(project):
    return project / "data" / "processed" / "reviews.db"


def dump(project):
    with sqlite3.connect(store_of(project)) as direct:
        lines = list(direct.iterdump())
    direct.close()
    return lines


def pages(project):
    return {path.name: path.read_bytes() for path in (project / "reports").glob("*.html")}


def texts(project):
    with Store.open(store_of(project)) as store:
        assert store.soundness() == []
        return sorted(text for _, text, _ in store.texts())


@pytest.fixture
def ready(project, call):
    """Two reviews, one labelled, a page that says so."""
    (project / "data" / "raw" / "a.csv").write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    assert call("run", "--project", project)[0] == 0
    with Store.open(store_of(project)) as store, store.transaction():
        one = store.reviews()[0]
        assert store.label(Label(one.review_id, "mixed", {"value": "absent"}, labelled_on="2026-10-01"), one.text)
    assert call("run", "--project", project)[0] == 0
    return project


def backed_up(project, call, *more):
    code, out, err = call("backup", *more, "--project", project)
    assert code == 0, err
    return Path(out.strip())


def test_a_backup_holds_the_store_for_its_owner_alone_and_no_key(ready, call):
    (ready / "consents.jsonl").write_text("", encoding="utf-8")
    made = backed_up(ready, call)
    assert made.parent == ready / "backups"
    assert sorted(path.name for path in made.iterdir()) == ["consents.jsonl", "reviews.db"]
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    secret = (ready / "reviewpipe.key").read_bytes()
    assert not [path for path in made.iterdir() if secret in path.read_bytes()]
    assert (backed_up(ready, call, "--with-key") / "reviewpipe.key").read_bytes() == secret


def test_what_is_restored_gives_the_same_store_and_pages(ready, call):
    before, looked = dump(ready), pages(ready)
    made = backed_up(ready, call)
    store_of(ready).write_bytes(b"rubbish" * 999)
    for path in (ready / "reports").glob("*.html"):
        path.unlink()
    code, out, err = call("backup", "--restore", made, "--project", ready)
    assert code == 0, err
    assert (dump(ready), pages(ready)) == (before, looked)
    (aside,) = (ready / "backups").glob("replaced-*")
    assert str(aside) in out
    assert (aside / "reviews.db").read_bytes() == b"rubbish" * 999
    assert "0 reviews read" in call("run", "--project", ready)[1]


def test_copying_it_back_by_hand_does_as_well(ready, call):
    before = dump(ready)
    made = backed_up(ready, call)
    shutil.rmtree(ready / "data" / "processed")
    (ready / "data" / "processed").mkdir()
    shutil.copy(made / "reviews.db", store_of(ready))
    assert call("run", "--project", ready)[0] == 0
    assert dump(ready) == before


def test_what_came_after_the_backup_is_read_again_and_the_forgotten_stay_so(ready, call):
    made = backed_up(ready, call)
    (ready / "data" / "raw" / "b.csv").write_text(HEAD + "2026-09-01,Odo P.,5,Thorough and kind\n", encoding="utf-8")
    assert call("run", "--project", ready)[0] == 0
    code, out, _ = call("forget", "--name", "Wanda Q.", "--yes", "--project", ready)
    assert (code, str(made) in out) == (0, True)
    assert call("backup", "--restore", made, "--project", ready)[0] == 0
    assert texts(ready) == ["Calm room"]
    assert call("run", "--project", ready)[0] == 0
    assert texts(ready) == ["Calm room", "Thorough and kind"]


def test_consents_only_grow(ready, call):
    made = backed_up(ready, call)
    with Store.open(store_of(ready)) as store:
        one = store.reviews()[0].review_id
    assert call("quotes", "use", one, "--where", "home page", "--project", ready)[0] == 0
    log = (ready / "consents.jsonl").read_bytes()
    assert call("backup", "--restore", made, "--project", ready)[0] == 0
    assert (ready / "consents.jsonl").read_bytes() == log
    later = backed_up(ready, call)
    (ready / "consents.jsonl").write_bytes(log[:-20] + b"\n")
    assert call("backup", "--restore", later, "--project", ready)[0] == 0
    assert (ready / "consents.jsonl").read_bytes() == log


def test_a_key_that_is_gone_comes_back_from_a_backup_that_holds_it(ready, call):
    plain, whole = backed_up(ready, call), backed_up(ready, call, "--with-key")
    (ready / "reviewpipe.key").unlink()
    code, _, err = call("backup", "--restore", plain, "--project", ready)
    assert (code, "Put your copy" in err) == (6, True)
    assert call("backup", "--restore", whole, "--project", ready)[0] == 0
    assert call("run", "--project", ready)[0] == 0


@pytest.mark.parametrize("what", ["damaged", "other key", "none"])
def test_a_backup_that_does_not_fit_changes_nothing(ready, call, what):
    made = backed_up(ready, call)
    if what == "damaged":
        content = (made / "reviews.db").read_bytes()
        (made / "reviews.db").write_bytes(content[: len(content) // 2])
    if what == "other key":
        assert call("key", "rotate", "--project", ready)[0] == 0
    before = dump(ready), (ready / "reviewpipe.key").read_bytes()
    code, _, err = call("backup", "--restore", ready if what == "none" else made, "--project", ready)
    assert code == (2 if what == "none" else 6)
    assert len(err.splitlines()) == 1
    assert (dump(ready), (ready / "reviewpipe.key").read_bytes()) == before
    assert not list((ready / "backups").glob("replaced-*"))


def test_a_damaged_store_gives_no_backup_and_earlier_ones_stay(ready, call):
    made = backed_up(ready, call)
    content = store_of(ready).read_bytes()
    store_of(ready).write_bytes(content[: len(content) // 2])
    code, _, err = call("backup", "--keep", "1", "--project", ready)
    assert (code, str(store_of(ready)) in err) == (6, True)
    assert [path for path in (ready / "backups").iterdir() if path.name != ".lock"] == [made]


def test_so_many_of_the_newest_are_kept_and_nothing_else_is_touched(ready, call, tmp_path):
    folder = tmp_path / "stick"
    (folder / "photos").mkdir(parents=True)
    made = [backed_up(ready, call, folder, "--keep", "2") for _ in range(4)]
    assert sorted(path.name for path in folder.iterdir() if path.name != ".lock") == sorted(
        ["photos", made[2].name, made[3].name]
    )


def test_while_runs_write_every_backup_is_whole(ready, call):
    """The program writes file after file; each backup holds all of a file or nothing of it."""
    raw = ready / "data" / "raw"
    per_file = 30
    for file in range(4):
        rows = [f"2026-07-{1 + n % 28:02d},P{file} Q{n}.,5,Number {n} of {file} was calm" for n in range(per_file)]
        (raw / f"more{file}.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    run = subprocess.Popen(killing.program(ready, "run"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    counts = set()
    while run.poll() is None:
        made = backed_up(ready, call, "--keep", "2")
        with sqlite3.connect(made / "reviews.db") as direct:
            counts.add(direct.execute("SELECT count(*) FROM reviews").fetchone()[0])
        direct.close()
    assert run.communicate()[1] == b""
    assert run.returncode == 0
    assert counts <= {2 + per_file * number for number in range(5)}
    assert len(texts(ready)) == 2 + per_file * 4


@pytest.mark.skipif(os.name != "posix", reason="needs limits of a process")
def test_a_full_disk_leaves_earlier_backups_and_nothing_half(ready, call):
    made = backed_up(ready, call)
    limit = store_of(ready).stat().st_size // 2 // 512
    done = subprocess.run(
        ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", *killing.program(ready, "backup")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 6, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "free space" in done.stderr
    assert [path for path in (ready / "backups").iterdir() if path.name != ".lock"] == [made]


SOME = [pytest.param(2, id="some"), pytest.param(10**6, id="all", marks=pytest.mark.slow)]


def points(calls, count):
    count = min(count, calls)
    return [(2 * n + 1) * calls // (2 * count) + 1 for n in range(count)]


@pytest.mark.parametrize("count", SOME)
def test_a_backup_that_was_killed_is_no_backup_and_the_next_one_clears_up(warm, ready, call, tmp_path, count):
    made = backed_up(ready, call)
    whole = (made / "reviews.db").read_bytes()
    calls = warm(shutil.copytree(ready, tmp_path / "counted"), "backup", first=killing.FOREVER)["calls"]
    for number in points(calls, count):
        project = shutil.copytree(ready, tmp_path / "killed")
        done = warm(project, "backup", first=number)
        assert done["code"] in (-9, 0), done
        for path in (project / "backups").glob("reviewpipe-*"):
            assert (path / "reviews.db").read_bytes() == whole, number
        assert warm(project, "backup")["code"] == 0
        assert not list((project / "backups").glob(".*.part"))
        shutil.rmtree(project)


@pytest.mark.parametrize("count", SOME)
def test_a_restoring_that_was_killed_can_be_called_again(warm, ready, call, tmp_path, count):
    made = backed_up(ready, call, "--with-key").relative_to(ready)
    before, looked = dump(ready), pages(ready)
    (ready / "data" / "raw" / "b.csv").write_text(HEAD + "2026-09-01,Odo P.,5,Thorough and kind\n", encoding="utf-8")
    assert call("run", "--project", ready)[0] == 0
    copied = shutil.copytree(ready, tmp_path / "counted")
    done = warm(copied, "backup", "--restore", str(copied / made), first=killing.FOREVER)
    assert done["code"] == 0, done
    for number in points(done["calls"], count):
        project = shutil.copytree(ready, tmp_path / "killed")
        assert warm(project, "backup", "--restore", str(project / made), first=number)["code"] in (-9, 0)
        assert store_of(project).is_file(), number
        again = warm(project, "backup", "--restore", str(project / made))
        assert again["code"] == 0, (number, again)
        with Store.open(store_of(project)) as store:
            assert store.soundness() == []
        # Names met since the backup stay known, and so does that they are to be looked for.
        assert set(before) - set(dump(project)) <= {line for line in before if "names not yet hidden" in line}
        assert {name: content for name, content in pages(project).items() if name == "dashboard.html"} == {
            "dashboard.html": looked["dashboard.html"]
        }
        shutil.rmtree(project)
