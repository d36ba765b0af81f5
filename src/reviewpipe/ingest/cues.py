"""The word lists and patterns of cues.toml, read once, and the voice of a text."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Cues = dict[str, Any]

# Longer texts add no evidence, only time: the cues of the first page of a text decide.
READ_AT_MOST = 3000


@cache
def cues() -> Cues:
    """cues.toml with its patterns compiled."""
    given = tomllib.loads(Path(__file__).with_name("cues.toml").read_text(encoding="utf-8"))
    voice = [(w, p, 1) for w, p in given["voice"]["client"]] + [(w, p, -1) for w, p in given["voice"]["practice"]]
    capitals = [(w * sign, re.compile(p, re.IGNORECASE)) for w, p, sign in voice if "(?-i:" in p]
    lowered = [(w * sign, re.compile(p)) for w, p, sign in voice if "(?-i:" not in p]
    names: Cues = {key: frozenset(value) for key, value in given["names"].items() if isinstance(value, list)}
    names["ordinary"] = frozenset(given["names"]["ordinary"].split())
    names["nameless"] = re.compile(given["names"]["nameless"], re.IGNORECASE)
    labels = {label: role for role, wanted in given["labels"].items() for label in wanted}
    lines = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in given["lines"].items()}
    return {"capitals": capitals, "lowered": lowered, "names": names, "labels": labels, "lines": lines}


def says(line: str, what: str) -> bool:
    """Whether the line fits the pattern `what` of cues.toml's [lines]."""
    return cues()["lines"][what].search(line[:400]) is not None


def voice(text: str) -> float:
    """Who speaks: above 0 a client, below 0 a practice or an article; about -6 to 8.

    Sums the weights of the cues of cues.toml, each counted twice at most, so that no single habit of speech decides.
    """
    text = text[:READ_AT_MOST]
    lowered, known = text.lower(), cues()
    total = sum(w * _count(p, lowered) for w, p in known["lowered"])
    return float(total + sum(w * _count(p, text) for w, p in known["capitals"]))


def _count(pattern: re.Pattern[str], text: str) -> int:
    """How often the pattern stands in the text, 2 at most."""
    first = pattern.search(text)
    return 0 if first is None else 1 + (pattern.search(text, first.end()) is not None)
