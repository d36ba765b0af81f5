"""Words that look like names and are none: techniques, conditions, brands, months, places (protected.toml)."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

# These are also written with a full stop.
_SHORTENED = frozenset({"dr", "mr", "mrs", "ms", "st", "mt"})


@functools.cache
def _lists() -> dict[str, Any]:
    """protected.toml as it stands."""
    return tomllib.loads((Path(__file__).parent / "protected.toml").read_text(encoding="utf-8"))


@functools.cache
def words() -> frozenset[str]:
    """Single words that are no names, folded."""
    return frozenset(w for listed in _lists()["words"].values() for w in listed.split())


@functools.cache
def everyday() -> frozenset[str]:
    """Names that are also words of everyday life, folded."""
    return frozenset(_lists()["everyday"].split())


@functools.cache
def nobody() -> frozenset[str]:
    """What stands in the place of a name where nobody gave one, canonical."""
    return frozenset(_lists()["nobody"])


@functools.cache
def phrases() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Runs of folded words that are no names when they stand together, the longest first, by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for run in sorted((tuple(p.split()) for listed in _lists()["phrases"].values() for p in listed), key=len):
        found.setdefault(run[0], []).insert(0, run)
        if run[0] in _SHORTENED:
            found[run[0]].insert(0, (run[0], ".", *run[1:]))
    return {first: tuple(runs) for first, runs in found.items()}


@functools.cache
def beside(kind: str) -> frozenset[str]:
    """Words of one kind (ailments, methods, grounds, animals, …) that make a thing of the word beside them."""
    return frozenset(_lists()["beside"][kind].split())


@functools.cache
def abbreviations() -> frozenset[str]:
    """Letters that, dotted, are nobody's initials, folded and without dots."""
    return frozenset(_lists()["abbreviations"]["letters"].split())


@functools.cache
def calendar() -> frozenset[str]:
    """Months and days, short and long."""
    short = "jan feb mar apr may jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
    months = "january february march april may june july august september october november december"
    days = "monday tuesday wednesday thursday friday saturday sunday"
    return frozenset(f"{short} {months} {days}".split())
