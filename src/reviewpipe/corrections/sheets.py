"""Labels as a table that a person fills in with a spreadsheet, and back: a row a review, a column a theme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

from reviewpipe.corrections.asking import by_lot, directions, proposed
from reviewpipe.errors import UnreadableError
from reviewpipe.schema import Label, Polarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.schema import Review, Said, Sentiment
    from reviewpipe.themes import Catalogue

KEY, TEXT, SENTIMENT = COLUMNS = ("review_id", "text", "sentiment")
SENTIMENTS: tuple[Sentiment, ...] = ("positive", "mixed", "negative", "neutral")
# What a cell of a theme may say, by the word in the cell.
SAID: Mapping[str, Said] = {**{one: one for one in get_args(Polarity)}, "no": "absent"}
TOO_LONG = "it has more cells than there are headings"
WORDS: Mapping[Said, str] = {said: word for word, said in SAID.items()}


@dataclass(frozen=True)
class Refused:
    """A row of the table, counted as spreadsheets do, and why it cannot be used; never what it says."""

    row: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """What a table says: `labels` that are new or different, rows `unchanged` and `unanswered`, and those `refused`.

    Labels marked as outdated are about words that the author has changed since.
    """

    labels: tuple[Label, ...]
    unchanged: int
    unanswered: int
    refused: tuple[Refused, ...]

    @property
    def read(self) -> int:
        """All rows."""
        return len(self.labels) + self.unchanged + self.unanswered + len(self.refused)


def rows_of(reviews: Iterable[Review], labels: Iterable[Label], catalogue: Catalogue) -> list[dict[str, str]]:
    """Reviews as rows: sentiment empty unless labelled, themes as the label or the machine says, to be corrected."""
    current = {label.review_id: label for label in labels if not label.outdated}
    rows = []
    for review in reviews:
        label = current.get(review.review_id)
        said = proposed(review, catalogue)
        row = {KEY: review.review_id, TEXT: review.text or "", SENTIMENT: label.sentiment if label else ""}
        rows.append(row | {_heading(name): WORDS[one] for name, one in said.items()})
    return rows


def read_rows(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    held: Mapping[str, tuple[Review, Label | None]],
    catalogue: Catalogue,
    today: str,
) -> Sheet:
    """The answers in a table's rows; `held` are the reviews of the store with their labels, by id.

    UnreadableError where the headings are not those of such a table.
    """
    columns = _columns(headings, catalogue)
    labels, refused, counts = [], [], {"unchanged": 0, "unanswered": 0}
    seen: set[str] = set()
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        reason = TOO_LONG if len(cells) > len(headings) else _wrong(row, held, seen)
        seen.add(row[KEY])
        if reason:
            refused.append(Refused(number, reason))
        elif not row[SENTIMENT]:
            counts["unanswered"] += 1
        elif label := _label(row, *held[row[KEY]], catalogue, today):
            labels.append(label)
        else:
            counts["unchanged"] += 1
    return Sheet(tuple(labels), counts["unchanged"], counts["unanswered"], tuple(refused))


def _heading(theme: str) -> str:
    """A theme's heading; one that is called like a column of ours is told apart."""
    return f"theme {theme}" if theme in COLUMNS else theme


def _columns(headings: Sequence[str], catalogue: Catalogue) -> dict[str, int]:
    """Where the key, text, sentiment and each theme (by its name) stand."""
    plain = [heading.strip().casefold() for heading in headings]
    names = {name: name for name in COLUMNS} | {
        f"theme {name}" if name in COLUMNS else name: f" {name}" for name in catalogue.names
    }
    for number, heading in enumerate(plain, 1):
        if heading and plain.index(heading) != number - 1:
            raise UnreadableError(
                f"Columns {plain.index(heading) + 1} and {number} have the same heading.  Remove one."
            )
        if heading and heading not in names:
            close = get_close_matches(heading, names, n=1)
            raise UnreadableError(
                f"Column {number} is no theme.  " + (f"Did you mean {close[0]!r}?" if close else "Remove it.")
            )
    for name in (KEY, SENTIMENT):
        if name not in plain:
            raise UnreadableError(
                f"There is no column {name!r}.  `reviewpipe label --export` writes a table to fill in."
            )
    return {names[heading]: at for at, heading in enumerate(plain) if heading}


def _wrong(row: Mapping[str, str], held: Mapping[str, object], seen: Iterable[str]) -> str | None:
    """Why a row cannot be used, or None."""
    if row[KEY] not in held:
        return "no review with words has that review_id" if row[KEY] else "it has no review_id"
    if row[KEY] in seen:
        return "that review stands in the table twice"
    if row[SENTIMENT] and row[SENTIMENT].casefold() not in SENTIMENTS:
        return f"sentiment must be {', '.join(SENTIMENTS)}, or empty"
    for name, cell in row.items():
        if name not in COLUMNS and cell and cell.casefold() not in SAID:
            return f"{name.strip()} must be {', '.join(SAID)}, or empty"
    return None


def _label(
    row: Mapping[str, str], review: Review, before: Label | None, catalogue: Catalogue, today: str
) -> Label | None:
    """The label that a row means; None where it is the one that there is, or about words that nobody reads any more."""
    outdated = not _same_words(row.get(TEXT, ""), review.text or "")
    current = before is not None and not before.outdated
    said = dict(before.themes) if before and current else {}
    said |= {name.strip(): SAID[cell.casefold()] for name, cell in row.items() if name not in COLUMNS and cell}
    label = Label(
        review.review_id,
        SENTIMENTS[SENTIMENTS.index(row[SENTIMENT].casefold())],
        said,
        directions(said, catalogue),
        before.drawn if before else by_lot(review.review_id),
        today,
        outdated,
    )
    if before and (current if outdated else replace(label, labelled_on=before.labelled_on) == before):
        return None
    return label


def _same_words(shown: str, now: str) -> bool:
    """Whether a cell shows the words as they are; programs mend and break all signs but plain letters and digits."""
    return not shown or _plain(shown) == _plain(now)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isascii() and c.isalnum())
