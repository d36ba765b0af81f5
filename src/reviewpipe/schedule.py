"""An entry that calls `reviewpipe run` once a day, for the timer that a machine has.

Everything is by absolute paths and quoted as the timer wants it; several practices on one machine do not meet.  A run
that finds nothing new is over in a second and changes nothing, so calling it once too often does no harm.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import subprocess
import sys
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reviewpipe.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import time

# Where the timer keeps no record of what a job says, it goes here, in the folder of the practice.
SAID = "schedule.log"
SECONDS = 60


@dataclass(frozen=True)
class Job:
    """What is to be called: for which folder, by which Python, at which time of the day (local)."""

    folder: Path
    python: str
    at: time

    @property
    def name(self) -> str:
        """What the entry is called; another folder has another."""
        return "reviewpipe-" + blake2b(str(self.folder).encode(), digest_size=4).hexdigest()

    @property
    def words(self) -> tuple[str, ...]:
        """The command, word by word."""
        return (self.python, "-m", "reviewpipe", "--project", str(self.folder), "run", "--json")


@dataclass(frozen=True)
class Entry:
    """What a timer needs: files by place, commands that switch it on and off, how to try it.

    `lines` is what stands in a crontab instead of in a file.
    """

    job: Job
    files: Mapping[Path, bytes]
    on: Sequence[Sequence[str]]
    off: Sequence[Sequence[str]]
    trial: str
    missed: str
    lines: Sequence[str] = ()

    def shown(self) -> str:
        """The entry for people: files, commands and how to try it, as comments around it where there is but one."""
        parts = list(self.lines)
        for path, content in self.files.items():
            text = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "utf-8")
            parts += [f"# {path}", text.rstrip("\n"), ""]
        parts += [f"# Switch it on:   {shlex.join(words)}" for words in self.on]
        return "\n".join([*parts, f"# Try it now:     {self.trial}", f"# {self.missed}"]) + "\n"


def job_of(folder: Path, at: time) -> Job:
    """The job for a practice's folder, with the Python that runs now."""
    where = folder.resolve()
    if any(not sign.isprintable() for sign in str(where)):
        raise UsageError("The folder's name holds a line break or the like.  Rename it; timers cannot take it.")
    return Job(where, str(Path(sys.executable).absolute()), at)


def cron(job: Job) -> Entry:
    """Lines of a crontab; in one a percent sign is a line break unless a backslash stands before it."""
    said = shlex.quote(str(job.folder / SAID))
    command = f"{shlex.join(job.words)} >> {said} 2>&1 # {job.name}".replace("%", r"\%")
    lines = (f"{job.at.minute} {job.at.hour} * * * {command}", f"@reboot sleep 120; {command}")
    return Entry(
        job, {}, (("crontab", "-e"),), (), shlex.join(job.words),
        "cron starts nothing while the machine sleeps; the second line catches up after it was switched off.", lines,
    )  # fmt: skip


