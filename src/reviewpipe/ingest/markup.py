"""What the tags, classes and properties of an HTML element say about the words in it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml import etree

HINTS = ("text", "author", "date", "rating", "reply", "note")
# "testimonial-name", "testimonialName" and "review__author" as words.
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
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
        **{table: {k: frozenset(v) for k, v in given[table].items()} for table in ("fields", "words", "frame")},
    }


def tokens(element: etree._Element) -> list[str]:
    """Classes of an element and its properties (as prop:…)."""
    props = [f"prop:{p}" for p in (element.get("itemprop") or "").split()]
    return props + (element.get("class") or "").split() + ([element.get("id") or ""] if element.get("id") else [])


def is_item(element: etree._Element, names: list[str]) -> bool:
    """Whether this element is one whole review."""
    typed = (element.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1] == "Review"
    return typed or any(
        t in markup()["item"] and (t[:5] != "prop:" or element.get("itemscope") is not None) for t in names
    )


def field_of(names: list[str]) -> str:
    """The field of a review that an element inside an item holds, or nothing."""
    return next((hint for hint in (*HINTS, "aggregate") if any(t in markup()["fields"][hint] for t in names)), "")


def in_scope(names: list[str]) -> bool:
    """Whether a class says that testimonials stand here."""
    return any(not t.startswith("prop:") and not markup()["words"]["scope"].isdisjoint(_words(t)) for t in names)


def word_hint(element: etree._Element, names: list[str], *, scope: bool) -> str:
    """What its tag says that an element holds, or, where testimonials are (`scope`), a telling word of a class."""
    if element.tag in ("cite", "figcaption") or (element.tag == "footer" and _inside_quote(element)):
        return "author"
    if not scope:
        return ""
    if element.tag == "time":
        return "date"
    for token in names:
        if STYLE.search(token) or token.startswith("prop:"):
            continue
        for word in reversed(_words(token)):
            if word in markup()["words"]["scope"]:
                break
            hint = next((h for h in HINTS if word in markup()["words"].get(h, ())), "")
            if hint:
                return hint
    return ""


def is_skipped(element: etree._Element, names: list[str]) -> bool:
    """Whether nothing is in it for a reader, or only a copy of what stands elsewhere."""
    return element.tag in markup()["frame"]["skip"] or not markup()["frame"]["skip_tokens"].isdisjoint(names)


def is_frame(element: etree._Element, names: list[str]) -> bool:
    """Whether it is a menu, a footer or the like."""
    frame = markup()["frame"]
    if element.tag in ("html", "body", "main") or in_scope(names):
        return False
    if element.tag in frame["frame"] or element.get("role") in frame["frame_roles"]:
        return True
    named = any(_words(t)[-1:] and _words(t)[-1] in frame["frame_words"] for t in names)
    if not named and not (element.tag == "footer" and not _inside_quote(element)):
        return False
    return not any(len("".join(p.itertext())) > 150 for p in element.iter("p", "blockquote"))


def is_block(element: etree._Element) -> bool:
    """Whether it begins on a new line."""
    return element.tag in markup()["frame"]["block"]


def _words(token: str) -> list[str]:
    return [w.lower() for w in WORDS.findall(token)]


def _inside_quote(element: etree._Element) -> bool:
    """Whether it stands in a quotation, a figure or a card."""
    parent = element.getparent()
    return parent is not None and (parent.tag in ("blockquote", "figure", "article", "li") or in_scope(tokens(parent)))
