"""Files made to break the reader: each ends soon, with rows or with one error that says what to do."""

import contextlib
import gzip
import io
import json
import os
import struct
import time
import zipfile

import pytest
import xlsxwriter

from container_files import TABLE as ROWS
from container_files import csv, golden_word, mail, mailbox, ods, pdf, word, xlsx, zipped
from reviewpipe import ingest
from reviewpipe.config import Config
from reviewpipe.errors import InputError, NotReviewsError, UnreadableError

WORDS = "Lovely people, and my back pain is gone after one visit."
TABLE = "Date,Name,Review\n2026-01-02,Ada,"

SLOW = {
    "comments.html": "<!-- -->" * 100_000,
    "open.html": "<%" * 100_000,
    "blanks.html": "<p>" + " " * 500_000 + "x",
    "wide.csv": ",".join(f"c{i}" for i in range(10_000)) + "\n" + ("x," * 9_999 + "y\n") * 20,
    "cell.csv": TABLE + "a" * 5_000_000,
    "signs.csv": ";,|\t" * 100_000,
    "line.html": "<p>" + WORDS * 20_000,
}


@pytest.mark.parametrize("name", SLOW)
def test_no_file_takes_more_than_linear_time(tmp_path, name):
    path = tmp_path / name
    path.write_text(SLOW[name], encoding="utf-8")
    start = time.process_time()
    with contextlib.suppress(InputError):
        assert ingest.read(path, Config()).batch.reviews.empty
    assert time.process_time() - start < 8


def test_a_page_nested_too_deep_says_so(tmp_path):
    path = tmp_path / "deep.html"
    path.write_text("<div>" * 5_000 + WORDS, encoding="utf-8")
    with pytest.raises(UnreadableError, match="nested deeper"):
        ingest.read(path, Config())


def test_numbers_where_a_page_declares_texts(tmp_path):
    path = tmp_path / "page.html"
    declared = {"@type": "Review", "reviewBody": 7, "author": [[]], "datePublished": {}}
    path.write_text(f'<script type="application/ld+json">{json.dumps(declared)}</script>', encoding="utf-8")
    assert ingest.read(path, Config()).batch.reviews["text"].tolist() == ["7"]


def test_line_ends_of_old_macs(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes(b"Date,Name,Review\r" + b"".join(b"2026-01-02,Ada,Calm and kind %d\r" % i for i in range(5)))
    assert len(ingest.read(path, Config()).batch.reviews) == 5


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\0\0"])
def test_a_mark_and_nothing_behind_it_is_empty(tmp_path, mark):
    path = tmp_path / "mark.txt"
    path.write_bytes(mark)
    with pytest.raises(UnreadableError, match="empty"):
        ingest.read(path, Config())


def workbook(path, row, column):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Date", "Name", "Review"])
        sheet.write_row(1, 0, ["2026-01-02", "Ada", WORDS])
        sheet.write(row, column, "x")


def test_one_cell_in_the_last_corner_of_a_sheet(tmp_path):
    path = tmp_path / "corner.xlsx"
    workbook(path, 1_048_575, 16_383)
    with pytest.raises(UnreadableError, match="far outside"):
        ingest.read(path, Config())


@pytest.mark.parametrize("place", ["ZZZZZZ99999999999", "A99999999999"])
def test_cells_that_no_sheet_has(tmp_path, place):
    sound, path = tmp_path / "sound.xlsx", tmp_path / "reviews.xlsx"
    workbook(sound, 2, 0)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="A2"', f'r="{place}"'.encode()))
    with pytest.raises(UnreadableError, match="far outside"):
        ingest.read(path, Config())


def test_names_of_files_are_told_in_one_line(tmp_path):
    path = tmp_path / "two\nlines\x1b[31m.json"
    path.write_text('{"a":', encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"^two\?lines\?\[31m\.json: "):
        ingest.read(path, Config())


# Archives

BLANKS = gzip.compress(b" " * (1 << 26), 1)


def listed(times):
    """A ZIP that lists its one file so many times."""
    content = zipped({"a.csv": csv()})
    start, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    entries = content[start:end] * times
    return content[:start] + entries + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(entries), start, 0)


def nested(depth):
    content = csv()
    for _ in range(depth):
        content = zipped({"a": content})
    return content


