import sqlite3
import stat
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from reviewpipe.anonymise import Key, Known, likeness, name_fingerprints
from reviewpipe.errors import StoreError
from reviewpipe.schema import Label, Reject, ThemeHit, Verdict, columns_after
from reviewpipe.store import SAYINGS, SCHEMA_VERSION, Counts, Failure, FileNote, Finished, Store, Wording, in_memory
from sample import rows_of


def hashed(text):
    return text and "w" + sha256(text.encode()).hexdigest()[:12]


def row(key, text="It helped my hip.", **values):
    base = dict.fromkeys(columns_after("sentiment"))
    base |= {
        "source": "google",
        "visibility": "public",
        "date_precision": "day",
        "posted_on": "2026-05-04",
        "truncated": False,
    }
    base |= {"row": 1, "review_key": key, "person": "p1", "words": hashed(text), "text": text, "rating": 5.0}
    return base | {"score": 0.8, "sentiment": "positive", "language": "en"} | values


def finished(*rows, themes=None, names=()):
    return Finished(pd.DataFrame(list(rows), dtype=object), themes or [()] * len(rows), dict.fromkeys(names, b"abc"))


def keep(store, what, digest=None, rejects=(), **facts):
    """Save a file's rows with its ledger line, as a run does (every time another file); the counts."""
    digest = digest or f"file{len(store.files())}"
    note = FileNote(digest, f"{digest}.csv", "google", "google_takeout", **facts)
    with store.transaction():
        saved = store.save(what, note, rejects)
    counts = saved.note.counts
    return replace(counts, new=counts.new - saved.again, duplicate=counts.duplicate + saved.again)


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


def test_rows_of_one_file_that_are_one_review_are_counted_as_what_they_are(store):
    edited = row("a", "It helped my hip, and then my back.", updated_on="2026-06-01", row=2)
    twice = row("b", "Other words.", row=3), row("b", "Other words.", row=4)
    assert keep(store, finished(row("a"), edited, *twice)) == Counts(4, 2, 1, 1, 0)
    assert store.files()[0].counts == Counts(4, 2, 1, 1, 0)


def test_short_words_said_again_on_another_day_are_another_review(store):
    keep(store, finished(row("a", "Very good")))
    assert keep(store, finished(row("b", "Very good", posted_on="2026-06-08"))).new == 1
    assert keep(store, finished(row("c", "Very good", posted_on="2026-06-08T10:00:00+00:00"))).duplicate == 1
    assert (
        keep(store, finished(row("d", "Very good", posted_on="2026-07-01", date_precision="relative"))).duplicate == 1
    )
    assert keep(store, finished(row("e", "Very good", posted_on="2026-07-01", source="yelp"))).duplicate == 1


def test_an_edited_review_is_a_new_version_of_the_same(store):
    keep(store, finished(row("a"), themes=[[ThemeHit("pain_relief", "positive", 0, 5)]]))
    changed = row("a", "It came back.", rating=2.0, sentiment="negative", score=-0.5)
    assert keep(store, finished(changed), seen_on="2026-06-01") == Counts(1, 0, 1, 0, 0)
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
    assert list(store.names()) == []


def test_the_ledger_and_the_rejects(store):
    keep(store, finished(row("a"), row("b", "Other words.")), "d1", [Reject(3, "no date")])
    assert store.files()[0].counts == Counts(3, 2, 0, 0, 1)
    broken = Failure("yelp/broken.json", "not JSON", "d7", "s")
    empty = [Failure("[NAME].csv", "empty", one, "s") for one in ("d8", "d9")]
    photo = Failure("photo.jpg", "no reviews", "d10", "s", "no reviews")
    store.note_failures([broken, *empty, photo])
    assert sorted(map(repr, store.failures())) == sorted(map(repr, [broken, *empty, photo]))
    assert [(r.path, r.row, r.reason) for r in store.rejects()] == [
        ("d1.csv", 3, "no date"),
        ("[NAME].csv", None, "empty"),
        ("[NAME].csv", None, "empty"),
        ("yelp/broken.json", None, "not JSON"),
    ]
    store.note_failures([empty[0]], all_files=False)
    assert len(store.rejects()) == 4, "what was not looked at stays"
    store.note_failures([])
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
        store.rewrite({1: Verdict("negative", -0.4)}, {1: [ThemeHit("value", "negative", 1, 4)]})
        store.reword(SAYINGS[0], [Wording(1, ("[NAME] helped.", None), b"abc")])
    (review,) = store.reviews()
    assert (review.text, review.sentiment, review.themes[0].theme) == ("[NAME] helped.", "negative", "value")


