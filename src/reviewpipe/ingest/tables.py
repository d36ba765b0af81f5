"""Tables: CSV in any delimiter and encoding, XLSX, XLS and ODS; each row is a review or a reject."""

from __future__ import annotations

import csv
import itertools
import json
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, BinaryIO

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest import columns, fields, records
from reviewpipe.ingest.facts import Facts
from reviewpipe.ingest.looks import is_blank, is_no_answer, is_total
from reviewpipe.ingest.reading import Again, Found
from reviewpipe.ingest.roles import ABOUT_PLACE, Tally, reason_of
from reviewpipe.schema import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
# How Apify writes a list into the columns of a table.
NUMBERED = re.compile(r"reviews/(\d+)/(.+)")
SECOND_HEADER = frozenset(("response", "open-ended response", ""))
# As many headings as a person looks through in a message.
MOST_SHOWN = 30
NO_REVIEWS = (
    "no column of it can be recognised as the words of a review.  Name its columns in the first row, such as Date, "
    'Name, Rating, Review, or say in reviewpipe.toml which is which: [sources.NAME] columns = { text = "…" }, '
    "where NAME is the folder of data/raw in which the file lies."
)
NO_HEADINGS = (
    "no column of it can be recognised as the words of a review, and its first row has no heading that is known.  "
    "Name its columns in the first row, such as Date, Name, Rating, Review, or say in reviewpipe.toml which is which: "
    '[sources.NAME] columns = { text = "column 2" }, where NAME is the folder of data/raw in which the file lies'
)


@dataclass(frozen=True)
class _Plan:
    """How the rows of a table are read, and what is known of its columns: field ("" for none) and reason."""

    form: str
    row_of: RowOf
    columns: Mapping[int, tuple[str, str]]
    otherwise: str  # the reason of all other columns
    answers: Collection[int] = ()  # where people wrote something because they had to


def read_csv(lines: Iterable[str], overrides: Mapping[str, str]) -> Found:
    """Reviews of a text table; `overrides` name the column of a field where the owner has said so.

    The lines are gone through more than once, and so are the rows of what is found.
    """
    head = list(itertools.islice(lines, 200))
    declared = re.match(r"\ufeff?sep=(.)$", head[0].strip()) if head else None
    delimiter = declared[1] if declared else delimiter_of("".join(head))
    return read_rows(Again(lambda: _cells(lines, delimiter, skipped=bool(declared))), overrides)


def _cells(lines: Iterable[str], delimiter: str, *, skipped: bool) -> Iterator[Cells]:
    """The rows of a text table; the first is empty where its line says something else."""
    stream = iter(lines)
    if skipped:
        stream = itertools.chain(["\n"], itertools.islice(stream, 1, None))
    try:
        yield from csv.reader(stream, delimiter=delimiter)
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


def read_workbook(book: Path | BinaryIO, overrides: Mapping[str, str]) -> Found:
    """Reviews of all sheets that hold some."""
    from python_calamine import load_workbook

    try:
        with load_workbook(book) as opened:
            sheets = [opened.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in opened.sheet_names]
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
            found.append(read_rows(sheet, overrides))
        except NotReviewsError:
            continue  # a sheet of settings or totals beside the reviews
    if not found:
        raise NotReviewsError(NO_REVIEWS)
    main = max(found, key=lambda one: one.size)
    rejects = tuple(reject for one in found for reject in one.rejects)
    return Found(main.form, [row for one in found for row in one.rows], main.roles, rejects, main.filled)


def read_rows(table: Iterable[Cells], overrides: Mapping[str, str]) -> Found:
    """Reviews of a table's rows, the header among the first.  A row with nothing in it is no row."""
    head = [(number, row) for number, row in enumerate(itertools.islice(table, SAMPLE), start=1) if not _is_empty(row)]
    if max((len(row) for _, row in head), default=0) > MOST_COLUMNS:
        raise NotReviewsError(f"its lines have more than {MOST_COLUMNS} columns.  Is it the right file?")
    # Lines of a title or a period may stand above the headings: the line with most headings that we know comes first.
    for at in sorted(range(min(len(head), DEEPEST_HEADER)), key=lambda at: -columns.count_known(head[at][1])):
        header = head[at][1]
        headings = [str("" if cell is None else cell)[:LONGEST_HEADER].strip() for cell in header]
        body = [row for _, row in head[at + 1 :]]
        if plan := _plan(headings, body, overrides):
            first = at + 1 + (at + 1 < len(head) and _is_second_header(head[at + 1][1]))
            return _gather(_Body(table, head[first - 1][0], plan), headings)
    if (found := columns.guess_without_headers(_short([row for _, row in head]))) is not None:
        return _gather(_Body(table, 0, _guessed(found)), [""] * len(head[0][1]))
    raise NotReviewsError(_advice([row for _, row in head], overrides))


