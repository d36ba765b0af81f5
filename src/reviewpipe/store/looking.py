"""A copy of the store in memory, to try things on."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from reviewpipe.errors import StoreError
from reviewpipe.store.database import SCHEMA_VERSION, numbered
from reviewpipe.store.writing import Store

# What SQLite lays beside a store that is open, or was when its program was killed.
BESIDE = ("-wal", "-shm")


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
            connection.executescript(_script("tables.sql"))
        _bring_up_to_date(connection, path)
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


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    connection.create_function("numbered", 2, numbered, deterministic=True)
    while (version := _version(connection)) != SCHEMA_VERSION:
        if not files(__package__).joinpath(f"migrations/{version}.sql").is_file():
            raise StoreError(
                f"The store {path} has version {version}, this program needs {SCHEMA_VERSION}.  Update reviewpipe."
            )
        connection.executescript(_script(f"migrations/{version}.sql"))


def _script(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _version(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return str(row[0]) if row else "none"
