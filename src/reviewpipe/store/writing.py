"""What a run does to the store: reviews in, each opinion once, with all that is known of where it stands."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, Any, Literal

from reviewpipe.schema import Reject, records
from reviewpipe.store import merging
from reviewpipe.store.database import UNSWEPT
from reviewpipe.store.forgetting import FORGOTTEN, Forgetting
from reviewpipe.store.notes import Counts, Saved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.schema import ThemeHit, Verdict
    from reviewpipe.store.notes import FileNote, Finished

    Row = dict[str, Any]
    Kept = Literal["new", "edited", "duplicate", "again"]

# Columns of the table `reviews`: what stays as it was first seen, and what an edit changes.
ORIGIN = ("source", "visibility", "posted_on", "month", "date_precision", "person", "updated_on", "seen_on")
CONTENT = (
    "rating", "rating_given", "recommended", "language", "text", "original", "reply", "truncated", "words", "score",
    "sentiment",
)  # fmt: skip
HELD = (*ORIGIN, *CONTENT)

SAME_WORDS = """
    SELECT review_id, source FROM reviews
    WHERE words = :words AND (
      (source <> :source AND (person = :person OR length(text) >= :long))
      OR (source = :source AND person = :person AND (
        length(text) >= :long OR :day IS NULL OR date_precision NOT IN ('day', 'second')
        OR substr(posted_on, 1, 10) = :day
      ))
    )
    ORDER BY review_id LIMIT 1
    """


class Store(Forgetting):
    """An open store that can be written."""

    def save(self, finished: Finished, note: FileNote, rejects: Sequence[Reject] = ()) -> Saved:
        """Put a file into the store, reviews and ledger, in the caller's transaction.  Saving twice is saving once.

        A file that was read before (with other settings) is taken back first; what only it held and no longer holds is
        removed.  What was forgotten at somebody's request is refused.
        """
        before = self._take_back(note.digest)
        kept: Counter[Kept] = Counter()
        refused = list(rejects)
        for row, hits in zip(records(finished.reviews), finished.themes, strict=True):
            row |= {"month": row["posted_on"][:7] if row["posted_on"] else None, "seen_on": note.seen_on}
            if self.is_forgotten(row):
                refused.append(Reject(row["row"], FORGOTTEN))
                continue
            kept[self._put(row, hits)] += 1
            self._all("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?)", (row["review_key"], note.digest, row["row"]))
        self._drop_unseen(before)
        self._settle_labels()
        self.add_names(finished.names)
        counts = Counts(
            kept.total() + len(refused), kept["new"] + kept["again"], kept["edited"], kept["duplicate"], len(refused)
        )
        noted = replace(note, counts=counts)
        self._note(noted, refused)
        return Saved(noted, kept["again"])

    def add_names(self, names: Iterable[tuple[str, int]]) -> None:
        """Know names from now on, as fingerprints with their number of words; new ones are noted as not yet hidden."""
        before = self._connection.total_changes
        self._many("INSERT OR IGNORE INTO names VALUES (?, ?)", sorted(names))
        if self._connection.total_changes > before:
            self.set_meta(UNSWEPT, "yes")

    def _note(self, note: FileNote, rejects: Sequence[Reject]) -> None:
        columns = json.dumps(note.columns, ensure_ascii=False)
        facts = (note.digest, note.path, note.source, note.form, note.settings, note.seen_on, note.export, columns)
        names = "digest, path, source, form, settings, seen_on, export, columns, read, new, edited, duplicate, rejected"
        self._all("DELETE FROM rejects WHERE digest = ?", (note.digest,))
        self._all(
            f"INSERT OR REPLACE INTO files ({names}) VALUES ({', '.join('?' * 13)})",  # noqa: S608  our column names
            (*facts, *astuple(note.counts)),
        )
        self._many("INSERT INTO rejects VALUES (?, ?, ?)", [(note.digest, r.row, r.reason) for r in rejects])

    def note_failures(self, failures: Sequence[tuple[str, str]]) -> None:
        """Keep which files cannot be read at present, as (place, reason); writes only where that changed."""
        wanted = sorted(failures)
        if wanted == self._all("SELECT path, reason FROM failures ORDER BY path, reason"):
            return
        with self.transaction():
            self._all("DELETE FROM failures")
            self._many("INSERT INTO failures VALUES (?, ?)", wanted)

    def note_run(self, started: str, counts: Counts) -> None:
        """Remember a run that changed something."""
        self._all("INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?)", (started, *astuple(counts)[1:]))

    def rewrite(
        self, verdicts: Mapping[str, Verdict], themes: Mapping[str, Sequence[ThemeHit]], texts: Mapping[str, str]
    ) -> None:
        """Replace verdict and themes of reviews, and the text of those in `texts`; the caller holds the transaction."""
        self._many("UPDATE reviews SET text = ? WHERE review_id = ?", [(text, one) for one, text in texts.items()])
        self._many(
            "UPDATE reviews SET score = ?, sentiment = ? WHERE review_id = ?",
            [(verdict.score, verdict.sentiment, one) for one, verdict in verdicts.items()],
        )
        for review_id, hits in themes.items():
            self._put_themes(review_id, hits)

    def rename(self, places: Mapping[str, tuple[str, Mapping[str, bool]]]) -> None:
        """Replace path and columns of files, by digest; the caller holds the transaction."""
        rows = [(path, json.dumps(columns, ensure_ascii=False), digest) for digest, (path, columns) in places.items()]
        self._many("UPDATE files SET path = ?, columns = ? WHERE digest = ?", rows)

    def mark_vanished(self) -> int:
        """Mark the places of reviews that are missing in the newest export of all; how many are marked now.

        An export is compared with newer ones that hold half of its reviews or more, so that two locations never make
        each other's reviews vanish; and only over the days that the newer one covers.
        """
        exports: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
        for form, export, key, day, seen in self._all(
            """
            SELECT form, export, review_key, coalesce(updated_on, posted_on, ''), files.seen_on
            FROM files JOIN sightings USING (digest) JOIN places USING (review_key) JOIN reviews USING (review_id)
            WHERE export <> '' AND form IN (
              SELECT form FROM files WHERE export <> '' GROUP BY form HAVING count(DISTINCT export) > 1)
            """
        ):
            exports[form, export][key] = (day, seen)
        missing = _vanished(exports)
        if missing != dict(self._all("SELECT review_key, vanished FROM places WHERE vanished IS NOT NULL")):
            with self.transaction():
                self._all("UPDATE places SET vanished = NULL WHERE vanished IS NOT NULL")
                self._many("UPDATE places SET vanished = ? WHERE review_key = ?", [(d, k) for k, d in missing.items()])
        return len(missing)

    def _put(self, row: Row, hits: Sequence[ThemeHit]) -> Kept:
        """One row of a file: a new review, another version or place of a known one, or nothing new."""
        if known := self._all("SELECT review_id FROM places WHERE review_key = ?", (row["review_key"],)):
            again = not self._is_seen(known[0][0])
            edited = self._merge(known[0][0], row, hits, same_place=True)
            return "again" if again else "edited" if edited else "duplicate"
        twin = self._twin(row)
        review_id, source = twin or (row["review_key"], "")
        if twin:
            edited = self._merge(review_id, row, hits, same_place=source == row["source"])
        else:
            edited = False
            self._insert(review_id, row, hits)
        self._all("INSERT INTO places VALUES (?, ?, ?, NULL)", (row["review_key"], review_id, row["source"]))
        return "edited" if edited else "duplicate" if twin else "new"

    def _is_seen(self, review_id: str) -> bool:
        """Whether a file that was read holds the review."""
        sql = "SELECT 1 FROM sightings JOIN places USING (review_key) WHERE review_id = ? LIMIT 1"
        return bool(self._all(sql, (review_id,)))

    def _twin(self, row: Row) -> tuple[str, str] | None:
        """Id and source of the same opinion elsewhere.

        The same words of the same person, or the same long text under another name ("Dolores W." on one platform is
        "Dolores Whitmore" on the next; short texts such as "Very good" say nothing of that), or a nearly equal one.
        Who says "Very good" on two days at one place has been there twice.
        """
        exact_day = row["posted_on"] and row["date_precision"] in ("day", "second")
        facts = {**row, "long": merging.LONG_TEXT, "day": row["posted_on"][:10] if exact_day else None}
        if row["words"] and (exact := self._all(SAME_WORDS, facts)):
            found: tuple[str, str] = exact[0]
            return found
        numbers = _numbers(row)
        sql = f"SELECT DISTINCT review_id FROM marks WHERE mark IN ({', '.join('?' * len(numbers))}) ORDER BY review_id"  # noqa: S608  only marks
        for (review_id,) in self._all(sql, numbers):
            held = self._held(review_id)
            if merging.alike(held, row):
                return review_id, held["source"]
        return None

    def _held(self, review_id: str) -> Row:
        (values,) = self._all(f"SELECT {', '.join(HELD)} FROM reviews WHERE review_id = ?", (review_id,))  # noqa: S608  our column names
        return dict(zip(HELD, values, strict=True))

    def _insert(self, review_id: str, row: Row, hits: Sequence[ThemeHit]) -> None:
        columns, values = ", ".join(("review_id", *HELD)), [review_id, *(row[name] for name in HELD)]
        self._all(f"INSERT INTO reviews ({columns}) VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608  our column names
        self._put_themes(review_id, hits)
        self._put_marks(review_id, row)

    def _merge(self, review_id: str, row: Row, hits: Sequence[ThemeHit], *, same_place: bool) -> bool:
        """Take over what `row` says better; True when the client's words or rating changed by it.

        Versions are kept of what was said at the same place; another platform only fills in what was cut or unknown.
        """
        held = self._held(review_id)
        judged = merging.judge(held, row)
        changes = merging.details(held, row, same_place=same_place)
        edited = judged == "whole" or (judged == "newer" and same_place)
        if edited:
            changes = {name: row[name] for name in CONTENT} | changes
            changes["reply"] = changes.get("reply") or held["reply"]
        if same_place and judged in ("newer", "older"):
            self._put_version(review_id, held if edited else row)
        if changes:
            sets = ", ".join(f"{name} = :{name}" for name in changes)
            sql = f"UPDATE reviews SET {sets} WHERE review_id = :review_id"  # noqa: S608  our column names
            self._all(sql, {**changes, "review_id": review_id})
        if edited:
            self._all(
                "DELETE FROM versions WHERE review_id = ? AND words IS ? AND rating IS ?",
                (review_id, row["words"], row["rating"]),
            )
            self._put_themes(review_id, hits)
            self._put_marks(review_id, row)
        elif "month" in changes:
            self._all("UPDATE themes SET month = ? WHERE review_id = ?", (changes["month"], review_id))
        return edited

    def _put_version(self, review_id: str, said: Row) -> None:
        """Keep what a review said at another time, once."""
        version = {**{name: said[name] for name in ("rating", "text", "score", "sentiment", "words", "updated_on")}}
        self._all(
            """
            INSERT INTO versions SELECT :review_id, :rating, :text, :score, :sentiment, :words, :updated_on
            WHERE NOT EXISTS (
              SELECT 1 FROM versions WHERE review_id = :review_id AND words IS :words AND rating IS :rating)
            """,
            {**version, "review_id": review_id},
        )

    def _put_themes(self, review_id: str, hits: Sequence[ThemeHit]) -> None:
        self._all("DELETE FROM themes WHERE review_id = ?", (review_id,))
        self._many(
            "INSERT OR IGNORE INTO themes SELECT ?, ?, ?, ?, ?, ?, month FROM reviews WHERE review_id = ?",
            [(review_id, h.theme, h.polarity, h.direction, h.start, h.end, review_id) for h in hits],
        )

    def _put_marks(self, review_id: str, row: Row) -> None:
        self._all("DELETE FROM marks WHERE review_id = ?", (review_id,))
        self._many("INSERT OR IGNORE INTO marks VALUES (?, ?)", [(number, review_id) for number in _numbers(row)])

    def _take_back(self, digest: str) -> list[str]:
        """Forget that a file was read; the keys of what it held."""
        keys = [row[0] for row in self._all("SELECT DISTINCT review_key FROM sightings WHERE digest = ?", (digest,))]
        self._all("DELETE FROM sightings WHERE digest = ?", (digest,))
        return keys

    def _drop_unseen(self, keys: Sequence[str]) -> None:
        """Remove the places among `keys` that stand in no file any more, and reviews that then stand nowhere."""
        for key in keys:
            if self._all("SELECT 1 FROM sightings WHERE review_key = ? LIMIT 1", (key,)):
                continue
            ((review_id,),) = self._all("DELETE FROM places WHERE review_key = ? RETURNING review_id", (key,))
            if not self._all("SELECT 1 FROM places WHERE review_id = ? LIMIT 1", (review_id,)):
                self._remove(review_id)


def _numbers(row: Row) -> list[int]:
    """A row's marks as SQLite's signed integers."""
    return [int(mark, 16) - (1 << 63) for mark in (row["marks"] or "").split()]


def _vanished(exports: Mapping[tuple[str, str], Mapping[str, tuple[str, str]]]) -> dict[str, str]:
    """The keys that a newer export of the same reviews no longer holds, with that export's day."""
    newest_first = sorted(exports.items(), key=lambda one: (max(one[1].values()), one[0]), reverse=True)
    missing: dict[str, str] = {}
    present: set[str] = set()
    for at, ((form, _), held) in enumerate(newest_first):
        for (other, _), newer in newest_first[:at]:
            shared = newer.keys() & held.keys()
            if other != form or len(shared) * 2 < len(held):
                continue
            first, day = min(newer.values())[0], max(seen for _, seen in newer.values())[:10]
            gone = {key for key in held.keys() - shared if held[key][0] >= first} - present
            missing |= dict.fromkeys(gone, day)
            break
        present |= held.keys()
    return missing
