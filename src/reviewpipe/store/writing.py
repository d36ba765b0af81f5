"""What a run does to the store: files in, each with its line of the ledger; older reviews brought up to date."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING

from reviewpipe.schema import Reject, records
from reviewpipe.store import merging
from reviewpipe.store.forgetting import FORGOTTEN
from reviewpipe.store.notes import Counts, Saved
from reviewpipe.store.opinions import Opinions, month

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from reviewpipe.schema import ThemeHit, Verdict
    from reviewpipe.store.notes import Failure, FileNote, Finished, Saying, Wording
    from reviewpipe.store.opinions import Kept, Told


# Which of many fingerprints are known.
KNOWN = "SELECT value FROM json_each(?) CROSS JOIN names ON name = value"
# With more traces of new names, most texts would have to be searched anyway.
MOST_TRACES = 100_000


@dataclass
class Filing:
    """A file on its way into the store: what was `kept` and `refused` of its batches so far.

    `before` are the places of what an earlier reading of it had found.
    """

    digest: str
    seen_on: str
    settings: str
    before: list[int]
    kept: Counter[Kept] = field(default_factory=Counter)
    refused: list[Reject] = field(default_factory=list)


class Store(Opinions):
    """An open store that can be written."""

    def save(self, finished: Finished, note: FileNote, rejects: Sequence[Reject] = ()) -> Saved:
        """Put a file of one batch into the store, reviews and ledger, in the caller's transaction."""
        filing = self.begin(note.digest, note.seen_on, note.settings)
        self.put(filing, finished)
        return self.finish(filing, note, rejects)

    def begin(self, digest: str, seen_on: str, settings: str) -> Filing:
        """Begin a file; its batches and its end follow in the same transaction.  Saving it twice is saving it once.

        Where it was read before (with other settings), that is taken back first.
        """
        places = [row[0] for row in self._all("SELECT DISTINCT place FROM sightings WHERE digest = ?", (digest,))]
        self._all("DELETE FROM sightings WHERE digest = ?", (digest,))
        return Filing(digest, seen_on, settings, places)

    def put(self, filing: Filing, finished: Finished) -> None:
        """A batch of a file.  What was forgotten at somebody's request is refused."""
        told: list[Told] = []
        ever_forgotten = bool(self._all("SELECT 1 FROM forgotten LIMIT 1"))
        for row, hits in zip(records(finished.reviews), finished.themes, strict=True):
            row |= {
                "month": month(row),
                "seen_on": filing.seen_on,
                "said_on": merging.said_on(row),
                "replied_on": filing.seen_on if row["reply"] else "",
                "settings": filing.settings,
            }
            if ever_forgotten and self.is_forgotten(row):
                filing.refused.append(Reject(row["row"], FORGOTTEN))
            else:
                told.append((row, hits))
        filing.kept += self._put_all(told, filing.digest)
        self.add_names(finished.names)

    def finish(self, filing: Filing, note: FileNote, rejects: Sequence[Reject] = ()) -> Saved:
        """The end of a file: its line in the ledger; what an earlier reading had found and this one has not, goes."""
        self._drop_unseen(filing.before)
        self._settle_labels()
        refused, kept = [*rejects, *filing.refused], filing.kept
        counts = Counts(
            kept.total() + len(refused), kept["new"] + kept["again"], kept["edited"], kept["duplicate"], len(refused)
        )
        noted = replace(note, counts=counts)
        self._note(noted, refused)
        return Saved(noted, kept["again"])

    def add_names(self, names: Mapping[tuple[int, int], bytes | None]) -> None:
        """Know names from now on; the traces of new ones are kept until all texts have been searched for them."""
        asked = json.dumps([name for name, _ in names])
        known = {one for (one,) in self._all(KNOWN, (asked,))}
        new = sorted(one for one in names if one[0] not in known)
        self._many("INSERT OR IGNORE INTO names VALUES (?, ?)", new)
        self.unsweep({trace for one in new if (trace := names[one]) is not None})

    def unsweep(self, traces: Collection[bytes]) -> None:
        """Have the texts that hold one of these traces searched for names; very many traces lead to every text."""
        self._many("INSERT OR IGNORE INTO unswept VALUES (?)", [(trace,) for trace in sorted(traces)])
        if traces and self._all("SELECT count(*) FROM unswept")[0][0] > MOST_TRACES:
            self._all("DELETE FROM unswept")
            self._all("INSERT INTO unswept VALUES (x'')")

    def mark_swept(self) -> None:
        """Note that all texts have been searched for all names."""
        self._all("DELETE FROM unswept")

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

    def rewrite(self, verdicts: Mapping[int, Verdict], themes: Mapping[int, Sequence[ThemeHit]]) -> None:
        """Replace verdict and themes of reviews, by their numbers; the caller holds the transaction."""
        self._many(
            "UPDATE reviews SET score = ?, sentiment = ? WHERE number = ?",
            [(verdict.score, verdict.sentiment, one) for one, verdict in verdicts.items()],
        )
        self._put_themes(themes)

    def reword(self, saying: Saying, wordings: Iterable[Wording]) -> None:
        """Replace what is said in rows, and its codes; the caller holds the transaction."""
        sets = ", ".join(f"{column} = ?" for column in (*saying.texts, saying.codes))
        sql = f"UPDATE {saying.table} SET {sets} WHERE {saying.row} = ?"  # noqa: S608  names of ours
        self._many(sql, [(*one.texts, one.codes, one.row) for one in wordings])

    def rename(self, places: Mapping[str, tuple[str, Mapping[str, bool]]]) -> None:
        """Replace path and columns of files, by digest; the caller holds the transaction."""
        rows = [(path, json.dumps(columns, ensure_ascii=False), digest) for digest, (path, columns) in places.items()]
        self._many("UPDATE files SET path = ?, columns = ? WHERE digest = ?", rows)

    def mark_vanished(self) -> int:
        """Mark the places of reviews that are missing in the newest export of all; how many are marked now.

        An export is compared with newer ones that hold half of its reviews or more, so that two locations never make
        each other's reviews vanish; and only over the days that the newer one covers.
        """
        exports: dict[tuple[str, str], dict[int, tuple[str, str]]] = defaultdict(dict)
        for form, export, place, day, seen in self._all(
            """
            SELECT form, export, place, coalesce(updated_on, reviews.posted_on, ''), files.seen_on
            FROM files JOIN sightings USING (digest) JOIN places USING (place) JOIN reviews USING (number)
            WHERE export <> '' AND form IN (
              SELECT form FROM files WHERE export <> '' GROUP BY form HAVING count(DISTINCT export) > 1)
            """
        ):
            exports[form, export][place] = (day, seen)
        missing = _vanished(exports)
        if missing != dict(self._all("SELECT place, vanished FROM places WHERE vanished IS NOT NULL")):
            with self.transaction():
                self._all("UPDATE places SET vanished = NULL WHERE vanished IS NOT NULL")
                self._many("UPDATE places SET vanished = ? WHERE place = ?", [(d, p) for p, d in missing.items()])
        return len(missing)

    def _drop_unseen(self, places: Sequence[int]) -> None:
        """Remove those of the places that stand in no file any more, and reviews that then stand nowhere."""
        for place in places:
            if self._all("SELECT 1 FROM sightings WHERE place = ? LIMIT 1", (place,)):
                continue
            ((number,),) = self._all("DELETE FROM places WHERE place = ? RETURNING number", (place,))
            if self._all("SELECT 1 FROM places WHERE number = ? LIMIT 1", (number,)):
                self._settle(number)
            else:
                self._remove(number)


def _vanished(exports: Mapping[tuple[str, str], Mapping[int, tuple[str, str]]]) -> dict[int, str]:
    """The places that a newer export of the same reviews no longer holds, with that export's day."""
    newest_first = sorted(exports.items(), key=lambda one: (max(one[1].values()), one[0]), reverse=True)
    missing: dict[int, str] = {}
    present: set[int] = set()
    for at, ((form, _), held) in enumerate(newest_first):
        for (other, _), newer in newest_first[:at]:
            shared = newer.keys() & held.keys()
            if other != form or len(shared) * 2 < len(held):
                continue
            first, day = min(newer.values())[0], max(seen for _, seen in newer.values())[:10]
            gone = {place for place in held.keys() - shared if held[place][0] >= first} - present
            missing |= dict.fromkeys(gone, day)
            break
        present |= held.keys()
    return missing
