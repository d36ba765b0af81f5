"""On a cluster of Dask: one of this computer that lives as long as the work, or one that is there already.

Reviews with names in them and the key travel to the workers.  So nothing of them is written or logged there: no worker
may spill to its disk, errors come back as values (Dask would log them with the arguments), and between computers they
travel encrypted, or inside of a private network.
"""

from __future__ import annotations

import logging
import signal
from contextlib import ExitStack, contextmanager
from functools import partial
from ipaddress import ip_address
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reviewpipe import __version__
from reviewpipe.errors import ReviewpipeError, UsageError
from reviewpipe.execute.pool import processors
from reviewpipe.execute.window import EACH, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

# Seconds until a scheduler must have answered, and until a worker must have come to it.
PATIENCE = 4
# Seconds after which it is looked whether there is still a worker.
LOOK_AGAIN = 30
SETTINGS = {
    # Short of memory, a worker would write what it holds to its disk.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    # Batches are larger than what Dask wants to be sent; the window bounds how many are under way.
    "distributed.admin.large-graph-warning-threshold": "4 GiB",
    "distributed.comm.timeouts.connect": PATIENCE,
}
# They tell of workers that come and go, and of errors with all that was handed over.
LOUD = ("distributed", "distributed.client", "tornado.application", "asyncio")
# A worker may have several threads; one of the libraries that read files must not be used by two at a time.
_ONE_AT_A_TIME = Lock()


