"""A copy of what data/raw does not give back: the store with labels and history, consents, answers; and the way back.

The key is left out unless it is asked for: whoever has the store and the key can test whether a name is in there.  Keep
the two in different places.
"""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewpipe import consent, keys, pipeline, publish
from reviewpipe.anonymise import Key, answers
from reviewpipe.anonymise.traces import EVERY_TEXT
from reviewpipe.errors import LockedError, StoreError, UsageError
from reviewpipe.store import OUTDATED, Store, copying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from reviewpipe.config import Config

# The time (UTC) in the name of a backup; in their order they are as they were made.
STAMP = "%Y%m%dT%H%M%S.%fZ"
NAME = re.compile(r"reviewpipe-\d{8}T\d{6}\.\d{6}Z")
STORE, CONSENTS, ANSWERS, KEY = "reviews.db", "consents.jsonl", "reviewpipe.answers", "reviewpipe.key"


def made(folder: Path) -> list[Path]:
    """The backups that lie in a folder, oldest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if NAME.fullmatch(path.name) and (path / STORE).is_file())


def make(config: Config, folder: Path, now: datetime, *, keep: int | None = None, with_key: bool = False) -> Path:
    """Make a backup in `folder`, a folder named by the time, and give its path; a run may write meanwhile.

    It is there as a whole or not at all.  With `keep`, only so many of the newest stay.
    """
    with _only_backup(folder):
        part = folder / ".backup.part"
        shutil.rmtree(part, ignore_errors=True)
        try:
            part.mkdir(mode=0o700)
            mark = copying.copy(config.store, part / STORE)
            # The log only grows, and the store knows how long it was: so the store is copied first.
            kept = {part / CONSENTS: config.consents, part / ANSWERS: answers.path_of(config.key_file)}
            publish.write({to: path.read_bytes() for to, path in kept.items() if path.is_file()})
            if with_key:
                publish.write({part / KEY: _key_of(config, mark).read_bytes()})
            target = folder / f"reviewpipe-{now:{STAMP}}"
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        for old in made(folder)[:-keep] if keep else ():
            shutil.rmtree(old)
    return target


@contextmanager
def _only_backup(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout:
        raise LockedError(f"Another backup is being made in {folder}.  Wait until it is done.") from None
    except OSError as problem:
        raise StoreError(
            f"The backup in {folder} failed ({problem.strerror}); earlier ones are as they were.  "
            "Check the folder and its free space, or name another."
        ) from None


def _key_of(config: Config, mark: str) -> Path:
    """Where the key lies with which a store was made; during a rotation that may be the next one."""
    for path in (config.key_file, keys.successor(config)):
        if path.is_file() and Key.load_or_create(path).mark() == mark:
            return path
    raise StoreError(f"The key with which the store was made is not {config.key_file}.  `reviewpipe doctor` says more.")


def restore(config: Config, backup: Path, now: datetime) -> Path:
    """Put a backup into the place of the store and make the pages anew; where what was there before now lies.

    Who was forgotten since stays forgotten, names met since stay known.  The log of consents only grows: of two the
    longer stays.  StoreError, and nothing is changed, where the backup is damaged or made with another key.
    """
    if not (backup / STORE).is_file():
        raise UsageError(f"There is no backup in {backup}.  There are: {_listed(config)}.")
    with pipeline.only_run(config):
        key = _fitting_key(config, backup, copying.check(backup / STORE))
        log = _longer_log(config, backup)
        names, forgotten = _still_known(config)
        try:
            aside = _set_aside(config, config.backups / f"replaced-{now:{STAMP}}")
            spoken = answers.path_of(config.key_file)
            given = {} if spoken.is_file() else {spoken: backup / ANSWERS}
            wanted = {**given, config.key_file: key, config.consents: log}
            publish.write({to: path.read_bytes() for to, path in wanted.items() if path.is_file()})
            copying.put(backup / STORE, config.store)
        except OSError as problem:
            raise StoreError(
                f"The backup cannot be restored ({problem.strerror}).  Check {config.folder} and its free space, then "
                "call this again; what was there before is still there."
            ) from None
        with Store.open(config.store) as store, store.transaction():
            store.add_names(dict.fromkeys(names, EVERY_TEXT))
            if store.forget_marked(forgotten):
                store.set_meta(OUTDATED, "yes")
    publish.pages(config, now.date())
    return aside


def _listed(config: Config) -> str:
    return ", ".join(str(path) for path in made(config.backups)) or "none"


def _fitting_key(config: Config, backup: Path, mark: str) -> Path:
    """The key of the backup's store: the project's, or where that is gone the one in the backup."""
    key = config.key_file if config.key_file.is_file() else backup / KEY
    if mark and not key.is_file():
        raise StoreError(
            f"The key {config.key_file} is gone, and the backup holds none.  Put your copy of it back first."
        )
    if mark and Key.load_or_create(key).mark() != mark:
        raise StoreError(
            f"The backup was made with another key than {key}.  Put that key into its place first, and keep this one."
        )
    return key


def _longer_log(config: Config, backup: Path) -> Path:
    """The log of consents that holds everything; a damaged one is replaced."""
    old = consent.read(backup / CONSENTS)
    try:
        log = consent.read(config.consents)
    except StoreError:
        return backup / CONSENTS
    if consent.begins_with(log, old.mark):
        return config.consents
    if consent.begins_with(old, log.mark):
        return backup / CONSENTS
    raise StoreError(
        f"{config.consents} and the log in {backup} tell different things.  Compare them with the signed forms, move "
        "the wrong one away, then call this again."
    )


def _still_known(config: Config) -> tuple[list[tuple[int, int]], list[str]]:
    """Names and marks of what was forgotten in the present store, as far as it can be read."""
    if not config.store.exists():
        return [], []
    try:
        with Store.open(config.store) as store:
            return list(store.names()), store.forgotten()
    except StoreError:
        return [], []


def _set_aside(config: Config, aside: Path) -> Path:
    """Copies of what is about to be replaced; a folder in the store's place is moved."""
    aside.mkdir(mode=0o700, parents=True)
    for path in (*copying.beside(config.store), config.consents):
        if path.is_dir():
            path.rename(aside / path.name)
        elif path.exists():
            shutil.copy2(path, aside / path.name)
    return aside
