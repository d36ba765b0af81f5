"""THE PAGE TO READ FIRST: `enrich` is a batch's life, `run` is a run's.

A raw file becomes batches of the review table.  The stages work on each in the order that `enrich` writes down.  The
finished rows and the note "this file is done" go into the store in one transaction: a run can stop anywhere.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING

from reviewpipe import __version__, anonymise, calibrate, drift, rawfolder, themes, versions
from reviewpipe.anonymise import Known, Traces, answers, likeness, name_fingerprints, traces
from reviewpipe.anonymise.traces import EVERY_TEXT
from reviewpipe.errors import InputError, LockedError, StoreError
from reviewpipe.execute import chosen
from reviewpipe.knowledge import SCORED_BY, hidden, learn, shown
from reviewpipe.schema import Reject, several, values
from reviewpipe.sentiment.calibration import AS_SHIPPED
from reviewpipe.store import NAMELESS, OUTDATED, SAYINGS, FileNote, Finished, Store, Wording
from reviewpipe.summary import Outcome, Progress, Summary, failures, told, with_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from reviewpipe.anonymise import Key, Roster
    from reviewpipe.config import Config
    from reviewpipe.knowledge import Knowledge
    from reviewpipe.schema import Batch, ThemeHit, Verdict
    from reviewpipe.sentiment import Calibration
    from reviewpipe.themes import Catalogue

    Tell = Callable[[Progress], None]

# Notes in the store: the settings of the last run, that exports are yet to be compared, how its marks were made.
READ_WITH, UNCOMPARED, MARKED = "settings", "exports not yet compared", "marks"


@dataclass(frozen=True)
class Part:
    """A batch of a file on its way; without one, what became of the file, behind all of its batches."""

    outcome: Outcome
    batch: Batch | None = None
    finished: Finished | None = None


def enrich(batch: Batch, knowledge: Knowledge) -> Finished:
    """A batch's life: clean, anonymise, sentiment, themes."""
    from reviewpipe.clean import clean

    reviews = clean(batch.reviews)
    names = names_in(values(reviews, "author"), knowledge.key)
    reviews = anonymise.anonymise(reviews, knowledge.roster, knowledge.key, knowledge.everybody(names).known)
    verdicts, hits = analyse(
        values(reviews, "text"), values(reviews, "language"), knowledge.catalogue, knowledge.calibration
    )
    reviews["score"] = [verdict.score for verdict in verdicts]
    reviews["sentiment"] = [verdict.sentiment for verdict in verdicts]
    return Finished(reviews, hits, names)


def names_in(authors: Iterable[str | None], key: Key) -> dict[tuple[int, int], bytes | None]:
    """What is kept of the names of reviewers."""
    names: dict[tuple[int, int], bytes | None] = {}
    for author in set(authors) - {None}:
        names |= name_fingerprints(str(author), key)
    return names


def run(  # noqa: PLR0913  what may be asked of a run, by keyword
    config: Config,
    started: datetime,
    *,
    as_of: date | None = None,
    since: datetime | None = None,
    executor: str = "serial",
    tell: Tell | None = None,
) -> Summary:
    """A run's life: every new file of data/raw into the store.

    `as_of` is the day from which relative dates count (else each file's own); files that arrived before `since` are not
    looked at; `tell` hears after each batch how far it has come.
    """
    content = rawfolder.content(config.raw, since)
    with only_run(config), Store.open(config.store) as store:
        if since and store.meta(NAMELESS) == "yes":  # after a rotation that was cut off, names come from all files
            content = rawfolder.content(config.raw)
        knowledge = learn(config, store)
        remark(store, knowledge.key)
        ledger, held = store.files(), sum(cell.count for cell in store.cells())
        copies, settings = rawfolder.by_content(content.files), reading_settings(config)
        fresh = unread(copies, ledger, settings)
        outcomes = read_in(store, fresh, config, knowledge, as_of=as_of, executor=executor, tell=tell)
        fitted = calibrate.refit(store, versions.models())
        if store.meta(READ_WITH) != settings:
            store.unsweep([EVERY_TEXT])
            store.set_meta(READ_WITH, settings)
        known = knowledge.known.joined(*(outcome.met for outcome in outcomes if outcome.met))
        knowledge = replace(knowledge, known=known, calibration=fitted.calibration)
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


