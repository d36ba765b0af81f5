"""Names in texts: what the roster knows, what the classifier thinks, and consistency within each review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.classifier import chances, gazetteer
from reviewpipe.anonymise.entities import Entity
from reviewpipe.anonymise.features import LETTER, LOWER, MIXED, OTHER, TITLE, UPPER, Words
from reviewpipe.anonymise.protected import phrases
from reviewpipe.anonymise.protected import words as protected_words
from reviewpipe.anonymise.pseudonyms import TITLES
from reviewpipe.anonymise.roster import CLIENT, JOINTS, NOBODY, Places, mark, possible
from reviewpipe.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.roster import Roster
    from reviewpipe.tokens import Tokens

# A missed name harms a person, a lost word only a sentence: F2, not F1, chose these on kept-out invented reviews.
THRESHOLD = 0.3
# For a word in small letters: nearly all of them are ordinary ("the cane", "a squat"), and cost the sentence its sense.
THRESHOLD_LOWER = 0.6
# For an ordinary word that is also the name of the row's reviewer or of somebody on the staff.
THRESHOLD_POSSIBLE = 0.08
# For a capitalised word right after a name (its surname), or joined to a name by "and" or a comma.
THRESHOLD_NEAR = 0.12
# After these a protected word is a person after all.
_INTRODUCES = frozenset({*TITLES, "named", "called"})
_NAME_IS = frozenset({("name", "is"), ("name", "was"), ("name's", "")})
_JOIN = frozenset({"and", "&", ",", "/", "or", "+"})
_ARTICLES = frozenset("the a an my your his her our their this that these those".split())
_CAPITAL = (TITLE, UPPER, MIXED)


def names(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> list[list[Entity]]:
    """For each text the names in it, in order; `authors` holds each row's reviewer or None."""
    tokens = tokenise(texts)
    words = Words.of(tokens.vocabulary, gazetteer())
    places = Places(tokens, words)
    whose = mark(places, authors, roster)
    chance = chances(tokens, words, texts)
    chance[_protected(places) | _of_practice(places, roster) | _of_things(places)] = 0
    usual = np.where(words.shape[tokens.codes] == LOWER, THRESHOLD_LOWER, THRESHOLD)
    judged = chance >= np.where(possible(places, authors, roster), THRESHOLD_POSSIBLE, usual)
    shown = _shown(tokens, texts, roster)
    fresh = judged & (whose == NOBODY) & ~_beside(shown, places)
    owners = {run[0]: number for run, number in roster.owners.items() if len(run) == 1}
    whose[fresh] = [owners.get(words.bases[code], CLIENT) for code in tokens.codes[fresh]]
    whose[shown] = NOBODY
    _add_surnames(places, chance, whose)
    _add_joined(places, chance, whose)
    _add_repeats(places, chance, whose)
    whose[shown] = NOBODY
    return _entities(places, texts, whose, roster)


def listed(texts: Sequence[str], roster: Roster) -> list[list[Entity]]:
    """For each text the names of the staff and of people known from earlier files; nothing is guessed."""
    tokens = tokenise(texts)
    places = Places(tokens, Words.of(tokens.vocabulary, gazetteer()))
    whose = mark(places, [None] * len(texts), roster)
    whose[_shown(tokens, texts, roster)] = NOBODY
    return _entities(places, texts, whose, roster)


def _protected(places: Places) -> NDArray[np.bool_]:
    """Tokens that are a technique, a brand, a month, …, unless a title or "named" introduces them."""
    bases, codes = places.words.bases, places.tokens.codes
    listed = protected_words()
    single = np.fromiter((b in listed for b in bases), bool, len(bases))[codes]
    starts = {first for first, _ in phrases()}
    opener = np.fromiter((b in starts for b in bases), bool, len(bases))[codes]
    for place in np.flatnonzero(opener[:-1]):
        if (bases[codes[place]], bases[codes[place + 1]]) in phrases():
            single[place : place + 2] = True
    for place in np.flatnonzero(single):
        before = [b for b in (bases[c] for c in codes[max(0, place - 4) : place]) if b != "."]
        if before and (before[-1] in _INTRODUCES or tuple(before[-2:]) in _NAME_IS):
            single[place] = False
    return single


