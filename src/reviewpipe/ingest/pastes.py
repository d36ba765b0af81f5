"""Pasted text and Markdown: lines with their distances, then testimonials."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewpipe.errors import NotReviewsError
from reviewpipe.ingest import attributions, testimonials
from reviewpipe.ingest.cues import cues, says
from reviewpipe.ingest.lines import Line, meta
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
RULE = re.compile(r"^\s*(?:[-*_=~]\s*){3,}$")
MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|>+\s?|[•▪◦‣·●○\uf0b7]\s*|\d{1,3}[.)]\s+(?=\S)|[*+-]\s+(?=.{60}))+")
EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S))(.+?)\1")
LABEL = re.compile(r"^\W{0,4}([A-Za-z][A-Za-z -]{1,24}?)\W{0,2}:\W{0,2}\s*(.*)$")
# Lines that were broken by a mail program or a text file, not by the writer.
NARROW, WRAPPED_AT_LEAST = 100, 45
SENTENCE_END = ".!?…:\"”'’)"
CODE = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from \w+ import|function|const|var|let|#include|public|return|if \(|for \()\b"
    r"|^\s*</?\w|=>|==|\w+\(.*\)"
)


def read_text(text: str) -> Found:
    """The testimonials of a pasted text; a role for every line that is not empty.

    NotReviewsError when the text is program code rather than words.
    """
    pieces = [(i, line) for i, line in enumerate(_clean(text).split("\n"), start=1) if line.strip()]
    _refuse_code([line for _, line in pieces])
    lines = _joined(_labelled(_lines(pieces)))
    findings, reasons = testimonials.find(lines)
    roles = {piece: role for f in findings for piece, role in reversed(f.pieces)}
    rows = testimonials.without_repeats([{**f.row, "row": pieces[f.pieces[0][0]][0]} for f in findings])
    return Found("pasted_page", rows, tuple(_roles(pieces, roles, reasons)))


def _clean(text: str) -> str:
    """The text with one kind of line end and without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return INVISIBLE.sub("", text.replace("\x85", "\n"))


def _refuse_code(lines: Sequence[str]) -> None:
    """NotReviewsError if more lines look like a program than like words."""
    if len(lines) >= 5 and sum(CODE.search(line[:200]) is not None for line in lines) > 0.5 * len(lines):
        raise NotReviewsError(
            "This text looks like program code, not like reviews.  Give a file with the clients' words, "
            "one paragraph each, with their names if you have them."
        )


def _lines(pieces: Sequence[tuple[int, str]]) -> list[Line]:
    """A Line for each piece, with Markdown's marks as hints and distances."""
    lines: list[Line] = []
    last, ruled = 0, False
    for index, (number, content) in enumerate(pieces):
        gap = min(5, number - last) + (2 if ruled else 0)
        last, ruled = number, bool(RULE.match(content))
        if ruled:
            continue
        mark = MARKDOWN.match(content)
        plain = content[mark.end() :] if mark else content
        plain = re.sub(r"\s+", " ", EMPHASIS.sub(r"\2", plain)).strip()
        if plain:
            heading = "heading" if mark and "#" in mark.group() else ""
            lines.append(Line(plain, (index,), gap, heading))
    return lines


def _labelled(lines: list[Line]) -> list[Line]:
    """Lines such as "Name: Dana" with their role as a hint, in a text that is written like that."""
    known = cues()["labels"]
    found = [(LABEL.match(line.text), line) for line in lines]
    labels = [known.get(m.group(1).strip().lower()) if m else None for m, _ in found]
    if labels.count("text") == 0 or labels.count("author") + labels.count("rating") == 0:
        return lines
    result, cell = [], 1
    seen: set[str] = set()
    for (match, line), label in zip(found, labels, strict=True):
        if label in ("author", "text", "rating", "date") and label in seen:
            cell, seen = cell + 1, set()
        if match and label:
            seen.add(label)
            hint = "note" if label == "unused" else label
            if match.group(2):
                result.append(Line(match.group(2), line.pieces, line.gap, hint, cell, marked=True))
        else:
            result.append(Line(line.text, line.pieces, line.gap, line.hint, cell, marked=bool(seen)))
    return result


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Lines that a mail program broke put together again; other texts stay as they are."""
    width = max((len(line.text) for line in lines if len(line.text) <= NARROW), default=0)
    pairs = [(a, b) for a, b in pairwise(lines) if _fits(a, b, width)]
    broken = sum(a.text[-1] not in SENTENCE_END and b.text[0].islower() for a, b in pairs)
    if broken < 2 or broken < 0.4 * len(pairs):
        return list(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _fits(groups[-1][-1], line, width) and not _stands_alone(line.text):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        replace(g[0], text=" ".join(x.text for x in g), pieces=tuple(p for x in g for p in x.pieces)) for g in groups
    ]


def _fits(line: Line, following: Line, width: int) -> bool:
    """Whether the line may have been broken because the next word did not fit any more."""
    if following.gap != 1 or following.hint or line.hint or not WRAPPED_AT_LEAST <= len(line.text) <= NARROW:
        return False
    return len(line.text) + 1 + len(following.text.split(" ", 1)[0]) > width - 8


def _stands_alone(text: str) -> bool:
    """Whether it is a name or says something about a review, and so is nobody's next words."""
    name = attributions.read(text)
    return (
        (name is not None and (name.side == "before" or name.strength >= 2)) or bool(meta(text)) or says(text, "reply")
    )


def _roles(pieces: Sequence[tuple[int, str]], roles: dict[int, str], reasons: dict[int, str]) -> Iterable[Role]:
    """What became of each line that is not empty."""
    told = {"text": "what a client wrote", "author": "the name beside it", "date": "when it was written"}
    told |= {"rating": "its stars", "reply": "the practice's answer", "unused": "says nothing that is kept"}
    for index, (number, content) in enumerate(pieces):
        role = roles.get(index, "unused")
        reason = told[role] if index in roles else reasons.get(index, "a ruled line or mark")
        yield Role(f"line {number}", role, reason, content.strip())
