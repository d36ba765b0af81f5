"""What the store counts ahead or finds by index is what one would find by reading everything."""

import sqlite3
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from invented_reviews import theme_cells
from reviewpipe import metrics
from reviewpipe.schema import Label, ThemeHit
from reviewpipe.store import SCHEMA_VERSION, Store
from test_store import BEFORE_6, finished, keep, of_version_6, row

SAID = [
    (),
    (ThemeHit("manner", "positive", 0, 4),),
    (ThemeHit("manner", "positive", 0, 4), ThemeHit("manner", "negative", 5, 9)),
    (ThemeHit("value", "negative", 0, 4), ThemeHit("chiropractor_comparison", "positive", 5, 9, "favours_us")),
]


def some(dice, number):
    """A file of reviews of which some come again, with other words, dates, answers and themes."""
    keys = dice.sample("abcdefghijklmnop", number)
    rows = [
        row(
            key,
            f"{dice.choice(['Warm', 'Cold', 'Long'])} words of {key} about nothing much.",
            person=f"p{key}",
            posted_on=dice.choice([None, "2026-05-04", "2026-06-30"]),
            date_precision=dice.choice(["day", "month"]),
            visibility=dice.choice(["public", "private"]),
            sentiment=dice.choice(["positive", "negative"]),
            rating=dice.choice([None, 1.0, 5.0]),
            recommended=dice.choice([None, "no"]),
            reply=dice.choice([None, "Thank you."]),
            source=dice.choice(["google", "yelp"]),
        )
        for key in keys
    ]
    return finished(*rows, themes=[dice.choice(SAID) for _ in rows])


@pytest.mark.parametrize("seed", range(12))
def test_counts_follow_every_change(tmp_path, seed):
    dice = Random(seed)  # noqa: S311  no secret is made of it
    with Store.open(tmp_path / "reviews.db") as store:
        for number in range(6):
            keep(store, some(dice, dice.randint(1, 9)), f"file{dice.randint(0, 3)}", seen_on=f"2026-07-0{number + 1}")
            if store.reviews() and dice.random() < 0.5:
                chosen = dice.choice(store.reviews())
                with store.transaction():
                    if dice.random() < 0.4:
                        store.forget([chosen.review_id])
                    else:
                        said = {"manner": dice.choice(["absent", "negative"])}
                        store.label(Label(chosen.review_id, dice.choice(["negative", "positive"]), said), chosen.text)
            held = store.reviews()
            found = {(c.month, c.theme, c.polarity, c.direction): c.count for c in store.theme_cells()}
            assert found == {(c.month, c.theme, c.polarity, c.direction): c.count for c in theme_cells(held)}
            waiting = Counter(r.posted_on and r.posted_on[:7] for r in held if "unanswered" in metrics.reasons(r))
            assert store.unanswered() == waiting
            limited = [review for n in range(len(held) + 1) for review in store.reviews(limit=n)[-1:]]
            assert limited == held


def test_edited_and_vanished_reviews_by_day(tmp_path):
    with Store.open(tmp_path / "reviews.db") as store:
        keep(
            store,
            finished(
                row("a", "One.", updated_on="2026-06-02T10:00:00+00:00"),
                row("b", "Two.", updated_on="2026-05-04T10:00:00+00:00"),  # the day it was posted
                row("c", "Three.", updated_on="2026-06-20"),
                row("d", "Four."),
            ),
        )
        assert [r.review_id for r in store.edited("2026-06", "2026-06-32", 9)] == ["c", "a"]
        assert [r.review_id for r in store.edited("2026-06", "2026-06-32", 1)] == ["c"]
        assert store.edited("2026-05", "2026-05-32", 9) == []
        with store.transaction():
            store._all("UPDATE places SET vanished = '2026-07-01' WHERE review_key = 'd'")  # noqa: SLF001  as mark_vanished does
        assert [(r.review_id, r.vanished) for r in store.gone("2026-07", "2026-07-32", 9)] == [("d", "2026-07-01")]
        assert store.gone("2026-08", "2026-08-32", 9) == []
        assert store.vanished() == 1


def test_a_store_of_the_third_version_is_counted_once(tmp_path):
    one, other = "a" * 32, "b" * 32
    path = of_version_6(
        tmp_path / "reviews.db",
        "DELETE FROM label_themes; DELETE FROM labels; DELETE FROM themes;",
        f"INSERT INTO themes VALUES ('{one}', 'manner', 'positive', NULL, 0, 4, '2026-06'), "  # noqa: S608  our own words
        f"('{one}', 'manner', 'negative', NULL, 5, 9, '2026-06'), ('{other}', 'value', 'negative', NULL, 0, 4, '2026-05'), "
        f"('{other}', 'chiropractor_comparison', 'positive', 'favours_us', 5, 9, '2026-05');",
        BEFORE_6,
        "DROP TABLE theme_counts; DROP INDEX reviews_unanswered; DROP INDEX reviews_by_edit; DROP INDEX places_vanished;"
        "UPDATE meta SET value = '3' WHERE key = 'schema_version'",
    )
    with Store.open(path) as store:
        assert store.meta("schema_version") == SCHEMA_VERSION
        assert [(c.month, c.theme, c.polarity, c.direction, c.count) for c in store.theme_cells()] == [
            ("2026-05", "chiropractor_comparison", "positive", "favours_us", 1),
            ("2026-05", "value", "negative", None, 1),
            ("2026-06", "manner", "mixed", None, 1),
        ]
        keep(store, finished(row(other, "Other words.", rating=1.0, updated_on="2026-09-01")), "later")
        assert len(store.theme_cells()) == 1


def test_the_migration_makes_what_a_new_store_has(tmp_path):
    """Indexes and views are the same, whether the store is new or came from the first version."""
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript((Path(__file__).parent / "cases" / "store_1.sql").read_text(encoding="utf-8"))
    old.close()
    found = []
    for name in ("old.db", "new.db"):
        with Store.open(tmp_path / name):
            pass
        with sqlite3.connect(tmp_path / name) as direct:
            rows = direct.execute(
                "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND type IN ('index', 'view')"
            )
            found.append({name: " ".join(sql.split()) for name, sql in rows})
        direct.close()
    assert found[0] == found[1]


def slowness():
    """How many times as long as at rest this machine takes at the moment, by a loop that then takes 0.075 s."""
    from time import process_time

    start = process_time()
    sum(number * number for number in range(1_000_000))
    return max(1.0, (process_time() - start) / 0.075)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "seconds"), [(5_000, 1.5), (1_000_000, 5)])
def test_pages_of_a_large_store_come_soon_and_stay_small(tmp_path, number, seconds):
    import sys
    from datetime import date
    from time import process_time

    sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
    from big_store import make

    from reviewpipe import config, publish

    make(tmp_path, number)
    settings, today = config.load(tmp_path), date(2026, 11, 20)
    publish.dashboard_page(settings, today, None, "owner")  # imports
    for page in (publish.dashboard_page, publish.report_page):
        for edition in ("owner", "share"):
            start = process_time()
            path = page(settings, today, None, edition)
            taken = process_time() - start
            assert taken < 2 * seconds * slowness(), (page.__name__, edition)  # machines differ, and are shared
            assert path.stat().st_size < 6_000_000
