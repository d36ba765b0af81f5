"""The dashboard as a string: safe, whole, the same each time."""

import base64
import gzip
import json
import re

import plotly.graph_objects as go
import pytest
from bs4 import BeautifulSoup
from plotly.offline import get_plotlyjs

from invented_reviews import review, reviews, view
from reviewpipe import dashboard
from reviewpipe.config import Practice
from reviewpipe.dashboard import charts, embed, explorer
from reviewpipe.schema import ThemeHit

HOSTILE = "</script><!--<script><img src=x onerror=alert(1)>'\"&\u2028\u2029<b>bold</b> {{ 7*7 }} ]]>"


def soup(page):
    return BeautifulSoup(page.replace(dashboard.bundle(), ""), "lxml")


@pytest.fixture(scope="module")
def full():
    return view(reviews())


@pytest.fixture(scope="module")
def page(full):
    return dashboard.render(full)


def data(page):
    return json.loads(soup(page).find("script", id="reviews").string)


def test_same_view_same_bytes(full, page):
    assert dashboard.render(full) == page


@pytest.mark.parametrize("place", ["chart-months", "chart-themes"])
def test_figures_are_valid_plotly(full, place):
    figure = charts.figures(full)[place]
    assert go.Figure(figure).to_dict()["layout"]["barmode"] == "stack"


def test_charts_say_what_their_tables_say(full, page):
    figures, found = charts.figures(full), soup(page)
    for section, place in (("time", "chart-months"), ("themes", "chart-themes")):
        rows = found.select(f"#{section} figure tbody tr")
        numbers = "y" if section == "time" else "x"
        names = [cell.get_text() for cell in found.select(f"#{section} figure thead th")]
        for trace in figures[place]["data"]:
            column = names.index(trace["name"])
            shown = [int(row.find_all(["th", "td"])[column].get_text()) for row in rows]
            assert shown == list(reversed(trace[numbers])), trace["name"]


def test_labels_lose_markup():
    assert charts.plain('<a href="x">Calm</a> & <b>kind') == "Calm and kind"
    assert "$" not in charts.plain("Value ($$)")
    shown = view([review(1, themes=(ThemeHit("x", "positive", 0, 4),))], themes={"x": "<b>Own</b> theme"})
    assert charts.themes(shown)["data"][0]["y"] == ["Own theme"]


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("background", ["#fbfaf7", "#ffffff", "#14171a", "#1b1f23"])
def test_colours_of_moods_are_seen_on_every_background(background, page):
    assert background in page
    for _, colour, _ in charts.MOODS.values():
        assert contrast(colour, background) >= 3


def test_policy_names_the_hash_of_every_script_and_style(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    assert "unsafe" not in policy
    runs = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), embed.bundle()]
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(runs), len(styles)) == (2, 1)
    for text in runs + styles:
        assert embed.csp_hash(text) in policy
    assert not soup(page).find(style=True)
    assert not soup(page).find(lambda tag: any(name.startswith("on") for name in tag.attrs))


def test_bundle_stands_last_and_ends_nothing(page):
    assert page.index(dashboard.bundle()) > page.index("</main>")
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", dashboard.bundle())


def test_nothing_is_fetched(page):
    found = soup(page)
    links = [
        tag.get(name) for tag in found.find_all(True) for name in ("src", "href", "action", "srcset") if tag.get(name)
    ]
    assert all(link.startswith("#") or link == "data:," for link in links)
    ids = {tag["id"] for tag in found.find_all(id=True)}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_hostile_words_stay_words():
    hostile = review(
        1,
        text=HOSTILE,
        reply=HOSTILE,
        source=HOSTILE,
        sentiment="negative",
        themes=(ThemeHit(HOSTILE, "negative", 0, 9),),
    )
    page = dashboard.render(view([hostile], practice=Practice(name=HOSTILE)))
    found = soup(page)
    assert not found.find_all(["img", "b"], string="bold")
    assert not found.find("img")
    assert len(found.find_all("script")) == 4 - 1 + 1  # figures, reviews, the page's own, the (emptied) bundle
    assert data(page)["reviews"][0]["text"] == HOSTILE
    assert found.select_one("#list blockquote").get_text() == HOSTILE
    assert found.find("h1").get_text() == HOSTILE


def test_json_in_a_script_cannot_end_it():
    text = embed.script_json({"t": HOSTILE})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"t": HOSTILE}


def test_offsets_count_as_javascript_counts():
    text = "🙂🙂 My knee bends again. é"
    spot = text.index("My knee")
    record = explorer.record(review(1, text=text, themes=(ThemeHit("x", "positive", spot, spot + 7),)), view([]))
    assert record["themes"]["x"]["at"] == [[spot + 2, spot + 9]]


def hit(start, end):
    return ThemeHit("x", "positive", start, end)


@pytest.mark.parametrize(
    ("hits", "marked"),
    [
        ([hit(0, 3)], [("One", True), (" two three.", False)]),
        ([hit(0, 3), hit(2, 7)], [("One two", True), (" three.", False)]),
        ([hit(8, 14), hit(4, 7)], [("One ", False), ("two", True), (" ", False), ("three.", True)]),
        ([hit(5, 5)], [("One two three.", False)]),
        ([], [("One two three.", False)]),
    ],
)
def test_marks(hits, marked):
    assert embed.segments("One two three.", hits) == marked


