"""The phrases of lexicon.toml, found in a whole batch: each word that a phrase may hold becomes one character.

A sentence is then a short string, and a phrase a regular expression over it that is tried only where it can begin.
"""

from __future__ import annotations

import functools
import itertools
import operator
import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reviewpipe.alphabet import Openings, Part, expression, letters_of, openings
from reviewpipe.sentiment import vader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from reviewpipe.sentiment.valences import WordLists
    from reviewpipe.tokens import Tokens

    Element = tuple[frozenset[str], bool, int]

# Words that no phrase holds, and stops.
_OTHER, STOP = "w", "."
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
    """lexicon.toml, ready for use: `phrases` are patterns over `characters`, each with the number of its rule.

    `silent` maps words that say nothing alone to what the model sees in their place in a pair.
    """

    rules: tuple[Rule, ...]
    characters: Mapping[str, str]
    phrases: Sequence[tuple[int, str]]
    openings: Openings
    denials: frozenset[str]
    silent: Mapping[str, str]
    words: WordLists


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
    given = [(n, _elements(phrase, classes)) for n, rule in enumerate(data["rule"]) for phrase in rule["phrases"]]
    denying = frozenset(classes["not"])
    characters = letters_of([denying, *(words for _, elements in given for words, _, _ in elements)])
    denials = frozenset(characters[word] for word in denying)
    gap = frozenset({STOP, *denials})
    parts = [
        [Part(frozenset(characters[word] for word in words), optional, length) for words, optional, length in elements]
        for _, elements in given
    ]
    stock = vader.stock()
    valences = {**stock.valences, **dict.fromkeys(data["valences"]["neutral"].split(), 0.0)}
    return Lexicon(
        tuple(Rule(r["name"], r["weight"], r.get("denied")) for r in data["rule"]),
        characters,
        [(number, _pattern(some, gap)) for (number, _), some in zip(given, parts, strict=True)],
        openings(parts),
        denials,
        {word: word for word in classes["silent"]}
        | {word: name for name in ("body", "symptom") for word in classes[name]},
        replace(stock, valences=valences),
    )


def _elements(phrase: str, classes: Mapping[str, list[str]]) -> list[Element]:
    """The words of each element of a phrase, whether it may be missing, and the length of a gap."""
    found: list[Element] = []
    for element in phrase.split():
        if element.startswith(".."):
            found.append((frozenset(), False, int(element[2:] or 4)))
            continue
        names = element.removesuffix("?").split("|")
        words = [word for name in names for word in (classes[name[1:-1]] if name.startswith("<") else [name])]
        found.append((frozenset(words), element.endswith("?"), 0))
    return found


def _pattern(parts: Iterable[Part], gap: frozenset[str]) -> str:
    """A phrase as an expression over characters; what is in `gap` stands in no gap."""
    bars = "".join(sorted(gap))
    return "".join(
        f"[^{bars}]{{0,{part.gap}}}?" if part.gap else f"[{''.join(sorted(part.letters))}]{'?' * part.optional}"
        for part in parts
    )


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
    found = list(_in_line(line, known))
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


def _in_line(line: NDArray[np.uint32], known: Lexicon) -> Iterator[tuple[int, float, int, int]]:
    """Number of the rule, weight, first and last place of each phrase in a line of characters."""
    text, taken = line.tobytes().decode("utf-32"), 0
    for at, candidates in itertools.groupby(known.openings.candidates(line), operator.itemgetter(0)):
        if at < taken:
            continue
        best, number = at, -1
        for _, candidate in candidates:
            rule, pattern = known.phrases[candidate]
            match = expression(pattern).match(text, at)
            if match and match.end() > best:
                best, number = match.end(), rule
        if number >= 0:
            yield number, _weight(known.rules[number], text[max(0, at - _DENIAL_REACH) : at], known), at, best
            taken = best


def _weight(rule: Rule, before: str, known: Lexicon) -> float:
    """The rule's weight, or the one it has when the words before deny it."""
    clause = before[before.rfind(STOP) + 1 :]
    denied = rule.denied is not None and any(character in known.denials for character in clause)
    return rule.denied if denied and rule.denied is not None else rule.weight
