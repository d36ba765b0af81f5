"""THE PAGE TO READ FIRST: `enrich` is a batch's life, `run` is a run's.

A raw file becomes a batch of the review table.  The stages work on it in the order that `enrich` writes down.  The
finished rows and the note "this file is done" go into the store in one transaction: a run can stop anywhere.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING

from reviewpipe import anonymise, themes
from reviewpipe.anonymise import Known, name_fingerprints
from reviewpipe.errors import InputError, LockedError, NotReviewsError, StoreError, UsageError
from reviewpipe.execute import EXECUTORS
from reviewpipe.schema import values
from reviewpipe.store import Counts, FileNote, Finished, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from reviewpipe.anonymise import Key, Roster
    from reviewpipe.config import Config
    from reviewpipe.schema import Batch, Reject, ThemeHit, Verdict
    from reviewpipe.themes import Catalogue

# Downloads that are still growing; the next run takes them.
UNFINISHED = {".part", ".crdownload", ".download", ".tmp"}


@dataclass(frozen=True)
class Knowledge:
    """What the stages know of this practice: its people (and the names met so far), its key, its themes."""

    roster: Roster
    key: Key
    catalogue: Catalogue


@dataclass(frozen=True)
class Outcome:
    """What one file gave: finished reviews and its line for the ledger, or the reason why not."""

    path: Path
    note: FileNote | None = None
    finished: Finished | None = None
    rejects: tuple[Reject, ...] = ()
    problem: InputError | None = None


@dataclass(frozen=True)
class Summary:
    """A run in numbers.  `known` files were read by an earlier run.

    `problems` are files that cannot be read, `others` hold no reviews: place under data/raw (names hidden) and reason.
    """

    files: int
    known: int
    counts: Counts
    problems: Mapping[str, str]
    others: Mapping[str, str]

    def as_json(self) -> str:
        """The counts as one JSON object; read = new + edited + duplicate + rejected."""
        return json.dumps({"files": self.files, **asdict(self.counts), "failed_files": len(self.problems)})

    def too_bad(self, share: float) -> bool:
        """Whether more than `share` of the rows or of the files was refused."""
        rejected = self.counts.rejected > share * self.counts.read
        return rejected or len(self.problems) > share * self.files


def enrich(batch: Batch, knowledge: Knowledge) -> Finished:
    """A batch's life: clean, anonymise, sentiment, themes."""
    from reviewpipe.clean import clean

    reviews = clean(batch.reviews)
    authors = set(values(reviews, "author")) - {None}
    names = {one for author in authors for one in name_fingerprints(author, knowledge.key)}
    known = Known.of(knowledge.roster.known.fingerprints | names, knowledge.key)
    reviews = anonymise.anonymise(reviews, knowledge.roster, knowledge.key, known)
    verdicts, hits = analyse(values(reviews, "text"), values(reviews, "language"), knowledge.catalogue)
    reviews["score"] = [verdict.score for verdict in verdicts]
    reviews["sentiment"] = [verdict.sentiment for verdict in verdicts]
    return Finished(reviews, hits, names)


def run(
    config: Config,
    started: datetime,
    *,
    as_of: date | None = None,
    executor: str = "serial",
    tell: Callable[[int, int], None] | None = None,
) -> Summary:
    """A run's life: every new file of data/raw into the store.

    `as_of` is the day from which relative dates count (else each file's own); `tell` hears files done and in all.
    """
    paths = raw_files(config.raw)
    with only_run(config), Store.open(config.store) as store:
        knowledge = learn(config, store)
        contents = {path: digest(path) for path in paths}
        done = store.digests()
        fresh = {mark: path for path, mark in reversed(contents.items()) if mark not in done}
        work = partial(process, config=config, knowledge=knowledge, as_of=as_of)
        outcomes = []
        for number, outcome in enumerate(EXECUTORS[executor](work, sorted((p, m) for m, p in fresh.items())), 1):
            outcomes.append(replace(outcome, note=save(store, outcome), finished=None))
            if tell:
                tell(number, len(fresh))
        told = {_shown(o.path, config, knowledge): o for o in outcomes if o.problem}
        others = {place: _reason(o) for place, o in told.items() if isinstance(o.problem, NotReviewsError)}
        problems = {place: _reason(o) for place, o in told.items() if place not in others}
        store.note_failures(problems)
        counts = sum((o.note.counts for o in outcomes if o.note), Counts())
        if counts.new or counts.edited:
            store.note_run(started.isoformat(timespec="seconds"), counts)
        refresh(store, knowledge, names_changed=bool(counts.read))
    return Summary(len(paths), len(paths) - len(outcomes), counts, problems, others)


def raw_files(folder: Path) -> list[Path]:
    """The files under `folder` that are complete and ours to read, in a stable order."""
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}.  Run `reviewpipe init` there, or choose another with --project."
        )
    inside = folder.resolve()
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.suffix.lower() not in UNFINISHED
        and path.resolve().is_relative_to(inside)
    )


