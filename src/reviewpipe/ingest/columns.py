"""Tables that no form describes: which column is which, by its header and by what it holds."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import ratings
from reviewpipe.ingest.dates import looks_like_date
from reviewpipe.ingest.fields import role_of
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TAG = re.compile(r"<[^>]{1,40}>")
WORD = re.compile(r"[^\W_]+")
# "(1-10)", "0 to 10", "out of 10", "/10" in a header say how far the scale goes.
TOP = re.compile(r"(?:\b[01]\s*(?:-|–|to)\s*|out of\s*|/\s*)(5|10|100)\b", re.IGNORECASE)
# Words of a header from which on it is a question or a sentence, not a label.
QUESTION_WORDS = 5
# What people type into a field that they must fill but have nothing to say in.
NO_ANSWERS = frozenset(
    (
        "did not answer",
        "no answer",
        "n/a",
        "na",
        "none",
        "nil",
        "nothing",
        "no",
        "no comment",
        "no comments",
        "nope",
        "null",
        "nan",
        "-",
        "--",
        ".",
        "x",
    )
)
SINGLE_FIELDS = (
    "date",
    "author",
    "last_name",
    "rating",
    "recommended",
    "reply",
    "native_id",
    "language",
    "platform",
    "title",
)
# Every question of a survey is answered by the client.
NOT_IN_SURVEYS = frozenset(("reply", "title", "platform"))


@dataclass(frozen=True)
class Guess:
    """Columns by field: every field has its columns in the order in which they are asked (text of a survey: joined)."""

    form: str  # table or survey
    columns: Mapping[str, tuple[int, ...]]
    top: float | None
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class _Look:
    """What a column holds, from a sample: shares of its filled cells."""

    filled: int
    dates: float
    ratings: float
    yes_no: float
    words: float  # a cell, on average
    distinct: float
    numbers: float
    unique: float
    length: float  # in characters, on average


@cache
def _vocabulary() -> Mapping[str, Mapping[str, frozenset[str]]]:
    given = tomllib.loads(files(__package__).joinpath("columns.toml").read_text(encoding="utf-8"))
    return {name: {kind: frozenset(words) for kind, words in one.items()} for name, one in given.items()}


def guess(
    headers: Sequence[Any], sample: Sequence[Sequence[Any]], own: Mapping[str, tuple[int, ...]] | None = None
) -> Guess | None:
    """The fields of a table by its headers and a sample of its rows; None where it is no table of reviews.

    `own` are the columns that the owner has named.  There must be a column of text, and beside it a rating, a date or
    an author, or a header that says "review".
    """
    names = [_words(header) for header in headers]
    looks = [_look([row[at] if at < len(row) else None for row in sample]) for at in range(len(headers))]
    fits = [_fits(name, look, str(header)) for name, look, header in zip(names, looks, headers, strict=True)]
    is_survey = sum(len(name.split()) >= QUESTION_WORDS for name in names) >= 2
    chosen: dict[str, tuple[int, ...]] = dict(own or {})
    for field in SINGLE_FIELDS:
        score, _, at = max(((one.get(field, 0.0), -at, at) for at, one in enumerate(fits)), default=(0.0, 0, 0))
        if score and field not in chosen and not (is_survey and field in NOT_IN_SURVEYS):
            chosen[field] = (at,)
    taken = {at for columns in chosen.values() for at in columns}
    texts = [at for at in range(len(fits)) if fits[at].get("text") and at not in taken]
    texts_by_worth = sorted(texts, key=lambda at: (-fits[at]["text"], -looks[at].filled * looks[at].words, at))
    answers = [at for at in texts if fits[at]["text"] >= 1]
    chosen.setdefault("text", tuple(answers if is_survey else texts_by_worth[:1]))
    beside = {"rating", "date", "author", "recommended"} & chosen.keys()
    if not chosen["text"] or not (beside or own or _stands_alone(names[chosen["text"][0]])):
        return None
    if "title" in chosen:
        chosen["text"] += chosen["title"]  # only where there is no body
    top = next((float(m[1]) for at in chosen.get("rating", ()) if (m := TOP.search(str(headers[at])))), None)
    return Guess("survey" if is_survey else "table", chosen, top, _roles(headers, chosen))


def _stands_alone(name: str) -> bool:
    """Whether a header says so clearly what stands below it that no other column is needed."""
    return not _vocabulary()["text"]["alone"].isdisjoint(name.split())


def _words(header: Any) -> str:
    """A header as lower-case words with single blanks between: "reviewText", "Review_Text " become "review text"."""
    return " ".join(WORD.findall(CAMEL.sub(" ", TAG.sub(" ", str(header or ""))).casefold()))


def _fits(name: str, look: _Look, header: str) -> dict[str, float]:
    """How well a column fits the fields that it fits: 3 named outright, 2 by a word, 1 by a question's phrase."""
    named = {}
    words = name.split()
    for field, kinds in _vocabulary().items():
        if name in kinds["exact"]:
            named[field] = 3.0
        elif len(words) < QUESTION_WORDS and not kinds.get("words", frozenset()).isdisjoint(words):
            named[field] = 2.0
        elif len(words) >= 3 and any(phrase in f"{name} {header.casefold()}" for phrase in kinds.get("phrases", ())):
            named[field] = 1.0
    if named.get("unused", 0) >= max(named.values(), default=0):
        return {}
    fits = {field: score for field, score in named.items() if _holds(field, look, outright=score)}
    # A column of sentences is text even under a header that says nothing; one that says something else is left alone.
    if not named and look.words >= QUESTION_WORDS and look.distinct >= 0.7:
        fits["text"] = 1.0 if len(words) >= QUESTION_WORDS else 0.5
    return fits