def test_a_damaged_or_newer_store_is_refused_with_the_next_step(tmp_path):
    (tmp_path / "reviews.db").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreError, match="is damaged"):
        Store.open(tmp_path / "reviews.db")
    with Store.open(tmp_path / "newer.db") as store:
        store.set_meta("schema_version", "99")
    with pytest.raises(StoreError, match="Update reviewpipe"):
        Store.open(tmp_path / "newer.db")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreError, match="move it away"):
        Store.open(tmp_path / "folder.db")


def test_a_sound_store_says_so(store):
    keep(store, finished(row("a")))
    assert store.soundness() == []


def dump(store):
    """The whole store as SQL, but for the ledger, which knows which file came first."""
    with sqlite3.connect(store.path) as direct:
        lines = [line for line in direct.iterdump() if not line.startswith('INSERT INTO "files"')]
    direct.close()
    return lines


OLD = row("a", "It helped my hip.", updated_on="2026-05-04")
NEW = row("a", "It came back after a week.", rating=2.0, updated_on="2026-06-01")
BACK = row("a", "It helped my hip.", updated_on="2026-07-01")


@pytest.mark.parametrize("order", [(OLD, NEW, BACK), (BACK, NEW, OLD), (NEW, OLD, BACK), (BACK, OLD, NEW)])
def test_the_order_of_the_files_changes_nothing(tmp_path, order):
    days = {"2026-05-04": "f1", "2026-06-01": "f2", "2026-07-01": "f3"}
    with Store.open(tmp_path / "reviews.db") as store:
        for one in order:
            keep(store, finished(one), days[one["updated_on"]], seen_on=one["updated_on"])
        (review,) = store.reviews()
        assert review.text == "It helped my hip."
        with sqlite3.connect(store.path) as direct:
            assert direct.execute("SELECT text FROM versions").fetchall() == [("It came back after a week.",)]
        direct.close()


def test_without_a_date_of_the_edit_the_newer_file_wins(store):
    keep(store, finished(row("a", "New words.")), seen_on="2026-10-02T08:00:00+00:00")
    assert keep(store, finished(row("a", "Old words.")), seen_on="2026-09-01T08:00:00+00:00").duplicate == 1
    assert store.reviews()[0].text == "New words."


def test_a_better_date_is_learned_and_the_month_with_it(store):
    keep(
        store,
        finished(
            row("a", posted_on="2026-03-01", date_precision="month"), themes=[[ThemeHit("harm", "negative", 0, 2)]]
        ),
    )
    keep(store, finished(row("a", posted_on="2026-04-30T10:00:00+00:00", date_precision="second")))
    assert (store.reviews()[0].posted_on[:10], store.theme_cells()[0].month) == ("2026-04-30", "2026-04")


LONG = "After three visits my shoulder moves again and I can lift my little nephew without a second thought about it"


def marked(key, text, **values):
    return row(key, text, marks=likeness.marks([text], Key(b"k" * 32))[0], **values)


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ({}, {"text": LONG.replace("little", "litle"), "source": "website"}, True),
        ({}, {"text": LONG.replace("little", "litle"), "source": "website", "person": "p2"}, True),
        ({}, {"text": LONG.replace("little", "litle"), "person": "p2"}, False),  # two people, one source
        ({}, {"text": LONG.replace("little", "litle")}, True),  # the same person mended a slip
        ({}, {"text": LONG[:70] + "…", "truncated": True, "source": "yelp"}, True),
        ({"text": LONG[:70] + "…", "truncated": True}, {"source": "yelp"}, True),
        (
            {},
            {
                "text": LONG.replace("three visits", "nine long months").replace("nephew", "dog and two cats"),
                "source": "yelp",
            },
            False,
        ),
    ],
)
def test_nearly_the_same_words_are_one_opinion(store, first, second, one):
    keep(store, finished(marked("a", **({"text": LONG} | first))))
    keep(store, finished(marked("b", **({"text": LONG} | second))))
    assert len(store.reviews()) == (1 if one else 2)
    if one:
        assert store.reviews()[0].text in (LONG, LONG.replace("little", "litle"))
        assert not store.reviews()[0].truncated


def test_a_name_that_is_hidden_in_one_of_two_wordings_keeps_them_not_apart(store):
    keep(store, finished(marked("a", LONG.replace("visits", "[NAME]"))))
    assert keep(store, finished(marked("b", f"{LONG} Go see them."))).new == 0


