"""THE PAGE TO READ FIRST: `enrich` is a batch's life, `run` is a run's.

A raw file becomes a batch of the review table.  The stages work on it in the order that `enrich` writes down.  The
finished rows and the note "this file is done" go into the store in one transaction: a run can stop anywhere.
"""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe import __version__, anonymise, calibrate, drift, keys, rawfolder, themes, versions
from reviewpipe.anonymise import Known, answers, name_fingerprints
from reviewpipe.errors import InputError, LockedError, StoreError
from reviewpipe.execute import chosen
from reviewpipe.schema import values
from reviewpipe.sentiment.calibration import AS_SHIPPED
from reviewpipe.store import NAMELESS, OUTDATED, UNSWEPT, FileNote, Finished, Store, Wording
from reviewpipe.summary import Outcome, Summary, failures, told, with_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from reviewpipe.anonymise import Key, Roster
    from reviewpipe.config import Config
    from reviewpipe.ingest import Reading
    from reviewpipe.schema import Batch, ThemeHit, Verdict
    from reviewpipe.sentiment import Calibration
    from reviewpipe.themes import Catalogue

# Endings of file names; a name may end so too ("J.R.Smith"), so only these come off.
SUFFIX = re.compile(
    r"(?:\.(?:csv|tsv|txt|md|json|jsonl|html?|xlsx?|ods|docx|rtf|pdf|eml|mbox|zip|t?gz|tar|part|crdownload))+$",
    re.IGNORECASE,
)
# Notes in the store: the settings of the last run, by what its texts were scored, that exports are yet to be compared.
READ_WITH, SCORED_BY, UNCOMPARED = "settings", "analysis", "exports not yet compared"
JOINTS = str.maketrans("/_-.+", "     ")


@dataclass(frozen=True)
class Knowledge:
    """What the stages know of this practice: its people, names met so far, key, themes, the fit to its labels."""

    roster: Roster
    known: Known
    key: Key
    catalogue: Catalogue
    calibration: Calibration = AS_SHIPPED

    def everybody(self, more: Iterable[tuple[str, int]] = ()) -> Roster:
        """The roster with the names met so far and `more` of them."""
        return replace(self.roster, known=Known.of({*self.known.fingerprints, *more}, self.key))


def enrich(batch: Batch, knowledge: Knowledge) -> Finished:
    """A batch's life: clean, anonymise, sentiment, themes."""
    from reviewpipe.clean import clean

    reviews = clean(batch.reviews)
    authors = set(values(reviews, "author")) - {None}
    names = {one for author in authors for one in name_fingerprints(author, knowledge.key)}
    reviews = anonymise.anonymise(reviews, knowledge.roster, knowledge.key, knowledge.everybody(names).known)
    verdicts, hits = analyse(
        values(reviews, "text"), values(reviews, "language"), knowledge.catalogue, knowledge.calibration
    )
    reviews["score"] = [verdict.score for verdict in verdicts]
    reviews["sentiment"] = [verdict.sentiment for verdict in verdicts]
    return Finished(reviews, hits, names)


def run(  # noqa: PLR0913  what may be asked of a run, by keyword
    config: Config,
    started: datetime,
    *,
    as_of: date | None = None,
    since: datetime | None = None,
    executor: str = "serial",
    tell: Callable[[int, int, Outcome], None] | None = None,
) -> Summary:
    """A run's life: every new file of data/raw into the store.

    `as_of` is the day from which relative dates count (else each file's own); files that arrived before `since` are not
    looked at; `tell` hears the number of files done, of all, and what became of this one.
    """
    content = rawfolder.content(config.raw, since)
    with only_run(config), Store.open(config.store) as store:
        if since and store.meta(NAMELESS) == "yes":  # after a rotation that was cut off, names come from all files
            content = rawfolder.content(config.raw)
        knowledge = learn(config, store)
        ledger, held = store.files(), sum(cell.count for cell in store.cells())
        copies, settings = rawfolder.by_content(content.files), reading_settings(config)
        fresh = unread(copies, ledger, settings)
        work = partial(process, config=config, knowledge=knowledge, as_of=as_of)
        outcomes = take_in(store, chosen(executor, config.folder)(work, fresh), len(fresh), tell)
        fitted = calibrate.refit(store, versions.models())
        if store.meta(READ_WITH) != settings:
            store.set_meta(UNSWEPT, "yes")
            store.set_meta(READ_WITH, settings)
        knowledge = replace(learn(config, store), calibration=fitted.calibration)
        because = refresh(store, knowledge)
        if store.meta(NAMELESS) == "yes":
            store.set_meta(NAMELESS, "no")
        name = partial(shown, config=config, knowledge=knowledge)
        bad = failures(outcomes, content, copies.values(), name, settings)
        summary = told(outcomes, content, copies.values(), name, fitted)
        summary = with_failures(summary, bad, store.failures())
        if summary.counts.new or summary.counts.edited:
            store.note_run(started.isoformat(timespec="seconds"), summary.counts)
        read = [outcome.note for outcome in outcomes if outcome.note]
        before = {note.digest for note in ledger}
        summary = replace(
            summary,
            ledger=len(ledger),
            again=sum(note.digest in before for note in read),
            vanished=mark_vanished(store),
            drift=tuple(drift.changes([note for note in read if note.digest not in before], ledger)),
            rescored=held if because else 0,
            because=because if held else (),
        )
        store.note_failures(bad, all_files=since is None)  # last of all: what is noted here is not told again
        return summary


