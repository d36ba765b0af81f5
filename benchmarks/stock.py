"""What others use for the same, or would write in an afternoon: the yardsticks of `bench.py`.

Presidio and scrubadub come with `pip install reviewpipe[bench]`; where they are missing, their lines are left out.
Presidio has a blank spaCy model here: its pattern recognisers and deny list need none, and a model of a language would
take some ten times as long again.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from reviewpipe.schema import Cell, ThemeCell, ThemeHit
    from reviewpipe.themes import Catalogue

    Deed = Callable[[Sequence[str]], object]

HOW_TO_INSTALL = "not installed: pip install reviewpipe[bench]"

# The whole of what a person would write: all scores of a table's texts, and nothing kept.
VADER_OF_A_TABLE = """
import csv, sys
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
stock = SentimentIntensityAnalyzer()
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    scores = [stock.polarity_scores(row["Review"]) for row in csv.DictReader(file)]
"""


def vader() -> Deed:
    """Stock vaderSentiment 3.3.2, review by review."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    stock = SentimentIntensityAnalyzer()
    return lambda texts: [stock.polarity_scores(text) for text in texts]


def presidio(denied: Sequence[str] = ()) -> Deed:
    """Presidio's analyser with the recognisers that need no model, and these names as its deny list."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    # Its list of domains comes with it; else it would ask the network for a newer one, again and again.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    words = SpacyNlpEngine()
    words.nlp = {"en": spacy.blank("en")}
    known = RecognizerRegistry()
    known.load_predefined_recognizers()
    if denied:
        known.add_recognizer(PatternRecognizer(supported_entity="PERSON", deny_list=list(denied)))
    engine = AnalyzerEngine(nlp_engine=words, registry=known, supported_languages=["en"])
    return lambda texts: [engine.analyze(text=text, language="en") for text in texts]


def scrubadub() -> Deed:
    """Stock scrubadub with its detectors as they come: contact details and numbers, no names."""
    import scrubadub as stock

    scrubber = stock.Scrubber()
    return lambda texts: [scrubber.clean(text) for text in texts]


def one_expression_a_theme(catalogue: Catalogue) -> Deed:
    """All phrases of each theme as one regular expression, literally.

    It misses words in other forms, and finds neither polarity nor negation.
    """
    patterns = [
        re.compile("|".join(expression(one, catalogue.words) for one in phrases))
        for theme in catalogue.themes
        if (phrases := (*theme.phrases, *theme.praises, *theme.complaints, *theme.evens))
    ]
    return lambda texts: [[pattern.search(text.lower()) is not None for pattern in patterns] for text in texts]


def expression(phrase: str, lists: Mapping[str, Iterable[str]]) -> str:
    r"""A phrase of themes.toml over letters: "pain was? ... gone" as \bpain(?:\W+was)?(?:\W+\w+){0,4}?\W+gone\b."""
    found = ""
    for part in phrase.lower().split():
        if part == "...":
            found += r"(?:\W+\w+){0,4}?"
            continue
        words = [
            word
            for one in part.removesuffix("?").split("|")
            for word in (lists[one[1:-1]] if one.startswith("<") else (one,))
        ]
        either = f"(?:{'|'.join(sorted(map(re.escape, words)))})"
        gap = r"\W+" if found else ""
        found += f"(?:{gap}{either})?" if part.endswith("?") else gap + either
    return rf"\b{found}\b"


def plain_tables(path: Path, rows: Sequence[Mapping[str, Any]], themes: Sequence[Sequence[ThemeHit]]) -> None:
    """The same rows and themes into a new database, in one transaction, with nothing looked up and no index."""
    columns = list(rows[0])
    marks = ", ".join("?" * len(columns))
    hits = (
        (row["review_key"], hit.theme, hit.polarity, hit.direction, hit.start, hit.end)
        for row, some in zip(rows, themes, strict=True)
        for hit in some
    )
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(f"CREATE TABLE reviews ({', '.join(columns)}, PRIMARY KEY (review_key)) WITHOUT ROWID")
        base.execute("CREATE TABLE themes (review_key, theme, polarity, direction, start, stop)")
        base.executemany(f"INSERT INTO reviews VALUES ({marks})", [tuple(row.values()) for row in rows])  # noqa: S608  only marks
        base.executemany("INSERT INTO themes VALUES (?, ?, ?, ?, ?, ?)", hits)


def plain_page(cells: Sequence[Cell], theme_cells: Sequence[ThemeCell]) -> str:
    """The dashboard's two charts as plotly.express draws them from counted cells, in a page with plotly.js inside."""
    import pandas as pd
    import plotly.express as px

    months = pd.DataFrame([(one.month, one.sentiment, one.count) for one in cells], columns=["month", "mood", "n"])
    said = pd.DataFrame([(one.theme, one.polarity, one.count) for one in theme_cells], columns=["theme", "said", "n"])
    by_month = months.groupby(["month", "mood"], as_index=False)["n"].sum()
    by_theme = said.groupby(["theme", "said"], as_index=False)["n"].sum()
    charts = [
        px.bar(by_month, x="month", y="n", color="mood"),
        px.bar(by_theme, x="n", y="theme", color="said", orientation="h"),
    ]
    parts = [chart.to_html(full_html=False, include_plotlyjs=not at) for at, chart in enumerate(charts)]
    return f"<!doctype html><html><body>{''.join(parts)}</body></html>"
