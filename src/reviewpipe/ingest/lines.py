"""What a page and a paste are reduced to: lines with their place and hints, each understood by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.attributions import Attribution
from reviewpipe.ingest.cues import cues, says, voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A title or a name is shorter than this; so is what a page says about its reviews.
SHORT = 80
# No review is longer; looking for names in a line of megabytes takes minutes.
LONGEST = 100_000
# This many titles and weak names on end, with no text between, are a menu or a list of treatments.
MENU = 3

OPENING, CLOSING = '"“«„', '"”»“'
META = ("count", "ago", "date", "stars")
GLYPHS = re.compile(r"((?:\b\d[.,]\d\s*)?[★☆⭐✩✭✮\ufe0f\ue838-\ue83a][★☆⭐✩✭✮\ufe0f\ue838-\ue83a\s]*)")
CUT = re.compile(
    r"\s*(?:(?:…|\.{3})\s*(?:(?:read|see|show|view)\s+)?|(?:read|see|show|view)\s+)more\W*$|(?-i:(?<=[.!?])\s+More\W*$)"
    r"|\s(?:…|\.{3})$|\s*\[(?:…|\.{3})\]$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A line that a reader sees.

    `pieces` are the parts of the input that it was made of; `gap` is the distance to the line before: 1 next line,
    2 next paragraph, 3 and more further; `hint` is what the markup says it is (author, text, date, rating, reply,
    note, heading, chrome, "declared" for a text in a format made for reviews, or nothing); `cell` the card that it
    stands in (0 is none); `marked`: the markup says that this is a testimonial.
    """

    text: str
    pieces: tuple[int, ...]
    gap: int = 2
    hint: str = ""
    cell: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Unit:
    """A line with its meaning: kind is prose, name, meta, heading, note, reply, furniture, chrome or placeholder."""

    line: Line
    kind: str
    text: str
    voice: float = 0.0
    name: Attribution | None = None
    values: tuple[tuple[str, str], ...] = ()

    @property
    def opens(self) -> bool:
        """Whether a quotation begins here."""
        return self.text[:1] in OPENING and self.text[:1] != ""

    @property
    def closes(self) -> bool:
        """Whether a quotation ends here."""
        return self.text[-1:] in CLOSING and self.text[-1:] != ""

    @property
    def unclosed(self) -> bool:
        """Whether a quotation begins here and goes on behind this line."""
        if not self.opens or (self.closes and len(self.text) > 1):
            return False
        first = self.text[0]
        return self.text.count('"') % 2 == 1 if first == '"' else self.text.count(first) > self.text.count("”")


def understand(lines: Sequence[Line]) -> list[Unit]:
    """The meaning of each line, with names at the head or end of a text split off as lines of their own."""
    return _menus(_headers(_signatures([unit for line in lines for unit in _units(line)])))


def _units(line: Line) -> Iterable[Unit]:
    """The units of a line: one, or a text and its name."""
    if len(line.text) > LONGEST:
        return [Unit(line, "chrome", line.text)]
    unit = _unit(line)
    if unit.kind != "prose":
        return [unit]
    if tail := attributions.split_tail(line.text):
        return [_prose(line, tail[0]), _named(replace(line, gap=0), tail[1])]
    if line.hint not in ("text", "declared") and (head := attributions.split_head(line.text)):
        return [_named(line, head[0]), _prose(replace(line, gap=0), head[1])]
    return [unit]


def _unit(line: Line) -> Unit:
    """The meaning of a line as a whole."""
    if says(line.text, "placeholder") and len(line.text) < 2 * SHORT:
        return Unit(line, "placeholder", line.text)
    if line.hint:
        return _hinted(line)
    values = meta(line.text) if len(line.text) <= SHORT else ()
    if values:
        return Unit(line, "meta", line.text, values=values)
    if says(line.text, "reply"):
        rest = cues()["lines"]["reply"].sub("", line.text)
        return Unit(line, "reply", rest if len(line.text) > SHORT or "ago" not in rest else "")
    if len(line.text) <= 2 * SHORT and says(line.text, "furniture"):
        return Unit(line, "furniture", line.text)
    return _spoken(line)


def _spoken(line: Line) -> Unit:
    """A greeting, a name, or what is left: see _sentence."""
    if says(line.text, "salutation") and len(line.text) < SHORT:
        return _prose(line, line.text)
    if attributions.is_sign_off(line.text):
        return Unit(line, "note", line.text, values=(("sign_off", line.text),))
    name = attributions.read(line.text)
    if name and not (name.side != "before" and says(line.text, "testimonial_heading")):
        return _named(line, name)
    return _sentence(line)


def _sentence(line: Line) -> Unit:
    """A heading, a part of the page's frame, or somebody's words."""
    spoken = voice(line.text)
    if says(line.text, "chrome") and (len(line.text) < SHORT or spoken < 0):
        return Unit(line, "chrome", line.text)
    short = len(line.text) <= SHORT and not line.text.endswith((".", "!", "…")) and line.text[0] not in OPENING
    titled = attributions.looks_like_title(line.text) or line.text[-1] in ":?"
    if (
        len(line.text) <= SHORT
        and says(line.text, "testimonial_heading")
        and spoken < 1.0
        and (titled or line.text[-1] in ".!" or line.text.count(" ") < 6)
    ):
        return Unit(line, "heading", line.text)
    if short and titled and spoken < (0.4 if line.text[-1] not in ":?" else 1.5):
        return Unit(line, "heading", line.text)
    if not re.search(r"\w", line.text):
        return Unit(line, "furniture", line.text)
    return Unit(line, "prose", line.text, spoken)


