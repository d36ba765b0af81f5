"""The edition for others: nobody can be counted out of it, not even by subtraction, and it holds nobody's words unasked."""

import dataclasses
import json
import re
from collections import defaultdict
from random import Random

import numpy as np
import pytest
from bs4 import BeautifulSoup

from invented_reviews import month, one, review, view
from reviewpipe import dashboard, metrics, report
from reviewpipe.metrics import Share
from reviewpipe.metrics.sharing import UNTOLD, K, SharedQuote, alone, alone_by_side, said
from reviewpipe.schema import ThemeHit

CANARIES = ("Zanzibarine", "Quixotical", "Kumquat", "flabbergasting", "secretive", "Harm", "attention")
MONTHS = [f"2026-{m:02d}" for m in range(1, 11)] + [f"2025-{m:02d}" for m in range(9, 13)]


def practice(seed):
    """A small practice by chance: some months, sources and themes with few reviews, and reviews without words or stars."""
    dice = Random(seed)  # noqa: S311  no secret is made of it
    months = [*dice.sample(MONTHS, dice.randint(1, 8)), "2026-10", "2026-09"]
    sources = dice.sample(["google", "yelp", "website", "survey", "facebook"], dice.randint(1, 5))
    found = []
    for number in range(dice.choice([3, 8, 20, 40, 90])):
        when = dice.choice(months) if dice.random() < 0.9 else None
        made = dataclasses.replace(
            one(number, dice),
            source=dice.choice(sources),
            posted_on=when and f"{when}-05",
            date_precision="day" if when else "none",
            rating=dice.choice([None, 1.0, 4.0, 5.0]),
        )
        if dice.random() < 0.1:
            made = dataclasses.replace(made, sentiment="unscored", score=None, themes=())
        found.append(made)
    return found


def told_sets(page, given, shown):
    """The sets of reviews of which the page tells the size, each as marks over `given`."""
    o = shown.overview
    read = {r.review_id for r in given if r.sentiment != "unscored" and (not month(r) or month(r) in o.period.year)}
    fits = [*told_of_all(page, o), *told_of_sources(page, shown), *told_of_themes(page, shown)]
    return [np.array([float(r.review_id in read and bool(fit(r))) for r in given]) for fit in fits]


def stretches(o):
    return {
        "lately": lambda _: True,
        "now": lambda r: month(r) in o.period,
        "before": lambda r: month(r) in o.period.before,
    }


def told_of_all(page, o):
    for name, inside in stretches(o).items():
        if getattr(page.volume, name) != UNTOLD:
            yield inside
        if "(" in getattr(page.positive, name):
            yield lambda r, inside=inside: inside(r) and r.sentiment == "positive"
    for when, _ in page.months:
        yield lambda r, when=when: month(r) == when


def told_of_sources(page, shown):
    for source in page.sources:
        mine = next(row.source for row in shown.overview.sources if shown.source(row.source) == source.name)
        yield lambda r, mine=mine: r.source == mine
        if "(" in source.positive:
            yield lambda r, mine=mine: r.source == mine and r.sentiment == "positive"


def told_of_themes(page, shown):
    for theme in page.themes:
        name = next(row.theme for row in shown.overview.themes if shown.theme(row.theme) == theme.name)
        for when, inside in stretches(shown.overview).items():
            if "(" in getattr(theme.mentions, when):
                yield lambda r, inside=inside, name=name: inside(r) and voice(r, name)
        if "(" in theme.praise:
            yield lambda r, name=name: voice(r, name) == "positive"


def voice(r, theme):
    return (
        dashboard.embed.said(dashboard.embed.by_theme(r).get(theme, ()))
        if theme in {h.theme for h in r.themes}
        else None
    )


def cells_of(given, shown):
    """Every cell of every table that an owner's page has of the year, as marks over `given`."""
    o = shown.overview
    lately = [r for r in given if month(r) is None or month(r) in o.period.year]
    features = {
        "read": lambda r: r.sentiment != "unscored",
        "mood": lambda r: r.sentiment,
        "rated": lambda r: r.rating is not None,
        "stars": lambda r: r.rating,
    }
    features |= {f"theme {row.theme}": (lambda r, name=row.theme: voice(r, name)) for row in o.themes}
    features |= {f"any {row.theme}": (lambda r, name=row.theme: voice(r, name) is not None) for row in o.themes}
    splits = (
        lambda _: 1,
        month,
        lambda r: r.source,
        lambda r: "now" if month(r) in o.period else "before" if month(r) in o.period.before else "then",
    )
    for split in splits:
        for feature in features.values():
            for group in (lately, [r for r in lately if r.sentiment != "unscored"]):
                cells = defaultdict(set)
                for r in group:
                    cells[split(r), feature(r)].add(r.review_id)
                for ids in cells.values():
                    yield np.array([float(r.review_id in ids) for r in given])


@pytest.mark.parametrize("period", ["2026-10", "2026-Q3", "2025-11..2026-10"])
@pytest.mark.parametrize("seed", range(25))
def test_no_cell_under_five_is_a_sum_or_difference_of_what_is_told(seed, period):
    given = practice(seed)
    shown = view(given, period)
    page = metrics.shared(shown)
    told = told_sets(page, given, shown)
    if not told:
        assert page.reviews is None
        return
    table = np.array(told)
    assert (table.sum(axis=1) >= K).all()
    # The cells that can be had from what is told are those in the span of the told sets.
    basis = np.linalg.svd(table, full_matrices=False)
    directions = basis.Vh[basis.S > 1e-9]
    for cell in cells_of(given, shown):
        if 0 < cell.sum() < K:
            rest = cell - directions.T @ (directions @ cell)
            assert np.abs(rest).max() > 1e-6


