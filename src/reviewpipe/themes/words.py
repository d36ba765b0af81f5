"""Words as clients write them, brought to one form: "Stretches" and "streching" are one word to a phrase."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VOWEL = re.compile(r"[aeiouy]")
STRETCHED = re.compile(r"(.)\1{2,}")
DOUBLED = re.compile(r"([b-df-hj-km-np-rtv-y])\1$")  # not l, s, z: "feell" is no word, but "fell" and "pass" are

# Forms that no ending tells; the phrases of this field need no others.
IRREGULAR = {
    form: root
    for root, forms in {
        "be": "is are was were been being am",
        "bring": "brought",
        "come": "came",
        "do": "did done does doing",
        "drink": "drank drunk",
        "feel": "felt",
        "find": "found",
        "foot": "feet",
        "get": "got gotten getting",
        "give": "gave given",
        "go": "went goes going",
        "have": "has had having",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "pay": "paid",
        "say": "said",
        "see": "saw seen",
        "show": "shown",
        "sleep": "slept",
        "spend": "spent",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "understand": "understood",
        "use": "used",
        "wake": "woke woken",
        "write": "wrote written",
        # Stay as they are: "an experienced therapist" is no "experience".
        "experienced": "experienced",
        "trained": "trained",
        "gifted": "gifted",
        "talented": "talented",
        "gone": "gone",
        # "Other chiropractors" are compared with, "a chiropractor" may be the one reviewed.
        "chiropractors": "chiropractors",
        "chiros": "chiropractors",
    }.items()
    for form in forms.split()
}


@functools.lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """`word` in lower case without apostrophes and the endings of plural and tense; numbers are all "0".

    Far milder than Porter's stemmer: "knowledge" stays apart from "know", "relief" from "relieve".
    """
    word = STRETCHED.sub(r"\1", word.lower().replace("’", "'").replace("ʼ", "'"))
    word = word.removesuffix("'s").replace("'", "")
    if word.isdigit():
        return "0"
    root = IRREGULAR.get(word) or (_without_tense(_without_plural(word)) if len(word) > 3 else word)
    return root.removesuffix("e") if len(root) > 3 else root


def _without_plural(word: str) -> str:
    """`word` without the s of plural or third person."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_tense(word: str) -> str:
    """`word` without -ed or -ing where a word with a vowel is left."""
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= 3 and VOWEL.search(left):
            return DOUBLED.sub(r"\1", left)
    return word


def mend(stems: Sequence[str], known: frozenset[str], targets: Iterable[str]) -> dict[str, str]:
    """For each misspelled stem the word of `targets` that was meant; stems in `known` are no misspellings.

    Only long words are mended (short ones have too many neighbours): one slip from 6 letters, two from 10, the first
    letter right.  Distance: optimal string alignment, in which swapped letters are one slip.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    by_letter: dict[str, list[str]] = {}
    for target in targets:
        if len(target) >= 6:
            by_letter.setdefault(target[0], []).append(target)
    meant: dict[str, str] = {}
    for one in dict.fromkeys(stems):
        if len(one) < 6 or one in known or one[0] not in by_letter:
            continue
        slips = 2 if len(one) >= 10 else 1
        best = process.extractOne(one, by_letter[one[0]], scorer=OSA.distance, score_cutoff=slips)
        if best is not None:
            meant[one] = best[0]
    return meant
