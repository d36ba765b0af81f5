"""Stars that a page draws instead of writing: pictures, icons, labels for the blind, widths, numbers in classes."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from reviewpipe.ingest import ratings
from reviewpipe.ingest.markup import markup, tokens, words

if TYPE_CHECKING:
    from lxml import etree

LABELS = ("aria-label", "alt", "title")
# For those who hear the page.
HIDDEN_TEXT = frozenset(("sr-only", "screen-reader-text", "visually-hidden"))
LONGEST = 40
SPEAKS = re.compile(r"star|\brat(?:ed|ing)|out of|★", re.IGNORECASE)
SPARE = re.compile(r"(?<=\w)\s+(?:rating|review)$", re.IGNORECASE)
# Of all reviews together, not of one.
TOGETHER = re.compile(r"\b(?:reviews|ratings|based on|average|total)\b", re.IGNORECASE)
WIDTH = re.compile(r"(?:^|;)\s*width:\s*(\d{1,3}(?:\.\d+)?)%")
NUMBERED = re.compile(r"(?:stars?|rating|rated)[-_]?([1-5](?:[._-]5)?)$", re.IGNORECASE)
FEWEST, MOST = 2, 5


def drawn(element: etree._Element, names: list[str], *, scope: bool) -> str:
    """The rating that an element shows without writing it, or nothing; `scope`: testimonials stand here."""
    if not element.attrib and len(element) < FEWEST and element.tag != "svg":
        return ""
    if label := _label(element, names):
        return label if re.search("[1-9★]", label) else ""
    parent = element.getparent()
    if parent is not None and parent.attrib and _label(parent, tokens(parent)):
        return ""  # the pictures of what the label around them says
    if len(element) >= FEWEST and (count := _row(element)):
        return f"{count:g}/5"
    if _is_of_stars(element, names):
        if width := WIDTH.search(element.get("style") or ""):
            return f"{float(width[1]) / 20:g}/5" if float(width[1]) <= 100 else ""
        if scope and not len(element):
            figure = next((m[1] for n in names if (m := NUMBERED.search(n))), "")
            return f"{figure.replace('-', '.').replace('_', '.')}/5" if figure else _number(element)
    return _number(element) if scope else ""


def _label(element: etree._Element, names: list[str]) -> str:
    """What is said of the stars to those who do not see them."""
    given = [element.get(attribute) for attribute in LABELS]
    if element.tag == "svg" or not HIDDEN_TEXT.isdisjoint(names):
        given += [element.text, element.findtext("title")]
    for one in given:
        label = SPARE.sub("", (one or "").strip())
        if not label or len(label) > LONGEST or TOGETHER.search(label):
            continue
        telling = SPEAKS.search(label) and re.search(r"\d|★", label)
        if (telling or (element.tag != "img" and _is_starry(names))) and ratings.parse(label):
            return label
    return ""


def _row(element: etree._Element) -> float:
    """How many of the pictures or icons in a row are full stars; 0 where it is no row of stars."""
    if len(element) > 2 * MOST or (element.text or "").strip():
        return 0
    known = markup()["stars"]
    marks = [_marks(child) for child in element]
    while marks and known["one"].isdisjoint(marks[-1]):
        marks.pop()  # a seal behind the stars
    if not FEWEST <= len(marks) <= MOST or any(known["one"].isdisjoint(mark) for mark in marks):
        return 0
    half: int = sum(not known["half"].isdisjoint(mark) for mark in marks)
    lit: int = sum(not known["full"].isdisjoint(mark) and known["half"].isdisjoint(mark) for mark in marks)
    out: int = sum(not known["empty"].isdisjoint(mark) and known["half"].isdisjoint(mark) for mark in marks)
    if not (lit or out or half) and len(marks) < MOST - 1:
        return 0  # two or three stars are an ornament as well
    return (lit if lit and not out else len(marks) - out - half) + half / 2


def _marks(element: etree._Element) -> set[str]:
    """The words of the classes, picture and letters of what may be one star."""
    if (element.tail or "").strip() or (len(element) > 1 and element.tag != "svg"):
        return set()
    found: set[str] = set()
    for one in (element, *islice(element, 1)):
        source = (one.get("src") or "").rsplit("/", 1)[-1].split(".", 1)[0]
        text = (one.text or "").strip()
        for token in (*tokens(one), source[:LONGEST], (one.get("alt") or "")[:LONGEST], text[:LONGEST]):
            found.update(words(token))
        if text in ("★", "⭐", "☆"):
            found.update(("star", "empty") if text == "☆" else ("star",))
        elif text and "star" not in words(text):
            return set()
    return found


def _is_starry(names: list[str]) -> bool:
    return any(not markup()["stars"]["words"].isdisjoint(words(name)) for name in names)


def _is_of_stars(element: etree._Element, names: list[str]) -> bool:
    """Whether its classes, or those of the element around it, speak of stars."""
    parent = element.getparent()
    return _is_starry(names) or (parent is not None and _is_starry(tokens(parent)))


def _number(element: etree._Element) -> str:
    """Stars in an attribute for the page's own scripts."""
    given = (element.get(name) or "" for name in markup()["stars"]["attributes"])
    return next((f"{value}/5" for value in given if re.fullmatch(r"[1-5](?:\.\d+)?", value)), "")
