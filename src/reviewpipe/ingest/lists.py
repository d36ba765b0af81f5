"""Pasted lists of clients' words: one answer a line, told by what every line begins or ends with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import cues, says, voice
from reviewpipe.ingest.lines import LETTER, Line, meta

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDINAL = re.compile(r"^#?(\d{1,4})[.):]?\s+(?=\S)")
RATED = re.compile(r"^\(?([1-5](?:[.,]\d)?\s?/\s?5|[★⭐🌟]{1,5}[☆✩]{0,4})\)?[\s:–-]*(?=\S)")
DATED = re.compile(
    r"\s+[(\[]?(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?)[)\]]?$"
)
# "words - Ann", "words / Ann", "words…Ann", "words (Ann)"; "Ann: words", "Ann - words".
TAIL = re.compile(r"^(.+?)(?:(?<=[\s.!?…\"”'’)])(?:-{1,3}|[–—~/])|…|\.{3,}|,(?= [A-Z]))\s*([^–—~/…():\d\"“”]{1,40})$")
ASIDE = re.compile(r"^(.+?)\s*\(([^()]{1,40})\)$")
HEAD = re.compile(r"^([^:\"“”.!?]{1,30})(?::| [-–—]| (?:said|says|wrote|writes),?)\s+(?=\S)(.+)$")
SIGNED = re.compile(r"^(.+[.!?])\s+([A-Z]\w+)$")
LED = re.compile(r"^\s*(?:[-–—~/…]+|\.{3,})\s*(?=\S)")
QUOTED = re.compile(r"^[\"“„«‘'](.+)[\"”“»’']$")
MARKS = "\"“”„«»‘’'"
WORDLIKE = re.compile(r"\w")
# So many lines of one shape are no accident, and so large a part of the paste they must be.
LIST, MOST = 3, 0.6
TIGHT = 5
LONGEST_NAME = 6
# Whose words those in a list surely are not.
PRACTICE = -1.0


@dataclass(frozen=True)
class Entry:
    """A line of a list in its parts; `sure`: it has a number or a rating before it, as all the others."""

    text: str
    name: str = ""
    rating: str = ""
    date: str = ""
    sure: bool = False


def listed(lines: Sequence[Line]) -> list[Line]:
    """Lines that begin with a rating or number, or end or begin with a name, where most lines of the paste do."""
    work = next((i for i, line in enumerate(lines) if i and says(line.text, "minutes")), len(lines))
    open_ = [i for i, line in enumerate(lines[:work]) if not line.hint and LETTER.search(line.text)]
    numbered = _numbered([lines[i].text for i in open_])
    entries = {i: _entry(lines[i].text, numbered) for i in open_}
    found = {i: entry for i, entry in entries.items() if entry.sure or entry.name or QUOTED.match(lines[i].text)}
    if numbered:
        found = {i: entry for i, entry in found.items() if entry.sure}
    told = [i for i in open_ if i in found or (len(lines[i].text) > 2 * TIGHT and not _is_title(lines[i]))]
    distinct = sum(1 for entry in found.values() if entry.sure or entry.name)
    if distinct < LIST or len(found) < MOST * len(told) or _is_work(lines):
        return list(lines)
    result: list[Line] = []
    names: dict[int, Entry] = {}
    for i, entry in found.items():
        below = lines[i + 1] if i + 1 < len(lines) and not entry.name else None
        if below and below.gap <= 1 and LED.match(below.text) and _may_sign(LED.sub("", below.text), entry.text):
            names[i + 1] = entries[i]
    for i, line in enumerate(lines):
        if i in names:
            result.append(replace(line, text=LED.sub("", line.text), hint="author", cell=lines[i - 1].pieces[0] + 1))
            continue
        result += _as_card(line, found[i]) if i in found else [line if i < work else replace(line, hint="chrome")]
    return result


def _is_title(line: Line) -> bool:
    return says(line.text, "testimonial_heading") or attributions.looks_like_title(line.text) or bool(meta(line.text))


def _is_work(lines: Sequence[Line]) -> bool:
    """Whether these are notes of people who work together."""
    return any(says(line.text, "minutes") for line in lines[:TIGHT])


def _numbered(texts: Sequence[str]) -> bool:
    """Whether the lines are numbered in their order."""
    numbers = [int(m.group(1)) for text in texts if (m := ORDINAL.match(text))]
    return len(numbers) >= LIST and 2 * len(numbers) >= len(texts) and all(a < b for a, b in pairwise(numbers))


def _entry(text: str, numbered: bool) -> Entry:  # noqa: FBT001 - says what the list has, picks nothing
    """A line's parts."""
    bare = ORDINAL.sub("", text) if numbered else text
    sure = bare != text
    rating = RATED.match(bare)
    bare = bare[rating.end() :] if rating else bare
    date = DATED.search(bare)
    bare = bare[: date.start()] if date else bare
    said, name = _speaker(bare)
    return Entry(
        said.strip(),
        name,
        rating=rating.group(1) if rating else "",
        date=date.group(1) if date else "",
        sure=rating is not None or (sure and (date is not None or len(said) > 0)),
    )


