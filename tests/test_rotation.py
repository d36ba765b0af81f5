import shutil
import sqlite3

import pytest

from reviewpipe import config, keys
from reviewpipe.anonymise import Key
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
ROWS = {
    "a.csv": [
        "2026-08-03,Wanda Q.,5,My shoulder is free again after two visits and I sleep",
        "2026-08-09,Ilka S.,4,Calm room",
    ],
    "b.csv": ["2026-09-14,Wanda Q.,2,It came back within a week", "2026-09-20,Odo P.,5,Thorough and kind"],
}


@pytest.fixture
def ready(project, call):
    for name, rows in ROWS.items():
        (project / "data" / "raw" / name).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    assert call("run", "--project", project)[0] == 0
    return project


def people(project):
    """Texts by person, whatever the pseudonyms are."""
    with sqlite3.connect(project / "data" / "processed" / "reviews.db") as direct:
        rows = direct.execute("SELECT person, text FROM reviews ORDER BY text").fetchall()
    direct.close()
    groups = {}
    for person, text in rows:
        groups.setdefault(person, []).append(text)
    return set(groups), sorted(groups.values())


def test_a_new_key_gives_new_pseudonyms_to_the_same_people(ready, call):
    before = people(ready)
    old = (ready / "reviewpipe.key").read_bytes()
    code, out, _ = call("key", "rotate", "--project", ready)
    assert (code, "4 reviews have new pseudonyms" in out) == (0, True)
    after = people(ready)
    assert before[1] == after[1]
    assert before[0].isdisjoint(after[0])
    assert (ready / "reviewpipe.key").read_bytes() != old
    assert not (ready / "reviewpipe.key.new").exists()
    assert "0 reviews read" in call("run", "--project", ready)[1]


def test_what_was_forgotten_stays_forgotten_under_the_new_key(ready, call):
    call("forget", "--name", "Wanda Q.", "--yes", "--project", ready)
    call("key", "rotate", "--project", ready)
    assert people(ready)[1] == [["Calm room"], ["Thorough and kind"]]


def test_without_a_raw_file_the_key_stays(ready, call):
    (ready / "data" / "raw" / "b.csv").unlink()
    old = (ready / "reviewpipe.key").read_bytes()
    code, _, err = call("key", "rotate", "--project", ready)
    assert (code, "Put them back" in err) == (2, True)
    assert (ready / "reviewpipe.key").read_bytes() == old


def test_a_rotation_interrupted_before_the_key_moved_is_completed(ready):
    settings = config.load(ready)
    new = Key.load_or_create(keys.successor(settings))
    with Store.open(settings.store) as store:
        store.set_meta(keys.MADE_WITH, new.mark())
        assert keys.key_of(settings, store).mark() == new.mark()
    assert not keys.successor(settings).exists()


def test_another_key_or_none_is_refused_before_anything_is_written(ready, call):
    pages = {path: path.read_bytes() for path in (ready / "reports").iterdir()}
    shutil.move(ready / "reviewpipe.key", ready / "aside")
    for command in (["run"], ["dashboard"], ["forget", "--name", "Odo P.", "--yes"]):
        code, _, err = call(*command, "--project", ready)
        assert (code, "backup" in err) == (6, True)
    assert not (ready / "reviewpipe.key").exists()
    Key.load_or_create(ready / "reviewpipe.key")
    code, _, err = call("run", "--project", ready)
    assert (code, "another key" in err) == (6, True)
    assert {path: path.read_bytes() for path in (ready / "reports").iterdir()} == pages


def test_a_destroyed_key_is_gone(ready, call):
    assert call("key", "destroy", "--yes", "--project", ready)[0] == 0
    assert not (ready / "reviewpipe.key").exists()
    assert call("key", "destroy", "--yes", "--project", ready)[0] == 2
    assert call("run", "--project", ready)[0] == 6
