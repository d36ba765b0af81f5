import pandas as pd

from reviewpipe.schema import COLUMNS, STAGES, columns_after, months_between, problems


def table(stage, **values):
    row = dict.fromkeys(columns_after(stage))
    row |= {"source": "google", "visibility": "public", "date_precision": "none", "truncated": False, "row": 1}
    return pd.DataFrame([row | values], dtype=object)


def test_every_column_is_added_by_a_stage_and_says_what_it_means():
    for column in COLUMNS:
        assert column.added in STAGES
        assert column.meaning
        assert column.removed is None or STAGES.index(column.removed) > STAGES.index(column.added)


def test_names_and_ids_are_gone_after_anonymise():
    assert "author" in columns_after("clean")
    assert not {"author", "native_id"} & set(columns_after("anonymise"))


def test_a_sound_table_has_no_problems():
    assert problems(table("ingest"), "ingest") == []


def test_every_problem_is_reported_at_once_and_no_value_is_quoted():
    bad = table("ingest", source=None, visibility="secret-word").drop(columns="rating").assign(extra=1)
    found = problems(bad, "ingest")
    assert len(found) == 4
    assert "secret-word" not in " ".join(found)


def test_months_between():
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
