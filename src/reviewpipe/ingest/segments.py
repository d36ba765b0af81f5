"""A page's lines cut into runs, and runs into what may be testimonials: paragraphs with a name on one side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewpipe.ingest.cues import says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Unit

# A paragraph at the edge of a run belongs to the testimonial if its voice is at least this; below a heading that
# announces testimonials, nothing but a clear advertisement is left out.
AT_THE_EDGE, ANNOUNCED = 0.9, -0.6
# Inside a run of names and texts, only what is clearly the practice's is left out.
INSIDE = -2.5


@dataclass
class Segment:
    """A testimonial in the making: its paragraphs, the name, and what else stands with it."""

    name: Unit | None = None
    paragraphs: list[Unit] = field(default_factory=list)
    meta: list[Unit] = field(default_factory=list)
    replies: list[Unit] = field(default_factory=list)
    notes: list[Unit] = field(default_factory=list)
    spoiled: bool = False

    @property
    def text(self) -> str:
        """The paragraphs as one text."""
        parts = [
            p.text if i == 0 else ("\n" if p.line.gap <= 1 else "\n\n") + p.text for i, p in enumerate(self.paragraphs)
        ]
        return "".join(parts)


@dataclass
class Run:
    """Units between two breaks; `announced`: a heading above, or the markup, says that clients speak here."""

    units: list[Unit]
    announced: bool


def runs(units: Sequence[Unit]) -> list[Run]:
    """The units cut at cards, headings and the frame of the page."""
    found: list[Run] = []
    announced, fresh = False, True
    for i, unit in enumerate(units):
        if unit.kind == "heading":
            if says(unit.text, "testimonial_heading"):
                announced, fresh = True, True
                continue
            announced = announced and _goes_on(units[i + 1 : i + 6])
        fresh = fresh or unit.kind == "chrome" or (found != [] and found[-1].units[-1].line.cell != unit.line.cell)
        if unit.kind in ("chrome", "furniture"):
            continue
        if fresh or (unit.kind == "heading" and found[-1].units[-1].kind == "prose"):
            found.append(Run([], announced))
        found[-1].units.append(unit)
        found[-1].announced = found[-1].announced or unit.line.marked
        fresh = False
    return found


def _goes_on(following: Sequence[Unit]) -> bool:
    """Whether this heading is the title of one testimonial, so that more of them may come."""
    spoken = next((u.voice for u in following if u.kind == "prose"), 0.0)
    return spoken >= AT_THE_EDGE / 2 and any(u.kind == "name" or u.opens for u in following)


def cut(run: Run, side: str) -> list[Segment]:
    """The run as segments, if names with no side of their own have their text on this `side`."""
    wide = _wide_gap(run.units)
    segments = [Segment()]
    leading = next((u.kind for u in run.units if u.kind in ("meta", "prose", "name")), "") == "meta"
    for unit in run.units:
        now = segments[-1]
        if now.replies and _answers(unit, side):
            now.replies.append(unit)
        elif unit.kind == "name":
            _place_name(segments, unit, side)
        elif unit.kind == "prose":
            if now.paragraphs and _begins_anew(now, unit, wide):
                segments.append(now := Segment())
            now.paragraphs.append(unit)
        elif unit.kind == "reply":
            target = segments[-2] if not now.paragraphs and len(segments) > 1 else now
            target.replies.append(unit)
            if target is not now:
                segments[-1:] = []
        elif unit.kind == "placeholder":
            now.spoiled = True
            now.notes.append(unit)
        elif unit.kind == "meta":
            behind = not now.paragraphs and now.name is None and len(segments) > 1 and not leading
            (segments[-2] if behind else now).meta.append(unit)
        else:
            now.notes.append(unit)
    return _trimmed([s for s in segments if members(s)], ANNOUNCED if run.announced else AT_THE_EDGE)


def _answers(unit: Unit, side: str) -> bool:
    """Whether this line still belongs to the practice's answer."""
    if unit.kind == "name":
        return unit.line.gap < 2 and unit.name is not None and unit.name.side != "after"
    return unit.kind in ("prose", "note", "meta") and (side == "after" or unit.line.gap < 2)


