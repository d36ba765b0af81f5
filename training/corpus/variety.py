"""How much the invented reviews repeat themselves: `python training/corpus/variety.py [REVIEWS.parquet …]`.

Distinct n-grams (Li et al. 2016, https://aclanthology.org/N16-1014/) of samples of the same number of words: of this
corpus, of each sitting, and of real reviews for comparison, given as tables with a column `text`.  Then how many of the
four-word runs of a sitting stand in other sittings too: copied wording would show there.
"""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

WORD = re.compile(r"[\w’']+")
# Words a sample: distinct n-grams fall with length, so only samples of one length compare.
SAMPLE = 8_000
DRAWS = 10


def reviews(file: Path) -> list[list[str]]:
    """The words of each review."""
    if file.suffix == ".parquet":
        import pandas as pd

        texts = pd.read_parquet(file, columns=["text"])["text"].dropna()
    else:
        rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
        texts = [" ".join(sentence["text"] for sentence in row["sentences"]) for row in rows]
    return [WORD.findall(text.casefold()) for text in texts]


def grams(review: list[str], length: int) -> list[tuple[str, ...]]:
    """All runs of so many words in a review."""
    return [tuple(review[i : i + length]) for i in range(len(review) - length + 1)]


def distinct(texts: list[list[str]], length: int) -> float:
    """Mean share of n-grams that are distinct, over samples of whole reviews of some SAMPLE words."""
    shares = []
    for draw in range(DRAWS):
        shuffled = texts[:]
        random.Random(draw).shuffle(shuffled)  # noqa: S311  a sample, no secret
        found: list[tuple[str, ...]] = []
        words = 0
        for review in shuffled:
            found += grams(review, length)
            words += len(review)
            if words >= SAMPLE:
                break
        shares.append(len(set(found)) / max(1, len(found)))
    return sum(shares) / DRAWS


def told(name: str, texts: list[list[str]]) -> None:
    """One line of the table."""
    words = sum(map(len, texts))
    few = "" if words >= SAMPLE else "  (smaller than a sample)"
    shares = "  ".join(f"{distinct(texts, n):.3f}" for n in (1, 2, 3, 4))
    print(f"{name:40} {len(texts):6} reviews {words:8} words  distinct 1-4: {shares}{few}")


def main() -> None:
    """See the top of this file."""
    sittings = {file.stem: reviews(file) for file in sorted(Path(__file__).parent.glob("*.jsonl"))}
    told("this corpus", [review for texts in sittings.values() for review in texts])
    for file in sys.argv[1:]:
        told(Path(file).stem, reviews(Path(file)))
    runs = {name: {g for review in texts for g in grams(review, 4)} for name, texts in sittings.items()}
    for name, texts in sittings.items():
        told(name, texts)
        others = set().union(*(found for other, found in runs.items() if other != name))
        print(f"{'':40} four-word runs that stand in another sitting: {len(runs[name] & others) / len(runs[name]):.3f}")


if __name__ == "__main__":
    main()
