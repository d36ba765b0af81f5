"""What a quote claims that an advertisement may have to prove: the patterns and rules stand in claims.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Claim:
    """A kind of claim: its words for people, the rule about it, whether it stops a quote until the owner has proof."""

    kind: str
    label: str
    rule: str
    stops: bool
    patterns: tuple[re.Pattern[str], ...]


def claims(passage: str) -> list[Claim]:
    """The kinds of claim that a passage makes, the gravest first."""
    return [one for one in kinds() if any(pattern.search(passage) for pattern in one.patterns)]


@functools.cache
def kinds() -> tuple[Claim, ...]:
    """All kinds of claim, the gravest first."""
    data = tomllib.loads(files(__package__).joinpath("claims.toml").read_text(encoding="utf-8"))
    return tuple(
        Claim(
            kind, one["label"], one["rule"], one["stops"],
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in one["patterns"]),
        )
        for kind, one in data.items()
    )  # fmt: skip
