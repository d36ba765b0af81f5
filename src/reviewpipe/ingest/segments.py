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
# Paragraphs below somebody's name and date are one text, unless they are further apart than this.
FAR = 4


@dataclass
class Segment:
    """A testimonial in the making: its paragraphs, the name, and what else stands with it.

    `spoiled`: a placeholder; `closed`: the buttons below it were seen, and no more of its text can come.
    """

    name: Unit | None = None
    paragraphs: list[Unit] = field(default_factory=list)
    meta: list[Unit] = field(default_factory=list)
    replies: list[Unit] = field(default_factory=list)
    notes: list[Unit] = field(default_factory=list)
    spoiled: bool = False
    closed: bool = False

    @property
    def text(self) -> str:
        """The paragraphs as one text."""
        parts = [
            p.text if i == 0 else ("\n" if p.line.gap <= 1 else "\n\n") + p.text for i, p in enumerate(self.paragraphs)
        ]
        return "".join(parts)


@dataclass
class Run:
    """Units between two breaks; `announced`: a heading above, or the markup, says that clients speak here.

    `topic` is what the heading above is about, where clients hardly speak: "people" of the practice, a
    "question", or an "article" of which the beginning stands here.
    """

    units: list[Unit]
    announced: bool
    topic: str = ""


def runs(units: Sequence[Unit]) -> list[Run]:
    """The units cut at cards, headings and the frame of the page."""
    found: list[Run] = []
    announced, fresh, topic = False, True, ""
    for i, unit in enumerate(units):
        if unit.kind == "heading":
            last, topic = topic, "article" if unit.line.hint == "linked" else _topic(unit.text, topic)
            fresh = fresh or topic != last
            if topic == "article":
                announced, fresh = False, True
            elif says(unit.text, "testimonial_heading"):
                announced, fresh = True, True
                continue
            announced = announced and _goes_on(units[i + 1 : i + 6])
        fresh = fresh or unit.kind == "chrome" or (found != [] and found[-1].units[-1].line.cell != unit.line.cell)
        if unit.kind in ("chrome", "endless") or (unit.kind == "furniture" and (fresh or not found)):
            continue
        if fresh or (unit.kind == "heading" and found[-1].units[-1].kind == "prose"):
            found.append(Run([], announced, topic))
        found[-1].units.append(unit)
        found[-1].announced = found[-1].announced or unit.line.marked
        fresh = False
    return found


def _topic(heading: str, last: str) -> str:
    """What stands below a heading; people are told of below many headings, a question is answered below one."""
    if says(heading, "press_heading"):
        return "article"
    if says(heading, "testimonial_heading"):
        return ""
    if says(heading, "people_heading"):
        return "people"
    return last if last == "people" else "question" if heading.endswith("?") else ""


def _goes_on(following: Sequence[Unit]) -> bool:
    """Whether this heading is the title of one testimonial, so that more of them may come."""
    spoken = next((u.voice for u in following if u.kind == "prose"), 0.0)
    return spoken >= AT_THE_EDGE / 2 and any(u.kind == "name" or u.opens for u in following)


@dataclass(frozen=True)
class Order:
    """How a run is read.

    side: where names with no side of their own have their text; wide: a gap that parts two testimonials; leading: what
    stands above its text, of rating and date.
    """

    side: str
    wide: int
    leading: frozenset[str]


def cut(run: Run, side: str) -> list[Segment]:
    """The run as segments, if names with no side of their own have their text on this `side`."""
    order = Order(side, _wide_gap(run.units), _leading(run.units))
    segments = [Segment()]
    for unit in run.units:
        now = segments[-1]
        if now.replies and _answers(now, unit, side):
            now.replies.append(unit)
        elif now.closed and unit.kind != "reply" and not _is_header(unit):
            now.notes.append(unit)
        else:
            PLACES.get(unit.kind, _place_note)(segments, unit, order)
    return _trimmed([s for s in segments if members(s)], ANNOUNCED if run.announced else AT_THE_EDGE)


def _is_header(unit: Unit) -> bool:
    """Whether it is a name of which is known that its text follows."""
    return unit.name is not None and unit.name.side == "after"


def _leading(units: Sequence[Unit]) -> frozenset[str]:
    """Which of rating and date stand above the first text or name and not below the last one."""
    spoken = [i for i, u in enumerate(units) if u.kind in ("prose", "name")]
    if not spoken:
        return frozenset()
    above = {u.values[0][0] for u in units[: spoken[0]] if u.kind == "meta"}
    return frozenset(above - {u.values[0][0] for u in units[spoken[-1] :] if u.kind == "meta"})


def _answers(segment: Segment, unit: Unit, side: str) -> bool:
    """Whether this line still belongs to the practice's answer."""
    if _is_header(unit):
        return False
    below = side == "after" or (segment.name is not None and _is_header(segment.name))
    if unit.kind == "name":
        return segment.closed or unit.line.gap < 2
    return unit.kind in ("prose", "note", "meta", "heading") and (below or unit.line.gap < 2)


