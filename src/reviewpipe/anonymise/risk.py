"""Details that can tell who wrote a text in which nobody is named: town, age, job, rare condition, event, family, work.

They are flagged, not removed: without them a review says nothing any more.  The lists stand in risk.toml.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from reviewpipe.anonymise.protected import calendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Kind = Literal["town", "age", "job", "condition", "event", "family", "work"]
Verdict = Literal["low", "raised", "high"]

# A town, an age and a job together are shared by few; each alone by many (Sweeney, Uniqueness of Simple Demographics).
MANY_KINDS = 3
# What stands in every town's match, and in few texts; the patterns themselves take a third of all the time.
BEFORE_A_TOWN = re.compile(r"(?i:\b(?:in|near|to|of|outside|from|past)\s)[A-Z][a-z]|[A-Z][a-z]+,\s")


@dataclass(frozen=True, slots=True)
class Risk:
    """`text[start:end]` is a detail of this kind about the writer or the family."""

    kind: Kind
    start: int
    end: int


def risks(texts: Sequence[str]) -> list[list[Risk]]:
    """For each text the details that may tell who wrote it, in order."""
    return [sorted(_of_text(text), key=lambda one: (one.start, one.end)) for text in texts]


def verdict(found: Iterable[Risk]) -> Verdict:
    """One detail raises the risk; three kinds together make it high, as few people share all three."""
    kinds = {one.kind for one in found}
    if len(kinds) >= MANY_KINDS:
        return "high"
    return "raised" if kinds else "low"


def _of_text(text: str) -> set[Risk]:
    found = set()
    for kind, patterns in _patterns().items():
        if kind == "town" and not BEFORE_A_TOWN.search(text):
            continue
        for pattern in patterns:
            for match in pattern.finditer(text):
                start, end = match.span("it" if "it" in pattern.groupindex else 0)
                if not calendar().issuperset(text[start:end].casefold().split()):
                    found.add(Risk(kind, start, end))
    return found


@functools.cache
def _patterns() -> dict[Kind, tuple[re.Pattern[str], ...]]:
    """The patterns of risk.toml with its lists filled in."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, listed in data["words"].items():
            pattern = pattern.replace(f"{{{name}}}", f"(?:{listed})")
        return re.compile(pattern, re.IGNORECASE | re.VERBOSE)

    return {kind: tuple(map(compiled, data[kind]["patterns"])) for kind in get_args(Kind)}
