"""What the tags, classes and properties of an HTML element say about the words in it."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

# Of what a reader does not see nothing is told.
HIDDEN = "hidden"
HINTS = ("text", "author", "date", "rating", "reply", "note")
# "testimonial-name", "testimonialName" and "review__author" as words.
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
NAMESPACE = re.compile(r"^.*[:/#]")
# No element has more classes that say anything.
MOST = 40
# A block of a text stands as near as that to its words, and tells by so many blocks what it is.
DEEP, OUTER = 10, 4
TURNS = frozenset(("left", "right", "odd", "even", "first", "last", "alt", "active", "next", "prev"))
# The paragraphs that are looked at to see whether a footer is one.
PARAGRAPHS = 50
# A card is not further around its foot than that; so many of a kind are no frame of a page.
CARD, FEWEST = 2, 3
# No line of a menu or footer is longer.
LONG = 150
# Classes of style frameworks: they say how a thing looks, not what it is.
STYLE = re.compile(
    r"^(?:text|font|bg|col|row|d|p|m|mt|mb|my|mx|pt|pb|px|py|justify|align|flex|grid|has|is|w|h|btn|icon|fa|wp-image|content|body|block|time|star)-|-(?:wrap|wrapper|inner|container|section|block|row|col|column|list|grid|slider|carousel|area|box|icon|img|image|photo|avatar|arrow|btn|button|link|form)$|^(?:content|body|text|page|post|title|author|entry-\w+|post-\w+)$"
)


@cache
def markup() -> dict[str, Any]:
    """markup.toml with its lists as sets."""
    given = tomllib.loads(Path(__file__).with_name("markup.toml").read_text(encoding="utf-8"))
    return {
        "item": frozenset(given["item"]),
        **{t: {k: frozenset(v) for k, v in given[t].items()} for t in ("fields", "words", "frame", "stars")},
    }


def tokens(element: etree._Element) -> list[str]:
    """Classes of an element and its properties (as prop:…), in microdata or RDFa."""
    if not element.attrib:
        return []
    given = (element.get("itemprop") or element.get("property") or "").split()
    classes = [*(element.get("class") or "").split(), element.get("id") or ""]
    return [f"prop:{NAMESPACE.sub('', p)}" for p in given][:MOST] + [c for c in classes if c][:MOST]


def is_item(element: etree._Element, names: list[str]) -> bool:
    """Whether this element is one whole review."""
    kind = element.get("itemtype") or element.get("typeof") or ""
    return NAMESPACE.sub("", kind.rstrip("/")) == "Review" or any(
        t in markup()["item"] and (t[:5] != "prop:" or kind or element.get("itemscope") is not None) for t in names
    )


def form(element: etree._Element) -> str:
    """The tags and classes of the block that an element stands in, and of those around that."""
    around = (e for e in (element, *islice(element.iterancestors(), DEEP)) if is_block(e))
    return "/".join(f"{e.tag}.{_kind(e.get('class') or '')}" for e in islice(around, OUTER))


def _kind(classes: str) -> str:
    """The first class without what tells one of a row from the next."""
    return "-".join(w for w in words(classes.split(maxsplit=1)[0]) if w not in TURNS) if classes.strip() else ""


def field_of(names: list[str]) -> str:
    """The field of a review that an element inside an item holds, or nothing."""
    return next((hint for hint in (*HINTS, "aggregate") if any(t in markup()["fields"][hint] for t in names)), "")


def in_scope(names: list[str]) -> bool:
    """Whether a class says that testimonials stand here."""
    return any(not t.startswith("prop:") and not markup()["words"]["scope"].isdisjoint(words(t)) for t in names)


def is_marked(names: list[str]) -> bool:
    """Whether a class says that these are testimonials, and not merely somebody's words."""
    known = markup()["words"]
    return any(not t.startswith("prop:") and not (known["scope"] - known["said"]).isdisjoint(words(t)) for t in names)


def word_hint(element: etree._Element, names: list[str], *, scope: bool) -> str:
    """What its tag says that an element holds, or, where testimonials are (`scope`), a telling word of a class."""
    if element.tag in ("cite", "figcaption") or (element.tag == "footer" and _inside_quote(element)):
        return "author"
    remarked = any(not markup()["words"]["remark"].isdisjoint(words(t)) for t in names)
    if remarked and element.tag in ("span", "em", "i", "small") and within_sentence(element):
        return "note"
    if not scope:
        return ""
    if element.tag in ("time", "blockquote"):
        beside = element.tag == "blockquote" and element.getparent().tag != "figure"
        return "" if beside else "date" if element.tag == "time" else "text"
    for token in names:
        if STYLE.search(token) or token.startswith("prop:"):
            continue
        for word in reversed(words(token)):
            if word in markup()["words"]["scope"]:
                break
            hint = next((h for h in HINTS if word in markup()["words"].get(h, ())), "")
            if hint and not (hint == "text" and _holds_more(element)):
                return hint
    return ""


def within_sentence(element: etree._Element) -> bool:
    """Whether other words stand beside it."""
    before = element.getprevious()
    told = (before.tail if before is not None else element.getparent().text) or ""
    return bool(told.strip() or (element.tail or "").strip())


