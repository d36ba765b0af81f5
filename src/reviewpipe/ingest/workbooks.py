"""Whether a workbook may be handed to its reader, which sets aside memory for all cells that the file speaks of."""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import IO, TYPE_CHECKING

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest.archives import opened_zip

if TYPE_CHECKING:
    import zipfile

    from reviewpipe.ingest.raw import Raw

# A workbook of a practice is a few megabytes when unpacked; a bomb is not.
LARGEST_UNPACKED = 1 << 30
# A million rows of twenty columns; one cell in the last corner of a sheet makes 17,000 million.
LARGEST_SHEET = 20_000_000
SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
ROW = re.compile(rb"<(?:\w+:)?row\b")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
NAMED_CELL = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,9})(\d{1,99})["\']', re.IGNORECASE)
NAMED_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br\s*=\s*["\'](\d{1,99})["\']')
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
PIECE = 1 << 20


def check(raw: Raw) -> None:
    """UnreadableError for a workbook that would fill the memory.  Old XLS files cannot: they have 65,536 rows."""
    if raw.head(2) != b"PK":
        return
    left, extent = LARGEST_UNPACKED, 0
    with opened_zip(raw) as archive:
        for entry in archive.infolist():
            # The size that it declares is not believed: what comes out until the end is counted.
            entry.file_size = LARGEST_UNPACKED
            with archive.open(entry) as part:
                left -= sum(len(piece) for piece in iter(partial(part.read, PIECE), b""))
            if left < 0:
                raise UnreadableError("it would unpack to more than a gigabyte.  Export a shorter period")
            extent = max(extent, _extent(archive, entry))
    if extent > LARGEST_SHEET:
        raise UnreadableError("a sheet has cells far outside of its table.  Copy the table into a new workbook")


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Rows times columns up to the furthest cell; 0 for what is no sheet."""
    if entry.filename == "content.xml":
        with archive.open(entry) as part:
            return _open_document_extent(part)
    return _excel_extent(archive.read(entry)) if SHEET.fullmatch(entry.filename) else 0


def _excel_extent(sheet: bytes) -> int:
    """Cells say where they are, or follow the one before."""
    named, lines = NAMED_CELL.findall(sheet), ROW.split(sheet)
    numbers = itertools.chain((row for _, row in named), NAMED_ROW.findall(sheet))
    rows = max(map(int, numbers), default=0)
    width = max((len(column) for column, _ in named), default=0)
    last = max((column.upper() for column, _ in named if len(column) == width), default=b"")
    columns = sum((letter - 64) * 26**at for at, letter in enumerate(reversed(last)))
    widest = max(len(CELL.findall(line)) for line in lines)
    return max(rows, len(lines)) * max(int(columns), widest)


def _open_document_extent(content: IO[bytes]) -> int:
    """Cells and rows that are alike stand there once with a count; empty ones at the end are not kept."""
    from lxml import etree

    height = rows = columns = 0
    try:
        for _, row in etree.iterparse(content, tag=f"{TABLE}table-row", resolve_entities=False, no_network=True):
            width = at = 0
            for cell in row:
                at += int(cell.get(f"{TABLE}number-columns-repeated") or 1)
                width = at if len(cell) else width
            height += int(row.get(f"{TABLE}number-rows-repeated") or 1)
            rows, columns = height if width else rows, max(columns, width)
            row.clear()
    except etree.XMLSyntaxError:
        raise ValueError from None
    return rows * columns
