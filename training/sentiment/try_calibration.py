"""What fitting the model to a few labels of a practice is worth: the figures of docs/accuracy.md.

Usage: nice -n 5 python training/sentiment/try_calibration.py [--skip 929]

Leaves out the first reviews of the corpus, on which the model was trained, and draws practices with different shares of
happy clients from the others: 60 labels to fit to, up to 220 further reviews to judge, 20 times.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import f1_score

from reviewpipe import calibrate, sentiment
from reviewpipe.schema import Label
from reviewpipe.sentiment.calibration import AS_SHIPPED, PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
# Shares of negative, middling and positive reviews.
PRACTICES = {"happy": (0.05, 0.08, 0.87), "usual": (0.12, 0.13, 0.75), "as the corpus": (0.25, 0.30, 0.45)}
LABELS, JUDGED, DRAWS = 60, 220, 20


def main() -> None:
    """Print accuracy and macro-F1 as shipped and fitted, for each kind of practice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skip", type=int, default=929)
    rows = [json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    rows = rows[parser.parse_args().skip :]
    said = [row["sentiment"] for row in rows]
    chances = sentiment.chances([" ".join(s["text"] for s in row["sentences"]) for row in rows], [None] * len(rows))
    for name, shares in PRACTICES.items():
        figures = []
        for seed in range(DRAWS):
            dice = Random(seed)  # noqa: S311  no secret is made of it
            mine = drawn(said, shares, LABELS, dice, ())
            rest = drawn(said, shares, JUDGED, dice, mine)
            fitted = calibrate.of([chances[n] for n in mine], [Label(str(n), said[n]) for n in mine])
            truth = [PLACE[said[n]] for n in rest]
            for one in (AS_SHIPPED, fitted.calibration):
                found = [PLACE[one.sentiment(chances[n])] for n in rest]
                right = float(np.mean(np.array(found) == truth))
                figures.append((right, f1_score(truth, found, average="macro", zero_division=0)))
        before, after = np.mean(figures[::2], axis=0), np.mean(figures[1::2], axis=0)
        print(f"{name:<14} accuracy {before[0]:.3f} -> {after[0]:.3f}, macro-F1 {before[1]:.3f} -> {after[1]:.3f}")


def drawn(said: Sequence[str], shares: Sequence[float], amount: int, dice: Random, taken: Sequence[int]) -> list[int]:
    """Numbers of reviews in these shares, in no order, none of `taken`."""
    found: list[int] = []
    for place, share in enumerate(shares):
        pool = [n for n, one in enumerate(said) if PLACE[one] == place and n not in taken]
        found += dice.sample(pool, min(round(share * amount), len(pool)))
    dice.shuffle(found)
    return found


if __name__ == "__main__":
    main()
