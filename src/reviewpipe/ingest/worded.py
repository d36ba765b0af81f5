"""Dates in words of many languages, by dateparser: "May 27, 2017", "hace 2 meses", "Edited a month ago"."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date

    from reviewpipe.schema import Precision

    Order = Literal["MDY", "DMY"]

# What clients in the United States and Europe see Google and Yelp in.  One parser of all languages tries each of them
# on every text, and takes the digits of one language and the words of another; so each text is only shown to those that
# share its script and, among the many of Latin script, one of its words.
LANGUAGES = {
    "LATIN": "en es fr de it pt nl pl ro tr sv da nb fi cs sk hu hr sl ca vi id tl".split(),
    "CYRILLIC": "ru uk bg".split(),
    "GREEK": ["el"],
    "HEBREW": ["he"],
    "ARABIC": ["ar", "fa"],
    "DEVANAGARI": ["hi"],
    "THAI": ["th"],
    "HANGUL": ["ko"],
    "HIRAGANA": ["ja"],
    "KATAKANA": ["ja"],
    "CJK": ["ja", "zh"],
}
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
UNITS = ("year", "month", "week", "day", "hour", "minute")
# "een maand geleden", "bir yıl önce": dateparser wants a figure there.
ONES = frozenset(
    "a an un una uno une ein eine einem einer einen een ett en et o egy bir um uma mot एक ενα εναν μια אחד אחת".split()
)
WORD = re.compile(r"[^\W\d_]+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# "18-Apr-26", "May 5, 26", "Apr '26": two figures are a year where the day is named as well, or an apostrophe says so.
SHORT_YEAR = re.compile(
    r"(?<=[^\W\d_])(\W+\d{1,2}, ?|[-./ ,]*['’])(\d\d)$|(\d[-. /]{1,2}[^\W\d_]{3,}[-. /,]{1,2})(\d\d)$"
)
SHORT_UNIT = re.compile(r"(?<=[\d\s])(yr|wk|hr|min|mth)s?\b")
FULL_UNIT = {"yr": "years", "wk": "weeks", "hr": "hours", "min": "minutes", "mth": "months"}
MOST_WORDS, MOST_LANGUAGES = 10, 4


def read_words(text: str, order: Order, as_of: date) -> tuple[datetime, Precision] | None:
    """The moment that `text` names and how exactly it does; None where no language reads it as a date.

    A date without a year is the last one before `as_of`, and as exact as "2 months ago".
    """
    if len(text.split()) > MOST_WORDS:
        return None
    text = SHORT_UNIT.sub(lambda match: FULL_UNIT[match[1]], text)
    text = SHORT_YEAR.sub(lambda match: f"{match[1] or match[3]} 20{match[2] or match[4]}", text)
    base = datetime(as_of.year, as_of.month, as_of.day, 12)  # noqa: DTZ001 - dateparser wants it bare
    read = _absolute if YEAR.search(text) else _relative
    languages = _languages(text)
    attempts = [(text, language) for language in languages] + [(_core(text, one), one) for one in languages]
    for attempt, language in dict.fromkeys(attempts):
        if attempt and (found := read(attempt, language, order, base)):
            return found
    return None


def _absolute(text: str, language: str, order: Order, base: datetime) -> tuple[datetime, Precision] | None:
    data = _parser("absolute-time", language, order, base).get_date_data(text)
    if data.date_obj is None or not {"year", "month"} <= set(data.parts):
        return None
    if "day" not in data.parts:
        return data.date_obj.replace(day=1), "month"
    return data.date_obj, "second" if "time" in data.parts else "day"


def _relative(text: str, language: str, order: Order, base: datetime) -> tuple[datetime, Precision] | None:
    found = None
    for spelling in dict.fromkeys((text, _with_figure(text, language))):
        found = found or _parser("relative-time", language, order, base).get_date_data(spelling).date_obj
    if not found and any(letter.isdigit() for letter in text):
        data = _parser("absolute-time", language, order, base).get_date_data(text)
        found = data.date_obj if {"month", "day"} & set(data.parts) == {"month", "day"} else None
    return (found, "relative") if found and found.date() <= base.date() else None


@lru_cache(maxsize=256)
def _parser(kind: str, language: str, order: Order, base: datetime) -> Any:
    from dateparser.date import DateDataParser

    settings = {"PARSERS": [kind], "DATE_ORDER": order, "RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
    return DateDataParser(languages=[language], settings=settings)


def _core(text: str, language: str) -> str:
    """`text` without what the language has no date for at either end: "Zuletzt bearbeitet:", "on Google"."""
    words = text.split()
    known = _vocabulary(language)[0]
    kept = [at for at, word in enumerate(words) if re.search(r"\d", word) or not known.isdisjoint(_folded(word))]
    return " ".join(words[kept[0] : kept[-1] + 1]) if kept else ""


def _with_figure(text: str, language: str) -> str:
    """The 1 that "rok temu", "قبل شهر" and "een jaar geleden" mean, as a figure."""
    words = text.split()
    if len(words) > 4 or any(letter.isdigit() for letter in text):
        return text
    units = _vocabulary(language)[1]
    at = next((at for at, word in enumerate(words) if not units.isdisjoint(_folded(word))), -1)
    if at > 0 and not ONES.isdisjoint(_folded(words[at - 1])):
        return " ".join([*words[: at - 1], "1", *words[at:]])
    return " ".join([*words[:at], "1", *words[at:]]) if at in {0, 1} and len(words) == 2 else text


def _languages(text: str) -> list[str]:
    """The languages that could have written `text`, the likeliest first."""
    letter = next((letter for letter in text if letter.isalpha()), "-")
    script = unicodedata.name(letter, "").partition(" ")[0]
    languages = LANGUAGES.get(script, [])
    if script != "LATIN":
        return languages
    words = _folded(text)
    known = {language: len(words & _vocabulary(language)[0]) for language in languages}
    return sorted((one for one in languages if known[one]), key=lambda one: -known[one])[:MOST_LANGUAGES]


@cache
def _vocabulary(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Words of dates in a language (months, units, today, ago), and the units alone, as dateparser has them."""
    from dateparser.languages.loader import default_loader

    (locale,) = default_loader.get_locales(languages=[language])
    given = locale.info
    units = _folded(" ".join(word for unit in UNITS for word in given.get(unit, ())))
    words = [word for name in (*MONTHS, "ago", "in") for word in given.get(name, ())]
    for kind in ("relative-type", "relative-type-regex"):
        words += [word for meant in given.get(kind, {}).values() for word in meant]
    words += [word for one in given.get("simplifications") or () for word in one]
    return units | {word for word in _folded(" ".join(words)) if len(word) > 1}, units


def _folded(text: str) -> frozenset[str]:
    """The words of `text` without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter))))
