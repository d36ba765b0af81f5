"""Speed as ratios against stock tools, measured in the same run, by turns, as medians.  Prints tables in Markdown.

    python benchmarks/bench.py [REVIEWS] [PART ...]        all parts, or some: stages floors names themes store …
    python benchmarks/bench.py [REVIEWS] --write           and writes benchmarks/ratios.json
    python benchmarks/bench.py [REVIEWS] --check           and fails where one is worse by more than its spread
    python benchmarks/bench.py REVIEWS --texts FILE.csv COLUMN     with texts of your own

Each ratio is one of seconds of a core a review, round by round, with the least and the most; below 1 is faster than the
first line of its table.  The texts are those of the invented training corpus, and more of their kind (invented.py).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date
from functools import partial
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import invented
import stock
import wholes
from floors import floors
from timing import Deed, reviewpipe, table

from reviewpipe import anonymise, config, ingest, pipeline, publish, sentiment, themes
from reviewpipe.anonymise import Key, Known, Roster, name_fingerprints
from reviewpipe.clean import clean_text
from reviewpipe.schema import records
from reviewpipe.sentiment import vader
from reviewpipe.store import FileNote, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wholes import Ratios

RATIOS = Path(__file__).with_name("ratios.json")
# Presidio with a deny list takes milliseconds a review, a thousand of them all morning.
FEW = 100
NO_KEY = Key(bytes(32))


def stages(texts: Sequence[str]) -> Ratios:
    """Our stages beside stock VADER on the same texts."""
    size, catalogue = len(texts), themes.load()
    english, nobody = ["en"] * size, [None] * size
    verdicts = sentiment.analyse(texts, english)
    scored = stock.vader()
    deeds: dict[str, Callable[[], object]] = {
        "the same scores, by our VADER": lambda: vader.scores(texts),
        "clean": lambda: [clean_text(text) for text in texts],
        "names and identifiers": lambda: anonymise.find(texts, nobody, Roster()),
        "sentiment, by text and sentence": lambda: sentiment.analyse(texts, english),
        "eleven themes": lambda: themes.tag(texts, verdicts, catalogue),
        "sentiment and themes together": lambda: pipeline.analyse(texts, english, catalogue),
    }
    yardstick = {"stock vaderSentiment": Deed(lambda: scored(texts), size, stock=True)}
    return table(yardstick | {name: Deed(deed, size) for name, deed in deeds.items()}, f"stages, {size:,} reviews")


def names(texts: Sequence[str]) -> Ratios:
    """Names and identifiers beside Presidio and scrubadub; known names beside Presidio's deny list."""
    size, few, known = len(texts), texts[:FEW], invented.words().names
    prints = {one for name in known for one in name_fingerprints(name, NO_KEY)}
    roster = Roster(known=Known.of(prints, NO_KEY))

    def ours() -> list[str]:
        found = anonymise.find(texts, [None] * size, Roster())
        return [anonymise.replace(text, some) for text, some in zip(texts, found, strict=True)]

    others = {
        "Presidio's pattern recognisers": stock.presidio,
        f"Presidio with a deny list of {len(known):,} names": lambda: stock.presidio(known),
        "scrubadub, no names": stock.scrubadub,
    }
    deeds = {}
    for name, made in others.items():
        try:
            deeds[name] = Deed(partial(made(), few), len(few), stock=True)
        except ImportError:
            print(f"\n{name}: {stock.HOW_TO_INSTALL}")
    if not deeds:
        return {}
    deeds["contacts, and names by classifier"] = Deed(ours, size)
    deeds[f"the same and {len(known):,} known names"] = Deed(lambda: anonymise.swept(ours(), roster), size)
    return table(deeds, f"names, {size:,} reviews (others {len(few)})")


def theme(texts: Sequence[str]) -> Ratios:
    """Themes beside one regular expression for each."""
    size, catalogue = len(texts), themes.load()
    verdicts, few = sentiment.analyse(texts, ["en"] * size), texts[: 10 * FEW]
    plain = stock.one_expression_a_theme(catalogue)
    deeds = {
        "one expression a theme": Deed(lambda: plain(few), len(few), stock=True),
        "themes, with polarity and evidence": Deed(lambda: themes.tag(texts, verdicts, catalogue), size),
    }
    return table(deeds, f"eleven themes, {size:,} reviews")


