"""A Dask scheduler and its workers as processes of their own, as on several computers."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

# As docs/guide.md tells people to start workers.
UNSPILT = {"DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False", "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False"}
# Where functions of the tests are.
PLACES = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])


class Cluster:
    """A scheduler and the workers that were started for it; carries their processes and what they say.

    `host` is the address of the computer on which one is started, `inside` the command that starts it there.
    """

    def __init__(self, folder, *, host="127.0.0.1", inside=(), **environment):
        self.folder, self.workers, self.environment = folder, [], environment
        self.said = (folder / "said.log").open("ab")
        facts = folder / "scheduler.json"
        scheme = "tls" if any("TLS" in name for name in environment) else "tcp"
        arguments = ("--host", f"{scheme}://{host}", "--port", "0", "--scheduler-file", str(facts))
        self.scheduler = self._started((*inside, *dask("scheduler"), *arguments), {})
        deadline = time.monotonic() + 60
        while not facts.exists() or not facts.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address = json.loads(facts.read_text(encoding="utf-8"))["address"]

    def _started(self, call, environment):
        return subprocess.Popen(
            call,
            stdout=self.said,
            stderr=self.said,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": PLACES, **self.environment, **environment},
        )

    def add(self, *, nthreads=1, host="127.0.0.1", inside=(), **environment):
        """Start a worker; `ready` waits until all have come."""
        place = self.folder / f"worker-{len(self.workers)}"
        call = (*inside, *dask("worker"), self.address, "--host", host, "--nthreads", str(nthreads), "--no-nanny")
        started = self._started((*call, "--local-directory", str(place)), {**UNSPILT, **environment})
        self.workers.append(started)
        return self

    def ready(self):
        deadline = time.monotonic() + 120
        while self.log().count("Registered to:") < len(self.workers):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)
        return self

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.said.close()

    def log(self):
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")


def dask(command):
    return sys.executable, "-m", f"distributed.cli.dask_{command}", "--no-dashboard"
