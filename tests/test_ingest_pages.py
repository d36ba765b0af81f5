"""HTML pages: every golden folder reads as a person would read it; broken pages break nothing."""

import json
import time
from pathlib import Path

import pytest

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest.pages import read_html

GOLDEN = sorted((Path(__file__).parent / "golden").glob("page_*"))


def page_of(folder):
    return next(folder.glob("input.*")).read_bytes().decode("utf-8")


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_golden_pages_are_read_as_a_person_reads_them(folder):
    wanted = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [{"text": r["text"], "author": r.get("author")} for r in read_html(page_of(folder)).rows] == wanted


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_every_line_of_a_page_has_a_role_and_a_reason(folder):
    assert all(role.place.startswith("line ") and role.reason for role in read_html(page_of(folder)).roles)


def test_declared_dates_and_ratings_are_kept_as_written():
    page = (
        '<div itemprop="review" itemscope itemtype="http://schema.org/Review"><meta itemprop="author" content="Una">'
        '<meta itemprop="dateCreated datePublished" content="2024-02-09"><div itemprop="reviewRating" itemscope>'
        '<meta itemprop="ratingValue" content="4.0"></div><p itemprop="reviewBody">Fair and warm.</p></div>'
    )
    (row,) = read_html(page).rows
    assert (row["author"], row["date"], row["rating"], row["text"]) == ("Una", "2024-02-09", "4.0", "Fair and warm.")


def test_windows_references_soft_hyphens_and_hard_spaces_are_read():
    page = "<h2>Reviews</h2><p>&#147;I can&#146;t be&shy;lieve&nbsp;it &#150; no pain!&#148;</p><p>&#151; Una Roe</p>"
    (row,) = read_html(page).rows
    assert row["text"] == "“I can’t believe it – no pain!”"
    assert row["author"] == "Una Roe"


@pytest.mark.parametrize(
    "page",
    [
        "",
        " \n",
        "<",
        "<!doctype html>",
        "<html></html>",
        "<?php echo 1;",
        "<p>We offer massage.</p>",
        "<p>&#0;&#999999999;</td></div>< ><p - x",
        "<p>\ud800</p>",
        '<script type="application/ld+json">{broken</script>',
        '<script type="application/ld+json">{"aggregateRating": {"ratingValue": 5}}</script>',
    ],
)
def test_pages_without_reviews_give_no_rows(page):
    assert read_html(page).rows == []


def test_broken_pages_still_give_their_reviews():
    page = "<body><div><h2>Testimonials<p>I came limping & left dancing<b>!</p></td><p>- Una Roe<div></span>"
    assert [(row["text"], row["author"]) for row in read_html(page).rows] == [
        ("I came limping & left dancing!", "Una Roe")
    ]


def test_deep_and_long_pages_end_soon():
    card = "<div class=testimonial><p>I came limping and left dancing, visit {}.</p><p class=name>Una R.</p></div>"
    start = time.process_time()
    assert len(read_html("<div>" * 200 + "".join(card.format(i) for i in range(1000))).rows) == 1000
    with pytest.raises(UnreadableError, match="nested deeper"):
        read_html("<b>" * 20_000 + "I love it")
    read_html("<p>" + "\xa0" * 200_000 + "x")
    assert time.process_time() - start < 10