def read_in(  # noqa: PLR0913  what may be asked of a run, by keyword
    store: Store,
    files: Sequence[tuple[Path, str]],
    config: Config,
    knowledge: Knowledge,
    *,
    as_of: date | None,
    executor: str,
    tell: Tell | None,
) -> list[Outcome]:
    """Save one file after the other.  Where this is stopped, the files so far are saved and no work goes on behind."""
    parts = chain.from_iterable(read(*one, config, as_of) for one in files)
    outcomes, so_far = [], Progress.of(path for path, _ in files)
    with closing(chosen(executor)(partial(finish, knowledge=knowledge), parts)) as finished:
        for _, of_file in groupby(_told(finished, so_far, tell), key=lambda part: part.outcome.path):
            outcomes.append(save(store, of_file, knowledge))
            so_far.end(outcomes[-1])
            if tell:
                tell(so_far)
    return outcomes


def _told(parts: Iterable[Part], so_far: Progress, tell: Tell | None) -> Iterator[Part]:
    """The parts, each counted and told as it comes."""
    for part in parts:
        if part.finished and part.outcome.note:
            so_far.add(part.outcome, len(part.finished.reviews))
            if tell:
                tell(so_far)
        yield part


def mark_vanished(store: Store) -> int:
    """Mark what the newest exports no longer hold, where files came in since that was last done; how many there are.

    A run that is cut off after its last file leaves the note, so the next one does it.
    """
    if store.meta(UNCOMPARED) != "yes":
        return 0
    count = store.mark_vanished()
    store.set_meta(UNCOMPARED, "no")
    return count


def remark(store: Store, key: Key) -> None:
    """Make the marks of all texts anew where they were made in another way or with another key: these never meet."""
    way = f"{likeness.WAY}, key {key.mark()}"
    if store.meta(MARKED) == way:
        return
    with store.transaction():
        for texts in several(store.texts()):
            numbers, said, _ = zip(*texts, strict=True)
            store.remark(dict(zip(numbers, likeness.marks(said, key), strict=True)))
        store.set_meta(MARKED, way)


def reading_settings(config: Config) -> str:
    """Changes with the settings by which files are read, and with our own version; then they are read again."""
    sources = {name: replace(source, label="") for name, source in sorted(config.sources.items())}
    shown = (config.staff, config.privacy.client_shown_as, config.practice.name, sorted(config.privacy.labels.items()))
    said = repr((__version__, sources, config.practice.jurisdiction[:2], shown, answers.mark(config)))
    return blake2b(said.encode(), digest_size=8).hexdigest()


def read(path: Path, mark: str, config: Config, as_of: date | None) -> Iterator[Part]:
    """The batches of a file, then what became of it; what is wrong with it never stops the others."""
    from reviewpipe import ingest

    written = rawfolder.written(path)
    outcome = Outcome(path, mark)
    try:
        reading = ingest.read(path, config, as_of=as_of)
        note = FileNote(
            mark,
            path.relative_to(config.raw).as_posix(),
            reading.source,
            reading.form,
            settings=reading_settings(config),
            seen_on=as_of.isoformat() if as_of else written.isoformat(timespec="seconds"),
            export={"": "", "file": mark, "folder": path.relative_to(config.raw).parent.as_posix()}[reading.whole],
            columns=reading.filled,
        )
        outcome = replace(outcome, note=note, size=reading.size)
        for batch in reading.batches:
            yield Part(replace(outcome, rejects=batch.rejects), batch)
    except InputError as caught:
        outcome = Outcome(path, mark, problem=caught)
    # It can have changed, or be readable only now: without a digest it is no line of the ledger.
    waiting = rawfolder.unsettled(path, mark)
    if outcome.note and not rawfolder.proper(mark):
        waiting = waiting or rawfolder.ARRIVING
    yield Part(Outcome(path, mark, waiting=waiting) if waiting else outcome)


def finish(part: Part, knowledge: Knowledge) -> Part:
    """A part with its batch at the end of the stages."""
    return replace(part, batch=None, finished=enrich(part.batch, knowledge)) if part.batch else part


