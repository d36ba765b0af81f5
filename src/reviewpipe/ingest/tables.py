"""Tables: CSV in any delimiter and encoding, XLSX, XLS and ODS; each row is a review or a reject."""

from __future__ import annotations

import csv
import itertools
import re
from io import StringIO
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest import columns, fields, records
from reviewpipe.ingest.columns import is_blank
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Reject, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reviewpipe.ingest.fields import Form

    Cells = Sequence[Any]
    RowOf = Callable[[Cells], dict[str, Any]]

DELIMITERS = ",;\t|"
# A column that does not occur in any text: a table of one column has no delimiter.
NO_DELIMITER = "\x1f"
# Above the header of an export there may stand a title, a date range and an empty line or two.
DEEPEST_HEADER = 10
SAMPLE = 500
# The longest cell: gosom's scraper keeps all reviews of a place in one.
csv.field_size_limit(1 << 25)
# No review is longer; a cell that is has swallowed the rows after a quotation mark that is never closed.
LONGEST_TEXT = 100_000
# Nobody asks a longer question in a header, and no export has more columns; each is looked at closely.
LONGEST_HEADER, MOST_COLUMNS = 2000, 2000
# Of wide tables fewer rows say enough.
CELLS = 50_000
# What spreadsheets and WordPress put before a cell that could be taken for a formula.
ESCAPED = re.compile(r"\A'(?=[=+\-@\t\r])")
SECOND_HEADER = frozenset(("response", "open-ended response", ""))


def read_csv(lines: Iterable[str], overrides: Mapping[str, str]) -> Found:
    """Reviews of a text table; `overrides` name the column of a field where the owner has said so."""
    stream = iter(lines)
    head = list(itertools.islice(stream, 200))
    try:
        if head and re.match(r"\ufeff?sep=.$", head[0].strip()):
            delimiter, head[0] = head[0].strip()[-1], "\n"
        else:
            delimiter = delimiter_of("".join(head))
        return read_rows(csv.reader(itertools.chain(head, stream), delimiter=delimiter), overrides)
    except csv.Error as problem:
        raise UnreadableError(f"it is no table: {problem}.  Is a quotation mark never closed?") from None


def delimiter_of(text: str) -> str:
    """The delimiter under which most rows have the same number of cells, the more cells the better."""
    if not any(delimiter in text.split("\n", 1)[0] for delimiter in DELIMITERS) and text.count("\n") > 1:
        blocks = text.split("\n", 3)[:3]
        if not any(delimiter in "".join(blocks) for delimiter in ";\t|"):
            return NO_DELIMITER

    def score(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if row]
        most = max(set(counts), key=counts.count, default=0)
        return (counts.count(most) / len(counts) if most > 1 else 0.0, most)

    return max(DELIMITERS, key=score)


def read_workbook(path: Path, overrides: Mapping[str, str]) -> Found:
    """Reviews of all sheets that hold some."""
    from python_calamine import load_workbook

    try:
        with load_workbook(str(path)) as book:
            sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as problem:  # noqa: BLE001  calamine is Rust: its panics are no Exception, and end the run
        raise UnreadableError(
            f"the workbook cannot be opened ({type(problem).__name__}).  Does it have a password?  "
            "Save it again as XLSX or CSV"
        ) from None
    found = []
    for sheet in sheets:
        try:
            found.append(read_rows(iter(sheet), overrides))
        except NotReviewsError:
            continue  # a sheet of settings or totals beside the reviews
    if not found:
        raise NotReviewsError(NO_REVIEWS)
    main = max(found, key=lambda one: len(one.rows))
    rejects = tuple(reject for one in found for reject in one.rejects)
    return Found(main.form, [row for one in found for row in one.rows], main.roles, rejects)


NO_REVIEWS = (
    "no column of it can be recognised as the words of a review.  Name its columns in the first row, such as Date, "
    'Name, Rating, Review, or say in reviewpipe.toml: [sources.NAME] columns = {text = "…"}'
)


def read_rows(rows: Iterator[Cells], overrides: Mapping[str, str]) -> Found:
    """Reviews of a table's rows, the header among the first.  A row with nothing in it is no row."""
    head = [(number, row) for number, row in enumerate(itertools.islice(rows, SAMPLE), start=1) if not _is_empty(row)]
    for at, (_, header) in enumerate(head[:DEEPEST_HEADER]):
        body = [row for _, row in head[at + 1 :]]
        plan = _plan([str(cell)[:LONGEST_HEADER].strip() for cell in header], body, overrides)
        if plan is None:
            continue
        form, row_of, roles = plan
        rest = ((number, row) for number, row in enumerate(rows, start=SAMPLE + 1) if not _is_empty(row))
        first = at + 1 + (at + 1 < len(head) and _is_second_header(head[at + 1][1]))
        return _gather(itertools.chain(head[first:], rest), Found(form, [], roles), row_of)
    raise NotReviewsError(NO_REVIEWS)


