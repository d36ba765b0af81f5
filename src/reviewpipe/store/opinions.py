"""Each opinion once: the rows of files become reviews, with all that is known of where each stands."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from reviewpipe.store import merging
from reviewpipe.store.forgetting import Forgetting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewpipe.schema import ThemeHit

    Row = dict[str, Any]
    Told = tuple[Row, Sequence[ThemeHit]]
    Kept = Literal["new", "edited", "duplicate", "again"]

# Columns of the table `reviews`: what its best place says, and what the version says that is kept.
ORIGIN = ("source", "visibility", "posted_on", "date_precision", "person")
CONTENT = (
    "rating", "rating_given", "recommended", "language", "text", "original", "truncated", "words", "score", "sentiment",
    "updated_on", "said_on", "seen_on", "settings", "codes",
)  # fmt: skip
HELD = (*ORIGIN, "month", *CONTENT, "reply", "reply_codes", "replied_on")
VERSION = ("rating", "text", "score", "sentiment", "words", "updated_on", "said_on", "settings", "codes")

COMPARED = ("source", "person", "text", "truncated")
# What may be nearly the same as :marks: of the same person, or of another source.
ALIKE = f"""
    SELECT DISTINCT review_id, number, {", ".join(COMPARED)}
    FROM json_each(:marks) CROSS JOIN marks ON mark = value CROSS JOIN reviews USING (number)
    WHERE source <> :source OR person = :person
    ORDER BY review_id
    """  # noqa: S608  our column names
# The same for many: each of the marks comes with the place of its row, its source and its person.
ALIKE_MANY = f"""
    SELECT json_extract(asked.value, '$[0]'), {", ".join(COMPARED)} FROM json_each(?) AS asked
    CROSS JOIN marks ON mark = json_extract(asked.value, '$[1]') CROSS JOIN reviews USING (number)
    WHERE source <> json_extract(asked.value, '$[2]') OR person = json_extract(asked.value, '$[3]')
    """  # noqa: S608  our column names

SAME_WORDS = """
    SELECT number FROM reviews
    WHERE words = :words AND (
      (source <> :source AND (person = :person OR length(text) >= :long))
      OR (source = :source AND person = :person AND (
        length(text) >= :long OR :day IS NULL OR date_precision NOT IN ('day', 'second')
        OR substr(posted_on, 1, 10) = :day
      ))
    )
    ORDER BY review_id LIMIT 1
    """


class Opinions(Forgetting):
    """What knows whether a row is a new opinion, another version or place of one, or nothing new."""

    def _put_all(self, told: Sequence[Told], digest: str) -> Counter[Kept]:
        """Rows of a file; most have nothing to do with any other and go in together."""
        alone = self._unrelated([row for row, _ in told])
        together = [one for one in told if one[0]["review_key"] in alone]
        self._insert_all(together)
        self._see([row for row, _ in together], digest)
        kept: Counter[Kept] = Counter({"new": len(together)})
        for row, hits in told:
            if row["review_key"] not in alone:
                kept[self._put(row, hits)] += 1
                self._see([row], digest)
        return kept

    def _see(self, rows: Sequence[Row], digest: str) -> None:
        """Note in which file and row reviews were read."""
        seen = [(digest, row["row"], row["review_key"]) for row in rows]
        self._many("INSERT OR IGNORE INTO sightings SELECT place, ?, ? FROM places WHERE review_key = ?", seen)

    def _unrelated(self, rows: Sequence[Row]) -> set[str]:
        """The keys of rows that share neither key nor words with any other, nor marks with one that may be the same.

        Among a million reviews most share a mark with one that says something else: these are compared all at once.
        """
        marks = [_signed(row["marks"]) for row in rows]
        keys, words = [row["review_key"] for row in rows], [row["words"] for row in rows if row["words"]]
        taken: set[Any] = {one for one, count in Counter(chain(keys, words, *marks)).items() if count > 1}
        for column, table, asked in (("review_key", "places", keys), ("words", "reviews", words)):
            sql = f"SELECT DISTINCT {column} FROM json_each(?) CROSS JOIN {table} ON {column} = value"  # noqa: S608  our names
            taken.update(one for (one,) in self._all(sql, (json.dumps(asked),)))
        alone = {
            at: rows[at] for at, of_row in enumerate(marks) if taken.isdisjoint((keys[at], rows[at]["words"], *of_row))
        }
        marked = [(at, mark, row["source"], row["person"]) for at, row in alone.items() for mark in marks[at]]
        for at, *held in self._each(ALIKE_MANY, (json.dumps(marked),)):
            if at in alone and merging.alike(dict(zip(COMPARED, held, strict=True)), alone[at]):
                del alone[at]
        return {row["review_key"] for row in alone.values()}

    def _insert_all(self, told: Sequence[Told]) -> None:
        """New reviews, each called by its key."""
        ((last,),) = self._all("SELECT coalesce(max(number), 0) FROM reviews")
        numbered = dict(enumerate(told, last + 1))
        columns, marks = ", ".join(("number", "review_id", *HELD)), ", ".join("?" * (len(HELD) + 2))
        held = [(one, row["review_key"], *(row[name] for name in HELD)) for one, (row, _) in numbered.items()]
        self._many(f"INSERT INTO reviews ({columns}) VALUES ({marks})", held)  # noqa: S608  our column names
        columns, marks = ", ".join(("number", "review_key", *ORIGIN)), ", ".join("?" * (len(ORIGIN) + 2))
        places = [(one, row["review_key"], *(row[name] for name in ORIGIN)) for one, (row, _) in numbered.items()]
        self._many(f"INSERT INTO places ({columns}) VALUES ({marks})", places)  # noqa: S608  our column names
        self._put_themes({one: hits for one, (_, hits) in numbered.items()})
        self.remark({one: row["marks"] for one, (row, _) in numbered.items()})

    def _put(self, row: Row, hits: Sequence[ThemeHit]) -> Kept:
        """One row of a file: a new review, another version or place of a known one, or nothing new."""
        known = self._all("SELECT number FROM places WHERE review_key = ?", (row["review_key"],))
        again = bool(known) and not self._is_seen(known[0][0])
        number = known[0][0] if known else self._twin(row)
        if number is None:
            self._insert_all([(row, hits)])
            return "new"
        edited = self._merge(number, row, hits)
        self._put_place(number, row)
        self._settle(number)
        return "again" if again else "edited" if edited else "duplicate"

    def _is_seen(self, number: int) -> bool:
        """Whether a file that was read holds the review."""
        return bool(self._all("SELECT 1 FROM places JOIN sightings USING (place) WHERE number = ? LIMIT 1", (number,)))

    def _twin(self, row: Row) -> int | None:
        """Number of the same opinion elsewhere.

        The same words of the same person, or the same long text under another name ("Dolores W." on one platform is
        "Dolores Whitmore" on the next; short texts such as "Very good" say nothing of that), or a nearly equal one.
        Who says "Very good" on two days at one place has been there twice.
        """
        exact_day = row["posted_on"] and row["date_precision"] in ("day", "second")
        facts = {**row, "long": merging.LONG_TEXT, "day": row["posted_on"][:10] if exact_day else None}
        if row["words"] and (exact := self._all(SAME_WORDS, facts)):
            return int(exact[0][0])
        asked = {**facts, "marks": json.dumps(_signed(row["marks"]))}
        for _, number, *values in self._all(ALIKE, asked):
            if merging.alike(dict(zip(COMPARED, values, strict=True)), row):
                return int(number)
        return None

    def _held(self, number: int) -> Row:
        (values,) = self._all(f"SELECT {', '.join(HELD)} FROM reviews WHERE number = ?", (number,))  # noqa: S608  our column names
        return dict(zip(HELD, values, strict=True))

    def _merge(self, number: int, row: Row, hits: Sequence[ThemeHit]) -> bool:
        """Take over what `row` says better; True when the client's words or rating changed by it.

        What else was said is kept as a version, but for what was cut short.
        """
        held = self._held(number)
        same, better = merging.is_same(held, row), merging.rank(row) > merging.rank(held)
        other_settings = held["settings"] != row["settings"]
        if not same:
            self._put_version(number, held if better else row)
        changes: Row = {}
        if better or (same and other_settings):
            changes = {name: row[name] for name in CONTENT}
        replied = (held["replied_on"], False, held["reply"] or "")
        if row["reply"] and (row["replied_on"], other_settings, row["reply"]) > replied:
            changes |= {name: row[name] for name in ("reply", "reply_codes", "replied_on")}
        if changes:
            self._change(number, changes)
        if "text" in changes:
            self.remark({number: row["marks"]})
        if "text" in changes and not (same and row["text"] == held["text"]):
            self._drop_version(number, row)
            self._put_themes({number: hits})
        return better and not same

    def _change(self, number: int, changes: Row) -> None:
        sets = ", ".join(f"{name} = :{name}" for name in changes)
        sql = f"UPDATE reviews SET {sets} WHERE number = :number"  # noqa: S608  our column names
        self._all(sql, {**changes, "number": number})

    def _put_version(self, number: int, said: Row) -> None:
        """Keep what a review said at another time or place, once; of equal ones the newest."""
        if said["truncated"]:
            return
        of_it = "number = :number AND words IS :words AND rating IS :rating"
        version = {**{name: said[name] for name in VERSION}, "number": number}
        newer = "settings = :settings AND (said_on, coalesce(text, '')) >= (:said_on, coalesce(:text, ''))"
        if not self._all(f"SELECT 1 FROM versions WHERE {of_it} AND {newer}", version):  # noqa: S608  our own words
            self._drop_version(number, said)
            names = ", ".join(f":{name}" for name in VERSION)
            self._all(f"INSERT INTO versions (number, {', '.join(VERSION)}) VALUES (:number, {names})", version)  # noqa: S608  our column names

    def _drop_version(self, number: int, said: Row) -> None:
        sql = "DELETE FROM versions WHERE number = ? AND words IS ? AND rating IS ?"
        self._all(sql, (number, said["words"], said["rating"]))

    def _put_place(self, number: int, row: Row) -> None:
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
        columns = ", ".join(("number", *names))
        marks = ", ".join(f"{name} = excluded.{name}" for name in ORIGIN)
        self._all(
            f"INSERT INTO places ({columns}) VALUES ({', '.join('?' * (len(names) + 1))}) "  # noqa: S608  our column names
            f"ON CONFLICT (review_key) DO UPDATE SET {marks}",
            (number, *place.values()),
        )

    def _settle(self, number: int) -> None:
        """Give a review the date, source and person of its best place, and the least key of them all as its id."""
        names = ("review_key", *ORIGIN)
        sql = f"SELECT {', '.join(names)} FROM places WHERE number = ?"  # noqa: S608  our column names
        places = [dict(zip(names, values, strict=True)) for values in self._all(sql, (number,))]
        best = min(places, key=merging.origin)
        held = self._held(number)
        if any(best[name] != held[name] for name in ORIGIN):
            self._change(number, {name: best[name] for name in ORIGIN} | {"month": month(best)})
            self._count_themes([number], -1)
            self._all("UPDATE themes SET month = ? WHERE number = ?", (month(best), number))
            self._count_themes([number], 1)
        least = min(place["review_key"] for place in places)
        self._all("UPDATE reviews SET review_id = ? WHERE number = ? AND review_id <> ?", (least, number, least))

    def _put_themes(self, hits: Mapping[int, Sequence[ThemeHit]]) -> None:
        """What reviews say of themes, by their numbers, in place of what stood there."""
        self._count_themes(hits, -1)
        self._all("DELETE FROM themes WHERE number IN (SELECT value FROM json_each(?))", (json.dumps(list(hits)),))
        self._many(
            "INSERT OR IGNORE INTO themes SELECT ?, ?, ?, ?, ?, ?, month FROM reviews WHERE number = ?",
            [
                (one, h.theme, h.polarity, h.direction, h.start, h.end, one)
                for one, found in hits.items()
                for h in found
            ],
        )
        self._count_themes(hits, 1)

    def remark(self, marks: Mapping[int, str | None]) -> None:
        """Replace the marks of reviews, by their numbers; the caller holds the transaction."""
        self._all("DELETE FROM marks WHERE number IN (SELECT value FROM json_each(?))", (json.dumps(list(marks)),))
        pairs = ((mark, one) for one, of_it in marks.items() for mark in _signed(of_it))
        self._many("INSERT OR IGNORE INTO marks VALUES (?, ?)", pairs)


def month(row: Row) -> str | None:
    """The month of a row's date as YYYY-MM."""
    return row["posted_on"][:7] if row["posted_on"] else None


def _signed(marks: str | None) -> list[int]:
    """Marks as SQLite's signed integers."""
    return [int(mark, 16) - (1 << 63) for mark in (marks or "").split()]
