"""The store: one SQLite file with anonymised reviews.  The only module that knows SQL."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from reviewpipe.errors import StoreError
from reviewpipe.schema import Cell, Review, ThemeCell, ThemeHit, records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from reviewpipe.schema import Reject, Verdict

SCHEMA_VERSION = "1"

# Columns of the table `reviews`: what stays as it was first seen, and what an edit changes.
ORIGIN = ("source", "visibility", "posted_on", "month", "date_precision", "person")
CONTENT = (
    "rating", "rating_given", "recommended", "language", "text", "original", "reply", "truncated", "words", "score",
    "sentiment",
)  # fmt: skip

# Two people do not write so many equal characters by chance.
LONG_TEXT = 60


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a file or a run: read = new + edited + duplicate + rejected."""

    read: int = 0
    new: int = 0
    edited: int = 0
    duplicate: int = 0
    rejected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class FileNote:
    """A line of the ledger: a file by the digest of its content, and what it gave."""

    digest: str
    path: str
    source: str
    form: str
    counts: Counts = Counts()


@dataclass(frozen=True)
class FileReject:
    """A refused row, or a whole refused file where `row` is None."""

    path: str
    row: int | None
    reason: str


@dataclass(frozen=True)
class Finished:
    """Reviews at the end of the stages: the table, its themes row by row, and the names behind it as fingerprints."""

    reviews: pd.DataFrame
    themes: Sequence[Sequence[ThemeHit]]
    names: Collection[tuple[str, int]]


