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
# The paragraphs that are looked at to see whether a footer is one.
PARAGRAPHS = 50
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


def field_of(names: list[str]) -> str:
    """The field of a review that an element inside an item holds, or nothing."""
    return next((hint for hint in (*HINTS, "aggregate") if any(t in markup()["fields"][hint] for t in names)), "")


def in_scope(names: list[str]) -> bool:
    """Whether a class says that testimonials stand here."""
    return any(not t.startswith("prop:") and not markup()["words"]["scope"].isdisjoint(words(t)) for t in names)


def word_hint(element: etree._Element, names: list[str], *, scope: bool) -> str:
    """What its tag says that an element holds, or, where testimonials are (`scope`), a telling word of a class."""
    if element.tag in ("cite", "figcaption") or (element.tag == "footer" and _inside_quote(element)):
        return "author"
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
            if hint:
                return hint
    return ""


def left_out(element: etree._Element, names: list[str]) -> str:
    """Why an element is not read, HIDDEN where no reader sees it; nothing where it is read."""
    frame = markup()["frame"]
    if element.tag in frame["controls"]:
        return "a button or label of the page"
    if element.tag in frame["skip"]:
        return HIDDEN
    return "" if frame["skip_tokens"].isdisjoint(names) else "a button, or a copy of what stands elsewhere"


def is_frame(element: etree._Element, names: list[str]) -> bool:
    """Whether it is a menu, a footer or the like."""
    frame = markup()["frame"]
    if element.tag in ("html", "body", "main") or in_scope(names):
        return False
    if element.tag in frame["frame"] or element.get("role") in frame["frame_roles"]:
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
