"""Tables that no form describes: which column is which, by its header and by what it holds."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest.looks import (
    SENTENCE_WORDS,
    Look,
    begins_with_date,
    begins_with_words,
    is_blank,
    is_no_answer,
    look,
)
from reviewpipe.ingest.roles import UNKNOWN, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Places = Mapping[str, tuple[int, ...]]

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TAG = re.compile(r"<[^>]{1,40}>")
WORD = re.compile(r"[^\W_]+")
# "(1-10)", "0 to 10", "out of 10", "/10" in a header say how far the scale goes.
TOP = re.compile(r"(?:\b[01]\s*(?:-|–|to)\s*|out of\s*|/\s*)(5|10|100)\b", re.IGNORECASE)
# Headers that name no one thing, as their words: "", "q7", "column 3", "unnamed 3".
MEANINGLESS = re.compile(r"(?:q|question|column|col|unnamed|field|f|var|v) ?\d{1,4}|\d{0,4}|[a-z]")
SINGLE_FIELDS = (
    "date",
    "updated",
    "author",
    "last_name",
    "rating",
    "recommended",
    "reply",
    "native_id",
    "language",
    "platform",
    "public",
    "title",
)
# Where a header says nothing, these are known by what stands below it.
BY_CONTENT = ("date", "platform", "rating", "author")
# Every question of a survey is answered by the client.
NOT_IN_SURVEYS = frozenset(("reply", "title", "platform"))
# A row with a longer cell may be data; its cells are not shown.
LONGEST_HEADING = 200
# So many cells say enough of a row.
LOOKED_AT = 200
# What stands between the columns of a field that are put together.
BETWEEN = {"text": "\n\n", "author": " "}


@dataclass(frozen=True)
class Guess:
    """Columns by field: the first that is filled counts, those of `joined` are put together.

    `plan` has the field ("" for none) and the reason of every column.
    """

    form: str  # table or survey
    columns: Places
    joined: Places = field(default_factory=dict)
    top: float | None = None
    plan: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Column:
    """A column as it is judged: its header's words, what it holds, and how well that fits which fields."""

    name: str
    look: Look
    named: Mapping[str, float]
    fits: Mapping[str, float]


@cache
def _vocabulary() -> Mapping[str, Mapping[str, frozenset[str]]]:
    given = tomllib.loads(files(__package__).joinpath("columns.toml").read_text(encoding="utf-8"))
    return {
        name: {kind: frozenset(words) for kind, words in one.items()} for name, one in given.items() if name != "cells"
    }


def guess(headers: Sequence[Any], sample: Sequence[Sequence[Any]], own: Places | None = None) -> Guess | None:
    """The fields of a table by its headers and a sample of its rows; None where it is no table of reviews.

    `own` are the columns that the owner has named.  There must be a column of text, and beside it a rating, a date or
    an author, or a header that says "review".
    """
    judged = [
        _judged(str(header or ""), [row[at] if at < len(row) else None for row in sample])
        for at, header in enumerate(headers)
    ]
    if _is_data(headers, judged):
        return None
    is_survey = sum(len(one.name.split()) >= SENTENCE_WORDS for one in judged) >= 2
    chosen = _chosen(judged, own or {}, NOT_IN_SURVEYS if is_survey else frozenset())
    texts = _texts(judged, chosen)
    answers = [at for at in texts if judged[at].fits["text"] >= 1]
    chosen.setdefault("text", tuple(answers if is_survey else texts[:1]))
    if not chosen["text"] or not (own or _is_told(judged[chosen["text"][0]], chosen)):
        return None
    joined = {name: chosen[name] for name in BETWEEN if own and len(own.get(name, ())) > 1}
    if is_survey:
        joined["text"] = chosen["text"]
    if last_name := chosen.pop("last_name", ()):
        joined.setdefault("author", (*chosen.get("author", ()), *last_name))
    if "title" in chosen:
        chosen["text"] += chosen["title"]  # only where there is no body
    top = next((float(m[1]) for at in chosen.get("rating", ()) if (m := TOP.search(str(headers[at])))), None)
    form = "survey" if is_survey else "table"
    return Guess(form, chosen, joined, top, _plan(judged, chosen, joined, own or {}))


def guess_without_headers(rows: Sequence[Sequence[Any]]) -> Guess | None:
    """The fields of a table whose first row is data; None unless one column has sentences and others say the rest."""
    width = max(map(len, rows), default=0)
    below = [look([row[at] if at < len(row) else None for row in rows[1:]]) for at in range(width)]
    if not rows or not (begins_with_date(rows[0], below) or begins_with_words(rows[0], below)):
        return None
    if sum(one.is_text for one in below) != 1:
        return None
    return guess([""] * width, rows)


