"""One SQLite file, open: transactions, snapshots, errors in our words."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from reviewpipe.errors import ReviewpipeError, StoreError
from reviewpipe.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

CACHE = 32_768  # kilobytes of the store that are kept in memory, at most
# A note in the store while pages of earlier months still show what it no longer holds.
OUTDATED = "outdated pages"
# A note that the key is new and the names behind the reviews are not known yet.
NAMELESS = "names to be read again"

# Stores up to this size (bytes; some 60,000 reviews) are looked over whenever they are opened: at most 0.2 seconds.
LOOKED_OVER = 64 << 20
# What SQLite says when the disk or another program stands in the way, by its primary result codes; all else is damage.
IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
NO_WAY = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS,
}  # fmt: skip
# What sqlite3 raises; the second for names in a damaged store, and its message would quote them.
PROBLEMS = (sqlite3.Error, UnicodeDecodeError)
# What belongs to a store while it is open, or after its program was killed.
BESIDE = ("-wal", "-shm")


class Database:
    """An open store.  Carries one connection; use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store in `path`, made (mode 0600) if there is none.  StoreError says what to do next.

        What is no store of ours, of a newer version, or damaged is left as it is.
        """
        try:
            if not path.exists():
                _make(path)
            if path.is_dir():
                raise damaged(path, "it is a folder")
            os.close(os.open(path, os.O_RDWR))  # its errors say more than SQLite's
            store = cls(sqlite3.connect(path, isolation_level=None, timeout=10), path)
            try:
                store._prepare()
            except BaseException:
                store._connection.close()
                raise
        except OSError as problem:
            raise StoreError(
                f"The store {path} cannot be opened ({problem.strerror}).  "
                "Check the folder's permissions and free space, then call this again."
            ) from None
        except PROBLEMS as problem:
            raise failure(path, problem) from None
        return store

    @classmethod
    @contextmanager
    def read(cls, path: Path) -> Iterator[Self]:
        """The store in `path`, open and as it is at this moment, for one who only looks: `open` and `snapshot`."""
        with cls.open(path) as store, store.snapshot():
            yield store

    def _prepare(self) -> None:
        """Look whether it is a sound store of ours, then bring one of an older version up to date."""
        tables.require_known(self._connection, self.path)
        if self.path.stat().st_size <= LOOKED_OVER:
            found = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise damaged(self.path, found)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA secure_delete = ON")
        # Digests are in no order, so their indexes change all over: pages in memory are not written again and again.
        self._connection.execute(f"PRAGMA cache_size = -{CACHE}")
        tables.migrate(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        """Close; an error that nobody foresaw is told as damage where the store is damaged: it gave what cannot be."""
        try:
            if isinstance(problem, Exception) and not isinstance(problem, ReviewpipeError):
                found = self.soundness()
                if found:
                    raise damaged(self.path, found[0]) from None
        finally:
            self._connection.close()

    def soundness(self) -> list[str]:
        """What is wrong with the file, a line each without any value; empty when all is well."""
        from reviewpipe.store.soundness import damage

        return damage(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is done as one, or not at all."""
        with self._border():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is the store of one moment, whatever a run saves meanwhile; nothing can be written.

        Without it two counts of one page may come from two stores.
        """
        with self._border():
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if self._connection.in_transaction:  # SQLite itself rolls back when the disk fails
                    self._connection.execute("ROLLBACK")
                self._connection.execute("PRAGMA query_only = OFF")

    @contextmanager
    def _border(self) -> Iterator[None]:
        """SQLite's errors become ours here and nowhere else."""
        try:
            yield
        except PROBLEMS as problem:
            raise failure(self.path, problem) from None

    def _all(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        with self._border():
            return self._connection.execute(sql, values).fetchall()

    def _each(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """Rows one by one: where there may be very many, and nothing is written meanwhile."""
        with self._border():
            yield from self._connection.execute(sql, values)

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


def _make(path: Path) -> None:
    """A new store beside its place, then in it: a file without tables is never a store that was just begun.

    What an earlier store left beside it would be taken for part of the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(part, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")  # no second file to be left behind
        tables.make(connection)
    finally:
        connection.close()
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
    part.replace(path)


def failure(path: Path, problem: Exception) -> StoreError:
    """SQLite's error in our words, with what to do next."""
    if _code(problem) in IN_USE:
        return StoreError(f"Another program holds the store {path} for long.  Close it, then call this again.")
    if is_in_the_way(problem):
        return StoreError(
            f"The store {path} failed ({told(problem)}).  Nothing of this file was saved; "
            "check free space and permissions, then run again."
        )
    return damaged(path, told(problem))


def _code(problem: Exception) -> int:
    """SQLite's primary result code; an error without one is a text that is none."""
    return int(getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF


def is_in_the_way(problem: Exception) -> bool:
    """Whether it is the disk, its rights or its space, and not the store itself."""
    return _code(problem) in NO_WAY


def damaged(path: Path, what: str) -> StoreError:
    """A store that cannot be trusted; `what` is in one line and holds no value."""
    return StoreError(
        f"The store {path} is damaged or no store of reviewpipe ({what.splitlines()[0]}).  It is left as it is.  "
        "Restore a backup with `reviewpipe backup --restore`; or move it away and call `reviewpipe run`, "
        "which makes a new one of everything in data/raw."
    )


def told(problem: Exception) -> str:
    """SQLite's words; where they would quote a text, that it is broken."""
    return str(problem) if hasattr(problem, "sqlite_errorcode") else "a text in it is no text"
