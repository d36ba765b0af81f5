"""JSON and JSON Lines: find the reviews in any nesting, by what they look like and not by where they lie."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest import columns
from reviewpipe.ingest.fields import Form, form_by_owner, form_of, holders, refused, role_of, row_of, types_of
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Reject, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Real exports nest six or seven levels deep; what lies deeper than this is no review.
DEEPEST = 24
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
    """Reviews of a file with one JSON value a line; a broken line is a reject, a file of broken lines is an error."""
    finder, rejects, sound = Finder(form_by_owner(overrides)), [], 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = parse(line)
        except UnreadableError:
            rejects.append(Reject(number, "the line is no valid JSON"))
            continue
        sound += 1
        finder.search(document, number)
    if not sound:
        raise UnreadableError("no line of it is valid JSON.  Fetch the file again from where it came")
    found = finder.found()
    return Found(found.form, found.rows, found.roles, (*found.rejects, *rejects))


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
        self.forms: Counter[Form] = Counter()
        self.loose: list[tuple[int, dict[str, Any]]] = []  # objects of no known form, for a guess by their keys
        self.wrong: str = ""
        self.empty = False
        self.known: dict[str, dict[str, Any]] = {}
        self.count = 0

    def search(self, document: object, line: int | None = None) -> None:
        """Take in one document; `line` is its place in a file of lines."""
        self.known = {record["@id"]: record for record in _objects(document) if _is_named(record)}
        self._walk(document, line, 0)

    def found(self) -> Found:
        """All that was found; NotReviewsError where that is nothing, and nothing could have been."""
        if not self.forms and not self.wrong and (guess := self._guess()):
            return guess
        if not self.rows and not self.rejects and not self.empty:
            raise NotReviewsError(
                f"it holds {self.wrong}" if self.wrong else "nothing in it looks like a review.  Is it the right file?"
            )
        if not self.forms:
            return Found("empty", [], (), tuple(self.rejects))
        form = self.forms.most_common(1)[0][0]
        roles = tuple(
            Role(" or ".join(paths), role_of(name), f"as described for {form.name}")
            for name, paths in form.fields.items()
        )
        return Found(form.name, self.rows, roles, tuple(self.rejects))

    def _guess(self) -> Found | None:
        sound = [(row, record) for row, record in self.loose if not isinstance(record, Twice)]
        guess = columns.guess_records(sound)
        if guess is None:
            return None
        doubtful = [Reject(row, TWICE) for row, record in self.loose if isinstance(record, Twice)]
        return Found(guess.form, guess.rows, guess.roles, (*self.rejects, *doubtful))

    def _walk(self, value: object, line: int | None, depth: int) -> None:
        if depth > DEEPEST:
            return
        if isinstance(value, list):
            self._walk_list(value, line, depth)
        elif isinstance(value, dict):
            form = self._form_of(value)
            if form:
                self._take(value, form, line)
                return
            self._note(value, line)
            for inner in value.values():
                if isinstance(inner, dict | list):
                    self._walk(inner, line, depth + 1)

    def _walk_list(self, values: list[Any], line: int | None, depth: int) -> None:
        """A list in which one object is a review is a list of reviews: what else stands in it is refused, not lost."""
        among_reviews = any(isinstance(value, dict) and self._form_of(value) for value in values)
        for value in values:
            before = self.count
            self._walk(value, line, depth + 1)
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
        self.rows.append({**row_of(record, form, self.known), "row": row})

    def _note(self, record: dict[str, Any], line: int | None) -> None:
        self.wrong = self.wrong or next((form.says for form in refused() if form.fits(record)), "")
        self.empty = self.empty or any(form.fits(record) for form in holders())
        self.loose.append((line or len(self.loose) + 1, record))


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
