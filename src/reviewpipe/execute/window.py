"""A bounded window of work that has been handed out and not been taken back."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

# Work on hand for each worker: one that it does, one that it finds when it is done.
EACH = 2


def in_order(begin: Callable[[Any], Callable[[], Any]], items: Iterable[Any], size: int) -> Generator[Any, None, None]:
    """The results of all items in their order, with at most `size` begun; `begin` gives what waits for one."""
    begun: deque[Callable[[], Any]] = deque()
    for item in items:
        begun.append(begin(item))
        if len(begun) >= size:
            yield begun.popleft()()
    while begun:
        yield begun.popleft()()
