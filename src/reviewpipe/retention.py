"""Raw files that the owner does not want to keep any longer, and what stands in the way of removing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviewpipe import keys, pipeline, rawfolder
from reviewpipe.errors import StoreError, UsageError
from reviewpipe.knowledge import known_by, shown
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from reviewpipe.config import Config


@dataclass(frozen=True)
class Aged:
    """A raw file over its time: its place with names hidden, its age in days, and why it must stay, if so."""

    path: Path
    place: str
    digest: str
    days: int
    kept: str = ""


def aged(config: Config, now: datetime) -> list[Aged]:
    """The files of data/raw that came more than `raw_days` ago (rawfolder.arrived); UsageError where that is not set.

    Only what is safely in the store may go: read with the settings of today, and no row of it refused.
    """
    days = config.retention.raw_days
    if days is None:
        raise UsageError(
            "Raw files are kept for ever.  Set raw_days under [retention] in reviewpipe.toml to have them listed here."
        )
    with Store.read(config.store) as store:
        knowledge = known_by(config, store, keys.key_of(config, store))
        settings, refused = pipeline.reading_settings(config), store.refused()
        read = {note.digest: note.settings == settings for note in store.files()}
        found = []
        for path, came in _older(config, now - timedelta(days=days)):
            mark = rawfolder.digest(path)
            kept = _in_the_way(read.get(mark), refused.get(mark, 0))
            found.append(Aged(path, shown(path, config, knowledge), mark, (now - came).days, kept))
    return found


def _older(config: Config, limit: datetime) -> Iterator[tuple[Path, datetime]]:
    for path in rawfolder.content(config.raw).files:
        came = rawfolder.arrived(path)
        if came and came <= limit:
            yield path, came


def _in_the_way(current: bool | None, refused: int) -> str:  # noqa: FBT001  None: never read
    """Why a file must stay; "" where nothing is lost with it."""
    if current is None:
        return "it is not in the store"
    if not current:
        return "the settings have changed since it was read; the next run reads it again"
    if refused == 1:
        return "1 row of it was refused and stands nowhere else"
    return f"{refused} rows of it were refused and stand nowhere else" if refused else ""


def remove(config: Config, files: Sequence[Aged], now: datetime) -> list[Aged]:
    """Remove those of `files` that may go, looked at once more while no run is at work; what was removed.

    The reviews stay in the store, and none of them counts as vanished: that depends on exports that were read.
    """
    with pipeline.only_run(config):
        gone = [one for one in aged(config, now) if one in files and not one.kept]
        for one in gone:
            try:
                one.path.unlink()
            except OSError as problem:
                raise StoreError(f"{one.place} cannot be removed ({problem.strerror}).  May you write there?") from None
    return gone
