"""How much a passage says: a small sum that can be read, its words in words.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
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
    words = passage.words
    held = sum(any(start <= hit.start < end for hit in evidence) for start, end in passage.sentences)
    said = [_said(words[start - passage.start : end - passage.start]) for start, end in passage.sentences]
    earned = sum(
        weight * min(1.0, len(frozenset().union(*(one.finds[name] for one in said))) / full)
        for name, (weight, full) in EARNS.items()
    )
    empty = sum(one.praise for one in said) / max(1, sum(one.words for one in said))
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


@dataclass(frozen=True)
class _Said:
    """What a sentence has of each kind of EARNS, and its numbers of words and of words of mere praise."""

    finds: dict[str, frozenset[str]]
    words: int
    praise: int


@functools.lru_cache(maxsize=1024)
def _said(sentence: str) -> _Said:
    """Kept for a while: a sentence stands in several passages, and is looked at for each."""
    patterns = lexicon()
    finds = {name: frozenset(one.casefold() for one in patterns[name].findall(sentence)) for name in EARNS}
    return _Said(finds, len(WORD.findall(sentence)), len(patterns["praise"].findall(sentence)))


@functools.cache
def lexicon() -> dict[str, re.Pattern[str]]:
    """The patterns of words.toml by name."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in data.items()}
