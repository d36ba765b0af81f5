"""Which lines of a page or paste are what clients wrote, and who wrote it.

The lines are cut into runs (at headings, cards, and the frame of the page).  Each run is read in both ways, with the
name below its text and with the name above it, and the way that leaves the least over is taken.  What was read must
then sound like a client, the more so the less its surroundings speak for it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest.cues import says, voice
from reviewpipe.ingest.lines import CUT, Line, Unit, understand
from reviewpipe.ingest.segments import AT_THE_EDGE, Run, Segment, cut, members, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")
WORD = re.compile(r"[^\W\d_]{3}")
# A name without a side of its own has its text before it, or after it.
SIDES = ("before", "after")
# How much the way in which most of the page reads counts for a run that could be read both ways.
CUSTOM = 0.75
# A voice that is heard at all, in a short text.
HEARD = 0.4
# Shorter texts say too little to be taken on trust.
SHORT_TEXT = 30
# What nobody signed, in a text of another kind, is part of that text.
NEVER = 100.0
# So many names with texts on end are a list.
LIST = 3


@dataclass(frozen=True)
class Staff:
    """What the page says of its people: the words of its frame, and in how many texts each word stands."""

    frame: str
    mentions: Counter[str]


@dataclass(frozen=True)
class Trust:
    """What speaks for a text unread.

    announced: by a heading or the markup; regular: the page is a list of testimonials; listed: it stands in that list;
    alone: the page holds nothing in another voice.
    """

    announced: bool
    regular: bool
    listed: bool
    alone: bool


@dataclass(frozen=True)
class Finding:
    """A row for Found (without its number) and the lines that it came from, as (piece of the input, role)."""

    row: dict[str, Any]
    pieces: tuple[tuple[int, str], ...]


def find(lines: Sequence[Line]) -> tuple[list[Finding], dict[int, str]]:
    """The testimonials among the lines in their order, and for every other piece of the input why it was left."""
    units = understand(lines)
    parts = runs(units)
    staff = Staff(
        " ".join(u.text for u in units if u.kind in ("chrome", "heading") and u.name is None),
        Counter(w for u in units if u.kind == "prose" for w in set(CAPITAL.findall(u.text))),
    )
    custom = _custom(parts)
    read = [(run, _read(run, custom)) for run in parts]
    alone = all(u.voice >= AT_THE_EDGE for u in units if u.kind == "prose" and len(u.text) > SHORT_TEXT)
    regular = _is_regular([s for _, segments in read for s in segments])
    kept: list[Segment] = []
    reasons = {piece: _reason(unit) for unit in units for piece in unit.line.pieces}
    cards = sum(run.units[0].line.cell > 0 and any(s.name and s.paragraphs for s in segments) for run, segments in read)
    for run, segments in read:
        signed = sum(1 for s in segments if s.name and s.paragraphs)
        in_list = signed >= LIST or (run.units[0].line.cell > 0 and cards >= LIST)
        trust = Trust(run.announced, regular, listed=regular and in_list, alone=alone)
        for segment in segments:
            why = _refusal(segment, staff, trust)
            if why is None:
                kept.append(segment)
            else:
                reasons.update({p: why for u in members(segment) for p in u.line.pieces})
    return [_finding(s) for s in kept], reasons


def _custom(parts: Sequence[Run]) -> str:
    """Where most names of the page stand: behind their text ("before" them it came), or above it."""
    worth = {side: sum(_worth(cut(run, side)) for run in parts) for side in SIDES}
    return max(SIDES, key=lambda side: worth[side])


def _read(run: Run, custom: str) -> list[Segment]:
    """The run read in the better of both ways, its edges trimmed."""
    worth = {side: _worth(cut(run, side)) + CUSTOM * (side == custom) for side in SIDES}
    return cut(run, max(SIDES, key=lambda side: worth[side]))


def _worth(segments: Sequence[Segment]) -> float:
    """How well a reading explains a run: names with their clients' texts, and little left over."""
    total = 0.0
    for segment in segments:
        spoken = max(-2.0, min(2.0, sum(p.voice for p in segment.paragraphs)))
        if segment.name and segment.paragraphs:
            total += 1 + spoken / 2 - _distance(segment, segment.name)
        elif segment.name:
            total -= 1
        elif spoken >= AT_THE_EDGE:
            total -= 0.7
    return total


def _distance(segment: Segment, name: Unit) -> float:
    """A malus for a name that stands far from its text."""
    lower = name if name.line.pieces >= segment.paragraphs[-1].line.pieces else segment.paragraphs[0]
    return 0.3 * max(0, lower.line.gap - 1)


def _is_regular(segments: Sequence[Segment]) -> bool:
    """Whether this page is a list of names with clients' texts."""
    signed = [s for s in segments if s.name and s.paragraphs and s.paragraphs[0].line.hint != "declared"]
    spoken = [sum(p.voice for p in s.paragraphs) for s in signed]
    if len(spoken) < LIST:
        return False
    clients, others = sum(v >= HEARD for v in spoken), sum(v <= -1 for v in spoken)
    return 2 * clients >= len(spoken) and 5 * others <= len(spoken)


