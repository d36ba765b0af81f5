"""Shapes of pasted text that say by their form who speaks: chats, mails, tables, labels, surveys, tight lists.

A shape looks at all lines and gives them back, those that it knows with a hint and the card that they stand in; a text
that is not of its shape comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import cues, says, voice
from reviewpipe.ingest.lines import LETTER, Line, meta

Shape = Callable[[Sequence[Line]], list[Line]]

LABEL = re.compile(r"^\W{0,4}([A-Za-z][A-Za-z -]{1,24}?)\W{0,2}:\W{0,2}\s*(.*)$")
STAMPED = re.compile(
    r"^\[?(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? +\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)\]?\s*(?:[-–]\s*)?"
    r"([^:]{1,40}):\s+(\S.*)$",
    re.IGNORECASE,
)
SPEAKER = re.compile(r"^([^:\[\]]{2,40}):\s+(\S.{9,})$")
STAMP = re.compile(r"^\[?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? +\d{1,2}[:.]\d{2}")
HEADER = re.compile(
    r"^\**(from|to|cc|bcc|subject|date|sent|reply-to|von|an|betreff|datum|de|para|asunto|fecha|objet)\**:\**\s*(.*)$",
    re.IGNORECASE,
)
SENDERS = ("from", "von", "de")
DATES = ("date", "sent", "datum", "fecha")
WROTE = re.compile(
    r"^(?:on|le|am|el|il|em|op) (?P<date>.{6,60}?),? (?:at \d\S*(?: [ap]m)?,? )?(?P<name>[^,<>\d]{2,50}?)\s*"
    r"(?:<[^<>]*>)? ?"
    r"(?:wrote|a écrit|schrieb|escribió|ha scritto|escreveu|schreef) ?:$",
    re.IGNORECASE,
)
SENDER = re.compile(r"^(?P<name>[^<>@,:]{2,50}?) <[^<>@\s]+@[^<>\s]+>(?P<date>)$")
ADDRESS = re.compile(r"\s*(?:<[^<>]*>|\([^()]*@[^()]*\)|\[[^\[\]]*\])|[\"']")
COLUMN = re.compile(r"\s*\|\s*|\t+")
TABLE_RULE = re.compile(r"^[\s|:+-]+$")
WORDLIKE = re.compile(r"\w")
# A cell of a table or a line of a list that is long enough to be a review.
SAID = 12
KEYED = re.compile(r"^\s*([A-Za-z][\w -]{0,30}):\s*(.*)$")
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
    labels = [known.get(m.group(1).strip().lower()) if m else None for m, _ in found]
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


def _chat(lines: Sequence[Line]) -> list[Line]:
    """Messages with the time and the sender before each, or the sender alone where every line has one."""
    stamped = [STAMPED.match(line.text) for line in lines]
    if sum(m is not None for m in stamped) >= FEW:
        return _messages(lines, [(m.group(2), m.group(1), m.group(3)) if m else None for m in stamped])
    spoken = [SPEAKER.match(line.text) for line in lines]
    said = [
        (name, "", m.group(2))
        if m and not attributions.SAYS.search(m.group(1)) and (name := _sender(m.group(1)))
        else None
        for m in spoken
    ]
    count = sum(one is not None for one in said)
    if count <= FEW or count < 0.6 * len(lines) or any(says(line.text, "minutes") for line in lines):
        return list(lines)
    return [replace(line, hint="said") if line.hint == "message" else line for line in _messages(lines, said)]


def _sender(text: str) -> str:
    """The name of somebody who speaks in a chat; empty if it is none."""
    name = attributions.read(f"{text}:")
    return name.name if name is not None and text.strip().lower() not in cues()["labels"] else ""


def _messages(lines: Sequence[Line], said: Sequence[tuple[str, str, str] | None]) -> list[Line]:
    """Each message in a card of its own, but answers that call another sender by name in that of what they answer."""
    firsts = {one[0].split()[0].lower() for one in said if one}
    result: list[Line] = []
    cell = 0
    for line, one in zip(lines, said, strict=True):
        if one is None:
            hint = "chrome" if STAMP.match(line.text) or not cell else "message"
            result.append(replace(line, hint=hint, cell=0 if hint == "chrome" else cell))
            continue
        sender, date, text = one
        others = firsts - {sender.split()[0].lower()}
        named = any(word.lower() in others for word in re.findall(r"[^\W\d_]+", text))
        if cell and named and voice(text) < CLIENT:
            result.append(replace(line, text=text, hint="reply", cell=cell))
            continue
        cell = line.pieces[0] + 1
        result.append(replace(line, text=sender, hint="author", cell=cell))
        result += [replace(line, text=date, gap=0, hint="date", cell=cell)] if date else []
        result.append(replace(line, text=text, gap=0, hint="message", cell=cell))
    return result


def _mail(lines: Sequence[Line]) -> list[Line]:
    """Mails with their heads, the newest first; each is a card with its sender and date."""
    heads = [HEADER.match(line.text) for line in lines]
    senders = sum(h is not None and h.group(1).lower() in SENDERS for h in heads)
    senders += sum(SENDER.match(line.text) is not None for line in lines)
    if senders == 0 or senders + sum(map(bool, heads)) <= FEW:
        return list(lines)
    result: list[Line] = []
    cell = 0
    for i, (line, head) in enumerate(zip(lines, heads, strict=True)):
        word = head.group(1).lower() if head else ""
        wrote = WROTE.match(line.text) or SENDER.match(line.text)
        beside = any(heads[j] for j in (i - 1, i + 1) if 0 <= j < len(heads))
        if wrote or (word in SENDERS and beside):
            cell = line.pieces[0] + 1
            sender = ADDRESS.sub("", wrote["name"] if wrote else head.group(2) if head else "").strip()
            result.append(replace(line, text=sender or line.text, hint="author" if sender else "chrome", cell=cell))
            if wrote and wrote["date"]:
                result.append(replace(line, text=wrote["date"].strip(" ,"), gap=0, hint="date", cell=cell))
        elif head and beside and cell:
            hint = "date" if word in DATES else "note"
            result.append(replace(line, text=head.group(2) or line.text, hint=hint, cell=cell))
        else:
            hint = "note" if line.text[0] == "(" else line.hint or "letter"
            result.append(replace(line, hint=hint, cell=cell) if cell else line)
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


def _survey(lines: Sequence[Line]) -> list[Line]:
    """What stands below a question of a survey are answers, a line each."""
    asked = [says(line.text, "survey") and says(line.text, "asks") for line in lines]
    if not any(asked):
        return list(lines)
    first = asked.index(True)
    answers = [line for line, is_question in zip(lines[first:], asked[first:], strict=True) if not is_question]
    other = sum(voice(line.text) <= -1 or any(k == "date" for k, _ in meta(line.text)) for line in answers)
    if len(answers) <= FEW or 4 * other > len(answers):
        return list(lines)
    result = list(lines[:first])
    for line, is_question in zip(lines[first:], asked[first:], strict=True):
        figures = re.match(r"^(?:\w+ ?){1,2}: ?\d", line.text)
        empty = figures or says(line.text, "no_answer") or not WORDLIKE.search(line.text)
        hint = "heading" if is_question else "note" if empty else "declared"
        result.append(replace(line, hint=hint, cell=line.pieces[0] + 1))
    return result


def _tight(lines: Sequence[Line]) -> list[Line]:
    """A list of clients' words, a line each, without names, stars or blank lines."""
    body = lines[1:] if lines and says(lines[0].text, "testimonial_heading") else lines
    if len(body) < LIST or any(line.hint or line.cell or line.gap > 1 for line in body[1:]):
        return list(lines)
    plain = all(LETTER.search(x.text) and not meta(x.text) and not attributions.read(x.text) for x in body)
    spoken = [voice(line.text) for line in body]
    if not plain or min(spoken) <= -1 or sum(v >= 0.4 for v in spoken) < 0.6 * len(spoken):
        return list(lines)
    return [*lines[: len(lines) - len(body)], *(replace(x, cell=x.pieces[0] + 1, hint="said") for x in body)]


def front_matter(contents: Sequence[str]) -> list[tuple[str, str]]:
    """Keys and values between the dashes at the head of a Markdown file; nothing if it has no such head."""
    if not contents or contents[0].strip() != "---":
        return []
    end = next((i for i, content in enumerate(contents[1:LONGEST_HEAD], start=1) if content.strip() == "---"), 0)
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
    "chat": _chat,
    "mail": _mail,
    "columns": _columns,
    "survey": _survey,
    "tight list": _tight,
}
