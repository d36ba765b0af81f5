"""HTML pages: every golden folder reads as a person would read it; broken pages break nothing."""

import json
import time
from pathlib import Path

import pytest

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest.pages import read_html

WORDS = "I came limping and left dancing, and my neck is fine. "
GOLDEN = sorted((Path(__file__).parent / "golden").glob("page_*"))


def page_of(folder):
    return next(folder.glob("input.*")).read_bytes().decode("utf-8")


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_golden_pages_are_read_as_a_person_reads_them(folder):
    wanted = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = read_html(page_of(folder)).rows
    assert [{key: row.get(key) for key in one} for row, one in zip(rows, wanted, strict=True)] == wanted


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


ATTRIBUTES = " ".join(f"a{i}=1" for i in range(200_000))
HOSTILE = {
    "attributes": (f"<p {ATTRIBUTES}>I love it", "thousand attributes"),
    "attributes of a script": (f'<script q=">" {ATTRIBUTES}>', "thousand attributes"),
    "quotations": ("<blockquote>I came limping and left dancing.</blockquote>" * 50_000, "lines"),
    "megabytes of pictures": ("<img src='data:image/png;base64," + "A" * 60_000_000 + "'>", "larger than any page"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_can_be_no_page_is_refused_soon(name):
    page, reason = HOSTILE[name]
    start = time.process_time()
    with pytest.raises(UnreadableError, match=reason):
        read_html(page)
    assert time.process_time() - start < 8


SLOW = {
    "one class of a megabyte": "<div class='" + " b" * 500_000 + "'>" + "<b>x</b>" * 20_000,
    "menus in menus": "<div class=menu>" * 200 + "<p>ab</p>" * 5_000 + "<p>" + WORDS * 10,
    "one line of megabytes": "<p>" + WORDS * 90_000,
    "a picture in the page": "<img src='data:image/png;base64," + "A" * 8_000_000 + "'>",
    "breaks": "<p>" + "<br>" * 50_000,
    "stars": "<div class=stars>" + "<i class='fa fa-star'></i>" * 30_000,
    "script of braces": "<script type=application/ld+json>" + "{" * 500_000 + "</script>",
    "script of quotes": "<script type=application/ld+json>" + '"\\' * 200_000 + "</script>",
    "tags that never end": "<a<b" * 100_000,
    "values that never end": "<p a='" + '<p a="' * 300,
}


@pytest.mark.parametrize("name", SLOW)
def test_no_page_takes_more_than_linear_time(name):
    start = time.process_time()
    assert read_html(SLOW[name]).rows == []
    assert time.process_time() - start < 8


def test_lines_too_long_to_be_read_are_said_to_be_unused():
    found = read_html("<h2>Reviews</h2><p>" + WORDS * 3_000)
    assert found.rows == []
    assert found.roles[-1].role == "unused"
    assert "longer" in found.roles[-1].reason


def test_buttons_and_copies_are_told_and_never_read():
    page = (
        "<div class=testimonial><p>I came limping and left dancing.</p><p class=name>Una Roe</p><button>Read on</button>"
        "</div><div class='testimonial slick-cloned'><p>I came limping and left dancing.</p><p>Una Roe</p></div>"
    )
    found = read_html(page)
    assert len(found.rows) == 1
    reasons = {role.content: role.reason for role in found.roles if role.role == "unused"}
    assert reasons["Read on"] == "a button or label of the page"
    assert "copy" in reasons["Una Roe"]


def test_the_same_page_is_read_the_same_way_each_time():
    # lxml gives the place in memory of one element to the next, if nobody holds it.
    page = page_of(next(folder for folder in GOLDEN if folder.name == "page_elementor_carousel"))
    first = read_html(page).rows
    assert all(read_html(page).rows == first for _ in range(5))


@pytest.mark.parametrize(
    ("stars", "rating"),
    [
        ('<span aria-label="Rated 4 out of 5 stars"></span>', "Rated 4 out of 5 stars"),
        ('<svg aria-label="5 stars"></svg>', "5 stars"),
        ("<svg><title>3 stars</title></svg>", "3 stars"),
        ('<img src="s.png" alt="4 star rating">', "4 star"),
        ('<div class="rating"><span style="width: 80%"></span></div>', "4/5"),
        ('<div class="stars stars-3"></div>', "3/5"),
        ('<div data-rating="4.5"></div>', "4.5/5"),
        ("<p>" + '<img src="star.png" alt="">' * 4 + "</p>", "4/5"),
        ('<p><i class="fas fa-star"></i><i class="fas fa-star-half"></i><i class="far fa-star"></i></p>', "1.5/5"),
        ("<p>" + '<i class="star on"></i>' * 2 + '<i class="star"></i>' * 3 + "</p>", "2/5"),
        ('<span class="sr-only">2 out of 5 stars</span>', "2 out of 5 stars"),
        ('<p aria-label="4.8 stars, based on 90 reviews"></p>', None),
        ('<p><i class="fa fa-star"></i></p>', None),
        ('<div class="progress"><b style="width: 80%"></b></div>', None),
    ],
)
def test_stars_that_are_drawn_are_counted(stars, rating):
    page = f'<div class="review">{stars}<p>I came limping and left dancing.</p><p class="name">Una Roe</p></div>'
    (row,) = read_html(page).rows
    assert (row["text"], row["author"]) == ("I came limping and left dancing.", "Una Roe")
    assert row.get("rating") == rating


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (
            '{"@type": "Review", "reviewBody": "It is &quot;magic&quot; &amp; more", "author": "Una",}',
            'It is "magic" & more',
        ),
        ('{"@type": "Review", "reviewBody": "Two\nlines", "author": "Una"}', "Two\nlines"),
        ('{"@type": "Review", "reviewBody": "<p>Two</p><p>lines</p>", "author": "Una"}', "Two\nlines"),
        ('//<![CDATA[\n{"@type": "Review", "reviewBody": "Fine", "author": "Una"}\n//]]>', "Fine"),
        (
            "{&quot;@type&quot;: &quot;Review&quot;, &quot;reviewBody&quot;: &quot;Fine&quot;, &quot;author&quot;: &quot;Una&quot;}",
            "Fine",
        ),
    ],
)
def test_linked_data_is_read_as_pages_write_it(script, text):
    (row,) = read_html(f'<script type="application/ld+json">{script}</script>').rows
    assert (row["text"], row["author"]) == (text, "Una")
