"""The tables of a store: made, told by their version, and brought up to date where they are of an older one."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING

from reviewpipe.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION = "7"


def make(connection: sqlite3.Connection) -> None:
    """Empty tables of this version."""
    _run(connection, "tables.sql")


def version(connection: sqlite3.Connection) -> str:
    """The version of a store's tables, "none" where it tells none."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return str(row[0]) if row and str(row[0]).isdigit() else "none"


def is_known(number: str) -> bool:
    """Whether this program reads tables of such a version, or can bring them up to date."""
    return number == SCHEMA_VERSION or files(__package__).joinpath(_step(number)).is_file()


def require_known(connection: sqlite3.Connection, path: Path) -> None:
    """StoreError where the store in `path` is of a version that this program does not know."""
    found = version(connection)
    if not is_known(found):
        raise StoreError(
            f"The store {path} has version {found}, this program needs {SCHEMA_VERSION}.  "
            "Update reviewpipe; or move the store away and call `reviewpipe run`, which reads data/raw anew."
        )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring tables of a known version up to date, each step as a whole or not at all."""
    connection.create_function("numbered", 2, _numbered, deterministic=True)
    while (found := version(connection)) != SCHEMA_VERSION:
        _run(connection, _step(found))


def _step(number: str) -> str:
    """The script that makes the next version of a store out of this one."""
    return f"migrations/{number}.sql"


def _run(connection: sqlite3.Connection, script: str) -> None:
    sql = files(__package__).joinpath(script).read_text(encoding="utf-8")
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {sql}; COMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _numbered(fingerprint: str, words: int) -> int:
    """What stands for a name since version 7: 64 bits of its fingerprint and its number of words."""
    return ((int(fingerprint[:16], 16) ^ words & 0xFF) + (1 << 63)) % (1 << 64) - (1 << 63)
