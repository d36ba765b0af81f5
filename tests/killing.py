"""The program, killed like by `kill -9` or a power cut: after some time, or at a call of the system that changes a file.

`Warm` does that to forks of one warm process, and makes calls fail, some hundred times in the time of a few runs.
"""

import json
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


FAULTS = Path(__file__).parent / "faults"
CC = shutil.which("cc")
# A call that no command comes to.
FOREVER = 10**9


class Warm:
    """A process (tests/faults/server.py) that has loaded all and carries out commands in forks; carries its pipes."""

    def __init__(self, folder):
        shim = folder / "shim.so"
        subprocess.run([CC, "-shared", "-fPIC", "-O1", "-o", shim, FAULTS / "shim.c", "-ldl"], check=True)
        raw = folder / "warm" / "data" / "raw"
        raw.mkdir(parents=True)
        (raw / "a.csv").write_text("date,client,comment\n2026-08-03,Wanda Q.,My hip is fine\n", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, FAULTS / "server.py", folder / "warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "LD_PRELOAD": str(shim), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )

    def __call__(self, project, *arguments, **how):
        """A command (default: run) as {code, out, err, calls, took}.

        Calls `first` to `last` fail with `error` (0: kill -9), or it is killed after `seconds`; `limits`, `env`.
        """
        return self.at_once(project, arguments or ("run",), **how)[0]

    def at_once(self, project, *commands, **how):
        """Several commands, started at the same time."""
        if "first" in how:
            how = {"folder": str(project), "error": 0, "last": how["first"], **how}
        tasks = [{"arguments": [*arguments, "--project", str(project)], **how} for arguments in commands]
        self.process.stdin.write(json.dumps(tasks) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.communicate()
