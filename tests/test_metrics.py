"""Numbers with their uncertainty, periods, and what is said of them."""

from datetime import date

import pytest

from invented_reviews import cells, review, reviews, theme_cells, view
from reviewpipe import metrics
from reviewpipe.errors import UsageError
from reviewpipe.metrics import Period, Share, attention, words
from reviewpipe.metrics.shares import compare, compare_counts, difference
from reviewpipe.schema import Cell, ThemeCell, ThemeHit
from reviewpipe.store import Counts, FileNote, FileReject


def cell(month="2026-10", sentiment="positive", rating=5.0, count=1, **values):
    return Cell(
        **{"source": "google", "language": "en"} | values, month=month, sentiment=sentiment, rating=rating, count=count
    )


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe 1998, table I: method 3, the score method.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_interval_as_published(part, whole, low, high):
    assert Share(part, whole).interval() == pytest.approx((low, high), abs=5e-5)


def test_difference_as_published():
    # Newcombe 1998 (two samples), table II: 56/70 against 48/80, method 10.
    assert difference(Share(56, 70), Share(48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((9, 10), (8, 10), "same"),
        ((20, 20), (8, 20), "up"),
        ((8, 20), (20, 20), "down"),
        ((4, 4), (0, 40), "few"),
        ((0, 0), (0, 0), "few"),
    ],
)
def test_change_of_a_share(now, before, verdict):
    assert compare(Share(*now), Share(*before), few=5) == verdict


def test_numbers_of_reviews_are_compared_by_the_day():
    assert compare_counts(Share(30, 31), Share(10, 30), few=5) == "up"
    assert compare_counts(Share(12, 31), Share(10, 30), few=5) == "same"
    assert compare_counts(Share(30, 92), Share(30, 31), few=5) == "down"
    assert compare_counts(Share(2, 31), Share(1, 30), few=5) == "few"


def test_mean_rating_of_equal_stars_is_not_certain():
    share = metrics.overview([cell(count=10)], [], Period("2026-10", "2026-10")).rating.now
    assert words.stars(share) == "5.0"
    assert words.stars_span(share) == "3.9–5.0"


@pytest.mark.parametrize(
    ("typed", "first", "last", "label", "before"),
    [
        ("2026-10", "2026-10", "2026-10", "October 2026", "2026-09"),
        ("2026-01", "2026-01", "2026-01", "January 2026", "2025-12"),
        ("2026-Q3", "2026-07", "2026-09", "July to September 2026", "2026-06"),
        ("2026", "2026-01", "2026-12", "January to December 2026", "2025-12"),
        ("2025-11..2026-02", "2025-11", "2026-02", "November 2025 to February 2026", "2025-10"),
    ],
)
def test_periods(typed, first, last, label, before):
    period = metrics.period(typed)
    assert (period.first, period.last, period.label, period.before.last) == (first, last, label, before)
    assert len(period.before.months) == len(period.months)
    assert metrics.period(period.name) == period


@pytest.mark.parametrize("typed", ["", "October", "2026-13", "2026-Q5", "2026-10..2026-01", "2026-10-01"])
def test_what_is_no_period_is_refused_with_examples(typed):
    with pytest.raises(UsageError, match="2026-Q3"):
        metrics.period(typed)


def test_last_full_month():
    today = date(2026, 11, 2)
    held = [cell("2026-11"), cell("2026-08"), cell("2026-05"), cell(None)]
    assert metrics.last_full_month(held, today).name == "2026-08"
    assert metrics.last_full_month([cell("2026-11"), cell(None)], today).name == "2026-10"
    assert metrics.last_full_month([], date(2026, 1, 31)).name == "2025-12"


def test_lately_is_a_year_and_the_undated():
    held = [cell(m) for m in ("2025-10", "2025-11", "2026-10", "2026-11", None)]
    o = metrics.overview(held, [], Period("2026-10", "2026-10"))
    assert (o.held, o.lately, o.undated, o.after, o.volume.now.part) == (5, 3, 1, 1, 1)