def _place_name(segments: list[Segment], unit: Unit, side: str) -> None:
    """Give the name to the text before it, or begin a new testimonial with it."""
    now, name = segments[-1], unit.name
    bound = name.side if name and name.side != "either" else side
    again = (
        now.name is not None and now.name.name is not None and name is not None and _same(now.name.name.name, name.name)
    )
    if now.name is not None and now.paragraphs and (again or bound == "before"):
        # A heading and a sign-off by one person, or a surer name below.
        if not again:
            now.notes.append(now.name)
            now.name = unit
        else:
            now.notes.append(unit)
        segments.append(Segment())
    elif bound == "before":
        if now.name is None and not now.paragraphs and len(segments) > 1 and unit.line.gap <= 1:
            segments[-2].notes.append(unit)  # a place or a role below the name
            return
        now.name = unit
        segments.append(Segment())
    elif now.name is not None and not now.paragraphs and unit.line.gap <= 1 and _weaker(unit, now.name):
        now.notes.append(unit)
    elif members(now) and (now.name is not None or now.paragraphs):
        segments.append(Segment(name=unit))
    else:
        now.name = unit


def _same(one: str, other: str) -> bool:
    """Whether both names begin with the same word."""
    return one.split()[:1] == other.split()[:1]


def _weaker(one: Unit, other: Unit) -> bool:
    """Whether `one` is less surely a name than `other`."""
    return (one.name.strength if one.name else 0) < (other.name.strength if other.name else 0)


def _wide_gap(units: Sequence[Unit]) -> int:
    """A gap that is wider than is usual in this run, and so parts two testimonials."""
    gaps = sorted(u.line.gap for u in units[1:] if u.line.gap)
    return max(3, gaps[(len(gaps) - 1) // 2] + 1) if gaps else 3


def _begins_anew(segment: Segment, unit: Unit, wide: int) -> bool:
    """Whether this paragraph begins another testimonial than the paragraph before it."""
    if _in_quote(segment):
        return False
    last = segment.paragraphs[-1]
    quoted = segment.paragraphs[0].opens and last.closes
    return (
        unit.line.gap >= wide
        or (quoted != unit.opens if quoted else unit.opens and (unit.closes or unit.unclosed))
        or (quoted and unit.opens)
    )


def _in_quote(segment: Segment) -> bool:
    """Whether a quotation has begun in this segment and is still open."""
    opened = False
    for unit in segment.paragraphs[-12:]:
        opened = (opened and not unit.closes) or unit.unclosed
    return opened


def _trimmed(segments: list[Segment], least: float) -> list[Segment]:
    """Segments without the paragraphs at the edges of the run that are no client's."""
    result: list[Segment] = []
    for i, segment in enumerate(segments):
        if segment.name is None or len(segment.paragraphs) < 2:
            inside = 0 < i < len(segments) - 1
            result += [segment] if segment.name or inside else _apart(segment)
            continue
        named_last = segment.name.line.pieces >= segment.paragraphs[-1].line.pieces
        edge = i == 0 if named_last else i == len(segments) - 1
        order = segment.paragraphs[::-1] if named_last else segment.paragraphs
        count = _belonging(order, least if edge else INSIDE)
        stay = order[:count][::-1] if named_last else order[:count]
        rest = order[count:][::-1] if named_last else order[count:]
        left = _apart(Segment(paragraphs=rest)) if rest else []
        kept = replace(segment, paragraphs=stay)
        result += [*left, kept] if named_last else [kept, *left]
    return result


def _belonging(order: Sequence[Unit], least: float) -> int:
    """How many paragraphs, counted from the name, are one testimonial."""
    quoted = order[0].closes and not order[0].opens
    for count, unit in enumerate(order[1:], start=1):
        if quoted:
            quoted = not unit.opens
            if not quoted:
                return count + 1
        elif says(unit.text, "salutation") and len(unit.text) < 60:
            return count + 1
        elif unit.voice < least:
            return count
    return len(order)


def _apart(segment: Segment) -> list[Segment]:
    """Paragraphs that nobody signed: each for itself, unless a quotation or a close gap holds them together."""
    groups: list[Segment] = []
    for unit in segment.paragraphs:
        if groups and (_in_quote(groups[-1]) or unit.line.gap <= 1):
            groups[-1].paragraphs.append(unit)
        else:
            groups.append(Segment(paragraphs=[unit]))
    if not groups:
        return [segment]
    groups[-1].replies, groups[-1].notes, groups[-1].spoiled = segment.replies, segment.notes, segment.spoiled
    groups[0].meta = segment.meta
    return groups


def members(segment: Segment) -> list[Unit]:
    """All units of a segment."""
    named = [segment.name] if segment.name else []
    return [*segment.paragraphs, *named, *segment.meta, *segment.replies, *segment.notes]
