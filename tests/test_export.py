import csv
import io
import json
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from reviewpipe import export
from reviewpipe.config import Privacy
from reviewpipe.schema import Review, ThemeHit

HOSTILE = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "\u200b=1", "- Petra", "plain", "-5", "a\x00b\x1fc",
    '"quoted", and, commas', "line\nbreak", "😊", "\ud800 lone",
]  # fmt: skip


def review(text, number=0):
    return Review(
        f"r{number}", "google", "public", "2026-10-03", "day", 5.0, None, "en", text, None, False, 0.5, "positive",
        themes=(ThemeHit("value", "positive", 0, 2),),
    )  # fmt: skip


def rows(texts=HOSTILE):
    return export.review_rows([review(text, number) for number, text in enumerate(texts)], Privacy())


def test_no_cell_of_a_csv_is_a_formula():
    table = list(csv.DictReader(io.StringIO(export.as_csv(rows()).decode("utf-8-sig"), newline="")))
    assert len(table) == len(HOSTILE)
    for given, row in zip(HOSTILE, table, strict=True):
        assert not row["text"].lstrip(" \u200b").startswith(("=", "+", "@", "＝", "\t", "\r")), given
    assert table[10]["text"] == "plain"
    assert table[11]["text"] == "-5"
    assert table[9]["text"] == "'- Petra"
    assert table[0]["themes"] == "value (positive)"


def test_a_workbook_holds_texts_as_texts(tmp_path):
    (tmp_path / "out.xlsx").write_bytes(export.as_xlsx(rows()))
    sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    column = sheet[0].index("text")
    assert [line[column] for line in sheet[1:4]] == ["=1+1", "+1", "-1+2"]
    import zipfile

    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "json", "parquet"])
def test_the_same_rows_give_the_same_bytes(form):
    texts = [text for text in HOSTILE if text.isprintable()]
    assert export.FORMATS[form](rows(texts)) == export.FORMATS[form](rows(texts))


def test_json_lines_hold_what_the_contract_says():
    first = json.loads(export.as_jsonl(rows()).splitlines()[0])
    assert list(first) == [
        "review_id",
        "source",
        "posted_on",
        "rating",
        "sentiment",
        "score",
        "language",
        "text",
        "themes",
    ]
    assert first["themes"] == [{"name": "value", "polarity": "positive", "direction": None, "start": 0, "end": 2}]


@pytest.mark.parametrize("form", sorted(export.FORMATS))
def test_no_rows_are_no_error(form):
    export.FORMATS[form]([])


SAID = "See https://knots.example/a or ring 630-555-0142: my knee is fine since 3/4/2026."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ({}, "See [URL] or ring [PHONE]: my knee is fine since [DATE]."),
        ({"URL": "keep"}, "See https://knots.example/a or ring [PHONE]: my knee is fine since [DATE]."),
        ({"DATE": "[A DAY]", "PHONE": "keep"}, "See [URL] or ring 630-555-0142: my knee is fine since [A DAY]."),
    ],
)
def test_only_what_may_be_shared_leaves_and_evidence_stays_true(share, text):
    kept = Privacy(labels=dict.fromkeys(("URL", "PHONE", "DATE"), "keep"), share=share)
    places = [(SAID.index(one), SAID.index(one) + len(one)) for one in ("my knee is fine", "fine since 3/4", "https")]
    hits = tuple(ThemeHit("value", "positive", *place) for place in places)
    (row,) = export.review_rows([replace(review(SAID), themes=hits)], kept)
    assert row["text"] == text
    evidence = [text[theme["start"] : theme["end"]] for theme in row["themes"]]
    assert evidence[0] == "my knee is fine"
    assert evidence[1] == "fine since " + ("[A DAY]" if "DATE" in share else "[DATE]")
    assert evidence[2] == ("https" if share.get("URL") else "[URL]")
