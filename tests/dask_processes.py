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
    """A scheduler and the workers that were started for it; carries their processes and what they say."""

    def __init__(self, folder, **environment):
        self.folder, self.workers, self.environment = folder, [], environment
        self.said = (folder / "said.log").open("ab")
        facts = folder / "scheduler.json"
        scheme = "tls" if any("TLS" in name for name in environment) else "tcp"
        arguments = ("--host", f"{scheme}://127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(facts))
        self.scheduler = self._started("dask_scheduler", arguments, environment)
        deadline = time.monotonic() + 60
        while not facts.exists() or not facts.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.address = json.loads(facts.read_text(encoding="utf-8"))["address"]

    def _started(self, command, arguments, environment):
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{command}", *arguments],
            stdout=self.said,
            stderr=self.said,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": PLACES, **environment},
        )

    def add(self, *, nthreads=1, **environment):
        """Start a worker; it comes when it is ready."""
        place = self.folder / f"worker-{len(self.workers)}"
        arguments = (
            self.address,
            "--nthreads",
            str(nthreads),
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(place),
        )
        self.workers.append(self._started("dask_worker", arguments, {**UNSPILT, **self.environment, **environment}))
        return self.workers[-1]

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.said.close()

    def log(self):
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")
