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
    from reviewpipe.store.notes import Failure, FileNote, Finished, Wording

    Row = dict[str, Any]
    Kept = Literal["new", "edited", "duplicate", "again"]

# Columns of the table `reviews`: what its best place says, and what the version says that is kept.
ORIGIN = ("source", "visibility", "posted_on", "date_precision", "person")
CONTENT = (
    "rating", "rating_given", "recommended", "language", "text", "original", "truncated", "words", "score", "sentiment",
    "updated_on", "said_on", "seen_on", "settings",
)  # fmt: skip
HELD = (*ORIGIN, "month", *CONTENT, "reply", "replied_on")
VERSION = ("rating", "text", "score", "sentiment", "words", "updated_on", "said_on", "settings")

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
            row |= {
                "month": _month(row),
                "seen_on": note.seen_on,
                "said_on": merging.said_on(row),
                "replied_on": note.seen_on if row["reply"] else "",
                "settings": note.settings,
            }
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

    def note_failures(self, failures: Sequence[Failure], *, all_files: bool = True) -> None:
        """Keep which files give no reviews at present; writes only where that changed.

        Where not `all_files` were looked at, what is known of the others stays.
        """
        before, marks = self.failures(), {one.mark for one in failures}
        stay = [] if all_files else [one for one in before if one.mark not in marks]
        wanted = sorted([*failures, *stay], key=astuple)
        if wanted == before:
            return
        with self.transaction():
            self._all("DELETE FROM failures")
            self._many("INSERT INTO failures VALUES (?, ?, ?, ?, ?)", [astuple(one) for one in wanted])

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

    def reword(self, wordings: Iterable[Wording]) -> None:
        """Replace words beside the texts; the caller holds the transaction."""
        for one in wordings:
            key = {"reviews": "review_id", "versions": "rowid"}[one.table]
            self._all(f"UPDATE {one.table} SET {one.column} = ? WHERE {key} = ?", (one.text, one.row))  # noqa: S608  our names

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
            SELECT form, export, review_key, coalesce(updated_on, reviews.posted_on, ''), files.seen_on
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
        known = self._all("SELECT review_id FROM places WHERE review_key = ?", (row["review_key"],))
        again = bool(known) and not self._is_seen(known[0][0])
        review_id = known[0][0] if known else self._twin(row)
        if review_id is None:
            self._insert(row, hits)
            return "new"
        edited = self._merge(review_id, row, hits)
        self._put_place(review_id, row)
        self._settle(review_id)
        return "again" if again else "edited" if edited else "duplicate"

    def _is_seen(self, review_id: str) -> bool:
        """Whether a file that was read holds the review."""
        sql = "SELECT 1 FROM sightings JOIN places USING (review_key) WHERE review_id = ? LIMIT 1"
        return bool(self._all(sql, (review_id,)))

    def _twin(self, row: Row) -> str | None:
        """Id of the same opinion elsewhere.

        The same words of the same person, or the same long text under another name ("Dolores W." on one platform is
        "Dolores Whitmore" on the next; short texts such as "Very good" say nothing of that), or a nearly equal one.
        Who says "Very good" on two days at one place has been there twice.
        """
        exact_day = row["posted_on"] and row["date_precision"] in ("day", "second")
        facts = {**row, "long": merging.LONG_TEXT, "day": row["posted_on"][:10] if exact_day else None}
        if row["words"] and (exact := self._all(SAME_WORDS, facts)):
            return str(exact[0][0])
        numbers = _numbers(row)
        sql = f"SELECT DISTINCT review_id FROM marks WHERE mark IN ({', '.join('?' * len(numbers))}) ORDER BY review_id"  # noqa: S608  only marks
        alike = (str(one) for (one,) in self._all(sql, numbers) if merging.alike(self._held(one), row))
        return next(alike, None)

    def _held(self, review_id: str) -> Row:
        (values,) = self._all(f"SELECT {', '.join(HELD)} FROM reviews WHERE review_id = ?", (review_id,))  # noqa: S608  our column names
        return dict(zip(HELD, values, strict=True))

    def _insert(self, row: Row, hits: Sequence[ThemeHit]) -> None:
        review_id = row["review_key"]
        columns, values = ", ".join(("review_id", *HELD)), [review_id, *(row[name] for name in HELD)]
        self._all(f"INSERT INTO reviews ({columns}) VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608  our column names
        self._put_place(review_id, row)
        self._put_themes(review_id, hits)
        self._put_marks(review_id, row)

    def _merge(self, review_id: str, row: Row, hits: Sequence[ThemeHit]) -> bool:
        """Take over what `row` says better; True when the client's words or rating changed by it.

        What else was said is kept as a version, but for what was cut short.
        """
        held = self._held(review_id)
        same, better = merging.is_same(held, row), merging.rank(row) > merging.rank(held)
        other_settings = held["settings"] != row["settings"]
        if not same:
            self._put_version(review_id, held if better else row)
        changes: Row = {}
        if better or (same and other_settings):
            changes = {name: row[name] for name in CONTENT}
        replied = (held["replied_on"], False, held["reply"] or "")
        if row["reply"] and (row["replied_on"], other_settings, row["reply"]) > replied:
            changes |= {"reply": row["reply"], "replied_on": row["replied_on"]}
        if changes:
            self._change(review_id, changes)
        if "text" in changes and not (same and row["text"] == held["text"]):
            self._drop_version(review_id, row)
            self._put_themes(review_id, hits)
            self._put_marks(review_id, row)
        return better and not same

    def _change(self, review_id: str, changes: Row) -> None:
        sets = ", ".join(f"{name} = :{name}" for name in changes)
        sql = f"UPDATE reviews SET {sets} WHERE review_id = :one"  # noqa: S608  our column names
        self._all(sql, {**changes, "one": review_id})

    def _put_version(self, review_id: str, said: Row) -> None:
        """Keep what a review said at another time or place, once; of equal ones the newest."""
        if said["truncated"]:
            return
        of_it = "review_id = :review_id AND words IS :words AND rating IS :rating"
        version = {**{name: said[name] for name in VERSION}, "review_id": review_id}
        newer = "settings = :settings AND (said_on, coalesce(text, '')) >= (:said_on, coalesce(:text, ''))"
        if not self._all(f"SELECT 1 FROM versions WHERE {of_it} AND {newer}", version):  # noqa: S608  our own words
            self._drop_version(review_id, said)
            names = ", ".join(f":{name}" for name in VERSION)
            self._all(f"INSERT INTO versions (review_id, {', '.join(VERSION)}) VALUES (:review_id, {names})", version)  # noqa: S608  our column names

    def _drop_version(self, review_id: str, said: Row) -> None:
        sql = "DELETE FROM versions WHERE review_id = ? AND words IS ? AND rating IS ?"
        self._all(sql, (review_id, said["words"], said["rating"]))

    def _put_place(self, review_id: str, row: Row) -> None:
        """Keep where a review stands, and of two dates that a place gives the better one."""
        names = ("review_key", *ORIGIN)
        sql = f"SELECT {', '.join(names)} FROM places WHERE review_key = ?"  # noqa: S608  our column names
        known = [dict(zip(names, values, strict=True)) for values in self._all(sql, (row["review_key"],))]
        place = {name: row[name] for name in names}
        if known:
            (held,) = known
            if not merging.better_date(held, row):
                place |= {name: held[name] for name in ("posted_on", "date_precision")}
            for name in ("visibility", "person"):
                place[name] = min((one[name] for one in (held, row) if one[name]), default=None)
        columns = ", ".join(("review_id", *names))
        marks = ", ".join(f"{name} = excluded.{name}" for name in ORIGIN)
        self._all(
            f"INSERT INTO places ({columns}) VALUES ({', '.join('?' * (len(names) + 1))}) "  # noqa: S608  our column names
            f"ON CONFLICT (review_key) DO UPDATE SET {marks}",
            (review_id, *place.values()),
        )

    def _settle(self, review_id: str) -> None:
        """Give a review the date, source and person of its best place, and the least key of them all as its id."""
        names = ("review_key", *ORIGIN)
        sql = f"SELECT {', '.join(names)} FROM places WHERE review_id = ?"  # noqa: S608  our column names
        places = [dict(zip(names, values, strict=True)) for values in self._all(sql, (review_id,))]
        best = min(places, key=merging.origin)
        held = self._held(review_id)
        if any(best[name] != held[name] for name in ORIGIN):
            self._change(review_id, {name: best[name] for name in ORIGIN} | {"month": _month(best)})
            self._count_themes(review_id, -1)
            self._all("UPDATE themes SET month = ? WHERE review_id = ?", (_month(best), review_id))
            self._count_themes(review_id, 1)
        least = min(place["review_key"] for place in places)
        if least != review_id:
            self._all("PRAGMA defer_foreign_keys = ON")  # until the end of the transaction
            for table in ("reviews", "places", "themes", "versions", "marks"):
                self._all(f"UPDATE {table} SET review_id = ? WHERE review_id = ?", (least, review_id))  # noqa: S608  our tables

    def _put_themes(self, review_id: str, hits: Sequence[ThemeHit]) -> None:
        self._count_themes(review_id, -1)
        self._all("DELETE FROM themes WHERE review_id = ?", (review_id,))
        self._many(
            "INSERT OR IGNORE INTO themes SELECT ?, ?, ?, ?, ?, ?, month FROM reviews WHERE review_id = ?",
            [(review_id, h.theme, h.polarity, h.direction, h.start, h.end, review_id) for h in hits],
        )
        self._count_themes(review_id, 1)

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
            if self._all("SELECT 1 FROM places WHERE review_id = ? LIMIT 1", (review_id,)):
                self._settle(review_id)
            else:
                self._remove(review_id)


def _month(row: Row) -> str | None:
    return row["posted_on"][:7] if row["posted_on"] else None


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
