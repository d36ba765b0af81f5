"""What clients agreed to and where their words were used: a file to which lines are only ever added.

Each line carries the hash of the line before (as in Haber and Stornetta 1991, doi:10.1007/BF00196791), so a line that
is changed, taken out or put in shows.  The file lies beside the key, not in the store: a store can be made anew from
data/raw, a signature cannot.  No name and no word of a client stands in it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, get_args

from reviewpipe.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Event = Literal["granted", "revoked", "used", "removed", "rekeyed", "forgotten"]

# What the first line follows.
BEGINNING = sha256(b"reviewpipe consents").hexdigest()


@dataclass(frozen=True)
class Entry:
    """A line: what happened on a day (ISO) to a review, known by one of its keys and the digest of its words.

    `about` is the number of the entry that this one revokes, removes or carries over, else 0; `facts` are the event's.
    """

    event: Event
    on: str
    review: str
    words: str = ""
    about: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Log:
    """The entries in order, entry n at place n - 1, and the hash of the last line."""

    entries: Sequence[Entry] = ()
    head: str = BEGINNING

    @property
    def mark(self) -> str:
        """The number of entries and the hash of the last: what a later log must still begin with."""
        return f"{len(self.entries)} {self.head}"


def read(path: Path) -> Log:
    """The log in a file, an empty one where there is none; StoreError names the line that is not as it was written."""
    entries, head = [], BEGINNING
    for number, line in enumerate(_lines(path), 1):
        try:
            values = json.loads(line)
            chain = values.pop("chain")
            entry = Entry(**values)
            sound = chain == _chained(head, entry) and entry.event in get_args(Event)
        except (ValueError, TypeError, KeyError, AttributeError):
            sound = False
        if not sound:
            raise StoreError(
                f"{path}, line {number}, is not as it was written, so no consent can be trusted.  Restore the file "
                "from your backup; or compare it with the signed forms, remove it and record them again."
            )
        entries.append(entry)
        head = chain
    return Log(tuple(entries), head)


def append(path: Path, log: Log, entries: Sequence[Entry]) -> Log:
    """Add entries to the file that `log` was read from, all or none, on the disk when this returns; the longer log."""
    head, lines = log.head, []
    for entry in entries:
        head = _chained(head, entry)
        lines.append(json.dumps({**asdict(entry), "chain": head}, ensure_ascii=False, sort_keys=True) + "\n")
    before = _whole(path)
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(before + "".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        raise StoreError(
            f"{path} cannot be written ({problem.strerror}).  Check the folder and its free space."
        ) from None
    return Log((*log.entries, *entries), head)


def begins_with(log: Log, mark: str) -> bool:
    """Whether the log still holds the entries that it had when its mark was `mark`."""
    count, _, head = mark.partition(" ")
    then = BEGINNING
    for entry in log.entries[: int(count)]:
        then = _chained(then, entry)
    return len(log.entries) >= int(count) and then == head


def _chained(head: str, entry: Entry) -> str:
    values = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True)
    return sha256(f"{head}\n{values}".encode()).hexdigest()


def _whole(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as problem:
        raise StoreError(f"{path} cannot be read ({problem.strerror}).  Is it a file that you may read?") from None


def _lines(path: Path) -> list[str]:
    return _whole(path).decode("utf-8", "replace").splitlines()
