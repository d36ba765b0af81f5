"""A new key for the pseudonyms, or none any more."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe import anonymise, consent, keys, pipeline, rawfolder, rawreviews
from reviewpipe.anonymise.pseudonyms import SIZE
from reviewpipe.errors import StoreError, UsageError
from reviewpipe.schema import records
from reviewpipe.store import OTHER_WORDS, Store, tombstones
from reviewpipe.tokens import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from reviewpipe.config import Config
    from reviewpipe.schema import Label
    from reviewpipe.summary import Summary

    Row = dict[str, Any]
    Kept = tuple[Label, str]


def rotate(config: Config, started: datetime) -> Summary:
    """Replace the key and read all raw files again under the new one; the run's summary.

    Pseudonyms cannot be turned into new ones, because nobody knows the names behind them: they are made anew from the
    raw files.  UsageError where one of these is missing.  What was forgotten stays so, and labels stay.
    """
    with pipeline.only_run(config), Store.open(config.store) as store:
        old = keys.key_of(config, store)
        files = rawfolder.by_content(rawfolder.content(config.raw).files)
        missing = [note.path for note in store.files() if note.digest not in files]
        if missing:
            raise UsageError(
                f"{len(missing)} files that were read are no longer in {config.raw} ({', '.join(missing[:5])}), and "
                "their reviews cannot be given new pseudonyms.  Put them back, from a copy if `retention` removed them."
            )
        new = anonymise.Key.load_or_create(keys.successor(config))
        read = [rawreviews.cleaned(paths[0], config) for paths in files.values()]
        texts = [reviews for reviews in read if reviews is not None]
        pairs = [pair for reviews in texts for pair in zip(*(_as(reviews, key) for key in (old, new)), strict=True)]
        marks = [mark for row, again in pairs if store.is_forgotten(row) for mark in tombstones(again)]
        labels = list(_labels(pairs, store.labels_by_key()))
        words = {word for reviews in texts for name in ("text", "reply", "original") for word in _words(reviews[name])}
        anonymise.answers.carry_over(config, old, new, words)
        _carry_consents(config, store, pairs, started)
        with store.transaction():
            store.start_anew(marks, labels)
            store.set_meta(keys.MADE_WITH, new.mark())
        keys.key_of(config, store)  # puts the new key in the place of the old
        anonymise.answers.leave_behind(config, new, words)
    return pipeline.run(config, started)


def _carry_consents(config: Config, store: Store, pairs: Sequence[tuple[Row, Row]], started: datetime) -> None:
    """Consents and uses under the new keys of their reviews, beside the old ones: a cut off rotation loses none.

    Where the words of a review have changed since, the consent is of no words that are known.
    """
    log = consent.log_of(config, store)
    agreed = {known for one in consent.folded(log.entries) for each in one for known in each.known[:1]}
    renamed: dict[str, tuple[str, str]] = {}
    for was, now in pairs:
        mine = (was["review_key"], was["words"] or "") in agreed
        if mine or was["review_key"] not in renamed:
            renamed[was["review_key"]] = (now["review_key"], (now["words"] or "") if mine else OTHER_WORDS)
    entries = list(consent.rekeyed(log, renamed, started.date().isoformat()))
    if entries:
        consent.record(config, store, entries)


def _words(texts: pd.Series[Any]) -> set[str]:
    return {word for text in texts if isinstance(text, str) for word in WORD.findall(text)}


def _as(reviews: Any, key: anonymise.Key) -> list[Row]:
    """The rows under a key."""
    return list(records(anonymise.pseudonymise(reviews, key)))


def _labels(pairs: Sequence[tuple[Row, Row]], kept: Mapping[str, Kept]) -> Iterator[Kept]:
    """The labels under the new keys of their reviews, for rows as they are under the old key and under the new."""
    mine = [(*kept[old["review_key"]], old, new) for old, new in pairs if old["review_key"] in kept]
    digests = {label.review_id: new["words"] or "" for label, words, old, new in mine if (old["words"] or "") == words}
    for label, _, _, new in mine:
        yield replace(label, review_id=new["review_key"]), digests.get(label.review_id, OTHER_WORDS)


def destroy(config: Config) -> None:
    """Remove all that joins reviews with people: pseudonyms in the store, the owner's answers, at last the key.

    When this is interrupted the key is still there, and it can be called again.
    """
    if not config.key_file.is_file():
        raise UsageError(f"There is no key {config.key_file}.")
    with pipeline.only_run(config):
        if config.store.is_file():
            with Store.open(config.store) as store:
                with store.transaction():
                    store.part()
                if not store.overwrite_freed_pages():
                    raise StoreError("Another program reads the store.  Close it, then call `key destroy` again.")
        for path in (*anonymise.answers.files(config), keys.successor(config), config.key_file):
            _shred(path)


def _shred(path: Path) -> None:
    """Overwrite and remove a file, if it is there."""
    if path.is_file():
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(max(SIZE, path.stat().st_size)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
