"""What a worker does with one partition; each function leaves a file of Parquet or gives small answers."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewpipe.anonymise import Known
from reviewpipe.bulk import parquet
from reviewpipe.bulk.parquet import Counted, arrow
from reviewpipe.bulk.partitions import created, is_unchanged, raw_of, reached
from reviewpipe.clean import clean_text
from reviewpipe.errors import InputError, StoreError
from reviewpipe.pipeline import enrich, names_in
from reviewpipe.schema import Batch, values
from reviewpipe.store import FORGOTTEN, tombstones
from reviewpipe.summary import reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from reviewpipe.anonymise import Key
    from reviewpipe.bulk.partitions import Partition
    from reviewpipe.config import Config
    from reviewpipe.knowledge import Knowledge
    from reviewpipe.schema import Review

# In the folder of a result: what is gone when it is whole.
WORK = "work"
CHANGED = "it changed while it was read.  Call this again when nothing writes there any more"
# Under which the account of a partition stands in its Parquet.
ACCOUNT = b"reviewpipe"


@dataclass(frozen=True)
class Job:
    """What each worker knows: settings, names and models, marks of what is forgotten, the day of relative dates.

    `folder` is that of the result.
    """

    config: Config
    knowledge: Knowledge
    forgotten: frozenset[str]
    as_of: date | None
    folder: str = ""


@dataclass(frozen=True)
class Account:
    """What became of a partition: `rows` that can be used, the others by reason; or the problem with all of it."""

    rows: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    form: str = ""
    source: str = ""
    problem: str = ""


def meet(partition: Partition, config: Config, key: Key, as_of: date | None) -> Known:
    """The names of the reviewers in a partition; none where it cannot be read."""
    from reviewpipe import ingest

    met: list[Known] = []
    try:
        for batch in ingest.read_raw(raw_of(partition, config), config, as_of=as_of).batches:
            authors = {clean_text(author) for author in set(values(batch.reviews, "author"))}
            met.append(Known.of(names_in(authors, key), key))
    except InputError:  # `analysed` says what is wrong
        pass
    return Known(key=key).joined(*met)


def analysed(partition: Partition, job: Job) -> Account:
    """Put the reviews of a partition through all stages into Parquet; what another call has done is not done again."""
    target = place_of_rows(partition, job)
    if (done := _account(target)) is not None:
        return done
    try:
        return _analysed(partition, job, target)
    except InputError as problem:
        return Account(problem=reason(problem, job.config.raw / partition.place))


def _analysed(partition: Partition, job: Job, target: str) -> Account:
    from reviewpipe import ingest

    _, pq, _ = arrow()
    reading = ingest.read_raw(raw_of(partition, job.config), job.config, as_of=job.as_of)
    rows, refused = 0, Counter[str]()
    with created(target) as file, pq.ParquetWriter(file, parquet.row_schema(), compression="zstd") as writer:
        for batch in reading.batches:
            table, forgotten = _of_batch(batch, job)
            writer.write_table(table)
            refused += Counter([*(one.reason for one in batch.rejects), *[FORGOTTEN] * forgotten])
            rows += len(table)
        if not is_unchanged(partition):
            raise InputError(CHANGED)
        account = Account(rows, dict(refused), reading.form, reading.source)
        writer.add_key_value_metadata({ACCOUNT: json.dumps(vars(account))})
    return account


def _of_batch(batch: Batch, job: Job) -> tuple[Any, int]:
    """The rows of a batch that nobody wants to be forgotten, and how many others there are."""
    pa, *_ = arrow()
    finished = enrich(batch, job.knowledge)
    table = parquet.rows_of(finished)
    if not job.forgotten:
        return table, 0
    stays = [job.forgotten.isdisjoint(tombstones(row)) for row in table.to_pylist()]
    return table.filter(pa.array(stays)), stays.count(False)


def place_of_rows(partition: Partition, job: Job) -> str:
    """Where the analysed rows of a partition are."""
    return f"{job.folder}/{WORK}/{partition.mark}.parquet"


def _account(target: str) -> Account | None:
    """The account in a Parquet file that is there already."""
    fs, path = reached(target)
    if not fs.isfile(path):
        return None
    with opened(target) as file:
        return Account(**json.loads(file.metadata.metadata[ACCOUNT]))


def traits(place: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The traits of all rows of a partition, and how many each row has."""
    import numpy as np

    _, _, compute = arrow()
    with opened(place) as file:
        column = file.read(columns=["traits"])["traits"].combine_chunks()
    return np.asarray(compute.list_flatten(column)), np.asarray(compute.list_value_length(column), np.int64)


def taken(place: str, related: NDArray[np.int64]) -> Any:
    """These rows of a partition."""
    pa, *_ = arrow()
    if not len(related):
        return parquet.row_schema().empty_table()
    found = [table.take(pa.array(at - first)) for table, first, at in _groups(place, related) if len(at)]
    return pa.concat_tables(found)


def settle(work: tuple[str, NDArray[np.int64], str]) -> int:
    """Write the finished reviews of a partition, but for its related rows; how many."""
    place, related, target = work
    _, pq, _ = arrow()
    count = 0
    with created(target) as file, pq.ParquetWriter(file, parquet.finished_schema(), compression="zstd") as writer:
        for table, first, at in _groups(place, related):
            finished = parquet.unrelated(table, at - first)
            writer.write_table(finished)
            count += len(finished)
    return count


def _groups(place: str, rows: NDArray[np.int64]) -> Iterator[tuple[Any, int, NDArray[np.int64]]]:
    """Piece by piece the table of a partition, the number of its first row, and those of `rows` that are in it."""
    import numpy as np

    first = 0
    with opened(place) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            low, high = np.searchsorted(rows, [first, first + len(table)])
            yield table, first, rows[low:high]
            first += len(table)


def count(place: str) -> Counted:
    """What pages count, of a file of finished reviews."""
    counts = Counted()
    with opened(place) as file:
        for group in range(file.num_row_groups):
            counts.add(parquet.counted(file.read_row_group(group)))
    return counts


def dates(place: str, until: str, limit: int) -> list[str]:
    """The newest dates in a file of finished reviews, at most `limit`, before `until`; "" for undated ones."""
    with opened(place) as file:
        found = file.read(columns=["posted_on"])["posted_on"].to_pylist()
    return sorted((one or "" for one in found if (one or "") < until), reverse=True)[:limit]


def dated(place: str, since: str, until: str, limit: int) -> list[Review]:
    """The newest reviews of a file from `since` on and before `until`; where `since` is "", undated ones as well."""
    _, _, compute = arrow()
    day = compute.field("posted_on")
    wanted = (day >= since) & (day < until)
    with opened(place) as file:
        table = file.read().filter(wanted if since else wanted | day.is_null())
    table = table.sort_by([("posted_on", "descending"), ("review_id", "ascending")])
    return parquet.reviews_of(table.slice(0, limit))


@contextmanager
def opened(place: str) -> Iterator[Any]:
    """An open file of Parquet; StoreError where it is gone or damaged."""
    pa, pq, _ = arrow()
    fs, path = reached(place)
    try:
        with pq.ParquetFile(path, filesystem=fs) as file:
            yield file
    except (OSError, pa.ArrowException) as problem:  # its words may quote a text
        raise StoreError(
            f"{place} cannot be read ({type(problem).__name__}).  Remove committed.json, which names the result, and "
            "call `reviewpipe bulk run` again."
        ) from None
