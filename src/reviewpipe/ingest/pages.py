"""HTML pages: what the markup declares to be reviews, and testimonials in plain prose."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import InputError, UnreadableError
from reviewpipe.ingest import attributions, cards, markup, records, testimonials
from reviewpipe.ingest.cues import says
from reviewpipe.ingest.lines import Line
from reviewpipe.ingest.reading import Found
from reviewpipe.schema import Role

if TYPE_CHECKING:
    from lxml import etree

# A piece ends before the next one begins, so that a thousand that are never closed cost no more than one.
SERVER_CODE = re.compile(r"<\?(?!xml).*?(?:\?>|\Z)|<%(?:(?!<%).)*?%>|\{%(?:(?!\{%).)*?%\}", re.DOTALL)
# Windows-1252 written as numbers (&#146;): browsers read them so, libxml2 does not.
WINDOWS_REFERENCE = re.compile(r"&#(?:(1[2-5]\d)|x([89][0-9a-f]));", re.IGNORECASE)
INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
# That many hard spaces push a name to the right, as a new line would.
PUSHED = re.compile("(?<![ \t\n])(?:[ \t\n]*+\xa0){6,}[ \t\n]*")
INLINE_NAMES = ("b", "strong", "i", "em", "span", "a", "u", "font", "small")
# What stands in these beside a name is a place or a role.
BESIDE = ("small", "span", "em", "i")


@dataclass(frozen=True)
class Frame:
    """What is known of an element while its content is walked through."""

    element: Any
    skip: bool = False
    aside: bool = False
    scope: bool = False
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
    """A page on the way to lines: what was read of the current line, and the distance to the last one."""

    lines: list[tuple[Line, Frame]]
    places: list[tuple[int, str]]
    fragments: list[Fragment]
    gap: int = 2
    number: int = 1


def read_html(markup: str) -> Found:
    """The testimonials of an HTML page; a role for every line that a reader of the page sees.

    Declared reviews (JSON-LD, microdata, hReview, the markup of known plugins) and those in prose; a review that stands
    there twice is given once.  A page without any gives no rows.
    """
    root = _parse(markup)
    if root is None:
        return Found("html_page", [])
    declared = _json_ld(root)
    walk = _walked(root)
    lines = cards.assign(_declared_only(walk.lines), [frame.element for _, frame in walk.lines])
    findings, reasons = testimonials.find(lines)
    rows = [{**f.row, "row": walk.places[f.pieces[0][0]][0]} for f in findings]
    roles = {piece: role for f in findings for piece, role in reversed(f.pieces)}
    told = "read as part of a testimonial"
    explained = tuple(
        Role(
            f"line {number}",
            roles.get(i, "unused"),
            told if i in roles else reasons.get(i, "not a testimonial"),
            content,
        )
        for i, (number, content) in enumerate(walk.places)
    )
    return Found("html_page", testimonials.without_repeats([*declared, *rows]), explained)


def _declared_only(found: list[tuple[Line, Frame]]) -> list[Line]:
    """The lines, where an item that declares its text holds nothing else that could be text."""
    items = {frame.item for line, frame in found if line.hint == "declared"}
    spare = [frame.item in items and not frame.declared for _, frame in found]
    return [replace(line, hint="note") if out else line for (line, _), out in zip(found, spare, strict=True)]


def _parse(page: str) -> etree._Element | None:
    """The page's tree; None if it has no element at all."""
    from lxml import etree

    page = SERVER_CODE.sub(lambda m: "\n" * m.group().count("\n"), INVISIBLE.sub("", page.replace("\r\n", "\n")))
    page = WINDOWS_REFERENCE.sub(_windows_character, page)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser) if page.strip() else None
    except etree.XMLSyntaxError:
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableError("its elements are nested deeper than in any page.  Copy the words into a .txt file")
    return root


def _windows_character(match: re.Match[str]) -> str:
    """The character that &#128; to &#159; mean in browsers."""
    code = int(match.group(1)) if match.group(1) else int(match.group(2), 16)
    return bytes([code]).decode("cp1252", "replace") if 128 <= code <= 159 else match.group()


def _json_ld(root: etree._Element) -> list[dict[str, Any]]:
    """Rows of the reviews in the page's JSON-LD; a script that cannot be read is passed over."""
    rows: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        source = (script.text or "").strip().removeprefix("<![CDATA[").removesuffix("]]>")
        for attempt in (source, html.unescape(source)):
            try:
                document = records.parse(attempt)
                rows += records.find_reviews(document).rows if _has_review(document) else []
                break
            except InputError:
                continue
    return [{**row, "row": 1} for row in rows]


def _has_review(document: Any) -> bool:
    """Whether there is a schema.org Review in it.  Articles, events and places look much the same."""
    open_values = [document]
    while open_values:
        value = open_values.pop()
        if isinstance(value, dict):
            if "Review" in str(value.get("@type", "")) or value.get("review") or value.get("reviews"):
                return True
            open_values += value.values()
        elif isinstance(value, list):
            open_values += value
    return False


