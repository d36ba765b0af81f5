"""How many stars?  Any spelling of a rating, brought to 1 to 5; what was written is kept with its scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
# Words that surveys use for five steps, as in the NHS Friends and Family Test and the usual scales of satisfaction.
VERDICTS = {
    5: (
        "excellent",
        "very good",
        "very satisfied",
        "extremely satisfied",
        "outstanding",
        "love it",
        "loved it",
        "strongly agree",
    ),
    4: ("good", "satisfied", "somewhat satisfied", "agree"),
    3: ("neutral", "neither good nor poor", "neither satisfied nor dissatisfied", "ok", "okay", "average", "fair"),
    2: ("poor", "bad", "dissatisfied", "somewhat dissatisfied", "disagree"),
    1: (
        "very poor",
        "very bad",
        "terrible",
        "awful",
        "very dissatisfied",
        "extremely dissatisfied",
        "strongly disagree",
    ),
}
WORDS = {**NUMBER_WORDS, **{word: stars for stars, words in VERDICTS.items() for word in words}}
# U+E838 is the full star of Google's icon font as it comes out of the clipboard.
FULL = re.compile("[★⭐🌟✭✮✯\ue838❤♥💙💚💛💜🧡]")
ASTERISKS = re.compile(r"\*{1,5}")
HALF = re.compile("[½⯨\ue839]")
OVER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|su|van|z)\s*(\d+(?:[.,]\d+)?)(?!\d)", re.IGNORECASE)
PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%$")
LEADING = re.compile(
    r"(?:rated|rating|score)?[\s:]*(\d+(?:[.,]\d+)?)\s*(?:stars?|hearts?|points?|sterne|estrellas|étoiles|stelle|-\s*\D.*|\(.*\))?$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?$")
YES = frozenset(
    (
        "yes",
        "y",
        "true",
        "1",
        "positive",
        "recommends",
        "recommended",
        "recommend",
        "definitely",
        "absolutely",
        "sí",
        "si",
        "oui",
        "ja",
    )
)
NO = frozenset(
    (
        "no",
        "n",
        "false",
        "0",
        "negative",
        "doesn't recommend",
        "doesn’t recommend",
        "not recommended",
        "never",
        "non",
        "nein",
    )
)


@dataclass(frozen=True, slots=True)
class Stars:
    """Stars from 1 to 5 or None, and the rating as given with its scale ("9/10")."""

    stars: float | None
    given: str | None


def number(value: Any) -> float | None:
    """A figure with point or comma as a number, whatever its type."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if value == value and abs(value) < 1e6 else None  # noqa: PLR0124 - NaN is not equal to itself
    if isinstance(value, str) and NUMBER.match(value.strip()):
        return float(value.strip().replace(",", "."))
    return None


def parse(value: Any) -> tuple[float, float | None] | None:
    """The number that was given and the top of its scale where the value says it; None where there is no rating."""
    plain = number(value)
    if plain is not None:
        return plain, None
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = value.strip()
    if ASTERISKS.fullmatch(text):
        return float(len(text)), 5.0
    if glyphs := len(FULL.findall(text)) + 0.5 * len(HALF.findall(text)):
        return glyphs, 5.0 if glyphs <= 5 else 10.0
    if match := OVER.search(text):
        return _float(match[1]), _float(match[2])
    if match := PERCENT.search(text):
        return _float(match[1]), 100.0
    words = text.casefold().replace("_", " ").removesuffix(" stars").removesuffix(" star").strip(" .!")
    if words in WORDS:
        return float(WORDS[words]), 5.0
    match = LEADING.match(text)
    return (_float(match[1]), None) if match else None


def _float(digits: str) -> float:
    return float(digits.replace(",", "."))


def resolve(
    values: Sequence[Any], tops: Sequence[Any], *, scale: float | None = None, best: Literal["high", "low"] = "high"
) -> list[Stars]:
    """Stars for each value of a column; `tops` are the tops of the scale that rows name themselves, or None.

    Where neither row nor form names a scale, the whole column decides between 5, 10 and 100.  A value outside its scale
    gives no stars and stays as given.  `best` is "low" where 1 is the best mark.
    """
    parsed = {(type(value), value): parse(value) for value in values}
    top = scale or scale_of([p[0] for p in (parsed[type(v), v] for v in values) if p and p[1] is None])
    made: dict[tuple[Any, ...], Stars] = {}
    result = []
    for value, own in zip(values, tops, strict=True):
        key = (type(value), value, own)
        if key not in made:
            made[key] = _stars(parsed[type(value), value], (number(own), top), best)
        result.append(made[key])
    return result


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
        return Stars(top + 1 - figure, f"{given} (1 is best)")
    # A scale of 10 or 100 begins at 0 or at 1; both ends of ours stay reachable.
    return Stars(max(1.0, figure * 5 / top), given)


def recommended(value: Any) -> str | None:
    """A client's answer in any spelling as yes or no; None for anything else."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    word = str(value).strip().casefold().rstrip(".!") if value is not None else ""
    first = word.split(",")[0].split(" ")[0]
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    return {"yes": "yes", "no": "no"}.get(first)
