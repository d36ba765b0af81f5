"""A person asks to be forgotten: every row goes, and a keyed mark keeps the next import from bringing it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from reviewpipe.store.database import NAMELESS
from reviewpipe.store.merging import LONG_TEXT
from reviewpipe.store.reading import BY_REVIEW, Readers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from reviewpipe.schema import Label

FORGOTTEN = "forgotten at its author's request"
# Everything that hangs on a review, in the order in which it can be removed.
OF_A_REVIEW = ("themes", "versions", "marks", "reviews")


class Forgetting(Readers):
    """What takes reviews out of the store for good."""

    def refused(self) -> dict[str, int]:
        """How many rows of each file (by digest) were refused, but for those whose authors asked to be forgotten."""
        return dict(self._all("SELECT digest, count(*) FROM rejects WHERE reason <> ? GROUP BY digest", (FORGOTTEN,)))

    def reviews_of(self, person: str) -> list[str]:
        """Ids of the reviews that a person wrote at any place, by the keyed pseudonym."""
        sql = """
            SELECT DISTINCT review_id FROM places JOIN reviews USING (number) WHERE places.person = ? ORDER BY review_id
            """
        return [row[0] for row in self._all(sql, (person,))]

    def files_of(self, review_ids: Sequence[str]) -> list[str]:
        """Places under data/raw of the files in which reviews were read."""
        sql = """
            SELECT DISTINCT path
            FROM reviews JOIN places USING (number) JOIN sightings USING (place) JOIN files USING (digest)
            WHERE review_id = ?
            """
        return sorted({path for one in review_ids for (path,) in self._all(sql, (one,))})

    def forget(self, review_ids: Sequence[str]) -> None:
        """Remove reviews with their history and keep the marks of what must not come back; the caller's transaction."""
        for review_id, number in self._numbers_of(review_ids).items():
            self._many("INSERT OR IGNORE INTO forgotten VALUES (?)", [(mark,) for mark in self._tombstones(number)])
            places = self._all("SELECT place, review_key FROM places WHERE number = ?", (number,))
            self._many("DELETE FROM sightings WHERE place = ?", [(place,) for place, _ in places])
            self._all("DELETE FROM places WHERE number = ?", (number,))
            self.unlabel([review_id, *(key for _, key in places)])
            self._remove(number)

    def forgotten(self) -> list[str]:
        """The marks of everything that was forgotten."""
        return [row[0] for row in self._all("SELECT mark FROM forgotten ORDER BY mark")]

    def forget_marked(self, marks: Iterable[str]) -> int:
        """Forget what another store of the same key had forgotten; how many reviews; the caller's transaction."""
        wanted = set(marks)
        all_of_them = "SELECT number, review_id FROM reviews WHERE number > ? ORDER BY number LIMIT ?"
        held = self._paged(all_of_them) if wanted else ()
        found = [one for number, one in held if not wanted.isdisjoint(self._tombstones(number))]
        self.forget(found)
        self._many("INSERT OR IGNORE INTO forgotten VALUES (?)", [(mark,) for mark in sorted(wanted)])
        return len(found)

    def is_forgotten(self, row: dict[str, Any]) -> bool:
        """Whether a row was forgotten: by its key, by a person's words, or by words that nobody else would write."""
        marks = tombstones(row)
        sql = f"SELECT 1 FROM forgotten WHERE mark IN ({', '.join('?' * len(marks))}) LIMIT 1"  # noqa: S608  only marks
        return bool(self._all(sql, marks))

    def overwrite_freed_pages(self) -> bool:
        """Write the whole file anew, so that nothing that was deleted can be found in it.

        False where another program that reads the store keeps what was before from being overwritten.
        """
        self._all("VACUUM")
        ((busy, *_),) = self._all("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    def start_anew(self, forgotten: Iterable[str], labels: Iterable[tuple[Label, str]] = ()) -> None:
        """For a new key: every file is to be read again, no name is known.

        `forgotten` are the marks under that key, `labels` those under its keys of reviews, with digests of their words.
        """
        self._all("UPDATE files SET settings = ''")
        self._all("DELETE FROM names")
        self._all("DELETE FROM unswept")
        self._all("DELETE FROM forgotten")
        self.set_meta(NAMELESS, "yes")
        self._many("INSERT OR IGNORE INTO forgotten VALUES (?)", [(mark,) for mark in forgotten])
        self.replace_labels(labels)

    def part(self) -> None:
        """For a key that is destroyed: nothing tells any more which reviews one person wrote; the caller's transaction.

        Were the key restored from a backup, the next run would read every file again.
        """
        self._all("UPDATE reviews SET person = NULL")
        self._all("UPDATE places SET person = NULL")
        self._all("UPDATE files SET settings = ''")

    def _tombstones(self, number: int) -> list[str]:
        marks = [row[0] for row in self._all("SELECT review_key FROM places WHERE number = ?", (number,))]
        said = self._all(
            """
            SELECT DISTINCT places.person, said.words, said.text FROM places, (
              SELECT words, text FROM reviews WHERE number = :one
              UNION ALL SELECT words, text FROM versions WHERE number = :one) AS said
            WHERE places.number = :one
            """,
            {"one": number},
        )
        return marks + [mark for person, words, text in said for mark in _marks_of_words(person, words, text)]

    def _count_themes(self, numbers: Collection[int], by: Literal[-1, 1]) -> None:
        """Take what reviews say of their themes out of the counts, before that changes, or add it, after that."""
        of_them = BY_REVIEW.format("(SELECT themes.* FROM json_each(?) CROSS JOIN themes ON number = value)")
        self._all(
            f"""
            INSERT INTO theme_counts
            SELECT coalesce(month, ''), theme, polarity, coalesce(direction, ''), ? * count(*) FROM ({of_them})
            WHERE true GROUP BY 1, 2, 3, 4
            ON CONFLICT DO UPDATE SET n = n + excluded.n
            """,  # noqa: S608  our own words
            (by, json.dumps(list(numbers))),
        )

    def _remove(self, number: int) -> None:
        self._count_themes([number], -1)
        for table in OF_A_REVIEW:
            self._all(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608  our table names

    def _numbers_of(self, review_ids: Sequence[str]) -> dict[str, int]:
        """The numbers of those reviews that are in the store."""
        sql = "SELECT review_id, number FROM json_each(?) CROSS JOIN reviews ON review_id = value"
        return dict(self._all(sql, (json.dumps(review_ids),)))


def tombstones(row: Mapping[str, Any]) -> list[str]:
    """The marks under which a row is forgotten."""
    return [row["review_key"], *_marks_of_words(row["person"], row["words"], row["text"])]


def _marks_of_words(person: str | None, words: str | None, text: str | None) -> list[str]:
    """Under which the words of a person are forgotten; a short text alone is anybody's."""
    if not words:
        return []
    return ([f"{person}:{words}"] if person else []) + ([words] if len(text or "") >= LONG_TEXT else [])
