"""What kind of file is this?  Told by its content; the name only helps where the content leaves a doubt."""

from __future__ import annotations

import codecs
import csv
import json
import re
import stat
import zipfile
import zlib
from io import StringIO
from typing import TYPE_CHECKING

from reviewpipe.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEAD = 1 << 16
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# First bytes of files that people drop into the folder, and what to do about each.
FOREIGN = {
    b"%PDF": "it is a PDF.  Copy its text into a .txt file",
    b"\x1f\x8b": "it is compressed (gzip).  Unpack it first",
    b"{\\rtf": "it is an RTF document.  Save it as plain text (.txt)",
    b"\x89PNG": "it is a picture.  Type or copy the words into a .txt file",
    b"\xff\xd8\xff": "it is a picture.  Type or copy the words into a .txt file",
    b"GIF8": "it is a picture.  Type or copy the words into a .txt file",
    b"SQLite": "it is a database, not an export of reviews",
}
EMPTY = "it is empty.  Was the download cut short?"
FOREIGN_PARTS = {
    "word/": "it is a Word document.  Save it as plain text (.txt)",
    "xl/workbook.bin": "it is a binary workbook (XLSB).  Save it as XLSX or CSV",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".tab"))
JSON_LINES_SUFFIXES = frozenset((".jsonl", ".ndjson"))
JSON_SUFFIXES = JSON_LINES_SUFFIXES | {".json", ".jsonc", ".geojson"}
PAGE_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))
PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body|meta|title|div|section|article|main|p|ul|ol|table|blockquote|figure|template"
    r"|script|style|h[1-6]|span|b|br)\b",
    re.IGNORECASE | re.DOTALL,
)
LOOKS_LIKE_JSON = re.compile(r'\{\s*(?:"|\}|/[/*])|\[\s*(?:[\[{"\]\d-]|/[/*]|true|false|null)')
# A workbook of a practice is a few megabytes when unpacked; a bomb is not.
LARGEST_UNPACKED = 1 << 30
# A million rows of twenty columns; one cell in the last corner of a sheet makes 17,000 million.
LARGEST_SHEET = 20_000_000
SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
CELL = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,9})(\d{1,99})["\']', re.IGNORECASE)
# "don\xd5t": the curly apostrophe of old Macs, which Windows-1252 takes for a capital O with a tilde.
MAC_APOSTROPHE = re.compile(rb"[a-z]\xd5[a-z]")


def kind_of(path: Path) -> str:
    """text, html, csv, workbook, json or jsonl; UnreadableError for what is no readable file, with what to do next."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UnreadableError(
                "it is a folder.  Name a file in it" if stat.S_ISDIR(mode) else "it is no regular file"
            )
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "its name cannot be used"
        raise UnreadableError(f"it cannot be opened: {reason}.  Check the name and that you may read it") from None
    if not head.strip():
        raise UnreadableError(EMPTY)
    for start, advice in FOREIGN.items():
        if head.startswith(start):
            raise UnreadableError(advice)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", OLD_OFFICE)):
        return _office(path, head)
    return _textual(path, head)


def _office(path: Path, head: bytes) -> str:
    """A workbook without macros; everything else that comes as a ZIP or an old Office file is refused."""
    if head.startswith(OLD_OFFICE):
        content = path.read_bytes()
        if "_VBA_PROJECT".encode("utf-16-le") in content:
            raise UnreadableError("the workbook holds macros.  Save it as XLSX without macros, or as CSV")
        if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
            raise UnreadableError("it is an old Office document or has a password.  Save it as XLSX, CSV or plain text")
        return "workbook"
    return _archive(path)


def _archive(path: Path) -> str:
    """A workbook; UnreadableError for all other archives, and for one that would fill the memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise UnreadableError("it would unpack to more than a gigabyte.  Export a shorter period")
            extent = max((_extent(archive.read(name)) for name in names if SHEET.match(name)), default=0)
    # A RuntimeError is a password, or a way to pack that Python does not know.
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError):
        raise UnreadableError("it is a broken ZIP or workbook.  Fetch it again from where it came") from None
    if extent > LARGEST_SHEET:
        raise UnreadableError("a sheet has cells far outside of its table.  Copy the table into a new workbook")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise UnreadableError("the workbook holds macros.  Save it as XLSX without macros, or as CSV")
    for part, advice in FOREIGN_PARTS.items():
        if any(name.startswith(part) for name in names):
            raise UnreadableError(advice)
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return "workbook"
    raise UnreadableError("it is a ZIP archive.  Unpack it first")


