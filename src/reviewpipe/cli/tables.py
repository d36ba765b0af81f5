"""A CSV file whose columns are changed and all else is left as it was."""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from reviewpipe.errors import InputError, UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SAID = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True)
class Table:
    """The headings and rows of a CSV file, and how it was written; `opening` is the line "sep=;" of some programs."""

    headings: list[str]
    rows: list[list[str]]
    encoding: str
    delimiter: str
    line_end: str
    quoting: Literal[0, 1]
    opening: str

    def place(self, name: str) -> int:
        """Number of the column with that heading; UsageError where there is none."""
        plain = [heading.strip() for heading in self.headings]
        if name not in plain:
            from difflib import get_close_matches

            close = get_close_matches(name, plain, n=1)
            # The headings are not listed: where a file has none, its first line is somebody's words.
            hint = f"Did you mean {close[0]!r}?" if close else "Copy it from the first line of the file."
            raise UsageError(f"There is no column {name!r}.  {hint}")
        if plain.count(name) > 1:
            raise UsageError(f"Several columns are called {name!r}.  Give each a name of its own in the first line.")
        return plain.index(name)

    def cells(self, name: str) -> list[str | None]:
        """The cells of a column, None where a row is too short."""
        place = self.place(name)
        return [row[place] if place < len(row) else None for row in self.rows]

    def having(self, name: str, cells: Sequence[str]) -> Table:
        """The table with other cells in a column; rows too short for it stay as they are."""
        place = self.place(name)
        rows = [
            [*row[:place], cell, *row[place + 1 :]] if place < len(row) else row
            for row, cell in zip(self.rows, cells, strict=True)
        ]
        return replace(self, rows=rows)


def decoded(path: Path) -> tuple[str, str]:
    """The text of a file, - for standard input, and its encoding; UnreadableError names the file."""
    from reviewpipe.ingest import decoding
    from reviewpipe.ingest.raw import in_memory, on_disk

    try:
        raw = in_memory(path, datetime.now(UTC), sys.stdin.buffer.read()) if str(path) == "-" else on_disk(path)
        with decoding.opened(raw, newline="") as file:
            return file.read(), file.encoding
    except InputError as problem:
        raise UnreadableError(f"{path}: {str(problem).rstrip('.')}.") from None


def read_table(path: Path) -> Table:
    """A CSV file, - for standard input; UnreadableError where it is none."""
    from reviewpipe.ingest.tables import delimiter_of

    text, encoding = decoded(path)
    said = _SAID.match(text)
    body = text[said.end() :] if said else text
    delimiter = said[1] if said else delimiter_of("".join(body.splitlines(keepends=True)[:200]))
    # A cell of any length may stand in a table that is only copied.
    csv.field_size_limit(2**31 - 1)
    try:
        headings, *rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise UnreadableError(f"{path} is no CSV table.  Is a quotation mark never closed, or is it empty?") from None
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row[len(headings) :]):
            raise UnreadableError(
                f"{path}: row {number} has more cells than there are headings, so nobody knows what they are.  "
                "Is a quotation mark missing?"
            )
    line_end = "\r\n" if "\r\n" in body else "\n"
    quoting: Literal[0, 1] = csv.QUOTE_ALL if body.startswith('"') else csv.QUOTE_MINIMAL
    return Table(headings, rows, encoding, delimiter, line_end, quoting, said[0] if said else "")


def written(table: Table) -> bytes:
    """The table as the file that it was read from would hold it."""
    out = io.StringIO(newline="")
    out.write(table.opening)
    rows = csv.writer(out, delimiter=table.delimiter, lineterminator=table.line_end, quoting=table.quoting)
    rows.writerows([table.headings, *table.rows])
    return out.getvalue().encode(table.encoding, "replace")
