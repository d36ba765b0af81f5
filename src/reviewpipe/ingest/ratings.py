"""How many stars?  Any spelling of a rating, brought to 1 to 5; what was written is kept with its scale."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 60
FIGURE = r"(\d+(?:[.,]\d+)?)"
# U+E838 and U+E839 are the stars of Google's icon font as they come out of the clipboard.
STAR = re.compile("[★⭐🌟✭✮✯\ue838]")
HALF_STAR = re.compile("[½⯨\ue839]")
# Hearts and dots stand in texts and lists too: they count where nothing but their kind is there.
MARKS = re.compile("[❤♥💙💚💛💜🧡●⬤]")
NO_MARKS = re.compile("[♡🤍🖤○◯\ufe0e\ufe0f\\s]")
ASTERISKS = re.compile(r"\*{1,5}")
BESIDE_STAR = re.compile(rf"{FIGURE}\s*{STAR.pattern}\ufe0f?$|^{STAR.pattern}\ufe0f?\s*{FIGURE}$")
OVER = re.compile(
    rf"(?<![\d/.,-]){FIGURE}\s*(?:/|out of|of|von|sur|de|su|van de|van|uit|z)\s*{FIGURE}(?![\d/-])", re.IGNORECASE
)
PERCENT = re.compile(rf"{FIGURE}\s*%$")
FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75", " 1/2": ".5", " 1/4": ".25", " 3/4": ".75"}
MIXED = re.compile(r"(?<=\d)\s?([½¼¾])|(?<=\d)( [13]/[24])(?!\d)")
STARS = r"(?:stars?|hearts?|points?|sterne?|estrellas?|estrelas?|[ée]toiles?|stell[ea]|sterren|ster)"
LEADING = re.compile(rf"(?:rated|rating|score)?[\s:]*{FIGURE}\s*(?:{STARS}|[-–:=]\s*\D.*|\(.*\))?$", re.IGNORECASE)
BEHIND = re.compile(rf"\D+(?:\(|[-–:=]\s*){FIGURE}\)?$")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?$")


@cache
def _words() -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Stars by word or face, and yes or no by word."""
    given = tomllib.loads(files(__package__).joinpath("ratings.toml").read_text(encoding="utf-8"))
    stars = {
        word: float(count)
        for kind in ("numbers", "verdicts", "faces")
        for count, words in given[kind].items()
        for word in words
    }
    return stars, {word: answer for answer, words in given["recommended"].items() for word in words}


def _fold(text: str) -> str:
    """As the words of ratings.toml are written."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("_", " ").replace("\ufe0f", ""))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split()).strip(" .!")


@dataclass(frozen=True, slots=True)
class Stars:
    """Stars from 1 to 5 or None, and the rating as given with its scale ("9/10")."""

    stars: float | None
    given: str | None


def number(value: Any) -> float | None:
    """A figure with point or comma as a number, whatever its type."""
    if isinstance(value, str) and len(value) <= LONGEST and NUMBER.match(value.strip()):
        value = _float(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e6 else None  # NaN is not less than anything


def parse(value: Any) -> tuple[float, float | None] | None:
    """The number that was given and the top of its scale where the value says it; None where there is no rating."""
    plain = number(value)
    if plain is not None:
        return plain, None
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    text = MIXED.sub(lambda match: FRACTIONS[match[1] or match[2]], value.strip())
    if match := OVER.search(text):
        return _float(match[1]), _float(match[2])
    if match := PERCENT.search(text):
        return _float(match[1]), 100.0
    if (marks := _marks(text)) is not None:
        return marks
    words = re.sub(rf"\s*{STARS}$", "", _fold(text))
    if words in _words()[0]:
        return _words()[0][words], 5.0
    match = LEADING.match(text) or BEHIND.match(text)
    return (_float(match[1]), None) if match else None


def _marks(text: str) -> tuple[float, float] | None:
    """Stars, hearts, dots and asterisks, counted; a figure beside a single star is what counts."""
    if match := BESIDE_STAR.search(text):
        return _float(match[1] or match[2]), 5.0
    count = len(STAR.findall(text)) + 0.5 * len(HALF_STAR.findall(text))
    if not count and ASTERISKS.fullmatch(text):
        count = len(text)
    if not count and not NO_MARKS.sub("", MARKS.sub("", text)):
        count = len(MARKS.findall(text))
    return (float(count), 5.0 if count <= 5 else 10.0) if count else None


def _float(digits: str) -> float:
    return float(digits.replace(",", "."))


def resolve(
    values: Sequence[Any], tops: Sequence[Any], *, scale: float | None = None, best: Literal["high", "low"] = "high"
) -> list[Stars]:
    """Stars for each value of a column; `tops` are the tops of the scale that rows name themselves, or None.

    Where neither row nor form names a scale, the whole column decides between 5, 10 and 100.  A value outside its scale
    gives no stars and stays as given.  `best` is "low" where 1 is the best mark.
    """
    values = [value if isinstance(value, str | int | float) else None for value in values]
    parsed = {(type(value), value): parse(value) for value in values}
    top = scale or scale_of([p[0] for p in (parsed[type(v), v] for v in values) if p and p[1] is None])
    made: dict[tuple[Any, ...], Stars] = {}
    result = []
    for value, own in zip(values, map(number, tops), strict=True):
        key = (type(value), value, own)
        if key not in made:
            made[key] = _stars(parsed[key[:2]], (own, top), best if _has_figure(value) else "high")
        result.append(made[key])
    return result


def _has_figure(value: Any) -> bool:
    """Whether 1 may be best in it; a word or a row of stars means the same on every scale."""
    return not isinstance(value, str) or re.search(r"\d", value) is not None


def scale_of(numbers: Sequence[float]) -> float:
    """5, 10 or 100: the smallest scale that holds nine of ten numbers, so that a slip of the finger changes nothing.

    In a short column one number beyond twice the scale of the others is such a slip too: 5, 4, 99, 5 are stars.
    """
    for top in (5.0, 10.0):
        over = [n for n in numbers if n > top]
        if len(over) * 10 < max(len(numbers), 1) or (len(over) == 1 and len(numbers) > 2 and over[0] > 2 * top):
            return top
    return 100.0


def _stars(parsed: tuple[float, float | None] | None, tops: tuple[float | None, float], best: str) -> Stars:
    if parsed is None:
        return Stars(
            None, None
        )  # what is no rating may be anything, a name as well, and nobody would anonymise it here
    figure, named = parsed
    top = named or tops[0] or tops[1]
    given = f"{figure:g}/{top:g}"
    if top <= 0 or figure > top or figure < 0 or (top == 5 and figure < 1):
        return Stars(None, given)
    if best == "low":
        figure, given = min(top, top + 1 - figure), f"{given} (1 is best)"
    # A scale of 10 or 100 begins at 0 or at 1; both ends of ours stay reachable.
    return Stars(max(1.0, figure * 5 / top), given)


def recommended(value: Any) -> str | None:
    """A client's answer in any spelling as yes or no; None for anything else."""
    if isinstance(value, int | float):
        return {1.0: "yes", 0.0: "no"}.get(value)  # True and False as well
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    word, answers = _fold(value), _words()[1]
    first = word.split(" ")[0].rstrip(",")
    return answers.get(word) or answers.get(word.split(",")[0]) or (first if first in {"yes", "no"} else None)
