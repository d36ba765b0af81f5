"""Texts and files that have broken other programs.

The public collections are measured where they lie beside this project (or where REVIEWPIPE_CORPORA says) and skipped
elsewhere; a few of each kind, made up by us, are always tried.  What the collections are:
JSONTestSuite, csv-spectrum, the Big List of Naughty Strings, ftfy's test cases, Unicode traps, formulas, OWASP's XSS.
"""

import csv
import io
import json
import os
import random
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from lxml import html

from reviewpipe import ingest, pipeline
from reviewpipe.clean import clean_text
from reviewpipe.config import Config
from reviewpipe.errors import InputError, UnreadableError
from reviewpipe.ingest import records, tables
from reviewpipe.store import Store

CORPORA = Path(os.environ.get("REVIEWPIPE_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)
AS_OF = NOW.date()


def corpus(*names):
    """The files of a collection; the test is slow, and skipped where there is none."""
    found = [path for name in names for path in sorted(CORPORA.glob(name))]
    return [pytest.param(path, marks=pytest.mark.slow, id=path.name) for path in found] or [
        pytest.param(None, marks=[pytest.mark.slow, pytest.mark.skip(reason="the collection is not here")])
    ]


def strings(path):
    """Every text in a JSON file, once; a list and any depth of objects."""
    found, left = {}, [json.loads(path.read_text(encoding="utf-8"))]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found[one] = None
        elif isinstance(one, list | dict):
            left += one.values() if isinstance(one, dict) else one
    return list(found)


# --- JSON


OWN_JSON = {
    "y_deep.json": b"[[[[[[{}]]]]]]",
    "y_escapes.json": rb'["\u0041\n\"\\ \ud83d\ude00"]',
    "y_twice.json": b'{"a": 1, "a": 2}',
    "y_number.json": b"[-0, 1e5, 0.5E-3]",
    "y_word.json": b"true",
    "i_half_a_pair.json": rb'["\ud800"]',
    "i_huge.json": b"[1e999, -1e999, 123456789012345678901234567890]",
    "i_wrong_byte.json": b'["\xff"]',
    "i_deep.json": b"[" * 500 + b"]" * 500,
    "n_open.json": b'{"reviews": [',
    "n_very_deep.json": b"[" * 100_000,
    "n_objects_very_deep.json": b'{"a":' * 50_000,
    "n_quotes.json": b"{'a': 1}",
    "n_bare.json": b"{a: b}",
    "n_more.json": b'{"a": 1} {"b": 2}',
    "n_zero.json": b"[012]",
    "n_control.json": b'["a\tb"]',
    "n_nothing.json": b"",
    "n_null_byte.json": b'["a\0b"]',
}
# Small slips of hand-made files that are forgiven on purpose, and words that stand for a missing number.
FORGIVEN = re.compile(rb",\s*[\]}]|/[/*]|NaN|Infinity")


def check_json(path, name, content):
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        ingest.read(path, Config())
    said = str(refusal.value)
    assert said.startswith(f"{path.name}: ")
    assert said.endswith((".", "?"))
    if name.startswith("y_"):
        assert not isinstance(refusal.value, UnreadableError), said
        assert records.parse(content.decode("utf-8")) == json.loads(content)
    if name.startswith("n_") and not FORGIVEN.search(content):
        assert isinstance(refusal.value, UnreadableError), said


@pytest.mark.parametrize("name", OWN_JSON)
def test_own_json(tmp_path, name):
    check_json(tmp_path / name, name, OWN_JSON[name])


@pytest.mark.parametrize("path", corpus("json_test_suite/*.json"))
def test_json_test_suite(tmp_path, path):
    check_json(tmp_path / "reviews.json", path.name, path.read_bytes())


# --- CSV


OWN_CSV = {
    "quotes": ('a,b,c\n1,"x ""y"" z",3\n', [{"a": "1", "b": 'x "y" z', "c": "3"}]),
    "line ends in cells": ('a,b\r\n"one\r\ntwo","three\nfour"\r\n', [{"a": "one\r\ntwo", "b": "three\nfour"}]),
    "nothing in cells": ('a,b,c\n1,"",""\n2,3,4\n', [{"a": "1", "b": "", "c": ""}, {"a": "2", "b": "3", "c": "4"}]),
    "json in a cell": ('a,b\n1,"{""k"": [1, ""v, w""]}"\n', [{"a": "1", "b": '{"k": [1, "v, w"]}'}]),
    "letters": (
        "a,b,c\n1,2,3\n4,5,ʤ – ñ 施\n",
        [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "ʤ – ñ 施"}],
    ),
}
FIELDS = ("text", "author", "reply", "native_id", "language")


def check_csv(content, twins):
    """Cells as they come out of the table's reader, when the owner says which column is which field."""
    headers = list(twins[0])
    columns = dict(zip(FIELDS, headers, strict=False))
    found = tables.read_csv(list(io.StringIO(content, newline="")), columns).rows
    expected = [{field: twin[header] for field, header in columns.items() if twin[header]} for twin in twins]
    assert [{field: row[field] for field in columns if field in row} for row in found] == expected


@pytest.mark.parametrize("name", OWN_CSV)
def test_own_csv(name):
    check_csv(*OWN_CSV[name])


@pytest.mark.parametrize("path", corpus("csv_spectrum/csvs/*.csv"))
def test_csv_spectrum(path):
    twins = (path.parent.parent / "json" / f"{path.stem}.json").read_text(encoding="utf-8")
    # Copies of the collection have lost the line ends of Windows in one of the two.
    check_csv(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"), json.loads(twins.replace(r"\r\n", r"\n")))


# --- every string in every field, into the store


OWN_STRINGS = [
    "undefined", "NULL", "None", "true", "NaN", "0", "-1", "1e5", "0x1F", "1/0", "1,5", "1.000,00", "½", "０", "٤٢", "²", "$1.00",
    "=1+1", "+1", "-", "@x", "'- x", "--", ";", "a;b|c\td", '"', "'", '""', 'a "b" c', "\\", "\\n", "%s %d", "{0}", "${x}", "%00",
    "<b>x</b>", "<script>alert(1)</script>", "&lt;&amp;amp;", "<!-- x -->", "]]>", "'; DROP TABLE reviews; --", "' OR 1=1",
    "../../etc/passwd", "C:\\x", "$(touch x)", "`x`", "javascript:x", "file.csv", "CON", "-rf", "--help",
    "Ω≈ç√", "åß∂ƒ", "田中さん", "شكرا", "תודה", "नमस्ते", "ขอบคุณ", "👩🏽‍⚕️🏳️‍🌈🇺🇳", "\u202ex\u202d", "\u200b", "\ufeff", "\u00a0", "\u2028", "e\u0301\u0302\u0303",
    "Ṫ̈̃", "ｆｕｌｌ", "ⓐⓑ", "ﬁ", "ǅ", "ß", "İı", "(╯°□°)╯", "ᚠᛇᚻ", "a\nb", "a\r\nb", "a\x0bb", "   ", "x" * 3000,
    "2026-02-30", "31/12/1899", "99999999999999", "yesterday", "2 weeks ago", "★★★", "10/10", "5 stars", "en-US", "xx", "google",
]  # fmt: skip
HEADERS = {
    "native_id": "Review ID", "date": "Date", "author": "Name", "rating": "Rating", "text": "Review", "reply": "Reply",
    "language": "Language", "platform": "Source",
}  # fmt: skip
WORDS = """calm warm quick quiet kind hip knee neck spine jaw wrist elbow walk run sleep swim dance climb garden stairs
bicycle cushion window towel lamp music tea winter summer april morning evening sunday monthly weekly twice never always
softer stronger longer looser bent straight even steady""".split()


def plain_row(number):
    """A review by a person like no other, so that none is taken for a copy."""
    words = random.Random(number).sample(WORDS, 9)  # noqa: S311 - no secret
    return {
        "native_id": f"review-{number:06}",
        "date": str(date(2010, 1, 1) + timedelta(days=number)),
        "author": "Ada " + "".join("abcdefghij"[int(figure)] for figure in f"{number:06}").title(),
        "rating": "5",
        "text": f"{' '.join(words)}.",
        "reply": "We will pass it on.",
        "language": "en",
        "platform": "Yelp",
    }


def as_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS.values())
        writer.writerows(row.values() for row in rows)


def as_json(path, rows):
    named = [{HEADERS[field]: value for field, value in row.items()} for row in rows]
    path.write_text(json.dumps(named), encoding="utf-8")


def as_xlsx(path, rows):
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADERS, *rows]):
            for column, value in enumerate(row.values()):
                sheet.write_string(number, column, value)