def _holds(field: str, look: _Look, *, outright: float) -> bool:
    """Whether the column holds what the field is made of; an empty one may be whatever its header says outright."""
    if not look.filled:
        return outright == 3
    if field == "date":
        return look.dates >= 0.6
    if field == "rating":
        return look.ratings >= 0.6 and look.words < 6
    if field == "recommended":
        return look.yes_no >= 0.6
    if field == "text":
        few = 1.2 if outright == 3 else 2 if outright == 2 else 3
        return look.words >= few and look.numbers < 0.5 and look.dates < 0.6 and look.distinct >= 0.3
    if field == "native_id":
        # Row numbers begin anew in every file; taken for ids, they would make other people's reviews one.
        return look.unique == 1 and look.length >= 6
    if field in {"author", "last_name"}:
        return look.numbers < 0.5 and look.words < QUESTION_WORDS
    return True


def _look(cells: Sequence[Any]) -> _Look:
    filled = [cell for cell in cells if not is_blank(cell)]
    count = max(len(filled), 1)
    texts = [cell for cell in filled if isinstance(cell, str) and not is_no_answer(cell)]
    # The answers of a list of choices are the same few pieces in many orders.
    pieces = [piece for text in texts for piece in text.split(", ")]
    distinct = len(set(pieces)) / max(len(pieces), 1) if pieces else len(set(map(str, filled))) / count
    return _Look(
        filled=len(filled),
        dates=sum(looks_like_date(cell) for cell in filled) / count,
        ratings=sum(ratings.parse(cell) is not None for cell in filled) / count,
        yes_no=sum(ratings.recommended(cell) is not None for cell in filled) / count,
        words=sum(len(text.split()) for text in texts) / max(len(texts), 1),
        distinct=distinct,
        numbers=sum(ratings.number(cell) is not None for cell in filled) / count,
        unique=len(set(map(str, filled))) / count,
        length=sum(len(str(cell)) for cell in filled) / count,
    )


def is_blank(cell: Any) -> bool:
    """Nothing in it, or only white space."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def _roles(headers: Sequence[Any], chosen: Mapping[str, tuple[int, ...]]) -> tuple[Role, ...]:
    field_of = {at: field for field, columns in chosen.items() for at in columns}
    roles = []
    for at, header in enumerate(headers):
        field = field_of.get(at, "unused")
        reason = f"its header and what it holds say {field}" if at in field_of else "nothing says what it is"
        roles.append(Role(f"column {header!r}", role_of(field), reason))
    return tuple(roles)


def reader(found: Guess) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """A function that makes a row of fields out of the cells of a table's row."""
    simple = [(field, columns) for field, columns in found.columns.items() if field not in {"title", "last_name"}]
    answers = simple.pop([field for field, _ in simple].index("text"))[1] if found.form == "survey" else ()
    last_name = found.columns.get("last_name", ())

    def row_of(cells: Sequence[Any]) -> dict[str, Any]:
        row = pick(cells, simple)
        if answers:
            said = [str(cells[at]).strip() for at in answers if at < len(cells) and not is_blank(cells[at])]
            row["text"] = "\n\n".join(one for one in said if not is_no_answer(one)) or None
        if last_name:
            row["author"] = " ".join(
                str(one) for one in (row.get("author"), *pick(cells, [("last", last_name)]).values()) if one
            )
        if found.top and "rating" in row:
            row["best_rating"] = found.top
        return row

    return row_of


def pick(cells: Sequence[Any], places: Sequence[tuple[str, Sequence[int]]]) -> dict[str, Any]:
    """For each field the first of its columns that is filled in this row."""
    row = {}
    width = len(cells)
    for field, columns in places:
        for at in columns:
            if at < width and not is_blank(cells[at]):
                row[field] = cells[at]
                break
    return row


def is_no_answer(value: Any) -> bool:
    """Words that stand where somebody had nothing to say."""
    return isinstance(value, str) and value.strip().rstrip(".!").casefold() in NO_ANSWERS


def guess_records(records: Sequence[tuple[int, dict[str, Any]]]) -> Found | None:
    """Reviews among JSON objects of no known form, each with its row; None where they are none."""
    flat = [(row, dict(_flat(record))) for row, record in records]
    groups = Counter(frozenset(one) for _, one in flat if len(one) >= 2)
    if not groups:
        return None
    major = max(groups, key=lambda keys: (groups[keys], len(keys)))
    alike = [(row, one) for row, one in flat if len(major & one.keys()) * 2 > len(major)]
    headers = list(dict.fromkeys(key for _, one in alike[:200] for key in one))
    found = guess(headers, [[one.get(key) for key in headers] for _, one in alike[:500]])
    if found is None or not {"rating", "date", "author"} & found.columns.keys():
        return None
    row_of = reader(found)
    rows = [{**row_of([one.get(key) for key in headers]), "row": row} for row, one in alike]
    return Found(found.form, rows, found.roles)


def _flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The scalars of an object, those of an inner object under both keys."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from ((f"{key} {inner}", one) for inner, one in value.items() if not isinstance(one, dict | list))
        elif not isinstance(value, list):
            yield key, value
