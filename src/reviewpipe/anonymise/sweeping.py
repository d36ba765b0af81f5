"""Known people in texts that the detector has read: whoever reviews us is hidden in everybody's words, old and new.

The detector looks at one review and the settings, never at other reviews; this page looks for names and guesses
nothing.  What it hides today and what it hides next month, when more names are known, add up to the same text, so the
order in which files come changes nothing.  Three rules make that so: a name that is known alone is hidden wherever it
stands; a full name is hidden as a whole; and of a full name that is half hidden ("Hope [NAME]") the rest is, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.entities import Entity
from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.known import FIRST_OF_MANY, LATER_OF_MANY, is_ordinary
from reviewpipe.tokens import WORD, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.anonymise.known import Known
    from reviewpipe.anonymise.roster import Roster

# What may stand between the words of one name, and beside a placeholder that is half of one.
_JOINT = re.compile(r"\s{1,40}|[-‐‑_+.]|")
_BESIDE = frozenset((" ", "-", "‐", "‑"))
# Of a longer word nobody is called.
_REACH = 200
_POSSESSIVE = re.compile(r"['’ʼ]s?$", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    """A word, folded, or a placeholder (word is ""); `shown` is what stands or will stand there for a person."""

    start: int
    end: int
    word: str
    shown: str | None


class Sweeper:
    """Finds known people in texts.  A class, because each word is looked up only once."""

    def __init__(self, roster: Roster) -> None:
        self._known: Known = roster.known
        self._client = roster.client_shown_as
        self._staff = {" ".join(run): roster.shown_for(number) for run, number in roster.owners.items()}
        self._starts = {run[0] for run in roster.owners if len(run) > 1}
        self._lengths = sorted({*self._known.lengths, *(len(run) for run in roster.owners if len(run) > 1)})
        people = {self._client, *(one.shown_as for one in roster.staff)} - {""}
        self._people = re.compile("|".join(map(re.escape, sorted(people, key=len, reverse=True))))
        self._inside = re.compile(rf"(?:{roster.shown.pattern})(?!\w)|(?P<word>{WORD.pattern})")
        self._words: dict[str, tuple[str, str | None, bool]] = {}

    def find(self, text: str, *, told: bool) -> list[Entity]:
        """What is to be replaced in `text`, in order; placeholders beside a name become one with it.

        `told` is whether a word of it tells something.
        """
        if not told and not any(self._has_half(text, *match.span()) for match in self._people.finditer(text)):
            return []
        pieces = list(self._pieces(text))
        if told:
            self._hide_full_names(text, pieces)
        self._hide_halves(text, pieces)
        return list(_joined(text, pieces, self._client))

    def _has_half(self, text: str, start: int, end: int) -> bool:
        """Whether the word right before or after a placeholder may be half of a name; a look at these two is quick."""
        after = WORD.match(text, end + 1) if text[end : end + 1] in _BESIDE else None
        if after and self._known.has(self._folded(after[0]), LATER_OF_MANY):
            return True
        if start == 0 or text[start - 1] not in _BESIDE:
            return False
        before = text[max(0, start - _REACH) : start - 1].rsplit(maxsplit=1)
        words = WORD.findall(before[-1]) if before else []
        return bool(words) and self._known.has(self._folded(words[-1]), FIRST_OF_MANY)

    def _folded(self, written: str) -> str:
        return (self._words.get(written) or self._look_up(written))[0]

    def tells(self, written: str) -> bool:
        """Whether a word is a name, or a longer name may start with it."""
        _, alone, first = self._words.get(written) or self._look_up(written)
        return first or alone is not None

    def _look_up(self, written: str) -> tuple[str, str | None, bool]:
        """A word folded, what stands for it wherever it is (None: it tells nothing alone), and may a name start so."""
        folded = without_possessive(fold(written))
        alone = self._staff.get(folded)
        if not alone or is_ordinary(folded):
            alone = self._client if self._known.holds(folded) else None
        self._words[written] = found = (folded, alone, self._opens(folded))
        return found

    def _pieces(self, text: str) -> Iterator[_Piece]:
        """The words of `text` less their possessives, and placeholders; those of things are nobody's."""
        for match in self._inside.finditer(text):
            start, end = match.span()
            if written := match["word"]:
                folded, alone, _ = self._words.get(written) or self._look_up(written)
                ending = None if written.isalpha() else _POSSESSIVE.search(written)
                yield _Piece(start, end - len(ending[0]) if ending else end, folded, alone)
            else:
                yield _Piece(start, end, "", match[0] if self._people.fullmatch(match[0]) else None)

    def _hide_full_names(self, text: str, pieces: Sequence[_Piece]) -> None:
        """Hide the words of full names; an everyday word in small letters only where no word of the name tells alone.

        ("kestrella winters" is hidden by its first word; had that been known before the full name, winters would stay.)
        """
        alone = [bool(one.shown) for one in pieces]
        for at in range(len(pieces)):
            for length in self._lengths if self._opens(pieces[at].word) else ():
                run = pieces[at : at + length]
                if len(run) < length or not all(_near(text, a, b) for a, b in pairwise(run)):
                    break
                name = " ".join(one.word for one in run)
                shown = self._staff.get(name) or (self._client if self._known.has(name, length) else None)
                for one in run if shown else ():
                    if not (any(alone[at : at + length]) and _is_weak(text, one)):
                        one.shown = shown

    def _opens(self, folded: str) -> bool:
        return folded in self._starts or self._known.has(folded, FIRST_OF_MANY)

    def _hide_halves(self, text: str, pieces: Sequence[_Piece]) -> None:
        """Hide what is before or after somebody who is hidden and is so in the name of somebody known."""
        for left, right in pairwise(pieces):  # from the left: what comes after
            if left.shown and _may_be_half(text, right, text[left.end : right.start]):
                right.shown = self._client if self._known.has(right.word, LATER_OF_MANY) else None
        for left, right in zip(pieces[-2::-1], pieces[:0:-1], strict=False):
            if right.shown and _may_be_half(text, left, text[left.end : right.start]):
                left.shown = self._client if self._known.has(left.word, FIRST_OF_MANY) else None


