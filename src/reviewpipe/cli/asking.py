"""The dialogue of `reviewpipe label`: a review, its themes, and a line of keys for an answer."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reviewpipe.corrections import DOUBTS, directions, proposed
from reviewpipe.schema import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewpipe.corrections import Question
    from reviewpipe.schema import Polarity, Review, Said
    from reviewpipe.themes import Catalogue

    # Keeps a label of a text; False where the review says something else by now.
    Keep = Callable[[Label, str | None], bool]

SENTIMENTS: Mapping[str, Polarity] = {"p": "positive", "m": "mixed", "n": "negative", "u": "neutral"}
KEYS = (
    "p positive  m mixed  n negative  u neither | 3 theme 3 on or off  3n theme 3 is negative | s skip  b back  q quit"
)
THEME = re.compile(r"(\d{1,3})([pmnu]?)")
# Signs that steer a terminal instead of showing something.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WIDTH = 100


@dataclass(frozen=True)
class Answer:
    """One line of keys: `themes` by number with the polarity given ("" for on or off), and what to do then."""

    themes: tuple[tuple[int, str], ...] = ()
    then: str = ""


def understood(line: str, themes: int) -> Answer | None:
    """What a line says; None where any of it means nothing."""
    chosen: list[tuple[int, str]] = []
    then = ""
    for word in line.casefold().replace(",", " ").split():
        theme = THEME.fullmatch(word)
        if theme and 1 <= int(theme[1]) <= themes:
            chosen.append((int(theme[1]), theme[2]))
        elif not then and word in (*SENTIMENTS, "s", "b", "q"):
            then = word
        else:
            return None
    return Answer(tuple(chosen), then)


def ask(questions: Sequence[Question], catalogue: Catalogue, keep: Keep, today: str) -> None:
    """Go through the questions; each answer is kept at once."""
    given: dict[str, Label] = {}
    at = 0
    while 0 <= at < len(questions):
        question = questions[at]
        review = question.review
        _show(question, f"{at + 1} of {len(questions)}", catalogue)
        said: dict[str, Said | None] = dict(
            given[review.review_id].themes if review.review_id in given else proposed(review, catalogue)
        )
        then = _answered(said, catalogue, given.get(review.review_id))
        if then == "q":
            break
        if then in SENTIMENTS:
            # A theme that was only switched on is spoken of as the whole review is.
            judged: dict[str, Said] = {name: one or SENTIMENTS[then] for name, one in said.items()}
            label = Label(
                review.review_id, SENTIMENTS[then], judged, directions(judged, catalogue), question.drawn, today
            )
            if keep(label, review.text):
                given[review.review_id] = label
            else:
                click.echo("This review has changed in the meantime, so it is left out.")
        at = max(0, at - 1) if then == "b" else at + 1
    click.echo(f"{len(given)} labelled.")


def _answered(said: dict[str, Said | None], catalogue: Catalogue, before: Label | None) -> str:
    """Change `said` as the lines of the answer say, until one tells what to do then; the end of input is quitting."""
    while True:
        click.echo(_themes(said, catalogue) + (f"\n  You said: {before.sentiment}." if before else ""))
        click.echo(f"{KEYS}\n> ", nl=False)
        line = sys.stdin.readline()
        answer = understood(line, len(said)) if line else Answer(then="q")
        if answer is None:
            click.echo("Not understood, so nothing of it was done.")
            continue
        names = list(said)
        for number, key in answer.themes:
            name = names[number - 1]
            said[name] = SENTIMENTS[key] if key else None if said[name] == "absent" else "absent"
        if answer.then:
            return answer.then


def _show(question: Question, progress: str, catalogue: Catalogue) -> None:
    why = "by lot" if question.drawn else ", ".join(DOUBTS[one] for one in question.doubt)
    click.echo(f"\n{progress}{f' ({why})' if why else ''}\n")
    click.echo(marked(question.review, catalogue.names) + "\n")


def marked(review: Review, themes: Sequence[str]) -> str:
    """The words of a review, its evidence between « and » with the number of the theme; nothing steers a terminal."""
    numbers = {name: number for number, name in enumerate(themes, 1)}
    text = review.text or ""
    signs: list[tuple[int, int, str]] = []
    for hit in review.themes:
        if hit.theme in numbers:
            signs += [(hit.start, 1, "«"), (hit.end, 0, f"»{numbers[hit.theme]}")]
    pieces, at = [], 0
    for place, _, sign in sorted(signs):
        pieces += [STEERING.sub("", text[at:place]), sign]
        at = place
    return "".join([*pieces, STEERING.sub("", text[at:])])


def _themes(said: Mapping[str, Said | None], catalogue: Catalogue) -> str:
    """The themes with their numbers: those found, with what is said of them, and the others."""
    found, others = [], []
    for number, (name, one) in enumerate(said.items(), 1):
        shown = f"{number} {catalogue.label(name)}"
        if one == "absent":
            others.append(shown)
        else:
            found.append(f"{shown}: {one or 'as the review'}")
    return f"  Themes: {'; '.join(found) or 'none'}.\n  Others: {'; '.join(others) or 'none'}."
