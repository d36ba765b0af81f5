"""In processes of this computer."""

from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import ReviewpipeError
from reviewpipe.execute.window import EACH, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

# What a process of the pool does; set once as it starts, so that what the work knows (names, themes, the key) does not
# travel with each item.
_task: dict[str, Any] = {}


def processes(work: Callable[[Any], Any], items: Iterable[Any]) -> Generator[Any, None, None]:
    """In as many processes as there are processors; worth it from some 10,000 reviews on."""
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

    number = processors()
    pool = ProcessPoolExecutor(number, initializer=_start, initargs=(work,))
    try:
        yield from in_order(lambda item: pool.submit(_do, item).result, items, EACH * number)
    except BrokenExecutor:
        raise ReviewpipeError(
            "One of the processes at work was ended from outside, perhaps because memory ran out.  Nothing was lost: "
            "run again, with --executor serial if it comes back."
        ) from None
    finally:  # where it is closed early: what has begun is waited for, the rest is not begun
        pool.shutdown(cancel_futures=True)


def processors() -> int:
    """How many of them this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(work: Callable[[Any], Any]) -> None:
    """Control-C reaches all processes of a terminal: only the first one says what it does then, the others just end."""
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what was loaded before stays: looking through it for garbage would copy it into this process
    _task["work"] = work
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    """Where the first process is killed, the others would wait for work for ever and keep its lock."""
    parent.join()
    os._exit(1)  # the only way to end a process from one of its threads


def _do(item: Any) -> Any:
    """The work on one item."""
    return _task["work"](item)
