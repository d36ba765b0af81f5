"""The log of a project: read with what guards its end, written to, and what it says of the reviews in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewpipe.consent.gate import Gate
from reviewpipe.consent.log import Entry, Log, append, begins_with, read
from reviewpipe.consent.standing import folded, standings
from reviewpipe.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from reviewpipe.config import Config
    from reviewpipe.consent.standing import Display, Grant, Known, Scope, Standing, Used
    from reviewpipe.store import Store

# A note in the store: how long the log was at least, so that a line cut off its end shows.
HEAD = "consents"


def log_of(config: Config, store: Store) -> Log:
    """The project's log; StoreError where a line was changed, or taken off since the store last knew of it."""
    log = read(config.consents)
    head = store.meta(HEAD)
    if head and not begins_with(log, head):
        raise StoreError(
            f"{config.consents} has lost lines that it had, a revocation perhaps, so no consent can be trusted.  "
            "Restore it from your backup."
        )
    return log


def record(config: Config, store: Store, entries: Sequence[Entry]) -> int:
    """Add entries to the project's log, of which the store keeps the mark; the number of the last."""
    log = append(config.consents, log_of(config, store), entries)
    store.set_meta(HEAD, log.mark)
    return len(log.entries)


def recorded(config: Config, store: Store, today: date) -> dict[str, Standing]:
    """What holds today, by id of review."""
    log = log_of(config, store)
    return standings(log, store.known_as({entry.review for entry in log.entries}), today)


def gate_of(
    config: Config, store: Store, today: date, scope: Scope = "website", display: Display = "anonymous"
) -> Gate:
    """What decides whether words of this practice may be published there and so."""
    return Gate(config, recorded(config, store, today), scope, display)


def rekeyed(log: Log, renamed: Mapping[str, Known], on: str) -> Iterator[Entry]:
    """The entries that carry all that was recorded over to a new key of the pseudonyms.

    `renamed` gives for an old key of a review the new one and, under it, the digest of the words that were agreed to;
    that is of no words where these have changed since.
    """
    grants, uses = folded(log.entries)
    everything: list[Grant | Used] = [*grants, *uses]
    for one in everything:
        old, _ = one.known[0]
        if old in renamed:
            new, words = renamed[old]
            yield Entry("rekeyed", on, new, words, one.number)
