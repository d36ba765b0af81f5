"""Words of which the anonymiser was not sure whether they are names: questions that the owner can answer once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.classifier import chances, gazetteer
from reviewpipe.anonymise.detect import thresholds
from reviewpipe.anonymise.features import LETTER, OTHER, Words
from reviewpipe.anonymise.known import is_ordinary, parts
from reviewpipe.anonymise.roster import NOBODY, Places, mark
from reviewpipe.anonymise.things import of_things
from reviewpipe.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.roster import Roster

# Distance from the threshold in log-odds: about 0.1 to 0.65 where the threshold is 0.3.
BAND = 1.5
_CONTEXTS, _REACH = 3, 40


@dataclass(frozen=True)
class Question:
    """Is `word` a name?  It stands in `count` uncertain places, of which `hidden` are hidden as things stand."""

    word: str
    count: int
    hidden: int
    contexts: tuple[str, ...]


def questions(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> list[Question]:
    """The words of `texts` that may be names, the most frequent first.

    Left out is who is known (staff, reviewers, names of `roster`), what the owner has answered, and what is an ordinary
    word as well: of "hope" there is no one answer, so the classifier decides at each place.
    """
    tokens = tokenise(texts)
    words = Words.of(tokens.vocabulary, gazetteer())
    places = Places(tokens, words)
    chance = chances(tokens, words, texts)
    least = thresholds(places)
    asked = _near(chance, least) & ~of_things(places) & (mark(places, authors, roster) == NOBODY)
    asked &= ~np.isin(words.shape[tokens.codes], (LETTER, OTHER))
    reviewers = {word for author in authors if author for word in parts(author)}
    found: dict[str, list[int]] = defaultdict(list)
    for place in np.flatnonzero(asked):
        found[words.bases[tokens.codes[place]]].append(int(place))
    questions = [
        Question(
            tokens.vocabulary[tokens.codes[where[0]]],
            len(where),
            int((chance >= least)[where].sum()),
            _contexts(where, places, texts),
        )
        for word, where in found.items()
        if word not in reviewers and not is_ordinary(word) and not roster.cleared.has(word)
    ]
    return sorted(questions, key=lambda one: (-one.count, one.word))


def _near(chance: NDArray[np.float64], least: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where `chance` lies in the band round `least`."""
    bounded = np.clip(chance, 1e-9, 1 - 1e-9)
    found: NDArray[np.bool_] = np.abs(_log_odds(bounded) - _log_odds(least)) <= BAND
    return found


def _log_odds(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.log(chance / (1 - chance))
    return odds


def _contexts(where: Sequence[int], places: Places, texts: Sequence[str]) -> tuple[str, ...]:
    """Up to three different stretches of text round the places `where`, each in one line."""
    found: dict[str, None] = {}
    for place in where:
        text = texts[places.text_of[place]]
        start, end = int(places.tokens.starts[place]), int(places.tokens.ends[place])
        before, after = text[:start][-_REACH:], text[end:][:_REACH]
        if start > _REACH:
            before = "… " + before.partition(" ")[2]
        if len(text) - end > _REACH:
            after = after.rpartition(" ")[0] + " …"
        found[" ".join(f"{before}{text[start:end]}{after}".split())] = None
        if len(found) == _CONTEXTS:
            break
    return tuple(found)
