"""When was it written?  Any spelling of a date, decided for a whole column at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewpipe.schema import Precision

    Order = Literal["MDY", "DMY"]

# Review sites began in the middle of the nineties; an older date is a typing error or an empty cell of a spreadsheet.
EARLIEST = date(1990, 1, 1)
# Day 0 of a spreadsheet, with Lotus's leap day of 1900 counted in.
SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone

NUMERIC = re.compile(r"(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?:,?[ T]+(.+))?$")
YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:,?[ T]+(.+))?$")
YEAR_MONTH = re.compile(r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4}))$")
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp])?\.?[Mm]?\.?")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|['’]\d{2}(?!\d)|[-/ .]\d{2}$")
NUMBER = re.compile(r"\d+(?:\.\d+)?$")
LOOKS_LIKE_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}-\d{2}|\b(?:19|20)\d{2}\b"
    r"|\b(?:ago|yesterday|today|hace|vor|il y a|fa|atrás|temu)\b",
    re.IGNORECASE,
)
# What clients in the United States and most of Europe see Google and Yelp in.  Every language costs start-up time.
LANGUAGES = "en es fr de it pt nl pl ro ru uk tr sv da nb fi cs el hu ja ko zh ar he hi vi id tl".split()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as ISO text with its precision; `reason` says why it cannot be trusted, and then there is no date."""

    posted_on: str | None
    precision: Precision
    reason: str = ""


UNKNOWN = Moment(None, "none")


def resolve(values: Sequence[Any], *, as_of: date, order: Order | None = None, fallback: Order = "MDY") -> list[Moment]:
    """A Moment for each value of a column: text, number, date or None.

    `order` is the order of 3/4/2026 where it is known; else the whole column decides, and `fallback` if it cannot.
    `as_of` is the day on which the file was made: "2 months ago" counts from there, and nothing is later.
    """
    unique = {_key(value): value for value in values}
    order = order or order_of((v for v in unique.values() if isinstance(v, str)), as_of=as_of, fallback=fallback)
    moments = {key: _checked(_moment(value, order, as_of), as_of) for key, value in unique.items()}
    return [moments[_key(value)] for value in values]


def _key(value: Any) -> tuple[type, Any]:
    return type(value), value


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
        if max(one, two) <= 12 and min(one, two) > 0:
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


def _moment(value: Any, order: Order, as_of: date) -> Moment:
    if isinstance(value, datetime):
        return _second(value)
    if isinstance(value, date):
        return Moment(value.isoformat(), "day")
    if isinstance(value, bool) or value is None:
        return UNKNOWN
    if isinstance(value, int | float):
        return _counted(float(value))
    text = " ".join(str(value).split())
    if not text or len(text) > 60:
        return UNKNOWN
    return _written(text, order) or _worded(text, order, as_of)


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
        return _counted(float(text)) if len(text) > 4 else UNKNOWN
    try:
        if re.match(r"\d{4}-\d\d-\d\d", text):
            moment = datetime.fromisoformat(text.removesuffix(" UTC").replace(" +", "+"))
            return Moment(text, "day") if len(text) == 10 else _second(moment)
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


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if int(digits) < 70 else 1900 + int(digits)


def _timed(day: date, clock: str | None) -> Moment:
    """A day with the time that may stand behind it."""
    match = TIME.match(clock or "")
    if not match:
        return Moment(day.isoformat(), "day")
    hour = int(match[1]) % 12 + 12 * (match[4] in "Pp") if match[4] else int(match[1])
    return _second(datetime(day.year, day.month, day.day, hour, int(match[2]), int(match[3] or 0)))  # noqa: DTZ001 - as written


def _second(moment: datetime) -> Moment:
    """Midnight without a zone is how spreadsheets and databases write a mere day."""
    if moment.tzinfo is None and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return Moment(moment.date().isoformat(), "day")
    return Moment(moment.replace(microsecond=0).isoformat(), "second")


def _worded(text: str, order: Order, as_of: date) -> Moment:
    """Dates in words of many languages, by dateparser: "May 27, 2017", "hace 2 meses", "Edited a month ago"."""
    from dateparser.date import DateDataParser

    base = datetime(as_of.year, as_of.month, as_of.day, 12)  # noqa: DTZ001 - dateparser wants it bare
    parser = _parser(DateDataParser, base, order)
    for attempt in _attempts(text):
        data = parser.get_date_data(attempt)
        if data.date_obj is None:
            continue
        day = data.date_obj.date().isoformat()
        if not YEAR.search(attempt):
            return Moment(min(day, as_of.isoformat()), "relative")
        if data.period == "year":
            return UNKNOWN
        if data.period == "month":
            return Moment(f"{day[:7]}-01", "month")
        return _second(data.date_obj) if ":" in attempt else Moment(day, "day")
    return UNKNOWN


def _parser(factory: Any, base: datetime, order: Order) -> Any:
    """Parsers are dear to make and are kept for the day and order that they are for."""
    if (base, order) not in _PARSERS:
        settings = {
            "RELATIVE_BASE": base,
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": order,
            "RETURN_AS_TIMEZONE_AWARE": False,
        }
        _PARSERS[base, order] = factory(languages=LANGUAGES, settings=settings)
    return _PARSERS[base, order]


_PARSERS: dict[tuple[datetime, Order], Any] = {}


def _attempts(text: str) -> list[str]:
    """The text, then without a first word ("Edited", "Bearbeitet:"), with "a" as 1, without "on Google" at its end."""
    words = text.split()
    if not 2 <= len(words) <= 7:
        return [text]
    with_one = ["1", *words[1:]]  # "een maand geleden"
    tries = [words[1:], with_one] if len(words) > 3 else [with_one, words[1:]]
    tries += [["1", *words[2:]], words[:-2], words[2:]]
    return [text, *(" ".join(one) for one in tries if len(one) > 1)]
