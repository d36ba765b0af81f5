"""SIGTERM and SIGINT (Control-C) as an orderly end."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewpipe.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """Inside, the first signal raises Stopped where the program is; later ones wait for what is then put in order.

    A library may swallow what is raised while it calls back, so the function that is given is called between two
    steps: it raises Stopped where a signal came.  The same holds for an error that only followed from it.
    """
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if not came:
            came.append(number)
            raise Stopped(number)

    def check() -> None:
        if came:
            raise Stopped(came[0])

    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield check
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield check
    except Exception:
        check()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
