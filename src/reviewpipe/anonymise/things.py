"""Which tokens of a text are things, not people, whatever the classifier thinks: rules over protected.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.features import LETTER, LOWER, OTHER, TITLE, UPPER
from reviewpipe.anonymise.protected import beside, phrases
from reviewpipe.anonymise.protected import words as protected_words
from reviewpipe.anonymise.pseudonyms import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from reviewpipe.anonymise.roster import Places

# After these a protected word is a person after all.
_INTRODUCES = frozenset({*TITLES, "named", "called"})
# "I called Bupa" introduces nobody.
_CALLERS = frozenset("i we you they he she and then just to i've we've have had".split())
_NAME_IS = frozenset({("name", "is"), ("name", "was"), ("name's", "")})
_ARTICLES = frozenset("the a an my your his her our their this that these those".split())


def of_things(places: Places) -> NDArray[np.bool_]:
    """Tokens that are no people: protected words, phrases and compounds, and small words after an article."""
    found = places.every(protected_words()) | _compounds(places) | _calendar(places)
    for place in np.flatnonzero(found):
        found[place] = not _introduced(places, int(place))
    for run in _phrases(places):
        found[run] |= not _introduced(places, run.start)
    return found | _after_articles(places) | _lone_letters(places)


def _introduced(places: Places, place: int) -> bool:
    """Whether a title, "named" or "her name is" stands before."""
    bases, codes = places.words.bases, places.tokens.codes
    first = int(places.tokens.rows[places.text_of[place]])
    back = [b for b in (bases[c] for c in codes[max(first, place - 4) : place]) if b != "."]
    if not back or (back[-1] == "called" and back[-2:-1] and back[-2] in _CALLERS):
        return False
    return back[-1] in _INTRODUCES or tuple(back[-2:]) in _NAME_IS


def _phrases(places: Places) -> Iterator[slice]:
    """Where protected phrases stand."""
    bases, codes, rows = places.words.bases, places.tokens.codes, places.tokens.rows
    for place in _pairs(places):
        here = tuple(bases[c] for c in codes[place : min(place + 7, int(rows[places.text_of[place] + 1]))])
        run = next((run for run in phrases()[here[0]] if here[: len(run)] == run), None)
        if run:
            yield slice(int(place), int(place) + len(run))


def _pairs(places: Places) -> NDArray[np.int64]:
    """Where the first two words of a protected phrase stand."""
    codes, width = places.tokens.codes, len(places.words.bases)
    pairs = {run[:2] for runs in phrases().values() for run in runs}
    wanted = [
        one * width + other
        for first, second in pairs
        for one in places.exact.get(first, ())
        for other in places.exact.get(second, ())
    ]
    opens = np.flatnonzero(_next(places, places.every({second for _, second in pairs})) & places.every(phrases()))
    found: NDArray[np.int64] = opens[np.isin(codes[opens] * np.int64(width) + codes[opens + 1], wanted)]
    return found


def _compounds(places: Places) -> NDArray[np.bool_]:
    """Capitalised words that a neighbour makes a thing: "Morton's neuroma", "Alexander technique", "Elizabeth Street".

    What is the name of a place or an animal once is so in the whole text, after "the" or as the animal's name.
    """
    shape, capital = places.shape, places.capital
    owner = (places.words.possessive > 0)[places.tokens.codes]
    ground = _next(places, places.every(beside("grounds")) & capital & (shape != UPPER)) & ~owner & capital
    method = _next(places, places.every(beside("methods"))) & ~owner
    the = _previous(places, places.every({"the"}))
    named = _previous(places, ground) & places.every(beside("grounds"))
    head = _previous(
        places, places.every(beside("heads")) & (shape == TITLE) & ~_previous(places, capital, over="."), over="."
    )
    animal = _previous(places, places.every(beside("animals")), over=",") & capital
    shop = the & owner & _next(places, shape == OTHER)
    again = places.same(ground) & the | places.same(animal)
    ailment = _next(places, places.every(beside("ailments")))
    found: NDArray[np.bool_] = (ground | named | method | head | shop | ailment | again) & capital
    return found | animal


def _calendar(places: Places) -> NDArray[np.bool_]:
    """Months that are also names, where only a month can stand: "last June", "in April"."""
    owner = (places.words.possessive > 0)[places.tokens.codes]
    return places.every(beside("months")) & _previous(places, places.every(beside("when"))) & ~owner


def _after_articles(places: Places) -> NDArray[np.bool_]:
    """Words in small letters right after "the", "my", …: things ("threw the cane away"), never people."""
    small: NDArray[np.bool_] = places.shape == LOWER
    return small & _previous(places, places.every(_ARTICLES))


def _lone_letters(places: Places) -> NDArray[np.bool_]:
    """The article "A" before a word, and letters right after a digit: "A Runner", "5K"."""
    word = places.shape != OTHER
    glued = np.zeros(len(word), bool)
    glued[1:] = places.tokens.starts[1:] == places.tokens.ends[:-1]
    article = places.every({"a"}) & _next(places, word) & ~_previous(places, places.capital)
    found: NDArray[np.bool_] = (places.shape == LETTER) & (article | glued & _previous(places, places.number))
    return found


def _next(places: Places, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tokens whose next token in the same text is `asked`."""
    found = np.zeros(len(asked), bool)
    found[:-1] = asked[1:] & (places.text_of[1:] == places.text_of[:-1])
    return found


def _previous(places: Places, asked: NDArray[np.bool_], over: str = "") -> NDArray[np.bool_]:
    """Tokens whose previous token in the same text is `asked`, or is the mark `over` after such a one."""
    found = np.zeros(len(asked), bool)
    found[1:] = asked[:-1] & (places.text_of[1:] == places.text_of[:-1])
    if over and found.any():
        found |= _previous(places, found & places.every({over}))
    return found
