"""Ways to do the same work on many files: each is a kind of `map` that keeps the order.

Where one is closed early (`close`), nothing more is begun.
"""

from __future__ import annotations

import signal
from collections import deque
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable


def serial(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """One after the other, in this process."""
    yield from map(work, items)


def processes(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """In as many processes as there are processors; worth it from some 10,000 reviews on."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(initializer=_leave_signals)
    try:
        waiting = deque(pool.submit(work, item) for item in items)
        while waiting:
            yield waiting.popleft().result()
    finally:  # where it is closed early: what has begun is waited for, the rest is not begun
        pool.shutdown(cancel_futures=True)


def _leave_signals() -> None:
    """Control-C reaches all processes of a terminal: only the first one says what it does then, the others just end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def dask(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """On Dask's local cluster; needs the extra `reviewpipe[dask]`."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("Dask is not installed.  Install reviewpipe[dask], or use --executor processes.") from None
    with Client(dashboard_address=None) as client:  # type: ignore[no-untyped-call]  # distributed has none
        yield from (future.result() for future in client.map(work, list(items), pure=False))


EXECUTORS: dict[str, Callable[[Callable[[Any], Any], Iterable[Any]], Generator[Any, None, None]]] = {
    "serial": serial,
    "processes": processes,
    "dask": dask,
}
