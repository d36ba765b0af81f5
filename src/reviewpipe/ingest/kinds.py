"""What kind of file is this?  Told by its content; the name only helps where the content leaves a doubt.

The order of the questions: does it begin as a file of a known kind does?  Is it a ZIP, and of what?  An old Office
file?  A letter?  JSON?  A page?  A table?  What is left is a text.
"""

from __future__ import annotations

import csv
import json
import re
from email.parser import BytesHeaderParser
from io import StringIO
from typing import TYPE_CHECKING

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest.archives import opened_zip
from reviewpipe.ingest.decoding import HEAD, encoding_of, opened, pieces_of

if TYPE_CHECKING:
    from reviewpipe.ingest.raw import Raw

EMPTY = "it is empty.  Was the download cut short?"
PICTURE = "it is a picture.  Type or copy the words into a .txt file"
# First bytes of files that people drop into the folder, and what to do about each.
FOREIGN = {
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    b"SQLite": "it is a database, not an export of reviews",
    b"7z\xbc\xaf": "it is a 7-Zip archive.  Unpack it first",
    b"Rar!": "it is a RAR archive.  Unpack it first",
    b"PAR1": "it is a Parquet file.  Save it as CSV, or as JSON with an object a line",
    b"BZh": "it is compressed (bzip2).  Unpack it first",
    b"\xfd7zXZ": "it is compressed (xz).  Unpack it first",
}
BEGINNINGS = {b"\x1f\x8b": "gzip", b"%PDF-": "pdf", b"{\\rtf": "rtf"}
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
TAR_MARK = slice(257, 262)
# What stands in a ZIP that is a document, and what to do about those that cannot be read.
FOREIGN_PARTS = {
    "xl/workbook.bin": "it is a binary workbook (XLSB).  Save it as XLSX or CSV",
    "ppt/presentation.xml": "it is a presentation.  Save its text as DOCX or plain text",
    "Index/Document.iwa": "it is a document of Pages or Numbers.  Export it as Word, or as CSV",
}
PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "workbook"}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
MACROS = "it holds macros.  Save it without macros (as XLSX or DOCX), or as CSV or plain text"
# Fields that a mail program writes above a letter, and a person who copies it does not.
POSTMARKS = frozenset(("received", "return-path", "delivered-to", "message-id", "mime-version", "content-type"))
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
# Old Office files are read whole.
LARGEST_OLD = 1 << 27


def kind_of(raw: Raw) -> str:
    """The name of its reader; UnreadableError for what has none, with what to do next."""
    head = raw.head(HEAD)
    if not head.strip():
        raise UnreadableError(EMPTY)
    for start, advice in FOREIGN.items():
        if head.startswith(start):
            raise UnreadableError(advice)
    for start, kind in BEGINNINGS.items():
        if head.startswith(start):
            return kind
    if head.startswith(ZIPS):
        return _zipped(raw)
    if head.startswith(OLD_OFFICE):
        return _old_office(raw)
    if head[TAR_MARK] == b"ustar":
        return "tar"
    return _letter(head) or _textual(raw, head)


def _zipped(raw: Raw) -> str:
    """A document without macros, or an archive of files."""
    with opened_zip(raw) as archive:
        names = set(archive.namelist())
        mimetype = archive.read("mimetype")[:99].decode("ascii", "replace") if "mimetype" in names else ""
    if "[Content_Types].xml" in names and any(name.endswith("vbaProject.bin") for name in names):
        raise UnreadableError(MACROS)
    for part, advice in FOREIGN_PARTS.items():
        if part in names:
            raise UnreadableError(advice)
    if mimetype.startswith(OPEN_DOCUMENT):
        if mimetype.removeprefix(OPEN_DOCUMENT).startswith("spreadsheet"):
            return "workbook"
        raise UnreadableError("it is an OpenDocument text.  Save it as DOCX or plain text")
    return next((kind for part, kind in PARTS.items() if part in names), "zip")


def _old_office(raw: Raw) -> str:
    """A workbook of old Excel without macros; other old Office files are refused."""
    content = raw.content(LARGEST_OLD)
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UnreadableError(MACROS)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "workbook"
    if "__substg1.0_".encode("utf-16-le") in content:
        raise UnreadableError("it is a message of Outlook (MSG).  Save it as EML or plain text")
    raise UnreadableError("it is an old Office document or has a password.  Save it as XLSX, CSV, DOCX or plain text")


def _letter(head: bytes) -> str | None:
    """A mail, or a mailbox of them, by the fields above its words."""
    fields = {name.casefold() for name in BytesHeaderParser().parsebytes(head).keys()}  # noqa: SIM118  no mapping
    if "from" not in fields or not fields & POSTMARKS:
        return None
    return "mbox" if head.startswith(b"From ") else "mail"


def _textual(raw: Raw, head: bytes) -> str:
    encoding = encoding_of(raw)
    text = head.decode(encoding, errors="ignore")
    if sum(ord(c) < 32 and c not in "\t\n\r\x0b\x0c\x1b\x85" for c in text) > len(text) / 50:
        raise UnreadableError("it is no text, table, web page or workbook.  Export it again as CSV, XLSX, JSON or HTML")
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise UnreadableError(EMPTY)
    suffix = raw.place.suffix.casefold()
    if start[:1] in {"{", "["} or suffix in JSON_SUFFIXES:
        return _json(raw, start)
    if PAGE.match(start) or suffix in PAGE_SUFFIXES:
        return "html"
    return "csv" if suffix in TABLE_SUFFIXES or is_table(text) else "text"


def _json(raw: Raw, start: str) -> str:
    """One value, or one value a line; "[" may also begin a text, as in "[Ann, May 2024] Lovely"."""
    lines = [line for line in start.splitlines() if line.strip()]
    suffix = raw.place.suffix.casefold()
    if suffix in JSON_LINES_SUFFIXES or (
        len(lines) > 2 and all(line[0] == "{" and line.rstrip()[-1] == "}" for line in lines[:2])
    ):
        return "jsonl"
    if len(lines) > 1 or len(start) >= HEAD // 4:  # a first line may be longer than what was read
        with opened(raw) as file:
            filled = (line for line in pieces_of(file) if line.strip("\ufeff \t\r\n"))
            first, second = next(filled, "").lstrip("\ufeff"), next(filled, "")
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            pass
        else:
            return "jsonl" if second else "json"
    return "json" if LOOKS_LIKE_JSON.match(start) or suffix in JSON_SUFFIXES else "text"


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