def _is_empty(row: Cells) -> bool:
    for cell in row:  # noqa: SIM110 - all() with a generator costs three times as much, a million times
        if not is_blank(cell):
            return False
    return True


def _is_endless(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) > LONGEST_TEXT


def _is_second_header(row: Cells) -> bool:
    """SurveyMonkey writes "Open-Ended Response" and the choices into a second row of headers."""
    words = [str(cell).strip().casefold() for cell in row]
    return "open-ended response" in words or (words.count("response") >= 2 and set(words) <= SECOND_HEADER)


def _gather(rows: Iterable[tuple[int, Cells]], empty: Found, row_of: RowOf) -> Found:
    found, rejects = [], []
    for number, cells in rows:
        row = row_of(cells)
        if "nested" in row:
            found += [{**inner, "row": number} for inner in row["nested"]]
            rejects += [Reject(number, "its cell of reviews is no valid JSON")] * row["broken"]
            continue
        text = row.get("text")
        if isinstance(text, str):
            if len(text) > LONGEST_TEXT:
                rejects.append(Reject(number, "longer than any review: is a quotation mark never closed?"))
                continue
            row["text"] = ESCAPED.sub("", text) if text[0] == "'" else text
        row["row"] = number
        found.append(row)
    return Found(empty.form, found, empty.roles, tuple(rejects))


def _plan(
    headers: list[str], body: Sequence[Cells], overrides: Mapping[str, str]
) -> tuple[str, RowOf, tuple[Role, ...]] | None:
    """How to read the rows under these headers: by a form, or by a guess; None where they are no headers of reviews."""
    if all(not header for header in headers) or len(headers) > MOST_COLUMNS:
        return None
    body = [row for row in body[: max(20, CELLS // len(headers))] if not any(_is_endless(cell) for cell in row)]
    own = _named_by_owner(headers, overrides)
    form = fields.form_of_headers(headers)
    if form is not None and form.nested:
        return (
            form.name,
            _nested(headers, form),
            (Role(f"columns {', '.join(form.nested)}", "text", "hold reviews as JSON"),),
        )
    if form is not None:
        placed = {**_columns_of(headers, form), **own}
        return form.name, _by_columns(placed, form), _roles(headers, placed, form)
    found = columns.guess(headers, body, own)
    return (found.form, columns.reader(found), found.roles) if found else None


def _named_by_owner(headers: Sequence[str], overrides: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    places = {fields.fold(header): at for at, header in reversed(list(enumerate(headers)))}
    return {field: (places[fields.fold(name)],) for field, name in overrides.items() if fields.fold(name) in places}


def _columns_of(headers: Sequence[str], form: Form) -> dict[str, tuple[int, ...]]:
    """The columns of each field of a form, in the order in which the form asks for them."""
    places: dict[str, int] = {}
    for at, header in enumerate(headers):
        places.setdefault(fields.fold(header), at)
    return {
        field: tuple(dict.fromkeys(places[key] for path in paths if (key := fields.fold(path)) in places))
        for field, paths in form.fields.items()
    }


def _by_columns(placed: Mapping[str, tuple[int, ...]], form: Form) -> RowOf:
    places = list(placed.items())

    def row_of(cells: Cells) -> dict[str, Any]:
        row = columns.pick(cells, places)
        if form.source == "survey" and columns.is_no_answer(row.get("text")):
            del row["text"]
        return row

    return row_of


def _roles(headers: Sequence[str], placed: Mapping[str, tuple[int, ...]], form: Form) -> tuple[Role, ...]:
    field_of = {at: field for field, places in placed.items() for at in places}
    return tuple(
        Role(f"column {header!r}", fields.role_of(field_of.get(at, "")), f"as described for {form.name}")
        for at, header in enumerate(headers)
    )


def _nested(headers: Sequence[str], form: Form) -> RowOf:
    """Cells that hold JSON lists of reviews; the same review may stand in two columns of a row."""
    folded = [fields.fold(header) for header in headers]
    places = [folded.index(fields.fold(name)) for name in form.nested if fields.fold(name) in folded]

    def row_of(cells: Cells) -> dict[str, Any]:
        seen: dict[tuple[str, str], dict[str, Any]] = {}
        broken = 0
        for at in places:
            if at >= len(cells) or is_blank(cells[at]):
                continue
            try:
                inner = records.find_reviews({"reviews": records.parse(str(cells[at]))}).rows
            except NotReviewsError:
                continue
            except UnreadableError:
                broken += 1
                continue
            for row in inner:
                seen.setdefault((str(row.get("author")), str(row.get("text"))[:120]), row)
        return {"nested": list(seen.values()), "broken": broken}

    return row_of
