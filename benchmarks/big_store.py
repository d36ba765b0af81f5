"""A practice with a large store, made by SQL from the invented reviews, to see how fast its pages come.

    python benchmarks/big_store.py FOLDER [REVIEWS]          makes the practice
    python benchmarks/big_store.py FOLDER --measure          pages and report from it, stage by stage, in seconds

The texts of training/corpus are analysed once and repeated with a running number; dates, stars, sources and answers are
drawn with a fixed seed, over ten years.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from reviewpipe import anonymise, config, keys, pipeline, publish, themes
from reviewpipe.store import Store
from reviewpipe.store.reading import BY_REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewpipe.schema import ThemeHit, Verdict

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
LAST_DAY, DAYS = date(2026, 11, 20), 3650
SOURCES = ("google", "google", "google", "yelp", "facebook", "website", "survey")
STARS = {"positive": (5, 5, 5, 4), "mixed": (3, 4), "negative": (1, 2, 2, 5), "neutral": (4, None), "unscored": (None,)}
NAMES = 50_000
Told = list[tuple[str, "Verdict", "tuple[ThemeHit, ...]"]]


def told() -> Told:
    """The invented reviews without names, with what is said in them."""
    lines = [line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [" ".join(s["text"] for s in json.loads(line)["sentences"]) for line in lines]
    found = anonymise.find(texts, [None] * len(texts), anonymise.Roster())
    shown = [anonymise.replace(text, some) for text, some in zip(texts, found, strict=True)]
    verdicts, hits = pipeline.analyse(shown, ["en"] * len(shown), themes.load())
    return list(zip(shown, verdicts, hits, strict=True))


def rows(number: int, known: Told) -> Iterator[dict[str, Any]]:
    """`number` reviews as the store keeps them, with their themes under "hits"."""
    dice = Random(20)  # noqa: S311  no secret is made of it
    for n in range(number):
        text, verdict, hits = known[n % len(known)]
        source = dice.choice(SOURCES)
        posted = (LAST_DAY - timedelta(days=int(DAYS * dice.random() ** 1.3))).isoformat()
        dated = source != "website" or dice.random() < 0.5
        edited = dated and dice.random() < 0.01
        yield {
            "number": n + 1,
            "key": f"{n * 2654435761 % 2**64:016x}{n:016x}",
            "source": source,
            "visibility": "private" if source == "survey" else "public",
            "posted_on": posted if dated else None,
            "date_precision": "day" if dated else "none",
            "updated_on": LAST_DAY.isoformat() if edited else posted if dated else None,
            "rating": None if source == "website" else dice.choice(STARS[verdict.sentiment]),
            "text": f"{text} Visit {n}.",
            "reply": "Thank you for taking the time to write to us." if dice.random() < 0.3 else None,
            "score": verdict.score,
            "sentiment": verdict.sentiment,
            "vanished": "2026-10-31" if dice.random() < 0.001 else None,
            "hits": hits,
        }


def make(folder: Path, number: int) -> None:
    """The folder of a practice whose store holds `number` reviews."""
    settings = config.load(folder)
    settings.raw.mkdir(parents=True, exist_ok=True)
    with Store.open(settings.store) as store:
        key = keys.key_of(settings, store)
        store.set_meta(keys.MADE_WITH, key.mark())
    base = sqlite3.connect(settings.store)
    base.execute(
        "INSERT INTO files VALUES ('f', 'all.csv', 'google', 'table', '', '', '', '{}', ?, ?, 0, 0, 0)", (number,) * 2
    )
    found = list(rows(number, told()))
    base.executemany(
        """
        INSERT INTO reviews (number, review_id, source, visibility, posted_on, month, date_precision, rating, language,
          text, reply, truncated, words, updated_on, score, sentiment)
        VALUES (:number, :key, :source, :visibility, :posted_on, substr(:posted_on, 1, 7),
          :date_precision, :rating, 'en', :text, :reply, 0, :key, :updated_on, :score, :sentiment)
        """,
        found,
    )
    base.executemany(
        "INSERT INTO places (place, review_key, number, source, vanished)"
        " VALUES (:number, :key, :number, :source, :vanished)",
        found,
    )
    base.executemany("INSERT INTO sightings VALUES (:number, 'f', 1)", found)
    base.executemany("INSERT INTO names VALUES (?, 1)", [(n,) for n in range(min(number, NAMES))])
    base.executemany(
        "INSERT OR IGNORE INTO themes VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                one["number"],
                hit.theme,
                hit.polarity,
                hit.direction,
                hit.start,
                hit.end,
                (one["posted_on"] or "")[:7] or None,
            )
            for one in found
            for hit in one["hits"]
        ),
    )
    by_review = BY_REVIEW.format("themes")
    columns = "coalesce(month, ''), theme, polarity, coalesce(direction, '')"
    base.execute(f"INSERT INTO theme_counts SELECT {columns}, count(*) FROM ({by_review}) GROUP BY 1, 2, 3, 4")  # noqa: S608  our own words
    base.commit()
    base.close()


def measure(folder: Path) -> None:
    """Seconds of what pages ask of the store, and of whole pages."""
    settings = config.load(folder)
    today = LAST_DAY
    with Store.open(settings.store) as store:
        deeds: dict[str, Callable[[], object]] = {
            "cells": store.cells,
            "theme_cells": store.theme_cells,
            "newest 2,000 reviews": lambda: store.reviews(limit=publish.MOST_REVIEWS),
            "a month's reviews": lambda: store.reviews(since="2026-08", until="2026-08-32", limit=publish.MOST_REVIEWS),
            "vanished": store.vanished,
            "names": store.names,
        }
        for name, deed in deeds.items():
            _timed(name, deed)
    _timed("dashboard and imports", lambda: publish.dashboard_page(settings, today, None, "owner"))
    for edition in ("owner", "share"):
        _timed(f"dashboard, {edition}", partial(publish.dashboard_page, settings, today, None, edition))
        _timed(f"report, {edition}", partial(publish.report_page, settings, today, None, edition))
    _timed("both pages", lambda: publish.pages(settings, today))
    for page in settings.reports.glob("*.html"):
        print(f"{page.name:<24} {page.stat().st_size / 1e6:>7.2f} MB")


def _timed(name: str, deed: Callable[[], object]) -> None:
    start, used = time.perf_counter(), time.process_time()
    deed()
    print(
        f"{name:<24} {time.perf_counter() - start:>7.2f} s, {time.process_time() - used:>7.2f} s of a core", flush=True
    )


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if sys.argv[2:] == ["--measure"]:
        measure(place)
    else:
        place.mkdir(parents=True, exist_ok=True)
        make(place, int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