def test_a_file_read_again_takes_back_what_it_no_longer_says(store):
    keep(store, finished(row("a"), row("b", "The wrong column.")), "d1")
    keep(store, finished(row("a")), "d2")
    assert keep(store, finished(row("c", "The right column."), row("a")), "d1") == Counts(2, 1, 0, 1, 0)
    assert sorted(r.text for r in store.reviews()) == ["It helped my hip.", "The right column."]
    assert [note.counts.new for note in store.files()] == [1, 0]


def test_a_file_read_again_without_change_is_no_news_but_stays_the_one_that_brought_it(store):
    keep(store, finished(row("a"), row("b", "Other words.")), "d1")
    before = dump(store)
    assert keep(store, finished(row("a"), row("b", "Other words.")), "d1") == Counts(2, 0, 0, 2, 0)
    assert dump(store) == before
    assert store.files()[0].counts == Counts(2, 2, 0, 0, 0)


def export(*keys):
    return finished(*(row(key, f"Words of {key}.", posted_on=f"2026-0{n}-01") for n, key in enumerate(keys, 1)))


def vanished(store):
    with sqlite3.connect(store.path) as direct:
        found = direct.execute("SELECT review_key, vanished FROM places WHERE vanished IS NOT NULL").fetchall()
    direct.close()
    return dict(found)


def test_a_review_missing_in_the_newest_export_is_marked_and_stays(store):
    keep(store, export("a", "b", "c"), export="first", seen_on="2026-09-01")
    later = finished(
        *(
            row(key, f"Words of {key}.", posted_on=day)
            for key, day in [("a", "2026-01-01"), ("c", "2026-03-01"), ("d", "2026-09-20")]
        )
    )
    keep(store, later, "d2", export="second", seen_on="2026-10-01")
    assert store.mark_vanished() == 1
    assert vanished(store) == {"b": "2026-10-01"}
    assert store.vanished() == 1
    assert {review.review_id: review.vanished for review in store.reviews()}["b"] == "2026-10-01"
    assert len(store.reviews()) == 4
    back = finished(
        *(
            row(key, f"Words of {key}.", posted_on=day)
            for key, day in [("a", "2026-01-01"), ("b", "2026-02-01"), ("c", "2026-03-01"), ("e", "2026-10-20")]
        )
    )
    keep(store, back, "d3", export="third", seen_on="2026-11-01")
    assert store.mark_vanished() == 1
    assert vanished(store) == {"d": "2026-11-01"}


def test_another_location_or_a_part_of_the_pages_makes_nothing_vanish(store):
    keep(store, export("a", "b", "c"), export="first", seen_on="2026-09-01")
    keep(store, export("x", "y", "z"), "d2", export="other location", seen_on="2026-10-01")
    keep(
        store,
        finished(row("c", "Words of c.", posted_on="2026-03-01")),
        "d3",
        export="newest page",
        seen_on="2026-11-01",
    )
    assert store.mark_vanished() == 0


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    path = tmp_path / "reviews.db"
    first = sqlite3.connect(path)
    first.executescript((Path(__file__).parent / "cases" / "store_1.sql").read_text(encoding="utf-8"))
    first.close()
    with Store.open(path) as store:
        assert store.meta("schema_version") == SCHEMA_VERSION
        assert [note.settings for note in store.files()] == [""]  # to be read again
        keep(store, finished(row("a"), row("b", "Other words.")), "d1")
        assert len(store.reviews()) == 2
        assert store.soundness() == []
    with Store.open(tmp_path / "fresh.db"):
        assert columns(path) == columns(tmp_path / "fresh.db")


def test_a_store_of_the_second_version_takes_labels(tmp_path):
    path = tmp_path / "reviews.db"
    second = sqlite3.connect(path)
    second.executescript((Path(__file__).parent / "cases" / "store_2.sql").read_text(encoding="utf-8"))
    second.close()
    with Store.open(path) as store:
        assert store.meta("schema_version") == SCHEMA_VERSION
        assert (store.meta("analysis"), len(store.files()), store.labels()) == ("of version 2", 1, [])
        assert label(store, said("a", pain_relief="absent"))
        assert {(r.review_id, r.sentiment, r.themes) for r in store.reviews()} == {
            ("a", "negative", ()),
            ("b", "mixed", ()),
        }
        assert store.theme_cells() == []
        assert store.soundness() == []
    with Store.open(tmp_path / "fresh.db"):
        assert columns(path) == columns(tmp_path / "fresh.db")


