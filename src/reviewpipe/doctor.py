"""Is everything sound?  Each finding comes with its remedy."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from reviewpipe import anonymise, consent, keys, pipeline, publish, rawfolder, themes
from reviewpipe.errors import ReviewpipeError, StoreError
from reviewpipe.metrics import words
from reviewpipe.store import SCHEMA_VERSION, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from reviewpipe.config import Config

RESTORE = "`reviewpipe backup --restore`; or move the store away and call `reviewpipe run`, which reads data/raw anew"
# Files that a finding names; of more it gives the number.
MOST_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not well.

    `code` is the exit code that a problem asks for.
    """

    state: Literal["ok", "hint", "problem"]
    what: str
    remedy: str = ""
    code: int = ReviewpipeError.exit_code


def examine(config: Config, today: date) -> Iterator[Finding]:
    """Look at settings, key, models, themes, store and pages, in the order in which they depend on each other."""
    yield from _settings(config)
    for look in (_models, _themes, _key, _leftovers):
        try:
            yield from look(config)
        except ReviewpipeError as problem:
            yield _problem(problem)
    if not config.store.exists():
        yield Finding("hint", "there is no store yet", f"put files into {config.raw} and call `reviewpipe run`")
        return
    try:
        with Store.read(config.store) as store:
            for part in (_store, _raw, _consents):
                yield from part(config, store)
            yield from _pages(config, store, today)
    except ReviewpipeError as problem:
        yield _problem(problem)


def _problem(problem: ReviewpipeError) -> Finding:
    """An error, which names its remedy itself."""
    return Finding("problem", str(problem), code=problem.exit_code)


def _settings(config: Config) -> Iterator[Finding]:
    if not (config.folder / "reviewpipe.toml").is_file():
        yield Finding(
            "hint", "there is no reviewpipe.toml", "`reviewpipe init` writes one with every setting explained"
        )
    if not config.staff:
        yield Finding(
            "hint",
            "no staff are named",
            "add a [[staff]] table for each therapist, so that names are shown as you choose",
        )
    if not config.practice.license_number:
        yield Finding("hint", "there is no license number", "set license_number: some states ask for it in advertising")
    yield Finding("ok", "settings can be read")


def _models(config: Config) -> Iterator[Finding]:  # noqa: ARG001  one signature for all
    folder = files("reviewpipe") / "models"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name, facts in manifest.items():
        there = (folder / name).is_file()
        sound = there and sha256((folder / name).read_bytes()).hexdigest() == facts["sha256"]
        yield (
            Finding("ok", f"model {name} is as shipped")
            if sound
            else Finding("problem", f"model {name} is not the one that was shipped", "install reviewpipe again")
        )


def _themes(config: Config) -> Iterator[Finding]:
    catalogue = themes.load(config.themes_file)
    yield Finding("ok", f"{len(catalogue.names)} themes can be read")


def _key(config: Config) -> Iterator[Finding]:
    if not config.key_file.is_file():
        yield Finding("hint", "there is no key yet", "the first run makes it")
        return
    anonymise.Key.load_or_create(config.key_file)
    yield Finding("ok", "the key of the pseudonyms is readable by you alone")


def _leftovers(config: Config) -> Iterator[Finding]:
    """Files that a command writes before it puts them into their place, and leaves there when it is killed."""
    folders = (config.folder, config.reports, config.store.parent, config.backups)
    found = [path for folder in folders for path in sorted(folder.glob(".*.part"))]
    found += [path for path in (anonymise.answers.files(config)[1], keys.successor(config)) if path.exists()]
    if found:
        yield Finding(
            "hint",
            f"a command was interrupted and left {', '.join(str(path.relative_to(config.folder)) for path in found)}",
            "where no command is at work, `reviewpipe run` puts it in order; what then still lies there can be removed",
        )


def _store(config: Config, store: Store) -> Iterator[Finding]:
    if stat.S_IMODE(config.store.stat().st_mode) & 0o077:
        yield Finding("problem", f"others on this machine can read {config.store}", f"chmod 600 {config.store}")
    keys.key_of(config, store)
    damage = store.soundness()
    for what in damage:
        yield Finding("problem", f"the store is damaged: {what}", RESTORE, StoreError.exit_code)
    if not damage:
        yield Finding("ok", f"the store (version {SCHEMA_VERSION} of its tables) is sound, and made with this key")
    count = sum(cell.count for cell in store.cells())
    yield Finding("ok", f"the store holds {words.reviews(count)} from {_files(len(store.files()))}")


def _raw(config: Config, store: Store) -> Iterator[Finding]:
    """The ledger against the files that lie in data/raw."""
    for reject in store.rejects():
        if reject.row is None:
            yield Finding("hint", f"{reject.path} cannot be read", reject.reason)
    lying, ledger = rawfolder.by_content(rawfolder.content(config.raw).files), store.files()
    known, settings = {note.digest for note in ledger}, pipeline.reading_settings(config)
    unread = sum(mark not in known for mark in lying)
    if unread:
        yield Finding(
            "hint",
            f"not in the store: {_files(unread)} of {config.raw}",
            "`reviewpipe run` reads them, or says why they cannot be read or hold no reviews",
        )
    if any(note.settings != settings for note in ledger if note.digest in lying):
        yield Finding("hint", "settings have changed since files were read", "`reviewpipe run` reads them again")
    gone = [note.path for note in ledger if note.digest not in lying]
    if gone:
        more = ", …" if len(gone) > MOST_NAMED else ""
        yield Finding(
            "hint",
            f"no longer in {config.raw}: {_files(len(gone))} that had been read, {', '.join(gone[:MOST_NAMED])}{more}",
            "their reviews stay in the store, but a lost store or a new key cannot do without the files",
        )
    if not (unread or gone):
        yield Finding("ok", f"every file in {config.raw} is in the store")


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"


def _consents(config: Config, store: Store) -> Iterator[Finding]:
    """The log is as it was written; a damaged one raises, with its remedy."""
    if config.consents.is_file() and stat.S_IMODE(config.consents.stat().st_mode) & 0o077:
        yield Finding("problem", f"others on this machine can read {config.consents}", f"chmod 600 {config.consents}")
    grants, uses = consent.folded(consent.log_of(config, store).entries)
    if grants or uses:
        yield Finding("ok", f"the log of {len(grants)} consents and {len(uses)} uses is as it was written")


def _pages(config: Config, store: Store, today: date) -> Iterator[Finding]:
    page = config.reports / "dashboard.html"
    if not page.is_file():
        yield Finding("hint", "there is no dashboard yet", "call `reviewpipe dashboard`")
        return
    publish.check({page.name: page.read_bytes()}, config, store)
    yield Finding("ok", "no known name stands in the dashboard")
    if publish.is_current(page, config, store, today):
        yield Finding("ok", "the dashboard is what the store gives today")
    else:
        yield Finding(
            "hint", "the dashboard is older than the store, or of other months", "call `reviewpipe dashboard`"
        )
