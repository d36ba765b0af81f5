"""From what a reader found to the review table: dates, stars, translations and yes or no, whole columns at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from reviewpipe.ingest import dates, notes, ratings
from reviewpipe.ingest.envelopes import unwrapped
from reviewpipe.ingest.facts import DAYS
from reviewpipe.ingest.looks import is_gone, is_shown
from reviewpipe.ingest.platforms import platform_of, visibility_of
from reviewpipe.schema import Batch, Reject, columns_after, several

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from reviewpipe.config import Config
    from reviewpipe.ingest.facts import Facts
    from reviewpipe.ingest.fields import Form
    from reviewpipe.ingest.reading import Found
    from reviewpipe.schema import Role, Visibility

    Row = Mapping[str, Any]

# An e-mail address, as it stands behind a name or in its place.
ADDRESS = re.compile(r"[<(\[]?(?:mailto:)?[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+[>)\]]?")
BADGE = re.compile(r"\s*\(verified [a-z ]{1,30}\)$", re.IGNORECASE)
# Where TripAdvisor's paragraphs were glued together: "and drains.We could not".
GLUED = re.compile(r"(?<=[a-z]{3}[.!?])(?=[A-Z])")
# Yelp's excerpts and Google's teasers end so.
CUT_END = ("...", "…")


@dataclass(frozen=True)
class Setting:
    """All that the file itself does not say about its rows."""

    form: Form | None  # None where no form of sources.toml fitted
    source: str
    visibility: Visibility
    as_of: date
    order: Literal["MDY", "DMY"] | None
    fallback_order: Literal["MDY", "DMY"]
    config: Config


class Understanding:
    """How the rows of one file are understood.  A class, because it goes through them in parts, and twice at times."""

    def __init__(self, found: Found, facts: Facts, setting: Setting) -> None:
        self.found, self.facts, self.setting = found, facts, setting
        self._unread: dict[str, set[str]] = {name: set() for name in DAYS}
        self._scale = ratings.scale_of(list(facts.numbers.elements())) if setting.form is None else setting.form.scale

    def batches(self) -> Iterator[Batch]:
        """The rows as tables after ingest, at least one; rows in = reviews + rejects.

        What the reader refused is told with the first.
        """
        rejects = self.found.rejects
        for rows in several(self.found.rows) if self.facts.count else ([],):
            batch = self._batch(rows)
            yield Batch(batch.reviews, tuple(sorted([*rejects, *batch.rejects], key=lambda reject: reject.row)))
            rejects = ()

    def notes(self) -> Iterator[Role]:
        """How the dates and stars were read."""
        noted = notes.Noted()
        for rows in several(self.found.rows):
            noted.add([row.get("date") for row in rows], self._moments(rows, "date"))
            noted.add_stars([row.get("rating") for row in rows], self._stars(rows))
        yield from noted.roles(self.facts, self.setting)

    def _batch(self, rows: Sequence[Row]) -> Batch:
        import pandas as pd

        moments, stars = self._moments(rows, "date"), self._stars(rows)
        columns = _texts(rows, self.setting) | {
            "posted_on": [moment.posted_on for moment in moments],
            "updated_on": [moment.posted_on for moment in self._moments(rows, "updated")],
            "date_precision": [moment.precision for moment in moments],
            "rating": [star.stars for star in stars],
            "rating_given": [star.given for star in stars],
            "recommended": [ratings.recommended(row.get("recommended")) for row in rows],
            "row": [row["row"] for row in rows],
        }
        reasons = _reasons(rows, moments, columns)
        table = pd.DataFrame(
            {name: pd.Series(columns.pop(name), dtype=_kind(name)) for name in columns_after("ingest")}
        )
        rejects = [Reject(row["row"], reason) for row, reason in zip(rows, reasons, strict=True) if reason]
        if rejects:
            table = table[[not reason for reason in reasons]].reset_index(drop=True)
        return Batch(table, tuple(rejects))

    def _moments(self, rows: Sequence[Row], name: str) -> list[dates.Moment]:
        """When rows were written, or edited last; the order of day and month is that of the whole file."""
        given = [row.get(name) for row in rows]
        if not any(given):
            return [dates.UNKNOWN] * len(rows)
        told = self.setting
        order = told.order or dates.order_of(self.facts.days[name], as_of=told.as_of, fallback=told.fallback_order)
        return dates.resolve(given, as_of=told.as_of, order=order, unread=self._unread[name])

    def _stars(self, rows: Sequence[Row]) -> list[ratings.Stars]:
        form = self.setting.form
        return ratings.resolve(
            [row.get("rating") for row in rows],
            [row.get("best_rating") for row in rows],
            scale=self._scale or 5.0,
            best=form.best if form else "high",
        )


def _reasons(rows: Sequence[Row], moments: Sequence[dates.Moment], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """Why each row is refused; "" for those that are not."""
    said = zip(*(columns[name] for name in ("text", "rating", "rating_given", "recommended")), strict=True)
    reasons = []
    for row, moment, saying in zip(rows, moments, said, strict=True):
        if "public" in row and is_gone(row["public"]):
            reasons.append("marked as spam or thrown away where it comes from")
        elif all(one is None for one in saying):
            reasons.append(moment.reason or "neither text nor rating")
        else:
            reasons.append(moment.reason)
    return reasons


def _kind(name: str) -> Any:
    return {"rating": "float64", "row": "int64", "truncated": "bool"}.get(name, object)


def _texts(rows: Sequence[Row], setting: Setting) -> dict[str, list[Any]]:
    """The columns that need no look at their other values."""
    platforms = {given: platform_of(given) or setting.source for given in {row.get("platform") for row in rows}}
    sources = [platforms[row.get("platform")] for row in rows]
    visible = {source: visibility_of(source, setting.config) for source in set(sources)} | {
        setting.source: setting.visibility
    }
    ids = [_text(row.get("native_id")) for row in rows]
    spoken = [_languages(row) for row in rows]
    if setting.form is not None and setting.form.glued:
        spoken = [(text and GLUED.sub("\n\n", text), own, language) for text, own, language in spoken]
    cut = setting.form is not None and setting.form.cut
    return {
        "source": sources,
        "visibility": [
            "private" if "public" in row and not is_shown(row["public"]) else visible[source]
            for row, source in zip(rows, sources, strict=True)
        ],
        "native_id": [one.rpartition("/reviews/")[2] if one else None for one in ids],
        "author": [_person(_text(row.get("author"))) for row in rows],
        "text": [text for text, _, _ in spoken],
        "original": [original for _, original, _ in spoken],
        "language": [language for _, _, language in spoken],
        "reply": [unwrapped(_text(row.get("reply")))[0] for row in rows],
        "truncated": [
            bool(row.get("truncated")) or bool(cut and text and text.endswith(CUT_END))
            for row, (text, _, _) in zip(rows, spoken, strict=True)
        ],
    }


def _text(value: Any) -> str | None:
    """A value as text that every encoding can hold, None where nothing is in it."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if not text.isascii():
        # Half of a surrogate pair, as JSON and cut texts leave it, cannot be written to any file.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text or None


def _person(name: str | None) -> str | None:
    """A name without the address or the badge that some reports print behind it."""
    if name and name.endswith(")"):
        name = BADGE.sub("", name) or name
    return ADDRESS.sub("", name).strip(" ,;-") or None if name and "@" in name else name


def _languages(row: Row) -> tuple[str | None, str | None, str | None]:
    """The text to understand, the client's own words where that is a translation, and the language of the text.

    An English translation is understood better than a guess at any language; other translations are of no use to us.
    """
    own, language = _text(row.get("text")), _short(row.get("language"))
    given, translated = _text(row.get("original")), _text(row.get("translated"))
    if given and given != own:
        return own, given, language
    if (
        translated
        and translated != own
        and language != "en"
        and (_short(row.get("translated_language")) or "en") == "en"
    ):
        return translated, own, "en"
    text, original = unwrapped(own)
    return text, original, "en" if original else language


@cache
def _short(language: object) -> str | None:
    """en-US, en_us, EN -> en."""
    short = re.split(r"[-_]", language.strip())[0].casefold() if isinstance(language, str) else ""
    return short if len(short) == 2 and short.isalpha() else None
