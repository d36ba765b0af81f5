"""Which lines of a page or paste are what clients wrote, and who wrote it.

The lines are cut into runs (at headings, cards, and the frame of the page).  Each run is read in both ways, with the
name below its text and with the name above it, and the way that leaves the least over is taken.  What was read must
then sound like a client, the more so the less its surroundings speak for it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import attributions
from reviewpipe.ingest import families
from reviewpipe.ingest.cues import cues, says, voice
from reviewpipe.ingest.lines import CUT, Line, Unit, is_aside, understand
from reviewpipe.ingest.repeats import without_titles
from reviewpipe.ingest.segments import AT_THE_EDGE, Run, Segment, cut, members, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")
WORD = re.compile(r"[^\W\d_]{3}")
LINK = re.compile(r"https?://\S", re.IGNORECASE)
# A name without a side of its own has its text before it, or after it.
SIDES = ("before", "after")
# How much the way in which most of the page reads counts for a run that could be read both ways.
CUSTOM = 0.75
# A voice that is heard at all, in a short text.
HEARD = 0.4
# A voice that is surely a client's.
CLEAR, SURELY = 1.2, 2.0
# Somebody of whom clients speak must sound more like one himself.
OWN = 1.5
# Shorter texts say too little to be taken on trust.
SHORT_TEXT = 30
# What nobody signed, in a text of another kind, is part of that text.
NEVER = 100.0
SURE, SIGNED = 3, 2
# Below a heading that names the people of the practice, these are likely to speak themselves.
OF_PEOPLE = 2.5
# A bare figure between a name and a text is a rating.
ROLES = {"figure": "rating"}
# What a practice's answer is made of: greetings and names look like names and titles.
ANSWERED = ("prose", "reply", "name", "heading")
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
    alone: the page holds nothing in another voice; kin: it stands where other units of the page hold clients' words;
    strange: it does not, on a page that has such; outside: nor in the same part of the page; headed: it is copied from a platform, with name and date above each
    text; rated: each text has its stars.
    """

    announced: bool
    regular: bool
    listed: bool
    alone: bool
    headed: bool
    rated: bool
    topic: str
    kin: bool = False
    strange: bool = False
    outside: bool = False


@dataclass(frozen=True)
class View:
    """One way to see a page: its units, its runs with what was read in each, and how well that explains the page."""

    units: list[Unit]
    read: list[tuple[Run, list[Segment]]]
    worth: float


@dataclass(frozen=True)
class Finding:
    """A row for Found (without its number) and the lines that it came from, as (piece of the input, role)."""

    row: dict[str, Any]
    pieces: tuple[tuple[int, str], ...]


def find(lines: Sequence[Line]) -> tuple[list[Finding], dict[int, str]]:
    """The testimonials among the lines in their order, and for every other piece of the input why it was left."""
    view = max((_viewed(units) for units in understand(lines)), key=lambda one: one.worth)
    units, read = view.units, view.read
    staff = Staff(
        " ".join(u.text for u in units if u.kind in ("chrome", "heading") and u.name is None),
        Counter(w for u in units if u.kind == "prose" for w in set(CAPITAL.findall(u.text))),
    )
    alone = all(u.voice >= AT_THE_EDGE for u in units if u.kind == "prose" and len(u.text) > SHORT_TEXT)
    regular = _is_regular([s for _, segments in read for s in segments])
    kept: list[Segment] = []
    reasons = {piece: _reason(unit) for unit in units for piece in unit.line.pieces}
    signed = [s for _, segments in read for s in segments if s.paragraphs and s.name and s.name.name]
    copied = sum(_is_copied(s) for s in signed)
    heads = [u.line.pieces for u in units if u.kind == "heading" and u.line.hint in ("heading", "linked") and not u.line.cell]
    every = [s for _, segments in read for s in segments]
    kin = families.of_clients(every, [_part(s, heads) for s in every])
    announced = any(run.announced and not kin.clients.isdisjoint(map(id, segments)) for run, segments in read)
    rated = sum(_is_rated(s) for _, segments in read for s in segments) >= LIST
    cards = sum(run.units[0].line.cell > 0 and any(s.name and s.paragraphs for s in segments) for run, segments in read)
    for run, segments in read:
        count = sum(1 for s in segments if s.name and s.paragraphs)
        in_list = count >= LIST or (run.units[0].line.cell > 0 and cards >= LIST)
        trust = Trust(
            announced=run.announced,
            regular=regular,
            listed=regular and in_list,
            alone=alone,
            headed=copied >= LIST and 2 * copied > len(signed),
            rated=rated,
            topic="" if run.announced else run.topic,
        )
        for segment in segments:
            own = id(segment) in kin.clients
            outside = bool(kin.parts) and (_part(segment, heads) not in kin.parts or run.announced < announced)
            why = _refusal(segment, staff, replace(trust, kin=own, strange=bool(kin.clients) and not own, outside=outside and not own))
            if why is None:
                kept.append(segment)
            else:
                reasons.update({p: why for u in members(segment) for p in u.line.pieces})
    reasons |= without_titles(kept)
    return [_finding(s) for s in kept], reasons


