import sqlite3
import stat

import pandas as pd
import pytest

from reviewpipe.errors import StoreError
from reviewpipe.schema import Reject, ThemeHit, Verdict, columns_after
from reviewpipe.store import Counts, FileNote, Finished, Store


def row(key, text="It helped my hip.", **values):
    base = dict.fromkeys(columns_after("sentiment"))
    base |= {
        "source": "google",
        "visibility": "public",
        "date_precision": "day",
        "posted_on": "2026-05-04",
        "truncated": False,
    }
    base |= {"row": 1, "review_key": key, "person": "p1", "words": f"w:{text}", "text": text, "rating": 5.0}
    return base | {"score": 0.8, "sentiment": "positive", "language": "en"} | values


def finished(*rows, themes=None, names=()):
    return Finished(pd.DataFrame(list(rows), dtype=object), themes or [()] * len(rows), set(names))


def keep(store, what, digest="d1"):
    with store.transaction():
        return store.save(what, digest)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "processed" / "reviews.db") as opened:
        yield opened


def test_the_file_is_the_owners_alone(store):
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_saving_twice_is_saving_once(store):
    assert keep(store, finished(row("a"), row("b", "Other words."))) == Counts(2, 2, 0, 0, 0)
    assert keep(store, finished(row("a"), row("b", "Other words."))) == Counts(2, 0, 0, 2, 0)
    assert len(store.reviews()) == 2


def test_the_same_words_of_the_same_person_in_two_places_are_one_review(store):
    keep(store, finished(row("a")))
    assert keep(store, finished(row("b", source="website"))) == Counts(1, 0, 0, 1, 0)
    assert [review.places for review in store.reviews()] == [("google", "website")]
    assert keep(store, finished(row("c", person="p2"))).new == 1
    assert keep(store, finished(row("d", text=None, words=None))).new == 1, "star-only reviews are no twins"


def test_an_edited_review_is_a_new_version_of_the_same(store):
    keep(store, finished(row("a"), themes=[[ThemeHit("pain_relief", "positive", 0, 5)]]))
    changed = row("a", "It came back.", rating=2.0, sentiment="negative", score=-0.5)
    assert keep(store, finished(changed)) == Counts(1, 0, 1, 0, 0)
    (review,) = store.reviews()
    assert (review.text, review.rating, review.sentiment, review.themes) == ("It came back.", 2.0, "negative", ())
    with sqlite3.connect(store.path) as direct:
        assert direct.execute("SELECT text, rating FROM versions").fetchall() == [("It helped my hip.", 5.0)]
    direct.close()


def test_a_new_reply_is_no_edit_and_an_excerpt_never_replaces_the_whole(store):
    keep(store, finished(row("a")))
    assert keep(store, finished(row("a", reply="Thank you!"))).duplicate == 1
    assert keep(store, finished(row("a", "It helped…", truncated=True))).duplicate == 1
    (review,) = store.reviews()
    assert (review.text, review.reply) == ("It helped my hip.", "Thank you!")


def test_nothing_is_kept_of_a_transaction_that_fails(store):
    what = finished(row("a"), row("b", source={}), names=[("f1", 1)])  # a dict is no value for a cell
    with pytest.raises(StoreError):
        keep(store, what)
    assert store.reviews() == []
    assert store.names() == []


def test_the_ledger_and_the_rejects(store):
    with store.transaction():
        store.note(
            FileNote("d1", "google/reviews.json", "google", "google_takeout", Counts(3, 2, 0, 0, 1)),
            [Reject(3, "no date")],
        )
    store.note_failures({"yelp/broken.json": "not JSON"})
    assert store.digests() == {"d1"}
    assert store.files()[0].counts == Counts(3, 2, 0, 0, 1)
    assert [(r.path, r.row, r.reason) for r in store.rejects()] == [
        ("google/reviews.json", 3, "no date"),
        ("yelp/broken.json", None, "not JSON"),
    ]
    store.note_failures({})
    assert len(store.rejects()) == 1


def test_cells_count_every_review_once(store):
    hits = [
        [ThemeHit("pain_relief", "positive", 0, 5), ThemeHit("pain_relief", "negative", 6, 9)],
        [
            ThemeHit("chiropractor_comparison", "positive", 0, 5, "favours_us"),
            ThemeHit("pain_relief", "positive", 0, 5),
        ],
        [],
    ]
    rows = [
        row("a"),
        row("b", "b", posted_on="2026-06-01"),
        row("c", "c", posted_on=None, sentiment="unscored", score=None),
    ]
    keep(store, finished(*rows, themes=hits))
    assert sum(cell.count for cell in store.cells()) == 3
    assert {(c.month, c.theme, c.polarity, c.direction, c.count) for c in store.theme_cells()} == {
        ("2026-05", "pain_relief", "mixed", None, 1),
        ("2026-06", "pain_relief", "positive", None, 1),
        ("2026-06", "chiropractor_comparison", "positive", "favours_us", 1),
    }


def test_reviews_come_newest_first_and_can_be_bounded(store):
    days = ["2026-05-04", None, "2026-07-01", "2026-06-10"]
    keep(store, finished(*(row(f"k{n}", f"text {n}", posted_on=day) for n, day in enumerate(days))))
    assert [r.posted_on for r in store.reviews()] == ["2026-07-01", "2026-06-10", "2026-05-04", None]
    assert [r.posted_on for r in store.reviews(since="2026-05-05", until="2026-07-01")] == ["2026-06-10"]
    assert len(store.reviews(limit=2)) == 2


def test_rewriting_replaces_verdict_themes_and_text(store):
    keep(store, finished(row("a"), themes=[[ThemeHit("harm", "negative", 0, 2)]]))
    with store.transaction():
        store.rewrite(
            {"a": Verdict("negative", -0.4)}, {"a": [ThemeHit("value", "negative", 1, 4)]}, {"a": "[NAME] helped."}
        )
    (review,) = store.reviews()
    assert (review.text, review.sentiment, review.themes[0].theme) == ("[NAME] helped.", "negative", "value")


def test_a_damaged_or_newer_store_is_refused_with_the_next_step(tmp_path):
    (tmp_path / "reviews.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "reviews.db")
    with Store.open(tmp_path / "newer.db") as store:
        store.set_meta("schema_version", "99")
    with pytest.raises(StoreError, match="Update reviewpipe"):
        Store.open(tmp_path / "newer.db")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreError, match="permissions"):
        Store.open(tmp_path / "folder.db")


def test_a_sound_store_says_so(store):
    keep(store, finished(row("a")))
    assert store.soundness() == []
