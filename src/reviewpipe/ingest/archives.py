"""Archives: ZIP, gzip and tar, each a few files under one name.

Sizes that an archive declares are never trusted: what comes out is counted while it comes.  Nothing is written to disk,
so that names such as ../../etc lead nowhere.
"""

from __future__ import annotations

import gzip
import mimetypes
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.errors import MessageError
from functools import cache, partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest.raw import Raw

if TYPE_CHECKING:
    from collections.abc import Iterator

# All that may come out of one file, one part of it, and how many parts.
LARGEST, LARGEST_PART, MOST_PARTS = 1 << 30, 1 << 27, 100_000
# A ZIP in a letter in a ZIP is the deepest that people make.
DEEPEST = 3
PIECE = 1 << 20
# Each entry of a ZIP's table of contents begins so.
ENTRY = b"PK\x01\x02"
# Beside its pages, a saved page and an export hold these; so do the folders of macOS and Windows.
PASSED_OVER = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")
LITTER = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
LONGEST_NAME = 255
BROKEN = "it is broken or cut short.  Fetch it again from where it came"
TOO_MANY = f"it holds more than {MOST_PARTS} files.  Keep only the reviews in it"
# What libraries raise at such files.  A RuntimeError is a way to pack that Python does not know, or too deep a nest.
OF_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
BREAKS = (*OF_ZIP, tarfile.TarError, MessageError, LookupError)


@dataclass
class Allowance:
    """What may still be unpacked, counted over all parts of a file however deep they lie."""

    size: int = LARGEST
    parts: int = MOST_PARTS

    def hold(self, part: Raw) -> Raw:
        """The part with its content in memory; UnreadableError when it is broken or too large."""
        self.parts -= 1
        content = BytesIO()
        try:
            with part.open() as file:
                while piece := file.read(PIECE):
                    content.write(piece)
                    self.size -= len(piece)
                    if self.size < 0 or content.tell() > LARGEST_PART:
                        raise UnreadableError(
                            f"it unpacks to more than {LARGEST_PART >> 20} MB.  Export less at a time"
                        )
        except BREAKS:
            raise UnreadableError(BROKEN) from None
        return replace(part, open=partial(BytesIO, content.getvalue()))

    def check(self) -> None:
        """UnreadableError once all is used up."""
        if self.size < 0:
            raise UnreadableError(f"it unpacks to more than {LARGEST >> 30} GB.  Keep only the reviews in it")
        if self.parts < 0:
            raise UnreadableError(TOO_MANY)


def gunzip(raw: Raw) -> Iterator[Raw]:
    """The one file that was compressed."""
    with raw.open() as file:
        name = raw.place.with_suffix(".tar" if raw.place.suffix == ".tgz" else "")
        yield Raw(name, raw.written, partial(_gzip, file))


def _gzip(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=file))


@contextmanager
def opened_zip(raw: Raw) -> Iterator[zipfile.ZipFile]:
    """The archive; UnreadableError when it is broken, or lists so many files that the list would fill the memory."""
    count, last = 0, b""
    with raw.open() as file:
        while piece := file.read(PIECE):
            # Its own count may lie.
            count += (last + piece).count(ENTRY)
            last = piece[-len(ENTRY) + 1 :]
    if count > MOST_PARTS:
        raise UnreadableError(TOO_MANY)
    try:
        with raw.open() as file, zipfile.ZipFile(file) as archive:
            yield archive
    except OF_ZIP:
        raise UnreadableError(BROKEN) from None


def unzip(raw: Raw) -> Iterator[Raw]:
    """The files of a ZIP that may hold words, by their place in it."""
    with opened_zip(raw) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and may_hold_words(entry.filename)]
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnreadableError("it has a password.  Unpack it, and put the files in its place")
        for entry in entries:
            yield Raw(
                raw.place / entry.filename[-LONGEST_NAME:], _written(entry, raw), partial(_unzipped, archive, entry)
            )


def _unzipped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> BinaryIO:
    return cast("BinaryIO", archive.open(entry))


def _written(entry: zipfile.ZipInfo, raw: Raw) -> datetime:
    """When the file was last written; a clock that was never set says 1980, and some say what no calendar has."""
    try:
        told = datetime(*entry.date_time, tzinfo=UTC)
    except (ValueError, OverflowError):
        return raw.written
    return min(told, raw.written) if told.year > 1980 else raw.written


def untar(raw: Raw) -> Iterator[Raw]:
    """The files of a tar that may hold words; one that is broken ends where it breaks."""
    with raw.open() as file, tarfile.open(fileobj=file) as archive:
        for entry in archive:
            content = archive.extractfile(entry) if entry.isreg() and may_hold_words(entry.name) else None
            if content:
                yield Raw(raw.place / entry.name[-LONGEST_NAME:], raw.written, partial(cast, "BinaryIO", content))


def may_hold_words(name: str) -> bool:
    """Whether it is neither hidden, nor a picture and the like, nor what systems leave in folders."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if any((part.startswith(".") and part != "..") or part.casefold() in LITTER for part in parts):
        return False
    return not _kind(PurePosixPath(name).suffix.casefold()).startswith(PASSED_OVER)


@cache
def _kind(suffix: str) -> str:
    """The kind of file that a suffix stands for; the system's own files are not asked, so that all answer alike."""
    return mimetypes.MimeTypes().guess_type(f"x{suffix}")[0] or ""
