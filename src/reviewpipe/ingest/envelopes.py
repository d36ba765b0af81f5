"""Google's envelope around a translated review: which part is English, which are the client's own words."""

from __future__ import annotations

import re

# A line that begins with a bracket.  Its words follow the language of the account, so the shape must tell it: one names
# Google, the other stands alone on its line.
BRACKET = re.compile(r"^[ \t]{0,9}\(([^()\n]{1,40})\)", re.MULTILINE)
ENGLISH = "Translated by Google"


def unwrapped(text: str | None) -> tuple[str | None, str | None]:
    """The text to understand and the original; a text without an envelope, or that only speaks of one, stays.

    The translation comes first, "(Translated by Google) Calm\\n\\n(Original)\\nTranquila", or last.  Translations into
    other languages than English are of no use to us: then the original is the text.
    """
    if not text or "Google" not in text:
        return text, None
    text = text.replace("\r\n", "\n")
    brackets = list(BRACKET.finditer(text))
    google = next((one for one in brackets if "Google" in one[1]), None)
    if google is None:
        return text, None
    other = next((one for one in brackets if one is not google and _stands_alone(one, text)), None)
    before, after = text[: google.start()], text[google.end() :]
    if not before.strip() and other:
        translation, original = text[google.end() : other.start()], text[other.end() :]
    elif before.strip() and before.endswith("\n\n") and after.startswith("\n"):
        opened = other is not None and other.end() <= google.start() and not text[: other.start()].strip()
        original, translation = (text[other.end() : google.start()] if other and opened else before), after
    else:
        return text, None
    if google[1] == ENGLISH:
        return translation.strip() or None, original.strip() or None
    return original.strip() or None, None


def _stands_alone(bracket: re.Match[str], text: str) -> bool:
    end = text.find("\n", bracket.end())
    return not text[bracket.end() : end if end >= 0 else None].strip()
