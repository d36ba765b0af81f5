import io

import pytest
import xlsxwriter

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest.columns import guess
from reviewpipe.ingest.tables import delimiter_of, read_csv, read_workbook


def rows_of(text, overrides=None):
    return list(read_csv(list(io.StringIO(text, newline="")), overrides or {}).rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(delimiter):
    text = "Date,Name,Review\n2026-01-02,Ada,Calm and kind people\n".replace(",", delimiter)
    assert delimiter_of(text) == delimiter
    assert rows_of(text) == [{"date": "2026-01-02", "author": "Ada", "text": "Calm and kind people", "row": 2}]


def test_excel_names_its_delimiter():
    assert rows_of("sep=;\nName;Review\nAda;Calm, kind, quick\n")[0]["text"] == "Calm, kind, quick"


def test_one_column_has_no_delimiter():
    assert [row["text"] for row in rows_of("Testimonial\nCalm, kind, and quick.\nMy knee bends.\n")] == [
        "Calm, kind, and quick.",
        "My knee bends.",
    ]


def test_columns_in_any_order_and_what_is_no_field_is_left():
    text = "Notes,Stars,Email,Feedback,When,Client\nVIP,4,a@example.org,Quiet and clean room,1/2/2026,Ada\n"
    assert rows_of(text) == [
        {"date": "1/2/2026", "author": "Ada", "rating": "4", "text": "Quiet and clean room", "row": 2}
    ]


def test_na_and_null_are_words():
    assert [row["author"] for row in rows_of("Name,Review\nNA,Calm and kind\nNull,Warm and quiet\n")] == ["NA", "Null"]


def test_ragged_and_blank_rows():
    rows = rows_of("Date,Name,Review,Extra\n\n2026-01-02,Ada,Calm and kind\n,,,\n2026-01-03,Bo,Warm and quiet,x,y,z\n")
    assert [(row["row"], row["author"]) for row in rows] == [(3, "Ada"), (5, "Bo")]


def test_a_formula_escape_is_taken_off_and_nothing_else():
    rows = rows_of("Name,Review\nAda,'- calm and kind\nBo,'twas the best- it 'really' was\n")
    assert [row["text"] for row in rows] == ["- calm and kind", "'twas the best- it 'really' was"]


def test_a_header_without_rows_is_an_empty_table():
    assert rows_of("Date,Name,Review,Rating\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n",
        "title,totalScore,reviewsCount\nLakeside,4.6,88\n",
        "key,val\n1,{}\n",
        "x\n",
        "product,price,description\nLotion,9,smells of lavender fields\n",
        "Name,Title,Bio\nAda,Therapist,has worked with runners for ten years\n",
    ],
)
def test_other_tables_are_refused_with_advice(text):
    with pytest.raises(NotReviewsError, match="Name its columns"):
        rows_of(text)


def test_the_owner_may_name_columns():
    assert rows_of("Q7,Who\nCalm and kind,Ada\n", {"text": "q7", "author": "Who"}) == [
        {"text": "Calm and kind", "author": "Ada", "row": 2}
    ]


def test_a_quotation_mark_never_closed_is_a_reject():
    found = read_csv(list(io.StringIO('Name,Review\nAda,Calm and kind\nBo,"' + "x y\n" * 40_000, newline="")), {})
    assert (found.size, [reject.row for reject in found.rejects]) == (1, [3])


def test_row_numbers_are_no_ids():
    found = guess(["No", "ID", "Review"], [["1", "1", "Calm and kind"], ["2", "2", "Warm and quiet"]])
    assert "native_id" not in found.columns


def test_answers_of_a_survey_are_joined_and_empty_phrases_left_out():
    header = '"What did you like about your visit?",What could we do better next time?,How likely are you to recommend us (0-10)?'
    rows = rows_of(
        f"Timestamp,{header}\n1/2/2026,The calm room and music,N/A,9\n1/3/2026,The kind hands of everyone,Open earlier please,10\n"
    )
    assert [row["text"] for row in rows] == [
        "The calm room and music",
        "The kind hands of everyone\n\nOpen earlier please",
    ]
    assert [row["best_rating"] for row in rows] == [10.0, 10.0]


def test_workbooks(tmp_path):
    path = tmp_path / "front.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Totals").write_row(0, 0, ["Sum", 5])
        sheet = book.add_worksheet("Reviews")
        sheet.write_row(1, 0, ["Client", "Date", "Stars", "Comment"])
        sheet.write_row(2, 0, ["Ada", 46000, 5, "Calm and kind"])
        sheet.write_row(4, 0, ["Bo", 46001, 4, "Warm and quiet"])
    assert [(row["row"], row["author"], row["rating"]) for row in read_workbook(path, {}).rows] == [
        (3, "Ada", 5.0),
        (5, "Bo", 4.0),
    ]


