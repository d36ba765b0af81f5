"""The phrases of lexicon.toml, found in a whole batch: each word that a phrase may hold becomes one character.

A sentence is then a short string, and a phrase a regular expression over it that is tried only where it can begin.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reviewpipe.sentiment import vader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewpipe.tokens import Tokens

# Characters of the private use area stand for words; these stand for all the others.
_OTHER, STOP, _FIRST = "w", ".", 0xE000
_STOPS = frozenset(".!?;:…\n")
_PASSED_OVER = frozenset("-–—\"'“”‘’*_~")
# How many words before a phrase may deny it: "I do not think you will be disappointed".
_DENIAL_REACH = 4


@dataclass(frozen=True)
class Rule:
    """A group of phrases that mean the same; weights are on VADER's scale, `denied` None where denial is no matter."""

    name: str
    weight: float
    denied: float | None


@dataclass(frozen=True)
class Lexicon:
    """lexicon.toml, ready for use; `begins` maps a character to the phrases that may begin with it.

    `silent` maps words that say nothing alone to what the model sees in their place in a pair.
    """

    rules: tuple[Rule, ...]
    characters: Mapping[str, str]
    begins: Mapping[str, tuple[tuple[int, re.Pattern[str]], ...]]
    start: re.Pattern[str]
    denials: frozenset[str]
    silent: Mapping[str, str]
    words: vader.WordLists


class Match(NamedTuple):
    """A phrase in sentence number `sentence`, at `start` to `end` of its text."""

    sentence: int
    rule: Rule
    weight: float
    start: int
    end: int


@functools.cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    data = tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))
    classes = {name: words.split() for name, words in data["classes"].items()}
    characters: dict[str, str] = {}
    begins: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for word in classes["not"]:
        characters[word] = chr(_FIRST + len(characters))
    denials = frozenset(characters.values())
    bars = "".join(sorted(denials))
    for number, rule in enumerate(data["rule"]):
        for phrase in rule["phrases"]:
            pattern, first = _compiled(phrase.split(), classes, characters, bars)
            for character in first:
                begins.setdefault(character, []).append((number, pattern))
    stock = vader.stock()
    valences = {**stock.valences, **dict.fromkeys(data["valences"]["neutral"].split(), 0.0)}
    return Lexicon(
        tuple(Rule(r["name"], r["weight"], r.get("denied")) for r in data["rule"]),
        characters,
        {character: tuple(found) for character, found in begins.items()},
        re.compile("[" + "".join(sorted(begins)) + "]"),
        denials,
        {word: word for word in classes["silent"]}
        | {word: name for name in ("body", "symptom") for word in classes[name]},
        replace(stock, valences=valences),
    )


def _compiled(
    elements: list[str], classes: Mapping[str, list[str]], characters: dict[str, str], bars: str
) -> tuple[re.Pattern[str], set[str]]:
    """A phrase as a pattern over characters, and the characters it may begin with; adds its words to `characters`."""
    pattern, first, open_start = "", set[str](), True
    for element in elements:
        if element.startswith(".."):
            pattern += f"[^{STOP}{bars}]{{0,{element[2:] or 4}}}?"
            continue
        optional = element.endswith("?")
        names = element.removesuffix("?").split("|")
        words = [word for name in names for word in (classes[name[1:-1]] if name.startswith("<") else [name])]
        found = {characters.setdefault(word, chr(_FIRST + len(characters))) for word in words}
        pattern += "[" + "".join(sorted(found)) + "]" + "?" * optional
        if open_start:
            first |= found
            open_start = optional
    return re.compile(pattern), first


def find(tokens: Tokens) -> list[Match]:
    """Every phrase in `tokens` (one text a sentence), in order, none overlapping another."""
    known = lexicon()
    table = np.array([character(word) for word in tokens.vocabulary] or [""])
    kept = np.flatnonzero(table[tokens.codes] != "") if len(tokens.codes) else np.zeros(0, np.int64)
    sentence_of = tokens.text_of()[kept]
    # A line's end after each sentence, so that no phrase runs on into the next.
    lines = "".join(table[tokens.codes[kept]].tolist())
    bounds = np.searchsorted(sentence_of, np.arange(len(tokens.rows)))
    found = []
    for sentence in range(len(tokens.rows) - 1):
        first, last = int(bounds[sentence]), int(bounds[sentence + 1])
        for number, weight, a, b in _in_sentence(lines[first:last], known):
            start, end = tokens.starts[kept[first + a]], tokens.ends[kept[first + b - 1]]
            found.append(Match(sentence, known.rules[number], weight, int(start), int(end)))
    return found


def character(word: str) -> str:
    """The character that stands for a word or mark; empty for what is passed over."""
    known = lexicon()
    plain = word.lower().replace("’", "'").replace("ʼ", "'")
    if plain in known.characters:
        return known.characters[plain]
    return STOP if plain in _STOPS else "" if plain in _PASSED_OVER else _OTHER


def _in_sentence(line: str, known: Lexicon) -> Iterator[tuple[int, float, int, int]]:
    """Number of the rule, weight, first and last place of each phrase in a sentence's characters."""
    taken = 0
    for begin in known.start.finditer(line):
        at = begin.start()
        if at < taken:
            continue
        best, number = at, -1
        for candidate, pattern in known.begins[line[at]]:
            match = pattern.match(line, at)
            if match and match.end() > best:
                best, number = match.end(), candidate
        if number >= 0:
            yield number, _weight(known.rules[number], line[max(0, at - _DENIAL_REACH) : at], known), at, best
            taken = best


def _weight(rule: Rule, before: str, known: Lexicon) -> float:
    """The rule's weight, or the one it has when the words before deny it."""
    clause = before[before.rfind(STOP) + 1 :]
    denied = rule.denied is not None and any(character in known.denials for character in clause)
    return rule.denied if denied and rule.denied is not None else rule.weight
