"""Canaries: names planted in every kind of file are in no output, log, error or page."""

import json
import subprocess
import sys

import pytest
import xlsxwriter

from sample import ROOT, SAMPLE, assert_none_of

CANARIES = [
    "Zebulon Quackenbush",
    "Philomenka Ostrowicz",
    "Thaddeus Vrbanski",
    "Ngozika Adeyemi-Brightwater",
    "Xiomarita Fuentesol",
]
TEXT = "My hip is better and {first} was with me. Ask for {upper}! I am {name} and I say so."


def said(name):
    first = name.split()[0]
    return TEXT.format(first=first, upper=first.upper(), name=name)


def plant(raw):
    """One canary in each kind of file, as author, in the text, in the reply and in a file name."""
    one, two, three, four, five = CANARIES
    (raw / "page.txt").write_text(
        f"What clients say\n\n{said(one)}\n\n{one}\n\n{said(one)} Twice.\n\n{one}\n", encoding="utf-8"
    )
    (raw / f"{two}.csv").write_text(
        f"date,client,rating,comment\n2026-09-01,{two},5,{said(two)}\n99/99/9999,{two},5,{said(two)}\n",
        encoding="utf-8",
    )
    review = {
        "reviewer": {"displayName": three}, "starRating": "FIVE", "comment": said(three), "name": "accounts/1/locations/2/reviews/3",
        "createTime": "2026-09-02T10:00:00Z", "updateTime": "2026-09-02T10:00:00Z",
        "reviewReply": {"comment": f"Thank you {three.split()[0]}!", "updateTime": "2026-09-03T10:00:00Z"},
    }  # fmt: skip
    (raw / "reviews.json").write_text(json.dumps({"reviews": [review]}), encoding="utf-8")
    (raw / "reviews-broken.json").write_text(json.dumps({"reviews": [review]})[:-9], encoding="utf-8")
    (raw / "page.html").write_text(f"<blockquote>{said(four)}<cite>{four}</cite></blockquote>" * 2, encoding="utf-8")
    with xlsxwriter.Workbook(raw / "guests.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["Date", "Client", "Stars", "Comment"], ["2026-09-04", five, 5, said(five)]]):
            sheet.write_row(row, 0, cells)


def words():
    return {part.casefold() for name in CANARIES for part in name.replace("-", " ").split()}


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    (folder / "data" / "raw").mkdir(parents=True)
    plant(folder / "data" / "raw")
    (folder / "reviewpipe.toml").write_text("[thresholds]\nmax_rejected_share = 1.0\n", encoding="utf-8")
    return folder


def program(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "reviewpipe", *arguments, "--project", folder], capture_output=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def assert_clean(content, where):
    text = content.decode("utf-8", "replace").casefold()
    for word in words():
        assert word not in text, f"{where}: a canary"


def test_no_canary_in_anything_that_is_written_or_said(practice):
    code, out, err = program(practice, "run")
    assert code == 0, err
    assert_clean(out, "stdout")
    # What could not be read is named by its file, and the broken file's name holds no canary.
    assert_clean(err, "stderr")
    for folder in ("data/processed", "reports"):
        for path in (practice / folder).rglob("*"):
            assert_clean(path.name.encode(), "file name")
            if path.is_file():
                assert_clean(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--format", "csv"], ["export", "--format", "jsonl"], ["quotes", "--format", "json"], ["quotes", "--format", "md"],
        ["report", "--format", "md"], ["themes", "suggest"], ["doctor"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_canary_in_what_commands_print(practice, arguments):
    program(practice, "run")
    code, out, err = program(practice, *arguments)
    assert code == 0, err
    assert_clean(out, "stdout")
    assert_clean(err, "stderr")


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_no_canary_in_binary_exports(practice, form):
    import zipfile

    program(practice, "run")
    target = practice / f"out.{form}"
    assert program(practice, "export", "--format", form, "-o", str(target))[0] == 0
    if form == "xlsx":
        with zipfile.ZipFile(target) as book:
            for name in book.namelist():
                assert_clean(book.read(name), name)
    else:
        import pyarrow.parquet as pq

        assert_clean(str(pq.read_table(target).to_pylist()).encode(), "parquet")


def test_a_name_in_an_output_stops_everything(practice, monkeypatch):
    """A page that would show a name is not written, and the message does not say it either."""
    from datetime import date

    from reviewpipe import config, dashboard, publish
    from reviewpipe.errors import LeakError

    program(practice, "run")
    settings = config.load(practice)
    before = {path: path.read_bytes() for path in settings.reports.iterdir()}
    monkeypatch.setattr(dashboard, "render", lambda _: "<html><p title='ask for ze&#98;ulon'>fine</p></html>")
    with pytest.raises(LeakError) as caught:
        publish.pages(settings, date(2026, 11, 5))
    assert "dashboard.html" in str(caught.value)
    assert_clean(str(caught.value).encode(), "message")
    assert {path: path.read_bytes() for path in settings.reports.iterdir()} == before


def test_the_sample_leaks_nothing(tmp_path):
    import shutil

    shutil.copytree(SAMPLE, tmp_path / "data" / "raw" / "sample")
    shutil.copy(ROOT / "reviewpipe.toml", tmp_path)
    code, _, err = program(tmp_path, "run")
    assert code == 0, err
    expected = json.loads((ROOT / "tests" / "golden" / "sample_expected.json").read_text(encoding="utf-8"))
    for path in (tmp_path / "reports").iterdir():
        assert_none_of(expected["authors"] + expected["identifiers"], path.read_text(encoding="utf-8"))
