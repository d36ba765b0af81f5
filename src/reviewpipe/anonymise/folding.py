"""One form for all spellings of a name: case, accents, invisible characters and look-alikes folded away."""

from __future__ import annotations

import functools
import json
import unicodedata
from pathlib import Path

# Look-alikes of Latin letters that NFKC leaves alone (Cyrillic, Greek, small capitals, …); see confusables.json.
_CONFUSABLES = str.maketrans(json.loads((Path(__file__).parent / "confusables.json").read_text(encoding="utf-8")))


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` in NFKC, casefolded, without accents, invisible or bidi characters, look-alikes made Latin.

    The length may change: for comparing, never for offsets.  Follows the idea of the "skeleton" of Unicode TS 39.
    """
    if text.isascii():
        return text.lower()
    plain = visible(unicodedata.normalize("NFKC", text)).translate(_CONFUSABLES)
    split = unicodedata.normalize("NFD", plain.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_CONFUSABLES))


def visible(text: str) -> str:
    """`text` without zero-width and bidi characters, soft hyphens, tags: nobody sees them inside a name."""
    if text.isascii():
        return text
    return text.translate({ord(c): None for c in set(text) if unicodedata.category(c) == "Cf"})


def without_possessive(folded: str) -> str:
    """`folded` less a closing 's or ' in any apostrophe."""
    for ending in ("'s", "’s", "ʼs", "'", "’", "ʼ"):
        if folded.endswith(ending) and len(folded) > len(ending):
            return folded[: -len(ending)]
    return folded
