"""Speed as ratios against stock tools, measured in the same run, interleaved, as medians.

    python benchmarks/bench.py [REVIEWS]            prints the tables
    python benchmarks/bench.py [REVIEWS] --write    and writes benchmarks/ratios.json
    python benchmarks/bench.py [REVIEWS] --check    and fails where one is worse by more than its spread

The reviews are those of the invented training corpus, repeated with a running number.  1.00 is stock vaderSentiment
3.3.2 on the same texts (stages), or a bare `import click` (start-up).  Below 1 is faster.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reviewpipe import anonymise, pipeline, sentiment, themes
from reviewpipe.clean import clean_text
from reviewpipe.sentiment import vader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RATIOS = Path(__file__).with_name("ratios.json")
CORPUS = Path(__file__).parent.parent / "training" / "corpus"
ROUNDS = 5
WORD = re.compile(r"[a-z]{4,}")


def corpus(size: int) -> list[str]:
    """`size` invented reviews, no two alike."""
    lines = [line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [" ".join(s["text"] for s in json.loads(line)["sentences"]) for line in lines]
    return [f"{texts[n % len(texts)]} Visit {n}." for n in range(size)]


def measured(deeds: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each deed over the rounds, one after the other in each round; the first round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in deeds}
    for number in range(ROUNDS + 1):
        for name, deed in deeds.items():
            start = time.perf_counter()
            deed()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def show(seconds: Mapping[str, Sequence[float]], yardstick: str, unit: int) -> dict[str, list[float]]:
    """A line for each deed: its ratio to the yardstick round by round, and how many a second.

    Gives least, median and most of each ratio.
    """
    found = {}
    for name, taken in seconds.items():
        ratios = sorted(a / b for a, b in zip(taken, seconds[yardstick], strict=True))
        middle = statistics.median(ratios)
        usual = statistics.median(taken)
        rate = f"{unit / usual:>9,.0f}/s" if unit > 1 else f"{usual * 1000:>7,.0f} ms"
        print(f"{name:<34} {middle:>6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}) {rate}")
        found[name] = [round(one, 3) for one in (ratios[0], middle, ratios[-1])]
    return found


def stages(size: int) -> dict[str, Callable[[], object]]:
    """Stock VADER and our stages on the same texts."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    texts = corpus(size)
    stock, roster, catalogue = SentimentIntensityAnalyzer(), anonymise.Roster(), themes.load()
    english = ["en"] * size
    verdicts = sentiment.analyse(texts, english)
    return {
        "stock vaderSentiment": lambda: [stock.polarity_scores(text) for text in texts],
        "the same scores, by our VADER": lambda: vader.scores(texts),
        "clean": lambda: [clean_text(text) for text in texts],
        "names and identifiers": lambda: anonymise.find(texts, [None] * size, roster),
        "sentiment, by text and sentence": lambda: sentiment.analyse(texts, english),
        "eleven themes": lambda: themes.tag(texts, verdicts, catalogue),
        "sentiment and themes together": lambda: pipeline.analyse(texts, english, catalogue),
    }


def started(*command: str) -> Callable[[], object]:
    """A whole process."""
    return lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True)


def one_pattern_a_theme(texts: Sequence[str]) -> Callable[[], object]:
    """What somebody would write in an afternoon: the phrases' words of each theme joined to one expression."""
    patterns = [
        re.compile("|".join(sorted({re.escape(word) for phrase in theme.phrases for word in WORD.findall(phrase)})))
        for theme in themes.load().themes
    ]
    return lambda: [[bool(pattern.search(text)) for pattern in patterns] for text in texts]


def whole_run(folder: Path, texts: Sequence[str]) -> Callable[[], object]:
    """From a CSV to the committed store and both pages, in a process of its own, each time in a fresh folder."""
    table = folder / "reviews.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Author", "Date", "Rating", "Review"])
        writer.writerows(
            [f"Client {n}", f"2026-{1 + n % 10:02d}-{1 + n % 28:02d}", 1 + n % 5, text] for n, text in enumerate(texts)
        )
    number = count()

    def run() -> None:
        practice = folder / str(next(number))
        (practice / "data" / "raw").mkdir(parents=True)
        shutil.copy(table, practice / "data" / "raw")
        started("-m", "reviewpipe", "--project", str(practice), "run")()

    return run


STOCK = """
import csv, sys
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
stock = SentimentIntensityAnalyzer()
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    scores = [stock.polarity_scores(row["Review"]) for row in csv.DictReader(file)]
"""


def worse(found: Mapping[str, Sequence[float]], written: Mapping[str, Sequence[float]]) -> list[str]:
    """What is slower than written by more than the spread of the written rounds."""
    return [
        f"{name}: {median:.2f}, written {written[name][1]:.2f} ({written[name][0]:.2f} to {written[name][2]:.2f})"
        for name, (_, median, _) in found.items()
        if name in written and median > written[name][1] + written[name][2] - written[name][0]
    ]


def main() -> None:
    """Print the tables, and write or check the ratios."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    size = numbers[0] if numbers else 2000
    print(f"{size} reviews; ratio to stock vaderSentiment: median (least to most), reviews a second")
    found = show(measured(stages(size)), "stock vaderSentiment", size)
    print("\neleven themes; ratio to one expression a theme")
    verdicts = sentiment.analyse(texts := corpus(size), ["en"] * size)
    deeds = {
        "one expression a theme": one_pattern_a_theme(texts),
        "themes": lambda: themes.tag(texts, verdicts, themes.load()),
    }
    found |= show(measured(deeds), "one expression a theme", size)
    print("\nwhole processes; ratio to `import click`: median (least to most), milliseconds")
    deeds = {"import click": started("-c", "import click"), "reviewpipe --help": started("-m", "reviewpipe", "--help")}
    found |= show(measured(deeds), "import click", 1)
    print(f"\nwhole processes, {size} reviews from a CSV; ratio to stock VADER alone")
    with TemporaryDirectory() as folder:
        run = whole_run(Path(folder), texts)
        stock = started("-c", STOCK, str(Path(folder) / "reviews.csv"))
        found |= show(
            measured({"stock vaderSentiment, a process": stock, "reviewpipe run": run}),
            "stock vaderSentiment, a process",
            size,
        )
    if "--write" in sys.argv:
        RATIOS.write_text(json.dumps({"reviews": size, "ratios": found}, indent=1) + "\n", encoding="utf-8")
    if "--check" in sys.argv:
        if not RATIOS.is_file():
            sys.exit(f"There is no {RATIOS.name} yet.  Write it with: python benchmarks/bench.py --write")
        slower = worse(found, json.loads(RATIOS.read_text(encoding="utf-8"))["ratios"])
        sys.exit("\n".join(["", "Slower than written:", *slower]) if slower else 0)


if __name__ == "__main__":
    main()