def _of_things(places: Places) -> NDArray[np.bool_]:
    """Words in small letters right after "the", "my", …: things ("threw the cane away"), never people."""
    bases, codes = places.words.bases, places.tokens.codes
    article = np.fromiter((base in _ARTICLES for base in bases), bool, len(bases))[codes]
    small: NDArray[np.bool_] = places.words.shape[codes] == LOWER
    small[1:] &= article[:-1] & (places.text_of[1:] == places.text_of[:-1])
    small[:1] = False
    return small


def _of_practice(places: Places, roster: Roster) -> NDArray[np.bool_]:
    """Tokens of the practice's own name: "Tansy Street" is a place, whoever Tansy was."""
    own = [base in roster.practice for base in places.words.bases]
    return np.array(own, bool)[places.tokens.codes]


def _shown(tokens: Tokens, texts: Sequence[str], roster: Roster) -> NDArray[np.bool_]:
    """Tokens inside what already stands for a person."""
    inside = np.zeros(len(tokens.codes), bool)
    literal = any(not one.shown_as.startswith("[") for one in roster.staff) or not roster.client_shown_as.startswith(
        "["
    )
    for row, text in enumerate(texts):
        if literal or "[" in text:
            first, last = tokens.rows[row], tokens.rows[row + 1]
            for match in roster.shown.finditer(text):
                span = np.searchsorted(tokens.starts[first:last], match.span())
                inside[first + span[0] : first + span[1]] = True
    return inside


def _beside(shown: NDArray[np.bool_], places: Places) -> NDArray[np.bool_]:
    """Tokens one blank away from a placeholder: were they names, they would have been replaced together with it."""
    beside = np.zeros(len(shown), bool)
    if shown.any():
        blank = places.tokens.starts[1:] - places.tokens.ends[:-1] == 1
        blank &= places.text_of[1:] == places.text_of[:-1]
        beside[1:] |= shown[:-1] & blank
        beside[:-1] |= shown[1:] & blank
    return beside


def _add_surnames(places: Places, chance: NDArray[np.float64], whose: NDArray[np.int32]) -> None:
    """Widen names over a hyphen, and over the surname or initial that follows."""
    tokens, words = places.tokens, places.words
    shape = words.shape[tokens.codes]
    dash = np.fromiter((b in JOINTS - {"."} for b in words.bases), bool, len(words.bases))[tokens.codes]
    capital = np.isin(shape, _CAPITAL)
    near = np.zeros(len(whose), bool)
    near[1:] = (tokens.starts[1:] - tokens.ends[:-1] <= 1) & (places.text_of[1:] == places.text_of[:-1])
    touching = np.zeros(len(whose), bool)
    touching[1:] = near[1:] & (tokens.starts[1:] == tokens.ends[:-1])
    named = np.flatnonzero(whose != NOBODY)
    for place in named[named + 2 < len(whose)]:
        if dash[place + 1] and touching[place + 1] and touching[place + 2] and shape[place + 2] == shape[place]:
            whose[place + 2] = whose[place] if whose[place + 2] == NOBODY else whose[place + 2]
    for place in np.flatnonzero(whose != NOBODY):
        after = int(place) + 1
        if after >= len(whose) or not near[after] or whose[after] != NOBODY:
            continue
        surname = capital[after] and not words.ordinary[tokens.codes[after]] and chance[after] >= THRESHOLD_NEAR
        initial = shape[after] == LETTER and capital[place] and _closes(places, after + 1)
        if surname or initial:
            whose[after] = whose[place]


