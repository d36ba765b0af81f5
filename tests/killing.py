"""The program, killed like by `kill -9` or a power cut: after some time, or at a call of the system that changes a file."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# What SQLite and we change files with; the n-th of them is never carried out.
CALLS = "pwrite64,fsync,fdatasync,ftruncate,rename,unlink,write"
STRACE = shutil.which("strace")


def program(project, *arguments):
    return [sys.executable, "-m", "reviewpipe", *arguments, "--project", str(project)]


def can_trace():
    """Whether strace is here and may trace; containers often forbid it."""
    return STRACE is not None and subprocess.run([STRACE, "-o", os.devnull, "true"], check=False).returncode == 0


def calls(project, *arguments):
    """How many changing calls an undisturbed command makes."""
    log = Path(project) / "calls.log"
    subprocess.run(
        [STRACE, "-qq", "-o", log, "-e", f"trace={CALLS}", *program(project, *arguments)],
        check=True,
        capture_output=True,
    )
    count = sum("(" in line for line in log.read_text(encoding="utf-8", errors="replace").splitlines())
    log.unlink()
    return count


def at_call(project, number, *arguments):
    """Kill the command when it enters its call `number`."""
    how = ["-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=SIGKILL:when={number}"]
    done = subprocess.run(
        [STRACE, "-qq", "-o", os.devnull, *how, *program(project, *arguments)], check=False, capture_output=True
    )
    assert done.returncode in (-9, 137, 0), done.stderr


def after(project, seconds, *arguments):
    """Kill the command after so many seconds, if it still runs."""
    child = subprocess.Popen(program(project, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def duration(project, *arguments):
    """How long an undisturbed command takes."""
    start = time.monotonic()
    subprocess.run(program(project, *arguments), check=True, capture_output=True)
    return time.monotonic() - start
