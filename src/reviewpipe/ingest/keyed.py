"""JSON in which names are the keys, or rows are lists: turned into objects, so that it can be read as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import cues
from reviewpipe.ingest.columns import count_known
from reviewpipe.ingest.looks import SENTENCE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

# "Hanne V.", "Mrs. D'Arcy", "J. and P. Moss": a capital first, none inside, and no sign that names of settings have.
NAME = re.compile(r"[A-ZÀ-Þ](?!\w*[a-z][A-Z]\w*$)[^\d_:/?!=<>{}]{0,48}")
MOST_WORDS = 5
CLIENTS_VOICE = 1.0


def people_in(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """{"Ada P.": "She …", "Bo": ["Client", "He …"]} as objects with a name; empty where the keys are no people.

    Together the texts must speak as clients do: menus and opening hours have keys with capitals too.
    """
    if len(value) < 2 or not all(map(_is_name, value)):
        return []
    at = _place_of_text([said for said in value.values() if isinstance(said, list)])
    people = [_person(name, said, at) for name, said in value.items()]
    texts = [str(one["text"]) for one in people if one and one.get("text")]
    if None in people or sum(map(cues.voice, texts)) < CLIENTS_VOICE:
        return []
    return [one for one in people if one]


def _is_name(key: str) -> bool:
    return len(key.split()) <= MOST_WORDS and NAME.fullmatch(key) is not None and count_known([key]) == 0


def _place_of_text(lists: list[list[Any]]) -> int:
    """Where the words stand in lists of the same kind: at the place with the most of them."""
    width = min(map(len, lists), default=0)
    lengths = [sum(len(str(one[at])) for one in lists) for at in range(width)]
    return lengths.index(max(lengths)) if lengths else 0


def _person(name: str, said: object, at: int) -> dict[str, Any] | None:
    if isinstance(said, dict):
        text = max((one for one in said.values() if isinstance(one, str)), key=len, default="")
        return {"name": name, **said, **({"text": text} if len(text.split()) >= SENTENCE_WORDS else {})}
    strings = said if isinstance(said, list) else [said]
    if not strings or not all(isinstance(one, str) for one in strings):
        return None
    return {"name": name, "text": strings[min(at, len(strings) - 1)]}


def rows_in(values: list[Any]) -> list[dict[str, Any]]:
    """[["Name", "Review"], ["Ada", "…"]] as objects; empty where it is no table with headings."""
    if len(values) < 2 or not all(isinstance(row, list) and len(row) == len(values[0]) for row in values):
        return []
    headings = values[0]
    if not all(isinstance(one, str) for one in headings) or count_known(headings) < 2:
        return []
    return [dict(zip(headings, row, strict=True)) for row in values[1:]]
