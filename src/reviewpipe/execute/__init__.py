"""Ways to do the same work on many things: each is a kind of `map` that is lazy and keeps the order.

Things are taken as they are needed, a few ahead, so that memory stays flat however many there are.  Where one is closed
early (`close`), nothing more is begun.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from time import process_time
from typing import TYPE_CHECKING, Any

from reviewpipe.execute.cluster import local, remote
from reviewpipe.execute.pool import processes, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    Executor = Callable[[Callable[[Any], Any], Iterable[Any]], Generator[Any, None, None]]

# Seconds of work after which more processes pay: they cost a tenth of a second to start, and what imports take at first
# (some 0.7 s) counts as work too.  A nightly run of a few files never comes so far, however slow the computer.
PAYS = 5.0


def serial(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """One after the other, in this process."""
    yield from map(work, items)


def auto(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """In this process until much has been done, then in processes, which start with all that is loaded by then."""
    items, spent = iter(items), 0.0
    for item in items:
        if spent > PAYS and processors() > 1:
            yield from processes(work, chain([item], items))
            return
        begun = process_time()
        result = work(item)
        spent += process_time() - begun
        yield result


EXECUTORS: dict[str, Executor] = {"auto": auto, "serial": serial, "processes": processes, "dask": local}


def chosen(name: str) -> Executor:
    """The executor of that name, or on the Dask cluster whose scheduler has that address ("tls://host:8786")."""
    return EXECUTORS.get(name) or partial(remote, scheduler=name)
