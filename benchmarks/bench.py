"""Speed as ratios against stock tools, measured in the same run, interleaved, as medians.

    python benchmarks/bench.py [REVIEWS]

The reviews are those of the invented training corpus, repeated with a running number.  1.00 is stock vaderSentiment
3.3.2 on the same texts (stages), or a bare `import click` (start-up).  Below 1 is faster.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reviewpipe import anonymise, pipeline, sentiment, themes
from reviewpipe.clean import clean_text
from reviewpipe.sentiment import vader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
ROUNDS = 5


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


def show(seconds: Mapping[str, Sequence[float]], yardstick: str, unit: int) -> None:
    """A line for each deed: its ratio to the yardstick round by round, and how many a second."""
    for name, taken in seconds.items():
        ratios = sorted(a / b for a, b in zip(taken, seconds[yardstick], strict=True))
        middle = statistics.median(ratios)
        usual = statistics.median(taken)
        rate = f"{unit / usual:>9,.0f}/s" if unit > 1 else f"{usual * 1000:>7,.0f} ms"
        print(f"{name:<34} {middle:>6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}) {rate}")


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


def main() -> None:
    """Print both tables."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"{size} reviews; ratio to stock vaderSentiment: median (least to most), reviews a second")
    show(measured(stages(size)), "stock vaderSentiment", size)
    print("\nwhole processes; ratio to `import click`: median (least to most), milliseconds")
    deeds = {"import click": started("-c", "import click"), "reviewpipe --help": started("-m", "reviewpipe", "--help")}
    show(measured(deeds), "import click", 1)


if __name__ == "__main__":
    main()
