"""HTML pages: what the markup declares to be reviews, and testimonials in plain prose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.ingest import cards, entries, linked, repeats, testimonials, trees, walks
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.lines import CUT
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewpipe.ingest.lines import Line
    from reviewpipe.ingest.walks import Frame, Walk

TOLD = {
    "text": "what a client wrote",
    "author": "the name beside it",
    "date": "when it was written",
    "rating": "its stars",
    "reply": "the practice's answer",
    "unused": "stands with a testimonial, and says nothing that is kept",
}

# Letters of the shortest beginning of a text that is no chance.
SHORTEST_TEASER = 20
# So many lines may stand between a teaser and its text: a button, a rule.
NEAR = 3
# These say what they are, declared or not.
KEPT = ("rating", "reply")
MOST_INITIALS = 3


def read_html(markup: str) -> Found:
    """The testimonials of an HTML page; a role for every line that a reader of the page sees.

    Declared reviews (JSON-LD, microdata, hReview, the markup of known plugins) and those in prose; a review that stands
    there twice is given once.  A page without any gives no rows.  UnreadableError for what cannot be a page.
    """
    root = trees.parse(markup)
    if root is None:
        return Found("html_page", [])
    declared, walk = linked.reviews(root), walks.walked(root)
    walk.left.update(_teasers(walk) | _badges(walk))
    read = [(line, frame) for line, frame in walk.lines if walk.left.keys().isdisjoint(line.pieces)]
    elements = [frame.element for _, frame in read]
    lines = _answered(cards.assign(entries.labelled(_declared_only(read), elements), elements))
    findings, reasons = testimonials.find(lines)
    shown = repeats.without_repeats([{**f.row, "row": walk.places[f.pieces[0][0]][0]} for f in findings])
    rows = repeats.without_repeats(linked.united(list(declared.rows), shown))
    roles = {piece: role for f in findings for piece, role in reversed(f.pieces)}
    return Found("html_page", rows, tuple(_explained(walk, roles, reasons | walk.left)), declared.rejects)


def _teasers(walk: Walk) -> dict[int, str]:
    """Lines that are the beginning of one beside them, which stands there in full."""
    folded = [repeats.fold(line.text) for line, _ in walk.lines]
    found = {}
    for i, (line, _) in enumerate(walk.lines):
        if len(folded[i]) < SHORTEST_TEASER:
            continue
        above = folded[max(0, i - NEAR) : i] if CUT.search(line.text[-80:]) else []
        if any(len(t) > len(folded[i]) and t.startswith(folded[i]) for t in (*folded[i + 1 : i + 1 + NEAR], *above)):
            found.update(dict.fromkeys(line.pieces, "the beginning of a text that stands there in full"))
    return found


def _badges(walk: Walk) -> dict[int, str]:
    """Initials that stand for the picture of the person whose name is beside them."""
    texts = [line.text for line, _ in walk.lines]
    found = {}
    for i, text in enumerate(texts):
        if text.isalpha() and text.isupper() and len(text) <= MOST_INITIALS:
            beside = (*texts[i + 1 : i + 3], *texts[max(0, i - 1) : i])
            if any(_initials(name).startswith(text) and len(name) > len(text) for name in beside):
                found.update(dict.fromkeys(walk.lines[i][0].pieces, "the initials of the name beside them"))
    return found


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words if word[0].isupper()) if len(words) <= MOST_INITIALS + 1 else ""


def _declared_only(found: list[tuple[Line, Frame]]) -> list[Line]:
    """The lines, where an item that declares its text holds nothing else that could be text."""
    items = {frame.item for line, frame in found if line.hint == "declared"}
    answered: set[int] = set()
    lines = []
    for line, frame in found:
        if frame.item not in items or frame.declared or line.hint in KEPT:
            lines.append(line)
            continue
        if says(line.text, "reply"):
            answered.add(frame.item)
        lines.append(replace(line, hint="reply" if frame.item in answered else "note"))
    return lines


def _answered(lines: list[Line]) -> list[Line]:
    """The lines of cards, where what follows a client's words and thanks for them is the practice's answer."""
    spoken: set[int] = set()
    answered: set[int] = set()
    result = []
    for line in lines:
        words = line.cell and line.hint in ("", "text", "declared")
        if line.cell in spoken and (says(line.text, "reply") or (words and says(line.text, "thanks_back"))):
            answered.add(line.cell)
        if words and len(line.text) >= SHORTEST_TEASER:
            spoken.add(line.cell)
        told = line.cell in answered and (words or says(line.text, "reply"))
        result.append(replace(line, hint="reply") if told else line)
    return result


def _explained(walk: Walk, roles: Mapping[int, str], reasons: Mapping[int, str]) -> Iterable[Role]:
    """What became of each line that a reader sees."""
    for piece, (number, content) in enumerate(walk.places):
        role = roles.get(piece, "unused")
        reason = TOLD[role] if piece in roles else reasons.get(piece, "not a testimonial")
        yield Role(f"line {number}", role, reason, content)
