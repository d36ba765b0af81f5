"""Entries of guest books and forms on a page: what stands beside "Name:" is a name, beside "Comments:" a text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest.cues import cues, says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Line

LABEL = re.compile(r"^([A-Za-z][A-Za-z ]{1,24}?)\s*:\s*(.*)$", re.DOTALL)
ROWS = ("tr", "dl", "li", "p", "div")
NEAR = 8
# A form with two names in it was filled in by more than one.
ENTRIES = 2


def labelled(lines: Sequence[Line], elements: Sequence[Any]) -> list[Line]:
    """The lines with the role that the label before them gives, each entry in a card of its own.

    `elements` are those of the tree that hold the lines.  A page without two such entries comes back as it is.
    """
    matches = [LABEL.match(line.text) for line in lines]
    labels = [m.group(1).strip().lower() if m else "" for m in matches]
    rows = [_row(element) for element in elements]
    often = Counter(labels)
    known = cues()["labels"]
    roles = [known.get(label, "unused" if often[label] >= ENTRIES else "") for label in labels]
    if min(roles.count("author"), roles.count("text")) < ENTRIES:
        return list(lines)
    result: list[Line] = []
    now, row, cell = "", None, 0
    seen: set[str] = set()
    for i, line in enumerate(lines):
        match = matches[i]
        if roles[i] and match:
            cell, seen = (line.pieces[0] + 1, set()) if labels[i] in seen or not cell else (cell, seen)
            seen.add(labels[i])
            now, row = roles[i], rows[i]
            value = match[2].strip()
            result.append(_told(replace(line, text=value or line.text, cell=cell), now if value else "unused"))
        else:
            now = now if rows[i] is row else "unused"
            result.append(_told(replace(line, cell=cell), now) if cell and now != "reply" else line)
    return result


def _told(line: Line, role: str) -> Line:
    """The line as what its label says; in the field of a text the practice's answer may stand as well."""
    if role == "text":
        return replace(line, hint="" if says(line.text, "reply") else "text", marked=True)
    return replace(line, hint="note" if role == "unused" else role, marked=True)


def _row(element: Any) -> Any:
    """The row that an element stands in."""
    return next((e for e in (element, *islice(element.iterancestors(), NEAR)) if e.tag in ROWS), None)
