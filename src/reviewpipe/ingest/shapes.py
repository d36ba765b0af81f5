"""Shapes of pasted text that say by their form who speaks: chats, mails, tables, labels, surveys, tight lists.

A shape looks at all lines and gives them back, those that it knows with a hint and the card that they stand in; a text
that is not of its shape comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewpipe.ingest import attributions
from reviewpipe.ingest.blocks import blocks
from reviewpipe.ingest.cues import cues, says
from reviewpipe.ingest.letters import mail
from reviewpipe.ingest.lines import Line, meta
from reviewpipe.ingest.lists import listed, survey, tight
from reviewpipe.ingest.talks import chat, texts

Shape = Callable[[Sequence[Line]], list[Line]]

LABEL = re.compile(r"^(?:#?\d{1,4}\W{1,3})?\W{0,4}([A-Za-z][A-Za-z -]{1,24}?)\W{0,2}:\W{0,2}\s*(.*)$")
ADDRESS = re.compile(r"\s*(?:<[^<>]*>|\([^()]*@[^()]*\)|\[[^\[\]]*\])|[\"']")
COLUMN = re.compile(r"\s*\|\s*|\t+")
TABLE_RULE = re.compile(r"^[\s|:+-]+$")
WORDLIKE = re.compile(r"\w")
# A cell of a table or a line of a list that is long enough to be a review.
SAID = 12
# YAML's and TOML's.
FENCES = ("---", "+++")
KEYED = re.compile(r"^\s*([A-Za-z][\w -]{0,30}?)\s*[:=]\s*(.*)$")
LONGEST_HEAD = 40
# Who sounds like that is a client, even where others of the chat are named.
CLIENT = 2.0
# So many lines of one shape are no accident.
FEW = 2
LIST = 5


def shaped(lines: list[Line]) -> list[Line]:
    """The lines after every shape of SHAPES has looked at them."""
    for shape in SHAPES.values():
        lines = shape(lines)
    return lines


def _labels(lines: Sequence[Line]) -> list[Line]:
    """Lines such as "Name: Dana" with their role as a hint, in a text that is written like that."""
    known = cues()["labels"]
    found = [(LABEL.match(line.text), line) for line in lines]
    words = [m.group(1).strip().lower() if m else "" for m, _ in found]
    # Beside a name, "From" says where somebody lives.
    places = {"from"} if "name" in words else set()
    labels = ["unused" if word in places else known.get(word) for word in words]
    for i in range(1, len(labels) - 1):
        if words[i] and labels[i - 1] not in (None, "text") and labels[i + 1]:
            labels[i] = labels[i] or "unused"
    if labels.count("text") == 0 or labels.count("author") + labels.count("rating") == 0:
        return list(lines)
    result, cell = [], 1
    seen: set[str] = set()
    for (match, line), label in zip(found, labels, strict=True):
        if label in ("author", "text", "rating", "date") and label in seen:
            cell, seen = cell + 1, set()
        if match and label:
            seen.add(label)
            hint = "note" if label == "unused" else label
            if match.group(2):
                result.append(Line(match.group(2), line.pieces, line.gap, hint, cell, marked=True))
        else:
            result.append(Line(line.text, line.pieces, line.gap, line.hint, cell, marked=bool(seen)))
    return result


def _columns(lines: Sequence[Line]) -> list[Line]:
    """Rows with bars or tabs between name, text, stars and date."""
    barred = ["|" in line.text or "\t" in line.text for line in lines]
    if sum(barred) < FEW:
        return list(lines)
    rows = [[c for c in COLUMN.split(x.text.strip(" |")) if c] if b else [] for x, b in zip(lines, barred, strict=True)]
    full = [i for i, row in enumerate(rows) if len(row) >= FEW and _is_record(row)]
    if len(full) < FEW:
        return list(lines)
    result: list[Line] = []
    for i, (line, row) in enumerate(zip(lines, rows, strict=True)):
        if i in full:
            text = max(row, key=lambda cell: (not meta(cell), len(cell)))
            cells = sorted(row, key=lambda cell: cell == text)
            result += [replace(line, text=c, gap=0, hint=_column(c, text), cell=line.pieces[0] + 1) for c in cells]
        else:
            aside = len(row) >= FEW or TABLE_RULE.match(line.text)
            result.append(replace(line, hint="chrome") if aside else line)
    return result


def _is_record(row: Sequence[str]) -> bool:
    """Whether one cell is a text and another a name."""
    texts = [c for c in row if len(c) >= SAID and c.count(" ") >= FEW and not meta(c) and attributions.read(c) is None]
    return len(texts) >= 1 and any(attributions.read(c) for c in row)


def _column(cell: str, text: str) -> str:
    """What a cell of a row is; `text` is its longest."""
    if cell == text:
        return ""
    if re.fullmatch(r"[1-5](?:[.,]\d)?", cell):
        return "rating"
    values = meta(cell)
    if values:
        return values[0][0] if values[0][0] in ("date", "rating") else "note"
    return "author" if attributions.read(cell) else "note"


def front_matter(contents: Sequence[str]) -> list[tuple[str, str]]:
    """Keys and values between the dashes at the head of a Markdown file; nothing if it has no such head."""
    fence = contents[0].strip() if contents else ""
    if fence not in FENCES:
        return []
    end = next((i for i, content in enumerate(contents[1:LONGEST_HEAD], start=1) if content.strip() == fence), 0)
    pairs = [KEYED.match(content) for content in contents[1:end]]
    return [(m.group(1).lower(), m.group(2).strip(" \"'")) for m in pairs if m] if pairs and all(pairs) else []


def with_front_matter(head: Sequence[tuple[str, str]], lines: Sequence[Line]) -> list[Line]:
    """The lines below a file's head: one testimonial if the head says so, else whatever they are."""
    known = cues()["labels"]
    roles = [known.get(key, "") for key, _ in head]
    said = any(says(f"{key} {value}", "testimonial_heading") for key, value in head)
    one = "author" in roles and ("rating" in roles or said)
    below = lines[len(head) :]
    result = [
        replace(line, text=value or line.text, hint="note") for line, (_, value) in zip(lines, head, strict=False)
    ]
    if not one:
        return [*(replace(line, hint="chrome") for line in result), *shaped(list(below))]
    kept = ("author", "date", "rating")
    order = [replace(x, hint=r if r in kept else "note", cell=1) for x, r in zip(result, roles, strict=True)]
    order.sort(key=lambda line: line.hint != "author")
    return [*order, *(replace(line, cell=1, marked=True) for line in below)]


SHAPES: dict[str, Shape] = {
    "labels": _labels,
    "chat": chat,
    "text messages": texts,
    "mail": mail,
    "columns": _columns,
    "blocks": blocks,
    "survey": survey,
    "list": listed,
    "tight list": tight,
}
