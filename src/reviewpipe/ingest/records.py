"""JSON and JSON Lines: find the reviews in any nesting, by what they look like and not by where they lie."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest import columns, keyed
from reviewpipe.ingest.facts import Facts
from reviewpipe.ingest.fields import (
    Form,
    field_at,
    form_by_owner,
    form_of,
    forms,
    holders,
    mend_double_encoding,
    refused,
    row_of,
    types_of,
)
from reviewpipe.ingest.looks import is_no_answer
from reviewpipe.ingest.reading import Again, Found
from reviewpipe.ingest.roles import ABOUT_PLACE, Tally, count_of, keys_of, reason_of, role_of
from reviewpipe.schema import Reject, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

# Real exports nest six or seven levels deep; what lies deeper than this is no review.
DEEPEST = 24
# As many keys around the reviews as a person looks through.
MOST_BESIDE = 200
# Comments and trailing commas are no JSON, but occur in hand-made files and web pages.  Strings match first and stay.
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)


TWICE = "the same key stands twice"


class Twice(dict[str, Any]):
    """An object in which a key stands twice: nobody can say which value was meant."""


def read_json(text: str, overrides: Mapping[str, str]) -> Found:
    """Reviews of a JSON document; UnreadableError when it is broken, NotReviewsError when it holds none by nature.

    `overrides` are paths of fields where the owner has said so.
    """
    finder = Finder(form_by_owner(overrides))
    finder.search(parse(text))
    return finder.found()


def read_jsonl(lines: Iterable[str], overrides: Mapping[str, str]) -> Found:
    """Reviews of a file with one JSON value a line; a broken line is a reject, a file of broken lines is an error.

    The lines are gone through more than once, and so are the rows of what is found.
    """
    own = form_by_owner(overrides)
    finder, facts, broken = Finder(own), Facts(), list[Reject]()
    for rows in _by_line(lines, finder, broken.append):
        facts.add(rows)
    if finder.sound == 0:
        raise UnreadableError("no line of it is valid JSON.  Fetch the file again from where it came")
    found = finder.found()
    found = replace(found, rejects=(*found.rejects, *broken))
    if not facts.count:  # no form fitted: the rows were guessed, and are held
        return found
    return replace(found, facts=facts, rows=Again(lambda: chain.from_iterable(_by_line(lines, Finder(own)))))


def _by_line(
    lines: Iterable[str], finder: Finder, refuse: Callable[[Reject], None] = lambda _: None
) -> Iterator[list[dict[str, Any]]]:
    """The reviews of each line; of one that is broken, a reject to be noted."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = parse(line)
        except UnreadableError:
            refuse(Reject(number, "the line is no valid JSON"))
            continue
        finder.search(document, number)
        yield finder.taken()


def parse(text: str) -> Any:
    """A JSON document, with comments and trailing commas forgiven; NaN and Infinity are missing values.

    Objects with a key twice come back as Twice.  UnreadableError says where it is broken.
    """
    try:
        try:
            return _loads(text)
        except json.JSONDecodeError as problem:
            try:
                return _loads(_without(TRAILING_COMMA, _without(COMMENT, text)))
            except json.JSONDecodeError:
                raise problem from None
    except json.JSONDecodeError as problem:
        raise UnreadableError(
            f"it is no valid JSON: {problem.msg} at line {problem.lineno}.  Was the download cut short?"
        ) from None
    except RecursionError:
        raise UnreadableError("it is nested deeper than any export of reviews.  Is it the right file?") from None
    except ValueError:
        raise UnreadableError("it holds a number of thousands of digits.  Is it the right file?") from None


def _without(pattern: re.Pattern[str], text: str) -> str:
    """`text` without the matches of a pattern whose first group is what stays."""
    return pattern.sub(lambda match: match[1] or "", text)


