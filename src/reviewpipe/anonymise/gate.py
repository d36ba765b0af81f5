"""The leak gate: nobody whose name we ever read is named in what is about to be published.

It is not the detector.  It guesses nothing: the names are known (fingerprints of every reviewer of every raw file, and
the staff), each word of each output is folded and looked up.  A hit stops publication (exit code 4), so names that are
also ordinary words count only within a full name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewpipe.anonymise.contents import pieces, readings
from reviewpipe.anonymise.folding import fold, visible, without_possessive
from reviewpipe.anonymise.known import FIRST_OF_MANY, Known, is_ordinary, known_words
from reviewpipe.tokens import WORD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reviewpipe.anonymise.roster import Roster


# What may stand between the words of one name.
_GAP = re.compile(r"\s{1,40}|[-‐‑_+]|\.")

# Made by machines, of letters by chance: ids in hexadecimal digits ("…619bea33…" names no Bea), hashes of scripts.
_DIGIT = re.compile(r"[0-9]")
_MACHINE_MADE = re.compile(
    r"(?<![^\W_])(?=[a-f]*[0-9])[0-9a-f]{16,64}(?![^\W_])|sha(?:256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}"
)

# "J a n e t": single letters with one sign between them.  "J@net", "Jan3t": signs and digits between or before letters.
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:[ .*-][^\W\d_]){3,}(?!\w)")
_SIGNED = re.compile(r"(?<![\w@$])(?=\w*[@$]\w|[^\W\d_]+[013457][^\W\d_])[\w@$]{4,20}(?![\w@$])")
_SIGN = re.compile(r"[@$013457]")
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_MEANT = [str.maketrans("@$013457", f"aso{one}east") for one in "il"]

# Shorter words stand in letters and signs by chance.
_SHORTEST = 4


@dataclass(frozen=True)
class Leak:
    """A known name in an output: where, never which."""

    output: str
    place: str

    def __str__(self) -> str:
        return f"{self.output}: {self.place}"


class _Asker:
    """Answers "does this text hold a known name?".  A class, because each word is looked up only once."""

    def __init__(self, known: Known, roster: Roster, allowed: Collection[str]) -> None:
        self._known = known
        shown = [one.shown_as for one in roster.staff if not one.shown_as.startswith("[")]
        self._allowed = {word for text in (*allowed, *shown) for word in known_words(text)}
        self._staff = {run for run in roster.owners if len(run) > 1 or (len(run[0]) > 2 and not is_ordinary(run[0]))}
        self._openers = {run[0] for run in self._staff if len(run) > 1}
        # Of the words met so far: their folded forms, which are names, which may open longer names, and single letters.
        self._folded: dict[str, str] = {}
        self._names: set[str] = set()
        self._opening: set[str] = set()
        self._letters: set[str] = set()

    def leaks(self, text: str) -> bool:
        """Whether a known name stands in `text`, in any case, accent or disguise of characters."""
        return any(map(self._holds, readings(text)))

    def _holds(self, written: str) -> bool:
        """Whether a known name stands in `written`, taken letter by letter."""
        # Letters in circles and of other widths become letters before words are looked for.
        text = written if written.isascii() else visible(unicodedata.normalize("NFKC", written))
        if _DIGIT.search(text):  # in all that is made by machines, and in few sentences
            text = _MACHINE_MADE.sub(" ", text)
        words = set(WORD.findall(text))
        for word in words.difference(self._folded):
            self._meet(word)
        if not self._names.isdisjoint(words):
            return True
        spaced = len(words & self._letters) > 1
        if any(map(self._is_name, _disguised(text, spaced=spaced))):
            return True
        return not self._opening.isdisjoint(words) and self._holds_full_name(text)

    def _meet(self, written: str) -> None:
        """Look up a word once, and remember what it is."""
        self._folded[written] = word = without_possessive(fold(written))
        if word not in self._allowed and (self._known.holds(word) or (word,) in self._staff):
            self._names.add(written)
        if word in self._openers or self._known.has(word, FIRST_OF_MANY):
            self._opening.add(written)
        if len(written) == 1:
            self._letters.add(written)

    def _is_name(self, word: str) -> bool:
        if word not in self._folded:
            self._meet(word)
        return word in self._names

    def _holds_full_name(self, text: str) -> bool:
        found = list(WORD.finditer(text))
        words = [self._folded[match[0]] for match in found]
        spans = self._known.full_names(words)
        for first, word in enumerate(words):
            if word in self._openers:
                runs = (run for run in self._staff if tuple(words[first : first + len(run)]) == run)
                spans += [(first, first + len(run)) for run in runs]
        for first, last in spans:
            gaps = [text[left.end() : right.start()] for left, right in pairwise(found[first:last])]
            written = [match[0] for match in found[first:last]]
            if _one_name(gaps, written) and not self._allowed.issuperset(words[first:last]):
                return True
        return False


def _disguised(text: str, *, spaced: bool) -> Iterator[str]:
    """Words that `text` shows with signs and digits for some letters or, if `spaced`, with blanks between them."""
    for apart in _SPACED.finditer(text) if spaced else ():
        letters = apart.group()[::2]
        # "I" and "a" before or after it are words too.
        yield from (part for part in (letters, letters[1:], letters[:-1], letters[1:-1]) if len(part) >= _SHORTEST)
    for signed in _SIGNED.finditer(text) if _SIGN.search(text) else ():
        word = signed.group()
        letters = "".join(filter(str.isalpha, word))
        by_hand = letters in (letters.lower(), letters.upper(), letters.capitalize())
        for meant in {word.translate(signs) for signs in _MEANT}:
            if meant.isalpha() and by_hand and not _HEXADECIMAL.fullmatch(word):
                yield meant


def _one_name(gaps: list[str], written: list[str]) -> bool:
    """Whether these words belong together: "I lost hope. May I …" and "hope may" are not Hope May."""
    if not all(
        _GAP.fullmatch(gap) or (gap.strip() == "." and len(word) == 1) for gap, word in zip(gaps, written, strict=False)
    ):
        return False
    if not all(is_ordinary(fold(word)) for word in written):
        return True
    as_in_a_sentence = all(word in (word.lower(), word.capitalize()) for word in written)
    return not as_in_a_sentence or all(word[0].isupper() for word in written)


def search(outputs: Mapping[str, bytes], known: Known, roster: Roster, allowed: Collection[str] = ()) -> list[Leak]:
    """All places in `outputs` (file name to content) where a known name stands; empty when they may be published.

    HTML, SVG, JSON, JSONL, CSV, XLSX, Parquet and Markdown are read as what they are, by the file name's ending;
    anything else line by line.  `allowed` are texts whose words may stand: the practice's own name and contact, staff
    shown by name.
    """
    asker = _Asker(known, roster, allowed)
    leaks: list[Leak] = []
    for number, (name, content) in enumerate(outputs.items(), 1):
        shown = f"output {number}" if asker.leaks(name) else name
        leaks += _of_output(shown, pieces(name, content), asker)
    return leaks


def _of_output(shown: str, found: Iterable[tuple[str, str]], asker: _Asker) -> list[Leak]:
    """The leaks of one output; a place that itself would tell a name is not repeated."""
    sound: set[str] = set()  # most words, keys and labels of a page stand there many times
    places = []
    for place, text in found:
        if text in sound:
            continue
        if asker.leaks(text):
            places.append(place)
        else:
            sound.add(text)
    return [Leak(shown, place if not asker.leaks(place) else "a place whose own name leaks") for place in places]
