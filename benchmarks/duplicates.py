"""Shows whether nearly equal reviews are found among many, and what the search costs; a table in Markdown.

    python benchmarks/duplicates.py 10000 100000

For each number of invented reviews on four platforms a run, then one with copies of some that stand on another platform
under a shorter name, a file of each kind: a slip mended, three words changed, an excerpt as Yelp cuts it; and, to see
that not too much is merged, reviews that share their first half with one that is there.  The last column says how much
of the first run's time the search took (by samples, sampled.py), equal reviews included.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import invented
import timing

from reviewpipe import config
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from invented import Row

PLANTED = 400
TITLE = """
| reviews | planted | slip mended | three words | excerpt | other half | merged by chance | share of the run |
|---|---|---|---|---|---|---|---|"""
# Fewer words are another review when three of them change, and Yelp cuts what is longer than this many characters.
FEWEST, EXCERPT = 45, 160
# What the search for reviews that are there already is made of, as sampled.py names it; none of these calls another.
SEARCH = ("likeness.marks", "._unrelated", "._twin", "Opinions.remark")


def slip(text: str, dice: Random) -> str:
    """Two letters of a word change places."""
    at = dice.choice([at for at in range(len(text) - 1) if text[at : at + 2].isalpha() and text[at] != text[at + 1]])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def three_words(text: str, dice: Random) -> str:
    """Three words become others."""
    words = text.split()
    for at in dice.sample(range(len(words)), 3):
        words[at] = dice.choice(words)
    return " ".join(words)


def other_half(text: str, dice: Random) -> str:
    """Another review that begins alike."""
    words = text.split()
    return " ".join(words[: len(words) // 2] + invented.text(dice.randrange(10**9, 2 * 10**9)).split())


KINDS: Mapping[str, Callable[[str, Random], str]] = {
    "slip": slip,
    "three words": three_words,
    "other half": other_half,
}


def chosen(size: int) -> Iterator[int]:
    """Numbers of long reviews on Google, spread over all."""
    step = max(1, size // (PLANTED * 30)) * len(invented.PLATFORMS)
    numbers = (number for number in range(0, size, step) if len(invented.text(number).split()) >= FEWEST)
    for number, _ in zip(numbers, range(PLANTED), strict=False):
        yield number


def copy(number: int, kind: str) -> Row:
    """A row as another platform shows it: "Dolores W.", a day later, changed."""
    row, dice = invented.row(number), Random(f"{kind} {number}")  # noqa: S311  no secret is made of it
    first, family = row[2].split()
    return [f"{kind} {number}", "Healthgrades", f"{first} {family[0]}.", row[3], row[4], KINDS[kind](row[5], dice)]


def excerpts(path: Path, numbers: Iterator[int]) -> None:
    """What Yelp's interface hands out: the first words, cut."""
    found = []
    for number in numbers:
        row = invented.row(number)
        first, family = row[2].split()
        text, when = row[5][:EXCERPT].rsplit(" ", 1)[0] + "...", f"{row[3]} 10:00:00"
        person = {"name": f"{first} {family[0]}."}
        found.append({"id": f"y{number}", "rating": int(row[4]), "text": text, "time_created": when, "user": person})
    path.write_text(json.dumps({"reviews": found}), encoding="utf-8")


def merged(folder: Path) -> dict[str, float]:
    """The share of each file's rows that were merged with a review of the store."""
    with Store.open(config.load(folder).store) as store:
        return {
            Path(note.path).stem: (note.counts.duplicate + note.counts.edited) / note.counts.read
            for note in store.files()
        }


def share_of_search(folder: Path) -> str:
    """How much of a run went into the search, by samples."""
    seen = json.loads((folder / "shares.json").read_text(encoding="utf-8"))
    found = [within for name, (within, _) in seen.items() if name.endswith(SEARCH)]
    return f"{sum(found):.1%}" if found else "unknown: has SEARCH other names?"


def measure(folder: Path, size: int) -> None:
    """A line of the table."""
    print(f"{time.strftime('%H:%M:%S')} {size:,} reviews", file=sys.stderr, flush=True)
    raw = folder / "data" / "raw"
    invented.table(raw / "all.csv", 0, size)
    sampled = Path(__file__).with_name("sampled.py")
    first = timing.run(sampled, folder / "shares.json", "--project", folder, "run", "--executor", "serial", "--json")
    count = sum(1 for _ in chosen(size))
    for kind in KINDS:
        invented.write(raw / f"{kind}.csv", (copy(number, kind) for number in chosen(size)))
    excerpts(raw / "excerpt.json", chosen(size))
    timing.reviewpipe(folder, "run", "--max-bad", "1")
    found, new = merged(folder), json.loads(first.said)["new"]
    shown = " | ".join(f"{found[kind]:.3f}" for kind in ("slip", "three words", "excerpt", "other half"))
    print(f"| {size:,} | {count} | {shown} | {size - new} | {share_of_search(folder)} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--folder", type=Path, help="where to work (default: the system's temporary folder)")
    given = parser.parse_args()
    print(TITLE, flush=True)
    for size in given.sizes:
        with TemporaryDirectory(dir=given.folder) as folder:
            measure(Path(folder), size)


if __name__ == "__main__":
    main()