def _extent(sheet: bytes) -> int:
    """Rows times columns up to the furthest cell: the reader sets aside memory for all of them."""
    places = CELL.findall(sheet)
    rows = max((int(row) for _, row in places), default=0)
    width = max((len(column) for column, _ in places), default=0)
    last = max((column for column, _ in places if len(column) == width), default=b"")
    columns = sum((letter - 64) * 26**at for at, letter in enumerate(reversed(last.upper())))
    return rows * int(columns)


def _textual(path: Path, head: bytes) -> str:
    encoding = encoding_of(path)
    text = head.decode(encoding, errors="ignore")
    if sum(ord(c) < 32 and c not in "\t\n\r\x0b\x0c\x1b\x85" for c in text) > len(text) / 50:
        raise UnreadableError("it is no text, table, web page or workbook.  Export it again as CSV, XLSX, JSON or HTML")
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise UnreadableError(EMPTY)
    suffix = path.suffix.casefold()
    if start[:1] in {"{", "["} or suffix in JSON_SUFFIXES:
        return _json(path, start, encoding)
    if PAGE.match(start) or suffix in PAGE_SUFFIXES:
        return "html"
    return "csv" if suffix in TABLE_SUFFIXES or is_table(text) else "text"


def _json(path: Path, start: str, encoding: str) -> str:
    """One value, or one value a line; "[" may also begin a text, as in "[Ann, May 2024] Lovely"."""
    lines = [line for line in start.splitlines() if line.strip()]
    suffix = path.suffix.casefold()
    if suffix in JSON_LINES_SUFFIXES or (
        len(lines) > 2 and all(line[0] == "{" and line.rstrip()[-1] == "}" for line in lines[:2])
    ):
        return "jsonl"
    if len(lines) > 1 or len(start) >= HEAD // 4:  # a first line may be longer than what was read
        with path.open(encoding=encoding, errors="replace") as file:
            first, second = _two_lines(file)
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            pass
        else:
            return "jsonl" if second else "json"
    return "json" if LOOKS_LIKE_JSON.match(start) or suffix in JSON_SUFFIXES else "text"


def _two_lines(file: Iterable[str]) -> tuple[str, str]:
    """The first two lines with something in them."""
    filled = (line for line in file if line.strip("\ufeff \t\r\n"))
    return next(filled, "").lstrip("\ufeff"), next(filled, "")


def is_table(text: str) -> bool:
    """Whether the first rows have the same three cells or more under one delimiter, the first of them short ones."""
    lines = text.splitlines()[:30]
    for delimiter in ",;\t|":
        rows = [row for row in csv.reader(StringIO("\n".join(lines)), delimiter=delimiter) if row]
        short = rows and all(len(cell) <= 60 and not cell.rstrip().endswith((".", "!")) for cell in rows[0])
        if (
            len(rows) > 1
            and short
            and len(rows[0]) >= 3
            and sum(len(r) == len(rows[0]) for r in rows) >= 0.8 * len(rows)
        ):
            return True
    return False


def encoding_of(path: Path) -> str:
    """The encoding of a text file: by its mark, as UTF-8, or by its bytes."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        for mark, name in BYTE_ORDER_MARKS.items():
            if head.startswith(mark):
                return name
        if head.count(0) * 4 > len(head):
            return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _legacy(head)
    return "utf-8"


def _legacy(head: bytes) -> str:
    """An encoding from before UTF-8.  Where few bytes are not ASCII the language is western, and old Windows or Mac."""
    if MAC_APOSTROPHE.search(head):
        return "mac_roman"
    if sum(byte > 127 for byte in head) < len(head) / 8:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    return best.encoding if best else "cp1252"
