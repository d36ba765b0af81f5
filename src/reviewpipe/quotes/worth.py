"""How much a passage says: a small sum that can be read, its words in words.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from reviewpipe.quotes.cuts import leans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.quotes.cuts import Passage
    from reviewpipe.schema import ThemeHit

WORD = re.compile(r"[^\W\d_]{2,}")
# What a passage earns: (weight, how many different finds earn all of it).  Chosen on tests/cases/quote_choices.jsonl.
EARNS = {"change": (0.25, 3), "body": (0.2, 2), "craft": (0.2, 3), "measure": (0.1, 1)}
LENGTH, CLOSED = 0.15, 0.05
# What it loses: for each sentence without evidence; by its share of empty praise; for shouting, for a person left out,
# or one who is only "she".
IDLE, PRAISE, SHOUTING, SOMEBODY, LEANING = 0.1, 0.3, 0.2, 0.1, 0.1
# The length from which a passage earns all of LENGTH; in characters.
FULL = 70
# Under this a passage says too little to be quoted.
LEAST = 0.15
PLACEHOLDER = re.compile(r"\[[A-Z][A-Z _-]*\d*\]")


def worth(passage: Passage, evidence: Sequence[ThemeHit], staff: frozenset[str]) -> float:
    """From 0 to 1; `evidence` is all good that the review says of any theme, `staff` how staff are shown in it."""
    said, words = lexicon(), passage.words
    held = sum(any(start <= hit.start < end for hit in evidence) for start, end in passage.sentences)
    earned = sum(
        weight * min(1.0, len({one.casefold() for one in said[name].findall(words)}) / full)
        for name, (weight, full) in EARNS.items()
    )
    empty = len(said["praise"].findall(words)) / max(1, len(WORD.findall(words)))
    others = any(one not in staff for one in PLACEHOLDER.findall(words))
    return max(
        0.0,
        min(
            1.0,
            earned
            + LENGTH * min(1.0, len(words) / FULL)
            + CLOSED * words.rstrip("\"'”’)").endswith((".", "!", "…"))
            - IDLE * (len(passage.sentences) - held)
            - PRAISE * empty
            - SHOUTING * (words.isupper() or words.count("!") > 2)
            - SOMEBODY * others
            - LEANING * leans(words),
        ),
    )


@functools.cache
def lexicon() -> dict[str, re.Pattern[str]]:
    """The patterns of words.toml by name."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in data.items()}