def _part(segment: Segment, heads: Sequence[tuple[int, ...]]) -> int:
    """The number of the heading that a text stands below."""
    return bisect(heads, segment.paragraphs[0].line.pieces) if segment.paragraphs else 0


def _viewed(units: list[Unit]) -> View:
    """The units read run by run, each in the better of both ways; what most runs say counts for the others."""
    both = [(run, {side: cut(run, side) for side in SIDES}) for run in runs(units)]
    worth = [{side: _worth(segments) for side, segments in ways.items()} for _, ways in both]
    total = {side: sum(one[side] for one in worth) for side in SIDES}
    custom = max(SIDES, key=lambda side: total[side])
    chosen = [max(SIDES, key=lambda side: one[side] + CUSTOM * (side == custom)) for one in worth]
    read = [(run, ways[side]) for (run, ways), side in zip(both, chosen, strict=True)]
    return View(units, read, sum(one[side] for one, side in zip(worth, chosen, strict=True)))


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
    alone = all(s.name for s in segments if s.paragraphs) and sum(spoken) >= HEARD / 2 * len(spoken)
    return (2 * clients >= len(spoken) or alone) and 5 * others <= len(spoken)


def _refusal(segment: Segment, staff: Staff, trust: Trust) -> str | None:
    """Why this is no testimonial, or None if it is one."""
    if not segment.paragraphs:
        return "a name without a text" if segment.name else "nothing that a client wrote"
    if segment.spoiled:
        return "a placeholder that was never filled in"
    text = segment.text
    said = segment.paragraphs[0].opens and segment.paragraphs[-1].closes and segment.name is not None
    if not WORD.search(text) and not said and all(p.line.hint == "" for p in segment.paragraphs):
        return "no words"
    if says(text, "request") and segment.paragraphs[0].line.hint != "declared":
        return "asks, and tells nothing of a visit"
    if LINK.search(text) and segment.paragraphs[0].line.hint != "declared":
        return "an advertisement with a link"
    if all(is_aside(p.text) for p in segment.paragraphs):
        return "an editor's note in brackets"
    name = segment.name.name if segment.name else None
    placed = segment.paragraphs[0].line.hint in ("words", "message")
    if segment.name and name and not placed and _is_staff(segment.name, segment, staff):
        return "said by the practice itself"
    if _is_portrait(segment):
        segment.paragraphs = [p for p in segment.paragraphs if p.opens and p.closes]
        if not segment.paragraphs:
            return "tells of the person whose name is above it"
    least = _least(segment, trust)
    spoken = segment.paragraphs[0].voice if len(segment.paragraphs) == 1 else voice(text)
    return None if spoken >= least else "not in a client's voice"


def _least(segment: Segment, trust: Trust) -> float:
    """How much like a client it must sound, given what speaks for it already."""
    strength = segment.name.name.strength if segment.name and segment.name.name else 0
    hints = {p.line.hint for p in segment.paragraphs}
    if hints & {"declared", "words"}:
        return -4.0
    if trust.topic == "article":
        return NEVER
    if trust.topic and not (trust.topic == "question" and strength):
        return OF_PEOPLE if strength else NEVER
    if hints & {"message", "said", "letter"}:
        return _least_of_message(segment, trust, hints)
    if _is_copied(segment):
        return -3.2
    if trust.headed:
        return 1.2 if segment.name else NEVER
    if trust.rated and _is_rated(segment):
        return -2.2 if strength >= SIGNED else -0.8
    return _least_of_signed(segment, trust, strength) if strength else _least_of_unsigned(segment, trust)


def _least_of_message(segment: Segment, trust: Trust, hints: set[str]) -> float:
    """In chats and mails people also speak of other things; in a list of clients' words they do not."""
    if "said" not in hints and len(segment.text) < SHORT_TEXT:
        return NEVER
    return 0.0 if trust.announced else 0.4 if "said" in hints else 1.2