def _advice(rows: Sequence[Cells], overrides: Mapping[str, str]) -> str:
    """What the owner can do with a table in which nothing is recognised; headings are shown, data never."""
    headings = next((found for row in rows[:DEEPEST_HEADER] if (found := columns.headings_in(row))), [])
    if not headings:
        return NO_HEADINGS
    missing = "".join(
        f"  reviewpipe.toml names a column for {field}, but none has that heading."
        for field, name in overrides.items()
        if not _named_by_owner(headings, {field: name})
    )
    shown = ", ".join(json.dumps(heading[:80], ensure_ascii=False) for heading in headings[:MOST_SHOWN])
    more = f" and {len(headings) - MOST_SHOWN} more" if len(headings) > MOST_SHOWN else ""
    return f"{NO_REVIEWS}  Its headings: {shown}{more}.{missing}"


def _short(rows: Sequence[Cells]) -> list[Cells]:
    """As many rows as say enough of a table of this width, without any that a quotation mark never closed has made."""
    width = max(map(len, rows), default=1)
    return [row for row in rows[: max(20, CELLS // max(width, 1))] if not any(_is_endless(cell) for cell in row)]


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


@dataclass(frozen=True)
class _Body:
    """The rows of a table below its headings, which are the first `above` rows."""

    table: Iterable[Cells]
    above: int
    plan: _Plan

    def chunks(self) -> Iterator[list[tuple[int, Cells]]]:
        """Rows with something in them and their numbers, some at a time."""
        numbered = itertools.islice(enumerate(self.table, start=1), self.above, None)
        rows = ((number, row) for number, row in numbered if not _is_empty(row))
        while chunk := list(itertools.islice(rows, SAMPLE)):
            yield chunk

    def rows(self) -> Iterator[dict[str, Any]]:
        """What is found in them, without what is refused."""
        for chunk in self.chunks():
            yield from (one for one in self.read(chunk) if not isinstance(one, Reject))

    def read(self, chunk: Iterable[tuple[int, Cells]]) -> Iterator[dict[str, Any] | Reject]:
        """What is found in some rows; a row may hold several reviews."""
        for number, cells in chunk:
            row = self.plan.row_of(cells)
            if "nested" in row:
                yield from ({**inner, "row": number} for inner in row["nested"])
                yield from [Reject(number, "its cell of reviews is no valid JSON")] * row["broken"]
            elif "text" not in row and is_total(cells, row):
                yield Reject(number, "a line of totals, not a review")
            elif _is_endless(row.get("text")):
                yield Reject(number, "longer than any review: is a quotation mark never closed?")
            else:
                yield _finished(row, number)


def _gather(body: _Body, headings: Sequence[str]) -> Found:
    """Go through all rows once, for what they say together; the rows themselves are read anew when they are needed."""
    rejects: list[Reject] = []
    tally, facts, plan = Tally(headings, body.plan.answers), Facts(), body.plan
    for chunk in body.chunks():
        tally.add([cells for _, cells in chunk], is_no_answer)
        read = list(body.read(chunk))
        facts.add(one for one in read if not isinstance(one, Reject))
        rejects += [one for one in read if isinstance(one, Reject)]
    roles = tally.roles(plan.columns, plan.otherwise)
    return Found(plan.form, Again(body.rows), roles, tuple(rejects), tally.is_filled(), facts)


def _finished(row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row with its number, and without the mark that a spreadsheet set before its text."""
    text = row.get("text")
    if isinstance(text, str) and text[0] == "'":
        row["text"] = ESCAPED.sub("", text)
    row["row"] = number
    return row


def _plan(headings: list[str], body: Sequence[Cells], overrides: Mapping[str, str]) -> _Plan | None:
    """How to read the rows under these headings: by a form, or by a guess; None where they head no reviews."""
    if not any(headings):
        return None
    own = _named_by_owner(headings, overrides)
    form = fields.form_of_headers(headings)
    if form is not None and form.nested:
        return _nested(headings, form)
    if form is not None:
        return _described(headings, form, own)
    if numbered := _numbered(headings):
        return numbered
    found = columns.guess(headings, _short(body), own)
    return _guessed(found) if found else None


def _named_by_owner(headings: Sequence[str], overrides: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The columns that reviewpipe.toml names, by heading or as "column 3"; "a + b" are put together."""
    places = {f"column{at}": at - 1 for at in range(1, len(headings) + 1)}
    places |= {fields.fold(heading): at for at, heading in reversed(list(enumerate(headings)))}
    found = {}
    for field, name in overrides.items():
        names = [name] if fields.fold(name) in places else name.split(" + ")
        found[field] = tuple(dict.fromkeys(places[fields.fold(one)] for one in names if fields.fold(one) in places))
    return {field: columns_ for field, columns_ in found.items() if columns_}


def _guessed(found: columns.Guess) -> _Plan:
    answers = found.joined.get("text", ())
    return _Plan(found.form, columns.reader(found), found.plan, "no heading stands above it", answers)


def _described(headings: Sequence[str], form: Form, own: Mapping[str, tuple[int, ...]]) -> _Plan:
    """Columns as a form says, the owner's word before it."""
    placed = {**_columns_of(headings, form), **own}
    plan = {
        at: (
            field,
            reason_of(
                field,
                "named in reviewpipe.toml" if field in own else f"described for {form.name}",
                headings[places[0]] if rank else "",
            ),
        )
        for field, places in reversed(placed.items())
        for rank, at in enumerate(places)
    }
    about_place = {fields.fold(key) for key in form.place}
    for at, heading in enumerate(headings):
        if fields.fold(heading) in about_place:
            plan.setdefault(at, ("", ABOUT_PLACE))
    answers = placed.get("text", ()) if form.source == "survey" else ()
    return _Plan(form.name, _by_columns(placed, answers), plan, f"not described for {form.name}", answers)


def _columns_of(headings: Sequence[str], form: Form) -> dict[str, tuple[int, ...]]:
    """The columns of each field of a form, in the order in which the form asks for them; repeated ones all."""
    places: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        places.setdefault(fields.fold(heading), []).append(at)
    return {
        field: tuple(at for key in dict.fromkeys(map(fields.fold, paths)) for at in places.get(key, ()))
        for field, paths in form.fields.items()
    }


def _by_columns(placed: Mapping[str, tuple[int, ...]], answers: Sequence[int]) -> RowOf:
    places = list(placed.items())

    def row_of(cells: Cells) -> dict[str, Any]:
        row = columns.pick(cells, places)
        if answers and is_no_answer(row.get("text")):
            del row["text"]
        return row

    return row_of


def _nested(headings: Sequence[str], form: Form) -> _Plan:
    """Cells that hold JSON lists of reviews; the same review may stand in two columns of a row."""
    folded = [fields.fold(heading) for heading in headings]
    places = [folded.index(fields.fold(name)) for name in form.nested if fields.fold(name) in folded]

    def row_of(cells: Cells) -> dict[str, Any]:
        inner: list[dict[str, Any]] = []
        broken = 0
        for at in places:
            if at >= len(cells) or is_blank(cells[at]):
                continue
            try:
                inner += records.find_reviews({"reviews": records.parse(str(cells[at]))}).rows
            except NotReviewsError:
                continue
            except UnreadableError:
                broken += 1
        return {"nested": records.once(inner), "broken": broken}

    plan = dict.fromkeys(places, ("text", "holds the reviews of a place as JSON"))
    return _Plan(form.name, row_of, plan, ABOUT_PLACE)


def _numbered(headings: Sequence[str]) -> _Plan | None:
    """Rows that are places, their reviews in columns side by side: reviews/0/text, reviews/0/stars, reviews/1/text."""
    places: dict[str, dict[str, int]] = {}
    for at, heading in enumerate(headings):
        if match := NUMBERED.fullmatch(heading):
            places.setdefault(match[1], {})[match[2]] = at
    form = fields.form_of({key: None for one in places.values() for key in one})
    if form is None:
        return None

    def row_of(cells: Cells) -> dict[str, Any]:
        inner = ({key: cells[at] or None for key, at in one.items() if at < len(cells)} for one in places.values())
        return {"nested": [fields.row_of(one, form) for one in inner if any(one.values())], "broken": 0}

    plan = {at: ("text", "one of the reviews of a place") for one in places.values() for at in one.values()}
    return _Plan(form.name, row_of, plan, ABOUT_PLACE)