# Takes from a store what version 6 brought.
BEFORE_6 = (
    "ALTER TABLE reviews DROP COLUMN codes; ALTER TABLE reviews DROP COLUMN reply_codes;"
    "ALTER TABLE versions DROP COLUMN codes; DROP TABLE unswept; DROP INDEX names_of_more;"
)


def of_version_6(path, *changes):
    """A store of the sixth version, changed by scripts to one before it."""
    made = sqlite3.connect(path)
    made.executescript((Path(__file__).parent / "cases" / "store_6.sql").read_text(encoding="utf-8"))
    for one in changes:
        made.executescript(one)
    made.close()
    return path


def test_a_store_of_the_sixth_version_keeps_all_that_it_holds(tmp_path):
    """Two reviews, of which one stands in two places and the other was edited and labelled; a name; what was missing."""
    path, (one, other) = of_version_6(tmp_path / "reviews.db"), ("a" * 32, "b" * 32)
    with in_memory(path) as tried, Store.open(path) as store:
        for held in (tried, store):
            assert held.meta("schema_version") == SCHEMA_VERSION
            assert [(r.review_id, r.text, r.corrected) for r in held.reviews()] == [
                (one, "Other words.", False),
                (other, "It came back after a week.", True),
            ]
            assert [(r.places, r.vanished) for r in held.reviews()] == [
                (("google", "website"), None),
                (("google",), None),
            ]
            assert (held.meant("c" * 9), held.files_of([one])) == (one, ["d1.csv", "d3.csv"])
            assert sorted(held.names()) == sorted(name_fingerprints("Quorvath Bell", Key(bytes(range(32)))))
            assert Known(key=Key(bytes(range(32))), knows=held.knows).has("quorvath bell", 2)
            assert len(held.labels_by_key()) == 1
            assert held.soundness() == []
        again = row("b" * 32, "It came back after a week.", rating=2.0, updated_on="2026-06-01")
        assert keep(store, finished(again), "d2", seen_on="2026-06-02") == Counts(1, 0, 0, 1, 0)
        with store.transaction():
            store.forget([one, other])
        assert [table for table, rows in rows_of(path).items() if rows] == ["files", "forgotten", "meta", "names", "theme_counts", "unswept"]  # fmt: skip
    with Store.open(tmp_path / "fresh.db"):
        assert columns(path) == columns(tmp_path / "fresh.db")


def test_a_store_of_the_fourth_version_finds_its_broken_files_anew(tmp_path):
    path = of_version_6(
        tmp_path / "reviews.db",
        BEFORE_6,
        "DROP TABLE failures; CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL);"
        "INSERT INTO failures VALUES ('[NAME].csv', 'empty'); UPDATE meta SET value = '4' WHERE key = 'schema_version'",
    )
    with Store.open(path) as store:
        assert store.meta("schema_version") == SCHEMA_VERSION
        assert (len(store.files()), len(store.reviews()), store.failures()) == (3, 2, [])
        store.note_failures([Failure("[NAME].csv", "empty", "d8", "s")])
        assert store.soundness() == []
    with Store.open(tmp_path / "fresh.db"):
        assert columns(path) == columns(tmp_path / "fresh.db")


def columns(path):
    """Every table's columns, in whatever order."""
    with sqlite3.connect(path) as direct:
        tables = [
            name
            for (name,) in direct.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            )
        ]
        found = {name: {row[1] for row in direct.execute(f"PRAGMA table_info({name})")} for name in tables}
    direct.close()
    return found


def test_what_is_forgotten_leaves_no_trace_and_never_comes_back(store):
    keep(store, finished(row("a"), row("b", "Somebody else was here.", person="p2")), seen_on="2026-01-01")
    keep(store, finished(row("a", "It came back and I told nobody.")), seen_on="2026-02-01")
    keep(store, finished(row("c", "It came back and I told nobody.", source="website")))
    mine = store.reviews_of("p1")
    assert store.files_of(mine) == ["file0.csv", "file1.csv", "file2.csv"]
    with store.transaction():
        store.forget(mine)
    store.overwrite_freed_pages()
    content = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"came back" not in content
    assert b"helped my hip" not in content
    again = finished(
        row("a"), row("d", "It came back and I told nobody.", source="yelp"), row("e", "It helped my hip.", person="p3")
    )
    assert keep(store, again) == Counts(3, 1, 0, 0, 2)
    assert {r.text for r in store.reviews()} == {"Somebody else was here.", "It helped my hip."}
    assert store.soundness() == []


