import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from reviewpipe.cli import COMMANDS

PAGE = """Heel pain and what we do about it

The soleus is a flat muscle of the calf. It crosses the ankle and it never rests. A therapist can press on it.

Wonderful hour. Zebulon found the sore spot in my calf at once and my heel has been quiet since.

Quillon R.

I was twenty minutes early and they took me in early. My hip pain is gone!

Ottoline H.

The room was cold and she rushed the session, I will not be back.

Thaddeus W.

So much better than the chiropractor I saw for years. Thank you for the stretches to do at home!

Marisol V.

Call us today to book an appointment.
"""


@pytest.fixture
def ready(project, call):
    """A practice with one page, already read."""
    (project / "data" / "raw" / "page.txt").write_text(PAGE, encoding="utf-8")
    assert call("run", "--project", project)[0] == 0
    return project


def outputs(project):
    """Every byte of what people and other programs may see."""
    paths = [p for name in ("data/processed", "reports") for p in (project / name).rglob("*") if p.is_file()]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


def test_help_has_one_line_a_command_and_each_command_an_example(call):
    code, out, _ = call("--help")
    listed = out[out.index("Commands:") :].strip().splitlines()[1:]
    assert code == 0
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert not [line for line in listed if line.endswith("...")]
    for command in COMMANDS:
        code, out, _ = call(command, "--help")
        assert code == 0
        assert f"reviewpipe {command}" in out[out.index("Example") :]
    assert "Example" in call("themes", "suggest", "--help")[1]


def test_a_run_adds_up_and_a_second_one_changes_nothing(project, call):
    (project / "data" / "raw" / "page.txt").write_text(PAGE, encoding="utf-8")
    code, out, err = call("run", "--project", project, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert datetime.fromisoformat(told.pop("started")).utcoffset() == timedelta(0)
    assert 0 < told.pop("seconds") < 60
    assert told == {
        "exit_code": 0, "files": 1, "read": 4, "new": 4, "edited": 0, "duplicate": 0, "rejected": 0, "failed_files": 0,
        "still_failed_files": 0, "waiting_files": 0, "older_files": 0, "vanished": 0, "drift": [], "rescored": 0, "because": [], "labels": 0, "calibrated": False,
    }  # fmt: skip
    before = outputs(project)
    code, out, _ = call("run", "--project", project)
    assert code == 0
    assert out.splitlines()[-1] == "0 reviews read = 0 new + 0 edited + 0 duplicate + 0 rejected."
    assert outputs(project) == before


def test_a_run_is_quiet_in_a_pipe_and_says_which_page_to_open(project):
    (project / "data" / "raw" / "page.txt").write_text(PAGE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "reviewpipe", "run"],
        env=os.environ | {"REVIEWPIPE_PROJECT": str(project)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert f"Open {project / 'reports' / 'dashboard.html'}" in done.stdout


def test_inspect_prints_what_the_contract_says(ready, call):
    code, out, _ = call("inspect", "--jsonl", ready / "data" / "raw" / "page.txt")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["author"] for row in rows] == ["Quillon R.", "Ottoline H.", "Thaddeus W.", "Marisol V."]
    fields = {"source", "native_id", "author", "posted_on", "rating", "text", "reply", "language", "truncated"}
    assert all(set(row) == fields for row in rows)


def test_inspect_explains_every_line(ready, call):
    code, out, _ = call("inspect", "--explain", ready / "data" / "raw" / "page.txt")
    assert code == 0
    for number, line in enumerate(PAGE.splitlines(), 1):
        if line:
            assert f"line {number} " in out
    assert "page.txt: 4 reviews" in call("inspect", "--project", ready)[1]


def test_redact_and_analyse_speak_json_lines(project, call, tmp_path):
    lines = tmp_path / "in.jsonl"
    lines.write_text(
        '{"id": 7, "text": "Thanks to Zebulon my back pain is gone, mail z@example.com"}\n'
        '{"id": 8, "text": "Too cold.", "author": "x"}\n{"id": 9, "text": null}\n',
        encoding="utf-8",
    )
    code, out, _ = call("redact", "--jsonl", lines, "--project", project)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["id"] for row in rows] == [7, 8, 9]
    assert {e["label"] for e in rows[0]["entities"]} == {"PERSON", "EMAIL"}
    assert "Zebulon" not in rows[0]["text"]
    code, out, _ = call("analyse", "--jsonl", lines, "--project", project)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert rows[0]["sentiment"]["label"] == "positive"
    assert "pain_relief" in {theme["name"] for theme in rows[0]["themes"]}
    assert all(evidence in row["text"] for row in rows for theme in row["themes"] for evidence in theme["evidence"])
    assert rows[2]["sentiment"] == {"label": "unscored", "score": None}


