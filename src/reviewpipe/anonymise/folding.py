"""One form for all spellings of a name: case, accents, invisible characters and look-alikes folded away."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from pathlib import Path

# Look-alikes of Latin letters that NFKC leaves alone (Cyrillic, Greek, small capitals, …); see confusables.json.
_CONFUSABLES = str.maketrans(json.loads((Path(__file__).parent / "confusables.json").read_text(encoding="utf-8")))
_WORD = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")

# Invisible though Unicode does not call them format characters: joiners, fillers, variation selectors.
_INVISIBLE = frozenset(
    [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)]
)
_MORE_SELECTORS = range(0xE0100, 0xE01F0)


@functools.lru_cache(maxsize=32768)
def fold(text: str) -> str:
    """`text` in NFKC, casefolded, without accents, invisible or bidi characters, look-alikes made Latin.

    The length may change: for comparing, never for offsets.  Follows the idea of the "skeleton" of Unicode TS 39.
    """
    if text.isascii():
        return text.lower()
    plain = _WORD.sub(_latin, visible(unicodedata.normalize("NFKC", text)))
    split = unicodedata.normalize("NFD", plain.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_CONFUSABLES))


def _latin(match: re.Match[str]) -> str:
    """A word with its look-alikes as Latin letters.

    Beside Latin letters a capital is what it looks like (Greek Η is H); a word that is Greek throughout is in small
    letters first, so that it is the same in capitals.
    """
    word = match.group()
    return (word if _LATIN.search(word) else word.casefold()).translate(_CONFUSABLES)


def visible(text: str) -> str:
    """`text` without zero-width and bidi characters, soft hyphens, tags: nobody sees them inside a name."""
    if text.isascii():
        return text
    return text.translate({ord(c): None for c in set(text) if _is_invisible(c)})


def _is_invisible(character: str) -> bool:
    """Circles around letters (category Me) are seen, but not as part of the name."""
    code = ord(character)
    return unicodedata.category(character) in ("Cf", "Me") or code in _INVISIBLE or code in _MORE_SELECTORS


def without_possessive(folded: str) -> str:
    """`folded` less a closing 's or ' in any apostrophe."""
    for ending in ("'s", "’s", "ʼs", "'", "’", "ʼ"):
        if folded.endswith(ending) and len(folded) > len(ending):
            return folded[: -len(ending)]
    return folded