def numbers(page):
    """Every number in a dataclass, however deep."""
    if dataclasses.is_dataclass(page):
        page = [getattr(page, f.name) for f in dataclasses.fields(page) if f.name != "period"]
    if isinstance(page, list | tuple):
        return [number for part in page for number in numbers(part)]
    return [page] if isinstance(page, int) and not isinstance(page, bool) else []


@pytest.mark.parametrize("seed", range(25))
def test_no_number_under_five_stands_in_any_page(seed):
    shown = view(practice(seed))
    page = metrics.shared(shown)
    assert all(number == 0 or number >= K for number in numbers(page))
    for html in (dashboard.render_shared(page), report.render_shared_html(page)):
        soup = BeautifulSoup(html, "lxml")
        assert not soup.find("script")
        for cell in soup.select("td, .big, .past"):
            for number in re.findall(
                r"(?<![\d.,–])\d+(?![\d.,%–]|[^(]*\))", cell.get_text().replace("2025", "").replace("2026", "")
            ):
                assert int(number) >= K, cell
    text = report.render_shared_markdown(page)
    assert not re.search(r"\| [0-4] \|", text)
    assert "None" not in text + html


@pytest.mark.parametrize(
    ("counts", "whole", "told"),
    [
        ({"a": 9, "b": 8}, 17, {"a", "b"}),
        ({"a": 9, "b": 4}, 13, set()),  # 13 - 9 would tell of b, and nothing is left to hide it among
        ({"a": 9, "b": 8, "c": 4}, 21, {"a"}),  # b joins c: 21 - 9 = 12
        ({"a": 9, "b": 3, "c": 2}, 14, {"a"}),  # the rest is 5
        ({"a": 9, "b": 8}, 20, {"a"}),  # 3 that are in no part
        ({"a": 4}, 4, set()),
        ({}, 30, set()),
    ],
)
def test_which_parts_are_told(counts, whole, told):
    assert alone(counts, whole) == told


@pytest.mark.parametrize(
    ("shares", "whole", "told"),
    [
        ({"a": (8, 14), "b": (7, 13)}, (21, 38), {"a", "b"}),  # the rest is 6 of 11
        ({"a": (8, 14), "b": (7, 13)}, (20, 35), {"a"}),  # the rest would be 5 of 8; without b it is 12 of 21
        ({"a": (8, 14)}, (9, 30), set()),  # the rest would be 1 of 16
        ({"a": (8, 14)}, (8, 14), {"a"}),
        ({"a": (12, 14)}, (30, 60), set()),
        ({"a": (8, 14)}, (58, 60), set()),
    ],
)
def test_which_shares_are_told(shares, whole, told):
    assert alone_by_side({name: Share(*share) for name, share in shares.items()}, Share(*whole)) == told


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ((30, 40), "75% (60–86%)"),
        ((98, 100), "over 95%"),
        ((100, 100), "over 95%"),  # as 96 to 99 of 100: who sees it cannot tell
        ((3, 100), "under 5%"),
        ((0, 100), "under 5%"),
        ((9, 10), UNTOLD),
        ((0, 0), UNTOLD),
    ],
)
def test_shares_in_words(share, text):
    assert said(Share(*share)) == text


def test_quotes_name_a_source_only_where_that_is_told():
    given = [review(n, source="google") for n in range(12)] + [review(n, source="yelp") for n in range(20, 22)]
    ready = [SharedQuote("Calm and thorough.", "pain_relief", source) for source in ("google", "yelp")]
    page = metrics.shared(view(given), ready)
    assert [quote.source for quote in page.quotes] == ["", ""]
    assert page.others == 14
    more = given + [review(n, source="yelp") for n in range(30, 34)]
    assert [quote.source for quote in metrics.shared(view(more), ready).quotes] == ["Google", "Yelp"]


def test_too_few_to_share():
    page = metrics.shared(view([review(n) for n in range(4)]))
    assert page.reviews is None
    for html in (dashboard.render_shared(page), report.render_shared_html(page), report.render_shared_markdown(page)):
        assert "too few reviews" in html


def test_what_others_may_not_see_is_not_in_their_page():
    """Words, harm, comparisons, needs attention, files and refused rows have no way in."""
    hit = ThemeHit("harm", "negative", 0, 10, None)
    given = [
        review(n, text=f"Zanzibarine {n} words of mine.", sentiment="negative", rating=1.0, themes=(hit,))
        for n in range(3)
    ]
    given += [review(n, text=f"Quixotical {n} praise.", reply="Kumquat answer") for n in range(10, 40)]
    intake = metrics.Intake(1, 99, 33, 0, 0, 66, {"flabbergasting reason": 66}, [("secretive-file.csv", "broken")])
    shown = view(given, intake=intake, edited=given[:1], gone=given[1:2])
    page = metrics.shared(shown)
    for output in (
        dashboard.render_shared(page),
        report.render_shared_html(page),
        report.render_shared_markdown(page),
        json.dumps(dataclasses.asdict(page)),
    ):
        for canary in CANARIES:
            assert canary not in output