def test_every_number_adds_up():
    given = reviews()
    o = metrics.overview(cells(given), theme_cells(given), metrics.period("2026-10"))
    assert o.held == len(given) == sum(s.held for s in o.sources)
    assert sum(s.count for s in o.sources) == o.lately == o.positive.lately.whole + 1  # one is not scored
    assert sum(m.total for m in o.months) == o.held - o.undated
    for row in o.themes:
        assert sum(row.polarity.values()) == row.mentions.lately.part == row.positive.whole
    assert sum(o.directions.values()) == next(r for r in o.themes if "chiro" in r.theme).mentions.lately.part


def test_months_without_reviews_stand_between_those_with():
    o = metrics.overview([cell("2026-07"), cell("2026-10")], [], Period("2026-10", "2026-10"))
    assert [(m.month, m.total) for m in o.months] == [("2026-07", 1), ("2026-08", 0), ("2026-09", 0), ("2026-10", 1)]


def test_many_themes_need_a_stronger_change():
    held = [cell("2026-09", count=20), cell("2026-10", count=20)]
    told = [ThemeCell("2026-09", "booking", "negative", None, 2), ThemeCell("2026-10", "booking", "negative", None, 8)]
    others = [ThemeCell("2026-10", f"theme {n}", "positive", None, 5) for n in range(12)]
    alone = metrics.overview(held, told, Period("2026-10", "2026-10"))
    among = metrics.overview(held, told + others, Period("2026-10", "2026-10"))
    verdicts = [next(r.mentions.verdict for r in o.themes if r.theme == "booking") for o in (alone, among)]
    assert verdicts == ["up", "same"]


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({}, ()),
        ({"sentiment": "negative"}, ("unhappy", "unanswered", "disagrees")),
        ({"sentiment": "negative", "rating": None, "reply": "Thank you."}, ("unhappy",)),
        ({"rating": 2.0, "sentiment": "mixed", "visibility": "private"}, ("unhappy",)),
        ({"rating": 1.0}, ("unhappy", "unanswered", "disagrees")),
        ({"recommended": "no", "rating": None, "sentiment": "neutral"}, ("declines", "unanswered")),
        ({"themes": (ThemeHit("harm", "negative", 0, 4),)}, ("harm",)),
        ({"themes": (ThemeHit("harm", "positive", 0, 4),)}, ()),
    ],
)
def test_who_needs_attention(values, reasons):
    found = metrics.concerns([review(1, **values)])
    assert [c.reasons for c in found] == ([reasons] if reasons else [])


def test_harm_comes_first_then_what_stands_in_public_unanswered():
    harm = (ThemeHit("harm", "negative", 0, 4),)
    given = [
        review(1, visibility="private", sentiment="negative", rating=1.0),
        review(2, sentiment="negative", rating=1.0),
        review(3, sentiment="negative", rating=1.0, reply="Thank you."),
        review(4, themes=harm, reply="Thank you."),
        review(5, sentiment="negative", rating=1.0),
        review(6, themes=harm),
    ]
    assert [c.review.review_id[-1] for c in metrics.concerns(given)] == ["4", "6", "2", "5", "1", "3"]


def test_evidence_of_a_concern_is_what_complains():
    hits = [ThemeHit("harm", "neutral", 0, 4), ThemeHit("manner", "positive", 5, 7), ThemeHit("value", "mixed", 8, 9)]
    assert [hit.theme for hit in attention.evidence(review(1, themes=tuple(hits)))] == ["harm", "value"]


def test_unhappy_cards_and_unhappy_reviews_are_the_same():
    given = reviews()
    o = metrics.overview(cells(given), [], Period("2000-01", "2026-12"))
    assert o.unhappy.now.part == sum(
        "unhappy" in c.reasons for c in metrics.concerns([r for r in given if r.posted_on])
    )