def _refusal(segment: Segment, staff: Staff, trust: Trust) -> str | None:
    """Why this is no testimonial, or None if it is one."""
    if not segment.paragraphs:
        return "a name without a text" if segment.name else "nothing that a client wrote"
    if segment.spoiled:
        return "a placeholder that was never filled in"
    text = segment.text
    if not WORD.search(text) and all(p.line.hint == "" for p in segment.paragraphs):
        return "no words"
    name = segment.name.name if segment.name else None
    if name and _is_staff(name.name, text, staff):
        return "said by the practice itself"
    least = _least(segment, trust)
    spoken = segment.paragraphs[0].voice if len(segment.paragraphs) == 1 else voice(text)
    return None if spoken >= least else "not in a client's voice"


def _least(segment: Segment, trust: Trust) -> float:
    """How much like a client it must sound, given what speaks for it already."""
    strength = segment.name.name.strength if segment.name and segment.name.name else 0
    hints = {p.line.hint for p in segment.paragraphs}
    short = len(segment.text) < SHORT_TEXT
    if "declared" in hints:
        return -4.0
    if segment.meta and segment.name and segment.name.name and segment.name.name.side == "after":
        return -2.2  # copied from a platform: name, date, text
    if strength >= 2 and ("text" in hints or trust.listed):
        return -0.2 if short and not hints & {"text"} else -2.2
    if strength >= 2:
        return (0.1 if short else -0.8) if trust.announced else 0.4 if trust.regular else 0.9
    if strength == 1:
        return -0.5 if trust.listed else 0.4 if trust.regular or trust.announced else 1.2
    if segment.paragraphs[0].opens and segment.paragraphs[-1].closes:
        return 0.0 if trust.announced else 1.5
    return 1.2 if trust.announced else 1.5 if trust.regular or trust.alone else NEVER


def _is_staff(name: str, text: str, staff: Staff) -> bool:
    """Whether it is somebody of the practice: named in the page's frame, or with a role and spoken of by others."""
    words = [w for w in CAPITAL.findall(name.split(",", maxsplit=1)[0]) if len(w) > 2]
    if len(words) >= 2 and all(w in staff.frame for w in words):
        return True
    others = any(staff.mentions[w] > (w in text) for w in words)
    return others and says(name, "staff_role")


def _reason(unit: Unit) -> str:
    """Why a unit that belongs to no testimonial is left."""
    return {
        "heading": "a heading",
        "chrome": "part of the page, not of a testimonial",
        "furniture": "a button or label of the page",
        "placeholder": "a placeholder that was never filled in",
        "name": "a name without a text",
        "meta": "stars, date or count without a text",
    }.get(unit.kind, "not in a client's voice")


def _finding(segment: Segment) -> Finding:
    """The row of a testimonial."""
    text = segment.text
    whole = CUT.sub("", text).rstrip() if CUT.search(text) else text
    row: dict[str, Any] = {"text": whole if "more" in text[len(whole) :].lower() else text, "truncated": whole != text}
    if segment.name and segment.name.name:
        row["author"] = segment.name.name.name
    for key, value in (pair for unit in segment.meta for pair in unit.values):
        if key in ("date", "rating"):
            row.setdefault(key, value)
    if reply := "\n".join(u.text for u in segment.replies if u.text and u.kind in ("prose", "reply")):
        row["reply"] = reply
    roles = [(p, "text") for u in segment.paragraphs for p in u.line.pieces]
    if segment.name:
        roles += [(p, "author") for p in segment.name.line.pieces]
    roles += [(p, "reply") for u in segment.replies for p in u.line.pieces]
    roles += [
        (p, next((k for k, _ in u.values if k != "count"), "unused")) for u in segment.meta for p in u.line.pieces
    ]
    return Finding(row, tuple(roles))


def without_repeats(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the second copies that sliders make and without teasers of which the full text is there too."""
    kept: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = fold(str(row.get("text") or ""))  # JSON-LD may hold a number there
        if key in kept and (not row.get("author") or kept[key].get("author") in (None, row.get("author"))):
            kept[key] = {**row, **{k: v for k, v in kept[key].items() if v}}
        else:
            kept.setdefault(key if key not in kept else f"{key} {row.get('author')}", row)
    ordered = sorted(kept)
    teasers = {a for a, b in pairwise(ordered) if len(a) >= 20 and b.startswith(a + " ") and _teases(kept[a], kept[b])}
    return [row for key, row in kept.items() if key not in teasers]


def _teases(short: dict[str, Any], full: dict[str, Any]) -> bool:
    """Whether the words of `short`, which was cut, stand again in `full` by the same person, or by nobody."""
    one, other = short.get("author"), full.get("author")
    return (bool(short.get("truncated")) and one in (None, other)) or (one is not None and one == other)


def fold(text: str) -> str:
    """The text for comparing: letters and digits only, without a mark of having been cut."""
    return " ".join("".join(c if c.isalnum() else " " for c in CUT.sub("", text).lower()).split())
