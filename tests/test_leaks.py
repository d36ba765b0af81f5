"""Fifty canaries, planted in every kind of file, are in no output, log, error, page or temporary file.

Left out are the commands that show names on purpose: `inspect --jsonl`, `inspect --explain`, `redact --unsure` and
`staff suggest`.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from canaries import ODD, REVIEWERS, SETTINGS, STAFF, canaries_in, canaries_of, plant, table, written
from reviewpipe import anonymise, config, dashboard, publish
from reviewpipe.errors import LeakError
from reviewpipe.store import Store

NOW = datetime(2026, 11, 5, 9, tzinfo=UTC)
DESK = "Nguyet-Anhdao Phamthien"  # a reviewer in desk.csv


def program(folder, *arguments, python=(), **environment):
    """The program as its users start it, with every warning shown and a folder for temporary files of its own."""
    (folder / "tmp").mkdir(exist_ok=True)
    variables = os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONWARNINGS": "always"} | environment
    return subprocess.run(
        [sys.executable, *python, "-m", "reviewpipe", *arguments, "--project", "."],
        capture_output=True,
        check=False,
        cwd=folder,
        env=variables,
    )


def new_practice(folder):
    (folder / "data" / "raw").mkdir(parents=True)
    plant(folder / "data" / "raw")
    (folder / "reviewpipe.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


PIPE = f"{ODD[4]}.csv"


def full_of_links(raw):
    """Files that are told: a link that leads out, a pipe, a copy that cannot be read."""
    (raw / f"{ODD[3]}.csv").symlink_to("/etc/passwd")
    os.mkfifo(raw / PIPE)
    (raw / f"of {ODD[5]}.xlsx").write_bytes(b"PK\3\4" + ODD[5].encode() * 9)


def in_process(folder, capture, monkeypatch, command, code=0):
    """A command without the seconds that another Python takes to start; what it said, in which is no canary."""
    from reviewpipe import cli

    monkeypatch.chdir(folder)
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    with pytest.raises(SystemExit) as done:
        cli.main(command)
    said = capture.readouterr()
    assert (done.value.code, canaries_in(said.out), canaries_in(said.err)) == (code, [], []), (command, said.err)
    return said


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """A practice with canaries after its first run, and what that run said."""
    folder = new_practice(tmp_path_factory.mktemp("canaries"))
    full_of_links(folder / "data" / "raw")
    return folder, program(folder, "run", python=("-X", "dev"))


@pytest.fixture(scope="module")
def practice(first_run):
    return first_run[0]


@pytest.fixture
def copy(practice, tmp_path):
    """A practice of its own for a test that changes it."""
    no_pipe = shutil.ignore_patterns(PIPE)
    return Path(shutil.copytree(practice, tmp_path / "copy", symlinks=True, ignore=no_pipe))


def assert_clean(done, folder, code=0):
    """No canary in what was said and in all that was written."""
    assert done.returncode == code, done.stderr
    assert canaries_in(done.stdout) == []
    assert canaries_in(done.stderr) == []
    assert b"Traceback" not in done.stderr
    assert b"Warning" not in done.stderr
    assert_nothing_written(folder)


def assert_nothing_written(folder):
    for path in written(folder):
        if path.name != "reviewpipe.toml":
            assert canaries_of(path) == [], path
    assert list((folder / "tmp").iterdir()) == []


def test_a_run_writes_and_says_no_canary(first_run):
    folder, done = first_run
    assert_clean(done, folder)
    with Store.open(folder / "data" / "processed" / "reviews.db") as store:
        forms = {Path(note.path).suffix for note in store.files() if note.counts.read}
        people = {text.split(maxsplit=1)[0] for _, text, _ in store.texts() if text}
    wanted = {".csv", ".tsv", ".json", ".jsonl", ".html", ".txt", ".md", ".xlsx", ".ods", ".docx", ".gz", ".tgz", ".zip", ".eml", ".mbox", ".rtf", ".pdf"}  # fmt: skip
    assert forms >= wanted, wanted - forms
    assert len(people) > 5  # the texts are there


COMMANDS = [
    ["run", "--json"], ["report"], ["report", "--format", "md"], ["report", "--month", "2026-09"], ["dashboard"],
    *(["quotes", "-n", "99", "--format", form] for form in ("table", "md", "csv", "json")),
    *(["export", "--format", form] for form in ("csv", "jsonl")),
    *(["export", "--format", form, "-o", f"out.{form}"] for form in ("csv", "jsonl", "xlsx", "parquet")),
    ["themes"], ["label", "--export", "labels.csv"], ["label", "--import", "labels.csv"],
    ["evaluate"], ["evaluate", "--json"], ["backup"], ["doctor"], ["doctor", "--json"], ["forget", "--name", DESK, "--yes"],
]  # fmt: skip
# These read everything again, or load much.
SLOW = [["themes", "suggest"], ["inspect"], ["key", "rotate"], ["run"], ["doctor"]]


@pytest.mark.parametrize("commands", [COMMANDS, pytest.param(SLOW, marks=pytest.mark.slow)], ids=["quick", "slow"])
def test_no_canary_in_what_any_command_says_or_writes(copy, capfdbinary, monkeypatch, commands):
    for command in commands:
        in_process(copy, capfdbinary, monkeypatch, command)
    assert_nothing_written(copy)


@pytest.mark.slow
def test_no_canary_from_several_processes_and_the_same_reviews(practice, tmp_path):
    """With the key of the other practice: which texts are compared as one opinion depends on it."""
    folder = new_practice(tmp_path / "processes")
    shutil.copy(practice / "reviewpipe.key", folder)
    assert_clean(program(folder, "run", "--executor", "processes"), folder)
    assert texts(folder) == texts(practice)


def texts(folder):
    """What the store holds of each review, the ids apart."""
    with sqlite3.connect(folder / "data" / "processed" / "reviews.db") as direct:
        rows = direct.execute("SELECT source, posted_on, text, reply FROM reviews").fetchall()
    direct.close()
    return sorted(map(repr, rows))


# --- errors and crashes


def broken_store(folder):
    (folder / "data" / "processed" / "reviews.db").write_bytes(b"SQLite format 3\0" + b"x" * 500)


def broken_settings(folder):
    (folder / "reviewpipe.toml").write_text(f'[[staff]]\nname = "{STAFF[0]}\n', encoding="utf-8")


def wrong_settings(folder):
    (folder / "reviewpipe.toml").write_text(f'[[staff]]\nname = "x"\nnicknames = "{STAFF[0]}"\n', encoding="utf-8")


def other_key(folder):
    (folder / "reviewpipe.key").write_bytes(bytes(32))


@pytest.mark.parametrize(
    ("damage", "code"), [(broken_store, 6), (broken_settings, 2), (wrong_settings, 2), (other_key, 6)]
)
def test_no_canary_in_an_error(copy, capfdbinary, monkeypatch, damage, code):
    damage(copy)
    for path in list((copy / "reports").iterdir()):
        path.unlink()
    said = in_process(copy, capfdbinary, monkeypatch, ["run"], code)
    assert said.err
    assert list((copy / "tmp").iterdir()) == []


# Calls of libraries, in each stage one; they fail and quote all that they were given, as libraries do.
CALLS = [
    "pandas.DataFrame.copy",
    "csv.reader",
    "json.loads",
    "ftfy.fix_encoding",
    "rapidfuzz.distance.OSA.distance",
    "numpy.isin",
]
CRASH = """
import importlib
def crash(*given, **named):
    raise ValueError(f"cannot handle {given!r} {named!r}")
