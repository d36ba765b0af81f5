"""Who is meant in a text, and texts in which nobody is.

find() tells where persons and identifiers stand, replace() puts placeholders there, anonymise() does both to the review
table.  The stages inside: roster (people we know), classifier (people we do not), identifiers (all else), sweeping
(reviewers in the words of others); gate.py searches what is about to be published.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.anonymise import answers, gate, likeness, policies, traces
from reviewpipe.anonymise.detect import names
from reviewpipe.anonymise.entities import Entity, Label, carried_back, replace, settle
from reviewpipe.anonymise.identifiers import find as find_identifiers
from reviewpipe.anonymise.known import Known, name_fingerprints
from reviewpipe.anonymise.protected import nobody
from reviewpipe.anonymise.pseudonyms import Key, canonical
from reviewpipe.anonymise.roster import Roster
from reviewpipe.anonymise.sweeping import sweep
from reviewpipe.anonymise.traces import Traces
from reviewpipe.schema import columns_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from reviewpipe.config import Config

__all__ = [
    "Entity",
    "Key",
    "Known",
    "Label",
    "Redaction",
    "Roster",
    "Traces",
    "anonymise",
    "answers",
    "find",
    "gate",
    "name_fingerprints",
    "pseudonymise",
    "redact",
    "replace",
    "sweep",
    "swept",
    "traces",
]

# More than two rounds were never seen; the limit keeps a strange text from going on for ever.
_MOST_ROUNDS = 4
_TEXTS = ("text", "original", "reply")


@dataclass(frozen=True)
class Redaction:
    """An anonymised text, and what was found in the text as given (offsets into that one)."""

    text: str
    entities: list[Entity]


def find(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> list[list[Entity]]:
    """For each text the entities in it, in order and without overlap; `authors` holds each row's reviewer or None."""
    found = _find_once(texts, authors, roster)
    rows = [row for row, entities in enumerate(found) if entities]
    # A placeholder changes what its neighbours look like, so changed texts are read again until nothing more is found:
    # then anonymising twice is anonymising once.
    for _ in range(_MOST_ROUNDS):
        if not rows:
            break
        again = [replace(texts[row], found[row]) for row in rows]
        more = _find_once(again, [authors[row] for row in rows], roster)
        for row, extra in zip(rows, more, strict=True):
            found[row] = settle([*found[row], *carried_back(extra, found[row])])
        rows = [row for row, extra in zip(rows, more, strict=True) if extra]
    return found


def redact(
    texts: Sequence[str], authors: Sequence[str | None] | None = None, config: Config | None = None
) -> list[Redaction]:
    """Each text without names and identifiers, with what was found; `config` says how, and what the owner answered."""
    roster = answers.joined(Roster.of(config), config) if config else Roster()
    found = find(texts, authors or [None] * len(texts), roster)
    return [Redaction(replace(text, entities), entities) for text, entities in zip(texts, found, strict=True)]


def anonymise(reviews: pd.DataFrame, roster: Roster, key: Key, known: Known | None = None) -> pd.DataFrame:
    """The review table after clean, as the table after anonymise: no names, no author, no native_id.

    `known` are people of this and earlier files: they are hidden in everybody's words, but the detector never hears of
    them, so that what it does depends on the review alone.
    """
    done = pseudonymise(reviews, key)
    # All columns in one go: the detector's first word is dear, every further one is not.
    given = [text for column in _TEXTS for text in reviews[column].tolist()]
    texts = _anonymised(given, _authors(reviews) * len(_TEXTS), roster)
    if known:
        texts = swept(texts, dataclasses.replace(roster, known=known))
    said = {column: texts[number * len(reviews) : (number + 1) * len(reviews)] for number, column in enumerate(_TEXTS)}
    for column, some in said.items():
        done[column] = some
    done["codes"] = traces.codes(list(zip(said["text"], said["original"], strict=True)), roster, key)
    done["reply_codes"] = traces.codes([(reply,) for reply in said["reply"]], roster, key)
    return done[columns_after("anonymise")]


def pseudonymise(reviews: pd.DataFrame, key: Key) -> pd.DataFrame:
    """The review table after clean with the keyed columns: review_key, words, marks and person."""
    done = reviews.copy()
    done["review_key"] = _review_keys(reviews, key)
    done["words"] = [key.words(text) if isinstance(text, str) else None for text in reviews["text"]]
    done["marks"] = likeness.marks([_str(text) for text in reviews["text"]], key)
    done["person"] = [key.person(a) if a and _somebody(a) else None for a in _authors(reviews)]
    return done


def _authors(reviews: pd.DataFrame) -> list[str | None]:
    return [a if isinstance(a, str) and a.strip() else None for a in reviews["author"]]


def _find_once(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> list[list[Entity]]:
    """Names and identifiers of each text as it stands."""
    named = names(texts, authors, roster)
    rows = zip(named, texts, authors, strict=True)
    return [_together(answers.without_cleared(them, text, author, roster), text, roster) for them, text, author in rows]


def _together(persons: list[Entity], text: str, roster: Roster) -> list[Entity]:
    """Names and identifiers of one text; what already stands for a person is left alone."""
    others = policies.chosen(find_identifiers(text), roster.labels)
    if others:
        shown = [match.span() for match in roster.shown.finditer(text)]
        starts = [start for start, _ in shown]
        before = [bisect_left(starts, o.end) for o in others]
        others = [o for o, at in zip(others, before, strict=True) if not at or shown[at - 1][1] <= o.start]
    return settle([*others, *persons]) if others else persons


def _anonymised(texts: list[object], authors: list[str | None], roster: Roster) -> list[str | None]:
    """`texts` (str or missing) without names and identifiers."""
    rows = [row for row, text in enumerate(texts) if isinstance(text, str) and text]
    given = [str(texts[row]) for row in rows]
    found = find(given, [authors[row] for row in rows], roster)
    done: list[str | None] = [text if isinstance(text, str) else None for text in texts]
    for row, text, entities in zip(rows, given, found, strict=True):
        done[row] = replace(text, entities)
    return done


def swept(texts: Sequence[str | None], roster: Roster) -> list[str | None]:
    """Anonymised texts (or None) without the people whom `roster` knows by now."""
    found = sweep([text or "" for text in texts], roster)
    return [text and replace(text, names) for text, names in zip(texts, found, strict=True)]


def _review_keys(reviews: pd.DataFrame, key: Key) -> list[str]:
    """The key of each review: of its platform's id, else of author, date and text.

    A relative date ("2 months ago") moves from file to file, so only exact ones take part.
    """
    columns = ("source", "native_id", "author", "date_precision", "posted_on", "text")
    rows = zip(*(reviews[c].tolist() for c in columns), strict=True)
    return [
        key.review_key(
            source,
            _str(native_id),
            content=(_str(author), _str(posted_on) if precision in ("day", "second") else None, _str(text)),
        )
        for source, native_id, author, precision, posted_on, text in rows
    ]


def _str(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _somebody(author: str) -> bool:
    """Whether this is a person, not "Anonymous" or "A Google User"."""
    return canonical(author) not in nobody()
