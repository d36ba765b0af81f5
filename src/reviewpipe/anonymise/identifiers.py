"""Identifiers other than names: e-mail, phone, URL, handle, address, ZIP, long number, exact date, age over 89.

These are the textual ones among the 18 of 45 CFR 164.514(b)(2).  A cheap test comes first: nothing here can stand
without a digit, an @, or a dot between two letters, most reviews have none of them, and where there is a digit only its
neighbourhood is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewpipe.anonymise.entities import Entity, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewpipe.anonymise.entities import Label

    Patterns = tuple[tuple[Label, re.Pattern[str]], ...]

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_MONTH = (
    r"(?:(?i:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)|M(?:ar(?:ch)?|AR(?:CH)?|ay|AY))"  # "may 5 of us come" and "march 2 miles" are no dates
)
# Endings that are no English words: "she helped.us" and "great.care" lack a blank.
_TOP = r"(?:com|org|net|edu|gov|biz|io|info|co\.uk|ca|de|fr)"
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Parkway|Pkwy|Highway|Hwy"
    r"|Terrace|Circle|Cir|Trail|Square|Sq|STREET|ST|AVENUE|AVE|ROAD|RD|BLVD|LANE|LN|DRIVE|DR)"
)
_FLAT = r"(?:,?\s*(?i:apt|apartment|suite|ste|unit|#)\.?\s*\w+)?"

_AT: Patterns = (
    ("EMAIL", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "EMAIL",
        re.compile(rf"[\w.+-]+\s*[\[(]\s*at\s*[\])]\s*[\w-]+\s*(?:\.|[\[(]\s*dot\s*[\])])\s*{_TOP}\b", re.IGNORECASE),
    ),
    ("HANDLE", re.compile(r"(?<![\w@.])@[A-Za-z_]\w*(?:[.]\w+)*")),
)
_DOT: Patterns = (
    ("URL", re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?…]", re.IGNORECASE)),
    # Lower-case after the dot: "great.So" is a missing blank.
    ("URL", re.compile(rf"(?<![\w@.-])(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+{_TOP}\b(?:/[^\s<>\"')\]]*[^\s<>\"')\].,;:!?])?")),
)
# These need five digits at least.
_DIGITS_MANY: Patterns = (
    (
        "PHONE",
        re.compile(
            r"(?<![\w$€£.,/-])(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}"
            r"(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![\w-]|\.\d)",
            re.IGNORECASE,
        ),
    ),
    ("PHONE", re.compile(r"(?<![\w$.,/])\+\d{1,3}[\s.-]?(?:\(?\d{1,4}\)?[\s.-]?){2,5}\d{2,4}(?!\w)")),
    (
        "PHONE",
        re.compile(r"(?=\d)(?:(?<=\bcall )|(?<=\btext )|(?<=\bat )|(?<=\bphone ))\d{3}[.-]\d{4}\b", re.IGNORECASE),
    ),
    ("DATE", re.compile(rf"(?<!\w){_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\w)")),
    (
        "ZIP",
        re.compile(
            r"(?=\d)(?:(?<=\b[A-Z]{2} )|(?<=\bzip )|(?<=\b[Zz]ip code )|(?<=\bZIP )|(?<=\bZip ))\d{5}(?:-\d{4})?\b"
        ),
    ),
    ("ZIP", re.compile(r"(?<![\w-])\d{5}-\d{4}(?![\w-])")),
    ("NUMBER", re.compile(r"(?<![\w$€£.,-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("NUMBER", re.compile(r"(?<![\w$€£.,-])\d{7,}(?![\w%]|[.,]\d)")),
    ("NUMBER", re.compile(r"(?<![\w$€£.,-])\d{3,}(?:[ -]\d{3,}){2,}(?![\w%]|[.,]\d)")),
)
_DIGITS_FEW: Patterns = (
    ("DATE", re.compile(rf"(?<![\w/$.-]){_DAY}([/.-]){_DAY}\1(?:{_YEAR}|\d\d)(?![\w/-])")),
    (
        "DATE",
        re.compile(rf"\b{_MONTH}\.?\s+(?:the\s+)?{_DAY}(?:st|nd|rd|th)?(?:\s*,?\s+{_YEAR})?(?![\w:%-])(?!\s*[ap]\.?m)"),
    ),
    ("DATE", re.compile(rf"(?<![\w/$.-]){_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b\.?(?:\s*,?\s+{_YEAR}\b)?")),
    (
        "ADDRESS",
        re.compile(
            r"(?<![\w$.,:])\d{1,6}\s+(?:[NSEW]\.?\s+|North\s+|South\s+|East\s+|West\s+)?"
            rf"(?:(?!The\b|Star\b|Stars\b|Hour\b|Minute\b)[A-Z][\w'’]*\s+|\d+(?:st|nd|rd|th)\s+){{1,3}}{_STREET}\b\.?{_FLAT}",
        ),
    ),
    (
        "ADDRESS",
        re.compile(
            rf"(?<![\w$.,:])\d{{3,6}}\s+(?:[a-z]+\s+){{1,2}}(?:street|avenue|ave|road|blvd|boulevard)\b\.?{_FLAT}"
        ),
    ),
    ("NUMBER", re.compile(r"(?=\d)(?<=#)\d{4,}\b")),
)
_OLD = r"(?:9\d|1[0-2]\d)"
_SAID = ("age", "aged", "i am", "i'm", "i’m", "he is", "she is", "he's", "she's", "turned", "turning")
_BEHIND = "|".join(rf"(?<=\b{said} )" for said in _SAID)
_COUNTED = r"(?:%|percent|min|degrees|miles|pounds|lbs|bucks|dollars|days|weeks|months|steps|out\b|or\b)"
_AGES = (
    re.compile(rf"(?=\d)(?:{_BEHIND}){_OLD}\b(?!\s*{_COUNTED})", re.IGNORECASE),
    re.compile(
        rf"(?<![\w$.,-]){_OLD}(?=\s*-?\s*(?:years?|yrs?|yo|y/o)\b\s*-?\s*(?:old|young)?\b(?!\s+(?:of|in|experience)))",
        re.IGNORECASE,
    ),
)
_DIGITS = re.compile(r"\d+")
# With fewer digits than this near each other, one of these must stand there too: most numbers in reviews are plain.
_FEW = 5
_CUE = re.compile(
    rf"\d[/.-]\d|#\d|(?<!\d){_OLD}(?!\d)|{_STREET}\b|\b(?:street|avenue|ave|road|blvd|boulevard)\b|\b{_MONTH}"
)
_GLUED = re.compile(r"\.(?<=[A-Za-z0-9]\.)[a-z]")  # a pattern that begins with a plain character is found faster
# The longest that may stand before and after a digit and belong to it: "September the ", " W. Martin Luther King Blvd".
_BEFORE, _AFTER = 24, 64


def find(text: str) -> list[Entity]:
    """The identifiers of `text`, settled; each replacement is the label in brackets."""
    found: list[Entity] = []
    if "@" in text or "[at]" in text or "(at)" in text:
        found += _matches(_AT, text, 0, len(text))
    if _GLUED.search(text) or "://" in text:
        found += _matches(_DOT, text, 0, len(text))
    for start, end, count in _worth_reading(text):
        if count >= _FEW:
            found += _matches(_DIGITS_MANY, text, start, end)
        found += _matches(_DIGITS_FEW, text, start, end)
        found += (Entity(*m.span(), "AGE", "[AGE]") for age in _AGES for m in age.finditer(text, start, end))
    return settle(found) if len(found) > 1 else found


def _matches(patterns: Patterns, text: str, start: int, end: int) -> Iterator[Entity]:
    """All that `patterns` find in text[start:end]."""
    for label, pattern in patterns:
        for match in pattern.finditer(text, start, end):
            yield Entity(*match.span(), label, f"[{label}]")


def _worth_reading(text: str) -> Iterator[tuple[int, int, int]]:
    """The stretches of `text` round its digits in which an identifier can stand, and how many digits each has."""
    stretches: list[tuple[int, int, int]] = []
    for match in _DIGITS.finditer(text):
        start, end, count = max(0, match.start() - _BEFORE), match.end() + _AFTER, len(match.group())
        if stretches and start <= stretches[-1][1]:
            start, _, before = stretches.pop()
            count += before
        stretches.append((start, end, count))
    for start, end, count in stretches:
        if count >= _FEW or _CUE.search(text, start, end):
            yield start, end, count