def _speaker(text: str) -> tuple[str, str]:
    """What was said, and by whom; the name is empty if none stands there."""
    aside = ASIDE.match(text)
    if aside and _is_nameless(aside.group(2)):
        return _unquoted(aside.group(1)), aside.group(2)
    found = TAIL.match(aside.group(1) if aside else text)
    if found and _may_sign(found.group(2), found.group(1)):
        return _unquoted(found.group(1)), found.group(2).strip(" .")
    if aside and attributions.read(aside.group(2)):
        return _unquoted(aside.group(1)), aside.group(2)
    found = HEAD.match(text)
    if (
        found
        and (found.group(2)[0] in MARKS or text[found.end(1)] == ":")
        and _may_sign(found.group(1), found.group(2))
    ):
        said = _unquoted(found.group(2))
        signed = SIGNED.match(said)
        if signed and signed.group(2) in found.group(1):
            return signed.group(1), signed.group(2)
        return said, found.group(1).strip()
    return _unquoted(text), ""


def _may_sign(name: str, said: str) -> bool:
    """Whether it stands where the others have their names and may be one: no sentence, no everyday word, a capital."""
    words = name.split()
    if not words or len(words) > LONGEST_NAME or len(said) < 3:
        return False
    if _is_nameless(name):
        return True
    if name.strip().lower() in cues()["labels"]:
        return False
    found = attributions.read(name)
    first = words[0].strip("'’.,").lower()
    plain = words[0][0].isupper() and first not in cues()["names"]["ordinary"] and not says(name, "furniture")
    return (found is not None or plain) and voice(name) <= 0.5


def _is_nameless(name: str) -> bool:
    return cues()["names"]["nameless"].match(name.strip()) is not None or says(name, "unnamed")


def _unquoted(text: str) -> str:
    text = text.strip(" ,")
    quoted = QUOTED.match(text)
    return quoted.group(1) if quoted and not set(quoted.group(1)) & set('"“”„«»') else text


def _as_card(line: Line, entry: Entry) -> list[Line]:
    """The parts of an entry as lines with hints in a cell of their own."""
    cell = line.pieces[0] + 1
    empty = says(entry.text, "no_answer") or not WORDLIKE.search(entry.text)
    hint = "note" if empty else "words" if entry.sure or voice(entry.text) > PRACTICE else ""
    text = replace(line, text=entry.text or line.text, hint=hint, cell=cell)
    parts = [(entry.name, "author"), (entry.rating, "rating"), (entry.date, "date")]
    return [text, *(replace(line, text=value, gap=0, hint=what, cell=cell) for value, what in parts if value)]


def survey(lines: Sequence[Line]) -> list[Line]:
    """What stands below a question of a survey are answers, a line each."""
    asked = [says(line.text, "survey") and says(line.text, "asks") for line in lines]
    if not any(asked):
        return list(lines)
    first = asked.index(True)
    answers = [line for line, is_question in zip(lines[first:], asked[first:], strict=True) if not is_question]
    other = sum(voice(line.text) <= -1 or any(k == "date" for k, _ in meta(line.text)) for line in answers)
    if len(answers) < LIST or 4 * other > len(answers):
        return list(lines)
    result = list(lines[:first])
    for line, is_question in zip(lines[first:], asked[first:], strict=True):
        figures = re.match(r"^(?:\w+ ?){1,2}: ?\d", line.text)
        empty = figures or says(line.text, "no_answer") or not WORDLIKE.search(line.text)
        hint = "heading" if is_question else "note" if empty else "declared"
        result.append(replace(line, hint=hint, cell=line.pieces[0] + 1))
    return result


def tight(lines: Sequence[Line]) -> list[Line]:
    """A list of clients' words, a line each, without names, stars or blank lines."""
    body = lines[1:] if lines and says(lines[0].text, "testimonial_heading") else lines
    if len(body) < TIGHT or any(line.hint or line.cell or line.gap > 1 for line in body[1:]):
        return list(lines)
    plain = all(LETTER.search(x.text) and not meta(x.text) and not attributions.read(x.text) for x in body)
    spoken = [voice(line.text) for line in body]
    if not plain or min(spoken) <= -1 or sum(v >= 0.4 for v in spoken) < 0.6 * len(spoken):
        return list(lines)
    return [*lines[: len(lines) - len(body)], *(replace(x, cell=x.pieces[0] + 1, hint="said") for x in body)]
