"""The accuracy card in words, the same in terminal, dashboard and report."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reviewpipe.metrics.periods import MONTHS
from reviewpipe.metrics.words import percent, percent_span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewpipe.metrics.accuracy import F1, Accuracy, Row
    from reviewpipe.metrics.shares import Share

PROPOSED = "The machine's themes were shown to you before you judged, which flatters their figures a little."
TOO_FEW = "too few to say"


@cache
def reference() -> dict[str, Any]:
    """The figures of reference.toml."""
    return tomllib.loads(files("reviewpipe").joinpath("reference.toml").read_text(encoding="utf-8"))


def headline(found: Accuracy, named: Callable[[str], str]) -> list[str]:
    """What was measured and on what, in a few sentences; `named` says how a theme is written for people."""
    if not found.measured:
        few = f"  {found.labels} labelled so far." if found.labels else ""
        return [f"Not yet measured here.{few}".replace("  ", " "), _on_reference(named)]
    said = [
        f"Measured on {found.right.whole} of your reviews, the last labelled on {_day(found.until)}.",
        f"The machine's sentiment is yours in {found.right.part:.0f} of {found.right.whole}: {share(found.right)}.",
    ]
    if found.drawn.whole >= found.few:
        said.append(
            f"Of those {found.drawn.whole} that were chosen by lot, in {found.drawn.part:.0f}: {share(found.drawn)}.  "
            "The others were chosen because the machine was unsure; on all reviews it should do better than on them."
        )
    else:
        said.append("Most were chosen because the machine was unsure; on all reviews it should do better than on them.")
    return [one.replace("  ", " ") for one in (*said, *_left_out(found))]


def _left_out(found: Accuracy) -> list[str]:
    left = [(found.outdated, "labelled before their authors edited them"), (found.unscored, "in another language")]
    told = [f"{count} {why}" for count, why in left if count]
    return [f"Not counted: {', '.join(told)}."] if told else []


def _on_reference(named: Callable[[str], str]) -> str:
    held = reference()
    themes = ", ".join(f"{named(name).lower()} {f1:.2f}" for name, f1 in held["themes"].items())
    right, macro = held["sentiment"]["accuracy"], held["sentiment"]["macro_f1"]
    return (
        f"On reference reviews ({held['on']}, {_day(held['date'])}): sentiment right in {right:.0%}, "
        f"mean F1 of its classes {macro:.2f}; F1 of themes: {themes}."
    )


def share(one: Share) -> str:
    """81% (70–89%)."""
    return f"{percent(one)} ({percent_span(one)})"


def share_or_few(one: Share, few: int) -> str:
    """A share with its interval, or that there are too few."""
    return share(one) if one.whole >= few else TOO_FEW


def f1(one: F1 | None) -> str:
    """0.81 (0.70–0.90), or that there are too few."""
    return f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})" if one else TOO_FEW


def rows(found: Accuracy, named: Callable[[str], str]) -> list[tuple[str, Row]]:
    """The classes, then the themes, with their names for people."""
    classes = [(row.name.capitalize(), row) for row in found.classes]
    return classes + [(named(row.name), row) for row in found.themes]


def _day(iso: str) -> str:
    return f"{MONTHS[int(iso[5:7]) - 1]} {int(iso[8:10])}, {iso[:4]}" if len(iso) >= 10 else "an unknown day"


def confusion(found: Accuracy) -> Sequence[tuple[str, Sequence[int]]]:
    """Your class, and how often the machine said each."""
    return [(said, list(row.values())) for said, row in found.confusion.items()]