def _hinted(line: Line) -> Unit:
    """A line of which the markup says what it is."""
    if line.hint == "author" and attributions.is_no_person(line.text):
        return Unit(line, "placeholder", line.text)
    if line.hint == "author":
        stated = re.sub(r"^(?:[-–—―~|]|by\b|reviewer:|author:|name:)\s*", "", line.text, flags=re.IGNORECASE).strip(
            " -–—,"
        )
        stated = attributions.without_date(stated)
        return _named(line, Attribution(stated, 3)) if len(line.text) <= SHORT and stated else _prose(line, line.text)
    if line.hint in ("date", "rating"):
        return Unit(line, "meta", line.text, values=((line.hint, line.text),))
    if line.hint == "heading":
        name = attributions.read(line.text)
        named = name and name.strength >= 2 and not says(line.text, "testimonial_heading")
        return _named(line, name) if name and named else Unit(line, "heading", line.text)
    if line.hint in ("text", "declared"):
        return _prose(line, line.text)
    return Unit(line, line.hint, line.text)


def meta(text: str) -> tuple[tuple[str, str], ...]:
    """What a line says about a review ("★★★★☆ · 2 months ago"), as (date or rating, its words); () if it is no such."""
    parts = [p.strip() for chunk in GLYPHS.split(text) for p in re.split(r"[·•|]| [-–—] ", chunk)]
    parts = [p for p in parts if p]
    whole = next((what for what in META if says(text, what)), None)
    kinds = [whole] if whole else [next((w for w in (*META, "furniture") if says(p, w)), None) for p in parts]
    if not kinds or None in kinds or set(kinds) == {"furniture"}:
        return ()
    given = {"ago": "date", "date": "date", "stars": "rating", "count": "count", "furniture": "count"}
    return tuple((given[k], p) for k, p in zip(kinds, [text] if whole else parts, strict=True) if k)


def _prose(line: Line, text: str) -> Unit:
    return Unit(line, "prose", text, voice(text))


def _named(line: Line, name: Attribution) -> Unit:
    return Unit(line, "name", line.text, name=name)


def _signatures(units: list[Unit]) -> list[Unit]:
    """The line behind "Sincerely," is a name whose text came before."""
    for i in range(1, len(units)):
        if units[i - 1].values[:1] and units[i - 1].values[0][0] == "sign_off" and len(units[i].text) <= SHORT:
            name = units[i].name or Attribution(units[i].text.strip(" -–—,"), 3)
            units[i] = replace(units[i], kind="name", name=replace(name, strength=3, side="before"))
    return units


def _headers(units: list[Unit]) -> list[Unit]:
    """A short line above "18 reviews" or "2 months ago" is a name, whatever it looks like; its text follows."""
    for i, unit in enumerate(units[:-1]):
        below = units[i + 1]
        if says(unit.text, "place_only") and i and units[i - 1].kind == "name" and below.kind == "meta":
            units[i] = replace(unit, kind="note", name=None)
            continue
        at = i + 2 if says(below.text, "place_only") and i + 2 < len(units) else i + 1
        platform = any(says(value, what) for _, value in units[at].values for what in ("count", "ago"))
        named = unit.kind in ("name", "heading") or (
            unit.kind == "prose" and len(unit.text.split()) <= 6 and not unit.closes
        )
        platform = platform or (unit.kind == "name" and _has_stars_below(units, i))
        if platform and named and units[at].kind == "meta" and len(unit.text) <= SHORT and not unit.text.endswith("!"):
            name = unit.name or Attribution(unit.text, 3)
            if name.side == "either":
                units[i] = replace(unit, kind="name", name=replace(name, strength=3, side="after"))
    return units


def _has_stars_below(units: list[Unit], at: int) -> bool:
    """Whether stars stand below a name, and below them, nearer than what is above the name, a text."""
    below = next((u for u in units[at + 1 : at + 6] if u.kind not in ("meta", "furniture")), None)
    starred = any(key == "rating" for key, _ in units[at + 1].values)
    return starred and below is not None and below.kind == "prose" and below.line.gap < units[at].line.gap


def _menus(units: list[Unit]) -> list[Unit]:
    """Several titles or weak names on end, and no text between them, are a menu."""
    at = 0
    while at < len(units):
        end = at
        while end < len(units) and _menu_entry(units[end]):
            end += 1
        if end - at >= MENU and sum(u.name is None or u.name.strength < 2 for u in units[at:end]) >= MENU - 1:
            for i in range(at, end):
                if not says(units[i].text, "testimonial_heading"):
                    units[i] = replace(units[i], kind="chrome", name=None)
        at = max(end, at + 1)
    return units


def _menu_entry(unit: Unit) -> bool:
    """Whether it could stand in a menu."""
    if unit.line.hint in ("author", "heading", "note") or len(unit.text) > SHORT / 2:
        return False
    weak = unit.name is None or (unit.name.strength < 3 and unit.name.side == "either")
    return (unit.kind == "heading" and unit.text[-1] not in "?:") or (unit.kind == "name" and weak)
