"""The benchmarks' own parts: what they plant is what they say they plant."""

import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from reviewpipe import config, ingest, themes

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import bench
import duplicates
import invented
import plan
import spoilt
import stock
import timing


def test_invented_reviews_are_the_same_each_time_and_all_different():
    rows = [invented.row(number) for number in range(300)]
    assert rows == [invented.row(number) for number in range(300)]
    for column in ("Review ID", "Author", "Review"):
        at = invented.HEADER.index(column)
        assert len({row[at] for row in rows}) == len(rows)
    assert len({invented.author(number) for number in range(100_000)}) == 100_000


def test_each_kind_of_spoilt_row_is_planted_as_often_as_the_others():
    size = 10 * len(spoilt.KINDS)
    expected = spoilt.expected(0, size * 2, 0.5)
    assert expected[spoilt.TWICE] == expected[spoilt.EDITED] == expected[spoilt.AHEAD] == 10
    assert spoilt.expected(0, size, 0.0) == {spoilt.READ: size}


def test_what_must_be_refused_is_refused_for_its_reason(tmp_path):
    size = 10 * len(spoilt.KINDS)
    path = tmp_path / "data" / "raw" / "reviews.csv"
    invented.write(path, spoilt.rows(0, size, 0.5))
    batch = ingest.read(path, config.load(tmp_path), as_of=date(2026, 11, 1)).batch
    expected = spoilt.expected(0, size, 0.5)
    read = sum(expected.pop(name) for name in spoilt.KEPT)
    assert Counter(one.reason for one in batch.rejects) == expected
    assert len(batch.reviews) == read


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("pain ... gone", "my pain is at last gone."),
        ("was? gone", "it was gone"),
        ("<body> ... better", "her neck feels better"),
        ("back|neck pain", "that neck-pain"),
    ],
)
def test_a_phrase_as_anexpression(phrase, said):
    import re

    pattern = stock.expression(phrase, themes.load().words)
    assert re.search(pattern, said)
    assert not re.search(pattern, "nothing of the kind")


def test_worse_is_what_leaves_the_spread():
    written = {"run": [0.9, 1.0, 1.2], "page": [1.0, 1.0, 1.0]}
    assert bench.worse({"run": [1.2, 1.25, 1.3], "new": [9, 9, 9]}, written) == []
    assert len(bench.worse({"run": [1.3, 1.31, 1.4], "page": [1, 1.1, 2]}, written)) == 2


def test_a_process_that_fails_ends_the_benchmark_with_what_it_said():
    with pytest.raises(SystemExit, match="no such thing"):
        timing.run("-c", "raise SystemExit('no such thing')")
    assert timing.run("-c", "print(6 * 7)").said == "42\n"


def test_copies_are_changed_as_they_say():
    from random import Random

    dice = Random(1)  # noqa: S311  no secret is made of it
    text = " ".join(invented.text(number) for number in range(2))
    assert sum(a != b for a, b in zip(text, duplicates.slip(text, dice), strict=True)) == 2
    changed = zip(text.split(), duplicates.three_words(text, dice).split(), strict=True)
    assert 1 <= sum(a != b for a, b in changed) <= 3
    assert duplicates.other_half(text, dice).startswith(text[: len(text) // 3])
    assert duplicates.copy(0, "slip")[1] != invented.row(0)[1]


def test_the_sampler_names_what_was_at_work(tmp_path):
    import json

    (tmp_path / "data" / "raw").mkdir(parents=True)
    timing.run(Path(bench.__file__).with_name("sampled.py"), tmp_path / "shares.json", "--help")
    shares = json.loads((tmp_path / "shares.json").read_text(encoding="utf-8"))
    assert all(0 <= part <= 1 for both in shares.values() for part in both)


def test_the_plan_follows_its_constants():
    constants = plan.with_words(["core=36", "cores=10", "write=3.6", "bands=2", "chance=1e-6"])
    assert plan.hours(10**9, constants) == pytest.approx(1.0)
    assert plan.writer_hours(10**9, constants) == pytest.approx(1.0)
    assert plan.compared(10**6, constants) == pytest.approx(1.0)
    with pytest.raises(SystemExit, match="cores"):
        plan.with_words(["kernels=3"])
