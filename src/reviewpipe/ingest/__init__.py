"""What kind of file is it?  Which field is which?  A raw file in, a Reading out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from reviewpipe.config import Source
from reviewpipe.errors import InputError
from reviewpipe.ingest import fields, kinds, platforms
from reviewpipe.ingest.reading import Found, Reading, printable
from reviewpipe.ingest.rows import Setting, batch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from reviewpipe.config import Config

    Overrides = Mapping[str, str]
    Reader = Callable[[Path, Overrides], Found]

GUESSED_SOURCES = {"survey": "survey"}

__all__ = ["READERS", "Found", "Reading", "read"]


def read(path: Path, config: Config, *, as_of: date | None = None) -> Reading:
    """The reviews of one file, as the table after ingest, with what was refused and why.

    `as_of` is the day it was made, for dates such as "2 months ago"; else the source's as_of of the configuration,
    else the day the file was last written.  Raises UnreadableError or NotReviewsError, whose messages name the file.
    """
    folder_source = platforms.source_of_folder(path, config)
    owner = config.sources.get(folder_source or "", Source())
    try:
        kind = kinds.kind_of(path)
        found = READERS[kind](path, owner.columns)
    except InputError as problem:
        raise type(problem)(f"{printable(path.name)}: {problem}{'' if str(problem).endswith('?') else '.'}") from None
    form = next((one for one in fields.forms() if one.name == found.form), None)
    source = (form.source if form else "") or (
        "survey" if found.form == "survey" else folder_source or platforms.UNKNOWN
    )
    owner = config.sources.get(source, owner)
    setting = Setting(
        form=form,
        source=source,
        visibility=platforms.visibility_of(source, config, form.visibility if form else ""),
        as_of=as_of or owner.as_of or datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date(),
        order=owner.date_order or (form.date_order if form else "") or None,
        fallback_order="MDY" if config.practice.jurisdiction.upper().startswith("US") else "DMY",
        config=config,
    )
    batch, notes = batch_of(found, setting)
    return Reading(kind, found.form, source, setting.visibility, batch, (*found.roles, *notes), found.filled)


def _text(path: Path) -> str:
    return path.read_text(encoding=kinds.encoding_of(path), errors="replace")


def _read_text(path: Path, _: Overrides) -> Found:
    from reviewpipe.ingest import pastes

    return pastes.read_text(_text(path))


def _read_html(path: Path, _: Overrides) -> Found:
    from reviewpipe.ingest import pages

    return pages.read_html(_text(path))


def _read_json(path: Path, columns: Overrides) -> Found:
    from reviewpipe.ingest import records

    return records.read_json(_text(path), columns)


def _read_jsonl(path: Path, columns: Overrides) -> Found:
    from reviewpipe.ingest import records

    with path.open(encoding=kinds.encoding_of(path), errors="replace") as lines:
        return records.read_jsonl(lines, columns)


def _read_csv(path: Path, columns: Overrides) -> Found:
    from reviewpipe.ingest import tables

    # newline="" leaves line ends inside of quoted cells to the csv module.
    with path.open(encoding=kinds.encoding_of(path), errors="replace", newline="") as lines:
        return tables.read_csv(lines, columns)


def _read_workbook(path: Path, columns: Overrides) -> Found:
    from reviewpipe.ingest import tables

    return tables.read_workbook(path, columns)


READERS: dict[str, Reader] = {
    "text": _read_text,
    "html": _read_html,
    "json": _read_json,
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "workbook": _read_workbook,
}
