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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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


class Phrase(NamedTuple):
    """A phrase of rule number `rule` as a pattern; `first` are the characters it may begin with.

    `first` tells for each of them which may come second; None where anything may.
    """

    rule: int
    pattern: re.Pattern[str]
    first: Mapping[str, frozenset[str] | None]


class Beginnings(dict[str, tuple[Phrase, ...]]):
    """Which phrases may begin with two characters, looked up once a pair: few pairs begin any phrase."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.by_first: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            for character in phrase.first:
                self.by_first.setdefault(character, []).append(phrase)

    def __missing__(self, pair: str) -> tuple[Phrase, ...]:
        found = []
        for phrase in self.by_first[pair[0]]:
            second = phrase.first[pair[0]]
            if second is None or pair[1] in second:
                found.append(phrase)
        self[pair] = tuple(found)
        return self[pair]


@dataclass(frozen=True)
class Lexicon:
    """lexicon.toml, ready for use; `begins` maps two characters to the phrases that may begin with them.

    `silent` maps words that say nothing alone to what the model sees in their place in a pair.
    """

    rules: tuple[Rule, ...]
    characters: Mapping[str, str]
    begins: Beginnings
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
    for word in classes["not"]:
        characters[word] = chr(_FIRST + len(characters))
    denials = frozenset(characters.values())
    bars = "".join(sorted(denials))
    begins = Beginnings(
        _compiled(number, phrase.split(), (classes, characters), bars)
        for number, rule in enumerate(data["rule"])
        for phrase in rule["phrases"]
    )
    stock = vader.stock()
    valences = {**stock.valences, **dict.fromkeys(data["valences"]["neutral"].split(), 0.0)}
    return Lexicon(
        tuple(Rule(r["name"], r["weight"], r.get("denied")) for r in data["rule"]),
        characters,
        begins,
        denials,
        {word: word for word in classes["silent"]}
        | {word: name for name in ("body", "symptom") for word in classes[name]},
        replace(stock, valences=valences),
    )


def _compiled(
    rule: int, elements: list[str], known: tuple[Mapping[str, list[str]], dict[str, str]], bars: str
) -> Phrase:
    """A phrase as a pattern over characters; `known` are the classes and the characters, which its words are added to."""
    classes, characters = known
    pattern, sets = "", list[tuple[frozenset[str] | None, bool]]()
    for element in elements:
        if element.startswith(".."):
            pattern += f"[^{STOP}{bars}]{{0,{element[2:] or 4}}}?"
            sets.append((None, False))
            continue
        optional = element.endswith("?")
        names = element.removesuffix("?").split("|")
        words = [word for name in names for word in (classes[name[1:-1]] if name.startswith("<") else [name])]
        found = {characters.setdefault(word, chr(_FIRST + len(characters))) for word in words}
        pattern += "[" + "".join(sorted(found)) + "]" + "?" * optional
        sets.append((frozenset(found), optional))
    first: dict[str, frozenset[str] | None] = {}
    for place, (found_here, optional) in enumerate(sets):
        second = _next(sets[place + 1 :])
        for character in found_here or ():
            before = first.get(character, frozenset())
            first[character] = None if second is None or before is None else before | second
        if not optional:
            break
    return Phrase(rule, re.compile(pattern), first)


def _next(sets: Sequence[tuple[frozenset[str] | None, bool]]) -> frozenset[str] | None:
    """What may stand first in `sets`, of which some may be missing; None where anything may."""
    found = frozenset[str]()
    for characters, optional in sets:
        if characters is None:
            return None
        found |= characters
        if not optional:
            return found
    return None


def find(tokens: Tokens) -> list[Match]:
    """Every phrase in `tokens` (one text a sentence), in order, none overlapping another."""
    known = lexicon()
    table = np.array([character(word) for word in tokens.vocabulary] or [""], "<U1").view(np.uint32)
    drawn = table[tokens.codes]
    kept = np.flatnonzero(drawn)
    # A stop after each sentence, so that no phrase runs on into the next.
    ends = np.searchsorted(kept, tokens.rows[1:])
    line = np.insert(drawn[kept], ends, ord(STOP))
    token = np.insert(kept, ends, -1)
    begins = np.zeros(_FIRST + len(known.characters), bool)
    begins[[ord(character) for character in known.begins.by_first]] = True
    places = np.flatnonzero(begins[line]).tolist()
    found = list(_in_line(line.tobytes().decode("utf-32"), places, known))
    first = token[[at for _, _, at, _ in found]]
    last = token[[end - 1 for _, _, _, end in found]]
    sentences = np.searchsorted(tokens.rows, first, side="right") - 1
    spans = zip(sentences.tolist(), tokens.starts[first].tolist(), tokens.ends[last].tolist(), strict=True)
    return [
        Match(sentence, known.rules[number], weight, start, end)
        for (number, weight, _, _), (sentence, start, end) in zip(found, spans, strict=True)
    ]


def character(word: str) -> str:
    """The character that stands for a word or mark; empty for what is passed over."""
    known = lexicon()
    plain = word.lower().replace("’", "'").replace("ʼ", "'")
    if plain in known.characters:
        return known.characters[plain]
    return STOP if plain in _STOPS else "" if plain in _PASSED_OVER else _OTHER


def _in_line(line: str, places: Sequence[int], known: Lexicon) -> Iterator[tuple[int, float, int, int]]:
    """Number of the rule, weight, first and last place of each phrase in `line` that begins at one of `places`."""
    taken = 0
    for at in places:
        candidates = known.begins[line[at : at + 2]]
        if not candidates or at < taken:
            continue
        best, number = at, -1
        for phrase in candidates:
            match = phrase.pattern.match(line, at)
            if match and match.end() > best:
                best, number = match.end(), phrase.rule
        if number >= 0:
            yield number, _weight(known.rules[number], line[max(0, at - _DENIAL_REACH) : at], known), at, best
            taken = best


def _weight(rule: Rule, before: str, known: Lexicon) -> float:
    """The rule's weight, or the one it has when the words before deny it."""
    clause = before[before.rfind(STOP) + 1 :]
    denied = rule.denied is not None and any(character in known.denials for character in clause)
    return rule.denied if denied and rule.denied is not None else rule.weight
