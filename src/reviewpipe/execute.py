"""Ways to do the same work on many files: each is a kind of `map` that keeps the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def serial(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """One after the other, in this process."""
    return map(work, items)


def processes(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """In as many processes as there are processors; worth it from some 10,000 reviews on."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:
        yield from pool.map(work, items)


def dask(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """On Dask's local cluster; needs the extra `reviewpipe[dask]`."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("Dask is not installed.  Install reviewpipe[dask], or use --executor processes.") from None
    with Client(dashboard_address=None) as client:  # type: ignore[no-untyped-call]  # distributed has none
        yield from (future.result() for future in client.map(work, list(items), pure=False))


EXECUTORS: dict[str, Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]] = {
    "serial": serial,
    "processes": processes,
    "dask": dask,
}