def local(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """On Dask's cluster of this computer, in as many processes as there are processors; needs `reviewpipe[dask]`."""
    with _quiet(), _own_cluster() as client:
        yield from _on(client, work, items)


def remote(work: Callable[[Any], Any], items: Iterable[Any], *, scheduler: str) -> Generator[Any, None, None]:
    """On the cluster whose scheduler has that address.

    UsageError where it is not reached, is not safe, or has workers that cannot do the work as it is done here.
    """
    _check_address(scheduler)
    with _quiet(), _connected(scheduler) as client:
        ours = _versions()
        _check_computers(client, ours)
        yield from _on(client, partial(_checked, work, ours), items)


def _on(client: Any, work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """The results in order.  What is lost with a worker is done again by another one."""
    # The work is a result of its own: it goes to each worker once, and not with each item.
    known = client.submit(_same, work, pure=False)
    size = EACH * sum(client.nthreads().values())
    yield from in_order(lambda item: partial(_result, client, client.submit(_do, known, item, pure=False)), items, size)


def _same(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return work


def _do(work: Callable[[Any], Any], item: Any) -> tuple[Any, Exception | None]:
    """On a worker: what came of it, or the error."""
    with _ONE_AT_A_TIME:
        try:
            return work(item), None
        except Exception as problem:  # noqa: BLE001  Dask would log it with its arguments, which are clients' words
            return None, problem


def _result(client: Any, future: Any) -> Any:
    """Wait for a result; ReviewpipeError where none will come."""
    while True:
        try:
            result, problem = future.result(timeout=LOOK_AGAIN)
        except TimeoutError:
            if not client.nthreads():
                raise ReviewpipeError(
                    "All workers of the Dask cluster are gone.  Nothing was lost: start workers and run again."
                ) from None
        except Exception as problem:  # noqa: BLE001  errors of the work come as values: this one is of Dask
            raise ReviewpipeError(
                f"The Dask cluster could not do the work ({type(problem).__name__}).  Nothing was lost: see to its "
                "scheduler and to the memory of its workers, and run again."
            ) from None
        else:
            if problem is not None:
                raise problem
            return result


def _versions() -> dict[str, str]:
    """What must be the same everywhere, so that every worker gives the same bytes."""
    from importlib.metadata import version

    return {"reviewpipe": __version__, **{name: version(name) for name in ("numpy", "pandas")}}


def _other(ours: dict[str, str]) -> str:
    """On scheduler or worker: which of its versions is another one; "" where none is."""
    for name, version in _versions().items():
        if version != ours[name]:
            return f"has {name} {version}, and here is {ours[name]}.  Install the same version on all computers"
    return ""


def _unfit(ours: dict[str, str], dask_worker: Any) -> str:
    """On a worker, which Dask gives by that name: why it cannot take part, and what to do; "" where it can."""
    if reason := _other(ours):
        return reason
    if hasattr(dask_worker.data, "evict"):
        return (
            "may write clients' words to its disk when memory is short.  Start workers with "
            "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET=False and DASK_DISTRIBUTED__WORKER__MEMORY__SPILL=False"
        )
    return ""


def _checked(work: Callable[[Any], Any], ours: dict[str, str], item: Any) -> Any:
    """The work, on a worker that may have come later than the others."""
    from distributed import get_worker

    if reason := _unfit(ours, get_worker()):
        raise UsageError(f"A worker {reason}.")
    return work(item)


def _check_address(scheduler: str) -> None:
    """UsageError where reviews and the key would travel so that strangers can read them."""
    parts = urlsplit(scheduler)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname:
        raise UsageError(
            f"{scheduler} is no address of a Dask scheduler.  Give one such as tcp://127.0.0.1:8786 or tls://HOST:8786."
        )
    if parts.scheme == "tls" or parts.hostname == "localhost":
        return
    try:
        private = ip_address(parts.hostname).is_private
    except ValueError:  # a name: who knows where it leads
        private = False
    if not private:
        raise UsageError(
            f"Reviews with names in them and the key would travel unencrypted to {parts.hostname}.  Use tls:// "
            "(docs/guide.md, Several computers), or the address of a private network such as 10.0.0.5."
        )


def _check_computers(client: Any, ours: dict[str, str]) -> None:
    """UsageError where one of the cluster cannot do the work as it is done here."""
    none = f"has no reviewpipe {__version__}, or another Python.  Install the same on all computers"
    try:
        found = {"Its scheduler": client.run_on_scheduler(_other, ours)}
        reasons = client.run(_unfit, ours, on_error="return")
    except Exception:  # noqa: BLE001  whatever Dask makes of what could not be imported there
        found, reasons = {"Its scheduler or a worker": none}, {}
    for worker in reasons:  # where reviews go on to from the scheduler
        _check_address(worker)
    found |= {f"The worker {worker}": reason for worker, reason in sorted(reasons.items())}
    for who, reason in found.items():
        if reason:
            raise UsageError(f"The Dask cluster cannot be used.  {who} {reason if isinstance(reason, str) else none}.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Our settings of Dask, and nothing of its logs; UsageError where it is not installed."""
    try:
        import dask
        import distributed  # noqa: F401  sets up its logs
    except ImportError:
        raise UsageError("Dask is not installed.  Install reviewpipe[dask], or use --executor processes.") from None
    before = {name: logging.getLogger(name).level for name in LOUD}
    try:
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        with dask.config.set(SETTINGS):
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _own_cluster() -> Iterator[Any]:
    """A client of a new cluster; its workers' folder is empty and goes with it."""
    from tempfile import TemporaryDirectory

    from dask import config
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        scratch = stack.enter_context(TemporaryDirectory(prefix="reviewpipe-"))
        stack.enter_context(config.set({"temporary-directory": scratch}))
        cluster = LocalCluster(  # type: ignore[no-untyped-call]  # distributed has none
            n_workers=processors(),
            threads_per_worker=1,
            # No dashboard; what remains of its server takes any port of this computer that is free.
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,
            preload=[__name__],
        )
        stack.enter_context(cluster)
        yield stack.enter_context(Client(cluster, set_as_default=False))  # type: ignore[no-untyped-call]  # distributed has none


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """A client of the cluster that is there."""
    from concurrent.futures import ThreadPoolExecutor

    from distributed import Client

    try:  # without a client, as one that reaches nobody cannot be closed again
        with ThreadPoolExecutor(1) as thread:  # in this one an event loop may be running, in a notebook for instance
            thread.submit(_shake_hands, scheduler).result()
    except (OSError, TimeoutError, TypeError, RuntimeError, ValueError):
        raise UsageError(
            f"No Dask scheduler answers at {scheduler}.  Look whether it runs and a firewall lets it through"
            f"{', and whether the certificates are set' if scheduler.startswith('tls') else ''}; "
            "`dask scheduler` starts one."
        ) from None
    with Client(scheduler, set_as_default=False) as client:  # type: ignore[no-untyped-call]  # distributed has none
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise UsageError(
                f"The Dask scheduler at {scheduler} has no workers.  Start some with `dask worker {scheduler}`."
            ) from None
        yield client


def dask_setup(_: Any) -> None:
    """Called by Dask in each worker of our own cluster: Control-C is for the first process, which then ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _shake_hands(scheduler: str) -> None:
    import asyncio

    asyncio.run(asyncio.wait_for(_answers(scheduler), PATIENCE))


async def _answers(scheduler: str) -> None:
    """Shake hands with the scheduler once."""
    from distributed.comm.core import connect
    from distributed.security import Security

    arguments = Security().get_connection_args("client")  # type: ignore[no-untyped-call]  # distributed has none
    comm = await connect(scheduler, timeout=PATIENCE, **arguments)  # type: ignore[no-untyped-call]  # distributed has none
    comm.abort()
