"""What fuzzing has found (tests/fuzz/targets.py), and what it begins with."""

import time
from pathlib import Path

import pytest

from fuzz.targets import GOLDEN, SECONDS, TARGETS, run

CASES = sorted((Path(__file__).parent / "fuzz" / "cases").glob("*/*"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once(path):
    start = time.process_time()
    run(path.parent.name, path.read_bytes())
    assert time.process_time() - start < SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_files_cut_short_and_mixed_up(name):
    for path in sorted(GOLDEN.glob("*/*")):
        content = path.read_bytes()
        for piece in (content[: len(content) // 2], content[len(content) // 3 :], content[::-1], content * 2):
            run(name, piece)