def _add_joined(places: Places, chance: NDArray[np.float64], whose: NDArray[np.int32]) -> None:
    """Widen names to their company: in "Ana, Bo and Li" the three vouch for one another."""
    tokens, words = places.tokens, places.words
    likely = (chance >= THRESHOLD_NEAR) & np.isin(words.shape[tokens.codes], _CAPITAL) & (whose == NOBODY)
    for place in np.flatnonzero(likely):
        for step in (1, -1):
            there = place + step
            while 0 <= there < len(whose) and abs(there - place) <= 2 and words.bases[tokens.codes[there]] in _JOIN:
                there += step
            joined = abs(there - place) > 1 and 0 <= there < len(whose)
            if joined and whose[there] != NOBODY and places.text_of[there] == places.text_of[place]:
                whose[place] = CLIENT


def _closes(places: Places, place: int) -> bool:
    """Whether `place` is the full stop or the end after an initial."""
    rows = places.text_of
    if place >= len(rows) or rows[place] != rows[place - 1]:
        return True
    return places.words.bases[places.tokens.codes[place]] in {".", ",", "!", ")"}


def _add_repeats(places: Places, chance: NDArray[np.float64], whose: NDArray[np.int32]) -> None:
    """A word that is a name once is a name everywhere in that text, also one letter away.

    Ordinary words repeat only with a capital inside a sentence, a possessive or some likelihood, so that "I hope"
    survives a therapist called Hope.
    """
    tokens, words = places.tokens, places.words
    shape = words.shape[tokens.codes]
    found = np.flatnonzero((whose != NOBODY) & (shape != LETTER) & (shape != OTHER))
    pairs = {(int(places.text_of[i]), words.bases[tokens.codes[i]]): int(whose[i]) for i in found}
    again = places.in_rows(pairs) & (whose == NOBODY) & (shape != OTHER)
    opens = np.ones(len(whose), bool)
    opens[1:] = words.ends_sentence[tokens.codes[:-1]] | (places.text_of[1:] != places.text_of[:-1])
    ordinary = words.ordinary[tokens.codes]
    owning = words.possessive[tokens.codes] == 1
    again &= ~ordinary | ((shape == TITLE) & ~opens) | owning | (chance >= THRESHOLD_POSSIBLE)
    for place in np.flatnonzero(again):
        whose[place] = pairs.get((int(places.text_of[place]), words.bases[tokens.codes[place]]), CLIENT)


def _entities(places: Places, texts: Sequence[str], whose: NDArray[np.int32], roster: Roster) -> list[list[Entity]]:
    """Runs of marked tokens as entities; the first known owner in a run decides what is shown."""
    tokens = places.tokens
    found: list[list[Entity]] = [[] for _ in texts]
    row, start, end, owner = -1, 0, 0, NOBODY
    for place in np.flatnonzero(whose != NOBODY):
        here = int(places.text_of[place])
        first, last = int(tokens.starts[place]), int(tokens.starts[place]) + _length(places, int(place))
        if here == row and _joined(texts[row][end:first]) and owner in (whose[place], CLIENT):
            end, owner = last, max(owner, int(whose[place]))
        elif here == row and _joined(texts[row][end:first]) and whose[place] == CLIENT:
            end = last
        else:
            if row >= 0:
                found[row].append(Entity(start, end, "PERSON", roster.shown_for(owner)))
            row, start, end, owner = here, first, last, int(whose[place])
    if row >= 0:
        found[row].append(Entity(start, end, "PERSON", roster.shown_for(owner)))
    return found


def _length(places: Places, place: int) -> int:
    """Characters of the name in a token, less its possessive."""
    code = places.tokens.codes[place]
    written = places.tokens.vocabulary[code]
    ending = {0: 0, 1: _possessive_length(written), 2: 1}[int(places.words.possessive[code])]
    return len(written) - ending


def _possessive_length(written: str) -> int:
    match = re.search(r"['’ʼ]s?$", written, re.IGNORECASE)
    return len(match.group()) if match else 0


def _joined(between: str) -> bool:
    """Whether one name goes on over what stands between two of its words."""
    return between in {"", " ", "-", "‐", "‑", ".", ". "}
