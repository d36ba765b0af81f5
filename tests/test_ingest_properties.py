"""What holds for every table, text, date and rating, tried on made-up ones; many more of them in the slow tests."""

import csv
import io
import json
import re
from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewpipe import ingest
from reviewpipe.clean import clean_text
from reviewpipe.config import Config
from reviewpipe.ingest import dates, ratings

AS_OF = date(2026, 10, 31)
EXAMPLES = [25, pytest.param(200, marks=pytest.mark.slow, id="many")]
HEADERS = ("review_id", "reviewer_name", "star_rating", "create_time", "comment", "reply_comment")


def holds(examples, *strategies):
    """Try the decorated function at once on that many values; the few of the quick tests are always the same."""

    def tried(function):
        checks = settings(
            max_examples=examples,
            deadline=None,
            derandomize=examples < 100,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        checks(given(*strategies)(function))()

    return tried


# --- what is written is read


def is_writable(text):
    """No apostrophe before a sign: tables escape formulas so, and reading takes it off."""
    return not re.match(r"\s*'[=+\-@\t\r]", text)


# Anything but control characters, which XML and many programs do not keep, and halves of pairs.
ANYTHING = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=60)
AWKWARD = st.text(st.sampled_from("ab Zé,;|\t\"'\\\n.=+-{}[]<>&#0159’…ß日א😊"), max_size=40)
TEXTS = st.one_of(ANYTHING, AWKWARD).filter(is_writable)
# Signs at the ends of a name, addresses and badges behind it are taken off: that is shown elsewhere.
NAMES = st.from_regex(r"[A-Zא-תА-Я一-三]([a-zé .,;|\t\"'’&-]{0,20}[a-zßéא-תа-я一-三])?", fullmatch=True)
# Old Windows wrote few letters that are not English; where they are many, nobody can tell which Windows it was.
PHRASES = (
    'calm/wärme and quiet/très good every time/señora of the desk/“kind” to us/it’s – what 5€ buys/a;b c,d/"e"/x\ny/|'
)
WESTERN = st.lists(st.sampled_from(PHRASES.split("/")), max_size=12)


def rows_of(texts, names=NAMES):
    row = st.tuples(names, st.integers(1, 5), st.dates(date(1991, 1, 1), AS_OF), texts, texts)
    return st.lists(row, min_size=1, max_size=8)


def cells_of(rows):
    return [
        (f"id-{number:05}", author, rating, day.isoformat(), text, reply)
        for number, (author, rating, day, text, reply) in enumerate(rows)
    ]


def expected(rows):
    said = [
        (a.strip() or None, float(r), d.isoformat(), t.strip() or None, p.strip() or None) for a, r, d, t, p in rows
    ]
    return [(one[0], one[1], one[2], one[3].replace("\r\n", "\n") if one[3] else None, one[4]) for one in said]


def reviews_of(path):
    table = ingest.read(path, Config(), as_of=AS_OF).batch.reviews
    names = ["author", "rating", "posted_on", "text", "reply"]
    return [tuple(row[name] if row[name] == row[name] else None for name in names) for _, row in table.iterrows()]


def csv_text(cells, **form):
    out = io.StringIO()
    writer = csv.writer(out, **form)
    writer.writerow(HEADERS)
    writer.writerows(cells)
    return out.getvalue()


FORMS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    }
)


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_any_csv_reads_back(tmp_path, encoding, examples):
    path = tmp_path / "reviews.csv"

    @holds(examples, rows_of(TEXTS), FORMS)
    def reads_back(rows, form):
        path.write_bytes(csv_text(cells_of(rows), **form).encode(encoding))
        assert reviews_of(path) == expected(rows)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_any_csv_of_old_windows_reads_back(tmp_path, examples):
    path = tmp_path / "reviews.csv"

    @holds(examples, rows_of(WESTERN.map(" ".join), st.just("Zoë")), FORMS)
    def reads_back(rows, form):
        path.write_bytes(csv_text(cells_of(rows), **form).encode("cp1252"))
        assert reviews_of(path) == expected(rows)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_any_workbook_reads_back(tmp_path, examples):
    path = tmp_path / "reviews.xlsx"

    @holds(examples, rows_of(TEXTS), st.booleans())
    def reads_back(rows, real_dates):
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(0, 0, HEADERS)
            for number, cells in enumerate(cells_of(rows), 1):
                for column, cell in enumerate(cells):
                    if column == 3 and real_dates:
                        sheet.write_datetime(number, column, date.fromisoformat(cell), day)
                    elif isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    else:
                        sheet.write_number(number, column, cell)
        assert reviews_of(path) == expected(rows)


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_any_json_reads_back(tmp_path, form, examples):
    path = tmp_path / f"reviews.{form}"

    @holds(examples, rows_of(TEXTS), st.booleans(), st.sampled_from([None, 1]))
    def reads_back(rows, ascii_only, indent):
        records = [dict(zip(HEADERS, cells, strict=True)) for cells in cells_of(rows)]
        if form == "json":
            path.write_text(json.dumps(records, ensure_ascii=ascii_only, indent=indent), encoding="utf-8")
        else:
            lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
            path.write_text("\n".join(lines), encoding="utf-8")
        assert reviews_of(path) == expected(rows)


