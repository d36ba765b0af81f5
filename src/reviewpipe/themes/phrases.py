"""The language of phrases, and one pass over a text for all of them.

A text becomes a string with one letter for each word, so that a phrase becomes a small regular expression over words:

    found the problem        these words in any form ("finds the problems"), spelling slips forgiven
    pain|ache is gone        either word
    <body> feels better      any word of the list "body" in the file's [words]
    pain was? gone           a word that may be missing
    helped ... pain          up to four words between

Words of the list "skipped" (the, my, very, …) are left out of texts and phrases alike.  No phrase reaches over the
end of a sentence.  Since gaps are short and cannot be nested, no phrase can blow up.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.alphabet import Openings, Part, expression, letters_of, openings
from reviewpipe.errors import ConfigError
from reviewpipe.themes.words import mend, stem
from reviewpipe.tokens import TOKEN, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Element = frozenset[str] | str
    Hit = tuple[str, int, int]

END, OTHER, PAUSE = "\n", "o", ","
LONGEST = 4  # words in a gap
GAP = f"[^{END}]{{0,{LONGEST}}}"
PART = re.compile(r"\[\^[^\]]*\]\{0,4\}|\[[^\]]*\]\??|.\??", re.DOTALL)
GROUPS = ("hits", "mentions", "contrasts", "exclusions")
ELEMENT = re.compile(r"(?:[\w'’]+|<\w+>)(?:\|(?:[\w'’]+|<\w+>))*\??")
MOST_ELEMENTS, MOST_GAPS = 12, 3
PAUSES = frozenset(",;:()–—…/")


def elements(phrase: str, lists: Mapping[str, tuple[str, ...]], place: str) -> list[Element]:
    """`phrase` as a list of word sets (stems), "..." for a gap, a leading "?" set element marking an optional word.

    ConfigError names `place` and what to change when the phrase cannot be used.
    """
    parts = phrase.lower().split()
    if not 1 <= len(parts) <= MOST_ELEMENTS or parts.count("...") > MOST_GAPS:
        raise ConfigError(
            f"{place}: the phrase {phrase!r} needs 1 to {MOST_ELEMENTS} words and at most {MOST_GAPS} gaps (...).  "
            "Make two phrases of it."
        )
    if any(p == "..." or p.endswith("?") for p in (parts[0], parts[-1])):
        raise ConfigError(
            f"{place}: the phrase {phrase!r} must begin and end with a word.  Take the outer ... or ? away."
        )
    read = [one if one == "..." else _words(one, lists, f"{place}: the phrase {phrase!r}") for one in parts]
    left = [one for one in read if one]
    if not left or any(one == "..." or "?" in one for one in (left[0], left[-1])):
        raise ConfigError(f"{place}: the phrase {phrase!r} has too few words beside those of the list <skipped>.")
    return left


def _words(part: str, lists: Mapping[str, tuple[str, ...]], place: str) -> frozenset[str]:
    """The stems that one part of a phrase stands for; empty when all of them are skipped words."""
    if not ELEMENT.fullmatch(part):
        raise ConfigError(
            f"{place} has {part!r}: write words, <list>, word|word, word? or ...; "
            "for a regular expression set regex = true in the theme."
        )
    found: set[str] = {"?"} if part.endswith("?") else set()
    for one in part.removesuffix("?").split("|"):
        if not one.startswith("<"):
            found.add(stem(one))
        elif one[1:-1] in lists:
            found |= _stems(lists[one[1:-1]])
        else:
            raise ConfigError(f"{place} names the list {one}; there are: {', '.join(sorted(lists))}.")
    skipped = _stems(lists.get("skipped", ()))
    # A list may hold a skipped word by chance; a phrase that is made of one says so on purpose.
    return frozenset() if found - {"?"} <= skipped else frozenset(found - skipped)


@functools.lru_cache(maxsize=256)
def _stems(words: tuple[str, ...]) -> frozenset[str]:
    """The stems of a list, which many phrases name."""
    return frozenset(map(stem, words))


@dataclass(frozen=True)
class Alphabet:
    """The letter of each word that any phrase uses, and the words that are left out."""

    letters: Mapping[str, str]
    skipped: frozenset[str]

    def pattern(self, phrase: Iterable[Element]) -> str:
        """The expression, over letters, of a phrase as `elements` gives it."""
        return "".join(GAP if isinstance(one, str) else self._set(one) for one in phrase)

    def parts(self, phrase: Iterable[Element]) -> list[Part]:
        """The same for `Openings`."""
        return [
            Part(frozenset(), gap=LONGEST) if isinstance(one, str) else Part(self._drawn(one), "?" in one)
            for one in phrase
        ]

    def _drawn(self, words: frozenset[str]) -> frozenset[str]:
        return frozenset(self.letters[w] for w in words if w != "?")

    def _set(self, words: frozenset[str]) -> str:
        letters = "".join(sorted(self._drawn(words)))
        return (letters if len(letters) == 1 else f"[{letters}]") + ("?" if "?" in words else "")


def alphabet(phrases: Iterable[Sequence[Element]], skipped: Iterable[str]) -> Alphabet:
    """Letters for all words of `phrases`."""
    sets = (one - {"?"} for phrase in phrases for one in phrase if not isinstance(one, str))
    return Alphabet(letters_of(sets), frozenset(map(stem, skipped)))


def _in_order(patterns: Iterable[str]) -> list[str]:
    """Patterns of one kind as they are tried: those with the same first part together, and of them the longest first.

    Of two phrases at one place the one that says more is the evidence.
    """
    heads: dict[str, list[str]] = {}
    for pattern in dict.fromkeys(patterns):
        head = PART.match(pattern)
        assert head is not None  # noqa: S101  a pattern is never empty, see elements()
        heads.setdefault(head.group(), []).append(pattern)
    return [pattern for some in heads.values() for pattern in sorted(some, key=len, reverse=True)]


@dataclass(frozen=True)
class Search:
    """All phrases of all themes: theme, kind and pattern of each, in the order in which they are tried at a place."""

    phrases: Sequence[tuple[str, str, str]]
    openings: Openings

    def found(self, letters: str) -> dict[tuple[str, str], list[Hit]]:
        """Kind, first and last letter of each phrase in `letters`, none overlapping another of its theme and group.

        Keys are theme and group: kinds that are none of GROUPS are "hits" together.
        """
        found: dict[tuple[str, str], list[Hit]] = {}
        lists = [
            found.setdefault((theme, kind if kind in GROUPS else GROUPS[0]), []) for theme, kind, _ in self.phrases
        ]
        for at, number in self.openings.candidates(np.frombuffer(letters.encode("utf-32-le"), np.uint32)):
            mine = lists[number]
            if not mine or mine[-1][2] <= at:
                _, kind, pattern = self.phrases[number]
                match = expression(pattern).match(letters, at)
                if match:
                    mine.append((kind, at, match.end()))
        return found


def search(read: Mapping[tuple[str, str], Sequence[Sequence[Element]]], letters: Alphabet) -> Search:
    """The search for the phrases of each theme and kind."""
    phrases, parts = [], []
    for (theme, kind), some in read.items():
        by_pattern = {letters.pattern(one): letters.parts(one) for one in some}
        for pattern in _in_order(by_pattern):
            phrases.append((theme, kind, pattern))
            parts.append(by_pattern[pattern])
    return Search(phrases, openings(parts))


@dataclass(frozen=True)
class Stream:
    """All words of a batch as one string of letters, with an END after each sentence.

    `token[i]` is the token of letter i (-1 at an END), `sentence[i]` its sentence, counted over the whole batch;
    `stems` are the stems of the batch's vocabulary.
    """

    letters: str
    token: NDArray[np.int64]
    sentence: NDArray[np.int64]
    stems: tuple[str, ...]


def stream(tokens: Tokens, sentence: NDArray[np.int64], letters: Alphabet, known: frozenset[str]) -> Stream:
    """`tokens` as letters; `sentence` is the sentence of each token, counted over the batch, rising."""
    stems = tuple(stem(word) for word in tokens.vocabulary)
    meant = mend(stems, known | letters.letters.keys(), letters.letters)
    stems = tuple(meant.get(one, one) for one in stems)
    table = np.array([_letter(w, s, letters) for w, s in zip(tokens.vocabulary, stems, strict=True)], "<U1")
    drawn = table[tokens.codes] if stems else np.empty(0, "<U1")
    kept = np.flatnonzero(drawn != "")
    drawn, at = drawn[kept], sentence[kept]
    ends = np.flatnonzero(np.diff(at, append=-1)) + 1
    return Stream(
        "".join(np.insert(drawn, ends, END).tolist()),
        np.insert(kept, ends, -1),
        np.insert(at, ends, at[ends - 1]),
        stems,
    )


def _letter(word: str, stemmed: str, letters: Alphabet) -> str:
    """The letter of a token; nothing for a skipped word or mark."""
    if not TOKEN.fullmatch(word) or stemmed in letters.skipped:
        return ""
    if word.isalnum() or len(word) > 1:
        return letters.letters.get(stemmed, OTHER)
    return PAUSE if word in PAUSES else ""
