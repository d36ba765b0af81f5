"""Who of those that speak on a page is not a client but of the practice."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.ingest.cues import cues, says, voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Unit
    from reviewpipe.ingest.segments import Segment

CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")
# Somebody of whom clients speak must sound more like one himself.
OWN = 1.5


@dataclass(frozen=True)
class Staff:
    """What the page says of its people: the words of its frame, and in how many texts each word stands."""

    frame: str
    mentions: Counter[str]


def staff_of(units: Sequence[Unit]) -> Staff:
    """What the page says of its people."""
    return Staff(
        " ".join(u.text for u in units if u.kind in ("chrome", "heading") and u.name is None),
        Counter(w for u in units if u.kind == "prose" for w in set(CAPITAL.findall(u.text))),
    )


def _has_own_role(name: Unit) -> bool:
    """Whether the name itself says that its bearer speaks for the practice."""
    return says(name.text, "own_role") or (name.name is not None and says(name.name.name, "own_role"))


def is_staff(name: Unit, segment: Segment, staff: Staff) -> bool:
    """Whether it is somebody of the practice: named in the page's frame, or by a role, or spoken of by others.

    Clients speak of each other as well, so that the last only counts for a text without a client's voice.
    """
    stated, text = name.name.name if name.name else "", segment.text
    words = [w for w in CAPITAL.findall(stated.split(",", maxsplit=1)[0]) if len(w) > 2]
    if (len(words) >= 2 and all(w in staff.frame for w in words)) or _has_own_role(name):
        return True
    spoken, everyday = voice(text), cues()["names"]["ordinary"]
    others = any(staff.mentions[w] > (w in text) for w in words if w.lower() not in everyday)
    if says(stated, "staff_role"):
        return others or spoken < 0
    declared = any(p.line.hint == "declared" for p in segment.paragraphs)
    return others and not declared and spoken < OWN