def _least_of_signed(segment: Segment, trust: Trust, strength: int) -> float:
    """The surer the name, and the more of its kind stand beside it, the less the text has to say for itself."""
    if trust.kin:
        return -2.2
    if trust.outside:
        return CLEAR if strength >= SIGNED else SURELY
    if trust.strange:
        return HEARD if strength >= SIGNED else CLEAR
    short, told = len(segment.text) < SHORT_TEXT, any(p.line.hint == "text" for p in segment.paragraphs)
    if strength < SIGNED:
        listed = trust.listed and not segment.paragraphs[0].line.form
        return -0.5 if listed else 0.4 if trust.regular or trust.announced else 1.2
    if told or trust.listed:
        return -0.2 if short and not told else -2.2
    if strength == SURE and trust.announced and segment.paragraphs[0].opens and segment.paragraphs[-1].closes:
        return -2.2
    return (0.1 if short else -0.8) if trust.announced else 0.4 if trust.regular else 0.9


def _least_of_unsigned(segment: Segment, trust: Trust) -> float:
    """Nobody says that these are a client's words but they themselves, or their quote marks."""
    quoted = segment.paragraphs[0].opens and segment.paragraphs[-1].closes
    if trust.kin:
        return 0.0 if trust.announced or quoted else HEARD
    if trust.strange and not quoted:
        return NEVER if trust.outside else SURELY
    if quoted:
        return 0.0 if trust.announced else 1.5
    return 1.2 if trust.announced else 1.5 if trust.regular or trust.alone else NEVER


def _is_portrait(segment: Segment) -> bool:
    """Whether a text below a name speaks of its bearer: "Ada trained in Leeds …"."""
    if (
        segment.name is None
        or segment.name.name is None
        or segment.name.line.pieces > segment.paragraphs[0].line.pieces
    ):
        return False
    whole = segment.name.name.name.split(",", maxsplit=1)[0].rstrip(".")
    called = "|".join(re.escape(one) for one in (whole, whole.split()[0]) if len(one) > 2 or one == whole)
    return any(re.match(rf"(?:{called})(?:\.? [a-z]|\.?, an? )", p.text) for p in segment.paragraphs)


def _is_copied(segment: Segment) -> bool:
    """Whether it stands below a name with a date, stars or the like, as on a platform."""
    name = segment.name.name if segment.name else None
    told = any(key != "count" for unit in segment.meta for key, _ in unit.values)
    return name is not None and name.side == "after" and (told or name.date != "")


def _is_rated(segment: Segment) -> bool:
    """Whether somebody gave stars with this text."""
    return bool(segment.paragraphs) and any(key == "rating" for unit in segment.meta for key, _ in unit.values)


def _is_staff(name: Unit, segment: Segment, staff: Staff) -> bool:
    """Whether it is somebody of the practice: named in the page's frame, or by a role, or spoken of by others.

    Clients speak of each other as well, so that the last only counts for a text without a client's voice.
    """
    stated, text = name.name.name if name.name else "", segment.text
    words = [w for w in CAPITAL.findall(stated.split(",", maxsplit=1)[0]) if len(w) > 2]
    if (len(words) >= 2 and all(w in staff.frame for w in words)) or says(name.text, "own_role"):
        return True
    spoken, everyday = voice(text), cues()["names"]["ordinary"]
    others = any(staff.mentions[w] > (w in text) for w in words if w.lower() not in everyday)
    if says(stated, "staff_role"):
        return others or spoken < 0
    declared = any(p.line.hint == "declared" for p in segment.paragraphs)
    return others and not declared and spoken < OWN


def _reason(unit: Unit) -> str:
    """Why a unit that belongs to no testimonial is left."""
    return {
        "heading": "a heading",
        "endless": "over 100,000 characters, longer than any review; break it into paragraphs to have it read",
        "note": "stands beside a review but is not part of it",
        "reply": "the practice's answer, without a review above it",
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
    if segment.name and segment.name.name and not says(segment.name.name.name, "unnamed"):
        row["author"] = segment.name.name.name
    if segment.name and segment.name.name and segment.name.name.date:
        row["date"] = segment.name.name.date
    for key, value in (pair for unit in segment.meta for pair in unit.values):
        if key != "count":
            row.setdefault(ROLES.get(key, key), value)
    if reply := "\n".join(u.text for u in segment.replies if u.text and u.kind in ANSWERED):
        row["reply"] = reply
    if segment.name and "recommended" not in row and (said := attributions.recommends(segment.name.line.text)):
        row["recommended"] = said
    roles = [(p, "text") for u in segment.paragraphs for p in u.line.pieces]
    if segment.name:
        roles += [(p, "author") for p in segment.name.line.pieces]
    roles += [(p, "reply") for u in segment.replies for p in u.line.pieces]
    roles += [
        (p, next((ROLES.get(k, k) for k, _ in u.values if k != "count"), "unused"))
        for u in segment.meta
        for p in u.line.pieces
    ]
    return Finding(row, tuple(roles))
