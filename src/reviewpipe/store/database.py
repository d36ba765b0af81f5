"""One SQLite file, open: transactions, errors in our words, versions of the tables."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from reviewpipe.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

SCHEMA_VERSION = "5"
# A note in the store while pages of earlier months still show what it no longer holds.
OUTDATED = "outdated pages"
# A note that names were learned that older texts may still hold.
UNSWEPT = "names not yet hidden everywhere"
# A note that the key is new and the names behind the reviews are not known yet.
NAMELESS = "names to be read again"


class Database:
    """An open store.  Carries one connection; use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store in `path`, made (mode 0600) if there is none.  StoreError says what to do next."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(path, isolation_level=None, timeout=10)
            store = cls(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            store._prepare()
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(
                f"The store {path} cannot be opened ({problem}).  "
                "Check the folder's permissions and free space; a damaged store is mended from a backup."
            ) from None
        return store

    def _prepare(self) -> None:
        """Make the tables of a new store, or bring those of an older version up to date; nothing else of us stays."""
        if not self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            self._run("tables.sql")
        while (version := self._version()) != SCHEMA_VERSION:
            step = f"migrations/{version}.sql"
            if not files(__package__).joinpath(step).is_file():
                raise StoreError(
                    f"The store {self.path} has version {version}, this program needs {SCHEMA_VERSION}.  "
                    "Update reviewpipe."
                )
            self._run(step)

    def _version(self) -> str:
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return str(row[0]) if row and str(row[0]).isdigit() else "none"

    def _run(self, script: str) -> None:
        """One of our scripts, as a whole or not at all."""
        sql = files(__package__).joinpath(script).read_text(encoding="utf-8")
        try:
            self._connection.executescript(f"BEGIN IMMEDIATE; {sql}; COMMIT;")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is done as one, or not at all."""
        with self._border():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _border(self) -> Iterator[None]:
        """SQLite's errors become ours here and nowhere else; their texts name no values."""
        try:
            yield
        except sqlite3.Error as problem:
            raise StoreError(
                f"The store {self.path} failed ({problem}).  Nothing of this file was saved; "
                "check free space and permissions, then run again."
            ) from None

    def _all(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        with self._border():
            return self._connection.execute(sql, values).fetchall()

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._border():
            self._connection.executemany(sql, rows)

    def meta(self, key: str) -> str | None:
        """A note about the whole store, or None."""
        rows = self._all("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note about the whole store."""
        self._all("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