def test_passages_are_whole_sentences():
    text = "It was raining. My neck turns again. The room is warm. I sleep."
    first, last = text.index("neck"), text.index("room")
    assert embed.passages(text, [hit(first, first + 4)]) == [[("My ", False), ("neck", True), (" turns again.", False)]]
    assert ["".join(piece for piece, _ in p) for p in embed.passages(text, [hit(first, last + 4)])] == [
        "My neck turns again. The room is warm."
    ]


def test_drill_down_marks_the_evidence(page):
    for block in soup(page).select(".passage"):
        assert block.find("mark").get_text()


def test_links_open_as_many_reviews_as_they_say(page):
    """Each link's filter, done here by hand, finds the number that stands in the link."""
    held = data(page)
    for link in soup(page).select("#themes td a[data-filter], #sources a[data-filter], #time a[data-filter]"):
        wanted = dict(part.split("=", 1) for part in link["data-filter"].split("&"))
        assert sum(fits(r, wanted, held["when"]) for r in held["reviews"]) == int(link.get_text()), wanted


def fits(record, wanted, periods):
    theme = record.get("themes", {}).get(wanted.get("theme"))
    month, (first, last, *undated) = record.get("month"), periods.get(wanted["when"], [wanted["when"]] * 2)
    return (
        ("theme" not in wanted or theme is not None)
        and ("said" not in wanted or theme["said"] == wanted["said"])
        and ("source" not in wanted or record["source"][0] == wanted["source"])
        and (first <= month <= last if month else bool(undated))
    )


def test_more_reviews_than_fit_are_counted(monkeypatch):
    monkeypatch.setattr(explorer, "EMBEDDED", 10)
    page = dashboard.render(view(reviews(60)))
    assert len(data(page)["reviews"]) == 10
    assert "10 of 60 reviews can be read here" in page


def test_the_page_never_outgrows_six_megabytes(monkeypatch):
    assert len(dashboard.bundle()) + explorer.MOST_BYTES < 5_500_000
    monkeypatch.setattr(explorer, "MOST_BYTES", 9_000)
    page = dashboard.render(view(reviews(60)))
    held = data(page)["reviews"]
    assert 5 < len(held) < 40
    assert f"{len(held)} of 60 reviews can be read here" in page
    assert f"the page holds the newest {len(held)} of 60" in page


def test_permission_of_each_review_is_that_of_consent(full, page):
    held = data(page)
    for shown, told in zip(full.reviews, held["reviews"], strict=True):
        assert ("allowed" in told) == bool(shown.text)
        if shown.text:
            expected = full.gate.permission(shown, shown.text)
            assert held["permissions"][told["allowed"]] == {
                "status": expected.status,
                "reasons": list(expected.reasons),
            }


def test_the_written_out_cards_are_what_the_data_say(page):
    held = data(page)
    for article, record in zip(soup(page).select("#list article"), held["reviews"], strict=False):
        slots = {slot["data-slot"]: slot for slot in article.select("[data-slot]")}
        assert article["data-id"] == record["id"]
        assert slots["text"].get_text() == record.get("text", explorer.NO_WORDS)
        assert slots["by"].get_text() == record["by"]
        assert slots["facts"].get_text() == record.get("facts", "")
        assert slots["mood"].get_text() == held["moods"][record["sentiment"]]
        allowed = held["permissions"][record["allowed"]]["status"] if "allowed" in record else ""
        assert slots["status"]["data-status"] == allowed


def test_a_text_that_its_source_cut_says_so():
    page = dashboard.render(view([review(1, truncated=True)]))
    assert "5 of 5 stars · cut short by its source" in soup(page).select_one("#list .by").get_text()


@pytest.mark.parametrize(
    "held",
    [
        [],
        [review(1)],
        [review(1, posted_on=None, date_precision="none")],
        [review(1, rating=None, text=None, sentiment="unscored", score=None)],
        [review(n, rating=None, posted_on=f"2026-10-{n:02d}") for n in range(1, 12)],
        [r for r in reviews(400) if r.posted_on is None],
    ],
    ids=["empty", "one", "one undated", "stars and words missing", "one month", "undated"],
)
def test_every_store_has_a_sensible_page(held):
    page = dashboard.render(view(held))
    text = soup(page).find("body").get_text(" ")
    assert not re.search(r"\bNone\b|\bnan\b", text)
    assert soup(page).find("h1")
    if len(held) < 5:
        assert "%" not in soup(page).select_one("#news").get_text().replace("95%", "")


def test_page_is_a_document(page):
    found = soup(page)
    assert found.html["lang"] == "en"
    assert found.title.string == "Hollow Oak Trigger Point: client reviews, October 2026"
    assert [len(found.find_all(tag)) for tag in ("header", "main", "h1")] == [1, 1, 1]
    ids = [tag["id"] for tag in found.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for figure in found.find_all("figure"):
        assert figure.find("figcaption").get_text().endswith(".")
        assert figure.select("details table tbody th")


def test_copied_words_never_carry_the_day(page):
    cites = [article["data-cite"] for article in soup(page).select("#list article")]
    assert len(cites) == dashboard.WRITTEN_OUT
    assert all(re.fullmatch(r"a client, [A-Z]\w+(?:, [A-Z]\w+ \d{4})?", cite) for cite in cites)


def test_bundle_is_that_of_plotly():
    unpacked = gzip.decompress(base64.b64decode(dashboard.bundle())).decode()
    assert unpacked == get_plotlyjs()
    assert embed.style_ids()