def _holds_more(element: etree._Element) -> bool:
    """Whether names, dates or stars stand in it as well, so that it is a whole card and no text."""
    known = markup()["words"]
    others = known["author"] | known["date"] | known["rating"]
    within = islice(
        element.iterdescendants("div", "span", "p", "strong", "b", "time", "cite", "h3", "h4", "h5"), PARAGRAPHS
    )
    return any(e.tag in ("time", "cite") or any(w in others for t in tokens(e) for w in words(t)[-1:]) for e in within)


def left_out(element: etree._Element, names: list[str]) -> str:
    """Why an element is not read, HIDDEN where no reader sees it; nothing where it is read."""
    frame = markup()["frame"]
    if element.tag in frame["controls"]:
        return "a button or label of the page"
    if element.tag in frame["skip"]:
        return HIDDEN
    if element.get("role") == "img" and element.get("aria-label"):
        return HIDDEN  # its label says it
    return "" if frame["skip_tokens"].isdisjoint(names) else "a button, or a copy of what stands elsewhere"


def is_frame(element: etree._Element, names: list[str]) -> bool:
    """Whether it is a menu, a footer or the like."""
    frame = markup()["frame"]
    if element.tag in ("html", "body", "main") or in_scope(names):
        return False
    if element.tag in frame["frame"] or element.get("role") in frame["frame_roles"]:
        return True
    if any(_is_elsewhere(set(words(t))) for t in names):
        return True
    # A class such as "not-footer" says what it is not.
    last = [words(t)[-1:] for t in names if not {"not", "no"} & set(words(t))]
    named = any(word and word[0] in frame["frame_words"] for word in last)
    if not named and not (element.tag == "footer" and not _inside_quote(element)):
        return False
    spoken = islice(element.iter("p", "blockquote"), PARAGRAPHS)
    bare = (t for e in islice(element.iter("div", "td", "li"), PARAGRAPHS) for t in (e.text, *_tails(e)))
    return not any(
        len(t or "") > LONG for t in chain(("".join(islice(p.itertext(), PARAGRAPHS)) for p in spoken), bare)
    )


def is_one_of_many(element: etree._Element) -> bool:
    """Whether the element around it has others like itself beside it: a card's head or foot, not the page's."""
    around = (element, *islice(element.iterancestors(), CARD))
    return element.tag != "nav" and any(
        len(alike) >= FEWEST
        for e in around
        if e.tag not in ("html", "body", "main")
        for alike in [
            list(islice((s for s in _siblings(e) if s.tag == e.tag and s.get("class") == e.get("class")), FEWEST))
        ]
    )


def _siblings(element: etree._Element) -> Iterator[etree._Element]:
    parent = element.getparent()
    return iter(()) if parent is None else islice(parent, PARAGRAPHS)


def _is_elsewhere(named: set[str]) -> bool:
    frame = markup()["frame"]
    return not frame["elsewhere"].isdisjoint(named) and named <= frame["elsewhere"] | frame["elsewhere_with"]


def _tails(element: etree._Element) -> Iterator[str | None]:
    return (child.tail for child in islice(element, PARAGRAPHS))


def is_block(element: etree._Element) -> bool:
    """Whether it begins on a new line."""
    return element.tag in markup()["frame"]["block"]


@lru_cache(maxsize=4096)
def words(token: str) -> tuple[str, ...]:
    """The words that a class is made of."""
    return tuple(w.lower() for w in WORDS.findall(token))


def is_of_one_aspect(element: etree._Element) -> bool:
    """Whether a rating is of one thing only, such as the waiting time, beside the rating of the whole."""
    return any("prop:reviewAspect" in tokens(e) for e in islice(element, 12))


def value(element: etree._Element) -> str:
    """A date or rating in an attribute, which is more exact than the words beside it."""
    given = element.get("content") or element.get("datetime") or (element.tag == "data" and element.get("value")) or ""
    if not given and element.tag == "abbr":
        given = element.get("title") or ""
    # The value-class pattern of microformats: an empty element whose title is the value.
    within = (e for e in islice(element.iter("abbr", "span", "data", "time"), 3) if e is not element)
    own = next((e for e in within if not {"value-title", "value"}.isdisjoint((e.get("class") or "").split())), None)
    given = given or (own is not None and (own.get("title") or own.get("value") or own.text)) or ""
    return _with_scale(element, given)


def _with_scale(element: etree._Element, given: str) -> str:
    """A rating with the top of its scale ("9/10"), where the element beside it says so."""
    parent = element.getparent()
    if "prop:ratingValue" not in tokens(element) or parent is None:
        return given
    best = next((e for e in islice(parent, 8) if "prop:bestRating" in tokens(e)), None)
    top = "" if best is None else (best.get("content") or best.text or "").strip()
    figure = given or (element.text or "").strip()
    return f"{figure}/{top}" if top.isdigit() and figure else given


def _inside_quote(element: etree._Element) -> bool:
    """Whether it stands in a quotation, a figure or a card."""
    parent = element.getparent()
    return parent is not None and (parent.tag in ("blockquote", "figure", "article", "li") or in_scope(tokens(parent)))