setattr(importlib.import_module("PLACE"), "NAME", crash)
"""


@pytest.mark.parametrize(
    ("call", "executor"),
    [
        (CALLS[0], "serial"),
        *(pytest.param(call, "serial", marks=pytest.mark.slow) for call in CALLS[1:]),
        pytest.param(CALLS[0], "processes", marks=pytest.mark.slow),
    ],
)
def test_a_crash_says_where_and_nothing_else(tmp_path, call, executor):
    folder = new_practice(tmp_path / "crash")
    startup = tmp_path / "startup"
    startup.mkdir()
    place, name = call.rsplit(".", 1)
    (startup / "sitecustomize.py").write_text(CRASH.replace("PLACE", place).replace("NAME", name), encoding="utf-8")
    if place == "pandas.DataFrame":
        (startup / "sitecustomize.py").write_text(
            CRASH.replace('importlib.import_module("PLACE")', 'importlib.import_module("pandas").DataFrame').replace(
                "NAME", name
            )
        )
    done = program(folder, "run", "--executor", executor, PYTHONPATH=str(startup))
    assert (done.returncode, done.stderr.count(b"an error in the program itself")) == (1, 1), done.stderr
    assert (canaries_in(done.stdout), canaries_in(done.stderr)) == ([], [])
    assert b"Traceback" not in done.stderr
    assert list((folder / "tmp").iterdir()) == []


# --- the gate, when the detector is blind


OUTPUTS = [
    (["dashboard"], "dashboard.html"), (["report", "--month", "2026-09"], "2026-09.html"), (["report", "--month", "2026-09", "--format", "md"], "report.md"),
    *((["quotes", "-n", "99", "--format", form], f"quotes.{form}") for form in ("table", "md", "csv", "json")),
    *((["export", "--format", form, "-o", f"out.{form}"], f"export.{form}") for form in ("csv", "jsonl", "xlsx", "parquet")),
    (["label"], "label.txt"), (["label", "--export", "labels.csv"], "labels.csv"),
]  # fmt: skip


@pytest.fixture(scope="module")
def blind(tmp_path_factory):
    """A practice read by a program whose detector finds nobody; the names are known all the same."""
    from reviewpipe import pipeline

    folder = tmp_path_factory.mktemp("blind")
    # A public source, no health provider, a license: what the quotes for use need to be ready.
    (folder / "data" / "raw" / "website").mkdir(parents=True)
    settings = '[practice]\nhipaa = "not_covered"\nlicense_number = "1"\n[[staff]]\nname = "Quillonette Farradayle"\n'
    (folder / "reviewpipe.toml").write_text(settings, encoding="utf-8")
    (folder / "data" / "raw" / "website" / "desk.csv").write_bytes(table(REVIEWERS).replace(b",5,", b",1,"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anonymise, "find", lambda texts, *_: [[] for _ in texts])
        patch.setattr(anonymise, "sweep", lambda texts, _: [[] for _ in texts])
        pipeline.run(config.load(folder), NOW)
    return folder


@pytest.mark.parametrize(("arguments", "place"), OUTPUTS, ids=[" ".join(one) for one, _ in OUTPUTS])
def test_the_gate_stops_every_kind_of_output_when_the_detector_finds_nobody(blind, call, arguments, place, monkeypatch):
    monkeypatch.chdir(blind)
    code, out, err = call(*arguments)
    assert (code, out, place in err) == (4, "", True), err
    assert canaries_in(err.encode()) == []
    assert [
        path for path in written(blind) if path.suffix in (".html", ".csv", ".jsonl", ".xlsx", ".parquet", ".part")
    ] == []


def test_a_name_in_an_output_stops_everything(copy, monkeypatch):
    """A page that would show a name is not written, and the message does not say it either."""
    settings = config.load(copy)
    before = {path: path.read_bytes() for path in settings.reports.iterdir()}
    monkeypatch.setattr(dashboard, "render", lambda _: "<html><p title='ask for phamth&#105;en'>fine</p></html>")
    with pytest.raises(LeakError) as caught:
        publish.pages(settings, NOW.date())
    assert "dashboard.html" in str(caught.value)
    assert canaries_in(str(caught.value).encode()) == []
    assert {path: path.read_bytes() for path in settings.reports.iterdir()} == before
