import json
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime

import pytest

from reviewpipe import config, pipeline
from reviewpipe.execute import EXECUTORS
from reviewpipe.store import Counts, Store
from sample import ROOT, SAMPLE, assert_none_of

NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
EXPECTED = json.loads((ROOT / "tests" / "golden" / "sample_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample practice, read once for all tests of this file."""
    folder = tmp_path_factory.mktemp("practice")
    shutil.copytree(SAMPLE, folder / "data" / "raw" / "sample")
    shutil.copy(ROOT / "reviewpipe.toml", folder)
    settings = config.load(folder)
    return settings, pipeline.run(settings, NOW)


def test_the_sample_is_read_as_it_was_meant(sample):
    settings, summary = sample
    assert summary.files == EXPECTED["files"]
    assert len(summary.problems) == EXPECTED["failed_files"]
    # Three texts stand both on Google and on the web page: one opinion, two places.
    twins = len(EXPECTED["same_words_on_google_and_website"])
    assert summary.counts == Counts(
        EXPECTED["rows"],
        EXPECTED["new"] - twins,
        EXPECTED["edited"],
        EXPECTED["duplicate"] + twins,
        EXPECTED["rejected"],
    )
    with Store.open(settings.store) as store:
        reviews = store.reviews()
        assert sum(len(r.places) > 1 for r in reviews) == twins
        months = Counter(cell.month for cell in store.cells() for _ in range(cell.count) if cell.month)
    assert months == EXPECTED["dated reviews by month"]
    assert sum(bool(r.text) for r in reviews) == EXPECTED["reviews_with_text"] - twins


def test_the_numbers_add_up(sample):
    _, summary = sample
    c = summary.counts
    assert c.read == c.new + c.edited + c.duplicate + c.rejected
    assert json.loads(summary.as_json())["failed_files"] == 1


def test_no_name_is_in_the_store(sample):
    settings, _ = sample
    content = b"".join(path.read_bytes() for path in settings.store.parent.iterdir()).decode("utf-8", "replace")
    assert_none_of(EXPECTED["authors"] + EXPECTED["identifiers"], content)


def test_unhappy_reviews_are_found(sample):
    settings, _ = sample
    with Store.open(settings.store) as store:
        unhappy = sum(r.sentiment == "negative" for r in store.reviews())
    assert 0.6 * EXPECTED["unhappy_as_intended"] <= unhappy <= 1.5 * EXPECTED["unhappy_as_intended"]


def test_a_second_run_reads_nothing(sample):
    settings, first = sample
    again = pipeline.run(settings, NOW)
    assert again.counts == Counts()
    assert again.known == first.files - 1
    assert len(again.problems) == 1, "a broken file is told at every run"


@pytest.mark.parametrize("executor", ["processes", pytest.param("dask", marks=pytest.mark.slow)])
def test_every_executor_gives_the_same_store(sample, tmp_path, executor):
    settings, first = sample
    shutil.copytree(settings.raw, tmp_path / "data" / "raw")
    for name in ("reviewpipe.toml", "reviewpipe.key"):
        shutil.copy(settings.folder / name, tmp_path)
    other = config.load(tmp_path)
    assert pipeline.run(other, NOW, executor=executor).counts == first.counts
    assert set(EXECUTORS) >= {"serial", executor}
    dumps = []
    for one in (settings, other):
        with sqlite3.connect(one.store) as connection:
            dumps.append("\n".join(connection.iterdump()))
        connection.close()
    assert dumps[0] == dumps[1]


def test_a_name_that_becomes_known_later_is_hidden_in_older_texts(project):
    raw = project / "data" / "raw"
    head = "date,client,rating,comment\n"
    (raw / "a.csv").write_text(
        head + "2026-09-01,Ilka S.,5,My friend fjorba sent me here and my knee is fine now\n", encoding="utf-8"
    )
    settings = config.load(project)
    pipeline.run(settings, NOW)
    (raw / "b.csv").write_text(
        head + "2026-10-01,Fjorba Quist,4,Came on a whim and stayed for the quiet\n", encoding="utf-8"
    )
    pipeline.run(settings, NOW)
    with Store.open(settings.store) as store:
        older = store.reviews()[1]
    assert "fjorba" not in older.text.casefold()
    assert "my knee is fine now" in older.text


def test_a_changed_themes_file_scores_the_store_again(project):
    raw = project / "data" / "raw"
    (raw / "a.csv").write_text(
        "date,client,rating,comment\n2026-09-01,Ilka S.,5,The parrot in the hall is a treat.\n", encoding="utf-8"
    )
    pipeline.run(config.load(project), NOW)
    (project / "mine.toml").write_text(
        '[themes.parrot]\nlabel = "The parrot"\ndescription = "Our parrot."\nphrases = ["parrot"]\n', encoding="utf-8"
    )
    (project / "reviewpipe.toml").write_text('[themes]\nfile = "mine.toml"\n', encoding="utf-8")
    settings = config.load(project)
    assert pipeline.run(settings, NOW).counts == Counts()
    with Store.open(settings.store) as store:
        assert [hit.theme for hit in store.reviews()[0].themes if hit.theme == "parrot"] == ["parrot"]


def test_growing_hidden_and_foreign_files_are_left_alone(project, tmp_path_factory):
    raw = project / "data" / "raw"
    outside = tmp_path_factory.mktemp("outside") / "private.csv"
    outside.write_text("date,comment\n", encoding="utf-8")
    (raw / "link.csv").symlink_to(outside)
    for name in ("big.csv.part", ".hidden.csv", "x.crdownload"):
        (raw / name).write_text("date,comment\n", encoding="utf-8")
    assert pipeline.raw_files(raw) == []