class Store:
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
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                store._create()
            version = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(
                f"The store {path} cannot be opened ({problem}).  "
                "Check the folder's permissions and free space; a damaged store is mended from a backup."
            ) from None
        if version != (SCHEMA_VERSION,):
            found = version[0] if version else "none"
            raise StoreError(
                f"The store {path} has version {found}, this program needs {SCHEMA_VERSION}.  Update reviewpipe."
            )
        return store

    def _create(self) -> None:
        script = files("reviewpipe").joinpath("tables.sql").read_text(encoding="utf-8")
        self._connection.executescript(f"BEGIN IMMEDIATE; {script}")
        self.set_meta("schema_version", SCHEMA_VERSION)
        self._connection.execute("COMMIT")

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

    # What a run needs ------------------------------------------------------------------------------------------

    def digests(self) -> set[str]:
        """Digests of the files that were read."""
        return {row[0] for row in self._all("SELECT digest FROM files")}

    def meta(self, key: str) -> str | None:
        """A note about the whole store, or None."""
        rows = self._all("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a note about the whole store."""
        self._all("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))

    def names(self) -> list[tuple[str, int]]:
        """Fingerprints of all reviewers' names with their number of words."""
        return self._all("SELECT fingerprint, words FROM names ORDER BY fingerprint")

    def save(self, finished: Finished, digest: str) -> Counts:
        """Put reviews into the store; the caller holds the transaction.  Saving twice is saving once."""
        new = edited = duplicate = 0
        for row, hits in zip(records(finished.reviews), finished.themes, strict=True):
            row["month"] = row["posted_on"][:7] if row["posted_on"] else None
            known = self._all("SELECT review_id FROM places WHERE review_key = ?", (row["review_key"],))
            twin = [] if known else self._twin(row)
            if known:
                changed = self._edit(known[0][0], row, hits)
                edited, duplicate = edited + changed, duplicate + (not changed)
                continue
            review_id = twin[0][0] if twin else row["review_key"]
            new, duplicate = new + (not twin), duplicate + bool(twin)
            if not twin:
                self._insert(review_id, row, hits)
            self._all("INSERT INTO places VALUES (?, ?, ?, ?)", (row["review_key"], review_id, row["source"], digest))
        with self._border():
            self._connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", sorted(finished.names))
        return Counts(new + edited + duplicate, new, edited, duplicate)

    def note(self, note: FileNote, rejects: Sequence[Reject]) -> None:
        """Write a file into the ledger; the caller holds the transaction."""
        self._all(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (note.digest, note.path, note.source, note.form, *astuple(note.counts)),
        )
        with self._border():
            self._connection.executemany(
                "INSERT INTO rejects VALUES (?, ?, ?)", [(note.digest, r.row, r.reason) for r in rejects]
            )

    def note_failures(self, failures: Mapping[str, str]) -> None:
        """Keep which files cannot be read at present; writes only where that changed."""
        if failures == dict(self._all("SELECT path, reason FROM failures")):
            return
        with self.transaction():
            self._all("DELETE FROM failures")
            self._connection.executemany("INSERT INTO failures VALUES (?, ?)", sorted(failures.items()))

    def note_run(self, started: str, counts: Counts) -> None:
        """Remember a run that changed something."""
        self._all("INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?)", (started, *astuple(counts)[1:]))

    def texts(self) -> list[tuple[str, str | None, str | None]]:
        """Id, text and language of every review, in a stable order."""
        return self._all("SELECT review_id, text, language FROM reviews ORDER BY review_id")

    def rewrite(
        self, verdicts: Mapping[str, Verdict], themes: Mapping[str, Sequence[ThemeHit]], texts: Mapping[str, str]
    ) -> None:
        """Replace verdict and themes of reviews, and the text of those in `texts`; the caller holds the transaction."""
        for review_id, text in texts.items():
            self._all("UPDATE reviews SET text = ? WHERE review_id = ?", (text, review_id))
        for review_id, verdict in verdicts.items():
            self._all(
                "UPDATE reviews SET score = ?, sentiment = ? WHERE review_id = ?",
                (verdict.score, verdict.sentiment, review_id),
            )
        for review_id, hits in themes.items():
            self._put_themes(review_id, hits)

    def _twin(self, row: Mapping[str, Any]) -> list[Any]:
        """The same opinion elsewhere: the same words of the same person, or the same long text under another name.

        "Dolores W." on one platform is "Dolores Whitmore" on the next; short texts ("Very good") say nothing of that.
        """
        sql = (
            "SELECT review_id FROM reviews WHERE words = :words AND "
            "(person = :person OR (source <> :source AND length(text) >= :long)) ORDER BY review_id LIMIT 1"
        )
        return self._all(sql, {**row, "long": LONG_TEXT}) if row["words"] else []

    def _insert(self, review_id: str, row: Mapping[str, Any], hits: Sequence[ThemeHit]) -> None:
        values = [review_id, *(row[name] for name in (*ORIGIN, *CONTENT))]
        columns, marks = ", ".join(("review_id", *ORIGIN, *CONTENT)), ", ".join("?" * len(values))
        self._all(f"INSERT INTO reviews ({columns}) VALUES ({marks})", values)  # noqa: S608  only our own column names
        self._put_themes(review_id, hits)

    def _edit(self, review_id: str, row: Mapping[str, Any], hits: Sequence[ThemeHit]) -> bool:
        """Take over what changed; True when the client's words or rating did (the version before is kept)."""
        before = self._all(
            "SELECT words, rating, reply, score, sentiment, text, truncated FROM reviews WHERE review_id = ?",
            (review_id,),
        )[0]
        values = {**row, "review_id": review_id}
        if row["reply"] and row["reply"] != before[2]:
            self._all("UPDATE reviews SET reply = :reply WHERE review_id = :review_id", values)
        excerpt_of_known = row["truncated"] and not before[6]
        if (row["words"], row["rating"]) == before[:2] or excerpt_of_known:
            return False
        self._all(
            "INSERT INTO versions VALUES (?, ?, ?, ?, ?)", (review_id, before[1], before[5], before[3], before[4])
        )
        changes = ", ".join(f"{name} = :{name}" for name in CONTENT)
        self._all(f"UPDATE reviews SET {changes} WHERE review_id = :review_id", values)  # noqa: S608  our column names
        self._put_themes(review_id, hits)
        return True

    def _put_themes(self, review_id: str, hits: Sequence[ThemeHit]) -> None:
        self._all("DELETE FROM themes WHERE review_id = ?", (review_id,))
        with self._border():
            self._connection.executemany(
                "INSERT INTO themes SELECT ?, ?, ?, ?, ?, ?, month FROM reviews WHERE review_id = ?",
                [(review_id, h.theme, h.polarity, h.direction, h.start, h.end, review_id) for h in hits],
            )

    # What readers need -----------------------------------------------------------------------------------------

    def cells(self) -> list[Cell]:
        """Numbers of reviews by month, source, sentiment, rating and language."""
        group = "month, source, sentiment, rating, language"
        sql = f"SELECT {group}, count(*) FROM reviews GROUP BY {group} ORDER BY {group}"  # noqa: S608  our column names
        return [Cell(*row) for row in self._all(sql)]

    def theme_cells(self) -> list[ThemeCell]:
        """Numbers of reviews by month, theme, polarity and direction; a review counts once for each theme."""
        rows = self._all(
            """
            SELECT month, theme, polarity, direction, count(*) FROM (
              SELECT month, theme,
                CASE WHEN min(direction) = max(direction) THEN min(direction)
                     WHEN min(direction) IS NOT NULL THEN 'neutral' END AS direction,
                CASE WHEN max(polarity = 'mixed') THEN 'mixed'
                     WHEN max(polarity = 'positive') AND max(polarity = 'negative') THEN 'mixed'
                     WHEN max(polarity = 'positive') THEN 'positive'
                     WHEN max(polarity = 'negative') THEN 'negative' ELSE 'neutral' END AS polarity
              FROM themes GROUP BY month, theme, review_id)
            GROUP BY month, theme, polarity, direction ORDER BY month, theme, polarity, direction
            """
        )
        return [ThemeCell(*row) for row in rows]

    def reviews(self, *, since: str | None = None, until: str | None = None, limit: int | None = None) -> list[Review]:
        """Reviews from the newest on; ISO dates, `until` is excluded; undated reviews come last."""
        rows = self._all(
            """
            SELECT review_id, source, visibility, posted_on, date_precision, rating, recommended, language, text, reply,
                   truncated, score, sentiment FROM reviews
            WHERE (:since IS NULL OR posted_on >= :since) AND (:until IS NULL OR posted_on < :until)
            ORDER BY posted_on IS NULL, posted_on DESC, review_id LIMIT :limit
            """,
            {"since": since, "until": until, "limit": -1 if limit is None else limit},
        )
        found = [Review(*row) for row in rows]
        wanted = {review.review_id for review in found}
        themes: dict[str, list[ThemeHit]] = defaultdict(list)
        places: dict[str, list[str]] = defaultdict(list)
        for review_id, source in self._all("SELECT DISTINCT review_id, source FROM places ORDER BY review_id, source"):
            if review_id in wanted:
                places[review_id].append(source)
        for row in self._all(
            'SELECT review_id, theme, polarity, start, "end", direction FROM themes ORDER BY review_id, start'
        ):
            if row[0] in wanted:
                themes[row[0]].append(ThemeHit(*row[1:]))
        return [
            replace(
                r, truncated=bool(r.truncated), places=tuple(places[r.review_id]), themes=tuple(themes[r.review_id])
            )
            for r in found
        ]

    def files(self) -> list[FileNote]:
        """The ledger, by path."""
        rows = self._all(
            "SELECT digest, path, source, form, read, new, edited, duplicate, rejected FROM files ORDER BY path, digest"
        )
        return [FileNote(row[0], row[1], row[2], row[3], Counts(*row[4:])) for row in rows]

    def rejects(self) -> list[FileReject]:
        """Refused rows by file and row, then files that cannot be read."""
        rows: Iterable[Any] = self._all(
            "SELECT path, row, reason FROM rejects JOIN files USING (digest) ORDER BY path, row"
        ) + self._all("SELECT path, NULL, reason FROM failures ORDER BY path")
        return [FileReject(*row) for row in rows]

    def soundness(self) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when all is well."""
        found = [row[0] for row in self._all("PRAGMA integrity_check") if row[0] != "ok"]
        return found + [f"a row of {row[0]} points nowhere" for row in self._all("PRAGMA foreign_key_check")]
