"""Files made to break the reader: each ends soon, with rows or with one error that says what to do."""

import contextlib
import json
import time
import zipfile

import pytest
import xlsxwriter

from reviewpipe import ingest
from reviewpipe.config import Config
from reviewpipe.errors import InputError, UnreadableError

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