def changed(office, name, old, new):
    """The Office file with other words in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    assert old in parts[name]
    return zipped({**parts, name: parts[name].replace(old, new)})


def locked():
    content = bytearray(zipped({"a.csv": csv()}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


MULTIPART = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3000))
ENTITIES = (
    b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '" + b"&a;" * 999 + b"'><!ENTITY c SYSTEM 'file:///etc/hostname'>]>"
)
BOMBS = {
    "one.gz": (BLANKS * 20, "unpacks to more than 128 MB"),
    "listed.zip": (listed(100_001), "more than 100000 files"),
    "nested.zip": (nested(4), "an archive in an archive"),
    "cut.zip": (zipped({"a.csv": csv()})[:-30], "broken"),
    "cut.csv.gz": (gzip.compress(csv())[:-12], "broken"),
    "tail.csv.gz": (gzip.compress(csv()) + b"tail", "broken"),
    "locked.zip": (locked(), "has a password"),
    "fields.ods": (ods(repeated=4_000_000), "far outside"),
    "deep.eml": (b"From: a\nMessage-ID: b\n" + MULTIPART.encode(), "broken"),
    "many.mbox": (mailbox([b"From: a\nMessage-ID: b\n\nCalm\n"]) * 100_001, "more than 100000 files"),
    "line.mbox": (b"From a\nFrom: a\nMessage-ID: b\n\n" + b"x" * (1 << 28), "larger than"),
    "cut.pdf": (pdf(["Calm"])[:200], "broken"),
    "junk.pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 200, "broken"),
    "long.rtf": (b"{\\rtf1 " + b"\\par My back is free.\n" * 40_000 + b"}", "longer than"),
    "rows.xlsx": (
        changed(
            xlsx(),
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b'<row r="1048576">' + b"<c/>" * 16_384 + b"</row></sheetData>",
        ),
        "far outside",
    ),
    "line.txt": (b"x" * (1 << 25), "longer than"),
    "line.csv": (b"a,b,c\n" + b"x" * (1 << 26), "line 2 has more than 32 MB"),
    "line.jsonl": (b'{"a":"' + b"x" * (1 << 26) + b'"}\n{}\n', "line 1 has more than 32 MB"),
    "line.json": (b'{"a":"' + b"x" * (1 << 28), "longer than"),
    "deep.json": (b"[" * 1000 + b"]" * 1000, "nested deeper"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon_with_a_message(tmp_path, name):
    content, message = BOMBS[name]
    path = tmp_path / name
    path.write_bytes(content)
    start = time.process_time()
    with pytest.raises(UnreadableError, match=message):
        ingest.read(path, Config())
    assert time.process_time() - start < 10


def test_the_whole_of_an_archive_is_counted(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{n}.gz": BLANKS * 2 + gzip.compress(b" " * n) for n in range(9)}, zipfile.ZIP_STORED))
    with pytest.raises(UnreadableError, match="more than 1 GB"):
        ingest.read(path, Config())


def test_parts_that_overlap(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(listed(3000))
    reading = ingest.read(path, Config())
    assert len(reading.batch.reviews) == 2
    assert "the same content" in reading.roles[-1].reason or "broken" in reading.roles[-1].reason


def test_entities_are_neither_expanded_nor_fetched(tmp_path):
    table = xlsx([ROWS[0], ["2026-01-02", "Odile", 5, "Calm and kind."]])
    files = {
        "a.docx": changed(word(golden_word), "word/document.xml", b"<w:document ", ENTITIES + b"<w:document "),
        "b.docx": changed(word(golden_word), "word/document.xml", b"stiff neck", b"stiff &b;&c; neck"),
        "a.xlsx": changed(table, "xl/sharedStrings.xml", b"<sst ", ENTITIES + b"<sst "),
        "a.html": ENTITIES + b"<p>My back feels great after my visit &b;&c;, thank you!</p><p>- Odile Brandt</p>",
    }
    files["c.docx"] = changed(files["a.docx"], "word/document.xml", b"stiff neck", b"stiff &b;&c; neck")
    files["c.xlsx"] = changed(files["a.xlsx"], "xl/sharedStrings.xml", b"Calm and kind.", b"Calm &b;&c; and kind.")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with contextlib.suppress(InputError):
            for text in ingest.read(tmp_path / name, Config()).batch.reviews["text"]:
                assert "haha" not in text


def test_names_that_lead_out_of_an_archive_lead_nowhere(tmp_path):
    rows = [[ROWS[0], ["2026-01-02", f"Person {n}", 5, "Calm and kind people."]] for n in range(4)]
    names = ["../../a.csv", "/etc/a.csv", "a\nb/c.csv", "C:\\a.csv"]
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({name: csv(one) for name, one in zip(names, rows, strict=True)}))
    reading = ingest.read(path, Config(folder=tmp_path))
    assert len(reading.batch.reviews) == 4
    assert os.listdir(tmp_path) == ["a.zip"]  # noqa: PTH208  only names are compared


def test_a_pipe_and_a_link_to_nothing(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "none.csv")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(UnreadableError):
            ingest.read(tmp_path / name, Config())


def test_private_words_of_parts_stay_out_of_messages(tmp_path):
    path = tmp_path / "a.zip"
    for part in (b'{"CANARY": ', b"CANARY \xc0\xaf", b"%PDF-1.4 CANARY", b"PK\x03\x04CANARY"):
        path.write_bytes(zipped({"CANARY.json": part, "CANARY.txt": b"{}"}))
        with pytest.raises(NotReviewsError) as problem:
            ingest.read(path, Config())
        assert "CANARY" not in str(problem.value)


def test_headers_of_mails_that_are_no_headers(tmp_path):
    path = tmp_path / "a.eml"
    for field in (
        b"=?none?q?a?=",
        b"=?utf-8?b?=?=",
        b"((" * 5_000,
        b"=?utf-8?q?" + b"a" * 10_000,
        b"\xff\xfe <\xff>",
    ):
        path.write_bytes(
            b"From: %s\nSubject: %s\nDate: %s\nMessage-ID: x\n\nMy neck is free again, and I slept all night. I will be back!\n"
            % (field, field, field)
        )
        assert len(ingest.read(path, Config()).batch.reviews) == 1
    path.write_bytes(mail("Calm", {"a" * 300 + ".csv": csv()}))
    assert len(ingest.read(path, Config()).batch.rejects) >= 1
