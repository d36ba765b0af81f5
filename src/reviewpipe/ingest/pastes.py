"""Pasted text and Markdown: lines with their distances, then testimonials."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewpipe.errors import NotReviewsError
from reviewpipe.ingest import attributions, testimonials
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.letters import whole
from reviewpipe.ingest.lines import Line, meta
from reviewpipe.ingest.reading import Found
from reviewpipe.ingest.repeats import without_repeats
from reviewpipe.ingest.shapes import front_matter, shaped, with_front_matter
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INVISIBLE = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
RULE = re.compile(r"^\s*(?:[-*_=~]\s*){3,}$")
MARKDOWN = re.compile(
    r"^\s*(?:#{1,6}\s+|>+\s?|[•▪◦‣·●○\uf0b7](?:\s+|(?=.{30}))|\d{1,3}[.)]\s+(?=\S)|[*+-]\s+(?=.{60}))+"
)
BULLETS = re.compile(r"^\s*(?:#{1,6}\s+|>+\s?|[•▪◦‣·●○\uf0b7](?:\s+|(?=.{30}))|\d{1,3}[.)]\s+(?=\S)|[*+–-]\s+(?=\S))+")
# The marks of a list's items, unlike those of headings and quotes.
ITEM = re.compile(r"[^\s#>]")
NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[•*+–-])\s")
DASHED = re.compile(r"^\s*[*+–-]\s+(\S.*)$")
# What Markdown and site generators say beside words: pictures, shortcodes, footnotes; and the marks around words.
UNSAID = re.compile(r"^\s*(?:!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?|\{[%{#<].*[%}#>]\}|\[\^\w+\]:.*|<!--.*-->|:::.*)\s*$")
LINKED = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|cite|span|small|p|br|div|q|footer|blockquote|figcaption)\b[^<>]*>", re.IGNORECASE
)
EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S))(.+?)\1")
# Quote marks that open and close a text.
WRAPPED = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’", "»": "«"}
QUOTES = frozenset('"“”„«»')
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
    head = front_matter([content for _, content in pieces])
    lines = whole(_joined(shaped(_lines(pieces)) if not head else with_front_matter(head, _lines(pieces))))
    findings, reasons = testimonials.find(lines)
    roles = {piece: role for f in findings for piece, role in reversed(f.pieces)}
    rows = without_repeats(
        [{**f.row, "text": _unquoted(f.row["text"]), "row": pieces[f.pieces[0][0]][0]} for f in findings]
    )
    return Found("pasted_page", rows, tuple(_roles(pieces, roles, reasons)))


def _unquoted(text: str) -> str:
    """The text without quote marks around the whole of it."""
    inside = text[1:-1]
    return inside.strip() if WRAPPED.get(text[:1]) == text[-1:] and not QUOTES.intersection(inside) else text


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
    last, ruled, cell = 0, False, 0
    dashed = _dashes_are_bullets([content for _, content in pieces])
    for index, (number, content) in enumerate(pieces):
        gap = min(5, number - last) + (2 if ruled else 0)
        last, ruled = number, bool(RULE.match(content))
        if ruled or UNSAID.match(content):
            continue
        mark = None if gap == 1 and _counts_up(lines, content) else (BULLETS if dashed else MARKDOWN).match(content)
        plain = content[mark.end() :] if mark else content
        plain = " ".join(_unmarked(plain).split())
        if not plain:
            mark, plain = None, content.strip()  # a dot alone is a platform's
        if plain:
            heading = "heading" if mark and "#" in mark.group() else ""
            cell = index + 1 if mark and ITEM.search(mark.group()) else cell if _goes_on(plain, gap, bool(mark)) else 0
            lines.append(Line(plain, (index,), gap, heading, cell))
    return lines


def _unmarked(text: str) -> str:
    """The words of a line without Markdown's and HTML's marks in it."""
    if "](" in text:
        text = LINKED.sub(r"\1", text)
    if "<" in text:
        text = TAG.sub(" ", text)
    return EMPHASIS.sub(r"\2", text) if "*" in text or "_" in text else text


def _counts_up(lines: Sequence[Line], content: str) -> bool:
    """Whether this item belongs to the sentence above its list ("Three things to know:"), and so to its text."""
    if not lines or not NUMBERED.match(content):
        return False
    above = lines[-1].text
    return bool(NUMBERED.match(above)) or (above.endswith(":") and not says(above, "testimonial_heading"))


def _dashes_are_bullets(contents: Sequence[str]) -> bool:
    """Whether lines that begin with a dash or star are the items of a list and not names below texts."""
    rest = [m.group(1) for c in contents if (m := DASHED.match(c))]
    texts = sum(attributions.read(one) is None for one in rest)
    return len(rest) >= 2 and texts >= 0.6 * len(rest)


def _goes_on(text: str, gap: int, marked: bool) -> bool:  # noqa: FBT001 - says what the line has, picks nothing
    """Whether this line still belongs to the item of a list above it."""
    if marked:
        return False
    name = attributions.read(text) if gap == 2 else None
    return gap == 1 or (name is not None and name.side == "before")


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
    if following.gap != 1 or {line.hint, following.hint} not in ({""}, {"letter"}):
        return False
    if not WRAPPED_AT_LEAST <= len(line.text) <= NARROW:
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
    told |= {
        "rating": "its stars",
        "recommended": "whether it recommends",
        "reply": "the practice's answer",
        "unused": "says nothing that is kept",
    }
    for index, (number, content) in enumerate(pieces):
        role = roles.get(index, "unused")
        reason = told[role] if index in roles else reasons.get(index, "a ruled line or mark")
        yield Role(f"line {number}", role, reason, content.strip())
