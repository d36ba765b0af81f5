"""The program, warm, in a process of its own with the shim loaded: each line of stdin holds commands for forks of it."""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import tempfile
import time

import jinja2

from reviewpipe import cli

shim = ctypes.CDLL(None)
shim.fault_count.restype = ctypes.c_long


def limited(limits):
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as the interpreter has it: the write fails


def child(task, out, err):
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.environ.update(task.get("env", {}))
    time.tzset()
    limited(task.get("limits", {}))
    if "folder" in task:
        shim.fault_arm(
            task["folder"].encode(),
            ctypes.c_long(task["first"]),
            ctypes.c_long(task["last"]),
            task["error"],
            task.get("reads", 0),
        )
    code = 99
    try:
        cli.main(task["arguments"])
    except SystemExit as done:
        code = done.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def begun(task):
    """A fork at work on a task, with what it says."""
    out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115  closed when the fork has ended
    process = os.fork()
    if not process:
        child(task, out, err)
    return process, out, err


def carried_out(tasks):
    """All at the same time; the time in which each was done counts from their common start."""
    start = time.monotonic()
    running = {process: (number, out, err) for number, (process, out, err) in enumerate(map(begun, tasks))}
    if "seconds" in tasks[0]:
        time.sleep(tasks[0]["seconds"])
        for process in running:
            os.kill(process, signal.SIGKILL)
    results = [None] * len(tasks)
    while running:
        process, status = os.wait()
        number, out, err = running.pop(process)
        result = {"code": os.waitstatus_to_exitcode(status), "took": time.monotonic() - start}
        for name, file in (("out", out), ("err", err)):
            with file:
                file.seek(0)
                result[name] = file.read().decode()
        results[number] = {**result, "calls": shim.fault_count()}
    return results


def compiled_once():
    """Templates are the same for every fork; compiling them takes half of the time of a run."""
    compiled, kept = jinja2.Environment.compile, {}

    def once(self, source, name=None, filename=None, *more):
        key = (source, name, filename, *more)
        if key not in kept:
            kept[key] = compiled(self, *key)
        return kept[key]

    jinja2.Environment.compile = once


def warm(project):
    """Load all that the commands need, on a project that nobody looks at afterwards."""
    talk, sys.stdout = sys.stdout, sys.stderr
    for command in ("run", "run", "dashboard", "doctor", "quotes", "backup"):
        with contextlib.suppress(SystemExit):
            cli.main([command, "--project", project])
    sys.stdout = talk


compiled_once()
warm(sys.argv[1])
for line in sys.stdin:
    sys.stdout.write(json.dumps(carried_out(json.loads(line))) + "\n")
    sys.stdout.flush()