def _walked(root: etree._Element) -> Walk:
    """The lines of the page in reading order."""
    from lxml import etree

    walk = Walk([], [], [])
    stack = [Frame(None)]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            frame = _frame(stack[-1], element)
            stack.append(frame)
            walk.number = element.sourceline or walk.number
            if _breaks(frame):
                _flush(walk, 2)
            _open(walk, frame)
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


def _frame(parent: Frame, element: etree._Element) -> Frame:
    """What is known of an element, given its parent."""
    names = markup.tokens(element)
    skip = parent.skip or markup.is_skipped(element, names) or (element.tag == "head")
    if skip:
        return replace(parent, element=element, skip=element.tag != "title" or parent.element is None or parent.aside)
    scope = parent.scope or (element.tag not in ("html", "body") and markup.in_scope(names))
    aside = parent.aside or markup.is_frame(element, names)
    item, hint, declared, source = parent.item, parent.hint, parent.declared, parent.source
    if markup.is_item(element, names):
        item, hint, declared, source = id(element), "", False, None
    field = markup.field_of(names) if item and id(element) != item and not declared else ""
    if "prop:aggregateRating" in names or "hreview-aggregate" in names:
        field = "note"
    if field:
        hint, declared, source = ("note" if field == "aggregate" else field), True, element
    elif (
        not declared
        and (word := markup.word_hint(element, names, scope=scope or bool(item)))
        and (word, element.tag) != (hint, "cite")
    ):
        hint, source = word, element
    return Frame(element, skip, aside, scope or bool(item), item, hint, declared, source)


def _breaks(frame: Frame) -> bool:
    """Whether a new line begins and ends with this element."""
    within_name = frame.hint == "author" and frame.source is not frame.element and frame.element.tag == "cite"
    return not frame.skip and not within_name and (markup.is_block(frame.element) or frame.source is frame.element)


def _open(walk: Walk, frame: Frame) -> None:
    """What an element itself says: a line break, a rule, a value in an attribute."""
    element = frame.element
    if frame.skip:
        return
    if element.tag == "br":
        walk.gap = walk.gap if walk.fragments or not walk.lines else min(walk.gap + 1, 3)
        _flush(walk, 1)
    elif element.tag == "hr":
        _flush(walk, 4)
    value = _attribute(frame)
    if value:
        _flush(walk, walk.gap)
        walk.fragments.append(Fragment(value, frame))
        _flush(walk, 2)


def _attribute(frame: Frame) -> str:
    """A date, rating or name that stands in an attribute instead of the text."""
    element, get = frame.element, frame.element.get
    if element.tag == "meta" and frame.item and frame.hint in ("author", "date", "rating", "text"):
        return get("content") or ""
    if frame.item and frame.hint == "rating" and frame.source is element and get("content"):
        return get("content") or ""
    label = get("aria-label") or get("alt") or get("title") or ""
    return label if frame.scope and label and len(label) < 40 and says(label, "stars") else ""


def _add(walk: Walk, text: str | None, frame: Frame) -> None:
    """A stretch of text, cut where hard spaces push a name to the right."""
    if not text or frame.skip:
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
        for i, group in enumerate(_names_apart(walk.fragments)):
            text = " ".join(INVISIBLE.sub("", "".join(f.text for f in group)).split())
            if not text:
                continue
            frame = _frame_of(group)
            walk.places.append((walk.number, text))
            line = Line(
                text, (len(walk.places) - 1,), 1 if i else walk.gap, _hint(text, frame, group), frame.item, frame.scope
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
    if frame.hint and (frame.declared or len(text) <= 80 or frame.hint == "text"):
        return "declared" if frame.declared and frame.hint == "text" else frame.hint
    tags = {frame.element.tag, *(a.tag for _, a in zip(range(3), frame.element.iterancestors(), strict=False))}
    if tags & {"h1", "h2", "h3", "h4", "h5", "h6", "title", "caption"}:
        return "heading"
    linked = all(_in_link(f.frame.element) for f in group if f.text.strip())
    return "chrome" if linked and len(text) < 60 and not frame.scope and not attributions.read(text) else ""


def _in_link(element: etree._Element) -> bool:
    return element.tag == "a" or any(a.tag == "a" for _, a in zip(range(3), element.iterancestors(), strict=False))


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
    if len(seen) == 2 and last.frame.element.tag in BESIDE and len(last.text) <= 40 and attributions.read(first.text):
        return [fragments[: seen[-1]], fragments[seen[-1] :]]
    head = attributions.read(first.text) if first.frame.element.tag in INLINE_NAMES else None
    rest = "".join(f.text for f in fragments[seen[0] + 1 :]).strip()
    sure = head is not None and (head.strength >= 2 or rest[:1] == ":" or head.side == "after")
    if head and sure and len(rest) > 20 and (rest[0].isupper() or rest[0] in '"“:-–—' or head.side == "after"):
        return [
            fragments[: seen[0] + 1],
            [
                replace(f, text=f.text.lstrip(" :-–—\n\t")) if i == 0 else f
                for i, f in enumerate(fragments[seen[0] + 1 :])
            ],
        ]
    return [fragments]