def systemd(job: Job) -> Entry:
    """A service and a timer of the user's own systemd."""
    folder = Path.home() / ".config" / "systemd" / "user"
    words = " ".join(_for_systemd(word) for word in job.words)
    about = job.folder.name.replace("%", "%%")
    service = f"""\
[Unit]
Description=Read new reviews of {about}

[Service]
Type=oneshot
ExecStart={words}
Nice=10
"""
    timer = f"""\
[Unit]
Description=Read new reviews of {about} every day

[Timer]
OnCalendar=*-*-* {job.at:%H:%M}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    control = ("systemctl", "--user")
    unit = f"{job.name}.timer"
    return Entry(
        job,
        {folder / f"{job.name}.service": service.encode(), folder / unit: timer.encode()},
        ((*control, "daemon-reload"), (*control, "enable", "--now", unit)),
        ((*control, "disable", "--now", unit),),
        f"systemctl --user start {job.name}.service; journalctl --user -u {job.name}.service",
        "What was missed is made up for (Persistent).  For runs while nobody is logged in: loginctl enable-linger",
    )


def launchd(job: Job) -> Entry:
    """A launch agent of macOS."""
    place = Path.home() / "Library" / "LaunchAgents" / f"{job.name}.plist"
    said = str(job.folder / SAID)
    content = plistlib.dumps(
        {
            "Label": job.name,
            "ProgramArguments": list(job.words),
            "StartCalendarInterval": {"Hour": job.at.hour, "Minute": job.at.minute},
            "StandardOutPath": said,
            "StandardErrorPath": said,
            "ProcessType": "Background",
        }
    )
    return Entry(
        job, {place: content}, (("launchctl", "load", "-w", str(place)),), (("launchctl", "unload", "-w", str(place)),),
        f"launchctl start {job.name}; tail {shlex.quote(said)}",
        "What was missed in sleep is made up for at waking; what was missed switched off, the next day.",
    )  # fmt: skip


def windows(job: Job) -> Entry:
    """A task of the Task Scheduler, as XML (schema 1.2); elements stand in the order that it asks for."""
    place = job.folder / f"{job.name}.xml"
    content = f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Read new reviews of {escape(job.folder.name)}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{job.at:%H:%M}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(job.words[0])}</Command>
      <Arguments>{escape(subprocess.list2cmdline(job.words[1:]))}</Arguments>
      <WorkingDirectory>{escape(str(job.folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return Entry(
        job,
        {place: content.encode("utf-16")},
        (("schtasks", "/Create", "/F", "/TN", job.name, "/XML", str(place)),),
        (("schtasks", "/Delete", "/F", "/TN", job.name),),
        f"schtasks /Run /TN {job.name}",
        "A run that was missed is made up for when the machine is awake again (StartWhenAvailable).",
    )


TIMERS: Mapping[str, Callable[[Job], Entry]] = {
    "cron": cron,
    "systemd": systemd,
    "launchd": launchd,
    "windows": windows,
}


def install(entry: Entry) -> None:
    """Put the entry where the timer looks for it, in place of an older one of the same folder, and switch it on."""
    if entry.lines:
        _write_crontab([*_others(entry.job), *entry.lines])
        return
    if any(path.exists() for path in entry.files):
        for words in entry.off:  # launchd keeps an entry that it has loaded, with its old time
            _run(words)
    for path, content in entry.files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as problem:
            raise StoreError(f"{path} cannot be written ({problem.strerror}).  Is it a folder of yours?") from None
    for words in entry.on:
        _call(words)


def remove(entry: Entry) -> None:
    """Take the entry away again; nothing happens where there is none."""
    if entry.lines:
        _write_crontab(_others(entry.job))
        return
    if any(path.exists() for path in entry.files):
        for words in entry.off:
            _call(words)
        for path in entry.files:
            path.unlink(missing_ok=True)


def _for_systemd(word: str) -> str:
    """A word of ExecStart: C escapes inside quotes, specifiers and variables doubled (systemd.service(5))."""
    for sign in '\\"':
        word = word.replace(sign, "\\" + sign)
    return '"' + word.replace("%", "%%").replace("$", "$$") + '"'


def _others(job: Job) -> list[str]:
    """The lines of the crontab that are not of this job; StoreError where it cannot be read: writing would lose it."""
    listed = _run(("crontab", "-l"))
    said = " ".join(listed.stderr.split())
    if listed.returncode and not any(none in said.lower() for none in ("no crontab", "no such file")):
        raise StoreError(f"crontab -l failed: {said or f'exit code {listed.returncode}'}.  Nothing was changed.")
    held = "" if listed.returncode else listed.stdout
    return [line for line in held.splitlines() if not line.endswith(f"# {job.name}")]


def _write_crontab(lines: Sequence[str]) -> None:
    _call(("crontab", "-"), "".join(f"{line}\n" for line in lines))


def _call(words: Sequence[str], given: str = "") -> None:
    """Call a program of the system; StoreError with the next step where that does not work."""
    done = _run(words, given)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise StoreError(f"{shlex.join(words)} failed: {said[-1] if said else f'exit code {done.returncode}'}")


def _run(words: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
    """What a program of the system answers; what is not UTF-8, as in an old crontab, stays as it is."""
    try:
        return subprocess.run(  # noqa: S603  our own words, no shell
            words,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            env={**os.environ, "LC_ALL": "C"},  # the tools' own words are looked at
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise StoreError(
            f"{words[0]} is not there or does not answer.  Choose another timer, or set it up by hand as "
            "`reviewpipe schedule` shows it without --install."
        ) from None
