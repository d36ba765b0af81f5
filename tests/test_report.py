"""The monthly report as a page and as Markdown."""

import re

import pytest

from invented_reviews import review, reviews, view
from reviewpipe import report
from reviewpipe.metrics import words

HOSTILE = "<script>alert(1)</script> [x](javascript:1) | # no\n- list `code` & *so* on"


def test_numbers_are_those_of_metrics():
    shown = view(reviews())
    for page in (report.render_html(shown), report.render_markdown(shown)):
        for sentence in words.headline(shown):
            assert sentence in page.replace("&#39;", "'")
        assert words.percent_span(shown.overview.positive.now) in page
        assert "October 2026" in page
        assert "September 2026" in page


def test_same_view_same_bytes():
    assert report.render_html(view(reviews())) == report.render_html(view(reviews()))
    assert report.render_markdown(view(reviews())) == report.render_markdown(view(reviews()))


@pytest.mark.parametrize(
    "held", [[], [review(1)], [review(1, posted_on=None, rating=None, text=None, sentiment="unscored")]]
)
def test_small_stores_have_sensible_pages(held):
    page, text = report.render_html(view(held)), report.render_markdown(view(held))
    assert "None" not in page + text
    assert "100%" not in page.split("</style>")[1] + text
    assert text.startswith("# Hollow Oak Trigger Point")


def test_hostile_words_stay_words():
    shown = view([review(1, text=HOSTILE, sentiment="negative")])
    assert "<script" not in report.render_html(shown)
    text = report.render_markdown(shown)
    assert (
        "\n> \\<script\\>alert(1)\\</script\\> \\[x\\](javascript:1) \\| \\# no - list \\`code\\` \\& \\*so\\* on\n"
        in text
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [("1. first", "1\\. first"), ("- dash", "\\- dash"), ("5-minute walk", "5-minute walk"), ("a_b", "a\\_b")],
)
def test_markdown_escapes(text, safe):
    assert report.markdown(text) == safe


def test_tables_are_well_formed():
    for held in (reviews(), [r for r in reviews() if r.posted_on is None]):
        blocks = re.findall(r"(?:^\|.*\n)+", report.render_markdown(view(held)), re.MULTILINE)
        assert len(blocks) == 3  # in numbers, themes, who is named
        for block in blocks:
            assert len({re.sub(r"\\\|", "", line).count("|") for line in block.splitlines()}) == 1


def test_page_carries_its_banner_and_needs_nothing():
    page = report.render_html(view(reviews()))
    assert "Owner's edition." in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "<script" not in page