def said(review_id, sentiment="negative", **themes):
    return Label(review_id, sentiment, themes, labelled_on="2026-11-01")


def label(store, one, text="It helped my hip."):
    with store.transaction():
        return store.label(one, text)


PAIN = ThemeHit("pain_relief", "positive", 0, 5)


def test_a_label_overrides_the_machine_in_every_reading(store):
    keep(
        store,
        finished(row("a"), row("b", "Other words."), themes=[(PAIN, ThemeHit("value", "neutral", 0, 2)), (PAIN,)]),
    )
    assert label(store, said("a", pain_relief="absent", booking="mixed"))
    first, second = sorted(store.reviews(), key=lambda one: one.review_id)
    assert (first.sentiment, first.score, first.corrected) == ("negative", None, True)
    assert [(h.theme, h.polarity, h.start, h.end) for h in first.themes] == [
        ("value", "neutral", 0, 2),
        ("booking", "mixed", 0, 17),
    ]
    assert (second.sentiment, second.score, second.corrected) == ("positive", 0.8, False)
    assert {(c.sentiment, c.count) for c in store.cells()} == {("negative", 1), ("positive", 1)}
    assert {(c.theme, c.polarity, c.count) for c in store.theme_cells()} == {
        ("value", "neutral", 1),
        ("booking", "mixed", 1),
        ("pain_relief", "positive", 1),
    }


def test_cells_and_reviews_say_the_same_however_they_were_corrected(store):
    keep(store, finished(*(row(f"k{n}", f"Words {n}.", posted_on=f"2026-0{1 + n % 3}-01") for n in range(12)),
         themes=[(PAIN,) * (n % 2) for n in range(12)]))  # fmt: skip
    for n in range(0, 12, 2):
        themes = {"pain_relief": ("absent", "negative", "positive")[n % 3]}
        assert label(store, said(f"k{n}", ("mixed", "positive")[n % 4 // 2], **themes), f"Words {n}.")
    reviews = store.reviews()
    counted = Counter((r.posted_on[:7], r.sentiment) for r in reviews)
    assert {(c.month, c.sentiment): c.count for c in store.cells()} == counted
    themes = Counter((r.posted_on[:7], h.theme, h.polarity) for r in reviews for h in r.themes)
    assert {(c.month, c.theme, c.polarity): c.count for c in store.theme_cells()} == themes


def test_a_label_survives_new_files_scores_and_other_fields(store):
    keep(store, finished(row("a")), "d1")
    label(store, said("a"))
    keep(store, finished(row("a", rating=2.0, reply="Thank you.")), seen_on="2026-06-01")
    with store.transaction():
        store.rewrite({1: Verdict("mixed", 0.1)}, {1: (PAIN,)})
        store.reword(SAYINGS[0], [Wording(1, ("It helped [NAME].", None))])
    (review,) = store.reviews()
    assert (review.sentiment, review.rating, review.corrected) == ("negative", 2.0, True)
    assert [one.outdated for one in store.labels()] == [False]


def test_a_label_waits_for_a_review_that_is_read_no_more(store):
    keep(store, finished(row("a"), row("b", "Other words.")), "d1")
    label(store, said("a"))
    keep(store, finished(row("b", "Other words.")), "d1", settings="new")
    assert store.labels() == []
    keep(store, finished(row("a"), row("b", "Other words.")), "d1", settings="newer")
    assert [one.review_id for one in store.labels()] == ["a"]


def test_after_an_edit_the_label_is_kept_but_the_machine_judges(store):
    keep(store, finished(row("a")), seen_on="2026-05-05")
    label(store, said("a"))
    keep(store, finished(row("a", "It came back.", sentiment="mixed")), seen_on="2026-06-01")
    (review,) = store.reviews()
    assert (review.text, review.sentiment, review.corrected) == ("It came back.", "mixed", False)
    assert [one.outdated for one in store.labels()] == [True]
    assert store.soundness() == []


def test_a_label_is_refused_where_the_review_says_something_else_by_now(store):
    keep(store, finished(row("a")))
    assert not label(store, said("a"), "Other words.")
    assert not label(store, said("z"))
    assert store.labels() == []


def test_to_forget_a_review_is_to_forget_its_label(store):
    keep(store, finished(row("a")))
    label(store, said("a", pain_relief="absent"))
    with store.transaction():
        store.forget(["a"])
    with sqlite3.connect(store.path) as direct:
        for table in ("labels", "label_themes"):
            assert direct.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608  our table names
    direct.close()
