"""JSON-LD: the reviews that a page declares for search engines, and how they go together with those that it shows."""

from __future__ import annotations

import contextlib
import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import InputError
from reviewpipe.ingest import records
from reviewpipe.ingest.reading import Found
from reviewpipe.ingest.repeats import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    Row = dict[str, Any]

# Line ends inside of a string are no JSON, but plugins write them.
STRING = re.compile(r'"(?:\\.|[^"\\])*+(?:(?P<end>")|\\?\Z)', re.DOTALL)
WRAPPING = re.compile(r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*$")
TAG = re.compile(r"<(/?\w+)\b[^<>]*>")
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
# Two texts that agree in so many letters from their beginning are one, whoever is named beside them.
ALIKE = 25
# More texts than that begin alike in no page.
MOST_ALIKE = 100


def reviews(root: etree._Element) -> Found:
    """The reviews in the page's JSON-LD; a script that cannot be read is passed over."""
    documents = [document for script in root.iter("script") if (document := _document(script)) is not None]
    if not _has_review(documents):
        return Found("html_page", [])
    try:
        # Together, since a script may name what another one holds; each in a list of its own, as no list of reviews.
        found = records.find_reviews([[document] for document in documents])
    except InputError:
        return Found("html_page", [])
    rows = [{k: _plain(v) for k, v in row.items()} | {"row": 1} for row in found.rows]
    return Found("html_page", rows, (), found.rejects)


def united(declared: Sequence[Row], shown: Sequence[Row]) -> list[Row]:
    """Declared and shown reviews; one that is both stands there once, with the fuller text and all that is known."""
    result = list(declared)
    places: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(result):
        if text := fold(str(row.get("text") or "")):
            places[text[:ALIKE]].append(at)
    for row in shown:
        text = fold(row["text"])
        place = next((i for i in places[text[:ALIKE]][:MOST_ALIKE] if _one(text, row, result[i])), None)
        if place is None:
            result.append(row)
        else:
            given = {k: v for k, v in result[place].items() if v not in (None, "")}
            fuller = row if len(text) >= len(fold(str(given["text"]))) else given
            result[place] = {**row, **given, "text": fuller["text"], "truncated": bool(fuller.get("truncated"))}
    return result


def _one(text: str, row: Row, declared: Row) -> bool:
    """Whether a shown text (folded) and a declared one are one review."""
    other = fold(str(declared["text"]))
    short, full = sorted((text, other), key=len)
    if text == other:
        one, two = (fold(str(r.get("author") or "")).split()[:1] for r in (row, declared))
        return len(text) > ALIKE or not one or not two or one == two
    return len(short) >= ALIKE and full.startswith(short)


def _document(script: etree._Element) -> Any:
    """What a script holds as JSON-LD; None where it holds none or is broken beyond mending."""
    if "ld+json" not in (script.get("type") or "").lower():
        return None
    source = WRAPPING.sub("", script.text or "").strip()
    whole = STRING.sub(lambda m: m.group().replace("\n", "\\n").replace("\t", " "), source)
    for attempt in (source, whole, html.unescape(source)):
        # A string that never ends is not worth a search for what could be mended.
        if all(string["end"] for string in STRING.finditer(attempt)):
            with contextlib.suppress(InputError):
                return records.parse(attempt)
    return None


def _has_review(documents: list[Any]) -> bool:
    """Whether there is a schema.org Review in them.  Articles, events and places look much the same."""
    waiting = list(documents)
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "Review" in str(value.get("@type", "")) or value.get("review") or value.get("reviews"):
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _plain(value: Any) -> Any:
    """A text without the entities and tags that a page's author wrote into it."""
    if not isinstance(value, str) or not ("&" in value or "<" in value):
        return value
    if ENTITY.search(value):
        value = html.unescape(value)
    return TAG.sub(lambda m: "\n" if m[1].lower() in ("br", "/p", "/div", "/li") else "", value).strip()