def test_quotes_are_verbatim_and_say_what_stands_in_the_way(ready, call):
    code, out, _ = call("quotes", "--format", "json", "--project", ready)
    quotes = json.loads(out)
    exported = {
        row["review_id"]: row
        for row in map(json.loads, call("export", "--format", "jsonl", "--project", ready)[1].splitlines())
    }
    assert code == 0
    assert quotes
    for quote in quotes:
        assert exported[quote["review_id"]]["text"][quote["start"] : quote["end"]] == quote["quote"]
        assert quote["status"] == "blocked"
        assert "license number" in quote["reasons"][0]
    code, out, err = call("quotes", "--ready", "--project", ready)
    assert (code, out) == (0, "")
    assert "Not legal advice" in err


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_exports_are_written(ready, call, form):
    target = ready / f"out.{form}"
    code, _, _ = call("export", "--format", form, "-o", target, "--project", ready)
    assert code == 0
    assert target.stat().st_size > 100


def test_report_dashboard_themes_and_doctor(ready, call):
    assert call("report", "--format", "md", "--project", ready)[0] == 0
    assert call("dashboard", "--project", ready)[1].strip().endswith("dashboard.html")
    assert "chiropractor_comparison" in call("themes", "--project", ready)[1]
    code, out, _ = call("themes", "suggest", "--project", ready)
    assert code == 0
    assert "Themes explain" in out
    code, out, _ = call("doctor", "--project", ready)
    assert code == 0, out
    assert "PROBLEM" not in out


def test_a_themes_file_is_tried_before_it_is_used(ready, call, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[themes.body_words]\nphrases = ["neck|back|shoulder|hip|knee"]\n', encoding="utf-8")
    code, out, _ = call("themes", "test", own, "--project", ready)
    assert code == 0, out
    assert "body_words" in out
    assert " new, 0 no longer" in out
    assert "under [themes]" in out
    own.write_text('[themes.body_words]\nregex = true\nphrases = ["(a+)+b"]\n', encoding="utf-8")
    code, _, told = call("themes", "test", own, "--project", ready)
    assert code == 2
    assert "can hang" in told


def test_init_makes_a_folder_that_runs_once_files_are_there(tmp_path, call):
    folder = tmp_path / "practice"
    code, out, _ = call("init", folder)
    assert code == 0
    assert "reviewpipe run" in out
    (folder / "reviewpipe.toml").write_text("[practice]\nname = 'Mine'", encoding="utf-8")
    assert call("init", folder)[0] == 0
    assert (folder / "reviewpipe.toml").read_text() == "[practice]\nname = 'Mine'", "what is there stays"
    code, _, err = call("run", "--project", folder)
    assert code == 3
    assert "is empty" in err


# Wrong input: one line that names the thing and the next step, the documented exit code, no traceback.


def said(err):
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1, err
    return err


def test_a_missing_folder(tmp_path, call):
    code, _, err = call("run", "--project", tmp_path / "nowhere")
    assert code == 2
    assert "nowhere" in said(err)
    assert "reviewpipe init" in err
    code, _, err = call("run", "--project", tmp_path)
    assert code == 2
    assert "reviewpipe init" in said(err)


def test_a_bad_setting(project, call):
    (project / "reviewpipe.toml").write_text("[practise]\n", encoding="utf-8")
    code, _, err = call("run", "--project", project)
    assert code == 2
    assert "Did you mean 'practice'" in said(err)


def test_a_wrong_command_or_theme(ready, call):
    code, _, err = call("quote")
    assert code == 2
    assert "Did you mean 'quotes'" in err
    code, _, err = call("quotes", "--theme", "pain", "--project", ready)
    assert code == 2
    assert "pain_relief" in said(err)


def test_no_store_yet(project, call):
    for command in ("dashboard", "report", "quotes", "export"):
        code, _, err = call(command, "--project", project)
        assert code == 2
        assert "reviewpipe run" in said(err)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "photo.jpg"),
        ("reviews.json", b'{"reviews": [{"comment": "half a fi', "reviews.json"),
        ("utf8.csv", b"date,rating,comment\n2026-01-02,5,caf\xc3\x28 \xff\xfe\x00broken\x00\x00\x01", "utf8.csv"),
        ("empty.csv", b"", "empty.csv"),
        ("notes.json", b'{"colour": "blue"}', "notes.json"),
    ],
)
def test_a_bad_file_is_named_and_the_others_are_read(ready, call, name, content, word):
    raw = ready / "data" / "raw"
    (raw / name).write_bytes(content)
    for number in range(5):
        (raw / f"more{number}.txt").write_text(PAGE.replace("heel", f"heel {number}"), encoding="utf-8")
    code, out, err = call("run", "--project", ready)
    assert code == 0
    assert word in said(err)
    assert out.splitlines()[-1].startswith("20 reviews read = ")
    code, _, err = call("inspect", raw / name)
    assert code in (0, 3)
    assert "Traceback" not in err