# --- rows in = reviews + rejects


SCALARS = st.one_of(st.none(), TEXTS, st.integers(-5, 200), st.floats(), st.booleans())
RATINGS = st.one_of(SCALARS, st.sampled_from(["5/5", "★★", "FIVE", "99", "4,5", "😐", "very good"]))
DATES = st.one_of(
    SCALARS, st.sampled_from(["2099-01-01", "1901-02-03", "2026-02-30", "2 weeks ago", "gestern", "", "1/2/2026", "0"])
)


def raw_rows():
    return st.lists(st.tuples(SCALARS, RATINGS, DATES, SCALARS, SCALARS), min_size=1, max_size=12)


def count_of(path):
    batch = ingest.read(path, Config(), as_of=AS_OF).batch
    return len(batch.reviews) + len(batch.rejects)


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl"])
def test_rows_in_are_reviews_and_rejects(tmp_path, form, examples):
    path = tmp_path / f"reviews.{form}"

    @holds(examples, raw_rows())
    def adds_up(rows):
        cells = [(f"id-{number:05}", *row) for number, row in enumerate(rows)]
        if form == "csv":
            path.write_text(csv_text(cells), encoding="utf-8", newline="")
        elif form == "xlsx":
            with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "nan_inf_to_errors": True}) as book:
                sheet = book.add_worksheet()
                for number, row in enumerate([HEADERS, *cells]):
                    sheet.write_row(number, 0, row)
        else:
            lines = [json.dumps(dict(zip(HEADERS, row, strict=True))) for row in cells]
            path.write_text("\n".join(lines) if form == "jsonl" else f"[{','.join(lines)}]", encoding="utf-8")
        assert count_of(path) == len(rows)


# --- dates, ratings and texts


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=70),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=2),
    st.text(st.sampled_from("0123456789/-.:, TZ+年月日前agoMayvorhá½★%of'()"), max_size=24),
    st.lists(
        st.sampled_from(
            "2 3w a ago vor il y months Mai 2024 '24 März yesterday temu in Edited: on (x) 10:30 PM UTC".split()
        ),
        max_size=6,
    ).map(" ".join),
)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_dates_never_raise_and_keep_their_range(examples):
    @holds(examples, st.lists(VALUES, max_size=6), st.sampled_from(["MDY", "DMY", None]))
    def is_bounded(values, order):
        moments = dates.resolve(values, as_of=AS_OF, order=order)
        assert len(moments) == len(values)
        for moment in moments:
            if moment.posted_on is None:
                assert moment.precision == "none"
            else:
                assert "1990-01-01" <= moment.posted_on[:10] <= "2026-11-01"
                assert moment.precision != "none"
                assert not moment.reason
        for value in values:
            assert dates.looks_like_date(value) in {True, False}


@pytest.mark.parametrize("examples", EXAMPLES)
def test_ratings_never_raise_and_keep_their_range(examples):
    @holds(
        examples,
        st.lists(st.tuples(VALUES, VALUES), max_size=6),
        st.sampled_from([None, 5.0, 10.0, 100.0]),
        st.sampled_from(["high", "low"]),
    )
    def is_bounded(pairs, scale, best):
        stars = ratings.resolve([value for value, _ in pairs], [top for _, top in pairs], scale=scale, best=best)
        assert len(stars) == len(pairs)
        assert all(one.stars is None or 1 <= one.stars <= 5 for one in stars)
        assert all(one.given is not None for one in stars if one.stars is not None)
        assert all(ratings.recommended(value) in {"yes", "no", None} for value, _ in pairs)


PIECES = [
    *"aB é'.\n\t&;<>/#¡°¯\u00ad\x80\x99\xa0\u200b\u200d\u202e\ufeff\x85\r\u2028\u0301\ud83d\ude0a😊\U000e0041🏴Ã",
    *"&amp; amp; &lt; &#39; &#x2019; &#128; <br> <p> </p> <b â€™ ¨C".split(),
]
ACCIDENTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize("examples", [300, pytest.param(5000, marks=pytest.mark.slow, id="many")])
def test_cleaning_twice_is_cleaning_once(examples):
    @holds(examples, st.one_of(st.text(max_size=60), ACCIDENTS))
    def is_done_once(text):
        once = clean_text(text)
        assert clean_text(once) == once
        assert once is None or (once == once.strip() and once.encode("utf-8"))
