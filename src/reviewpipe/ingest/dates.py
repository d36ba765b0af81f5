"""When was it written?  Any spelling of a date, decided for a whole column at once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from reviewpipe.ingest.worded import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewpipe.schema import Precision

    Order = Literal["MDY", "DMY"]

# Review sites began in the middle of the nineties; an older date is a typing error or an empty cell of a spreadsheet.
EARLIEST = date(1990, 1, 1)
# Day 0 of a spreadsheet, with Lotus's leap day of 1900 counted in.
SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone

NUMERIC = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?:,?[ T]+(.+))?$")
ISO = re.compile(r"\d{4}-?(?:\d\d-?\d\d|W\d\d-?\d)(?!\d)")
YEAR_FIRST = re.compile(r"(\d{4})[/.-]\s?(\d{1,2})[/.-]\s?(\d{1,2})\.?(?:,?[ T]+(.+))?$")
YEAR_MONTH = re.compile(r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4}))$")
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([AaPp])?\.?[Mm]?\.?")
ZONE = re.compile(r"\s*(?:Z|UTC|GMT)?\s*([+-]\d\d:?\d\d)?(?:\s*(?:Z|UTC|GMT))?$")
NUMBER = re.compile(r"\d+(?:\.\d+)?$")
# A label before the date, as in "Date of experience: …"; the name of a zone in brackets behind it.
AROUND = re.compile(r"^[^\d:]*:\s+|\s*\([^()]*\)$")
LOOKS_LIKE_DATE = re.compile(
    r"\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{1,4}|\d{4}-\d{2}|\b(?:19|20)\d{2}\b|年|\d[日週周]|[년월일주] ?전?$"
    r"|\b(?:ago|yesterday|today|hace|vor|gestern|il y a|hier|fa|ieri|atrás|há|geleden|gisteren|temu|acum|sedan|siden"
    r"|sitten|před|ezelőtt|önce|назад|тому|πριν|לפני|قبل|منذ|पहले|trước|lalu)\b",
    re.IGNORECASE,
)
LONGEST = 100
# A column with more spellings than this that no language reads is no column of dates; the rest of them is not tried.
MOST_UNREAD = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as ISO text with its precision; `reason` says why it cannot be trusted, and then there is no date."""

    posted_on: str | None
    precision: Precision
    reason: str = ""


UNKNOWN = Moment(None, "none")


def resolve(
    values: Sequence[Any],
    *,
    as_of: date,
    order: Order | None = None,
    fallback: Order = "MDY",
    unread: set[str] | None = None,
) -> list[Moment]:
    """A Moment for each value of a column: text, number, date or None.

    `order` is the order of 3/4/2026 where it is known; else the whole column decides, and `fallback` if it cannot.
    `as_of` is the day on which the file was made: "2 months ago" counts from there, and nothing is later.
    `unread` remembers what no language read, where a column comes in several parts.
    A time without a zone stays without one.
    """
    unread = set() if unread is None else unread
    keys = [(type(value), value if isinstance(value, str | int | float | date) else None) for value in values]
    plain = {key: _plain(value) if isinstance(value := key[1], str) else value for key in dict.fromkeys(keys)}
    order = order or order_of((v for v in plain.values() if isinstance(v, str)), as_of=as_of, fallback=fallback)
    moments = {}
    for key, value in plain.items():
        moment = _figured(value, order)
        if moment is None and isinstance(value, str) and value not in unread and len(unread) < MOST_UNREAD:
            found = read_words(value, order, as_of)
            moment = _second(found[0], found[1]) if found else None
            if moment is None:
                unread.add(value)
        moments[key] = _checked(moment or UNKNOWN, as_of)
    return [moments[key] for key in keys]


def _plain(text: str) -> str:
    """One kind of figures, blanks and letters, no marks of direction, no label before it and no remark behind it."""
    if len(text) > 3 * LONGEST:
        return ""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text) if c.isprintable())
    text = " ".join(text.split())
    if ": " in text or text.endswith(")"):
        text = AROUND.sub("", text)
    return text if len(text) <= LONGEST else ""


def figures(text: str) -> str | None:
    """The date in figures with which `text` begins, such as 3/14/2026, whose order may be in doubt; else None."""
    plain = _plain(text)
    match = NUMERIC.match(plain)
    return plain[: match.end(4)] if match else None


