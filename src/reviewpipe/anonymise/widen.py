"""Names that other names and titles vouch for: surnames, initials, company, repeats.

Each function looks at the tokens already marked in `whose` and marks more; `chance` is the classifier's, 0 for things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.features import LETTER, LOWER, MIXED, OTHER, TITLE, UPPER
from reviewpipe.anonymise.protected import abbreviations
from reviewpipe.anonymise.pseudonyms import TITLES
from reviewpipe.anonymise.roster import CLIENT, JOINTS, NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reviewpipe.anonymise.roster import Places

    Owners = NDArray[np.int32]
    Chance = NDArray[np.float64]
    Shapes = NDArray[np.int8]

# For a capitalised word right beside a name (its surname), or joined to a name by "and" or a comma.
THRESHOLD_NEAR = 0.12
# For an ordinary word that is a name elsewhere, of the row's reviewer or of somebody on the staff.
THRESHOLD_POSSIBLE = 0.08
_JOIN = frozenset({"and", "&", ",", "/", "or", "+"})
_RANKS = TITLES | frozenset("doc drs captain capt sergeant sgt officer reverend uncle aunt auntie khun fru".split())
# Only these are written with a full stop; after "doctor." begins another sentence.
_SHORTENED = frozenset({"dr", "drs", "mr", "mrs", "ms", "prof", "rev", "capt", "sgt", "sr", "sra", "dra"})
_I = frozenset({"i'", "i’"})
_EPITHETS = frozenset({"big", "little", "lil", "wee"})


def widen(places: Places, chance: Chance, whose: Owners) -> None:
    """Mark in `whose` all that the names in it, titles and dots vouch for."""
    shape = places.shape
    _add_titled(places, chance, whose, shape)
    _add_dotted(places, chance, whose, shape)
    _add_hyphened(places, whose, shape)
    _add_surnames(places, chance, whose, shape)
    _add_before(places, chance, whose, shape)
    _add_joined(places, chance, whose)
    _add_repeats(places, chance, whose, shape)
    _drop_titles(places, whose)


def _touching(places: Places) -> NDArray[np.bool_]:
    """Tokens with nothing between them and the one before, in the same text."""
    touching = places.near.copy()
    touching[1:] &= places.tokens.starts[1:] == places.tokens.ends[:-1]
    return touching


def _add_titled(places: Places, chance: Chance, whose: Owners, shape: Shapes) -> None:
    """Who has a title is a person, whatever the name means: "Mrs. Plum", "Doc B."."""
    words, codes, near = places.words, places.tokens.codes, places.near
    known_word = (words.facts[:, 2] >= 3) & (words.facts[:, 3] <= 2)
    common = (known_word | np.array([b[:2] in _I for b in words.bases]))[codes]
    dotted = places.every(_SHORTENED)
    for title in np.flatnonzero(places.every(_RANKS)):
        place = int(title) + 1
        if dotted[title] and place < len(whose) and words.bases[codes[place]] == ".":
            place += 1
        if place >= len(whose) or not near[place] or whose[place] != NOBODY or chance[place] == 0:
            continue
        likely = shape[place] in (TITLE, MIXED) or (shape[place] == UPPER and chance[place] >= THRESHOLD_NEAR)
        initial = shape[place] == LETTER and words.bases[codes[place]] != "i" and _closes(places, place + 1)
        if (likely and not common[place]) or initial:
            whose[place] = CLIENT


def _drop_titles(places: Places, whose: Owners) -> None:
    """A title right before a name is none itself."""
    titles = places.every(_RANKS)
    titles[:-1] &= (whose[1:] != NOBODY) & places.near[1:]
    titles[-1:] = False
    whose[titles & (whose == CLIENT)] = NOBODY


def _add_dotted(places: Places, chance: Chance, whose: Owners, shape: Shapes) -> None:
    """Two or three letters with dots between them ("J.T.") that are no abbreviation."""
    bases, codes, touching = places.words.bases, places.tokens.codes, _touching(places)
    goes_on = np.zeros(len(whose) + 2, bool)
    goes_on[2:-2] = (shape[2:] == LETTER) & touching[2:] & touching[1:-1] & (shape[:-2] == LETTER)
    goes_on[2:-2] &= places.every({"."})[1:-1]
    for place in np.flatnonzero(goes_on[:-2] & ~goes_on[2:]):
        first = int(place) - 2
        while goes_on[first]:
            first -= 2
        run = slice(first, int(place) + 1, 2)
        letters = "".join(bases[c] for c in codes[run])
        if letters not in abbreviations() and chance[first] >= THRESHOLD_POSSIBLE:
            whose[run] = np.where(whose[run] == NOBODY, CLIENT, whose[run])


def _add_hyphened(places: Places, whose: Owners, shape: Shapes) -> None:
    """Both sides of a hyphen: Anne-Marie, Ha-rin."""
    codes, touching = places.tokens.codes, _touching(places)
    dash = places.every(JOINTS - {"."})
    ordinary = places.words.ordinary[codes]
    for place in map(int, np.flatnonzero(whose != NOBODY)):
        for step in (2, -2):
            there, between = place + step, place + step // 2
            if not (0 <= there < len(whose)) or not dash[between] or whose[there] != NOBODY:
                continue
            tied = touching[max(place, between)] and touching[max(between, there)]
            alike = shape[there] == shape[place] or (shape[there] == LOWER and step > 0 and not ordinary[there])
            if tied and alike:
                whose[there] = whose[place]


def _add_surnames(places: Places, chance: Chance, whose: Owners, shape: Shapes) -> None:
    """The surname or initial that follows a name."""
    near = places.near
    ordinary = places.words.ordinary[places.tokens.codes]
    capital = places.capital
    for place in np.flatnonzero(whose != NOBODY):
        after = int(place) + 1
        if after >= len(whose) or not near[after] or whose[after] != NOBODY:
            continue
        surname = capital[after] and not ordinary[after] and chance[after] >= THRESHOLD_NEAR
        initial = shape[after] == LETTER and capital[place] and _closes(places, after + 1)
        if surname or initial:
            whose[after] = whose[place]


def _add_before(places: Places, chance: Chance, whose: Owners, shape: Shapes) -> None:
    """First names, initials ("D. M. Castell") and "Big" before a name; a surname after initials."""
    codes, near = places.tokens.codes, places.near
    ordinary, dot = places.words.ordinary[codes], places.every({"."})
    epithet = places.every(_EPITHETS) & (shape == TITLE)
    letter = (shape == LETTER) & ~places.every({"i"})
    capital = places.capital
    likely = capital & ~ordinary & (chance >= THRESHOLD_NEAR)
    led = np.zeros(len(whose), bool)
    led[2:] = near[2:] & dot[1:-1] & near[1:-1] & letter[:-2]
    whose[led & likely & (whose == NOBODY)] = CLIENT
    for place in np.flatnonzero((whose != NOBODY) & capital)[::-1]:
        here = int(place)
        while here > 1 and led[here] and whose[here - 2] == NOBODY:
            whose[here - 2] = whose[place]
            here -= 2
        before = here - 1
        if before >= 0 and near[here] and whose[before] == NOBODY and (likely[before] or epithet[before]):
            whose[before] = whose[place]


def _add_joined(places: Places, chance: Chance, whose: Owners) -> None:
    """Widen names to their company: in "Ana, Bo and Li" the three vouch for one another."""
    tokens, words = places.tokens, places.words
    likely = (chance >= THRESHOLD_NEAR) & places.capital & (whose == NOBODY)
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


def _add_repeats(places: Places, chance: Chance, whose: Owners, shape: Shapes) -> None:
    """A word that is a name once is a name everywhere in that text, also one letter away.

    Ordinary words repeat only with a capital inside a sentence, a possessive or some likelihood, so that "I hope"
    survives a therapist called Hope.
    """
    tokens, words = places.tokens, places.words
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
