import csv
import json
import os
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime

import pytest

from reviewpipe import config, ingest, pipeline, publish
from reviewpipe.anonymise import Key, answers
from reviewpipe.execute import EXECUTORS
from reviewpipe.store import Counts, Store
from sample import ROOT, SAMPLE, assert_none_of, rows_of

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
    assert summary.as_dict()["failed_files"] == 1


def test_no_name_is_in_the_pages_of_the_sample(sample, tmp_path):
    copy = config.load(shutil.copytree(sample[0].folder, tmp_path / "copy"))
    for path in publish.pages(copy, NOW.date()):
        assert_none_of(EXPECTED["authors"] + EXPECTED["identifiers"], path.read_text(encoding="utf-8"))


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
    assert (again.problems, again.still_unread) == ((), 1), "a broken file is told once and counted from then on"


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


def test_nearly_equal_words_meet_though_their_marks_were_made_in_another_way(project):
    """By an older version of the program, or with a key that was replaced."""
    said = "After three visits my shoulder moves again and I can lift my little nephew without a second thought"
    raw = project / "data" / "raw"
    (raw / "one.csv").write_text(f"date,client,comment\n2026-08-03,Wanda Q.,{said}\n", encoding="utf-8")
    settings = config.load(project)
    pipeline.run(settings, NOW)
    with Store.open(settings.store) as store, store.transaction():
        (review,) = store.texts()
        store.remark({review[0]: "0000000000000001 0000000000000002"})
        store.set_meta(pipeline.MARKED, "another way")
    table = f"date,client,comment,platform\n2026-08-04,Wanda Quill,{said.replace('little', 'litle')},Yelp\n"
    (raw / "two.csv").write_text(table, encoding="utf-8")
    counts = pipeline.run(settings, NOW).counts
    assert (counts.new, counts.read) == (0, 1)
    before = rows_of(settings.store)
    pipeline.run(settings, NOW)
    assert rows_of(settings.store) == before


def test_growing_hidden_and_foreign_files_are_left_alone(project, tmp_path_factory):
    raw = project / "data" / "raw"
    outside = tmp_path_factory.mktemp("outside") / "private.csv"
    outside.write_text("date,comment\n", encoding="utf-8")
    (raw / "link.csv").symlink_to(outside)
    os.mkfifo(raw / "pipe.csv")
    for name in ("big.csv.part", ".hidden.csv", "x.crdownload", "y.csv", "y.csv.part"):
        (raw / name).write_text("date,comment\n", encoding="utf-8")
    summary = pipeline.run(config.load(project), NOW)
    assert [place for place, _ in summary.waiting] == ["big.csv.part", "x.crdownload", "y.csv", "y.csv.part"]
    assert [place for place, _ in summary.problems] == ["link.csv", "pipe.csv"]
    assert (summary.files, summary.counts) == (0, Counts())


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_run(project, monkeypatch):
    path = project / "data" / "raw" / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    read = ingest.read

    def and_grow(*arguments, **options):
        with path.open("a", encoding="utf-8") as file:
            file.write("2026-09-09,Odo P.,5,Calm and thorough\n")
        return read(*arguments, **options)

    monkeypatch.setattr(ingest, "read", and_grow)  # the file grows, as it would under a sync client
    first = pipeline.run(config.load(project), NOW)
    monkeypatch.undo()
    assert ([place for place, _ in first.waiting], first.counts) == (["a.csv"], Counts())
    assert pipeline.run(config.load(project), NOW).counts.new == 2


TABLE = "date,client,rating,comment\n2026-09-01,Ilka S.,5,My knee is fine now\n"


def test_two_broken_files_whose_names_are_hidden_are_two(project):
    for name in ("Quillan Ostrander.csv", "Petra Lindqvist.csv"):
        (project / "data" / "raw" / name).write_bytes(b"")
    summary = pipeline.run(config.load(project), NOW)
    assert [place for place, _ in summary.problems] == ["[NAME].csv", "[NAME].csv"]


def test_a_changed_mapping_reads_its_files_again(project):
    folder = project / "data" / "raw" / "frontdesk"
    folder.mkdir()
    rows = [f"2026-09-0{n},Ilka S.,internal {n},My knee is fine now after visit {n}" for n in range(1, 6)]
    (folder / "a.csv").write_text("\n".join(["day,who,comment,remarks", *rows]) + "\n", encoding="utf-8")
    first = pipeline.run(config.load(project), NOW)
    settings = '[sources.frontdesk]\ncolumns = { text = "remarks" }\n'
    (project / "reviewpipe.toml").write_text(settings, encoding="utf-8")
    second = pipeline.run(config.load(project), NOW)
    assert (first.counts.new, second.again, second.counts.read) == (5, 1, 5)
    with Store.open(config.load(project).store) as store:
        assert {review.text for review in store.reviews()} == {
            f"My knee is fine now after visit {n}" for n in range(1, 6)
        }
    assert pipeline.run(config.load(project), NOW).counts == Counts()


