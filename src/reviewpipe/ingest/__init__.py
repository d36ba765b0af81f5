"""What kind of file is it?  Which field is which?  A raw file in, a Reading out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from reviewpipe.config import Config, Source
from reviewpipe.errors import InputError, UnreadableError
from reviewpipe.ingest import archives, decoding, fields, kinds, mails, parts, platforms
from reviewpipe.ingest.facts import Facts
from reviewpipe.ingest.raw import Raw, on_disk
from reviewpipe.ingest.reading import Again, Found, Reading, printable
from reviewpipe.ingest.rows import Setting, Understanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    Overrides = Mapping[str, str]
    Reader = Callable[[Raw, Overrides], Found]
    Opener = Callable[[Raw], Iterator[Raw]]

# Texts, pages and JSON are read whole; tables and JSONL may have any length.
LONGEST_PAGE, LONGEST_JSON = 1 << 24, 1 << 27

__all__ = ["OPENERS", "READERS", "Found", "Reading", "read", "read_raw"]


@dataclass(frozen=True)
class Asked:
    """What holds for a file and all of its parts: the settings, the day asked for, and how much may be unpacked."""

    config: Config
    as_of: date | None
    allowance: archives.Allowance = field(default_factory=archives.Allowance)
    depth: int = 0


def read(path: Path, config: Config, *, as_of: date | None = None) -> Reading:
    """The reviews of one file, as the table after ingest, with what was refused and why.

    `as_of` is the day it was made, for dates such as "2 months ago"; else the source's as_of of the configuration,
    else the day the file was last written.  Raises UnreadableError or NotReviewsError, whose messages name the file.
    """
    with _named(path):
        return _read(on_disk(path), Asked(config, as_of))


def read_raw(raw: Raw, config: Config, *, as_of: date | None = None) -> Reading:
    """As `read`, of a file that lies elsewhere."""
    with _named(raw.place):
        return _read(raw, Asked(config, as_of))


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors with the name of the file before them."""
    try:
        yield
    except InputError as problem:
        raise type(problem)(f"{printable(path.name)}: {problem}{'' if str(problem).endswith('?') else '.'}") from None


def _read(raw: Raw, asked: Asked) -> Reading:
    """A file, or all of its parts."""
    kind = raw.said.kind if raw.said else kinds.kind_of(raw)
    if kind not in OPENERS:
        return _read_one(raw, kind, asked)
    if asked.depth == archives.DEEPEST:
        raise UnreadableError("it is an archive in an archive in an archive.  Unpack the outer ones first")
    inner = partial(_read, asked=replace(asked, depth=asked.depth + 1))
    return parts.together(kind, parts.read_parts(OPENERS[kind](raw), inner, asked.allowance))


def _read_one(raw: Raw, kind: str, asked: Asked) -> Reading:
    """A file that holds no others."""
    config = asked.config
    folder_source = platforms.source_of_folder(raw.place, config)
    owner = config.sources.get(folder_source or "", Source())
    found = READERS[kind](raw, owner.columns)
    if raw.said:
        own = {mails.fold(name) for name in (config.practice.name, *(one.name for one in config.staff))}
        found = mails.signed(found, raw, own)
    form = next((one for one in fields.forms() if one.name == found.form), None)
    source = (form.source if form else "") or (
        "survey" if found.form == "survey" else folder_source or ("email" if raw.said else platforms.UNKNOWN)
    )
    owner = config.sources.get(source, owner)
    setting = Setting(
        form=form,
        source=source,
        visibility=platforms.visibility_of(source, config, form.visibility if form else ""),
        as_of=asked.as_of or owner.as_of or raw.written.date(),
        order=owner.date_order or (form.date_order if form else "") or None,
        fallback_order="MDY" if config.practice.jurisdiction.upper().startswith("US") else "DMY",
        config=config,
    )
    facts = found.facts or Facts.of(found.rows)
    understanding = Understanding(found, facts, setting)
    return Reading(
        kind=kind,
        form=found.form,
        source=source,
        visibility=setting.visibility,
        batches=Again(understanding.batches),
        size=facts.count,
        columns=found.roles,
        notes=Again(understanding.notes),
        filled=found.filled,
        whole=form.whole if form else "",
    )


def _read_text(raw: Raw, _: Overrides) -> Found:
    from reviewpipe.ingest import pastes

    return pastes.read_text(decoding.text_of(raw, decoding.LONGEST_TEXT))


def _read_html(raw: Raw, _: Overrides) -> Found:
    from reviewpipe.ingest import pages

    return pages.read_html(decoding.text_of(raw, LONGEST_PAGE))


def _read_json(raw: Raw, columns: Overrides) -> Found:
    from reviewpipe.ingest import records

    return records.read_json(decoding.text_of(raw, LONGEST_JSON), columns)


def _read_jsonl(raw: Raw, columns: Overrides) -> Found:
    from reviewpipe.ingest import records

    return records.read_jsonl(Again(partial(decoding.lines_of, raw)), columns)


def _read_csv(raw: Raw, columns: Overrides) -> Found:
    from reviewpipe.ingest import tables

    # newline="" leaves line ends inside of quoted cells to the csv module.
    return tables.read_csv(Again(partial(decoding.lines_of, raw, newline="")), columns)


def _read_workbook(raw: Raw, columns: Overrides) -> Found:
    from reviewpipe.ingest import tables, workbooks

    workbooks.check(raw)
    with raw.open() as file:
        return tables.read_workbook(file, columns)


def _read_docx(raw: Raw, columns: Overrides) -> Found:
    from reviewpipe.ingest import documents

    return documents.read_docx(raw, columns)


def _read_pdf(raw: Raw, _: Overrides) -> Found:
    from reviewpipe.ingest import documents

    return documents.read_pdf(raw)


def _read_rtf(raw: Raw, _: Overrides) -> Found:
    from reviewpipe.ingest import documents

    return documents.read_rtf(raw)


# What is read, and what is opened to read what lies in it.
READERS: dict[str, Reader] = {
    "text": _read_text,
    "html": _read_html,
    "json": _read_json,
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "workbook": _read_workbook,
    "docx": _read_docx,
    "pdf": _read_pdf,
    "rtf": _read_rtf,
}
OPENERS: dict[str, Opener] = {
    "zip": archives.unzip,
    "gzip": archives.gunzip,
    "tar": archives.untar,
    "mail": mails.open_mail,
    "mbox": mails.split_mailbox,
}