def practice(folder: Path, texts: Sequence[str]) -> Path:
    """A folder with these reviews in a CSV file; gives the file."""
    path = folder / "data" / "raw" / "reviews.csv"
    invented.write(path, ([*invented.row(number)[:-1], text] for number, text in enumerate(texts)))
    return path


def store(texts: Sequence[str]) -> Ratios:
    """Store.save into a new store beside a plain executemany of the same rows and themes."""
    with TemporaryDirectory() as place:
        folder, number, size = Path(place), count(), len(texts)
        settings, path = config.load(folder), practice(folder, texts)
        with Store.open(settings.store) as first:
            finished = pipeline.enrich(ingest.read(path, settings).batch, pipeline.learn(settings, first))
        rows, note = list(records(finished.reviews)), FileNote("f", path.name, "google", "table")

        def ours() -> None:
            with Store.open(folder / f"{next(number)}.db") as new, new.transaction():
                new.save(finished, note)

        deeds = {
            "a plain executemany": Deed(
                lambda: stock.plain_tables(folder / f"{next(number)}.db", rows, finished.themes),
                size,
                stock=True,
            ),
            "Store.save: duplicates found, every look-up indexed": Deed(ours, size),
        }
        return table(deeds, f"store, {size:,} reviews")


def page(texts: Sequence[str]) -> Ratios:
    """The dashboard from the store, searched for names, beside a bare plotly page of the same two charts."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        practice(folder, texts)
        reviewpipe(folder, "run")
        settings, today = config.load(folder), date(2026, 1, 15)

        def plain() -> None:
            with Store.open(settings.store) as held:
                content = stock.plain_page(held.cells(), held.theme_cells())
            (folder / "plain.html").write_text(content, encoding="utf-8")

        deeds = {
            "two charts by plotly.express": Deed(plain, stock=True),
            "dashboard": Deed(lambda: publish.dashboard_page(settings, today, None, "owner")),
        }
        return table(deeds, f"a page from {len(texts):,} reviews", "ms")


PARTS: Mapping[str, Callable[[Sequence[str]], Ratios]] = {
    "stages": stages,
    "floors": floors,
    "names": names,
    "themes": theme,
    "store": store,
    "page": page,
    "start": wholes.start,
    "nightly": wholes.nightly,
    "run": wholes.first_run,
    "processes": wholes.several_processes,
}


def worse(found: Ratios, written: Ratios) -> list[str]:
    """What is slower than written by more than the spread of the written rounds."""
    return [
        f"{name}: {median:.2f}, written {written[name][1]:.2f} ({written[name][0]:.2f} to {written[name][2]:.2f})"
        for name, (_, median, _) in found.items()
        if name in written and median > written[name][1] + written[name][2] - written[name][0]
    ]


def own_texts(file: str, column: str, size: int) -> list[str]:
    """The first texts of a CSV file."""
    with Path(file).open(encoding="utf-8", newline="") as lines:
        return list(islice(filter(None, (row[column] for row in csv.DictReader(lines))), size))


def main() -> None:
    """Print the tables, and write or check the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reviews", nargs="?", type=int, default=2000)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--texts", nargs=2, metavar=("FILE", "COLUMN"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if given.check and not RATIOS.is_file():
        sys.exit(f"There is no {RATIOS.name} yet.  Write it with: python benchmarks/bench.py --write")
    texts = own_texts(*given.texts, given.reviews) if given.texts else invented.texts(given.reviews)
    found: Ratios = {}
    for part in given.parts or PARTS:
        found |= PARTS[part](texts)
    written = json.loads(RATIOS.read_text(encoding="utf-8"))["ratios"] if RATIOS.is_file() else {}
    if given.write:
        RATIOS.write_text(
            json.dumps({"reviews": given.reviews, "ratios": written | found}, indent=1) + "\n", encoding="utf-8"
        )
    if given.check and (slower := worse(found, written)):
        sys.exit("\n".join(["", "Slower than written:", *slower]))


if __name__ == "__main__":
    main()
