"""Pasted chats and text messages: who speaks says whose words they are, and one of them is the practice."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import cues, says, voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Line

STAMPED = re.compile(
    r"^\[?((?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? +)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)\]?\s*(?:[-–]\s*)?"
    r"([^:]{1,40}):\s+(\S.*)$",
    re.IGNORECASE,
)
STAMP = re.compile(r"^\[?(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? +)?\d{1,2}[:.]\d{2}")
# A name with the time beside it, its words below.
HEADED = re.compile(
    r"^([A-Z][^\d\[\]:,]{1,39}?)(?:,\s*|\s+)[\[(—–-]?\s*"
    r"((?:(?:\d[\w/.-]*|(?i:today|yesterday|on|at)),? )*\d{1,2}:\d{2}(?: ?[AaPp]\.?[Mm]\.?)?)[\])]?$"
)
SPEAKER = re.compile(r"^([^:\[\]]{2,40}):\s+(\S.{9,})$")
# When a text message came: "Today 7:41 AM", "Mon, Sep 9, 6:22 PM".
WHEN = re.compile(r"^[^\W\d_]{3,9}\b[\w ,.•·-]{0,22}\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?$", re.IGNORECASE)
WORDS = re.compile(r"[^\W\d_]+")
# Who sounds like that is a client, even where others of the chat are named, or surely is not.
CLIENT, PRACTICE = 2.0, -0.5
# Shorter messages tell little of who sends them.
LONG = 60
# So many lines of one shape are no accident; so large a part of the paste they must be.
FEW, MOST = 2, 0.6

# Sender, time and words of a message.
Message = tuple[str, str, str]


def chat(lines: Sequence[Line]) -> list[Line]:
    """Messages with the time and the sender before or above each, or the sender alone where every line has one."""
    stamped = [STAMPED.match(line.text) for line in lines]
    if sum(m is not None for m in stamped) >= FEW:
        return _messages(
            lines, [(m.group(2).strip(" ~\u200e"), m.group(1), m.group(3)) if m else None for m in stamped]
        )
    headed = [HEADED.match(line.text) for line in lines]
    if sum(m is not None and _sender(m.group(1)) != "" for m in headed) > FEW:
        return _messages(lines, [(m.group(1), m.group(2), "") if m else None for m in headed])
    said = [_said(line.text) for line in lines]
    count = sum(one is not None for one in said)
    if count <= FEW or count < MOST * len(lines) or any(says(line.text, "minutes") for line in lines):
        return list(lines)
    return [replace(line, hint="said") if line.hint == "message" else line for line in _messages(lines, said)]


def _said(line: str) -> Message | None:
    """The message that the line is, if it begins with somebody's name."""
    match = SPEAKER.match(line)
    if not match or attributions.SAYS.search(match.group(1)):
        return None
    sender = match.group(1).strip() if says(match.group(1).strip(), "ours") else _sender(match.group(1))
    return (sender, "", match.group(2)) if sender else None


def _sender(text: str) -> str:
    """The name of somebody who speaks in a chat; empty if it is none."""
    name = attributions.read(f"{text.strip()}:")
    return name.name if name is not None and text.strip().lower() not in cues()["labels"] else ""


def _practice(said: Sequence[Message | None]) -> str:
    """Who of the senders is the practice: called by name by several others, speaking like one; empty if nobody is."""
    spoken: dict[str, list[str]] = defaultdict(list)
    for one in said:
        if one:
            spoken[one[0]].append(one[2])
    if len(spoken) < FEW or max(map(len, spoken.values())) < FEW:
        return ""
    worth: dict[str, float] = {}
    for sender, texts in spoken.items():
        words = [word.lower() for word in WORDS.findall(sender)]
        others = [" ".join(t).lower() for other, t in spoken.items() if other != sender]
        called = sum(words[0] in WORDS.findall(text) for text in others) if words else 0
        voices = [voice(text) for text in texts if text]
        told = sum(max(0.0, voice(text)) for text in texts if len(text) >= LONG)
        firm = len(words) > 1 and any(word in cues()["names"]["ordinary"] for word in words)
        ours = 3 * says(sender, "ours") + 2 * firm
        worth[sender] = ours + called + 0.5 * sum(v <= PRACTICE for v in voices) - 0.5 * told
    best = max(worth, key=lambda sender: worth[sender])
    return best if worth[best] > 0 else ""


def _messages(lines: Sequence[Line], said: Sequence[Message | None]) -> list[Line]:
    """Each client's message in a card of its own; what the practice says answers the one before."""
    practice = _practice(said)
    firsts = {word.lower() for one in said if one and one[0] != practice for word in WORDS.findall(one[0])[:1]}
    result: list[Line] = []
    cell, hint = 0, "chrome"
    for line, one in zip(lines, said, strict=True):
        if one is None or says(one[2], "delivered"):
            framed = (one is not None or STAMP.match(line.text) or not cell) and hint != "message"
            result.append(replace(line, hint="chrome" if framed or STAMP.match(line.text) else hint, cell=cell))
            continue
        sender, date, text = one
        hint = _role(sender, text, practice, firsts)
        if hint == "message":
            cell = line.pieces[0] + 1
            result.append(replace(line, text=sender, hint="author", cell=cell))
            result += [replace(line, text=date, gap=0, hint="date", cell=cell)] if date else []
        result += (
            [replace(line, text=text, gap=0 if hint == "message" else line.gap, hint=hint, cell=cell)] if text else []
        )
    return result


def _role(sender: str, text: str, practice: str, firsts: set[str]) -> str:
    """Whether it is a client's message, the practice's answer, or what clients say to each other."""
    if sender == practice:
        return "reply"
    others = firsts - {word.lower() for word in WORDS.findall(sender)[:1]}
    called = any(word.lower() in others for word in WORDS.findall(text))
    return "message" if not called or voice(text) >= CLIENT else "chrome" if practice else "reply"


def texts(lines: Sequence[Line]) -> list[Line]:
    """Text messages: a contact, the time below, then a line for each message of either side."""
    heads = [i for i in range(1, len(lines)) if WHEN.match(lines[i].text) and _is_contact(lines, i - 1)]
    if len(heads) < FEW or any(line.hint for line in lines):
        return list(lines)
    result = list(lines[: heads[0] - 1])
    for start, end in zip(heads, [*(at - 1 for at in heads[1:]), len(lines)], strict=True):
        result += _talk(lines[start - 1], lines[start], lines[start + 1 : end])
    return result


def _is_contact(lines: Sequence[Line], at: int) -> bool:
    """Whether a talk begins here: something short, with white space above it."""
    return (at == 0 or lines[at].gap >= 2) and lines[at + 1].gap == 1 and len(lines[at].text) <= 40


def _talk(contact: Line, when: Line, below: Sequence[Line]) -> list[Line]:
    """The messages with one contact; who calls the contact by name is the practice."""
    name = contact.text.split("(")[0].strip()
    first = (WORDS.findall(name) or [""])[0].lower()
    result: list[Line] = [replace(contact, hint="chrome", cell=0)]
    cell = 0
    for line in below:
        if WHEN.match(line.text):
            when = line
        elif says(line.text, "delivered"):
            result.append(replace(line, hint="chrome"))
        elif first and first in [word.lower() for word in WORDS.findall(line.text)[:3]]:
            result.append(replace(line, hint="reply", cell=cell))
        else:
            cell = line.pieces[0] + 1
            result.append(replace(contact, text=name, hint="author", gap=2, cell=cell))
            result.append(replace(when, hint="date", gap=0, cell=cell))
            result.append(replace(line, hint="message", cell=cell))
    return result