def count_known(row: Sequence[Any]) -> int:
    """How many cells of a row are headings that we know, in whole or by a word."""
    cells = [str(cell) for cell in row[:LOOKED_AT] if not is_blank(cell)]
    return sum(max(_named(_words(cell[:LONGEST_HEADING]), "").values(), default=0.0) >= 1.5 for cell in cells)


def headings_in(row: Sequence[Any]) -> list[str]:
    """The cells of a row of headings, of which one is known; else nothing, for they may be data."""
    cells = [str(cell).strip() for cell in row[:LOOKED_AT] if not is_blank(cell)]
    known = any(3.0 in _named(_words(cell), cell).values() for cell in cells)
    return cells if known and all(len(cell) < LONGEST_HEADING for cell in cells) else []


def _judged(header: str, cells: Sequence[Any]) -> _Column:
    name, held = _words(header), look(cells)
    named = _named(name, header)
    return _Column(name, held, named, _fits(name, held, named))


def _is_data(headers: Sequence[Any], judged: Sequence[_Column]) -> bool:
    below = [one.look for one in judged]
    if any(3.0 in one.named.values() for one in judged):
        return begins_with_date(headers, below)
    return begins_with_date(headers, below) or begins_with_words(headers, below)


def _chosen(judged: Sequence[_Column], own: Places, never: frozenset[str]) -> dict[str, tuple[int, ...]]:
    """The best column of each field; where no header names it, the only one that holds what the field is made of."""
    chosen = dict(own)
    taken = {at for columns in own.values() for at in columns}
    for name in SINGLE_FIELDS:
        fits = ((one.fits.get(name, 0.0), -at) for at, one in enumerate(judged) if at not in taken)
        score, place = max(fits, default=(0.0, 0))
        if score and name not in chosen and name not in never:
            chosen[name] = (-place,)
    taken |= {at for columns in chosen.values() for at in columns}
    for name in BY_CONTENT:
        nameless = [at for at, one in enumerate(judged) if at not in taken and _is_nameless(one, name)]
        if len(nameless) == 1 and name not in chosen and name not in never:
            chosen[name] = (nameless[0],)
            taken.add(nameless[0])
    return chosen


def _is_nameless(one: _Column, name: str) -> bool:
    held = one.look
    if name == "date":  # under a header of any other meaning as well, if it is none that we know
        return not one.named and held.dates >= 0.6
    if not held.filled or not MEANINGLESS.fullmatch(one.name):
        return False
    if name == "platform":
        return held.platforms >= 0.8
    if name == "rating":  # numbers that are all different are row numbers
        return held.ratings >= 0.8 and held.words < 3 and (held.unique < 1 or held.filled < 5) and held.length <= 6
    return held.digits == 0 and held.dates < 0.2 and held.ratings < 0.2 and held.words < 4 and held.unique >= 0.5


def _texts(judged: Sequence[_Column], chosen: Places) -> list[int]:
    """Columns of text that are nothing else, the best first."""
    taken = {at for columns in chosen.values() for at in columns}
    texts = [at for at, one in enumerate(judged) if one.fits.get("text") and at not in taken]
    return sorted(texts, key=lambda at: (-judged[at].fits["text"], -judged[at].look.filled * judged[at].look.words, at))


def _is_told(text: _Column, chosen: Places) -> bool:
    """Whether the header of the text, or the columns beside it, say that these are reviews."""
    if not text.named:
        # A name and a sentence may be a list of staff, unless the header leaves it open what the sentence is.
        return MEANINGLESS.fullmatch(text.name) is not None or not {"rating", "date", "recommended"}.isdisjoint(chosen)
    alone = not _vocabulary()["text"]["alone"].isdisjoint(text.name.split())
    return alone or not {"rating", "date", "author", "recommended"}.isdisjoint(chosen)


def _words(header: str) -> str:
    """A header as lower-case words with single blanks between: "reviewText", "Review_Text " become "review text"."""
    return " ".join(WORD.findall(CAMEL.sub(" ", TAG.sub(" ", header)).casefold()))


