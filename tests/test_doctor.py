"""Everything that `doctor` looks at: sound, and then not; each finding says what to do."""

import json
import sqlite3

import pytest

from reviewpipe.store import SCHEMA_VERSION

HEAD = "date,client,rating,comment\n"


@pytest.fixture
def ready(project, call):
    (project / "data" / "raw" / "a.csv").write_text(
        HEAD + "2026-08-03,Wanda Q.,5,My shoulder is free again\n2026-08-09,Ilka S.,4,Calm room\n", encoding="utf-8"
    )
    assert call("run", "--project", project)[0] == 0
    return project


def store_of(project):
    return project / "data" / "processed" / "reviews.db"


def findings(project, call):
    """(exit code, text of what is not well)"""
    code, out, _ = call("doctor", "--json", "--project", project)
    found = json.loads(out)
    assert found["problems"] == sum(one["state"] == "problem" for one in found["findings"])
    poor = [one for one in found["findings"] if one["state"] != "ok"]
    return code, " | ".join(f"{one['what']} → {one['remedy']}" for one in poor)


def sql(statement):
    def change(project):
        with sqlite3.connect(store_of(project)) as direct:
            direct.execute(statement)
        direct.close()

    return change


def test_a_sound_practice(ready, call):
    code, out, err = call("doctor", "--project", ready)
    assert (code, err) == (0, "")
    version = f"version {SCHEMA_VERSION}"
    for said in (version, "2 reviews from 1 file", "every file in", "is what the store gives today", "model "):
        assert said in out
    assert findings(ready, call)[0] == 0


@pytest.mark.parametrize(
    ("change", "said", "remedy"),
    [
        (lambda p: (p / "data/raw/b.csv").write_text(HEAD, encoding="utf-8"), "not in the store: 1 file of", "reviewpipe run"),
        (lambda p: (p / "data/raw/a.csv").unlink(), "no longer in", "stay in the store"),
        (lambda p: (p / "reviewpipe.toml").write_text('[[staff]]\nname = "Odalys B."\n'), "settings have changed", "reads them again"),
        (lambda p: (p / "reports/dashboard.html").write_text("<html>"), "older than the store", "reviewpipe dashboard"),
        (lambda p: (p / "reports/dashboard.html").unlink(), "no dashboard yet", "reviewpipe dashboard"),
        (lambda p: (p / "reports/.dashboard.html.part").touch(), ".dashboard.html.part", "reviewpipe run"),
        (lambda p: (p / "reviewpipe.key.new").touch(), "reviewpipe.key.new", "reviewpipe run"),
        (sql("INSERT INTO failures (path, reason, digest, settings, kind) VALUES ('c.json', 'it is no JSON', '', '', 'unreadable')"), "c.json cannot be read", "it is no JSON"),
    ],
)  # fmt: skip
def test_hints(ready, call, change, said, remedy):
    change(ready)
    code, found = findings(ready, call)
    assert code == 0
    assert said in found
    assert remedy in found


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda p: store_of(p).chmod(0o644), 1, ("others on this machine", "chmod 600")),
        (lambda p: (p / "reviewpipe.key").chmod(0o644), 6, ("Others may read the key", "chmod 600")),
        (lambda p: (p / "reviewpipe.key").unlink(), 6, ("is gone", "backup")),
        (sql("UPDATE theme_counts SET n = n + 1"), 6, ("counted wrongly", "backup --restore")),
        (sql("UPDATE reviews SET sentiment = 'joyful'"), 6, ("a mood that there is not", "backup --restore")),
        (sql("UPDATE reviews SET month = '2026-0:'"), 6, ("in another month", "backup --restore")),
        (sql("UPDATE reviews SET posted_on = '2026-08-99'"), 6, ("a day that there is not", "backup --restore")),
        (sql("UPDATE reviews SET text = CAST(text AS BLOB)"), 6, ("of another kind", "backup --restore")),
        (sql("UPDATE reviews SET text = CAST(X'c3' AS TEXT)"), 6, ("no text", "backup --restore")),
        (sql("UPDATE places SET number = -1"), 6, ("points nowhere", "backup --restore")),
        (sql("UPDATE files SET columns = '{'"), 6, ("cannot be read", "backup --restore")),
        (sql("INSERT INTO meta VALUES ('consents', '3 abc')"), 6, ("has lost lines", "Restore")),
    ],
)  # fmt: skip
def test_problems(ready, call, change, code, said):
    change(ready)
    told, found = findings(ready, call)
    assert [word for word in said if word not in found] == []
    assert told == code
    assert "shoulder" not in found


def test_an_error_over_a_damaged_store_is_told_as_damage(ready, call):
    """A value that no run would have written breaks what reads it; without a word of the review."""
    sql("UPDATE files SET columns = '{'")(ready)
    for command in ("run", "dashboard"):
        code, _, err = call(command, "--project", ready)
        assert (code, len(err.splitlines()), "is damaged" in err) == (6, 1, True), err