def order_of(texts: Iterable[str], *, as_of: date, fallback: Order) -> Order:
    """Month or day first?  Days over 12 decide, then points (which are European), then dates that would lie ahead."""
    latest = as_of + timedelta(days=1)
    votes: dict[Order, int] = {"MDY": 0, "DMY": 0}
    ahead: dict[Order, int] = {"MDY": 0, "DMY": 0}
    points = 0
    for match in filter(None, (NUMERIC.match(text.strip()) for text in texts)):
        one, two, year = int(match[1]), int(match[3]), _year(match[4])
        points += match[2] == "."
        votes["DMY"] += one > 12 >= two
        votes["MDY"] += two > 12 >= one
        if max(one, two) <= 12 and min(one, two, year) > 0:
            ahead["MDY"] += date(year, one, two) > latest
            ahead["DMY"] += date(year, two, one) > latest
    if votes["MDY"] != votes["DMY"]:
        return "MDY" if votes["MDY"] > votes["DMY"] else "DMY"
    if points:
        return "DMY"
    if ahead["MDY"] != ahead["DMY"]:
        return "MDY" if ahead["MDY"] < ahead["DMY"] else "DMY"
    return fallback


def looks_like_date(value: Any) -> bool:
    """A quick look, for finding the column of dates."""
    if isinstance(value, date):
        return True
    return isinstance(value, str) and len(value) <= 40 and bool(LOOKS_LIKE_DATE.search(value))


def _checked(moment: Moment, as_of: date) -> Moment:
    if moment.posted_on is None:
        return moment
    day = date.fromisoformat(moment.posted_on[:10])
    if day > as_of + timedelta(days=1):
        return Moment(None, "none", "date in the future")
    if day < EARLIEST:
        return Moment(None, "none", "date before 1990")
    return moment


def _figured(value: Any, order: Order) -> Moment | None:
    """Numbers, dates of a spreadsheet and dates in figures; None for what only words can tell."""
    if isinstance(value, datetime):
        return _second(value)
    if isinstance(value, date):
        return Moment(value.isoformat(), "day")
    if isinstance(value, bool) or value is None or value == "":
        return UNKNOWN
    if isinstance(value, int | float):
        return _counted(float(value)) if abs(value) < 1e19 else UNKNOWN
    return _written(value, order)


def _counted(value: float) -> Moment:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, days of a spreadsheet, or 20261003."""
    if 20_000 <= value < 80_000:
        return _second(SPREADSHEET_EPOCH + timedelta(days=value))
    if value.is_integer() and 19_000_101 <= value <= 21_001_231:
        try:
            return Moment(datetime.strptime(f"{value:.0f}", "%Y%m%d").date().isoformat(), "day")  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return UNKNOWN
    for unit in (1, 1e3, 1e6, 1e9):
        if 5e8 <= value / unit < 5e9:  # from 1985 to 2128
            return _second(datetime.fromtimestamp(value / unit, tz=UTC))
    return UNKNOWN


def _written(text: str, order: Order) -> Moment | None:
    """Dates in figures."""
    if NUMBER.match(text):
        return _counted(float(text)) if 4 < len(text) < 25 else UNKNOWN
    if ISO.match(text) and (moment := _iso(text)):
        return moment
    try:
        if match := YEAR_MONTH.match(text):
            year, month = int(match["y"] or match["y2"]), int(match["m"] or match["m2"])
            return Moment(date(year, month, 1).isoformat(), "month")
        if match := YEAR_FIRST.match(text):
            return _timed(date(int(match[1]), int(match[2]), int(match[3])), match[4])
        if match := NUMERIC.match(text):
            one, two, year = int(match[1]), int(match[3]), _year(match[4])
            # A single date may contradict the column (18/3 among months first): it can only be meant the other way.
            swap = (order == "DMY" and two <= 12) or one > 12
            return _timed(date(year, two, one) if swap else date(year, one, two), match[5])
    except (ValueError, OverflowError):
        return UNKNOWN
    return None


def _iso(text: str) -> Moment | None:
    """ISO 8601 in any of its forms, also with " UTC" or a blank before the offset."""
    zone = ZONE.search(text) if " " in text or text.endswith(("UTC", "GMT")) else None
    if zone and zone[0].strip():
        text = text[: zone.start()] + (zone[1] or "+00:00")
    try:
        return _second(datetime.fromisoformat(text))
    except ValueError:
        return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _timed(day: date, clock: str | None) -> Moment:
    """A day with the time that may stand behind it; what is no time leaves the day."""
    match = TIME.match(clock or "")
    if not match or int(match[1]) > 23:
        return Moment(day.isoformat(), "day")
    hour = int(match[1]) % 12 + 12 * (match[4] in "Pp") if match[4] else int(match[1])
    bare = f"{day.isoformat()}T{hour:02}:{match[2]}:{match[3] or '00'}"
    return _iso(bare + (clock or "")[match.end() :]) or _iso(bare) or Moment(day.isoformat(), "day")


def _second(moment: datetime, precision: Precision = "second") -> Moment:
    """Midnight without a zone is how spreadsheets and databases write a mere day."""
    if precision != "second":
        return Moment(moment.date().isoformat(), precision)
    if moment.tzinfo is None and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return Moment(moment.date().isoformat(), "day")
    return Moment(moment.replace(microsecond=0).isoformat(), "second")
