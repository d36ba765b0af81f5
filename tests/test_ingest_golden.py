"""Every folder of golden/ with an expected.jsonl holds one invented file of a form and what must be read out of it.

A new form: put the file into a folder of its own and run `REWRITE_GOLDEN=1 pytest tests/test_ingest_golden.py`; then
read expected.jsonl line by line before you keep it.
"""

import json
import math
import os
from datetime import date
from pathlib import Path

import pytest

from reviewpipe import ingest
from reviewpipe.config import Config
from reviewpipe.errors import InputError
from reviewpipe.schema import problems

GOLDEN = Path(__file__).parent / "golden"
AS_OF = date(2026, 10, 31)


def inputs():
    # Pages and pasted texts have their own shorter expectations; see test_pages.py and test_pastes.py.
    folders = sorted(one for one in GOLDEN.iterdir() if one.is_dir() and not one.name.startswith(("page_", "pasted_")))
    mine = [(folder, [one for one in folder.iterdir() if one.name != "expected.jsonl"]) for folder in folders]
    return {folder.name: files[0] for folder, files in mine if len(files) == 1}


def as_lines(reading):
    """What is not null in each row, then the rejects, then the file as a whole."""
    rows = [
        {
            key: value
            for key, value in row.items()
            if value is not None and not (isinstance(value, float) and math.isnan(value))
        }
        for row in reading.batch.reviews.to_dict("records")
    ]
    rejects = [{"reject": reject.row, "reason": reject.reason} for reject in reading.batch.rejects]
    file = {"kind": reading.kind, "form": reading.form, "source": reading.source, "visibility": reading.visibility}
    return [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in [*rows, *rejects, file]]


def lines_of(path):
    try:
        reading = ingest.read(path, Config(), as_of=AS_OF)
    except InputError as problem:
        return [json.dumps({"refused": str(problem)}, ensure_ascii=False)]
    assert problems(reading.batch.reviews, "ingest") == []
    return as_lines(reading)


@pytest.mark.parametrize("name", inputs())
def test_golden(name):
    path = inputs()[name]
    expected = path.parent / "expected.jsonl"
    lines = lines_of(path)
    if os.environ.get("REWRITE_GOLDEN") and not expected.exists():
        expected.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == expected.read_text(encoding="utf-8").splitlines()
