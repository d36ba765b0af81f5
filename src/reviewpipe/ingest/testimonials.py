"""Which lines of a page or paste are what clients wrote, and who wrote it.

The lines are cut into runs (at headings, cards, and the frame of the page).  Each run is read in both ways, with the
name below its text and with the name above it, and the way that leaves the least over is taken.  What was read must
then sound like a client, the more so the less its surroundings speak for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import attributions, practice
from reviewpipe.ingest.cues import says, voice
from reviewpipe.ingest.lines import CUT, Line, Unit, is_aside
from reviewpipe.ingest.neighbours import understand
from reviewpipe.ingest.repeats import without_titles
from reviewpipe.ingest.segments import AT_THE_EDGE, Run, Segment, cut, members, runs
from reviewpipe.ingest.trust import Trust, least, trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

WORD = re.compile(r"[^\W\d_]{3}")
LINK = re.compile(r"https?://\S", re.IGNORECASE)
# A name without a side of its own has its text before it, or after it.
SIDES = ("before", "after")
# How much the way in which most of the page reads counts for a run that could be read both ways.
CUSTOM = 0.75
# A bare figure between a name and a text is a rating.
ROLES = {"figure": "rating"}
# What a practice's answer is made of: greetings and names look like names and titles.
ANSWERED = ("prose", "reply", "name", "heading")


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
    staff = practice.staff_of(view.units)
    kept: list[Segment] = []
    reasons = {piece: _reason(unit) for unit in view.units for piece in unit.line.pieces}
    for _, segments in view.read:
        for segment in segments:
            _leave_own_words(segment)
    for segment, trust in trusted(view.units, view.read):
        why = _refusal(segment, staff, trust)
        if why is None:
            kept.append(segment)
        else:
            reasons.update({p: why for u in members(segment) for p in u.line.pieces})
    reasons |= without_titles(kept)
    return [_finding(s) for s in kept], reasons


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


def _refusal(segment: Segment, staff: practice.Staff, trust: Trust) -> str | None:  # noqa: PLR0911  one a reason
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
    if segment.name and name and not placed and practice.is_staff(segment.name, segment, staff):
        return "said by the practice itself"
    if _is_portrait(segment):
        return "tells of the person whose name is above it"
    spoken = segment.paragraphs[0].voice if len(segment.paragraphs) == 1 else voice(text)
    return None if spoken >= least(segment, trust) else "not in a client's voice"


def _leave_own_words(segment: Segment) -> None:
    """Of what is told about somebody, leave what he says himself, if anything."""
    if segment.paragraphs and _is_portrait(segment):
        segment.paragraphs = [p for p in segment.paragraphs if p.opens and p.closes] or segment.paragraphs


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
