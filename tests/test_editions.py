"""Periods and editions as the commands make them: the owner's pages, and those that may leave the practice."""

import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from canaries import BODY, DEED, WHY
from reviewpipe import config, publish

SETTINGS = """[practice]
name = "Alder Lane Massage"
license_number = "227.000001"
hipaa = "not_covered"
[[staff]]
name = "Quillonette Farradayle"
"""
SECONDS = (
    "The tennis ball trick at home keeps it quiet.",
    "She explained which muscle pulls on which joint.",
    "I was shown three stretches for my desk.",
    "Nothing else had helped in years.",
    "The hour was gentle and unhurried.",
)


def client(n):
    """A name of its own for each; digits in names would not tell people apart."""
    return f"Zebulonia Quack{chr(97 + n // 8)}o{chr(97 + n % 8)}fort"


def praise(n):
    """What the client of a visit writes; no two are nearly alike."""
    first = f"My {BODY[n % 10]} hurt {WHY[n % 5]}, and on visit {n} the pain was gone."
    parts = [
        first,
        SECONDS[(n * 3 + n // 5) % 5],
        f"Now I {DEED[n % 7]} as if nothing had ever been wrong {WHY[(n + 2) % 5]}.",
    ]
    return " ".join(parts[n % 3 :] + parts[: n % 3])


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    raw = folder / "data" / "raw"
    for name in ("website", "survey", "yelp"):
        (raw / name).mkdir(parents=True)
    (folder / "reviewpipe.toml").write_text(SETTINGS, encoding="utf-8")
    head = "date,name,rating,review\n"
    rows = [f'2026-0{7 + n % 3}-{n % 27 + 1:02d},{client(n)},5,"{praise(n)}"\n' for n in range(30)]
    rude = "A rude and rushed Plumtree hour, I will never come back."
    rows += [f'2026-09-1{n},{client(n + 40)},1,"My {BODY[n]} hurts worse {WHY[n % 5]}. {rude}"\n' for n in range(6)]
    (raw / "website" / "zanzibar-list.csv").write_text(head + "".join(rows), encoding="utf-8")
    secret = [
        f'2026-09-0{n + 1},{client(n + 50)},2,"Privately, of my {BODY[n + 4]}: {WHY[n]} I wanted to {DEED[n]}, and the Marmalade room was too cold."\n'
        for n in range(3)
    ]
    (raw / "survey" / "answers.csv").write_text(head + "".join(secret), encoding="utf-8")
    yelp = [
        f'2026-09-2{n},{client(n + 60)},5,"She unknotted my Tangerine {BODY[n + 6]} in an hour, {WHY[n]}, and I {DEED[n + 3]}."\n'
        for n in range(2)
    ]
    (raw / "yelp" / "reviews.csv").write_text(head + "".join(yelp), encoding="utf-8")
    return folder


@pytest.fixture
def ready(practice, call):
    if not (practice / "reports").exists():
        assert call("run", "--project", practice)[0] == 0
    return practice


def test_a_run_makes_the_owners_pages_only(practice, call):
    code, _, err = call("run", "--project", practice)
    assert code == 0, err
    assert sorted(path.name for path in (practice / "reports").glob("*.html")) == ["2026-09.html", "dashboard.html"]


@pytest.mark.parametrize(
    ("asked", "name", "label"),
    [
        (["--month", "2026-08"], "2026-08", "August 2026"),
        (["--quarter", "2026-Q3"], "2026-07_2026-09", "July to September 2026"),
        (["--quarter", "2026q3"], "2026-07_2026-09", "July to September 2026"),
        (["--from", "2026-01", "--to", "2026-08"], "2026-01_2026-08", "January to August 2026"),
        ([], "2026-09", "September 2026"),
    ],
)
def test_both_pages_take_the_same_periods_and_say_the_same(ready, call, asked, name, label):
    code, out, err = call("report", *asked, "--project", ready)
    assert (code, out.strip()) == (0, str(ready / "reports" / f"{name}.html")), err
    told = BeautifulSoup((ready / "reports" / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    assert told.select_one(".period").get_text().startswith(label)
    assert call("dashboard", *asked, "--project", ready)[0] == 0
    shown = BeautifulSoup((ready / "reports" / "dashboard.html").read_text(encoding="utf-8"), "lxml")
    assert shown.select_one(".period").get_text().startswith(label)
    code, text, _ = call("report", *asked, "--format", "md", "--project", ready)
    numbers = re.search(r"\| Reviews \| (\d+) \| (\d+) \|", text)
    assert numbers[1] == shown.select_one(".card .big").get_text()
    assert [cell.get_text() for cell in told.select_one("#numbers + div tbody tr").select("td")[:2]] == [
        numbers[1],
        numbers[2],
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--month", "2026-13"], "--month 2026-10"),
        (["--month", "2026-Q3"], "use --quarter"),
        (["--month", "October"], "is no month"),
        (["--quarter", "2026-Q5"], "--quarter 2026-Q3"),
        (["--quarter", "1492-Q1"], "is no period"),
        (["--from", "2026-05"], "need each other"),
        (["--to", "2026-05"], "need each other"),
        (["--from", "2026-05", "--to", "2026-01"], "Swap them"),
        (["--month", "2026-05", "--quarter", "2026-Q1"], "exclude each other"),
        (["--edition", "press"], "owner"),
    ],
)
@pytest.mark.parametrize("command", ["report", "dashboard"])
def test_what_is_no_period_or_edition_is_told(ready, call, command, asked, told):
    code, out, err = call(command, *asked, "--project", ready)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("asked", [[], ["--quarter", "2026-Q3"], ["--from", "2026-01", "--to", "2026-12"]])
def test_the_edition_to_share_holds_nobodys_words_unasked_and_no_small_number(ready, call, asked):
    outputs = {}
    for command in ("dashboard", "report"):
        code, out, err = call(command, *asked, "--edition", "share", "--project", ready)
        assert code == 0, err
        assert out.strip().endswith("-share.html")
        outputs[command] = Path(out.strip()).read_text(encoding="utf-8")
        soup = BeautifulSoup(outputs[command], "lxml")
        assert soup.select_one(".edition").get_text().startswith("Edition to share.")
        assert not soup.find("script")
    outputs["md"] = call("report", *asked, "--edition", "share", "--format", "md", "--project", ready)[1]
    assert "Edition to share." in outputs["md"]
    for output in outputs.values():
        canaries = (
            "Marmalade",
            "Tangerine",
            "Plumtree",
            "Privately",
            "Yelp",
            "Survey",
            "zanzibar",
            "answers.csv",
            "Quack",
        )
        for canary in (*canaries, "no date", "eeds attention", "refused"):
            assert canary not in output
    for html in (outputs["dashboard"], outputs["report"]):
        soup = BeautifulSoup(html, "lxml")
        quotes = [
            quote.get_text(strip=True) for quote in soup.select("blockquote p, blockquote.words, article blockquote")
        ]
        assert quotes
        for words in quotes:
            assert any(words in praise(n) for n in range(30))
        for cell in soup.select("td"):
            assert not re.fullmatch(r"[0-4]", cell.get_text(strip=True)), cell


def test_pages_for_others_are_made_anew_when_somebody_is_forgotten(ready, call):
    assert call("dashboard", "--edition", "share", "--project", ready)[0] == 0
    assert call("report", "--quarter", "2026-Q3", "--edition", "share", "--project", ready)[0] == 0
    pages = [
        ready / "reports" / name
        for name in ("dashboard-share.html", "2026-07_2026-09-share.html", "2026-07_2026-09.html")
    ]
    call("report", "--quarter", "2026-Q3", "--project", ready)
    shown = BeautifulSoup(pages[0].read_text(encoding="utf-8"), "lxml").select("article blockquote")
    words = shown[0].get_text(strip=True)
    (author,) = [client(n) for n in range(30) if words in praise(n)]
    code, _, err = call("forget", "--name", author, "--yes", "--project", ready)
    assert code == 0, err
    for page in pages:
        assert words not in page.read_text(encoding="utf-8")


def test_a_page_of_a_period_is_known_again(tmp_path):
    """What a page's name says; other files are left alone."""
    known = ["dashboard", "dashboard-share", "2026-10", "2026-10-share", "2026-01_2026-06", "2026-01_2026-06-share"]
    assert all(publish.PAGE.fullmatch(name) for name in known)
    assert not any(
        publish.PAGE.fullmatch(name) for name in ("mine", "2026", "2026-13", "2026-10-mine", "2026-10_share")
    )
    settings = config.load(tmp_path)
    (settings.reports).mkdir()
    (settings.reports / "2026-06_2026-01.html").write_text("swapped", encoding="utf-8")
    with publish.Store.open(settings.store) as store:
        assert publish._earlier(settings, store, date(2026, 11, 2)) == {}  # noqa: SLF001  what a run makes anew
