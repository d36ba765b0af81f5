"""Rows to files that are safe to open: no cell becomes a formula, no control character breaks a sheet."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from reviewpipe.anonymise import policies, replace
from reviewpipe.anonymise.entities import carried_on
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewpipe.config import Privacy
    from reviewpipe.schema import Review

Row = dict[str, Any]

# What a spreadsheet may take for a formula at the start of a cell, full-width twins included.
FORMULA = re.compile("[\\s\u200b\ufeff]*[-=+@\t\r＝＋－−＠]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]|[\ufffe\uffff]")
LONGEST_CELL = 32_767  # Excel's own limit


def review_rows(reviews: Sequence[Review], privacy: Privacy) -> list[Row]:
    """Reviews as flat rows: review_id, source, posted_on, rating, sentiment, score, language, text, themes.

    The text is as it may leave the practice; the offsets of the themes are those of that text.
    """
    names = ("review_id", "source", "posted_on", "rating", "sentiment", "score", "language")
    rows = []
    for review in reviews:
        hidden = policies.unshared(review.text or "", privacy)
        themes = []
        for hit in review.themes:
            start, end = carried_on(hit.start, hit.end, hidden)
            facts = {"name": hit.theme, "polarity": hit.polarity, "direction": hit.direction}
            themes.append(facts | {"start": start, "end": end})
        row = {name: getattr(review, name) for name in names}
        rows.append(row | {"text": review.text and replace(review.text, hidden), "themes": themes})
    return rows


def as_jsonl(rows: Sequence[Row]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")


def as_json(rows: Sequence[Row]) -> bytes:
    """One JSON list."""
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def as_csv(rows: Sequence[Row]) -> bytes:
    """CSV with a byte-order mark, as spreadsheets want it; cells that could be formulas begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_header(rows))
    writer.writerows([_safe(_flat(value)) for value in row.values()] for row in rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8", "replace")


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """A workbook with one sheet; every text is written as text."""
    from datetime import UTC, datetime

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        # A fixed date: the same rows give the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet("reviewpipe")
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for column, name in enumerate(_header(rows)):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, 80 if name in ("text", "quote") else 18)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row.values()):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(line, column, value)
                else:
                    sheet.write_string(line, column, CONTROL.sub("", _flat(value))[:LONGEST_CELL], wrap)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def as_parquet(rows: Sequence[Row]) -> bytes:
    """Parquet with zstd; needs the extra `reviewpipe[parquet]`."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError("Parquet needs pyarrow.  Install reviewpipe[parquet], or use --format csv.") from None
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), out, compression="zstd")
    return out.getvalue()


def as_markdown(rows: Sequence[Row]) -> bytes:
    """Quotes as block quotes with their source and status."""
    lines = []
    for row in rows:
        quote = re.sub(r"([\\`*_<>#|])", r"\\\1", row["shown"].replace("\n", " "))
        facts = [
            row["source"],
            row["posted_on"][:10] if row["posted_on"] else "undated",
            row["theme"],
            row["status"].replace("_", " "),
        ]
        lines.append(f"> {quote}\n>\n> ({', '.join(facts)}; review {row['review_id']})\n")
    return "\n".join(lines).encode("utf-8", "replace")


def as_table(rows: Sequence[Row]) -> bytes:
    """Quotes to read in a terminal."""
    lines = []
    for row in rows:
        when = row["posted_on"][:10] if row["posted_on"] else "undated"
        why = f"\n    {'; '.join(row['reasons'])}" if row["reasons"] else ""
        facts = [row["theme"], row["source"], when, row["status"].replace("_", " "), row["review_id"]]
        lines.append(f"“{row['shown']}”\n    {' · '.join(facts)}{why}\n")
    return CONTROL.sub("", "\n".join(lines)).encode("utf-8", "replace")


FORMATS: Mapping[str, Callable[[Sequence[Row]], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "jsonl": as_jsonl,
    "json": as_json,
    "parquet": as_parquet,
    "md": as_markdown,
    "table": as_table,
}


def _header(rows: Sequence[Row]) -> list[str]:
    return list(rows[0]) if rows else []


def _flat(value: Any) -> str:
    """A value as the text of one cell."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(_flat(f"{v['name']} ({v['polarity']})" if isinstance(v, dict) else v) for v in value)
    return str(value)


def _safe(cell: str) -> str:
    """`cell` so that no spreadsheet runs it; numbers stay numbers."""
    cell = CONTROL.sub("", cell)
    if FORMULA.match(cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return "'" + cell
    return cell
