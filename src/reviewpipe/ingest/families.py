"""Texts in the same place of a page's repeating unit: where most of them are clients' words, all of them are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.ingest.cues import voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.segments import Segment

    Place = tuple[object, ...]

# Two of a kind may be chance.
FEWEST = 3
# A voice that is heard at all; one that is clearly not a client's.
HEARD, OTHER = 0.4, -1.0
# Shares of a family that must be heard as clients, and that may be heard as others.
CLIENTS, OTHERS = 0.6, 0.2


@dataclass(frozen=True)
class Kin:
    """The segments (their ids) of which most kin are clients' words, and the parts of the page that hold such."""

    clients: frozenset[int]
    parts: frozenset[int]


def of_clients(segments: Sequence[Segment], parts: Sequence[int]) -> Kin:
    """Who has clients for kin; `parts` says for each segment below which heading it stands.

    Lines without a form, as in pasted text, have no kin.
    """
    families: dict[Place, list[tuple[Segment, int]]] = defaultdict(list)
    for segment, part in zip(segments, parts, strict=True):
        if segment.paragraphs and _has_place(segment):
            place = _place(segment)
            here = () if _is_special(segment.paragraphs[0].line.form) else (part,)
            families[(*here, *place)].append((segment, part))
    known = [one for f in families.values() if len(f) >= FEWEST and _are_clients(f) for one in f]
    return Kin(frozenset(id(segment) for segment, _ in known), frozenset(part for _, part in known))


def _has_place(segment: Segment) -> bool:
    """Whether the markup tells where it stands; unsigned words in plain paragraphs are running text."""
    first = segment.paragraphs[0]
    quoted = first.opens and segment.paragraphs[-1].closes
    return first.line.form != "" and (segment.name is not None or quoted or _is_special(first.line.form))


def _is_special(form: str) -> bool:
    """Whether the block of a text has a class, and so says what it is wherever it stands."""
    return not form.partition("/")[0].endswith(".")


def _place(segment: Segment) -> Place:
    """Where a text and its name stand in the markup."""
    first, name = segment.paragraphs[0], segment.name
    if name is None:
        return first.line.form, first.opens
    below = name.line.pieces >= segment.paragraphs[-1].line.pieces
    within = name.line.pieces == segment.paragraphs[-1 if below else 0].line.pieces
    return first.line.form, below, within


def _are_clients(family: Sequence[tuple[Segment, int]]) -> bool:
    """Whether most of a family are heard as clients, and hardly any as others."""
    voices = [voice(segment.text) for segment, _ in family]
    heard, other = sum(v >= HEARD for v in voices), sum(v <= OTHER for v in voices)
    return heard >= CLIENTS * len(family) and other <= OTHERS * len(family)
