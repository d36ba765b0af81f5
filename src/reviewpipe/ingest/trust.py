"""How much like a client a text must sound, given what its surroundings say for it."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.ingest import families
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.segments import AT_THE_EDGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.ingest.lines import Unit
    from reviewpipe.ingest.segments import Run, Segment

    Read = Sequence[tuple[Run, list[Segment]]]

# A voice that is heard at all, in a short text.
HEARD = 0.4
# A voice that is surely a client's.
CLEAR, SURELY = 1.2, 2.0
# Shorter texts say too little to be taken on trust.
SHORT_TEXT = 30
# What nobody signed, in a text of another kind, is part of that text.
NEVER = 100.0
SURE, SIGNED = 3, 2
# Below a heading that names the people of the practice, these are likely to speak themselves.
OF_PEOPLE = 2.5
# So many names with texts on end are a list.
LIST = 3


@dataclass(frozen=True)
class Trust:
    """What speaks for a text unread.

    announced: by a heading or the markup; regular: the page is a list of testimonials; listed: it stands in that list;
    alone: the page holds nothing in another voice; headed: it is copied from a platform, with name and date above each
    text; rated: each text has its stars; topic: what the heading above is about, where clients hardly speak; kin: it
    stands where other units of the page hold clients' words; strange: it does not, on a page that has such; outside:
    not even in the same part of the page.
    """

    announced: bool
    regular: bool
    listed: bool
    alone: bool
    headed: bool
    rated: bool
    topic: str
    kin: bool
    strange: bool
    outside: bool


def trusted(units: Sequence[Unit], read: Read) -> Iterator[tuple[Segment, Trust]]:
    """Each segment of a page with what speaks for it."""
    every = [segment for _, segments in read for segment in segments]
    alone = all(u.voice >= AT_THE_EDGE for u in units if u.kind == "prose" and len(u.text) > SHORT_TEXT)
    regular = _is_regular(every)
    signed = [s for s in every if s.paragraphs and s.name and s.name.name]
    copied, rated = sum(_is_copied(s) for s in signed), sum(_is_rated(s) for s in every)
    cards = sum(run.units[0].line.cell > 0 and any(s.name and s.paragraphs for s in segments) for run, segments in read)
    heads = [u.line.pieces for u in units if _is_head(u)]
    kin = families.of_clients(every, [_part(s, heads) for s in every])
    announced = any(run.announced and not kin.clients.isdisjoint(map(id, segments)) for run, segments in read)
    for run, segments in read:
        count = sum(1 for s in segments if s.name and s.paragraphs)
        for segment in segments:
            own = id(segment) in kin.clients
            elsewhere = _part(segment, heads) not in kin.parts or run.announced < announced
            yield (
                segment,
                Trust(
                    announced=run.announced,
                    regular=regular,
                    listed=regular and (count >= LIST or (run.units[0].line.cell > 0 and cards >= LIST)),
                    alone=alone,
                    headed=copied >= LIST and 2 * copied > len(signed),
                    rated=rated >= LIST,
                    topic="" if run.announced else run.topic,
                    kin=own,
                    strange=bool(kin.clients) and not own,
                    outside=bool(kin.clients) and not own and elsewhere,
                ),
            )


def _is_head(unit: Unit) -> bool:
    """Whether a part of the page begins with it; a title within a card is part of that."""
    return unit.kind == "heading" and unit.line.hint in ("heading", "linked") and not unit.line.cell


def _part(segment: Segment, heads: Sequence[tuple[int, ...]]) -> int:
    """The number of the heading that a text stands below."""
    return bisect(heads, segment.paragraphs[0].line.pieces) if segment.paragraphs else 0


def _is_regular(segments: Sequence[Segment]) -> bool:
    """Whether this page is a list of names with clients' texts."""
    signed = [s for s in segments if s.name and s.paragraphs and s.paragraphs[0].line.hint != "declared"]
    spoken = [sum(p.voice for p in s.paragraphs) for s in signed]
    if len(spoken) < LIST:
        return False
    clients, others = sum(v >= HEARD for v in spoken), sum(v <= -1 for v in spoken)
    alone = all(s.name for s in segments if s.paragraphs) and sum(spoken) >= HEARD / 2 * len(spoken)
    return (2 * clients >= len(spoken) or alone) and 5 * others <= len(spoken)


def least(segment: Segment, trust: Trust) -> float:
    """How much like a client it must sound, given what speaks for it already."""
    strength = segment.name.name.strength if segment.name and segment.name.name else 0
    hints = {p.line.hint for p in segment.paragraphs}
    if hints & {"declared", "words"}:
        return -4.0
    staff = trust.topic == "people" and any(says(n.text, "staff_role") for n in segment.notes)
    if trust.topic == "article" or staff:
        return NEVER
    # A question may head an article that ends with clients' words; among these an unsigned one is theirs too.
    if trust.topic and not (trust.topic == "question" and (strength or trust.listed)):
        return OF_PEOPLE if strength else NEVER
    if hints & {"message", "said", "letter"}:
        return _least_of_message(segment, trust, hints)
    if _is_copied(segment):
        return -3.2
    if trust.headed:
        return 1.2 if segment.name else NEVER
    if trust.rated and not trust.strange and _is_rated(segment):
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
    quoted = segment.paragraphs[0].opens and segment.paragraphs[-1].closes
    if trust.strange:
        return HEARD if strength >= SIGNED or quoted else CLEAR
    short, told = len(segment.text) < SHORT_TEXT, any(p.line.hint == "text" for p in segment.paragraphs)
    if strength < SIGNED:
        listed = trust.listed and not segment.paragraphs[0].line.form
        return -0.5 if listed else 0.4 if trust.regular or trust.announced else 1.2
    if told or trust.listed:
        return -0.2 if short and not told else -2.2
    if strength == SURE and trust.announced and quoted:
        return -2.2
    return (0.1 if short else -0.8) if trust.announced else 0.4 if trust.regular else 0.9


def _least_of_unsigned(segment: Segment, trust: Trust) -> float:
    """Nobody says that these are a client's words but they themselves, or their quote marks."""
    quoted = segment.paragraphs[0].opens and segment.paragraphs[-1].closes
    if trust.kin:
        return 0.0 if trust.announced or quoted else HEARD
    if quoted:
        return 0.0 if trust.announced else 1.5
    least = 1.2 if trust.announced else 1.5 if trust.regular or trust.alone else NEVER
    return max(least, SURELY) if trust.strange else least


def _is_copied(segment: Segment) -> bool:
    """Whether it stands below a name with a date, stars or the like, as on a platform."""
    name = segment.name.name if segment.name else None
    told = any(key != "count" for unit in segment.meta for key, _ in unit.values)
    return name is not None and name.side == "after" and (told or name.date != "")


def _is_rated(segment: Segment) -> bool:
    """Whether somebody gave stars with this text."""
    return bool(segment.paragraphs) and any(key == "rating" for unit in segment.meta for key, _ in unit.values)