def process(item: tuple[Path, str], config: Config, knowledge: Knowledge, as_of: date | None) -> Outcome:
    """Read and enrich one file; what is wrong with it becomes part of the outcome and never stops the others."""
    from reviewpipe import ingest

    path, mark = item
    try:
        reading = ingest.read(path, config, as_of=as_of)
    except InputError as problem:
        return Outcome(path, problem=problem)
    finished = enrich(reading.batch, knowledge)
    note = FileNote(mark, _shown(path, config, knowledge, finished.names), reading.source, reading.form)
    return Outcome(path, note, finished, reading.batch.rejects)


def save(store: Store, outcome: Outcome) -> FileNote | None:
    """The rows of a file and its line in the ledger, in one transaction."""
    if outcome.note is None or outcome.finished is None:
        return None
    with store.transaction():
        refused = Counts(read=len(outcome.rejects), rejected=len(outcome.rejects))
        note = replace(outcome.note, counts=store.save(outcome.finished, outcome.note.digest) + refused)
        store.note(note, outcome.rejects)
    return note


def refresh(store: Store, knowledge: Knowledge, *, names_changed: bool) -> None:
    """Bring older reviews up to date: hide names met since, score again what a new model or themes file sees anew."""
    version = analysis_version(knowledge.catalogue)
    texts = store.texts()
    hidden: dict[str, str] = {}
    if names_changed:
        roster = replace(knowledge.roster, known=Known.of(store.names(), knowledge.key))
        found = anonymise.sweep([text or "" for _, text, _ in texts], roster)
        hidden = {
            row[0]: anonymise.replace(row[1] or "", names) for row, names in zip(texts, found, strict=True) if names
        }
    outdated = store.meta("analysis") != version
    again = [(i, hidden.get(i, text), language) for i, text, language in texts if outdated or i in hidden]
    if again or outdated:
        verdicts, hits = analyse(
            [text for _, text, _ in again], [language for _, _, language in again], knowledge.catalogue
        )
        with store.transaction():
            ids = [row[0] for row in again]
            store.rewrite(dict(zip(ids, verdicts, strict=True)), dict(zip(ids, hits, strict=True)), hidden)
            store.set_meta("analysis", version)


def analyse(
    texts: Sequence[str | None], languages: Sequence[str | None], catalogue: Catalogue
) -> tuple[list[Verdict], list[tuple[ThemeHit, ...]]]:
    """Sentiment and themes of anonymised texts."""
    from reviewpipe import sentiment

    words = [text or "" for text in texts]
    verdicts = sentiment.analyse(words, languages)
    return verdicts, themes.tag(words, verdicts, catalogue)


def learn(config: Config, store: Store) -> Knowledge:
    """What the stages need to know: settings, names met so far, key, themes."""
    key = anonymise.Key.load_or_create(config.key_file)
    roster = anonymise.Roster.of(config, Known.of(store.names(), key))
    return Knowledge(roster, key, themes.load(config.themes_file))


def analysis_version(catalogue: Catalogue) -> str:
    """Changes when a model, the lexicon or the themes change: then the store's texts are scored again."""
    package = files("reviewpipe")
    parts = [package / "models" / "manifest.json", package / "sentiment" / "lexicon.toml"]
    content = b"".join(part.read_bytes() for part in parts) + catalogue.version.encode()
    return blake2b(content, digest_size=12).hexdigest()


def digest(path: Path) -> str:
    """The identity of a file's content; a file that cannot be read goes by its place, and reading it says why."""
    try:
        with path.open("rb") as content:
            mark = blake2b(digest_size=16)
            while piece := content.read(1 << 20):
                mark.update(piece)
    except OSError:
        return f"unreadable {path}"
    return mark.hexdigest()


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


def _shown(path: Path, config: Config, knowledge: Knowledge, names: Collection[tuple[str, int]] = ()) -> str:
    """The file's place under data/raw, with people's names hidden: clients stand in file names too."""
    from reviewpipe.ingest.reading import printable

    place = printable(path.relative_to(config.raw).as_posix())
    known = Known.of({*knowledge.roster.known.fingerprints, *names}, knowledge.key)
    # The signs that join words in file names are blanks to the reader of names.
    words = place.removesuffix(path.suffix).translate(str.maketrans("/_-.+", "     "))
    found = anonymise.find([words], [None], replace(knowledge.roster, known=known))[0]
    return anonymise.replace(place, [entity for entity in found if entity.label == "PERSON"])


def _reason(outcome: Outcome) -> str:
    """The problem without the file's name, which may hold a person's."""
    return str(outcome.problem).replace(str(outcome.path), "").replace(outcome.path.name, "").lstrip(": ")
