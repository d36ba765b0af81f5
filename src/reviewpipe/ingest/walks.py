"""A page from top to bottom as the lines that a reader sees, each with what the markup says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest import attributions, markup, ratings, stars
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.lines import Line
from reviewpipe.ingest.trees import INVISIBLE

if TYPE_CHECKING:
    from lxml import etree

# That many hard spaces push a name to the right, as a new line would.
PUSHED = re.compile("(?<![ \t\n])(?:[ \t\n]*+\xa0){6,}[ \t\n]*")
# Each is looked at for names, dates and voices; the longest page of a practice has some thousands.
MOST_LINES = 10_000
QUOTED = re.compile(r"[\"“].+[\"”]")
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "caption"}
INLINE_NAMES = ("b", "strong", "i", "em", "span", "a", "u", "font", "small")
# The pieces of a button that are read.
FEW = 5
# Two letters, so that words of which each letter is animated stay whole.
WORD_END, WORD_START = re.compile(r"\w[\w.]$"), re.compile(r"\w\w")
# What stands in these beside a name is a place or a role.
BESIDE = ("small", "span", "em", "i")


@dataclass(frozen=True)
class Frame:
    """What is known of an element while its content is walked through; `skip` is why it is not read.

    `scope`: somebody is quoted here; `marked`: a client.
    """

    element: Any
    skip: str = ""
    aside: bool = False
    scope: bool = False
    marked: bool = False
    item: int = 0
    hint: str = ""
    declared: bool = False
    source: Any = None


@dataclass(frozen=True)
class Fragment:
    """A stretch of text with the element that it stands in."""

    text: str
    frame: Frame


@dataclass
class Walk:
    """A page on the way to lines: what was read of the current line, and the distance to the last one.

    `places` are all pieces of the page that a reader sees, as line of the file and words; `left` says of some of them
    why they are no line.  `elements` keeps all of them, else lxml gives the id of one to the next.
    """

    elements: list[Any]
    lines: list[tuple[Line, Frame]] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    gap: int = 2
    number: int = 1


def walked(root: etree._Element) -> Walk:
    """The lines of the page in reading order."""
    from lxml import etree

    walk = Walk(list(root.iter()))
    stack = [Frame(None)]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            names = markup.tokens(element)
            frame = _frame(stack[-1], element, names)
            if element.tag == "button" and not stack[-1].skip and _is_named(walk, element):
                frame = replace(frame, skip="")
            walk.number = element.sourceline or walk.number
            if _breaks(frame):
                _flush(walk, 2)
            _open(walk, frame, names, hidden=bool(stack[-1].skip))
            stack.append(frame)
            _add(walk, element.text, frame)
        else:
            frame = stack.pop()
            if _breaks(frame):
                empty = not walk.fragments and not len(element) and element.tag in ("p", "div")
                _flush(walk, 2)
                walk.gap = min(5, walk.gap + empty) if walk.lines else 2
            _add(walk, element.tail, stack[-1])
    _flush(walk, 2)
    return walk


def _is_named(walk: Walk, button: etree._Element) -> bool:
    """Whether a button shows a person's name: behind the initial that stands for the picture, or surely one."""
    text = " ".join("".join(islice(button.itertext(), FEW)).split())
    name = attributions.read(text) if text else None
    if name is None or says(text, "furniture"):
        return False
    initial = walk.lines[-1][0].text if walk.lines else ""
    return name.strength > 2 or (len(initial) == 1 and text.startswith(initial))


def _frame(parent: Frame, element: etree._Element, names: list[str]) -> Frame:
    """What is known of an element, given its parent."""
    titled = element.tag == "title" and parent.element is not None and parent.element.tag == "head"
    if skip := "" if titled else parent.skip or markup.left_out(element, names):
        return replace(parent, element=element, skip=skip)
    inner = element.tag not in ("html", "body")
    scope = parent.scope or (inner and markup.in_scope(names))
    marked = parent.marked or (inner and markup.is_marked(names))
    aside = parent.aside or (markup.is_frame(element, names) and not markup.is_one_of_many(element))
    item, hint, declared, source = parent.item, parent.hint, parent.declared, parent.source
    if markup.is_item(element, names):
        item, hint, declared, source = id(element), "", False, None
    stated = _stated(replace(parent, element=element, item=item, hint=hint, declared=declared), names)
    if stated:
        hint, declared, source = stated, True, element
    elif not declared:
        word = markup.word_hint(element, names, scope=scope or bool(item))
        if word and (word, element.tag) != (hint, "cite"):
            hint, source = word, element
    known = Frame(element, aside=aside, scope=scope or item > 0, marked=marked or item > 0, item=item)
    return replace(known, hint=hint, declared=declared, source=source)