def _named(name: str, header: str) -> dict[str, float]:
    """The fields that a header names: 3 outright, 2 by a word, 1 by a question's phrase."""
    named = {}
    words = name.split()
    for one, kinds in _vocabulary().items():
        if name in kinds["exact"]:
            named[one] = 3.0
        elif len(words) < SENTENCE_WORDS and not kinds.get("words", frozenset()).isdisjoint(words):
            named[one] = 2.0 if kinds.get("parts", frozenset()).isdisjoint(words) else 1.5
        elif len(words) >= 3 and any(phrase in f"{name} {header.casefold()}" for phrase in kinds.get("phrases", ())):
            named[one] = 1.0
    return named


def _fits(name: str, held: Look, named: Mapping[str, float]) -> dict[str, float]:
    """How well a column fits the fields that it is named for and holds."""
    if named.get("unused", 0) >= max(named.values(), default=1):
        return {}
    fits = {one: score for one, score in named.items() if _holds(one, held, outright=score)}
    # A column of sentences is text even under a header that says nothing; one that says something else is left alone.
    if not named and held.is_text:
        fits["text"] = 1.0 if len(name.split()) >= SENTENCE_WORDS else 0.5
    return fits


def _holds(one: str, held: Look, *, outright: float) -> bool:
    """Whether the column holds what the field is made of; an empty one may be whatever its header says outright."""
    if not held.filled:
        return outright == 3 and one != "public"
    if one == "text":
        few, distinct = {3.0: (1, 0.02), 2.0: (2, 0.3), 1.5: (2, 0.3)}.get(outright, (3, 0.3))
        return held.words >= few and held.numbers < 0.5 and held.dates < 0.6 and held.distinct >= distinct
    return HOLDS[one](held) if one in HOLDS else True


def _are_days(held: Look) -> bool:
    return held.dates + held.stamps >= 0.6


def _are_names(held: Look) -> bool:
    return held.numbers < 0.5 and held.words < SENTENCE_WORDS


HOLDS: dict[str, Callable[[Look], bool]] = {
    "date": _are_days,
    "updated": _are_days,
    "reply": lambda held: not _are_days(held),
    "author": _are_names,
    "last_name": _are_names,
    "rating": lambda held: held.ratings >= 0.6 and held.words < 6,
    "recommended": lambda held: held.yes_no >= 0.6,
    "public": lambda held: held.shown >= 0.9,
    # Row numbers begin anew in every file; taken for ids, they would make other people's reviews one.
    "native_id": lambda held: held.unique == 1 and held.length >= 6,
}


def _plan(judged: Sequence[_Column], chosen: Places, joined: Places, own: Places) -> dict[int, tuple[str, str]]:
    """The field and the reason of every column."""
    plan = {at: ("", _spare(one, chosen)) for at, one in enumerate(judged)}
    for name, columns in {**chosen, **joined}.items():
        for rank, at in enumerate(columns):
            named = not {name, "last_name" if name == "author" else name}.isdisjoint(judged[at].named)
            why = "named in reviewpipe.toml" if at in own.get(name, ()) else WHY[named]
            before = f"column {columns[0] + 1}" if rank and name not in joined else ""
            plan[at] = (name, reason_of(name, why, before))
    return plan


WHY = {True: "guessed: its heading and what it holds say so", False: "guessed: what it holds says so"}


def _spare(one: _Column, chosen: Places) -> str:
    """Why a column is nothing."""
    if "unused" in one.named and not one.fits:
        return "its heading speaks of contact, consent or the practice's own notes"
    rivals = [name for name in one.fits if name in chosen]
    if rivals:
        return f"another column is a better {rivals[0]}"
    if one.named:
        return f"its heading says {max(one.named, key=lambda name: one.named[name])}, but what it holds does not"
    return UNKNOWN


def reader(found: Guess) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """A function that makes a row of fields out of the cells of a table's row."""
    simple = [(name, columns) for name, columns in found.columns.items() if name not in found.joined]

    def row_of(cells: Sequence[Any]) -> dict[str, Any]:
        row = pick(cells, simple)
        for name, columns in found.joined.items():
            filled = (str(cells[at]).strip() for at in columns if at < len(cells) and not is_blank(cells[at]))
            if said := BETWEEN[name].join(one for one in filled if name != "text" or not is_no_answer(one)):
                row[name] = said
        if found.top and "rating" in row:
            row["best_rating"] = found.top
        return row

    return row_of


def pick(cells: Sequence[Any], places: Sequence[tuple[str, Sequence[int]]]) -> dict[str, Any]:
    """For each field the first of its columns that is filled in this row."""
    row = {}
    width = len(cells)
    for name, columns in places:
        for at in columns:
            if at < width and not is_blank(cells[at]):
                row[name] = cells[at]
                break
    return row
