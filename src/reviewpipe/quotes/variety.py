"""A list of quotes that do not say the same: MMR of Carbonell and Goldstein (1998), doi:10.1145/290941.291025."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WORD = re.compile(r"[^\W_]{3,}")
# How much worth counts against likeness to what is already on the list.
WORTH = 0.7
# Of a longer list only the first so many are chosen for variety: nobody reads on.
FIRST = 100
# Two texts with more than this share of four-word runs in common are one person's, sent twice.
SAME = 0.5


def varied(texts: Sequence[str], worths: Sequence[float], limit: int) -> list[int]:
    """Numbers of at most `limit` texts, the best first, each as unlike those before it as its worth allows."""
    order = sorted(range(len(texts)), key=lambda n: (-worths[n], n))
    left = _distinct(texts, order)
    words = {n: _words(texts[n]) for n in left}
    likeness = dict.fromkeys(left, 0.0)
    chosen: list[int] = []
    while left and len(chosen) < min(limit, FIRST):
        best = max(left, key=lambda n: (WORTH * worths[n] - (1 - WORTH) * likeness[n], -n))
        left.remove(best)
        chosen.append(best)
        for n in left:
            likeness[n] = max(likeness[n], _alike(words[best], words[n]))
    return chosen + left[: limit - len(chosen)]


def _distinct(texts: Sequence[str], order: Sequence[int]) -> list[int]:
    """`order` without texts that share most of their four-word runs with an earlier one."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    kept = []
    for n in order:
        words = [word.casefold() for word in WORD.findall(texts[n])]
        runs = {tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))}
        shared = Counter(other for run in runs for other in holders[run])
        if not shared or max(shared.values()) <= SAME * len(runs):
            kept.append(n)
            for run in runs:
                holders[run].append(n)
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in WORD.findall(text))


def _alike(some: frozenset[str], others: frozenset[str]) -> float:
    """Jaccard's index of two sets of words."""
    return len(some & others) / max(1, len(some | others))