PAGES, PER_PAGE = 17, 3
STARS = {"FIVE": 5, "FOUR": 4, "TWO": 2}
REVIEWS = [
    {
        "reviewer": {"displayName": f"Person {chr(65 + n // 26)}{chr(97 + n % 26)}."},
        "starRating": list(STARS)[n % 3],
        "comment": f"Visit {n} helped {part} a lot, and room {n * n} was calm and warm all the time.",
        "createTime": f"2026-0{n % 9 + 1}-11T09:{n:02d}:05.02939{n % 10}Z",
        "updateTime": f"2026-0{n % 9 + 1}-1{n % 8 + 1}T09:{n:02d}:05.029392Z",
        "name": f"accounts/1/locations/2/reviews/Ci9{n}",
    }
    for n, part in enumerate(("my hip", "one knee", "neither foot") * PAGES)
]
FLAT = ["review_id", "reviewer_name", "star_rating", "comment", "create_time", "update_time"]


def as_takeout(folder, *, edited):
    """The pages of a Takeout folder; the second review as it was edited later, if so asked."""
    pages = [[dict(one) for one in REVIEWS[at : at + PER_PAGE]] for at in range(0, len(REVIEWS), PER_PAGE)]
    if edited:
        pages[0][1] |= {"comment": "It came back after a week, sadly.", "updateTime": "2026-09-01T08:00:00Z"}
    folder.mkdir(parents=True)
    for name, page in zip(
        ["reviews.json", *(f"reviews-ABH{n * 7919}.json" for n in range(1, PAGES))], pages, strict=True
    ):
        (folder / name).write_text(json.dumps({"reviews": page}), encoding="utf-8")


def as_table(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(FLAT)
        for one in REVIEWS:
            stars = STARS[one["starRating"]]
            author, review_id = one["reviewer"]["displayName"], one["name"].rpartition("/")[2]
            table.writerow([review_id, author, stars, one["comment"], one["createTime"], one["updateTime"]])


def reviews_of(settings):
    """The whole store but for its ledger and runs, which know what came first."""
    return rows_of(settings.store, but=("files", "runs"))


@pytest.mark.parametrize("edited", [False, True])
def test_a_takeout_folder_and_its_table_in_any_order_give_the_same_store(project, edited):
    raw, other = project / "data" / "raw", project / "aside"
    as_takeout(other / "takeout" / "location-2", edited=edited)
    as_table(other / "flat.csv")
    dumps = []
    for names in (["takeout", "flat.csv"], ["flat.csv", "takeout"], [("takeout", "flat.csv")]):
        for batch in names:
            for name in [batch] if isinstance(batch, str) else batch:
                shutil.copytree(other / name, raw / name) if name == "takeout" else shutil.copy2(
                    other / name, raw / name
                )
            pipeline.run(config.load(project), NOW)
        dumps.append(reviews_of(config.load(project)))
        shutil.rmtree(raw)
        shutil.rmtree(config.load(project).store.parent)
        raw.mkdir()
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["reviews"]) == len(REVIEWS)


def test_answers_and_staff_change_the_texts_that_are_there(project):
    (project / "data" / "raw" / "desk.csv").write_text(
        "date,client,rating,comment\n2026-08-03,Wanda Q.,5,We met Quillfeather and Marisol and my shoulder is free\n",
        encoding="utf-8",
    )

    def text():
        pipeline.run(config.load(project), NOW)
        with Store.open(project / "data" / "processed" / "reviews.db") as store:
            return store.reviews()[0].text

    assert text() == "We met [NAME] and [NAME] and my shoulder is free"
    settings = config.load(project)
    answers.record(settings, Key.load_or_create(settings.key_file), {"Quillfeather": False})
    assert text() == "We met Quillfeather and [NAME] and my shoulder is free"
    (project / "reviewpipe.toml").write_text('[[staff]]\nname = "Marisol Vega"\n', encoding="utf-8")
    assert text() == "We met Quillfeather and [THERAPIST] and my shoulder is free"
    (project / "data" / "raw" / "desk.csv").unlink()
    (project / "reviewpipe.toml").write_text('[[staff]]\nname = "Quillfeather"\n', encoding="utf-8")
    assert text() == "We met [THERAPIST] and [THERAPIST] and my shoulder is free"  # there is no file to read again
