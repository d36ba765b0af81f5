"""What stands inside the page besides its words: marked passages, data, scripts and their hashes."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reviewpipe.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewpipe.schema import Review, ThemeHit

# In a script element only these can end it, open a comment, or (the last two) break older JavaScript.
_ESCAPES = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
# Map libraries inside plotly.js add a style element of their own unless an element with their id is there; our
# content policy would refuse it with a message in the console, and we draw no maps.
_STYLE_ID = re.compile(r'getElementById\("([0-9a-f]{64})"\)')

Segment = tuple[str, bool]


@cache
def bundle() -> str:
    """plotly.js as the plotly package ships it: a constant of 4.8 MB that holds no review."""
    return files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")


@cache
def packed() -> str:
    """The bundle as the page carries it: gzip in base64, 2 MB, which page.js unpacks."""
    # The best level makes it 4 % smaller and takes twice as long, at each run.
    return b64encode(gzip.compress(bundle().encode(), 4, mtime=0)).decode()


@cache
def style_ids() -> tuple[str, ...]:
    """Ids of the style elements that plotly.js would add for maps."""
    return tuple(sorted(set(_STYLE_ID.findall(bundle()))))


def script_json(value: Any) -> Markup:
    """`value` as JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, escaped in _ESCAPES.items():  # str.translate takes ten times as long
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704  the escape above is the one for this context


def with_last(value: Mapping[str, Any], key: str, written: Iterable[str]) -> Markup:
    """An object as `script_json` gives it, with a list at its end whose parts were written by it before."""
    return Markup(f'{script_json(value)[:-1]},"{key}":[{",".join(written)}]}}')  # noqa: S704  escaped by script_json


def csp_hash(text: str) -> str:
    """`text` as a source of a content security policy."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def segments(text: str, hits: Iterable[ThemeHit]) -> list[Segment]:
    """`text` in pieces; those inside a hit are marked True."""
    pieces, at = [], 0
    for start, end in merged(hits):
        if start > at:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def passages(text: str, hits: Iterable[ThemeHit]) -> list[list[Segment]]:
    """The sentences that hold a hit, each in pieces as in `segments`; a hit across sentences joins them."""
    spans = list(merged(hits))
    joined: list[tuple[int, int]] = []
    for start, end in split(text):
        if any(a < end and b > start for a, b in spans):
            across = joined and any(a < joined[-1][1] and b > start for a, b in spans)
            joined[-1:] = [(joined[-1][0], end)] if across else [*joined[-1:], (start, end)]
    return [
        segments(text[start:end], [_moved(h, start, end) for h in hits if h.start < end and h.end > start])
        for start, end in joined
    ]


def merged(hits: Iterable[ThemeHit]) -> Iterator[tuple[int, int]]:
    """The spans of hits in order, those that touch as one."""
    last: tuple[int, int] | None = None
    for start, end in sorted((h.start, h.end) for h in hits if h.start < h.end):
        if last and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last


def _moved(hit: ThemeHit, start: int, end: int) -> ThemeHit:
    """The part of a hit inside a passage, by the passage's own offsets."""
    return replace(hit, start=max(hit.start, start) - start, end=min(hit.end, end) - start)


def units(text: str, offset: int) -> int:
    """An offset as JavaScript counts: in UTF-16 units."""
    return offset if text.isascii() else len(text[:offset].encode("utf-16-le")) // 2


def by_theme(review: Review) -> dict[str, list[ThemeHit]]:
    """The hits of a review by theme, in the order of the text."""
    found: dict[str, list[ThemeHit]] = {}
    for hit in sorted(review.themes, key=lambda h: (h.start, h.end)):
        found.setdefault(hit.theme, []).append(hit)
    return found


def said(hits: Iterable[ThemeHit]) -> str:
    """What the hits of one theme say together: positive, negative, mixed or neutral; as the store counts it."""
    voices = {h.polarity for h in hits} - {"neutral"}
    return "mixed" if len(voices) > 1 else next(iter(voices), "neutral")


def favours(hits: Iterable[ThemeHit]) -> str | None:
    """Whom the comparisons of a review favour together; as the store counts it."""
    voices = {h.direction for h in hits} - {None}
    return "neutral" if len(voices) > 1 else next(iter(voices), None)
