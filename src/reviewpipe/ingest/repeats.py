"""The same words twice: sliders' copies, teasers with their full texts, quotes out of a text, titles above it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest.lines import CUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.segments import Segment

# Titles are shorter than this, and so many of them on a page are the platform's way and not one client's.
TITLE, TITLED = 80, 2
# Fewer letters may stand in two texts by chance.
TEASER = 20
NO_WORD = re.compile(r"[\W_]+")
# Looking each of thousands of quotes up in a long page takes minutes.
MOST_QUOTES = 200


def without_titles(segments: Sequence[Segment]) -> dict[int, str]:
    """Take titles and teasers out of the texts of segments; why, for each piece of the input that they were."""
    reasons: dict[int, str] = {}
    for segment in segments:
        for teaser in [a for a, b in pairwise(segment.paragraphs) if _begins(a.text, b.text)]:
            segment.paragraphs.remove(teaser)
            reasons.update(dict.fromkeys(teaser.line.pieces, "a teaser; the whole text stands below it"))
    with_meta = [s for s in segments if s.meta]
    longer = [s for s in with_meta if len(s.paragraphs) > 1]
    titled = [s for s in longer if _is_title(s)]
    known = len(titled) + sum(_has_title(s) for s in with_meta)
    if known >= TITLED and 3 * len(titled) >= 2 * len(longer) and 2 * known >= len(with_meta):
        for segment in titled:
            title = segment.paragraphs.pop(0)
            reasons.update(dict.fromkeys(title.line.pieces, "a title above the review"))
    return reasons


def _begins(teaser: str, full: str) -> bool:
    """Whether the words of `teaser`, which was cut, are the first of `full`."""
    cut = CUT.search(teaser)
    begun = fold(teaser[: cut.start()]) if cut else ""
    return len(begun) >= TEASER and fold(full[: 2 * len(teaser)]).startswith(begun)


def _is_title(segment: Segment) -> bool:
    """Whether its first line could be a title: short, with no end of a sentence, and the text right below."""
    first, second = segment.paragraphs[:2]
    short = len(first.text) <= TITLE and first.text.count(" ") < 12 and first.text[-1] not in ".!?,"
    return short and second.line.gap <= 1 and len(second.text) > len(first.text)


def _has_title(segment: Segment) -> bool:
    """Whether a line between name or stars and the text was seen to be a title."""
    first = min(unit.line.pieces for unit in ([segment.name] if segment.name else []) + segment.meta)
    titles = [n.line.pieces for n in segment.notes if n.kind in ("heading", "name")]
    return any(first <= pieces < segment.paragraphs[0].line.pieces for pieces in titles)


def without_repeats(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the second copies that sliders make and without teasers of which the full text is there too."""
    kept: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = fold(str(row.get("text") or ""))  # JSON-LD may hold a number there
        if key in kept and (not row.get("author") or kept[key].get("author") in (None, row.get("author"))):
            kept[key] = {**row, **{k: v for k, v in kept[key].items() if v}}
        else:
            kept.setdefault(key if key not in kept else f"{key} {row.get('author')}", row)
    ordered = sorted(kept)
    begun = [(a, b) for a, b in pairwise(ordered) if len(a) >= TEASER and b.startswith(a + " ")]
    spare = {a for a, b in begun if _teases(kept[a], kept[b])} | _quoted(kept)
    return [row for key, row in kept.items() if key not in spare]


def _teases(short: dict[str, Any], full: dict[str, Any]) -> bool:
    """Whether the words of `short`, which was cut, stand again in `full` by the same person, or by nobody."""
    one, other = short.get("author"), full.get("author")
    return (bool(short.get("truncated")) and one in (None, other)) or (one is not None and one == other)


def _quoted(kept: dict[str, dict[str, Any]]) -> set[str]:
    """Texts by nobody that stand word for word in a longer one."""
    unsigned = [key for key, row in kept.items() if not row.get("author") and TEASER <= len(key) <= 10 * TEASER]
    if not unsigned or len(unsigned) > MOST_QUOTES:
        return set()
    whole = f" {' | '.join(kept)} "
    return {key for key in unsigned if whole.count(f" {key} ") > 1}


def fold(text: str) -> str:
    """The text for comparing: letters and digits only, without a mark of having been cut."""
    return NO_WORD.sub(" ", CUT.sub("", text).lower()).strip()