def test_too_many_bad_files_end_with_exit_code_3(project, call):
    raw = project / "data" / "raw"
    (raw / "page.txt").write_text(PAGE, encoding="utf-8")
    (raw / "reviews.json").write_text('{"reviews": [', encoding="utf-8")
    code, out, err = call("run", "--project", project)
    assert code == 3
    assert "max_rejected_share" in err
    assert "4 reviews read" in out
    assert (project / "reports" / "dashboard.html").is_file()


def test_a_folder_or_nothing_where_a_file_should_be(project, call):
    for target in (project, project / "no.csv"):
        code, _, err = call("inspect", target)
        assert code == 3
        assert target.name in said(err)
    code, _, err = call("redact", "--jsonl", project)
    assert code == 3
    assert "cannot be read" in said(err)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(ready, call):
    secret = ready / "data" / "raw" / "secret.csv"
    secret.write_text("date,comment\n2026-01-02,x", encoding="utf-8")
    secret.chmod(0)
    _, _, err = call("run", "--project", ready)
    assert "secret.csv" in err


def test_json_lines_that_are_none(project, call, tmp_path):
    for content, word in (
        ("{not json}", "line 1"),
        ('{"id": 1}\n[]', "line"),
        ('{"text": 3}', "line 1"),
        ('{"text": "x", "author": [1]}', "author"),
        ('{"id": ' + "9" * 5000 + "}", "line 1"),
    ):
        bad = tmp_path / "bad.jsonl"
        bad.write_text(content, encoding="utf-8")
        code, _, err = call("analyse", "--jsonl", bad, "--project", project)
        if content == '{"id": 1}\n[]':
            assert "line 2" in said(err)
        assert code == 3
        assert word in said(err)


def test_two_runs_at_once(ready, call):
    from filelock import FileLock

    with FileLock(ready / ".reviewpipe.lock"):
        code, _, err = call("run", "--project", ready)
    assert code == 5
    assert "Another run" in said(err)


def test_an_unexpected_error_shows_no_value(ready, call, monkeypatch):
    from reviewpipe import pipeline

    def fails(*_, **__):
        raise ValueError("Zebulon was here")

    monkeypatch.setattr(pipeline, "run", fails)
    code, _, err = call("run", "--project", ready)
    assert code == 1
    assert "Zebulon" not in said(err)
    assert "ValueError at test_cli.py" in err


def test_a_store_that_is_damaged(ready, call):
    (ready / "data" / "processed" / "reviews.db").write_bytes(b"rubbish" * 1000)
    for name in ("reviews.db-wal", "reviews.db-shm"):
        (ready / "data" / "processed" / name).unlink(missing_ok=True)
    code, _, err = call("run", "--project", ready)
    assert code == 6
    assert "is damaged" in said(err)
