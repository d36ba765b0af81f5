"""Words that look like names and are none: techniques, conditions, brands, months, places (protected.toml)."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path


@functools.cache
def _groups() -> dict[str, list[str]]:
    """The groups of protected.toml, each a list."""
    read = tomllib.loads((Path(__file__).parent / "protected.toml").read_text(encoding="utf-8"))
    return {group: value.split() if isinstance(value, str) else value for group, value in read.items()}


@functools.cache
def words() -> frozenset[str]:
    """Single words that are no names, folded."""
    return frozenset(
        w for group, listed in _groups().items() if group not in ("phrases", "nobody", "everyday") for w in listed
    )


@functools.cache
def everyday() -> frozenset[str]:
    """Names that are also words of everyday life, folded."""
    return frozenset(_groups()["everyday"])


@functools.cache
def nobody() -> frozenset[str]:
    """What stands in the place of a name where nobody gave one, canonical."""
    return frozenset(_groups()["nobody"])


@functools.cache
def phrases() -> frozenset[tuple[str, str]]:
    """Pairs of words that are no names when they stand together, folded."""
    pairs = (phrase.split() for phrase in _groups()["phrases"])
    return frozenset((first, second) for first, second in pairs)


@functools.cache
def calendar() -> frozenset[str]:
    """Months and days, short and long."""
    short = "jan feb mar apr may jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
    months = "january february march april may june july august september october november december"
    days = "monday tuesday wednesday thursday friday saturday sunday"
    return frozenset(f"{short} {months} {days}".split())
