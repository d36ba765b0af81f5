"""A whole copy of a store in one file, while others read and write it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from reviewpipe.errors import StoreError
from reviewpipe.store import tables
from reviewpipe.store.database import BESIDE, PROBLEMS, damaged, failure, is_in_the_way, told

if TYPE_CHECKING:
    from pathlib import Path


def copy(store: Path, target: Path) -> str:
    """Write a store as it is at this moment into a new file (mode 0600), and look whether all of it arrived.

    SQLite's online backup, in one step: a run that writes meanwhile goes on, and what it writes is not in the copy.
    Gives the mark of the key, as `check`.  StoreError where the store is damaged or the copy cannot be written.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(store, timeout=10)) as source, closing(sqlite3.connect(target)) as copied:
            source.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # all in one file, nothing beside it
    except PROBLEMS as problem:
        if is_in_the_way(problem):
            raise StoreError(
                f"The copy {target} cannot be written ({told(problem)}).  Check the folder and its free space."
            ) from None
        raise failure(store, problem) from None
    return check(target, store)


def check(copied: Path, named: Path | None = None) -> str:
    """The mark of the key with which a copy was made, "" for none.

    StoreError, about the file `named`, where it is damaged or of a newer version.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(copied.resolve()))}?mode=ro", uri=True)) as connection:
            ((found,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
            if found != "ok":
                raise damaged(named or copied, found)
            version = tables.version(connection)
            key = connection.execute("SELECT value FROM meta WHERE key = 'key'").fetchone()
    except PROBLEMS as problem:
        raise failure(named or copied, problem) from None
    if not tables.is_known(version):
        raise StoreError(
            f"{copied} has version {version}, this program needs {tables.SCHEMA_VERSION}.  Update reviewpipe."
        )
    return str(key[0]) if key else ""


def beside(store: Path) -> list[Path]:
    """What may belong to a store, itself first."""
    return [store, *(store.with_name(store.name + end) for end in BESIDE)]


def put(copied: Path, store: Path) -> None:
    """Put a copy into the place of a store, which is the old or the new one whenever this is interrupted.

    The caller has kept the old one.  OSError where the disk does not let it.
    """
    part = store.with_name(f".{store.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(copied.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    # What the old store left beside it would be taken for part of the new one.
    for path in beside(store)[1:]:
        path.unlink(missing_ok=True)
    part.replace(store)