def save(store: Store, parts: Iterator[Part], knowledge: Knowledge) -> Outcome:
    """The batches of a file and its line in the ledger, in one transaction; nothing where it came to nothing."""
    first = next(parts)
    if first.finished is None or first.outcome.note is None:
        return first.outcome
    note, rejects, met = first.outcome.note, list[Reject](), list[Known]()
    try:
        with store.transaction():
            filing = store.begin(note.digest, note.seen_on, note.settings)
            for finished, outcome in _all_of(chain([first], parts)):
                store.put(filing, finished)
                rejects += outcome.rejects
                met.append(Known.of(finished.names, knowledge.key))
            new = Known().joined(*met)
            everybody = replace(knowledge.roster, known=knowledge.known.joined(new))
            saved = store.finish(filing, _without_names(note, everybody), rejects)
            store.set_meta(UNCOMPARED, "yes")
    except _CameToNothingError as nothing:
        return nothing.outcome
    return replace(first.outcome, note=saved.note, rejects=tuple(rejects), again=saved.again, met=new)


def _all_of(parts: Iterable[Part]) -> Iterator[tuple[Finished, Outcome]]:
    """The batches of a file, with what is known of it."""
    for part in parts:
        if part.finished:
            yield part.finished, part.outcome
        elif part.outcome.note is None:
            raise _CameToNothingError(part.outcome)


class _CameToNothingError(Exception):
    """A file changed, or broke off, after some of its batches had been read."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _without_names(note: FileNote, roster: Roster) -> FileNote:
    """A line of the ledger as it is kept: places and headings may hold somebody's name."""
    path, export, *headings = hidden([note.path, note.export, *note.columns], roster)
    export = note.export if note.export == note.digest else export
    return replace(note, path=path, export=export, columns=dict(zip(headings, note.columns.values(), strict=True)))


def refresh(store: Store, knowledge: Knowledge) -> tuple[str, ...]:
    """Bring older reviews up to date: hide names met since, score again what a new model or themes file sees anew.

    `knowledge` is of the store as it is now.  Gives the reasons (keys of versions.REASONS) why all were scored again;
    none where they were not, or never had been.
    """
    version, scored_by = versions.of(knowledge.catalogue, knowledge.calibration), store.meta(SCORED_BY)
    outdated, unswept = scored_by != version, Traces(store.unswept())
    if not (outdated or unswept):
        return ()
    with store.transaction():
        reworded = _sweep(store, knowledge, unswept) if unswept else []
        for texts in several(store.texts(None if outdated else reworded)):
            numbers, said, languages = zip(*texts, strict=True)
            verdicts, hits = analyse(said, languages, knowledge.catalogue, knowledge.calibration)
            store.rewrite(dict(zip(numbers, verdicts, strict=True)), dict(zip(numbers, hits, strict=True)))
        store.set_meta(SCORED_BY, version)
    return versions.changes(scored_by, version)


def _sweep(store: Store, knowledge: Knowledge, unswept: Traces) -> list[int]:
    """Hide names met since in all words that are kept; the numbers of the reviews whose words changed."""
    roster, reworded, touched = knowledge.everybody(), list[int](), False
    for saying in SAYINGS:
        for rows in several(store.coded(saying)):
            held = unswept.held([codes for _, codes in rows])
            before = store.wordings(saying, [row for (row, _), is_held in zip(rows, held, strict=True) if is_held])
            after = _swept_wordings(before, roster, knowledge.key)
            store.reword(saying, after)
            reworded += [one.row for one in after if "text" in saying.texts and saying.table == "reviews"]
            touched |= bool(after)
    if places := _swept(store.files(), roster):
        store.rename(places)
    if touched or places:
        store.set_meta(OUTDATED, "yes")
    store.mark_swept()
    return reworded


def _swept_wordings(wordings: Sequence[Wording], roster: Roster, key: Key) -> list[Wording]:
    """Those of `wordings` in which somebody stands who was not known before, without them."""
    given = [text for one in wordings for text in one.texts]
    swept = iter(anonymise.swept(given, roster))
    after = [replace(one, texts=tuple(islice(swept, len(one.texts)))) for one in wordings]
    changed = [one for old, one in zip(wordings, after, strict=True) if old.texts != one.texts]
    codes = traces.codes([one.texts for one in changed], roster, key)
    return [replace(one, codes=held) for one, held in zip(changed, codes, strict=True)]


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
