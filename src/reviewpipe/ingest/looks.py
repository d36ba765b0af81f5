"""What a column of a table holds, whatever stands above it: dates, stars, names, sentences, or nothing to say."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import ratings
from reviewpipe.ingest.dates import looks_like_date
from reviewpipe.ingest.platforms import platform_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Words of a cell, on average, from which on a column holds sentences; in a header, from which on it is a question.
SENTENCE_WORDS = 5
FIGURES_BEHIND = re.compile(r"[\s:=.\d,%/()-]+$")
# Seconds, milliseconds or microseconds since 1970, from 1985 on.
STAMP = re.compile(r"[1-9]\d{8,9}(?:\d{3}){0,2}")
# No phrase that says nothing is longer.
LONGEST_NO_ANSWER = 40
# What a spreadsheet makes of a choice such as "6-25" or "1-5".
MISTAKEN = re.compile(r"\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2}")
SENTENCE_ENDS = (".", "!", "…", '."', '!"', ".”", "!”")


@dataclass(frozen=True)
class Look:
    """What a column holds, from a sample: shares of its filled cells, and how many there are."""

    filled: int
    dates: float
    ratings: float
    yes_no: float
    stamps: float  # numbers that count seconds since 1970, or days of a spreadsheet
    words: float  # a cell, on average
    distinct: float
    numbers: float
    unique: float
    length: float  # in characters, on average
    platforms: float
    digits: float  # cells with a figure anywhere
    shown: float  # cells that say whether anyone may read it

    @property
    def is_text(self) -> bool:
        """Whether people wrote sentences into it, and not the same ones."""
        return self.words >= SENTENCE_WORDS and self.distinct >= 0.7 and self.dates < 0.6


@cache
def _words() -> Mapping[str, frozenset[str]]:
    given = tomllib.loads(files(__package__).joinpath("columns.toml").read_text(encoding="utf-8"))["cells"]
    return {name: frozenset(words) for name, words in given.items()}


def look(cells: Sequence[Any]) -> Look:
    """What the cells of a column have in common."""
    filled = [cell for cell in cells if not is_blank(cell)]
    count = max(len(filled), 1)
    texts = [cell for cell in filled if isinstance(cell, str) and not is_no_answer(cell)]
    # The answers of a list of choices are the same few pieces in many orders.
    pieces = [piece for text in texts for piece in text.split(", ")]
    distinct = len(set(pieces)) / max(len(pieces), 1) if pieces else len(set(map(str, filled))) / count
    return Look(
        filled=len(filled),
        dates=sum(looks_like_date(cell) for cell in filled) / count,
        stamps=sum(_is_stamp(cell) for cell in filled) / count,
        ratings=sum(ratings.parse(cell) is not None for cell in filled) / count,
        yes_no=sum(ratings.recommended(cell) is not None for cell in filled) / count,
        words=sum(len(text.split()) for text in texts) / max(len(texts), 1),
        distinct=distinct,
        numbers=sum(ratings.number(cell) is not None for cell in filled) / count,
        unique=len(set(map(str, filled))) / count,
        length=sum(len(str(cell)) for cell in filled) / count,
        platforms=sum(platform_of(cell) is not None for cell in filled) / count,
        digits=sum(any(map(str.isdigit, str(cell))) for cell in filled) / count,
        shown=sum(_folded(cell) in _words()["shown"] | _words()["hidden"] | _words()["gone"] for cell in filled)
        / count,
    )


def _is_stamp(cell: Any) -> bool:
    if isinstance(cell, int | float) and 20_000 <= cell < 80_000:
        return True
    return STAMP.fullmatch(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)) is not None


def is_blank(cell: Any) -> bool:
    """Nothing in it, or only white space."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def is_no_answer(value: Any) -> bool:
    """Words that stand where somebody had nothing to say."""
    if not isinstance(value, str) or len(value) > LONGEST_NO_ANSWER:
        return False
    text = value.strip()
    return text.rstrip(".!").casefold() in _words()["no_answer"] or MISTAKEN.fullmatch(text) is not None


def is_total(cells: Sequence[Any], row: Mapping[str, Any]) -> bool:
    """Whether a line sums up those above it, by its first filled cell: "Average", "Total: 6".

    It has no author beside that cell, and its rating is another one: "average" may be somebody's rating.
    """
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str) or len(first) > LONGEST_NO_ANSWER:
        return False
    if row.get("rating") == first or row.get("author") not in (None, first, first.strip()):
        return False
    return FIGURES_BEHIND.sub("", first).strip().casefold() in _words()["totals"]


def is_shown(value: Any) -> bool:
    """Whether "published", 1 or "Review" says that anyone may read it; everything that is not known does not."""
    return _folded(value) in _words()["shown"]


def is_gone(value: Any) -> bool:
    """Whether it was thrown away where it comes from: spam, trash."""
    return _folded(value) in _words()["gone"]


def _folded(value: Any) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip().casefold()


def begins_with_date(row: Sequence[Any], below: Sequence[Look]) -> bool:
    """Whether a row has a date where the rows below have dates: then it is no row of headers."""
    return any(
        one.dates >= 0.6 and looks_like_date(cell) and any(letter.isdigit() for letter in str(cell))
        for cell, one in zip(row, below, strict=False)
    )


def begins_with_words(row: Sequence[Any], below: Sequence[Look]) -> bool:
    """Whether a row has a sentence or a figure where the rows below have sentences or figures."""
    for cell, one in zip(row, below, strict=False):
        text = "" if is_blank(cell) else str(cell).strip()
        if one.is_text and text.endswith(SENTENCE_ENDS) and len(text.split()) >= SENTENCE_WORDS:
            return True
        if one.ratings >= 0.6 and ratings.number(cell) is not None:
            return True
    return False
