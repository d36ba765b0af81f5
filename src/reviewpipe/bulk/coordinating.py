"""A bulk job's life: names first, then texts, then what may be one review twice; at the end a line says it is whole."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import blake2b
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reviewpipe import __version__, versions
from reviewpipe.anonymise import Known
from reviewpipe.bulk import parquet, working
from reviewpipe.bulk.parquet import Counted, arrow
from reviewpipe.bulk.partitions import content, created, listed, overlap, removed
from reviewpipe.errors import StoreError, UsageError
from reviewpipe.execute import chosen
from reviewpipe.knowledge import hidden, learn
from reviewpipe.pipeline import only_run, reading_settings
from reviewpipe.store import Counts, FileNote, FileReject, Finished, Store, in_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from reviewpipe.anonymise import Key
    from reviewpipe.bulk.partitions import Partition
    from reviewpipe.bulk.working import Account, Job
    from reviewpipe.config import Config
    from reviewpipe.schema import Cell, Review, ThemeCell

    Numbers = NDArray[np.int64]
    Share = Callable[[Callable[[Any], Any], Iterable[Any]], Generator[Any, None, None]]
    Tell = Callable[[str, int, int], None]

# What lies in the folder of a job: the line that names the newest whole result, and results, each in its own folder.
COMMITTED = "committed.json"
RESULT = re.compile("result-[0-9a-f]{16}")
FORM = 2
# In the folder of a result, beside what workers leave there until it is whole.
REVIEWS, NAMES = "reviews", "names.parquet"
# Rows that may be one review with others, after the store has looked at them.
MERGED = "merged.parquet"


@dataclass(frozen=True)
class Committed:
    """What a job has come to: `result` names its folder, `files` are of finished reviews, in it.

    `counts` of all rows, `reasons` of refused ones; `problems` are pairs of place (names hidden) and reason.
    """

    result: str
    files: tuple[str, ...]
    counts: Counts
    made_with: str
    lengths: tuple[int, ...] = ()
    partitions: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()
    form: int = FORM


@dataclass(frozen=True)
class Parts:
    """Finished reviews in Parquet, as pages ask for them; files are shared out and only counts come back."""

    places: Sequence[str]
    committed: Committed
    counts: Counted
    known: Known
    share: Share

    def cells(self) -> list[Cell]:
        """As in the store."""
        return self.counts.told()[0]

    def theme_cells(self) -> list[ThemeCell]:
        """As in the store."""
        return self.counts.told()[1]

    def unanswered(self) -> Mapping[str | None, int]:
        """As in the store."""
        return self.counts.unanswered

    def reviews(self, *, since: str | None = None, until: str | None = None, limit: int | None = None) -> list[Review]:
        """As in the store; first all files are asked for dates, then those with reviews that are new enough."""
        most, end = limit or self.counts.cells.total(), until or "~"
        newest = partial(working.dates, until=end, limit=most)
        found = list(self.share(newest, self.places))
        days = sorted((day for some in found for day in some if since is None or day >= since), reverse=True)[:most]
        first = days[-1] if days else "~"
        asked = [place for place, some in zip(self.places, found, strict=True) if some and some[0] >= first]
        fetch = partial(working.dated, since=first, until=end, limit=most)
        reviews = sorted(chain.from_iterable(self.share(fetch, asked)), key=lambda one: one.review_id)
        return sorted(reviews, key=lambda one: one.posted_on or "", reverse=True)[:most]

    def files(self) -> list[FileNote]:
        """One line for all partitions together, and empty ones for the others."""
        empty = FileNote("", "", "", "")
        return [replace(empty, counts=self.committed.counts), *repeat(empty, self.committed.partitions - 1)]

    def rejects(self) -> Iterator[FileReject]:
        """As in the store, but without places of rows."""
        for reason, count in self.committed.reasons.items():
            yield from repeat(FileReject("", 0, reason), count)
        yield from (FileReject(place, None, reason) for place, reason in self.committed.problems)

    def vanished(self) -> int:
        """A job looks at one moment."""
        return 0

    def edited(self, since: str, until: str, limit: int) -> list[Review]:  # noqa: ARG002  as in the store
        """Only a store keeps what was said before."""
        return []

    def gone(self, since: str, until: str, limit: int) -> list[Review]:  # noqa: ARG002  as in the store
        """See `vanished`."""
        return []


def run(  # noqa: PLR0913  what may be asked of a job, by keyword
    config: Config,
    folder: str,
    out: str,
    started: datetime,
    *,
    as_of: date | None = None,
    executor: str = "auto",
    tell: Tell | None = None,
) -> Committed:
    """Make finished reviews in `out` of all files in `folder`; what is there already is not made again.

    Nothing is seen of a job until it is whole; one that was cut off goes on where it was.
    """
    if overlap(folder, out):
        raise UsageError(
            "The result would lie among the raw files, or they in it.  Give two folders beside each other."
        )
    share, told = chosen(executor), tell or (lambda _, __, ___: None)
    partitions = listed(folder, started)
    with only_run(config):
        with Store.open(config.store) as store:
            knowledge, forgotten = learn(config, store), frozenset(store.forgotten())
        meet = partial(working.meet, config=config, key=knowledge.key, as_of=as_of)
        met = list(_told(share(meet, partitions), "names", len(partitions), told))
        knowledge = replace(knowledge, known=knowledge.known.joined(*met))
        job = working.Job(config, knowledge, forgotten, as_of)
        result = _mark(job, partitions)
        job = replace(job, folder=f"{out}/{result}")
        committed = _committed(out)
        if committed is None or committed.result != result:
            committed = replace(_made(job, partitions, share, told), result=result)
            with created(f"{out}/{COMMITTED}") as file:
                file.write(json.dumps(asdict(committed), ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        removed(f"{job.folder}/{REVIEWS}", lambda name: name not in committed.files)
        removed(job.folder, lambda name: name not in (REVIEWS, NAMES))
        removed(out, lambda name: bool(RESULT.fullmatch(name)) and name != result)
    return committed


def parts(config: Config, out: str, key: Key, *, executor: str = "auto") -> Parts:
    """The newest whole result in a folder, counted."""
    committed = _committed(out)
    if committed is None:
        raise UsageError(f"There is no result in {out} yet.  `reviewpipe bulk run` makes one.")
    if committed.made_with != key.mark():
        raise StoreError(
            f"{out} was made with another key than {config.key_file}.  Restore that key from your backup, or make the "
            "result anew with `reviewpipe bulk run`."
        )
    share, counts = chosen(executor), Counted()
    places = [f"{out}/{committed.result}/{REVIEWS}/{name}" for name in committed.files]
    for some in share(working.count, places):
        counts.add(some)
    known = Known(_names(f"{out}/{committed.result}/{NAMES}"), key, committed.lengths)
    return Parts(places, committed, counts, known, share)


def _told(results: Iterable[Any], stage: str, total: int, tell: Tell) -> Iterator[Any]:
    tell(stage, 0, total)
    for number, result in enumerate(results, 1):
        tell(stage, number, total)
        yield result


def _mark(job: Job, partitions: Sequence[Partition]) -> str:
    """The name of a result; changes with all that it depends on."""
    knowledge = job.knowledge
    said = (
        versions.of(knowledge.catalogue, knowledge.calibration), reading_settings(job.config), knowledge.key.mark(),
        sorted(job.forgotten), str(job.as_of), sorted(one.mark for one in partitions),
    )  # fmt: skip
    return "result-" + blake2b(repr(said).encode() + knowledge.known.numbers.tobytes(), digest_size=8).hexdigest()


def _made(job: Job, partitions: Sequence[Partition], share: Share, tell: Tell) -> Committed:
    """All of a result but the line that says it is whole."""
    count = len(partitions)
    accounts: list[Account] = list(_told(share(partial(working.analysed, job=job), partitions), "reviews", count, tell))
    read = [(one, account) for one, account in zip(partitions, accounts, strict=True) if not account.problem]
    rows = [working.place_of_rows(one, job) for one, _ in read]
    related = _related(list(_told(share(working.traits, rows), "duplicates", len(rows), tell)))
    merged, counts = _merged(read, rows, related, job)
    files = [f"{number:06d}.parquet" for number in range(len(rows))]
    targets = [f"{job.folder}/{REVIEWS}/{name}" for name in files]
    settled = list(_told(share(working.settle, zip(rows, related, targets, strict=True)), "files", len(rows), tell))
    _write(f"{job.folder}/{REVIEWS}/{MERGED}", parquet.table_of(merged))
    pa, *_ = arrow()
    _write(f"{job.folder}/{NAMES}", pa.table({"number": job.knowledge.known.numbers}))
    reasons = sum((Counter(account.refused) for account in accounts), Counter[str]())
    alone = Counts(read=sum(settled), new=sum(settled)) + Counts(read=reasons.total(), rejected=reasons.total())
    bad = [(one.place, account.problem) for one, account in zip(partitions, accounts, strict=True) if account.problem]
    places = hidden([place for place, _ in bad], job.knowledge.everybody()) if bad else []
    return Committed(
        "",
        (*files, MERGED),
        counts + alone,
        job.knowledge.key.mark(),
        job.knowledge.known.lengths,
        len(partitions),
        dict(sorted(reasons.items())),
        tuple((place, why) for place, (_, why) in zip(places, bad, strict=True)),
    )


def _related(of_parts: Sequence[tuple[NDArray[np.uint64], Numbers]]) -> list[Numbers]:
    """For each partition the numbers of its rows that share a trait with another row, wherever that is."""
    everything = np.concatenate([np.empty(0, np.uint64), *(found for found, _ in of_parts)])
    everything.sort()
    shared = np.unique(everything[1:][everything[1:] == everything[:-1]])
    del everything
    related = []
    for found, sizes in of_parts:
        rows = np.repeat(np.arange(len(sizes)), sizes)
        related.append(np.unique(rows[np.isin(found, shared)]))
    return related


def _merged(
    read: Sequence[tuple[Partition, Account]], rows: Sequence[str], related: Sequence[Numbers], job: Job
) -> tuple[list[Review], Counts]:
    """What a store makes of the related rows, and how many of them were new, edited or there before."""
    counts, settings = Counts(), reading_settings(job.config)
    with in_memory(Path(":memory:")) as store:
        for (partition, account), place, numbers in zip(read, rows, related, strict=True):
            if len(numbers):
                frame, hits = parquet.frame_of(working.taken(place, numbers))
                seen_on = job.as_of.isoformat() if job.as_of else partition.written
                note = FileNote(partition.mark, "", account.source, account.form, settings=settings, seen_on=seen_on)
                with store.transaction():
                    counts += store.save(Finished(frame, hits, {}), note).note.counts
        return store.reviews(), counts


def _write(place: str, table: Any) -> None:
    _, pq, _ = arrow()
    with created(place) as file:
        pq.write_table(table, file, compression="zstd")


def _names(place: str) -> NDArray[np.int64]:
    with working.opened(place) as file:
        return np.asarray(file.read()["number"], np.int64)


def _committed(out: str) -> Committed | None:
    """The newest whole result; None where there is none, StoreError where it was made by another version."""
    said = content(f"{out}/{COMMITTED}")
    if said is None:
        return None
    try:
        facts = json.loads(said)
        if facts["form"] != FORM:
            raise StoreError(f"The result in {out} was made by another version of reviewpipe ({__version__} is here).")
        problems = tuple((place, reason) for place, reason in facts["problems"])
        counts, files, lengths = Counts(**facts["counts"]), tuple(facts["files"]), tuple(facts["lengths"])
        return Committed(**{**facts, "counts": counts, "files": files, "lengths": lengths, "problems": problems})
    except (ValueError, TypeError, KeyError, UnicodeDecodeError):
        raise StoreError(f"{out}/{COMMITTED} is damaged.  Remove it and call `reviewpipe bulk run` again.") from None
