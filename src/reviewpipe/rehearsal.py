"""What a run would do: the same reading and saving, on a copy of the store in memory that is dropped afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from reviewpipe import keys, pipeline, rawfolder
from reviewpipe.calibrate import UNFITTED
from reviewpipe.execute import chosen
from reviewpipe.store import Counts, in_memory
from reviewpipe.summary import Summary, failures, told, with_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from reviewpipe.config import Config
    from reviewpipe.store import FileNote
    from reviewpipe.summary import Outcome


@dataclass(frozen=True)
class Seen:
    """A file of data/raw, its place with names hidden, and what it would bring.

    `state`: `new`; `changed` where a file of that place was read before with other content; `again` where the settings
    have changed since it was read; `known`; `copy` of a file of the list; `unreadable`; `no reviews`; `waiting`.
    """

    place: str
    state: str
    counts: Counts = field(default_factory=Counts)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {"file": self.place, "state": self.state, **asdict(self.counts)}


def rehearse(
    config: Config,
    *,
    as_of: date | None = None,
    since: datetime | None = None,
    executor: str = "serial",
    tell: Callable[[int, int, Outcome], None] | None = None,
) -> tuple[Summary, list[Seen]]:
    """The summary that `pipeline.run` would give as far as files go, and what each file would bring.

    Nothing is written anywhere.  Where there is no key yet, one is made for this time; that a text is known depends on
    the store alone.
    """
    content = rawfolder.content(config.raw, since)
    with in_memory(config.store) as store:
        knowledge = pipeline.known_by(config, store, keys.borrowed(config, store))
        ledger, settings = store.files(), pipeline.reading_settings(config)
        copies = rawfolder.by_content(content.files)
        fresh = pipeline.unread(copies, ledger, settings)
        work = partial(pipeline.process, config=config, knowledge=knowledge, as_of=as_of)
        outcomes = pipeline.take_in(store, chosen(executor, config.folder)(work, fresh), len(fresh), tell)
        name = partial(pipeline.shown, config=config, knowledge=pipeline.known_by(config, store, knowledge.key))
        bad = failures(outcomes, content, copies.values(), name, settings)
        summary = told(outcomes, content, copies.values(), name, UNFITTED)
        summary = replace(with_failures(summary, bad, store.failures()), ledger=len(ledger))
        again = sum(one.mark in {note.digest for note in ledger} for one in outcomes if one.note)
        seen = [*_seen(copies, outcomes, ledger, name), *_others(content, name)]
        return replace(summary, again=again), sorted(seen, key=lambda one: one.place)


def _seen(
    copies: Mapping[str, Sequence[Path]],
    outcomes: Sequence[Outcome],
    ledger: Sequence[FileNote],
    name: Callable[[Path], str],
) -> Iterator[Seen]:
    """The files that were looked at."""
    by_mark, known = {one.mark: one for one in outcomes}, {note.digest for note in ledger}
    replaced = {note.path for note in ledger if note.digest not in copies}
    for mark, paths in copies.items():
        first, *others = map(name, paths)
        outcome = by_mark.get(mark)
        if outcome is None or outcome.note is None:
            yield from (Seen(place, outcome.kind if outcome else "known") for place in (first, *others))
            continue
        yield Seen(first, "again" if mark in known else "changed" if first in replaced else "new", outcome.counts)
        yield from (Seen(place, "copy") for place in others)


def _others(content: rawfolder.Content, name: Callable[[Path], str]) -> Iterator[Seen]:
    """The files that were left out."""
    yield from (Seen(name(path), "waiting") for path, _ in content.waiting)
    yield from (Seen(name(path), "unreadable") for path, _ in content.refused)