def _stated(frame: Frame, names: list[str]) -> str:
    """The field that an element declares to hold, or nothing; inside of a declared field only what parts it."""
    if "prop:aggregateRating" in names or "hreview-aggregate" in names:
        return "note"
    if not frame.item or id(frame.element) == frame.item:
        return ""
    stated = markup.field_of(names).replace("aggregate", "note")
    if stated == "rating" and markup.is_of_one_aspect(frame.element):
        return "note"
    if frame.declared and frame.hint == "rating":
        return stated if stated in ("rating", "note") else ""
    if frame.declared and frame.hint == "reply":
        return "note" if stated in ("author", "date", "note") else ""
    return "" if frame.declared else stated


def _breaks(frame: Frame) -> bool:
    """Whether a new line begins and ends with this element."""
    if frame.element.tag == "q" and frame.source is not frame.element and markup.within_sentence(frame.element):
        return False
    within_name = frame.hint == "author" and frame.source is not frame.element and frame.element.tag == "cite"
    return not frame.skip and not within_name and (markup.is_block(frame.element) or frame.source is frame.element)


def _open(walk: Walk, frame: Frame, names: list[str], *, hidden: bool) -> None:
    """What an element itself says: a line break, a rule, a value in an attribute."""
    element = frame.element
    if hidden:
        return
    if not frame.skip and element.tag == "br":
        walk.gap = walk.gap if walk.fragments or not walk.lines else min(walk.gap + 1, 3)
        _flush(walk, 1)
    elif not frame.skip and element.tag == "hr":
        _flush(walk, 4)
    hint, value = _told(frame, names)
    if value and (frame.item or not frame.aside):
        _flush(walk, walk.gap)
        walk.places.append((walk.number, value))
        hint = "declared" if frame.declared and hint == "text" else hint
        walk.lines.append((Line(value, (len(walk.places) - 1,), walk.gap, hint, frame.item, frame.marked), frame))
        walk.gap = 2


def _told(frame: Frame, names: list[str]) -> tuple[str, str]:
    """A date, rating, name or text that stands in an attribute or is drawn, with its hint."""
    element, hint = frame.element, frame.hint
    if not frame.skip:
        own = frame.source is element or (frame.item > 0 and "prop:name" in names)
        if own and hint in ("date", "rating") and (value := markup.value(element)):
            return hint, value
        empty = not len(element) and not (element.text or "").strip()
        if own and empty and frame.item and hint in ("author", "text"):
            return hint, element.get("content") or ""
    return "rating", stars.drawn(element, names, scope=frame.scope)


def _add(walk: Walk, text: str | None, frame: Frame) -> None:
    """A stretch of text, cut where hard spaces push a name to the right."""
    if not text or frame.skip:
        if text and frame.skip != markup.HIDDEN and text.strip():
            walk.left[len(walk.places)] = frame.skip
            walk.places.append((walk.number, " ".join(text.split())))
        return
    parts = PUSHED.split(text)
    for i, part in enumerate(parts):
        if i and walk.fragments:
            _flush(walk, 1)
        if part.strip() or (walk.fragments and part):
            walk.fragments.append(Fragment(part, frame))


def _flush(walk: Walk, gap: int) -> None:
    """The line that was read so far, if any; `gap` is the distance from it to the next."""
    if any(f.text.strip() for f in walk.fragments):
        groups = [group for part in _neighbours(walk.fragments) for group in _names_apart(part)]
        for i, group in enumerate(groups):
            text = " ".join(INVISIBLE.sub("", "".join(f.text for f in group)).split())
            if not text:
                continue
            frame = _frame_of(group)
            walk.places.append((walk.number, text))
            if len(walk.lines) >= MOST_LINES:
                raise UnreadableError(f"it has more than {MOST_LINES:,} lines.  Split it into several pages")
            line = Line(
                text,
                (len(walk.places) - 1,),
                1 if i else walk.gap,
                _hint(text, frame, group),
                frame.item,
                frame.marked,
                markup.form(frame.element),
            )
            walk.lines.append((line, frame))
        walk.gap = gap
    else:
        walk.gap = max(walk.gap, gap)
    walk.fragments = []


