"""What became of each column of a table and each key of a record, counted: the roles that `inspect --explain` shows."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

ROLES = {name: name for name in ("text", "author", "date", "rating", "reply", "language", "source")} | {
    "native_id": "id",
    "last_name": "author",
    "updated": "date",
    "title": "text",
    "best_rating": "rating",
    "recommended": "rating",
    "original": "text",
    "translated": "text",
    "translated_language": "language",
    "platform": "source",
    "public": "source",
}
# Fields whose use is not said by their role alone.
USES = {
    "updated": "the day of the last edit",
    "best_rating": "the top of the scale",
    "recommended": "recommends or does not",
    "title": "only where there is no text",
    "original": "kept beside the translation",
    "translated": "read where it is English and the text is not",
    "translated_language": "the language of the translation",
    "platform": "where it was written",
    "public": "whether anyone may read it there",
}
# What lies deeper in a record is shown as one.
DEEPEST_KEY = 6
# What the owner may map in reviewpipe.toml, in the order in which people think of it.
MAPPED = ("text", "author", "date", "rating", "reply")
ABOUT_PLACE = "about the place, not the review"
SEVERAL = ("text", "author")  # may stand in several columns, put together
UNKNOWN = "nothing says what it is"
ONLY_WHERE = ", only where "
# Enough of a list to see what its objects hold.
MOST_OF_A_LIST = 20


def role_of(field: str) -> str:
    """The role of a field."""
    return ROLES.get(field, "unused")


class Tally:
    """Counts, column by column, the cells that hold something and those that `is_silent` says have nothing to say."""

    def __init__(self, headings: Sequence[str], answers: Collection[int] = ()) -> None:
        self.headings = [heading or f"column {at}" for at, heading in enumerate(headings, start=1)]
        self.answers = answers  # columns that a person filled because she had to
        self.rows = 0
        self.filled = [0] * len(headings)
        self.silent = [0] * len(headings)

    def add(self, rows: Sequence[Sequence[Any]], is_silent: Callable[[Any], bool]) -> None:
        """Count some rows; whole columns at a time, which is quicker than cell by cell."""
        self.rows += len(rows)
        for at, cells in enumerate(zip_longest(*rows, fillvalue="")):
            if at == len(self.headings):
                self.headings.append(f"column {at + 1}")
                self.filled.append(0)
                self.silent.append(0)
            self.filled[at] += len(cells) - cells.count("") - cells.count(None)
            if at in self.answers:
                self.silent[at] += sum(map(is_silent, cells))

    def is_filled(self) -> dict[str, bool]:
        """The headings in order, and whether anything stands under each; of repeated ones under any."""
        found: dict[str, bool] = {}
        for heading, count in zip(self.headings, self.filled, strict=True):
            found[heading] = found.get(heading, False) or count > 0
        return found

    def roles(self, plan: Mapping[int, tuple[str, str]], otherwise: str) -> tuple[Role, ...]:
        """A role for each column: `plan` gives the field and the reason of those of which something is known."""
        return tuple(self._role(at, *plan.get(at, ("", otherwise))) for at in range(len(self.headings)))

    def _role(self, at: int, field: str, reason: str) -> Role:
        silent = f"; set aside in {self.silent[at]}: no answer" if self.silent[at] else ""
        return Role(self.headings[at], role_of(field), f"{reason}; {count_of(self.filled[at], self.rows)}{silent}")


def count_of(filled: int, total: int) -> str:
    """How much is there, in words."""
    return f"filled in {filled} of {total}" if filled else "empty"


def reason_of(field: str, why: str, first: str = "") -> str:
    """Why a column or key has this field; `first` is the one that is asked before it, where there is one."""
    use = USES.get(field, "")
    return f"{why}{f' ({use})' if use else ''}{f'{ONLY_WHERE}{first} is empty' if first else ''}"


def keys_of(record: Mapping[str, Any]) -> dict[str, bool]:
    """The keys of an object, of inner ones dotted and of lists with a *, and whether something stands under each."""
    found: dict[str, bool] = {}
    for path, value in _leaves(record, "", 0):
        found[path] = found.get(path, False) or value not in (None, "", [], {})
    return found


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and depth < DEEPEST_KEY:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and value and depth < DEEPEST_KEY:
        for inner in value[:MOST_OF_A_LIST]:
            yield from _leaves(inner, f"{path}.*", depth + 1)
    else:
        yield path, value


def mapping_of(roles: Sequence[Role]) -> str:
    """The line of reviewpipe.toml that says what `roles` say, for the owner to change; "" where none is text."""
    named: dict[str, list[str]] = {}
    for role in roles:
        if (
            role.role in MAPPED
            and ONLY_WHERE not in role.reason
            and not any(use in role.reason for use in USES.values())
        ):
            named.setdefault(role.role, []).append(role.place)
    mapping = {
        role: " + ".join(named[role] if role in SEVERAL else named[role][:1]) for role in MAPPED if role in named
    }
    return line_of(mapping) if "text" in mapping else ""


def line_of(mapping: Mapping[str, str]) -> str:
    """A mapping as TOML."""
    pairs = (f"{role} = {json.dumps(place, ensure_ascii=False)}" for role, place in mapping.items())
    return f"columns = {{ {', '.join(pairs)} }}"
