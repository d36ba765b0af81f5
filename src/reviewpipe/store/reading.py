"""What readers need of the store: counted cells, reviews, the ledger, what was refused."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewpipe.errors import UsageError
from reviewpipe.schema import Cell, Review, ThemeCell, ThemeHit, several
from reviewpipe.store.labels import Labels, corrected
from reviewpipe.store.notes import Counts, Failure, FileNote, FileReject, Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from reviewpipe.store.notes import Saying


# Of fewer signs of an id a slip of the pen makes another.
SHORTEST_ID = 4
# Rows that are fetched at a time where all are gone through, and a number that is less than any of them.
PAGE, LEAST = 1000, -(1 << 63)
# What a review says of a theme in all.
BY_REVIEW = """
    SELECT month, theme,
      CASE WHEN min(direction) = max(direction) THEN min(direction)
           WHEN min(direction) IS NOT NULL THEN 'neutral' END AS direction,
      CASE WHEN max(polarity = 'mixed') THEN 'mixed'
           WHEN max(polarity = 'positive') AND max(polarity = 'negative') THEN 'mixed'
           WHEN max(polarity = 'positive') THEN 'positive'
           WHEN max(polarity = 'negative') THEN 'negative' ELSE 'neutral' END AS polarity
    FROM {} GROUP BY month, theme, number
    """


OF_A_REVIEW = """
    number, review_id, source, visibility, posted_on, date_precision, rating, recommended, language, text, reply,
    truncated, score, sentiment, person
    """
# A happy review with whole words that says good of :theme, of any if that is ''; a person's word decides above.
QUOTABLE = """
    sentiment = 'positive' AND NOT truncated AND text IS NOT NULL AND EXISTS (
      SELECT 1 FROM themes
      WHERE themes.number = reviews.number AND polarity = 'positive' AND :theme IN ('', theme))
    """
# Reviews that are missing from the newest export wherever they stand, with its day.
GONE = """
    SELECT number, max(vanished) AS gone_on FROM places
    WHERE number IN (SELECT number FROM places WHERE vanished IS NOT NULL)
    GROUP BY number HAVING count(vanished) = count(*)
    """
# As in the index reviews_unanswered, so that it serves.
UNANSWERED = """
    visibility = 'public' AND coalesce(reply, '') = '' AND ({} = 'negative' OR rating <= 2 OR recommended = 'no')
    """


def _says(words: Sequence[str]) -> Callable[[str | None], bool]:
    """Whether a text has a word that begins like each of these, in any case."""
    wanted = [re.compile(rf"\b{re.escape(word.casefold())}") for word in words]
    return lambda text: all(one.search((text or "").casefold()) for one in wanted)


class Readers(Labels):
    """Everything that looks at an open store and leaves it as it is."""

    def cells(self) -> list[Cell]:
        """Numbers of reviews by month, source, sentiment, rating and language."""
        group = "month, source, sentiment, rating, language"
        sql = f"""
            SELECT {group}, sum(n) FROM (
              SELECT {group}, count(*) AS n FROM reviews GROUP BY {group}
              UNION ALL SELECT month, source, reviews.sentiment, rating, language, -1
              FROM current_labels JOIN reviews USING (number)
              UNION ALL SELECT month, source, current_labels.sentiment, rating, language, 1
              FROM current_labels JOIN reviews USING (number))
            GROUP BY {group} HAVING sum(n) > 0 ORDER BY {group}
            """  # noqa: S608  our column names
        return [Cell(*row) for row in self._all(sql)]

    def theme_cells(self) -> list[ThemeCell]:
        """Numbers of reviews by month, theme, polarity and direction; a review counts once for each theme."""
        group = "month, theme, polarity, direction"
        of_labelled = "(SELECT themes.* FROM current_labels CROSS JOIN themes USING (number))"
        sql = f"""
            SELECT {group}, sum(n) FROM (
              SELECT nullif(month, '') AS month, theme, polarity, nullif(direction, '') AS direction, n
              FROM theme_counts
              UNION ALL SELECT {group}, -1 FROM ({BY_REVIEW.format(of_labelled)})
              UNION ALL SELECT {group}, 1 FROM ({BY_REVIEW.format("corrected_themes")}))
            GROUP BY {group} HAVING sum(n) > 0 ORDER BY {group}
            """  # noqa: S608  our column names
        rows = self._all(sql)
        return [ThemeCell(*row) for row in rows]

    def reviews(self, *, since: str | None = None, until: str | None = None, limit: int | None = None) -> list[Review]:
        """Reviews from the newest on, as corrected; ISO dates, `until` is excluded; undated reviews come last."""
        most = -1 if limit is None else limit
        bounds = {"since": since or "", "until": until or "~", "limit": most}
        rows = self._all(
            f"""
            SELECT {OF_A_REVIEW} FROM reviews WHERE posted_on >= :since AND posted_on < :until
            ORDER BY posted_on DESC, review_id LIMIT :limit
            """,  # noqa: S608  our column names
            bounds,
        )
        if since is None and until is None and len(rows) != most:
            undated = f"SELECT {OF_A_REVIEW} FROM reviews WHERE posted_on IS NULL ORDER BY review_id LIMIT ?"  # noqa: S608  our column names
            rows += self._all(undated, (most if most < 0 else most - len(rows),))
        return self._whole(rows)

    def quotable(
        self, theme: str | None = None, words: Sequence[str] = (), *, only: Iterable[str] | None = None, limit: int = -1
    ) -> list[Review]:
        """Reviews, as corrected, that may hold a quote for a theme (any, if None), from the newest on.

        Only those with a word that begins like each of `words`, in any case; and, if given, only those with the ids.
        """
        self._connection.create_function("says", 1, _says(words), deterministic=True)
        asked = {"theme": theme or "", "limit": limit, "only": json.dumps(sorted(only)) if only is not None else None}
        rows = self._all(
            f"""
            SELECT {OF_A_REVIEW} FROM reviews
            WHERE (:only IS NULL OR review_id IN (SELECT value FROM json_each(:only)))
              AND ({QUOTABLE} OR number IN (SELECT number FROM current_labels))
              {"AND says(text)" if words else ""}
            ORDER BY posted_on DESC, review_id DESC LIMIT :limit
            """,  # noqa: S608  our own words
            asked,
        )
        return self._whole(rows)

    def edited(self, since: str, until: str, limit: int) -> list[Review]:
        """Reviews that were edited after they were posted, the newest edit first; `until` is excluded."""
        rows = self._all(
            f"""
            SELECT {OF_A_REVIEW} FROM reviews
            WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10) AND updated_on >= ? AND updated_on < ?
            ORDER BY updated_on DESC, review_id LIMIT ?
            """,  # noqa: S608  our column names
            (since, until, limit),
        )
        return self._whole(rows)

    def gone(self, since: str, until: str, limit: int) -> list[Review]:
        """Reviews missing from an export of these days wherever they stood, the newest first; `until` is excluded."""
        rows = self._all(
            f"""
            SELECT {OF_A_REVIEW} FROM reviews JOIN ({GONE}) USING (number)
            WHERE gone_on >= ? AND gone_on < ? ORDER BY gone_on DESC, review_id LIMIT ?
            """,  # noqa: S608  our own words
            (since, until, limit),
        )
        return self._whole(rows)

    def unanswered(self) -> Mapping[str | None, int]:
        """Public reviews of unhappy clients without an answer, by month; as corrected."""
        month_of = "SELECT month, {} FROM {} WHERE {} GROUP BY month"
        labelled = "current_labels CROSS JOIN reviews USING (number)"
        sql = " UNION ALL ".join(
            [
                month_of.format("count(*) AS n", "reviews", UNANSWERED.format("sentiment")),
                month_of.format("-count(*)", labelled, UNANSWERED.format("reviews.sentiment")),
                month_of.format("count(*)", labelled, UNANSWERED.format("current_labels.sentiment")),
            ]
        )
        return dict(self._all(f"SELECT month, sum(n) FROM ({sql}) GROUP BY month HAVING sum(n) > 0 ORDER BY month"))  # noqa: S608  our own words

    def _whole(self, rows: Sequence[Sequence[Any]]) -> list[Review]:
        """Reviews from their columns, with what hangs on them and as corrected; asks for these alone."""
        numbers = json.dumps([row[0] for row in rows])
        themes: dict[int, list[ThemeHit]] = defaultdict(list)
        places: dict[int, list[str]] = defaultdict(list)
        vanished: dict[int, str | None] = {}
        for one, source, missing_since in self._all(
            """
            SELECT number, source, CASE WHEN count(vanished) = count(*) THEN max(vanished) END
            FROM json_each(?) JOIN places ON number = json_each.value
            GROUP BY number, source ORDER BY number, source
            """,
            (numbers,),
        ):
            places[one].append(source)
            vanished[one] = missing_since and vanished.get(one, missing_since)
        for one, *hit in self._all(
            """
            SELECT number, theme, polarity, start, "end", direction
            FROM json_each(?) JOIN themes ON number = json_each.value ORDER BY number, start
            """,
            (numbers,),
        ):
            themes[one].append(ThemeHit(*hit))
        labels = {label.review_id: label for label in self.labels() if not label.outdated}
        whole = []
        for one, *row in rows:
            cut = row[10]
            hanging = tuple(places[one]), tuple(themes[one]), vanished[one]
            values = [*row[:10], bool(cut), *row[11:-1], *hanging, False, row[-1]]
            whole.append(Review(*values))
        return [corrected(r, labels[r.review_id]) if r.review_id in labels else r for r in whole]

    def review(self, review_id: str) -> Review:
        """The review of that id, which must be in the store."""
        (review,) = self._whole(self._all(f"SELECT {OF_A_REVIEW} FROM reviews WHERE review_id = ?", (review_id,)))  # noqa: S608  our column names
        return review

    def files(self) -> list[FileNote]:
        """The ledger, by path."""
        rows = self._all(
            """
            SELECT digest, path, source, form, settings, seen_on, export, columns,
                   read, new, edited, duplicate, rejected
            FROM files ORDER BY path, digest
            """
        )
        return [
            FileNote(row[0], row[1], row[2], row[3], Counts(*row[8:]), row[4], row[5], row[6], json.loads(row[7]))
            for row in rows
        ]

    def rejects(self) -> list[FileReject]:
        """Refused rows by file and row, then files that cannot be read."""
        rows: Iterable[Any] = self._all(
            "SELECT path, row, reason FROM rejects JOIN files USING (digest) ORDER BY path, row"
        ) + self._all("SELECT path, NULL, reason FROM failures WHERE kind = 'unreadable' ORDER BY path")
        return [FileReject(*row) for row in rows]

    def failures(self) -> list[Failure]:
        """The files that gave no reviews when they were last looked at, in a stable order."""
        return [
            Failure(*row) for row in self._all("SELECT * FROM failures ORDER BY path, reason, digest, settings, kind")
        ]

    def names(self) -> Iterator[tuple[int, int]]:
        """Fingerprints of all reviewers' names with their number of words, in a stable order."""
        yield from self._paged("SELECT name, words FROM names WHERE name > ? ORDER BY name LIMIT ?")

    def has_names(self, number: int) -> bool:
        """Whether more than `number` fingerprints of names are known."""
        return bool(self._all("SELECT 1 FROM names LIMIT 1 OFFSET ?", (number,)))

    def knows(self, name: int) -> bool:
        """Whether this fingerprint is of a reviewer's name."""
        return bool(self._all("SELECT 1 FROM names WHERE name = ?", (name,)))

    def lengths(self) -> list[int]:
        """Numbers of words that names of several words may have."""
        return [2, *(words for (words,) in self._all("SELECT DISTINCT words FROM names WHERE words > 2"))]

    def texts(self, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, str | None, str | None]]:
        """Number, text and language of every review (or of these), in a stable order; they may be changed meanwhile."""
        columns = "number, text, language"
        if numbers is None:
            yield from self._paged(f"SELECT {columns} FROM reviews WHERE number > ? ORDER BY number LIMIT ?")  # noqa: S608  our column names
            return
        sql = f"SELECT {columns} FROM json_each(?) CROSS JOIN reviews ON number = value ORDER BY number"  # noqa: S608  our column names
        for some in several(sorted(numbers)):
            yield from self._all(sql, (json.dumps(some),))

    def coded(self, saying: Saying) -> Iterator[tuple[int, bytes | None]]:
        """The rows of a saying in which anything is said, with their codes, in a stable order."""
        said = " OR ".join(f"{column} <> ''" for column in saying.texts)
        yield from self._paged(
            f"SELECT {saying.row}, {saying.codes} FROM {saying.table} "  # noqa: S608  names of ours
            f"WHERE {saying.row} > ? AND ({said}) ORDER BY {saying.row} LIMIT ?"
        )

    def wordings(self, saying: Saying, rows: Iterable[int]) -> list[Wording]:
        """What is said in these rows."""
        columns, row = ", ".join(("value", *saying.texts)), f"{saying.table}.{saying.row}"
        sql = f"SELECT {columns} FROM json_each(?) CROSS JOIN {saying.table} ON {row} = value"  # noqa: S608  names of ours
        return [Wording(row, tuple(texts)) for row, *texts in self._all(sql, (json.dumps(list(rows)),))]

    def unswept(self) -> list[bytes]:
        """Traces of the names that were met since all texts were last searched."""
        return [trace for (trace,) in self._all("SELECT trace FROM unswept ORDER BY trace")]

    def _paged(self, sql: str) -> Iterator[Any]:
        """Rows by the number that is their first column, a page at a time, so that no more are held."""
        after = LEAST
        while rows := self._all(sql, (after, PAGE)):
            yield from rows
            after = rows[-1][0]

    def known_as(self, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """For those of the keys under which a review stands: its id, and the digest of its words as they are now."""
        sql = "SELECT review_id, coalesce(words, '') FROM places JOIN reviews USING (number) WHERE review_key = ?"
        return {key: found for key in keys for found in self._all(sql, (key,))}

    def meant(self, start: str) -> str:
        """The id of the one review that has a key beginning so: an id may have been that of another place earlier.

        UsageError where there is none, or several.
        """
        sql = """
            SELECT DISTINCT review_id FROM places JOIN reviews USING (number)
            WHERE substr(review_key, 1, length(:start)) = :start
            """
        # Nothing at all is how every key begins.
        found = self._all(sql, {"start": start}) if len(start) >= SHORTEST_ID else []
        if len(found) != 1:
            count = "no review" if not found else f"{len(found)} reviews"
            raise UsageError(f"The id {start} means {count}.  `reviewpipe quotes --format json` shows ids in full.")
        return str(found[0][0])

    def vanished(self) -> int:
        """How many reviews are missing from the newest export wherever they stood."""
        sql = f"SELECT count(*) FROM ({GONE})"  # noqa: S608  our own words
        ((count,),) = self._all(sql)
        return int(count)