def unread(copies: Mapping[str, Sequence[Path]], ledger: Iterable[FileNote], settings: str) -> list[tuple[Path, str]]:
    """The first path of each content that was not read with these settings yet, with its digest; in a stable order."""
    done = {note.digest for note in ledger if note.settings == settings}
    return sorted((paths[0], mark) for mark, paths in copies.items() if mark not in done)


def take_in(
    store: Store,
    outcomes: Generator[Outcome, None, None],
    total: int,
    tell: Callable[[int, int, Outcome], None] | None,
) -> list[Outcome]:
    """Save one file after the other.  Where this is stopped, the files so far are saved and no work goes on behind."""
    saved = []
    with closing(outcomes):
        for number, outcome in enumerate(outcomes, 1):
            saved.append(save(store, outcome))
            if tell:
                tell(number, total, saved[-1])
    return saved


def mark_vanished(store: Store) -> int:
    """Mark what the newest exports no longer hold, where files came in since that was last done; how many there are.

    A run that is cut off after its last file leaves the note, so the next one does it.
    """
    if store.meta(UNCOMPARED) != "yes":
        return 0
    count = store.mark_vanished()
    store.set_meta(UNCOMPARED, "no")
    return count


def reading_settings(config: Config) -> str:
    """Changes with the settings by which files are read, and with our own version; then they are read again."""
    sources = {name: replace(source, label="") for name, source in sorted(config.sources.items())}
    shown = (config.staff, config.privacy.client_shown_as, config.practice.name, sorted(config.privacy.labels.items()))
    said = repr((__version__, sources, config.practice.jurisdiction[:2], shown, answers.mark(config)))
    return blake2b(said.encode(), digest_size=8).hexdigest()


def process(item: tuple[Path, str], config: Config, knowledge: Knowledge, as_of: date | None) -> Outcome:
    """Read and enrich one file; what is wrong with it becomes part of the outcome and never stops the others."""
    from reviewpipe import ingest

    path, mark = item
    written = rawfolder.written(path)
    reading = problem = None
    try:
        reading = ingest.read(path, config, as_of=as_of)
    except InputError as caught:
        problem = caught
    if waiting := rawfolder.unsettled(path, mark):
        return Outcome(path, mark, waiting=waiting)
    if reading is None:
        return Outcome(path, mark, problem=problem)
    if not rawfolder.proper(mark):  # it can be read only now; without a digest it is no line of the ledger
        return Outcome(path, mark, waiting=rawfolder.ARRIVING)
    finished = enrich(reading.batch, knowledge)
    place = path.relative_to(config.raw)
    shown, folder, *headings = hidden(
        [place.as_posix(), place.parent.as_posix(), *reading.filled], knowledge.everybody(finished.names)
    )
    note = FileNote(
        mark,
        shown,
        reading.source,
        reading.form,
        settings=reading_settings(config),
        seen_on=as_of.isoformat() if as_of else written.isoformat(timespec="seconds"),
        export=_export(reading, mark, folder),
        columns=dict(zip(headings, reading.filled.values(), strict=True)),
    )
    return Outcome(path, mark, note, finished, reading.batch.rejects)


def _export(reading: Reading, mark: str, folder: str) -> str:
    """What names the export of all reviews that a file belongs to; "" where it is none."""
    return {"": "", "file": mark, "folder": folder}[reading.whole]


def save(store: Store, outcome: Outcome) -> Outcome:
    """The rows of a file and its line in the ledger, in one transaction; what is then in the store is dropped here."""
    if outcome.note is None or outcome.finished is None:
        return outcome
    with store.transaction():
        saved = store.save(outcome.finished, outcome.note, outcome.rejects)
        store.set_meta(UNCOMPARED, "yes")
    return replace(outcome, note=saved.note, finished=None, again=saved.again)


