"""A run on three computers, as networks of their own: python dask_hosts.py PRACTICE LOGS, in `unshare --net --mount`.

The scheduler is on the first, workers on all three; the second one is lost in the middle.
"""

import subprocess
import sys
from datetime import datetime
from itertools import count
from pathlib import Path

from dask_processes import Cluster
from reviewpipe import config, pipeline

HOSTS = range(1, 4)


def call(*words):
    subprocess.run(words, check=True)


def network():
    """A bridge with three computers and this one."""
    call("mount", "-t", "tmpfs", "none", "/run")
    call("ip", "link", "set", "lo", "up")
    call("ip", "link", "add", "br0", "type", "bridge")
    for number in HOSTS:
        name, here, there = f"host{number}", f"here{number}", f"there{number}"
        call("ip", "netns", "add", name)
        call("ip", "link", "add", here, "type", "veth", "peer", "name", there)
        call("ip", "link", "set", there, "netns", name)
        call("ip", "-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", there)
        call("ip", "-n", name, "link", "set", there, "up")
        call("ip", "-n", name, "link", "set", "lo", "up")
        call("ip", "link", "set", here, "master", "br0")
        call("ip", "link", "set", here, "up")
    call("ip", "addr", "add", "10.77.0.9/24", "dev", "br0")
    call("ip", "link", "set", "br0", "up")


def main():
    practice, logs, started = sys.argv[1:]
    network()
    at = {n: {"host": f"10.77.0.{n}", "inside": ("ip", "netns", "exec", f"host{n}")} for n in HOSTS}
    cluster = Cluster(Path(logs), **at[1])
    try:
        for number in HOSTS:
            cluster.add(**at[number])
        cluster.ready()

        told = count(1)

        def tell(*_):
            if next(told) == 9:
                cluster.workers[1].kill()

        pipeline.run(config.load(Path(practice)), datetime.fromisoformat(started), executor=cluster.address, tell=tell)
        sys.stdout.write(" ".join([cluster.address, *(str(worker.poll()) for worker in cluster.workers)]))
    finally:
        cluster.close()


if __name__ == "__main__":
    main()