def _near(text: str, left: _Piece, right: _Piece) -> bool:
    gap = text[left.end : right.start]
    return bool(_JOINT.fullmatch(gap)) or (gap.strip() == "." and right.start - left.end < 3 and _is_initial(left))


def _is_initial(piece: _Piece) -> bool:
    return bool(piece.word) and piece.end - piece.start == 1


def _may_be_half(text: str, piece: _Piece, gap: str) -> bool:
    """Whether a word that stays is right beside a name and looks like one."""
    if piece.shown or not piece.word or gap not in _BESIDE:
        return False
    return not _is_weak(text, piece) and not (_is_initial(piece) and is_ordinary(piece.word))


def _is_weak(text: str, piece: _Piece) -> bool:
    """Whether this is everyday English in small letters."""
    return text[piece.start : piece.end].islower() and is_ordinary(piece.word)


def _joined(text: str, pieces: Sequence[_Piece], client: str) -> Iterator[Entity]:
    """Hidden words as entities, those beside each other and placeholders beside them as one; staff go before."""
    group: list[_Piece] = []
    for piece in [*pieces, _Piece(-1, -1, "", None)]:
        if group and piece.shown and _goes_on(text, group, piece, client):
            group.append(piece)
            continue
        if any(one.word for one in group):
            shown = next((one.shown for one in group if one.shown != client), client) or client
            yield Entity(group[0].start, group[-1].end, "PERSON", shown)
        group = [piece] if piece.shown else []


def _goes_on(text: str, group: Sequence[_Piece], piece: _Piece, client: str) -> bool:
    """Whether `piece` belongs to the name that `group` is; two of the staff are never one."""
    between = text[group[-1].end : piece.start]
    dotted = between in (".", ". ") and _is_initial(group[-1])
    staff = {one.shown for one in (*group, piece)} - {client}
    return (between == "" or between in _BESIDE or dotted) and len(staff) < 2


def sweep(texts: Sequence[str], roster: Roster) -> list[list[Entity]]:
    """For each text that was anonymised before, where the staff and the people whom `roster` knows still stand."""
    sweeper, tokens = Sweeper(roster), tokenise(texts)
    telling = np.fromiter(map(sweeper.tells, tokens.vocabulary), bool, len(tokens.vocabulary))
    told = np.zeros(len(texts), bool)
    told[tokens.text_of()[telling[tokens.codes]]] = True
    return [sweeper.find(text, told=tells) for text, tells in zip(texts, told.tolist(), strict=True)]
