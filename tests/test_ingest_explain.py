"""What `inspect` says of a file: recognised, guessed, unknown, how dates and stars were read, and the line to copy."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewpipe import ingest
from reviewpipe.cli.inspect import command
from reviewpipe.config import Config, Source
from reviewpipe.ingest import fields

GOLDEN = Path(__file__).parent / "golden"
FORMATS = Path(__file__).parent.parent / "docs" / "formats.md"
FRONT_DESK = "Date,Name,Q7,Colour\n3/14/2026,Ada,She knew at once where it hurt me.,red\n3/2/2026,Bo,I slept through the night after it.,blue\n"


def inspected(*arguments):
    result = CliRunner().invoke(command, [str(one) for one in arguments], obj=Path())
    assert result.exit_code == 0, result.output
    return result.stdout


def reading_of(path, content, **source):
    path.write_text(content, encoding="utf-8")
    return ingest.read(path, Config(sources={"other": Source(**source)}), as_of=date(2026, 10, 31))


def test_a_guess_prints_the_lines_that_settle_it(tmp_path):
    path = tmp_path / "front desk.csv"
    path.write_text(FRONT_DESK, encoding="utf-8")
    out = inspected(path, "--project", tmp_path)
    assert "guessed to be a table" in out
    assert 'unknown, not read: "Colour"' in out
    lines = tomllib.loads("\n".join(out.splitlines()[-2:]))
    assert lines == {"sources": {"front-desk": {"columns": {"text": "Q7", "author": "Name", "date": "Date"}}}}


@pytest.mark.parametrize("folder", ["front_desk", "survey_google_forms", "survey_surveymonkey", "plain_json"])
def test_the_printed_line_reads_the_same_again(tmp_path, folder):
    original = next(one for one in (GOLDEN / folder).iterdir() if one.name != "expected.jsonl")
    config = Config(folder=tmp_path)
    path = config.raw / "front-desk" / original.name
    path.parent.mkdir(parents=True)
    path.write_bytes(original.read_bytes())
    out = inspected(path, "--project", tmp_path)
    (columns,) = (one["columns"] for one in tomllib.loads("\n".join(out.splitlines()[-2:]))["sources"].values())
    named = Config(folder=tmp_path, sources={"front-desk": Source(columns=columns)})
    before, after = (ingest.read(path, one, as_of=date(2026, 10, 31)).batch.reviews for one in (config, named))
    for column in ("text", "author", "posted_on", "rating"):
        assert after[column].equals(before[column]), column


def test_a_recognised_file_prints_no_line(tmp_path):
    out = inspected(GOLDEN / "lobstr" / "lobstr.csv", "--project", tmp_path)
    assert "read as lobstr" in out
    assert "[sources." not in out


def test_every_column_key_and_refused_row_is_explained(tmp_path):
    out = inspected(GOLDEN / "apify_n8n" / "workflow.json", "--explain", "--project", tmp_path)
    assert "*.response.*.totalScore unused   about the place" in out
    assert "stars          rating   described for apify_google; filled in 2 of 2" in out
    out = inspected(GOLDEN / "nhs_friends_and_family" / "fft.csv", "--explain", "--project", tmp_path)
    assert "set aside in 2: no answer" in out
    out = inspected(GOLDEN / "strong_testimonials" / "testimonials.csv", "--explain", "--project", tmp_path)
    assert "row 4          rejected marked as spam" in out


@pytest.mark.parametrize(
    ("days", "own", "said"),
    [
        (["3/14/2026", "3/4/2026"], {}, "the 4th of March (MDY): days over 12"),
        (["14/3/2026", "3/4/2026"], {}, "the 3rd of April (DMY): days over 12"),
        (["3/4/2026", "5/6/2026"], {}, "the file leaves it open"),
        (["3/4/2026", "5/6/2026"], {"date_order": "DMY"}, "(DMY): reviewpipe.toml says so"),
        (["2 months ago", "yesterday"], {}, "2 counted back from 2026-10-31"),
        (["October 2025", "May 2026", "someday"], {}, "2 to the month only"),
        (["October 2025", "May 2026", "someday"], {}, "1 values are no date"),
    ],
)
def test_how_dates_were_read(tmp_path, days, own, said):
    rows = "".join(f"{day},Ada,5,Calm and kind people here\n" for day in days)
    reading = reading_of(tmp_path / "a.csv", f"Date,Name,Stars,Review\n{rows}", **own)
    assert any(said in role.reason for role in reading.roles if role.place == "dates")


def test_how_stars_were_read(tmp_path):
    rows = "".join(f"2026-01-02,Ada,{stars},Calm and kind people here\n" for stars in (9, 10, 7, 99))
    reading = reading_of(tmp_path / "a.csv", f"Date,Name,Score,Review\n{rows}")
    said = [role.reason for role in reading.roles if role.place == "ratings"]
    assert "on a scale of 10" in said[0]
    assert "1 values are no rating or outside the scale" in said[1]


def test_a_mail_address_or_badge_is_no_part_of_a_name(tmp_path):
    names = ["Ada Moss ada@example.org", "Bo <bo@example.org>", "bo@example.org", "Cy T. (Verified patient)"]
    rows = "".join(f'"{name}",Calm and kind people\n' for name in names)
    reviews = reading_of(tmp_path / "a.csv", f"Client,Review\n{rows}").batch.reviews
    assert reviews["author"].tolist() == ["Ada Moss", "Bo", None, "Cy T."]


def test_what_is_not_public_in_a_public_source_is_private(tmp_path):
    config = Config(folder=tmp_path)
    path = config.raw / "google" / "all.csv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "Date,Name,Type,Comment\n2026-01-02,Ada,Review,Calm and kind\n2026-01-03,Bo,Survey,Slow booking page\n",
        encoding="utf-8",
    )
    reading = ingest.read(path, config)
    assert reading.batch.reviews["visibility"].tolist() == ["public", "private"]


def test_names_as_keys_and_rows_as_lists(tmp_path):
    keyed = {"Hanne V.": ["Runner", "I came in stiff and she fixed my hip."], "Bo": ["Cook", "Lovely, I will be back."]}
    rows = [["Name", "Review", "Stars"], ["Ada", "Calm and kind people", 5]]
    assert reading_of(tmp_path / "a.json", json.dumps(keyed)).batch.reviews["author"].tolist() == ["Hanne V.", "Bo"]
    assert reading_of(tmp_path / "b.json", json.dumps(rows)).batch.reviews["rating"].tolist() == [5.0]


def test_every_form_and_kind_is_in_the_guide_to_formats():
    guide = FORMATS.read_text(encoding="utf-8")
    names = [*(form.name for form in fields.forms()), *ingest.READERS, *ingest.OPENERS]
    assert [name for name in names if f"`{name}`" not in guide] == []


def test_every_golden_folder_is_in_the_guide_to_formats():
    guide = FORMATS.read_text(encoding="utf-8")
    folders = [one.name for one in GOLDEN.iterdir() if one.is_dir() and not one.name.startswith(("page_", "pasted_"))]
    assert [name for name in sorted(folders) if f"`{name}`" not in guide] == []