def refresh(store: Store, knowledge: Knowledge) -> tuple[str, ...]:
    """Bring older reviews up to date: hide names met since, score again what a new model or themes file sees anew.

    Gives the reasons (keys of versions.REASONS) why all were scored again; none where they were not, or never had been.
    """
    version, scored_by = versions.of(knowledge.catalogue, knowledge.calibration), store.meta(SCORED_BY)
    outdated, unswept = scored_by != version, store.meta(UNSWEPT) == "yes"
    if not (outdated or unswept):
        return ()
    texts = store.texts()
    changed: dict[str, str] = {}
    others: list[Wording] = []
    places: dict[str, tuple[str, dict[str, bool]]] = {}
    if unswept:
        roster = knowledge.everybody(store.names())
        swept = anonymise.swept([text for _, text, _ in texts], roster)
        pairs = zip(texts, swept, strict=True)
        changed = {row[0]: text for row, text in pairs if text is not None and text != row[1]}
        others = _swept_wordings(store.wordings(), roster)
        places = _swept(store.files(), roster)
    again = [(i, changed.get(i, text), language) for i, text, language in texts if outdated or i in changed]
    words, languages = [text for _, text, _ in again], [language for _, _, language in again]
    verdicts, hits = analyse(words, languages, knowledge.catalogue, knowledge.calibration)
    with store.transaction():
        ids = [row[0] for row in again]
        store.rewrite(dict(zip(ids, verdicts, strict=True)), dict(zip(ids, hits, strict=True)), changed)
        store.reword(others)
        store.rename(places)
        if changed or others or places:
            store.set_meta(OUTDATED, "yes")
        store.set_meta(UNSWEPT, "no")
        store.set_meta(SCORED_BY, version)
    return versions.changes(scored_by, version)


def _swept_wordings(wordings: Sequence[Wording], roster: Roster) -> list[Wording]:
    """Those of `wordings` in which somebody stands who was not known before, without them."""
    swept = anonymise.swept([one.text for one in wordings], roster)
    return [replace(one, text=text) for one, text in zip(wordings, swept, strict=True) if text and text != one.text]


def _swept(ledger: Iterable[FileNote], roster: Roster) -> dict[str, tuple[str, dict[str, bool]]]:
    """Path and columns of the files in whose names or headings somebody stands who was not known before, by digest."""
    found = {}
    for note in ledger:
        path, *headings = hidden([note.path, *note.columns], roster)
        columns = dict(zip(headings, note.columns.values(), strict=True))
        if (path, columns) != (note.path, note.columns):
            found[note.digest] = (path, columns)
    return found


def analyse(
    texts: Sequence[str | None],
    languages: Sequence[str | None],
    catalogue: Catalogue,
    calibration: Calibration = AS_SHIPPED,
) -> tuple[list[Verdict], list[tuple[ThemeHit, ...]]]:
    """Sentiment and themes of anonymised texts."""
    from reviewpipe import sentiment
    from reviewpipe.tokens import tokenise

    told = [text or "" for text in texts]
    words = tokenise(told)
    verdicts = sentiment.analyse(told, languages, calibration, words)
    return verdicts, themes.tag(told, verdicts, catalogue, words)


def learn(config: Config, store: Store) -> Knowledge:
    """What the stages need to know: settings, names met so far, key, themes.  The caller holds the project's lock."""
    key = keys.key_of(config, store)
    keys.successor(config).unlink(missing_ok=True)  # of a rotation that was interrupted before it began
    if store.meta(keys.MADE_WITH) is None:
        store.set_meta(keys.MADE_WITH, key.mark())
    knowledge = known_by(config, store, key)
    if store.meta(SCORED_BY) is None and not store.files():  # a new store: what comes in is scored by these
        store.set_meta(SCORED_BY, versions.of(knowledge.catalogue, knowledge.calibration))
    return knowledge


def known_by(config: Config, store: Store, key: Key) -> Knowledge:
    """As `learn`, for one who only looks: nothing is noted anywhere."""
    roster = answers.joined(anonymise.Roster.of(config), config, key)
    known = Known.of({*store.names(), *roster.known.fingerprints}, key)
    return Knowledge(roster, known, key, themes.load(config.themes_file), calibrate.current(store))


@contextmanager
def only_run(config: Config) -> Iterator[None]:
    """Hold the project's lock; LockedError at once where another run holds it.  A killed run frees it by dying."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(config.folder / ".reviewpipe.lock", timeout=0):
            yield
    except Timeout:
        raise LockedError(
            f"Another run is at work in {config.folder.resolve()}.  Wait until it is done, then run again."
        ) from None
    except OSError as problem:
        raise StoreError(
            f"{config.folder} cannot be written ({problem.strerror}).  Choose a folder of your own with --project."
        ) from None


def shown(path: Path, config: Config, knowledge: Knowledge) -> str:
    """The file's place under data/raw, with people's names hidden: clients stand in file names too."""
    return hidden([path.relative_to(config.raw).as_posix()], knowledge.everybody())[0]


def hidden(words: Sequence[str], roster: Roster) -> list[str]:
    """Places of files and headings of columns, each in one line and without the names of people."""
    from reviewpipe.ingest.reading import printable

    places = [printable(one) for one in words]
    # The signs that join words in file names are blanks to the reader of names; so is the ending.
    plain = [SUFFIX.sub("", place).translate(JOINTS) for place in places]
    found = anonymise.find(plain, [None] * len(plain), roster)
    return [
        anonymise.replace(place, [entity for entity in entities if entity.label == "PERSON"])
        for place, entities in zip(places, found, strict=True)
    ]
