"""The word lists and patterns of cues.toml, read once, and the voice of a text."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

Cues = dict[str, Any]

# Longer texts add no evidence, only time: the cues of the first page of a text decide.
READ_AT_MOST = 3000
# What a line says about a review stands at its beginning.
LINE_AT_MOST = 400
# A pattern is only tried on a text that has one of its words, told by so many letters.  Most lines have none.
LETTERS = 4
WORD = re.compile(r"[^\W\d_]+")
SYMBOL = re.compile("[©@★☆⭐✩✭✮⯨\ufe0f\ue838-\ue83a]")
FIGURE = re.compile(r"\d")
# Fewer words of Latin are a motto.
FEWEST_FILLERS = 4
# A pattern's words stand apart from its escapes, classes, groups and numbers of repeats.
NO_WORD = re.compile(r"\\.|\[(?:[^\]\\]|\\.)*\]|\(\?[-a-z]*:|\{\d+(?:,\d*)?\}", re.DOTALL)

# Words that stand in most texts, and in a pattern of more than one line's beginning never alone.
EVERYWHERE = frozenset("the a an your you to of on in and for or at with s".split())
PIECE = re.compile(r"<([a-z]+)>")
LAST_LETTER = re.compile(r"\w\?")


@dataclass(frozen=True, eq=False)
class Cue:
    """A pattern with its weight; `needs`: signs of which a text must have one for it to fit; empty if unknown."""

    pattern: re.Pattern[str]
    needs: frozenset[str]
    weight: float = 1.0

    def found(self, text: str) -> re.Match[str] | None:
        """Where the pattern stands; one for whole lines, with "^" at its head, is only looked for there."""
        return self.pattern.match(text) if self.pattern.pattern[0] == "^" else self.pattern.search(text)


@dataclass(frozen=True)
class Voices:
    """The cues of one language, found by the signs that they need; `always`: those that need none."""

    always: tuple[Cue, ...]
    by_sign: dict[str, tuple[Cue, ...]]


@cache
def cues() -> Cues:
    """cues.toml with its patterns compiled."""
    given = tomllib.loads(Path(__file__).with_name("cues.toml").read_text(encoding="utf-8"))
    names: Cues = {key: frozenset(value) for key, value in given["names"].items() if isinstance(value, list)}
    names["ordinary"] = frozenset(given["names"]["ordinary"].split())
    names["nameless"] = re.compile(given["names"]["nameless"], re.IGNORECASE)
    labels = {label: role for role, wanted in given["labels"].items() for label in wanted}
    lines = {key: _cue(_filled(pattern, given["pieces"])) for key, pattern in given["lines"].items()}
    voices = {language: _voices(one) for language, one in given["voice"].items()}
    common: dict[str, list[str]] = defaultdict(list)
    for language, one in given["voice"].items():
        for word in one["common"].split():
            common[word].append(language)
    filler = frozenset(given["filler"]["latin"].split())
    return {
        "filler": filler,
        "names": names,
        "labels": labels,
        "lines": lines,
        "voices": voices,
        "common": dict(common),
    }


def says(line: str, what: str) -> bool:
    """Whether the line fits the pattern `what` of cues.toml's [lines]."""
    return _says(line[:LINE_AT_MOST], what)


@lru_cache(maxsize=16384)
def _says(line: str, what: str) -> bool:
    """See says; the same line is asked for the same thing more than once."""
    cue: Cue = cues()["lines"][what]
    if cue.needs and cue.needs.isdisjoint(signs(line)):
        return False
    return cue.found(line) is not None


@lru_cache(maxsize=4096)
def voice(text: str) -> float:
    """Who speaks: above 0 a client, below 0 a practice or an article; about -6 to 8.

    Sums the weights of the cues of the text's language in cues.toml, each counted twice at most, so that no single
    habit of speech decides.
    """
    text = text[:READ_AT_MOST]
    lowered = text.lower()
    known: Voices = cues()["voices"][_language(WORD.findall(lowered))]
    found = {cue for sign in signs(text) for cue in known.by_sign.get(sign, ())}
    total = 0.0
    for cue in (*known.always, *found):
        total += cue.weight * _count(cue.pattern, text if cue.pattern.flags & re.IGNORECASE else lowered)
    return round(total, 6)  # a sum must not depend on the order of a set


def is_filler(text: str) -> bool:
    """Whether it is the Latin that designers put where words are still to come, in whatever wording."""
    words = [word for word in WORD.findall(text[:LINE_AT_MOST].lower()) if len(word) > 1]
    known = sum(word in cues()["filler"] for word in words)
    return known >= FEWEST_FILLERS and 2 * known >= len(words)


@lru_cache(maxsize=4096)
def signs(line: str) -> frozenset[str]:
    """The first letters of a line's words, "0" if it has figures, and its symbols."""
    found = {word[:LETTERS] for word in WORD.findall(line.lower())}
    found.update("★" if "\ue838" <= symbol <= "\ue83a" else symbol for symbol in SYMBOL.findall(line))
    if FIGURE.search(line):
        found.add("0")
    return frozenset(found)


def _language(words: list[str]) -> str:
    """The language whose small words stand in the text; English if no other has clearly more of them."""
    common = cues()["common"]
    hits = Counter(language for word in words[:200] for language in common.get(word, ()))
    if not hits:
        return "en"
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    return best if hits[best] > hits["en"] else "en"


def _filled(pattern: str, pieces: dict[str, str]) -> str:
    """A pattern of [lines] with the pieces that it names; pieces may name no pieces."""
    return PIECE.sub(lambda name: pieces[name.group(1)], pattern)


def _voices(given: dict[str, Any]) -> Voices:
    """A language's cues, by the signs that they need."""
    found = [_spoken(p, w) for w, p in given["client"]] + [_spoken(p, -w) for w, p in given["practice"]]
    by_sign: dict[str, list[Cue]] = defaultdict(list)
    for cue in found:
        for sign in cue.needs or ():
            by_sign[sign].append(cue)
    return Voices(tuple(c for c in found if not c.needs), {sign: tuple(group) for sign, group in by_sign.items()})


def _spoken(pattern: str, weight: float) -> Cue:
    """A cue of a voice.  Ignoring case is slow, so only those that look at capitals are read on the text as written."""
    cue = _cue(pattern, weight)
    return cue if "(?-i:" in pattern else Cue(re.compile(pattern), cue.needs, weight)


def _cue(pattern: str, weight: float = 1.0) -> Cue:
    """A pattern that ignores case, with the signs that stand in it."""
    bare = NO_WORD.sub(" ", pattern)
    needs = (
        signs(bare)
        | signs(LAST_LETTER.sub(" ", bare))
        | frozenset(SYMBOL.findall(pattern))
        | frozenset("0" if r"\d" in pattern else "")
    )
    rare = needs - EVERYWHERE if pattern[0] != "^" else needs
    return Cue(re.compile(pattern, re.IGNORECASE), rare or needs, weight)


def _count(pattern: re.Pattern[str], text: str) -> int:
    """How often the pattern stands in the text, 2 at most."""
    first = pattern.search(text)
    return 0 if first is None else 1 + (pattern.search(text, first.end()) is not None)
