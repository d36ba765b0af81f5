import shutil
import sqlite3
from dataclasses import replace

import pytest

import killing
from reviewpipe import config, keys
from reviewpipe.anonymise import Key
from reviewpipe.schema import Label
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


def test_labels_stay_with_their_reviews(ready, call):
    with Store.open(ready / "data" / "processed" / "reviews.db") as store, store.transaction():
        for review in store.reviews():
            calm = review.text == "Calm room"
            label = Label(review.review_id, "neutral", {"atmosphere": "neutral"}, labelled_on="2026-10-01", drawn=calm)
            assert store.label(replace(label, outdated=review.text == "Thorough and kind"), review.text)
    assert call("forget", "--name", "Wanda Q.", "--yes", "--project", ready)[0] == 0
    assert call("key", "rotate", "--project", ready)[0] == 0
    with Store.open(ready / "data" / "processed" / "reviews.db") as store:
        texts = {review.review_id: review.text for review in store.reviews()}
        kept = {texts[label.review_id]: (label.drawn, label.outdated, label.themes) for label in store.labels()}
        assert store.soundness() == []
    said = {"atmosphere": "neutral"}
    assert kept == {"Calm room": (True, False, said), "Thorough and kind": (False, True, said)}


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


def test_answers_hold_under_the_new_key_and_no_fingerprint_of_the_old_one_stays(ready, call):
    (ready / "data" / "raw" / "c.csv").write_text(HEAD + "2026-10-01,Odo P.,5,We met Saltbox\n", encoding="utf-8")
    call("run", "--project", ready)
    assert call("redact", "--answer", "Saltbox=no", "--answer", "Quillonet=no", "--project", ready)[0] == 0
    before = (ready / "reviewpipe.answers").read_text().split()
    assert call("key", "rotate", "--project", ready)[0] == 0
    after = (ready / "reviewpipe.answers").read_text().split()
    assert (len(before), len(after)) == (4, 2)  # of what stands in no file nobody knows the word
    assert set(before) & set(after) == {"no"}
    assert call("redact", "We met Saltbox", "--project", ready)[1] == "We met Saltbox\n"
    assert "We met Saltbox" in [text for group in people(ready)[1] for text in group]


def test_a_destroyed_key_is_gone_and_with_it_all_that_joins_reviews_with_people(ready, call):
    assert call("redact", "--answer", "Saltbox=no", "--project", ready)[0] == 0
    (ready / "reviewpipe.answers.new").write_text("half\n")
    keys.successor(config.load(ready)).write_bytes(b"n" * 32)
    with sqlite3.connect(ready / "data" / "processed" / "reviews.db") as direct:
        known = {row[0].encode() for row in direct.execute("SELECT DISTINCT person FROM reviews")}
    direct.close()
    assert len(known) == 3
    assert call("key", "destroy", "--yes", "--project", ready)[0] == 0
    assert [path for path in ready.iterdir() if path.name.startswith("reviewpipe.")] == []
    content = b"".join(path.read_bytes() for path in (ready / "data" / "processed").iterdir())
    assert not [person for person in known if person in content]
    assert people(ready)[0] == {None}
    assert call("key", "destroy", "--yes", "--project", ready)[0] == 2
    assert call("run", "--project", ready)[0] == 6


def test_with_a_key_from_a_backup_pseudonyms_are_found_again(ready, call):
    before = people(ready)
    shutil.copy(ready / "reviewpipe.key", ready / "backup")
    assert call("key", "destroy", "--yes", "--project", ready)[0] == 0
    shutil.move(ready / "backup", ready / "reviewpipe.key")
    assert call("run", "--project", ready)[0] == 0
    assert people(ready) == before


def left(project):
    """The files of a project that is at rest, but for the raw ones."""
    return sorted(str(p.relative_to(project)) for p in project.rglob("*") if p.is_file() and "raw" not in p.parts)


def assert_rotated_or_not(project, before, call):
    """After a kill and the next run, all have new pseudonyms or all the old ones, and Odo stays forgotten; which?"""
    code, _, err = call("run", "--project", project)
    assert code == 0, err
    with Store.open(project / "data" / "processed" / "reviews.db") as store:
        assert store.soundness() == []
    now = people(project)
    assert now[1] == before["people"][1]
    if now[0] != before["people"][0]:
        assert now[0].isdisjoint(before["people"][0])
    rotated = (project / "reviewpipe.key").read_bytes() != before["key"]
    assert rotated == (now[0] != before["people"][0])
    assert left(project) == before["left"]
    return rotated


@pytest.fixture
def copies(ready, call, tmp_path_factory):
    """Copies of the project, one for each moment, and what there was before."""
    assert call("forget", "--name", "Odo P.", "--yes", "--project", ready)[0] == 0
    folder = tmp_path_factory.mktemp("killed")
    before = {"people": people(ready), "left": left(ready), "key": (ready / "reviewpipe.key").read_bytes()}
    return (lambda name: shutil.copytree(ready, folder / str(name))), before


def test_killed_after_some_time_the_key_is_new_or_old(copies, call):
    copy, before = copies
    whole = killing.duration(copy("whole"), "key", "rotate")
    for share in (0.85,):
        killing.after(project := copy(share), whole * share, "key", "rotate")
        assert_rotated_or_not(project, before, call)


@pytest.mark.slow
@pytest.mark.skipif(not killing.can_trace(), reason="needs strace, and leave to use it")
def test_killed_at_any_change_of_a_file_the_key_is_new_or_old(copies, call):
    """At every second of some 160 calls: all of them take twenty minutes.  SQLite writes many pages one after the other."""
    copy, before = copies
    seen = set()
    count = killing.calls(copy("counted"), "key", "rotate")
    for number in range(1, count + 1, 2):
        killing.at_call(project := copy(number), number, "key", "rotate")
        seen.add(assert_rotated_or_not(project, before, call))
        shutil.rmtree(project)
    assert seen == {True, False}


def test_until_the_names_are_known_again_no_page_is_made(ready, call):
    """Between the new key and the reading under it the gate would know nobody."""
    with Store.open(ready / "data" / "processed" / "reviews.db") as store, store.transaction():
        store.start_anew([])
    code, _, err = call("dashboard", "--project", ready)
    assert (code, "reviewpipe run" in err) == (6, True)
    assert call("run", "--project", ready)[0] == 0
    assert call("dashboard", "--project", ready)[0] == 0


def test_a_key_whose_making_was_interrupted_is_made_again(ready, call):
    settings = config.load(ready)
    keys.successor(settings).touch(mode=0o600)
    assert call("run", "--project", ready)[0] == 0
    assert not keys.successor(settings).exists()
    keys.successor(settings).touch(mode=0o600)
    assert call("dashboard", "--project", ready)[0] == 0
    assert call("key", "rotate", "--project", ready)[0] == 0
