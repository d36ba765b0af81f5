"""Numbers of a small store, worked out with paper and pencil, and what must hold of the numbers of any store."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewpipe import metrics
from reviewpipe.metrics import Period, Share
from reviewpipe.metrics.overview import POLARITIES, SENTIMENTS
from reviewpipe.metrics.texts import Named
from reviewpipe.schema import Cell, Review, ThemeCell, ThemeHit, months_between

# Fifteen reviews.  The period is October 2026, before it September; the year runs from November 2025.
#
#   n  month    source   mood      stars
#   4  2026-10  google   positive  5
#   1  2026-10  google   negative  1
#   1  2026-10  yelp     mixed     3
#   2  2026-09  google   positive  4
#   1  2026-09  yelp     negative  none
#   1  2025-11  survey   neutral   2        happy words are not there, two stars are: unhappy
#   2  2025-10  google   positive  5        before the year
#   1  2026-11  google   positive  5        after the period
#   1  undated  website  positive  none
#   1  undated  website  unscored  none     in Spanish
CELLS = [
    Cell("2026-10", "google", "positive", 5.0, "en", 4),
    Cell("2026-10", "google", "negative", 1.0, "en", 1),
    Cell("2026-10", "yelp", "mixed", 3.0, "en", 1),
    Cell("2026-09", "google", "positive", 4.0, "en", 2),
    Cell("2026-09", "yelp", "negative", None, "en", 1),
    Cell("2025-11", "survey", "neutral", 2.0, "en", 1),
    Cell("2025-10", "google", "positive", 5.0, "en", 2),
    Cell("2026-11", "google", "positive", 5.0, None, 1),
    Cell(None, "website", "positive", None, "en", 1),
    Cell(None, "website", "unscored", None, "es", 1),
]
THEMES = [
    ThemeCell("2026-10", "manner", "positive", None, 3),
    ThemeCell("2026-10", "manner", "negative", None, 1),
    ThemeCell("2026-09", "manner", "mixed", None, 1),
    ThemeCell(None, "manner", "positive", None, 1),
    ThemeCell("2026-10", "chiropractor_comparison", "positive", "favours_us", 2),
    ThemeCell("2025-10", "chiropractor_comparison", "neutral", "neutral", 1),
    ThemeCell("2026-09", "value", "negative", None, 3),
    ThemeCell("2025-11", "value", "positive", None, 2),
]
OCTOBER = Period("2026-10", "2026-10")


@pytest.fixture(scope="module")
def o():
    return metrics.overview(CELLS, THEMES, OCTOBER, unanswered={"2026-10": 2, "2026-09": 1, "2025-10": 4, None: 1})


def test_numbers_of_the_whole_store(o):
    # 4+1+1+2+1+1+2+1+1+1 = 15; two undated; one unscored; without stars 1 (September) + 2 (undated); one in November.
    assert (o.held, o.undated, o.unscored, o.unrated, o.after) == (15, 2, 1, 3, 1)
    assert o.languages == {"es": 1}


def test_numbers_of_reviews(o):
    # October 6 in 31 days; September 3 in 30; lately 6 + 3 + 1 (November 2025) + 2 undated = 12 in 365 days.
    assert o.volume.now == Share(6, 31)
    assert o.volume.before == Share(3, 30)
    assert o.volume.lately == Share(12, 365)


def test_the_average_rating(o):
    # Stars become (stars - 1) / 4.  October: 4 times 1, once 0, once 1/2 = 4.5 of 6, or 1 + 4 * 4.5 / 6 = 4.0 stars.
    assert o.rating.now == Share(4.5, 6)
    assert metrics.words.stars(o.rating.now) == "4.0"
    # September: 2 times 3/4 = 1.5 of 2.  Lately also two stars, 1/4, of November 2025: 6.25 of 9.
    assert o.rating.before == Share(1.5, 2)
    assert o.rating.lately == Share(6.25, 9)


def test_positive_and_unhappy(o):
    # October: 4 of 6; September: 2 of 3; lately 4 + 2 + 0 + 1 = 7 of the 11 that were scored.
    assert (o.positive.now, o.positive.before, o.positive.lately) == (Share(4, 6), Share(2, 3), Share(7, 11))
    # October: the one star; September: the negative words; November 2025: the two stars.  Scored or rated are 11.
    assert (o.unhappy.now, o.unhappy.before, o.unhappy.lately) == (Share(1, 6), Share(1, 3), Share(3, 11))


def test_what_waits_for_an_answer(o):
    # October 2, September 1; lately 2 + 1 + 1 undated, as October 2025 is too old.
    assert (o.unanswered.now.part, o.unanswered.before.part, o.unanswered.lately.part) == (2, 1, 4)
    assert o.unanswered.verdict == "few"  # three in all


def test_the_interval_of_four_of_six(o):
    # Wilson with z = 1.96, z² = 3.8415: middle (4/6 + 3.8415/12) / (1 + 3.8415/6) = 0.98679 / 1.64025 = 0.60161;
    # reach 1.96 √(4/6 · 2/6 / 6 + 3.8415/144) / 1.64025 = 1.96 · √0.063714 / 1.64025 = 0.49474 / 1.64025 = 0.30163.
    assert o.positive.now.interval() == pytest.approx((0.29998, 0.90324), abs=2e-4)


def test_months(o):
    # From October 2025 to November 2026 there are 14, of which only five hold reviews.
    assert [(m.month, m.total) for m in o.months if m.total] == [
        ("2025-10", 2),
        ("2025-11", 1),
        ("2026-09", 3),
        ("2026-10", 6),
        ("2026-11", 1),
    ]
    assert len(o.months) == 14


def test_themes(o):
    rows = {row.theme: row for row in o.themes}
    # Manner: October 4 of 6, September 1 of 3, lately 4 + 1 + 1 undated = 6 of 12; 4 praise, 1 + 1 complain.
    manner = rows["manner"]
    assert (manner.mentions.now, manner.mentions.before, manner.mentions.lately) == (
        Share(4, 6),
        Share(1, 3),
        Share(6, 12),
    )
    assert (manner.positive, manner.complained) == (Share(4, 6), Share(2, 6))
    # Value: 3 + 2 = 5 of 12; 2 praise, 3 complain.  The comparison of October 2025 is too old.
    assert (rows["value"].mentions.lately, rows["value"].complained) == (Share(5, 12), Share(3, 5))
    assert (o.favours_us, [row.theme for row in o.themes]) == (
        Share(2, 2),
        ["manner", "value", "chiropractor_comparison"],
    )
    # Of manner only two complain, fewer than three; of value three of five do.
    assert o.least_liked.theme == "value"


def test_sources(o):
    # Google: 4 + 1 + 2 + 2 + 1 = 10, lately 4 + 1 + 2 = 7, of which 6 positive; stars 4 + 0 + 1.5 = 5.5 of 7.
    first = o.sources[0]
    assert (first.source, first.held, first.count, first.positive, first.rating) == (
        "google",
        10,
        7,
        Share(6, 7),
        Share(5.5, 7),
    )
    assert [row.source for row in o.sources] == ["google", "website", "yelp", "survey"]


def spoken(number, text, sentiment="positive", themes=()):
    return Review(
        f"r{number}",
        "google",
        "public",
        "2026-10-01",
        "day",
        5.0,
        None,
        "en",
        text,
        None,
        False,
        0.5,
        sentiment,
        themes=themes,
    )


def test_who_is_named_and_what_was_hidden():
    held = [
        spoken(1, "[THERAPIST] and [THERAPIST] helped."),
        spoken(2, "[THERAPIST] was late.", "negative"),
        spoken(3, "Maria and [NAME] wrote to [EMAIL]."),
        spoken(4, "Marianne is not she."),
        spoken(5, None),
    ]
    found = metrics.texts(held, ["Maria", "[THERAPIST]"], 5)
    # [THERAPIST] in 2 reviews, one of them positive; Maria in one, as Marianne is another word.
    assert found.staff == [Named("[THERAPIST]", 2, Share(1, 2)), Named("Maria", 1, Share(1, 1))]
    assert found.hidden == {"[THERAPIST]": 3, "[EMAIL]": 1, "[NAME]": 1}
    assert found.looked_at == 4


def test_words_that_no_theme_covers():
    # Each of 30 reviews has a sentence with a theme and one without; "parking" stands only in those without.
    text = "The massage loosened everything there. The parking was everything but easy there."
    held = [spoken(n, text, themes=(ThemeHit("pain_relief", "positive", 0, 20),)) for n in range(30)]
    words = dict(metrics.texts(held, [], 5).uncovered)
    assert words["parking"] == 30
    assert "massage" not in words
    assert "there" not in words  # in both sentences alike
    assert metrics.texts(held[:4], [], 5).uncovered == []


months = st.none() | st.sampled_from(months_between("2024-06", "2026-12"))
stars = st.none() | st.sampled_from([1.0, 2.0, 3.5, 4.0, 5.0])
cells = st.lists(
    st.builds(
        Cell, months, st.sampled_from(["google", "yelp", "survey"]), st.sampled_from(SENTIMENTS), stars,
        st.sampled_from([None, "en", "es"]), st.integers(1, 40),
    ),
    max_size=25,
)  # fmt: skip
theme_cells = st.lists(
    st.builds(ThemeCell, months, st.sampled_from("abc"), st.sampled_from(POLARITIES), st.none(), st.integers(1, 9)),
    max_size=15,
)
periods = st.builds(
    lambda first, more: Period(first, months_between(first, "2027-12")[more]),
    st.sampled_from(months_between("2024-01", "2026-12")),
    st.integers(0, 11),
)


def possible(held, told):
    """Those of `told` that a store of `held` may have: no month has more reviews of a theme than reviews."""
    room = {theme: Counter() for theme in "abc"}
    for cell in held:
        for counts in room.values():
            counts[cell.month] += cell.count
    kept = []
    for cell in told:
        if cell.count <= room[cell.theme][cell.month]:
            room[cell.theme][cell.month] -= cell.count
            kept.append(cell)
    return kept


@settings(max_examples=200, deadline=None)
@given(cells, theme_cells, periods)
def test_parts_add_up_and_intervals_hold_their_share(held, told, period):
    told = possible(held, told)
    o = metrics.overview(held, told, period)
    total = sum(c.count for c in held)
    before = sum(c.count for c in held if c.month and c.month < period.first)
    assert o.volume.now.part + before + o.after + o.undated == o.held == total
    assert sum(source.held for source in o.sources) == o.held
    assert sum(source.count for source in o.sources) == o.lately
    shares = [part for c in (o.rating, o.positive, o.unhappy) for part in (c.now, c.before, c.lately)]
    shares += [part for row in o.themes for part in (row.positive, row.complained)]
    for share in shares:
        assert 0 <= share.part <= share.whole
        low, high = share.interval()
        assert 0 <= low <= high <= 1
        assert share.value is None or low - 1e-12 <= share.value <= high + 1e-12
    for row in o.themes:
        assert row.positive.part + row.complaints + row.polarity["neutral"] == row.positive.whole
        assert row.mentions.lately.part == row.positive.whole


@settings(max_examples=100, deadline=None)
@given(cells, periods)
def test_periods_share_out_the_store(held, period):
    """Every dated review lies in one of before, period, after and the rest; a year holds its months."""
    dated = [c for c in held if c.month]
    stretches = [period.before, period]
    for c in dated:
        where = [c.month in stretch for stretch in stretches] + [c.month < period.before.first, c.month > period.last]
        assert sum(where) == 1
    assert len(period.year.months) == max(12, len(period.months))
    assert period.before.months[-1] < period.months[0]
    assert metrics.overview(held, [], period).lately == sum(
        c.count for c in held if not c.month or c.month in period.year
    )


@settings(max_examples=100, deadline=None)
@given(cells, theme_cells, periods)
def test_what_may_be_shared_is_five_or_more(held, told, period):
    page = metrics.shared(metrics.View(metrics.overview(held, possible(held, told), period)))
    counts = [count for _, count in page.months] + [source.reviews for source in page.sources]
    assert all(count >= 5 for count in counts)
    assert all(rest == 0 or rest >= 5 for rest in (page.elsewhen, page.others))
    if page.reviews:
        assert page.elsewhen + sum(count for _, count in page.months) == page.reviews
        assert page.others + sum(source.reviews for source in page.sources) == page.reviews
