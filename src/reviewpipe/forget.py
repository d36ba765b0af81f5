"""Somebody asks to be forgotten: their reviews leave the store, its file and every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe import anonymise, consent, keys, pipeline, publish
from reviewpipe.errors import UsageError
from reviewpipe.knowledge import learn
from reviewpipe.store import OUTDATED, Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reviewpipe.config import Config


@dataclass(frozen=True)
class Request:
    """What would be forgotten: ids of reviews, the files under data/raw that hold them, and whose they are if known."""

    review_ids: tuple[str, ...]
    files: tuple[str, ...]
    name: str | None = None


def find(config: Config, *, name: str | None = None, ids: Sequence[str] = ()) -> Request:
    """The reviews of a reviewer's name, as signed, and those whose ids begin with one of `ids`.

    UsageError where there are none, or an id means several.
    """
    with Store.read(config.store) as store:
        found = store.reviews_of(keys.key_of(config, store).person(name)) if name else []
        found += [store.meant(one) for one in ids]
        if not found:
            raise UsageError(
                "No review of that name is in the store.  Write the name as it was signed "
                '("Dana R." is not "Dana Rowe"), or give the id of a review.'
            )
        chosen = tuple(dict.fromkeys(found))
        return Request(chosen, tuple(store.files_of(chosen)), name)


def forget(config: Config, request: Request, today: date) -> None:
    """Carry out a request; when this is interrupted, it is not done at all or the next run completes it.

    The reviews go in one transaction, with keyed marks that keep a later import from bringing them back.  The name
    stays known as a fingerprint, so that it is hidden where others mention it; pages are made anew and pass the gate.
    """
    with pipeline.only_run(config), Store.open(config.store) as store:
        key = learn(config, store).key
        _end_consents(config, store, request, today)
        with store.transaction():
            store.forget(request.review_ids)
            if request.name:
                store.add_names(anonymise.name_fingerprints(request.name, key))
            store.set_meta(OUTDATED, "yes")
        pipeline.refresh(store, learn(config, store))
    publish.pages(config, today)


def _end_consents(config: Config, store: Store, request: Request, today: date) -> None:
    """Consents end first: were this cut off, nothing would be published that should not be."""
    standings = consent.recorded(config, store, today)
    mine = [grant for one in request.review_ids if one in standings for grant in standings[one].grants]
    entries = [consent.Entry("forgotten", today.isoformat(), *grant.known[0], grant.number) for grant in mine]
    if entries:
        consent.record(config, store, entries)


def in_use(config: Config, request: Request, today: date) -> list[str]:
    """Where the words of the reviews are in use, as far as it was recorded."""
    with Store.read(config.store) as store:
        standings = consent.recorded(config, store, today)
    return [use.where for one in request.review_ids if one in standings for use in standings[one].in_use]