WRITERS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}


def can_hold(text):
    """The forms in which `text` can be written at all: XML knows no U+FFFE, UTF-8 no half of a pair."""
    return {"json"} if re.search("[\ud800-\udfff\ufffe\uffff]", text) else set(WRITERS)


PLACEHOLDER = re.compile(r"\[[A-Z ]+\]")


def is_same_but_for_names(stored, expected):
    """Anonymising may put placeholders into the text; what is left of it stands in its order."""
    pattern = ".*".join(re.escape(piece) for piece in PLACEHOLDER.split(stored or ""))
    return re.fullmatch(pattern, expected or "", re.DOTALL) is not None


def escape_taken_off(text):
    """Tables escape what looks like a formula with an apostrophe, and reading takes it off again."""
    return re.sub(r"\A'(?=[=+\-@\t\r])", "", text)


def check_every_field(folder, form, given):
    config = Config(folder=folder)
    config.raw.mkdir(parents=True)
    rows = [plain_row(number) for number in range(len(given) * len(HEADERS))]
    for number, row in enumerate(rows):
        row[list(HEADERS)[number % len(HEADERS)]] = given[number // len(HEADERS)]
    WRITERS[form](config.raw / f"reviews.{form}", rows)
    counts = pipeline.run(config, NOW, as_of=AS_OF).counts
    assert counts.read == len(rows)
    assert counts.new + counts.edited + counts.duplicate + counts.rejected == counts.read
    with Store.open(config.store) as store:
        stored = {review.posted_on: review for review in store.reviews()}
    missing = [row for row in rows if row["date"] not in stored and row["date"] not in given]
    assert not missing
    for row in rows:
        if review := stored.get(row["date"]):
            expected = clean_text((row["text"] if form == "json" else escape_taken_off(row["text"])).strip())
            assert is_same_but_for_names(review.text, expected), (ascii(review.text), ascii(row["text"]))
            assert is_same_but_for_names(review.reply, clean_text(row["reply"].strip())), ascii(row["reply"])


@pytest.mark.parametrize("form", WRITERS)
def test_own_strings_in_every_field(tmp_path, form):
    check_every_field(tmp_path, form, OWN_STRINGS)


@pytest.mark.parametrize("path", corpus("blns/blns.json", "unicode_traps/unicode_traps.json"))
@pytest.mark.parametrize("form", WRITERS)
def test_naughty_strings_in_every_field(tmp_path, form, path):
    check_every_field(tmp_path, form, [text for text in strings(path) if text and form in can_hold(text)])


# --- bytes


OWN_BYTES = [
    b"Jos\xe9 was kind", b"it didn\x92t hurt", b"\xff\xfeh\0i\0", b"\xef\xbb\xbfcalm", b"calm \xc0\xaf", b"calm \xe2\x82", b"calm \x80 kind",
    b"calm \xed\xa0\x80", b"calm \xf8\x88\x80\x80\x80", b"calm \0 kind", bytes(range(128, 256)), b"\xfe\xff\0h\0i",
]  # fmt: skip


def check_bytes(folder, content):
    """In a table and alone, letters come out, or a line that says where the trouble is; never a sign of replacement."""
    head = b"Name,Review\nAda,Calm and kind people here\nBo,"
    for name, whole in {"alone.txt": content, "alone.csv": content, "table.csv": head + content + b"\n"}.items():
        path = folder / name
        path.write_bytes(whole)
        said, texts = reason_or_texts(path)
        assert not said or re.search(r"byte \d+|no text|empty|column|looks like", said), said
        assert "\ufffd" not in "".join(texts)


def reason_or_texts(path):
    """Why a file was refused and no texts, or no reason and the texts in it."""
    try:
        return "", list(ingest.read(path, Config()).batch.reviews["text"].dropna())
    except InputError as refusal:
        return str(refusal), []


@pytest.mark.parametrize("content", OWN_BYTES)
def test_own_bytes(tmp_path, content):
    check_bytes(tmp_path, content)


@pytest.mark.parametrize("path", corpus("unicode_traps/bytes_hex.json"))
def test_bytes_of_unicode_traps(tmp_path, path):
    for content in strings(path):
        check_bytes(tmp_path, bytes.fromhex(content))


# --- mojibake


def straight(text):
    """ftfy's expectations have straight quotation marks; we leave what was written."""
    return (text or "").translate({ord(curly): plain for curly, plain in zip("‘’“”", "''\"\"", strict=True)})


@pytest.mark.parametrize(
    "path", corpus(*(f"ftfy_mojibake/{kind}.json" for kind in ("in-the-wild", "synthetic", "language-names")))
)
def test_mojibake_is_repaired(path):
    for case in json.loads(path.read_text(encoding="utf-8")):
        fixed = case.get("fixed-encoding", case["fixed"])
        assert straight(clean_text(case["original"])) == straight(clean_text(fixed)), case["label"]


@pytest.mark.parametrize("path", corpus("ftfy_mojibake/negative.json"))
def test_what_is_no_mojibake_stays(path):
    for case in json.loads(path.read_text(encoding="utf-8")):
        fixed = case.get("fixed-encoding", case["fixed"])  # the same but for one line with a broken ellipsis
        assert straight(clean_text(case["original"])) == straight(" ".join(fixed.split())), case["label"]


# --- what would be a formula or a script


OWN_ATTACKS = [
    "=2+3", "+2+3", "-2+3", "@SUM(1)", "=cmd|' /C x'!A0", '=HYPERLINK("http://example.org","x")', "＝1+1", "\t=1", " =1", "\u200b=1", "'=1", '";=1',
    "- Wren", "+1 from me", "=) happy", "-5 stars", "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", '" onmouseover="alert(1)', "'><iframe src=javascript:alert(1)>", "javascript:alert(1)", "{{7*7}}", "<!--<script>", "<a href='javascript:alert(1)'>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "\u2028alert(1)", "</style><style>*{display:none}", "<base href=//example.org>",
]  # fmt: skip
ACTIVE = ("script", "iframe", "object", "embed", "img", "base", "link", "style", "form", "meta")


def published(folder, texts, call):
    """The CSV, the workbook and the dashboard of a practice with these reviews."""
    # Ordinary ones behind them, so that every page has something to draw.
    ordinary = [f"My back pain is gone after visit {number}. She is kind and knows her work." for number in range(12)]
    rows = [{**plain_row(number), "text": text} for number, text in enumerate([*texts, *ordinary])]
    (folder / "data" / "raw").mkdir(parents=True)
    as_json(folder / "data" / "raw" / "reviews.json", rows)
    assert call("run", "--project", folder)[0] == 0
    for form in ("csv", "xlsx"):
        assert call("export", "--project", folder, "--format", form, "-o", folder / f"all.{form}")[0] == 0
    page = (folder / "reports" / "dashboard.html").read_text(encoding="utf-8")
    return (folder / "all.csv").read_text(encoding="utf-8-sig"), folder / "all.xlsx", page


def check_attacks(folder, texts, call):
    table, book, page = published(folder / "hostile", texts, call)
    _, _, calm = published(folder / "calm", [plain_row(number)["text"] for number in range(len(texts))], call)
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert not [ascii(cell) for cell in cells if re.match(r"[\s\u200b\ufeff]*[=+@＝＋－＠]|[\t\r]|-\D", cell)]
    with zipfile.ZipFile(book) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]
    hostile, harmless = html.document_fromstring(page), html.document_fromstring(calm)
    for tag in ACTIVE:
        assert len(hostile.findall(f".//{tag}")) == len(harmless.findall(f".//{tag}")), tag
    for element in hostile.iter(html.etree.Element):
        assert not [name for name in element.attrib if name.startswith("on")]
        assert not [
            value for value in element.attrib.values() if re.match(r"\s*(?:javascript|data:text)", value, re.IGNORECASE)
        ]


def test_own_attacks(tmp_path, call):
    check_attacks(tmp_path, OWN_ATTACKS, call)


@pytest.mark.parametrize("path", corpus("formula_injection/payloads.json", "xss_owasp/*.json"))
def test_attacks(tmp_path, call, path):
    check_attacks(tmp_path, strings(path), call)