def _frame_of(group: list[Fragment]) -> Frame:
    """The frame of a line: that of its first visible words."""
    return next(f.frame for f in group if f.text.strip())


def _hint(text: str, frame: Frame, group: list[Fragment]) -> str:
    """What the markup says a line is."""
    if frame.aside and not frame.item:
        return "chrome"
    if frame.hint == "text" and not frame.declared and (name := attributions.read(text)) and name.strength >= 2:
        return ""
    if frame.hint == "rating" and ratings.parse(text) is None:
        return "note"
    if frame.hint and (frame.declared or len(text) <= 80 or frame.hint == "text"):
        return "declared" if frame.declared and frame.hint == "text" else frame.hint
    tags = {frame.element.tag, *(a.tag for a in islice(frame.element.iterancestors(), 3))}
    if "title" in tags:  # of the window: it may announce testimonials, but nobody signs there
        announces = says(text, "testimonial_heading") or says(text, "people_heading")
        return "heading" if announces else "chrome"
    links = [_link(f.frame.element) for f in group if f.text.strip()]
    if tags & HEADINGS or ("summary" in tags and text.endswith("?")):
        return "linked" if all(link[:1] not in ("", "#") for link in links) and not frame.scope else "heading"
    return "chrome" if all(links) and len(text) < 60 and not frame.scope and not attributions.read(text) else ""


def _link(element: etree._Element) -> str:
    """Where a click on it leads; "#" if it is a mark that others lead to, nothing if it is no link."""
    around = (element, *islice(element.iterancestors(), 3))
    return next((e.get("href") or "#" for e in around if e.tag == "a"), "")


def _neighbours(fragments: list[Fragment]) -> list[list[Fragment]]:
    """A line's fragments, parted where two elements stand side by side with no white space: style keeps them apart."""
    groups: list[list[Fragment]] = []
    for fragment in fragments:
        last = groups[-1][-1] if groups else None
        if last is None or not _is_apart(last, fragment):
            groups.append([]) if last is None else None
            groups[-1].append(fragment)
        else:
            groups.append([fragment])
    return groups


def _is_apart(one: Fragment, other: Fragment) -> bool:
    """Whether these are words of two elements, of which neither is around the other, without a space between."""
    if one.frame.element is other.frame.element or not (WORD_END.search(one.text) and WORD_START.match(other.text)):
        return False
    return one.frame.element.getparent() is other.frame.element.getparent()


def _names_apart(fragments: list[Fragment]) -> list[list[Fragment]]:
    """A line in two where its first or last words are a name in bold or the like."""
    seen = [i for i, f in enumerate(fragments) if f.text.strip()]
    if len(seen) < 2:
        return [fragments]
    first, last = fragments[seen[0]], fragments[seen[-1]]
    before = "".join(f.text for f in fragments[: seen[-1]]).strip()
    tail = attributions.read(last.text) if last.frame.element.tag in INLINE_NAMES else None
    if tail and attributions.END_OF_TEXT.search(before) and len(before) > 20:
        return [fragments[: seen[-1]], fragments[seen[-1] :]]
    if says(first.text, "reply") and first.frame.element.tag in INLINE_NAMES:
        return [fragments[: seen[0] + 1], fragments[seen[0] + 1 :]]
    rest = "".join(f.text for f in fragments[seen[0] + 1 :]).strip()
    quoted = QUOTED.fullmatch(rest.lstrip(" :-–—")) is not None
    beside = len(seen) == 2 and last.frame.element.tag in BESIDE and len(last.text) <= 40 and not quoted
    if beside and attributions.read(first.text):
        return [fragments[: seen[-1]], fragments[seen[-1] :]]
    head = attributions.read(first.text) if first.frame.element.tag in INLINE_NAMES else None
    sure = head is not None and (head.strength >= 2 or rest[:1] == ":" or head.side == "after" or quoted)
    if (
        head
        and sure
        and (len(rest) > 20 or quoted)
        and (rest[0].isupper() or rest[0] in '"“:-–—' or head.side == "after")
    ):
        return [
            fragments[: seen[0] + 1],
            [
                replace(f, text=f.text.lstrip(" :-–—\n\t")) if i == 0 else f
                for i, f in enumerate(fragments[seen[0] + 1 :])
            ],
        ]
    return [fragments]
