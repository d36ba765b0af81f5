"""Is everything sound?  Each finding comes with its remedy."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from reviewpipe import anonymise, consent, keys, publish, themes
from reviewpipe.errors import ReviewpipeError
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewpipe.config import Config


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not well."""

    state: Literal["ok", "hint", "problem"]
    what: str
    remedy: str = ""


def examine(config: Config) -> Iterator[Finding]:
    """Look at settings, key, models, themes, store and pages, in the order in which they depend on each other."""
    yield from _settings(config)
    for look in (_models, _themes, _key, _store, _consents):
        try:
            yield from look(config)
        except ReviewpipeError as problem:
            yield Finding("problem", str(problem))


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
        sound = sha256((folder / name).read_bytes()).hexdigest() == facts["sha256"]
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


def _store(config: Config) -> Iterator[Finding]:
    if not config.store.is_file():
        yield Finding("hint", "there is no store yet", f"put files into {config.raw} and call `reviewpipe run`")
        return
    if stat.S_IMODE(config.store.stat().st_mode) & 0o077:
        yield Finding("problem", f"others on this machine can read {config.store}", f"chmod 600 {config.store}")
    with Store.open(config.store) as store:
        keys.key_of(config, store)
        for problem in store.soundness():
            yield Finding(
                "problem", f"the store is damaged: {problem}", "restore it from a backup, or remove it and run again"
            )
        unread = [reject for reject in store.rejects() if reject.row is None]
        for reject in unread:
            yield Finding("hint", f"{reject.path} cannot be read", reject.reason)
        yield Finding(
            "ok", f"the store holds {sum(cell.count for cell in store.cells())} reviews from {len(store.files())} files"
        )
    yield from _pages(config)


def _consents(config: Config) -> Iterator[Finding]:
    """The log is as it was written; a damaged one raises, with its remedy."""
    if not config.consents.is_file() or not config.store.is_file():
        return
    if stat.S_IMODE(config.consents.stat().st_mode) & 0o077:
        yield Finding("problem", f"others on this machine can read {config.consents}", f"chmod 600 {config.consents}")
    with Store.open(config.store) as store:
        log = consent.log_of(config, store)
    grants, uses = consent.folded(log.entries)
    yield Finding("ok", f"the log of {len(grants)} consents and {len(uses)} uses is as it was written")


def _pages(config: Config) -> Iterator[Finding]:
    page = config.reports / "dashboard.html"
    if not page.is_file():
        yield Finding("hint", "there is no dashboard yet", "call `reviewpipe dashboard`")
        return
    with Store.open(config.store) as store:
        publish.check({page.name: page.read_bytes()}, config, store)
    yield Finding("ok", "no known name stands in the dashboard")
