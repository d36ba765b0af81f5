"""The program, warm, in a process of its own with the shim loaded: each line of stdin is a command for a fork of it."""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import tempfile
import time

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


def carried_out(task):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = os.fork()
        if not process:
            child(task, out, err)
        if "seconds" in task:
            time.sleep(task["seconds"])
            os.kill(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
        for file in (out, err):
            file.seek(0)
        said = out.read().decode(), err.read().decode()
    return {"code": os.waitstatus_to_exitcode(status), "calls": shim.fault_count(), "out": said[0], "err": said[1]}


def warm(project):
    """Load all that the commands need, on a project that nobody looks at afterwards."""
    talk, sys.stdout = sys.stdout, sys.stderr
    for command in ("run", "run", "dashboard", "doctor", "quotes", "backup"):
        with contextlib.suppress(SystemExit):
            cli.main([command, "--project", project])
    sys.stdout = talk


warm(sys.argv[1])
for line in sys.stdin:
    sys.stdout.write(json.dumps(carried_out(json.loads(line))) + "\n")
    sys.stdout.flush()
