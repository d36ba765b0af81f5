"""A copy of the store in memory, to try things on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from reviewpipe.errors import StoreError
from reviewpipe.store import tables
from reviewpipe.store.database import BESIDE
from reviewpipe.store.writing import Store


def in_memory(path: Path) -> Store:
    """The store in `path` as it is now, copied; an empty one where there is none.

    What is written to it is gone when it is closed, and nothing changes on disk: neither a file nor its date (but for
    SQLite's own index "-shm", where another program has the store open).  StoreError where it cannot be read.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            _copy(path, connection)
        else:
            tables.make(connection)
        tables.require_known(connection, path)
        tables.migrate(connection)
        connection.execute("PRAGMA foreign_keys = ON")
    except StoreError:
        connection.close()
        raise
    except (sqlite3.Error, OSError) as problem:
        connection.close()
        raise StoreError(f"The store {path} cannot be read ({problem}).  `reviewpipe doctor` says more.") from None
    return Store(connection, path)


def _copy(path: Path, target: sqlite3.Connection) -> None:
    # A reader of a store in WAL mode makes files beside it; not where it is told that nobody writes.
    quiet = not any(Path(f"{path}{end}").exists() for end in BESIDE)
    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if quiet else ''}", uri=True)
    try:
        source.backup(target)
    finally:
        source.close()
