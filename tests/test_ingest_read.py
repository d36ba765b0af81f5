import json
import zipfile
from datetime import date

import pytest

from reviewpipe import ingest
from reviewpipe.config import Config, Source
from reviewpipe.errors import InputError, NotReviewsError, UnreadableError
from reviewpipe.ingest.decoding import encoding_of
from reviewpipe.ingest.kinds import kind_of
from reviewpipe.ingest.raw import on_disk
from reviewpipe.schema import columns_after, problems

TABLE = "Date,Name,Review\n3/4/2026,Zoë,It’s calm and kind here\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"Lovely people. - Ada", "text"),
        ("a.txt", b"[Ada, May 2026] Lovely people.", "text"),
        ("a.txt", b"Date\tName\tReview\n2026-01-02\tAda\tCalm\n", "csv"),
        ("a", b"Date,Name,Review\n2026-01-02,Ada,Calm\n", "csv"),
        ("a.csv", b"Review\nCalm\n", "csv"),
        ("a.txt", b"<!-- saved --><!DOCTYPE html><p>Hi", "html"),
        ("a.txt", b'{"reviews": []}', "json"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'[\n{"a": 1},\n{"a": 2}\n]\n', "json"),
        ("a.json", b"not json", "json"),
    ],
)
def test_kinds_by_content(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of(on_disk(path)) == kind


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
def test_encodings(tmp_path, encoding):
    path = tmp_path / "reviews.csv"
    path.write_bytes(
        ("Date,Name,Review\n2026-01-02,Noël,It didn’t hurt at all, and I can’t complain\n")
        .replace("all,", "all -")
        .encode(encoding)
    )
    reading = ingest.read(path, Config(), as_of=date(2026, 10, 31))
    assert reading.batch.reviews["author"].tolist() == ["Noël"]
    assert "didn’t" in reading.batch.reviews["text"][0], encoding_of(on_disk(path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"%PDF-1.7",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a",
        b"PAR1\x15\x04",
        b"\x1f\x8b\x08",
        b"\x89PNG",
        bytes(range(32)) * 40,
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0" * 9,
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.txt"])
def test_what_cannot_be_read_says_so(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=r"^a\.\w+: .+\."):
        ingest.read(path, Config())


def test_folders_and_missing_files_say_so(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(UnreadableError):
            ingest.read(path, Config())


@pytest.mark.parametrize(
    ("members", "advice"),
    [
        (["[Content_Types].xml", "xl/vbaProject.bin"], "macros"),
        (["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], "macros"),
        (["[Content_Types].xml", "xl/workbook.bin"], "XLSB"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "presentation"),
        (["Index/Document.iwa"], "Export it as"),
        (["[Content_Types].xml", "word/document.xml"], "broken"),
        (["[Content_Types].xml", "xl/workbook.xml"], "cannot be opened"),
    ],
)
def test_office_files_that_cannot_be_read_give_advice(tmp_path, members, advice):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    with pytest.raises(UnreadableError, match=advice):
        ingest.read(path, Config())


def test_open_document_texts_give_advice(tmp_path):
    path = tmp_path / "a.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(UnreadableError, match="DOCX"):
        ingest.read(path, Config())


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"Jos\xe9 was great", "cp1252"),
        (b"Maria\x92s hands", "cp1252"),
        (b"\x80 20", "cp1252"),
        (b"\xff\xfeJ\0a\0n\0", "utf-16"),
        ("Zoë’s hands – wonderful".encode(), "utf-8"),
        ("Она помогла моей спине, и я снова хорошо сплю".encode("cp1251"), "cp1251"),
        ("先生のおかげで肩の痛みがなくなりました。ありがとうございます。".encode("shift_jis"), "cp932"),
    ],
)
def test_every_byte_is_explained(tmp_path, content, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert encoding_of(on_disk(path)) == encoding


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (b"Calm \xc0\xaf", 5),  # a slash in two bytes
        (b"Calm \xed\xa0\x80", 5),  # half a surrogate pair
        (b"Calm \xf8\x88\x80\x80\x80", 5),  # five bytes
        (b"Calm \xe2\x82", 5),  # cut short
        (b"\xef\xbb\xbfCalm \xff", 8),
        (b"\xff\xfeJ\0a\0n", 6),
        ("Zoë’s hands – ".encode() * 3 + b"\xff", 57),
        (b"a" * (1 << 21) + "é".encode() * 9 + b"\xff", (1 << 21) + 18),
    ],
)
def test_a_byte_that_nothing_explains_is_named(tmp_path, content, offset):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=rf"byte {offset}\b"):
        ingest.read(path, Config())


@pytest.mark.parametrize(
    ("folder", "source", "visibility"),
    [
        ("yelp", "yelp", "public"),
        ("Google Maps", "google", "public"),
        ("jane", "jane", "public"),
        ("survey/2026", "survey", "private"),
        ("misc", "other", "private"),
    ],
)
def test_the_folder_names_the_source(tmp_path, folder, source, visibility):
    config = Config(folder=tmp_path, sources={"jane": Source(visibility="public")})
    path = config.raw / folder / "front.csv"
    path.parent.mkdir(parents=True)
    path.write_text(TABLE, encoding="utf-8")
    reading = ingest.read(path, config)
    assert (reading.source, reading.visibility) == (source, visibility)
    assert set(reading.batch.reviews["source"]) == {source}


def test_the_owner_settles_columns_order_and_day(tmp_path):
    own = Source(date_order="DMY", as_of=date(2026, 5, 1), columns={"text": "Q7"})
    config = Config(folder=tmp_path, sources={"jane": own})
    path = config.raw / "jane" / "front.csv"
    path.parent.mkdir(parents=True)
    path.write_text("Date,Name,Q7\n3/4/2026,Ada,Calm\n2 days ago,Bo,Warm\n", encoding="utf-8")
    reviews = ingest.read(path, config).batch.reviews
    assert reviews["posted_on"].tolist() == ["2026-04-03", "2026-04-29"]
    assert reviews["text"].tolist() == ["Calm", "Warm"]


def test_rows_in_are_reviews_and_rejects(tmp_path):
    path = tmp_path / "front.csv"
    path.write_text(
        "Date,Name,Rating,Review\n1/2/2026,A,5,\n1/2/2099,B,5,Calm and kind\n1/3/2026,C,,\n1/4/2026,D,9,Warm and quiet\n",
        encoding="utf-8",
    )
    batch = ingest.read(path, Config(), as_of=date(2026, 10, 31)).batch
    assert batch.reviews["author"].tolist() == ["A", "D"]
    assert [(reject.row, reject.reason) for reject in batch.rejects] == [
        (3, "date in the future"),
        (4, "neither text nor rating"),
    ]
    assert list(batch.reviews.columns) == columns_after("ingest")
    assert problems(batch.reviews, "ingest") == []


def test_an_empty_file_of_reviews_has_the_columns(tmp_path):
    path = tmp_path / "reviews.json"
    path.write_text('{"reviews": []}', encoding="utf-8")
    reviews = ingest.read(path, Config()).batch.reviews
    assert (len(reviews), list(reviews.columns)) == (0, columns_after("ingest"))


def test_half_a_surrogate_pair_can_be_written(tmp_path):
    path = tmp_path / "reviews.json"
    path.write_text('[{"review_id": "a", "stars": 4, "text": "Calm \\ud83d", "date": "2026-01-02"}]', encoding="utf-8")
    (text,) = ingest.read(path, Config()).batch.reviews["text"]
    assert text.encode("utf-8").decode() == "Calm \ufffd"


def test_no_private_text_in_messages(tmp_path):
    path = tmp_path / "reviews.json"
    for content in ('{"reviews": [{"text": "CANARY"', json.dumps({"CANARY": "CANARY"}), json.dumps(["CANARY"])):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as problem:
            ingest.read(path, Config())
        assert "CANARY" not in str(problem.value)


def test_other_json_is_no_review_file(tmp_path):
    path = tmp_path / "places.json"
    path.write_text('[{"name": "Lakeside", "rating": 4.9}]', encoding="utf-8")
    with pytest.raises(NotReviewsError, match="right file"):
        ingest.read(path, Config())