def _place_prose(segments: list[Segment], unit: Unit, order: Order) -> None:
    """Add it to the text that is being read, or begin another."""
    if segments[-1].paragraphs and _begins_anew(segments[-1], unit, order.wide):
        segments.append(Segment())
    segments[-1].paragraphs.append(unit)


def _place_reply(segments: list[Segment], unit: Unit, order: Order) -> None:  # noqa: ARG001 - every place has the order
    """Give the answer to the last text."""
    if not segments[-1].paragraphs and len(segments) > 1:
        segments.pop()
    segments[-1].replies.append(unit)
    segments[-1].closed = segments[-1].name is not None and _is_header(segments[-1].name)


def _place_meta(segments: list[Segment], unit: Unit, order: Order) -> None:
    """Give stars and dates to the text below them if they lead in this run, else to the one above."""
    now, kind = segments[-1], unit.values[0][0]
    if kind == "figure" and (now.name is None or now.paragraphs or order.side != "after"):
        now.notes.append(unit)
    elif kind in order.leading and now.paragraphs:
        segments.append(Segment(meta=[unit]))
    elif kind not in order.leading and not now.paragraphs and now.name is None and len(segments) > 1:
        segments[-2].meta.append(unit)
    else:
        now.meta.append(unit)


def _place_furniture(segments: list[Segment], unit: Unit, order: Order) -> None:  # noqa: ARG001 - every place has the order
    """The buttons below a text copied from a platform are its end."""
    now = segments[-1]
    if now.paragraphs and now.name is not None and _is_header(now.name) and not says(unit.text, "more"):
        now.closed = True


def _place_placeholder(segments: list[Segment], unit: Unit, order: Order) -> None:  # noqa: ARG001 - every place has the order
    """What stands with a placeholder is one itself."""
    segments[-1].spoiled = True
    segments[-1].notes.append(unit)


def _place_note(segments: list[Segment], unit: Unit, order: Order) -> None:  # noqa: ARG001 - every place has the order
    """Keep what is neither name nor text beside them; below somebody's name and date, "Three things:" is text."""
    now = segments[-1]
    begins = unit.kind == "heading" and unit.text[-1] == ":" and now.name is not None and _is_header(now.name)
    (now.paragraphs if begins and now.meta else now.notes).append(unit)


def _place_name(segments: list[Segment], unit: Unit, order: Order) -> None:
    """Give the name to the text before it, or begin a new testimonial with it."""
    now, name = segments[-1], unit.name
    bound = name.side if name and name.side != "either" else order.side
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
    elif now.name is not None and not now.paragraphs and _is_header(now.name) and not _is_header(unit):
        below = any(key != "count" for one in now.meta for key, _ in one.values)  # what is no title or town any more
        (now.paragraphs if below and unit.name and unit.name.strength < 3 else now.notes).append(unit)
    elif bound == "before":
        if now.name is None and not now.paragraphs and len(segments) > 1 and unit.line.gap <= 1:
            segments[-2].notes.append(unit)  # a place or a role below the name
            return
        now.name = unit
        segments.append(Segment())
    elif now.name is not None and not now.paragraphs and unit.line.gap <= 1 and _weaker(unit, now.name):
        now.notes.append(unit)
    elif now.name is not None or now.paragraphs or now.replies:
        segments.append(Segment(name=unit))
    else:
        now.name = unit


PLACES = {
    "name": _place_name,
    "prose": _place_prose,
    "meta": _place_meta,
    "reply": _place_reply,
    "furniture": _place_furniture,
    "placeholder": _place_placeholder,
}


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
    if _in_quote(segment) or unit.line.hint == "words":
        return False
    last = segment.paragraphs[-1]
    if last.text[-1] == ":" and segment.name is not None and unit.opens:
        return False  # what is told of somebody, and then his own words
    quoted = segment.paragraphs[0].opens and last.closes
    headed = segment.name is not None and _is_header(segment.name)
    return (
        unit.line.gap >= (FAR if headed else wide)
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
        if segment.name is None or len(segment.paragraphs) < 2 or segment.closed:
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
        if unit.line.hint == "words" or (unit.unclosed and order[count - 1].opens):
            continue  # each paragraph of a long quotation opens it anew
        if quoted:
            quoted = not unit.opens
            if not quoted:
                return count + 1
        elif says(unit.text, "salutation") and len(unit.text) < 60:
            return count + 1
        elif unit.voice < _needed(unit, order[count - 1], order[0], least):
            return count
    return len(order)


def _needed(unit: Unit, nearer: Unit, nearest: Unit, least: float) -> float:
    """The voice that a paragraph needs to belong to the one `nearer` to the name.

    A line broken in the same block belongs; what stands in the markup like none of the others hardly does.
    """
    below = max(unit, nearer, key=lambda one: one.line.pieces)
    if unit.line.form == nearer.line.form != "" and below.line.gap <= 1:
        return min(least, ANNOUNCED)
    return least if unit.line.form == nearest.line.form else max(least, AT_THE_EDGE)


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
