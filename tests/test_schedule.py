"""Entries for timers: correct for folders with hard names, set up and taken away by stand-ins of the system's programs."""

import configparser
import io
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest
from lxml import etree

from reviewpipe import schedule
from reviewpipe.errors import StoreError, UsageError

NAMES = ["practice", "Mira's practice", 'a "b" %d $HOME `x` & <y>', "büro 2026"]
# Keeps what it is given, as the system's program does; says what it was asked for.
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$STAND_IN_LOG"
case "$(basename "$0") $1" in
  "crontab -l") cat "$STAND_IN_TAB" 2>/dev/null || { echo "no crontab" >&2; exit 1; } ;;
  "crontab -") cat > "$STAND_IN_TAB" ;;
esac
"""


@pytest.fixture(params=NAMES)
def job(request, tmp_path):
    folder = tmp_path / request.param
    (folder / "data" / "raw").mkdir(parents=True)
    return schedule.job_of(folder, time(3, 15))


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A machine whose timers' programs are stand-ins; gives the file with what they were asked for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("crontab", "systemctl", "launchctl", "schtasks"):
        (programs / name).write_text(STAND_IN)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STAND_IN_LOG", str(tmp_path / "asked"))
    monkeypatch.setenv("STAND_IN_TAB", str(tmp_path / "tab"))
    return tmp_path


def as_cron_runs_it(line):
    """The command of a line, after cron's own reading: five fields off, percent signs back."""
    return line.split(maxsplit=5)[5].replace(r"\%", "%")


def test_a_crontab_line_runs_the_command_in_its_folder(job):
    line, at_start = schedule.cron(job).lines
    assert line.split()[:5] == ["15", "3", "*", "*", "*"]
    assert at_start.startswith("@reboot ")
    done = subprocess.run(["/bin/sh", "-c", as_cron_runs_it(line)], capture_output=True, text=True, check=False)
    said = (job.folder / schedule.SAID).read_text()
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")  # nothing to read yet
    assert "data/raw is empty" in said
    assert '"files": 0' in said


def test_units_of_systemd(job):
    service, timer = schedule.systemd(job).files.values()
    read = configparser.RawConfigParser(strict=True)
    read.optionxform = str
    read.read_string(service.decode() + timer.decode().replace("[Unit]", "[Unit of timer]"))
    assert read["Timer"]["OnCalendar"] == "*-*-* 03:15:00"
    assert read["Timer"]["Persistent"] == "true"
    words = shlex.split(read["Service"]["ExecStart"].replace("$$", "$").replace("%%", "%"))
    assert words == list(job.words)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_itself_finds_nothing_wrong(job, tmp_path):
    for path, content in schedule.systemd(job).files.items():
        (tmp_path / path.name).write_bytes(content)
    units = [str(tmp_path / path.name) for path in schedule.systemd(job).files]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert job.name not in done.stderr, done.stderr


def test_a_launch_agent(job):
    (content,) = schedule.launchd(job).files.values()
    told = plistlib.loads(content)
    assert told["ProgramArguments"] == list(job.words)
    assert told["StartCalendarInterval"] == {"Hour": 3, "Minute": 15}


def test_a_task_of_windows(job):
    (content,) = schedule.windows(job).files.values()
    task = etree.fromstring(content)
    names = [etree.QName(one).localname for one in task]
    assert names == ["RegistrationInfo", "Triggers", "Settings", "Actions"]
    texts = {etree.QName(one).localname: one.text for one in task.iter()}
    assert (texts["Command"], texts["StartWhenAvailable"]) == (job.python, "true")
    assert texts["Arguments"] == subprocess.list2cmdline(job.words[1:])
    assert texts["WorkingDirectory"] == str(job.folder)


def test_another_folder_has_another_name_and_a_line_break_is_refused(tmp_path):
    one, other = (schedule.job_of(tmp_path / name, time(3)) for name in ("a", "b"))
    assert one.name != other.name
    with pytest.raises(UsageError, match="line break"):
        schedule.job_of(tmp_path / "a\nb", time(3))


def test_a_crontab_keeps_what_others_wrote(system, call):
    tab = system / "tab"
    tab.write_text("MAILTO=me\n0 1 * * * backup\n")
    for at in ("04:30", "05:45"):  # the second takes the place of the first
        code, _, err = call("schedule", "cron", "--project", str(system), "--at", at, "--install", "--yes")
        assert (code, err) == (0, f"Set up: every day at {at}.\n")
    lines = tab.read_text().splitlines()
    assert lines[:2] == ["MAILTO=me", "0 1 * * * backup"]
    assert len(lines) == 4
    assert lines[2].startswith("45 5 * * * ")
    assert call("schedule", "cron", "--project", str(system), "--remove", "--yes")[0] == 0
    assert tab.read_text() == "MAILTO=me\n0 1 * * * backup\n"


@pytest.mark.parametrize(
    ("timer", "asked"),
    [("systemd", "systemctl --user enable"), ("launchd", "launchctl load"), ("windows", "schtasks /Create")],
)
def test_set_up_and_taken_away(system, call, timer, asked):
    entry = schedule.TIMERS[timer](schedule.job_of(system, time(3, 15)))
    for _ in range(2):
        assert call("schedule", timer, "--project", str(system), "--install", "--yes")[0] == 0
        assert all(path.read_bytes() == content for path, content in entry.files.items())
    assert asked in (system / "asked").read_text()
    for _ in range(2):
        assert call("schedule", timer, "--project", str(system), "--remove", "--yes")[0] == 0
        assert not any(path.exists() for path in entry.files)


def test_it_asks_first_and_says_what_is_missing(system, call, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, out, err = call("schedule", "cron", "--project", str(system), "--install")
    assert (code, not (system / "tab").exists()) == (130, True)
    assert "Set this up?" in err
    assert "* * *" in out
    monkeypatch.setenv("PATH", str(system))
    code, _, err = call("schedule", "cron", "--project", str(system), "--install", "--yes")
    assert code == 6
    assert "crontab is not there" in err
    assert "Choose another timer" in err


def test_the_python_is_the_one_that_runs(tmp_path):
    assert schedule.job_of(tmp_path, time(3)).python == str(Path(sys.executable).absolute())


def test_a_crontab_that_cannot_be_read_is_not_written_over(tmp_path, monkeypatch):
    tab = tmp_path / "tab"
    tab.write_bytes(b"0 1 * * * backup caf\xe9\n")
    tool = tmp_path / "crontab"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    entry = schedule.cron(schedule.job_of(tmp_path, time(3, 15)))
    for listing, ends in ((f"cat {tab}", 3), ("echo 'spool: temporarily unavailable' >&2; exit 1", None)):
        tool.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then {listing}; else cat > {tab}; fi\n')
        tool.chmod(0o755)
        if ends:
            schedule.install(entry)
        else:
            with pytest.raises(StoreError, match="Nothing was changed"):
                schedule.install(entry)
        assert tab.read_bytes().startswith(b"0 1 * * * backup caf\xe9\n15 3 ")
        assert tab.read_bytes().count(b"\n") == 3
