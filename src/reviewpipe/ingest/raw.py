"""A file as received: on disk, or a part of an archive or a mail, held in memory and never written anywhere."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from reviewpipe.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a letter says of its parts: their kind, and fields of Found for words that do not say so themselves."""

    kind: str
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """The bytes of a file and what is known of it.

    `place` is where it lies, or would lie if the archive around it were a folder; `written` when that was last done;
    `open` gives the bytes, each time from the start.  `said` is there in the words of a letter.
    """

    place: Path
    written: datetime
    open: Callable[[], BinaryIO]
    said: Said | None = None

    def head(self, size: int) -> bytes:
        """The first `size` bytes, fewer where there are no more."""
        with self.open() as file:
            return file.read(size)

    def content(self, most: int) -> bytes:
        """All bytes; UnreadableError where there are more than `most`."""
        content = self.head(most + 1)
        if len(content) > most:
            raise UnreadableError(f"it is larger than {most >> 20} MB.  Export a shorter period, or cut it in pieces")
        return content


def on_disk(path: Path) -> Raw:
    """The file at `path`; UnreadableError for a folder, a pipe and what may not be read."""
    with _reachable():
        status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        folder = stat.S_ISDIR(status.st_mode)
        raise UnreadableError("it is a folder.  Name a file in it" if folder else "it is no regular file")
    _opened(path).close()
    return Raw(path, datetime.fromtimestamp(status.st_mtime, tz=UTC), partial(_opened, path))


def _opened(path: Path) -> BinaryIO:
    with _reachable():
        return path.open("rb")


@contextmanager
def _reachable() -> Iterator[None]:
    """What the system says against a file, in our words; it may go away at any time."""
    try:
        yield
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "its name cannot be used"
        raise UnreadableError(f"it cannot be opened: {reason}.  Check the name and that you may read it") from None


def in_memory(place: Path, written: datetime, content: bytes, said: Said | None = None) -> Raw:
    """A part of something else, by its content."""
    return Raw(place, written, partial(BytesIO, content), said)
