"""Invented reviews without end: as many as a benchmark asks for, line by line, the same in every run.

A text is a walk over the words of training/corpus: the next word is one that followed the last two there, or, half of
the time, the last one.  So words keep their frequencies, and two texts are as often alike as two of the corpus (of
5,225, a review shares a number of `anonymise.likeness` with one of 5,700 others; in the corpus with one of 5,500).
Sentences hold together for a few words only, which is all that speed depends on.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Row = list[str]

CORPUS = Path(__file__).parent.parent / "training" / "corpus"
HEADER = ("Review ID", "Platform", "Author", "Date", "Rating", "Review")
PLATFORMS = ("Google", "Google", "Google", "Yelp", "Facebook", "Healthgrades")
FIRST_DAY, LAST_DAY, DAYS = date(2016, 1, 1), date(2025, 12, 31), 3650
# Shorter texts are written by two people alike, and then the counts of a run cannot be foretold.
FEWEST_WORDS, LONGEST_SENTENCE = 16, 40
# Where the next word may follow the last one only.
LOOSE = 0.5
# Of these, family names are put together; none is a word.
BEGINNINGS = "Ab Bel Cor Dav Es Fan Gar Hol Jas Kel Lam Mor Nes Ob Per Quin Ros Sel Tam Vel".split()
MIDDLES = "a ac al an ar e ec el en er i ic il in ir o oc ol on or".split()
ENDINGS = (
    "bury dalo dez ferd gart hoff kowa lund mark nacki pelo quist rova sano stedt tello vanne wick yama zetti".split()
)


@dataclass(frozen=True)
class Words:
    """What follows what in the corpus: after a word, after two; how many sentences a review has; people's names."""

    after: dict[str, list[str]]
    after_two: dict[tuple[str, str], list[str]]
    sentences: Sequence[int]
    names: Sequence[str]


def corpus() -> Iterator[dict[str, Any]]:
    """The reviews of training/corpus, as its README describes them."""
    for file in sorted(CORPUS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


@cache
def words() -> Words:
    """The corpus, counted once."""
    after: dict[str, list[str]] = defaultdict(list)
    after_two: dict[tuple[str, str], list[str]] = defaultdict(list)
    sizes, names = [], set()
    for review in corpus():
        sizes.append(len(review["sentences"]))
        names |= {one["text"] for one in review["names"] if one["text"].isalpha() and one["text"].istitle()}
        for sentence in review["sentences"]:
            found = ["", *sentence["text"].split(), ""]
            for before, one, then in zip(found, found[1:], found[2:], strict=False):
                after[before].append(one)
                after_two[before, one].append(then)
            after[found[-2]].append("")
    return Words(dict(after), dict(after_two), sizes, sorted(names))


def text(number: int) -> str:
    """The review of that number; others have other words."""
    dice, known = Random(number), words()  # noqa: S311  no secret is made of it
    found: Row = []
    for _ in range(dice.choice(known.sentences)):
        found += _sentence(dice, known)
    while len(found) < FEWEST_WORDS:
        found += _sentence(dice, known)
    return " ".join(found)


def _sentence(dice: Random, known: Words) -> Row:
    chance = dice.random  # its choice() takes five times as long
    before, word, found = "", dice.choice(known.after[""]), []
    while word and len(found) < LONGEST_SENTENCE:
        found.append(word)
        following = known.after[word] if chance() < LOOSE else known.after_two[before, word]
        then = following[int(chance() * len(following))]
        before, word = word, then if (word, then) in known.after_two else ""
    return found


def author(number: int) -> str:
    """A first and a family name that no other number below some six million has."""
    first = words().names
    turn, place = divmod(number, len(first))
    turn, end = divmod(turn + 37 * place, len(ENDINGS))
    turn, middle = divmod(turn, len(MIDDLES))
    return f"{first[place]} {BEGINNINGS[turn % len(BEGINNINGS)]}{MIDDLES[middle]}{ENDINGS[end]}"


def row(number: int) -> Row:
    """A line of the table under HEADER."""
    day = FIRST_DAY + timedelta(days=number * 7919 % DAYS)
    platform = PLATFORMS[number % len(PLATFORMS)]
    return [f"r{number:09d}", platform, author(number), day.isoformat(), str(1 + number * 31 % 5), text(number)]


def write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """A CSV file, line by line; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(lines)


def table(path: Path, first: int, last: int) -> None:
    """A CSV file of the reviews from `first` on, without `last`."""
    write(path, map(row, range(first, last)))


def texts(size: int) -> list[str]:
    """`size` texts: those of the corpus as they are, then others of their kind."""
    whole = [" ".join(one["text"] for one in review["sentences"]) for review in corpus()][:size]
    return whole + [text(number) for number in range(len(whole), size)]
