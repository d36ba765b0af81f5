"""Names in texts: what the roster knows, what the classifier thinks, and consistency within each review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.classifier import chances, gazetteer
from reviewpipe.anonymise.entities import Entity
from reviewpipe.anonymise.features import LOWER, MIXED, TITLE, UPPER, Words
from reviewpipe.anonymise.roster import CLIENT, NOBODY, Places, mark, possible
from reviewpipe.anonymise.setting import capitals, foreign
from reviewpipe.anonymise.things import of_things
from reviewpipe.anonymise.widen import THRESHOLD_POSSIBLE, widen
from reviewpipe.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.roster import Roster
    from reviewpipe.tokens import Tokens

# A missed name harms a person, a lost word only a sentence: F2, not F1, chose these on kept-out invented reviews.
THRESHOLD = 0.2
# So likely a name at one place is one wherever else it stands.
SURE = 0.7
# For a word in small letters: nearly all of them are ordinary ("the cane", "a squat"), and cost the sentence its sense.
THRESHOLD_LOWER = 0.7
# Where nothing has a capital, a name has none either; words that are very common still need more.
THRESHOLD_SMALL = 0.35
# In another language we know neither the words nor which of them have capitals (German nouns do).
THRESHOLD_FOREIGN = 0.9
_CAPITAL = (TITLE, UPPER, MIXED)


def names(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> list[list[Entity]]:
    """For each text the names in it, in order; `authors` holds each row's reviewer or None."""
    tokens = tokenise(texts)
    words = Words.of(tokens.vocabulary, gazetteer())
    places = Places(tokens, words)
    whose = mark(places, authors, roster)
    chance = chances(tokens, words, texts)
    chance[of_things(places) | _of_practice(places, roster)] = 0
    judged = chance >= np.where(possible(places, authors, roster), THRESHOLD_POSSIBLE, thresholds(places))
    shown = _shown(tokens, texts, roster)
    judged &= _agreed(places, chance)
    fresh = judged & (whose == NOBODY) & ~_beside(shown, places)
    owners = {run[0]: number for run, number in roster.owners.items() if len(run) == 1}
    whose[fresh] = [owners.get(words.bases[code], CLIENT) for code in tokens.codes[fresh]]
    whose[shown] = NOBODY
    widen(places, chance, whose)
    whose[shown] = NOBODY
    return _entities(places, texts, whose, roster)


def listed(texts: Sequence[str], roster: Roster) -> list[list[Entity]]:
    """For each text the names of the staff and of people known from earlier files; nothing is guessed."""
    tokens = tokenise(texts)
    places = Places(tokens, Words.of(tokens.vocabulary, gazetteer()))
    whose = mark(places, [None] * len(texts), roster)
    whose[_shown(tokens, texts, roster)] = NOBODY
    return _entities(places, texts, whose, roster)


def thresholds(places: Places) -> NDArray[np.float64]:
    """How likely each token must be to be taken for a name."""
    words, codes = places.words, places.tokens.codes
    if not len(codes):
        return np.zeros(0)
    small = (capitals(places.tokens, words) == 0)[places.text_of] & (words.facts[:, 2] <= 3)[codes]
    usual = np.where((words.shape == LOWER)[codes], np.where(small, THRESHOLD_SMALL, THRESHOLD_LOWER), THRESHOLD)
    return np.where(foreign(places.tokens, words)[places.text_of], THRESHOLD_FOREIGN, usual)


def _agreed(places: Places, chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tokens whose other places in the text do not speak against them: a shop, named five times, is a name but once."""
    words, codes = places.words, places.tokens.codes
    asked = np.flatnonzero((chance > 0) & ~words.ordinary[codes])
    numbers = {base: number for number, base in enumerate(places.exact)}
    base = np.fromiter((numbers.get(b, 0) for b in words.bases), np.int64, len(words.bases))[codes[asked]]
    _, group = np.unique(places.text_of[asked] * len(numbers) + base, return_inverse=True)
    mean = np.bincount(group, chance[asked]) / np.maximum(np.bincount(group), 1)
    agreed = np.ones(len(codes), bool)
    agreed[asked] = (mean[group] >= THRESHOLD) | (chance[asked] >= SURE)
    return agreed


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
