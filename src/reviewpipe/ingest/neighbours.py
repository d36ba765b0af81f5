"""Lines understood by what stands beside them: signatures, names above a date, menus, groups that sign as others do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.attributions import Attribution
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.lines import CLOSING, SHORT, SPOKEN, as_name, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Line, Unit

# This many titles and weak names on end, with no text between, are a menu or a list of treatments.
MENU = 3
# What no name ends in, unlike "Inc." and "Ltd.".
ENDS = (*CLOSING, "!", "?", ":", "…")


def understand(lines: Sequence[Line]) -> list[list[Unit]]:
    """The meaning of each line, with names at the head or end of a text split off as lines of their own.

    There may be two views: names with a date below or beside them have their text below that, or anywhere.
    """
    known = _signatures([unit for line in lines for unit in units(line)])
    known = _plain_names(_placed_names(_aspects(known)))
    headed, free = (_menus(_headers(known, side)) for side in ("after", "either"))
    return [headed] if headed == free else [headed, free]


def _signatures(units: list[Unit]) -> list[Unit]:
    """The line behind "Sincerely," is a name whose text came before."""
    for i in range(1, len(units)):
        if units[i - 1].values[:1] and units[i - 1].values[0][0] == "sign_off" and len(units[i].text) <= SHORT:
            name = units[i].name or Attribution(units[i].text.strip(" -–—,"), 3)
            units[i] = replace(units[i], kind="name", name=replace(name, strength=3, side="before"))
    return units


def _aspects(units: list[Unit]) -> list[Unit]:
    """Labels such as "Wait time" with the answer below them are no words of the client."""
    for i, unit in enumerate(units[:-1]):
        if (
            not unit.line.hint
            and len(unit.text) <= SHORT / 2
            and says(unit.text, "aspect")
            and len(units[i + 1].text) <= SHORT / 2
        ):
            units[i] = replace(unit, kind="furniture", name=None)
            units[i + 1] = replace(units[i + 1], kind="furniture", name=None)
    return units


def _placed_names(units: list[Unit]) -> list[Unit]:
    """Groups, firms and the like below a text, where the other texts of the page have their names."""
    places: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for i in range(1, len(units)):
        above, line = units[i - 1], units[i].line
        if (
            line.form
            and line.cell == above.line.cell
            and above.kind == "prose"
            and len(units[i].text) <= min(SHORT, len(above.text))
        ):
            places[line.form, above.line.form, line.gap].append(i)
    for at in places.values():
        named = sum(units[i].kind == "name" for i in at)
        for i in at if named >= 2 and 2 * named >= len(at) else []:
            if units[i].kind in ("heading", "prose") and not units[i].line.hint and _is_titled(units[i].text):
                units[i] = as_name(units[i].line, Attribution(attributions.bare(units[i].text), 2))
    return units


def _is_titled(text: str) -> bool:
    """Whether it could be what a group or firm is called, with a place or role behind it."""
    if text[-1] in ENDS or says(text, "testimonial_heading"):
        return False
    return attributions.looks_like_title(text.split(",", maxsplit=1)[0])


def _plain_names(units: list[Unit]) -> list[Unit]:
    """Names without capitals, where the other texts of the page have their names in the same place."""
    places = [i for i in range(1, len(units)) if _closes_block(units, i)]
    named = sum(units[i].kind == "name" for i in places)
    for i in places:
        unit = units[i]
        plain = unit.kind in ("prose", "heading") and not unit.line.hint and attributions.may_be_plain(unit.text)
        if plain and named >= 2 and 2 * named >= len(places):
            units[i] = as_name(unit.line, Attribution(unit.text.strip(" .,"), 2))
    return units


def _closes_block(units: Sequence[Unit], at: int) -> bool:
    """Whether it is a short line right below a text, with white space below it."""
    last = at + 1 == len(units) or units[at + 1].line.gap >= 2
    above = units[at - 1]
    return last and units[at].line.gap <= 1 and above.kind == "prose" and len(units[at].text) <= SHORT / 2


def _headers(units: Sequence[Unit], dated: str) -> list[Unit]:
    """Names above "18 reviews", "2 months ago" and the like, whatever they look like.

    The text of somebody with so and so many reviews follows; `dated` is the side of those with a date.
    """
    units = list(units)
    for i, unit in enumerate(units):
        if unit.name and unit.name.date and unit.name.side == "either":
            units[i] = replace(unit, name=replace(unit.name, side=dated))
        if not _may_head(unit) or i + 1 == len(units):
            continue
        at = next((j for j in range(i + 1, min(i + 4, len(units))) if not _is_beside(units[j])), i + 1)
        told = i > 0 and units[i - 1].kind in ("name", "meta")
        if told and says(unit.text, "place_only") and units[at].kind == "meta":
            units[i] = replace(unit, kind="note", name=None)
        elif units[at].kind == "meta" and (side := _side_above(units, i, at, dated)):
            name = unit.name or Attribution(unit.text, 3)
            units[i] = replace(unit, kind="name", name=replace(name, strength=3, side=side))
    return units


def _is_beside(unit: Unit) -> bool:
    """Whether it may stand between a name and what is said of the reviewer: a town, a country, a mark."""
    return unit.kind == "furniture" or (unit.kind in ("name", "heading", "prose") and says(unit.text, "place_only"))


def _may_head(unit: Unit) -> bool:
    """Whether it is short enough for a name, and has no side of its own."""
    if (
        unit.line.hint in SPOKEN
        or len(unit.text) > SHORT
        or unit.text.endswith("!")
        or (unit.name and unit.name.side != "either")
    ):
        return False
    if unit.kind == "heading" and says(unit.text, "testimonial_heading"):
        return False
    few = unit.kind == "prose" and unit.text.count(" ") < 6 and not unit.closes
    return unit.kind in ("name", "heading") or few


def _side_above(units: Sequence[Unit], at: int, below: int, dated: str) -> str:
    """On which side of the name at `at` its text is, given what stands below it; empty if that tells nothing."""
    kinds = {what for _, value in units[below].values for what in ("count", "ago", "date") if says(value, what)}
    if "count" in kinds:
        return "after"
    if "ago" in kinds or ("date" in kinds and units[at].text[-1] not in ".!?"):
        return dated
    return "after" if units[at].kind == "name" and _has_stars_below(units, at) else ""


def _has_stars_below(units: Sequence[Unit], at: int) -> bool:
    """Whether stars stand below a name, and below them, nearer than what is above the name, a text."""
    below = next((u for u in units[at + 1 : at + 6] if u.kind not in ("meta", "furniture")), None)
    starred = any(key == "rating" for key, _ in units[at + 1].values)
    return starred and below is not None and below.kind == "prose" and below.line.gap < units[at].line.gap


def _menus(units: list[Unit]) -> list[Unit]:
    """Several titles or weak names on end, and no text between them, are a menu; not in a card that holds a text."""
    spoken = {u.line.cell for u in units if u.line.cell and u.kind == "prose" and len(u.text) > SHORT}
    at = 0
    while at < len(units):
        end = at
        while end < len(units) and _menu_entry(units[end]) and units[end].line.cell not in spoken:
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