def test_a_broken_workbook_is_an_error_with_advice(tmp_path):
    path = tmp_path / "front.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(UnreadableError, match="Save it again"):
        read_workbook(path, {})


def test_lines_of_a_title_may_stand_above_the_headings():
    rows = rows_of(
        "Reviews Report,,,,\nBusiness:,Lakeside,,,\n\nCust. First,Cust. Last,Rating - Staff,Rating - Business,Review Details\n"
        "Ada,Moss,1,4,Calm and kind people\nBo,,2,5,Warm and quiet rooms\nTotal: 2,,Average,4.5,\n"
    )
    assert [(row["author"], row["rating"], row["text"]) for row in rows] == [
        ("Ada Moss", "4", "Calm and kind people"),
        ("Bo", "5", "Warm and quiet rooms"),
    ]


def test_a_line_of_totals_is_a_reject():
    found = read_csv(list(io.StringIO("Name,Stars,Review\nAda,5,Calm and kind\nAverage,4.8,\n")), {})
    assert (found.size, [reject.reason for reject in found.rejects]) == (1, ["a line of totals, not a review"])


HEADERLESS = "3/14/2026;Ada;5;They were calm and kind to me.\n3/2/2026;Bo;4;I left with a warmer, looser back.\n"


def test_a_table_without_headings_is_read_by_what_it_holds():
    found = read_csv(list(io.StringIO(HEADERLESS)), {})
    assert [(row["row"], row["author"], row["date"], row["rating"]) for row in found.rows] == [
        (1, "Ada", "3/14/2026", "5"),
        (2, "Bo", "3/2/2026", "4"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "3/14/2026;They were calm and kind to me.;We thank you for your kind words.\n" * 3,
        "Ada Quillfeather;Calm hands\nBo Wintergreen;Warm rooms\n",
    ],
)
def test_where_it_is_not_clear_headings_are_asked_for_and_no_cell_is_shown(text):
    with pytest.raises(NotReviewsError, match="Name its columns in the first row") as caught:
        rows_of(text)
    assert not any(cell in str(caught.value) for line in text.splitlines() for cell in line.split(";"))


def test_headings_that_were_found_are_listed_with_the_line_to_fill_in():
    with pytest.raises(NotReviewsError, match=r'columns = \{ text = "…" \}.*"Date", "Code", "Amount"'):
        rows_of("Date,Code,Amount\n2026-01-02,17,30\n")


def test_a_heading_that_reviewpipe_toml_names_in_vain_is_said():
    with pytest.raises(NotReviewsError, match="names a column for text, but none has that heading"):
        rows_of("Date,Code,Amount\n2026-01-02,17,30\n", {"text": "Their words"})


@pytest.mark.parametrize(
    ("name", "text"),
    [("q7", "Calm"), ("column 2", "Calm"), ("q7 + Also", "Calm\n\nKind"), ("q7 + missing", "Calm")],
)
def test_the_owner_names_columns_by_heading_or_place_one_or_several(name, text):
    (row,) = rows_of("Wer,Q7,Also\nAda,Calm,Kind\n", {"text": name, "author": "Wer"})
    assert (row["author"], row["text"]) == ("Ada", text)


def test_repeated_headings_are_all_read():
    header = "Timestamp,How was your visit with us today?,Other,How was your therapist with you today?,Other\n"
    (row,) = rows_of(
        header + "1/2/2026,Calm and quiet,Parking was hard to find,Kind and clear,Loved the tea and the light\n"
    )
    assert row["text"] == "Calm and quiet\n\nKind and clear"
    found = read_csv(list(io.StringIO(header + "1/2/2026,a b c,,d e f,x\n")), {})
    assert [role.place for role in found.roles].count("Other") == 2
    assert list(found.filled.items())[2] == ("Other", True)


def test_consent_and_contact_are_kept_out_of_the_text():
    header = "Timestamp,What did you like about your visit?,May we use your words on our website and elsewhere?,What is your phone number?\n"
    rows = rows_of(header + "1/2/2026,Calm and quiet,Yes you may use them all,555 0100\n")
    assert [row["text"] for row in rows] == ["Calm and quiet"]


def test_cells_beyond_the_last_heading_have_a_role():
    found = read_csv(list(io.StringIO("Name,Review\nAda,Calm and kind,stray\n")), {})
    assert [(role.place, role.role) for role in found.roles] == [
        ("Name", "author"),
        ("Review", "text"),
        ("column 3", "unused"),
    ]
    assert "filled in 1 of 1" in found.roles[2].reason


def test_average_may_be_a_rating():
    rows = rows_of("Rating,Name,Review\nAverage,,\nExcellent,Ada,Calm and kind\nGood,Bo,Warm and quiet\n")
    assert [row["rating"] for row in rows] == ["Average", "Excellent", "Good"]
