"""Which field is which: the forms of sources.toml, found by their keys and read along their paths."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.schema import Visibility

    Record = dict[str, Any]
    Paths = Mapping[str, tuple[str, ...]]

NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


@dataclass(frozen=True, eq=False)
class Form:
    """One way in which a source hands out reviews; sources.toml explains the keys."""

    name: str
    source: str = ""
    visibility: Visibility | Literal[""] = ""
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    list: frozenset[str] = frozenset()
    type: frozenset[str] = frozenset()
    fields: Paths = field(default_factory=dict)
    nested: tuple[str, ...] = ()
    place: frozenset[str] = frozenset()
    scale: float | None = None
    best: Literal["high", "low"] = "high"
    date_order: Literal["MDY", "DMY", ""] = ""
    only: Literal["json", ""] = ""
    cut: bool = False
    glued: bool = False
    double_encoded: bool = False
    no_stars_if: str = ""
    whole: Literal["", "file", "folder"] = ""
    says: str = ""

    def fits(self, record: Record) -> bool:
        """Whether this JSON object has the form's keys, lists and @type."""
        return (
            self.has <= record.keys()
            and self.lacks.isdisjoint(record)
            and all(key in record and (record[key] is None or isinstance(record[key], list)) for key in self.list)
            and (not self.type or not self.type.isdisjoint(types_of(record)))
        )

    def fits_headers(self, headers: frozenset[str]) -> bool:
        """Whether these folded headers of a table have the form's keys."""
        return (
            not self.only
            and not self.type
            and {fold(key) for key in self.has} <= headers
            and headers.isdisjoint(fold(key) for key in self.lacks)
        )


@cache
def _catalogue() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("sources.toml").read_text(encoding="utf-8"))


@cache
def forms() -> tuple[Form, ...]:
    """All forms in which records are reviews, the narrow ones first."""
    return tuple(_form(name, one) for name, one in _catalogue().items() if isinstance(one, dict))


@cache
def refused() -> tuple[Form, ...]:
    """Sound files that people take for reviews."""
    return tuple(_form("refused", one) for one in _catalogue()["refused"])


@cache
def holders() -> tuple[Form, ...]:
    """Objects that could hold reviews: with none in them the file is sound and empty."""
    return tuple(_form("holder", one) for one in _catalogue()["holders"])


def _form(name: str, given: Mapping[str, Any]) -> Form:
    read: dict[str, Any] = {"name": name, **given}
    read |= {key: frozenset(given.get(key, ())) for key in ("has", "lacks", "list", "type", "place")}
    read |= {
        "fields": {key: tuple(paths) for key, paths in given.get("fields", {}).items()},
        "nested": tuple(given.get("nested", ())),
    }
    return Form(**read)


def form_of(record: Record) -> Form | None:
    """The first form that fits a JSON object."""
    # Records of one file share their keys, and whether keys fit a form is asked once for each set of keys.
    candidates = _forms_with(tuple(record))
    return next((form for form in candidates if form.fits(record)), None)


@cache
def _forms_with(keys: tuple[str, ...]) -> tuple[Form, ...]:
    return tuple(f for f in forms() if f.has.issubset(keys) and f.lacks.isdisjoint(keys) and not f.nested)


def form_by_owner(paths: Mapping[str, str]) -> Form | None:
    """The form that the owner described in reviewpipe.toml; it needs the path of the text at least."""
    if "text" not in paths:
        return None
    has = frozenset((paths["text"].split(".")[0],))
    return Form("by_owner", has=has, fields={name: (path,) for name, path in paths.items()})


def form_of_headers(headers: Sequence[str]) -> Form | None:
    """The first form that fits the headers of a table."""
    folded = frozenset(fold(header) for header in headers)
    return next((form for form in forms() if form.fits_headers(folded)), None)


def fold(header: str) -> str:
    """`header` without case, blanks and signs: "Review Id", review_id and reviewId become one."""
    return NOT_ALPHANUMERIC.sub("", header).casefold()


def types_of(record: Record) -> list[str]:
    """The schema.org types of an object, without their address."""
    given = record.get("@type")
    return [str(one).rsplit("/", 1)[-1] for one in (given if isinstance(given, list) else [given]) if one]


def field_at(path: str, form: Form) -> tuple[str, str]:
    """The field for which a form reads the key at `path`, and the path that it asks before; "" where there is none."""
    places = [
        (rank, name, paths[0] if rank else "")
        for name, paths in form.fields.items()
        for rank, one in enumerate(paths)
        if any(_leads_to(part, path) for part in one.split(" + "))
    ]
    return min(places)[1:] if places else ("", "")


def _leads_to(path: str, key: str) -> bool:
    steps, names = path.split("."), key.removesuffix(".*").split(".")
    return len(steps) == len(names) and all(
        step in {name, "*"} or name == "*" for step, name in zip(steps, names, strict=True)
    )


def row_of(record: Record, form: Form, known: Mapping[str, Record] | None = None) -> Record:
    """The fields of one record, values as given; `known` are the objects that others name by "@id"."""
    found = {}
    for name, paths in form.fields.items():
        value = first(record, paths, known or {})
        if value is not None:
            found[name] = mend_double_encoding(value) if form.double_encoded else value
    if form.no_stars_if and record.get(form.no_stars_if) is True and "rating" in found:
        found["recommended"] = str(found.pop("rating")).startswith("5")
    return found


def first(record: Record, paths: Iterable[str], known: Mapping[str, Record]) -> Any:
    """What the first path that leads to something holds; None where none does."""
    for path in paths:
        parts = [_at(record, part, known) for part in path.split(" + ")]
        filled = [part for part in parts if part not in (None, "")]
        if filled:
            return filled[0] if len(filled) == 1 else _joined(filled, path)
    return None


def _joined(parts: Sequence[Any], path: str) -> str:
    """Names are joined by a blank, everything else by an empty line."""
    return (" " if "name" in path.casefold() else "\n\n").join(str(part) for part in parts)


def _at(record: Record, path: str, known: Mapping[str, Record]) -> Any:
    """The scalar that `path` leads to, or None."""
    value: Any = record
    for step in path.split("."):
        if isinstance(value, list) and step != "*":
            return None
        if isinstance(value, dict):
            value = _step(known.get(str(value.get("@id")), value) if len(value) == 1 else value, step)
        elif isinstance(value, list):
            value = value[0] if value else None
        else:
            return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return None if isinstance(value, dict | list) else value


def _step(record: Record, step: str) -> Any:
    if step == "*":
        return next(iter(record.values()), None)
    if step == "@":
        return next(iter(record), None)
    return record.get(step)


def mend_double_encoding(value: Any) -> Any:
    """Text whose UTF-8 bytes were taken for characters, put right; everything else as it is.

    Facebook's downloads write every byte of UTF-8 as a character of its own.  Text that is not of that kind stays.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