def test_intake_counts_the_ledger():
    files = [
        FileNote("d1", "a.csv", "google", "csv", Counts(5, 3, 0, 1, 1)),
        FileNote("d2", "b.csv", "yelp", "csv", Counts(2, 2, 0, 0, 0)),
    ]
    rejects = [FileReject("a.csv", 4, "no text"), FileReject("c.pdf", None, "this is a PDF")]
    found = metrics.intake(files, rejects)
    assert (found.files, found.read, found.new, found.duplicate, found.rejected) == (2, 7, 5, 1, 1)
    assert (found.reasons, found.failed) == ({"no text": 1}, [("c.pdf", "this is a PDF")])


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 9, "0%"), (9, 9, "100%"), (1, 900, "1%"), (899, 900, "99%"), (1, 2, "50%"), (0, 0, "–")],
)
def test_only_all_is_said_as_100_percent(part, whole, said):
    assert words.percent(Share(part, whole)) == said


@pytest.mark.parametrize(
    ("posted_on", "precision", "said"),
    [
        ("2026-10-03", "day", "October 3, 2026"),
        ("2026-10-03T09:12:00+00:00", "second", "October 3, 2026"),
        ("2026-10-01", "month", "October 2026"),
        ("2026-10", "month", "October 2026"),
        ("2026-10-01", "relative", "about October 2026"),
        (None, "none", "undated"),
    ],
)
def test_dates_are_as_exact_as_they_are_known(posted_on, precision, said):
    assert words.when(review(1, posted_on=posted_on, date_precision=precision)) == said


def test_headline_tells_only_changes_beyond_chance():
    calm = [review(n, posted_on=f"2026-{9 + n % 2:02d}-04") for n in range(40)]
    steady = "the rating (5.0, before 5.0) or the mood (100% positive, before 100%)"
    assert f"Nothing changed beyond what chance brings in {steady}." in words.headline(view(calm))
    worse = [review(n, posted_on="2026-10-04", sentiment="negative", rating=1.0) for n in range(40, 60)]
    told = " ".join(words.headline(view(calm + worse)))
    assert "Positive reviews fell from 100% to 50% (twelve months: 67%)." in told
    assert "The average rating fell from 5.0 to 3.0 (twelve months: 3.7)." in told
    assert "20 clients were unhappy in October 2026; 20 reviews of unhappy clients stand in public" in told


def test_headline_of_little_or_nothing():
    assert words.headline(view([]))[0] == "There are no reviews in the store yet."
    one = words.headline(view([review(1)]))
    assert one == [
        "1 review in October 2026, 0 in September 2026.",
        "That is too few to say whether opinions changed.",
        "Nobody was unhappy in October 2026.",
    ]
    undated = words.headline(view([review(1, posted_on=None, date_precision="none")]))
    assert undated[0] == "No review has a date (1 review), so nothing can be said about change."


def test_each_number_of_the_news_has_its_reviews():
    """The filter behind a count finds as many; the sentence says where its numbers stand."""
    told = words.news(view(reviews()))
    assert {sentence.place for sentence in told} <= {"numbers", "time", "themes", "attention"}
    counted = [(text, wanted) for sentence in told for text, wanted in sentence.pieces if wanted]
    assert {"when=period", "when=before", "when=lately"} <= {wanted for _, wanted in counted}
    assert not [text for text, _ in counted if text == "0"]
    plain = [text for sentence in told for text, wanted in sentence.pieces if not wanted]
    assert "".join(text for sentence in told for text, _ in sentence.pieces) == "".join(words.headline(view(reviews())))
    assert plain


def test_headline_is_three_to_five_sentences_for_a_usual_month():
    assert 3 <= " ".join(words.headline(view(reviews()))).count(". ") + 1 <= 7
    assert 3 <= len(words.headline(view(reviews()))) <= 5


def spoken(*themes):
    hits = tuple(ThemeHit(name, polarity, 0, 4) for name, polarity in themes)
    return [review(n, themes=hits) for n in range(4)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            spoken(("manner", "positive"), ("value", "negative")),
            "goes to manner (4). Most complaints are about value (4).",
        ),
        (
            spoken(("manner", "positive"), ("value", "mixed"), ("booking", "negative")),
            "about booking and value (4 each).",
        ),
        (spoken(("manner", "positive"), *((f"t{n}", "negative") for n in range(4))), "goes to manner (4)."),
        (spoken(("manner", "positive")), "goes to manner (4)."),
    ],
)
def test_headline_names_what_is_praised_and_what_is_not(given, said):
    assert any(sentence.endswith(said) for sentence in words.headline(view(given)))