def _loads(text: str) -> Any:
    # The standard parser takes NaN and the last of two equal keys without a word.
    return json.loads(text, parse_constant=lambda _: None, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Twice(made)


def find_reviews(document: object) -> Found:
    """Reviews in a parsed document, for JSON files and for the JSON-LD of web pages.

    Raises NotReviewsError when nothing in it is a review or could hold one; a place or page with none gives no rows.
    """
    finder = Finder()
    finder.search(document)
    return finder.found()


class Finder:
    """Searches documents for reviews and gathers rows, rejects and what it has met on the way."""

    def __init__(self, own: Form | None = None) -> None:
        self.own = own
        self.rows: list[dict[str, Any]] = []
        self.rejects: list[Reject] = []
        self.keys: dict[Form, Counter[str]] = {}  # the keys of the reviews of each form, and how often they are filled
        self.forms: Counter[Form] = Counter()
        self.loose: list[tuple[int, str, dict[str, Any]]] = []  # objects of no known form, where they stood
        self.wrong: str = ""
        self.empty = False
        self.known: dict[str, dict[str, Any]] = {}
        self.count = self.sound = 0

    def search(self, document: object, line: int | None = None) -> None:
        """Take in one document; `line` is its place in a file of lines."""
        self.sound += 1
        self.known = {record["@id"]: record for record in _objects(document) if _is_named(record)}
        self._walk(document, line, ())

    def taken(self) -> list[dict[str, Any]]:
        """The rows found so far, which are dropped here."""
        rows, self.rows = self.rows, []
        return rows

    def found(self) -> Found:
        """All that was found; NotReviewsError where that is nothing, and nothing could have been."""
        if not self.forms and not self.wrong and (guess := self._guess()):
            return guess
        if not self.forms and not self.rejects and not self.empty:
            raise NotReviewsError(
                f"it holds {self.wrong}" if self.wrong else "nothing in it looks like a review.  Is it the right file?"
            )
        if not self.forms:
            return Found("empty", [], (), tuple(self.rejects))
        form = self.forms.most_common(1)[0][0]
        roles = (*chain.from_iterable(map(self._roles, self.forms)), *_beside(self.loose))
        filled = {key: count > 0 for keys in self.keys.values() for key, count in keys.items()}
        return Found(form.name, self.rows, roles, tuple(self.rejects), filled)

    def _roles(self, form: Form) -> Iterator[Role]:
        why = "named in reviewpipe.toml" if form is self.own else f"described for {form.name}"
        for key, count in self.keys[form].items():
            name, before = field_at(key, form)
            reason = reason_of(name, why, before) if name else ABOUT_PLACE if key in form.place else f"not {why}"
            yield Role(key, role_of(name), f"{reason}; {count_of(count, self.forms[form])}")

    def _guess(self) -> Found | None:
        sound = [one for one in self.loose if not isinstance(one[2], Twice)]
        guess = guess_records(sound)
        if guess is None:
            return None
        doubtful = [Reject(row, TWICE) for row, _, record in self.loose if isinstance(record, Twice)]
        return replace(guess, rejects=(*self.rejects, *doubtful))

    def _walk(self, value: object, line: int | None, path: tuple[str, ...]) -> None:
        if len(path) > DEEPEST:
            return
        if isinstance(value, list):
            self._walk_list(value, line, path)
        elif isinstance(value, dict):
            form = self._form_of(value)
            if form:
                self._take(value, form, line)
                return
            if people := keyed.people_in(value):
                self._walk_list(people, line, path)
                return
            self._note(value, line, path)
            before = len(self.rows)
            for key, inner in value.items():
                if isinstance(inner, dict | list):
                    self._walk(inner, line, (*path, str(key)))
            if any(form.nested and value.keys() >= set(form.nested) for form in forms()):
                self.rows[before:] = once(self.rows[before:])

    def _walk_list(self, values: list[Any], line: int | None, path: tuple[str, ...]) -> None:
        """A list in which one object is a review is a list of reviews: what else stands in it is refused, not lost."""
        values = keyed.rows_in(values) or values
        among_reviews = any(isinstance(value, dict) and self._form_of(value) for value in values)
        for value in values:
            before = self.count
            self._walk(value, line, (*path, "*"))
            of_a_page = isinstance(value, dict) and types_of(value)
            if among_reviews and self.count == before and not of_a_page:
                self.count += 1
                self.rejects.append(Reject(line or self.count, "no review, though it stands among reviews"))

    def _form_of(self, record: dict[str, Any]) -> Form | None:
        return self.own if self.own and self.own.fits(record) else form_of(record)

    def _take(self, record: dict[str, Any], form: Form, line: int | None) -> None:
        self.count += 1
        row = line or self.count
        if isinstance(record, Twice):
            self.rejects.append(Reject(row, TWICE))
            return
        self.forms[form] += 1
        counts = self.keys.setdefault(form, Counter())
        for key, is_filled in keys_of(record).items():
            counts[key] += is_filled
        self.rows.append({**row_of(record, form, self.known), "row": row})

    def _note(self, record: dict[str, Any], line: int | None, path: tuple[str, ...]) -> None:
        self.wrong = self.wrong or next((form.says for form in refused() if form.fits(record)), "")
        self.empty = self.empty or any(form.fits(record) for form in holders())
        self.loose.append((line or len(self.loose) + 1, ".".join(path), record))


def once(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reviews of one place that stand in two overlapping lists, each once, as the list that says more has it."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = str(row.get("author")), str(row.get("text"))[:120]
        seen[key] = max(seen.get(key, row), row, key=len)
    return list(seen.values())


def _beside(loose: Iterable[tuple[int, str, dict[str, Any]]]) -> Iterator[Role]:
    """What stands around the reviews: the place with its own rating, the page, the request."""
    places: dict[str, None] = {}
    for _, path, record in loose:
        keys = (key for key, value in record.items() if is_plain(value))
        places |= dict.fromkeys(f"{path}.{key}" if path else str(key) for key in keys)
        if len(places) > MOST_BESIDE:
            break
    return (Role(place, "unused", "about the place or the file, not the review") for place in places)


def guess_records(objects: Sequence[tuple[int, str, dict[str, Any]]]) -> Found | None:
    """Reviews among JSON objects of no known form, each with its row and path; None where they are none."""
    flat = [(row, path, dict(_flat(record))) for row, path, record in objects]
    groups = Counter(frozenset(one) for _, _, one in flat if len(one) >= 2)
    if not groups:
        return None
    major = max(groups, key=lambda keys: (groups[keys], len(keys)))
    is_alike = [len(major & one.keys()) * 2 > len(major) for _, _, one in flat]
    alike = [(row, one) for (row, _, one), yes in zip(flat, is_alike, strict=True) if yes]
    headers = list(dict.fromkeys(key for _, one in alike[:200] for key in one))
    table = [[one.get(key) for key in headers] for _, one in alike]
    found = columns.guess(headers, table[:500])
    if found is None or not {"rating", "date", "author"} & found.columns.keys():
        return None
    tally = Tally(headers, found.joined.get("text", ()))
    tally.add(table, is_no_answer)
    row_of = columns.reader(found)
    rows = [{**row_of(cells), "row": row} for (row, _), cells in zip(alike, table, strict=True)]
    around = _beside(one for one, yes in zip(objects, is_alike, strict=True) if not yes)
    # What an object holds within itself was read with it.
    beside = [role for role in around if not role.place.endswith(tuple(f".{header}" for header in headers))]
    return Found(found.form, rows, (*tally.roles(found.plan, ""), *beside), filled=tally.is_filled())


def _flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The scalars of an object, those of an inner object under both keys; text mended where it is encoded twice."""
    for key, value in record.items():
        if isinstance(value, dict):
            inside = value.items()
            yield from ((f"{key}.{inner}", mend_double_encoding(one)) for inner, one in inside if is_plain(one))
        elif is_plain(value):
            yield key, mend_double_encoding(value)


def is_plain(value: object) -> bool:
    """Whether it is a value of its own, not one that holds others."""
    return not isinstance(value, dict | list)


def _is_named(record: dict[str, Any]) -> bool:
    return isinstance(record.get("@id"), str) and len(record) > 1


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object of a document that may use "@id"; only JSON-LD does, so other documents are left at once."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        if depth == 0 and not any(str(key).startswith("@") for key in value):
            return
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)
