"""The review table, said once as data, and the small records that travel between modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

T = TypeVar("T")
# Reviews that go through the stages together: the more, the less each costs; the fewer, the less memory they take.
BATCH = 5000

Precision = Literal["second", "day", "month", "relative", "none"]
Sentiment = Literal["positive", "mixed", "negative", "neutral", "unscored"]
Polarity = Literal["positive", "negative", "mixed", "neutral"]
Direction = Literal["favours_us", "favours_them", "neutral"]
# What a person says of a theme in a review.
Said = Literal["positive", "negative", "mixed", "neutral", "absent"]
Visibility = Literal["public", "private"]
Stage = Literal["ingest", "clean", "anonymise", "sentiment"]

STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Column:
    """One column of the review table.

    `added` and `removed` are the stages that do it; `allowed`, where given, lists every value there is.
    Text columns hold str or None; `rating` holds float or NaN.
    """

    name: str
    meaning: str
    added: Stage
    removed: Stage | None = None
    allowed: tuple[str, ...] | None = None
    kind: Literal["text", "number", "flag", "bytes"] = "text"
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("source", "where it was written: google, yelp, facebook, website, survey, …", "ingest", required=True),
    Column("visibility", "may anyone read it there", "ingest", allowed=get_args(Visibility), required=True),
    Column("native_id", "the platform's own id of the review", "ingest", removed="anonymise"),
    Column("posted_on", "ISO date, with time where known: 2026-10-03, 2026-10-03T09:12:00+00:00", "ingest"),
    Column("date_precision", "how exact posted_on is", "ingest", allowed=get_args(Precision), required=True),
    Column("updated_on", "ISO date of the last edit, where the file says it", "ingest"),
    Column("rating", "stars from 1 to 5", "ingest", kind="number"),
    Column("rating_given", "the rating as written in the file, with its scale: 4/5, 9/10", "ingest"),
    Column("recommended", "the client's answer where a source asks so", "ingest", allowed=("yes", "no")),
    Column("author", "the reviewer's name as written", "ingest", removed="anonymise"),
    Column("language", "two letters of ISO 639-1, from the file or found by clean", "ingest"),
    Column("text", "the client's words: as received until clean, anonymised after anonymise", "ingest"),
    Column("original", "the client's own words where text is a translation", "ingest"),
    Column("reply", "the practice's answer; anonymised, never analysed", "ingest"),
    Column("truncated", "the source cut the text", "ingest", kind="flag", required=True),
    Column("row", "row, record or line of the file, counted from 1", "ingest", kind="number", required=True),
    Column("review_key", "HMAC of source and native_id, else of the content", "anonymise", required=True),
    Column("person", "HMAC of the reviewer's name; a join key inside the store only", "anonymise"),
    Column("words", "HMAC of the client's words, without case or punctuation", "anonymise"),
    Column("marks", "keyed numbers by which nearly equal texts find each other", "anonymise"),
    Column("codes", "keyed codes of the words in text and original, to find new names", "anonymise", kind="bytes"),
    Column("reply_codes", "the same of the answer", "anonymise", kind="bytes"),
    Column("score", "from -1 (very unhappy) to 1 (very happy)", "sentiment", kind="number"),
    Column("sentiment", "the verdict of the text", "sentiment", allowed=get_args(Sentiment), required=True),
)


def columns_after(stage: Stage) -> list[str]:
    """Names of the columns that a table has when `stage` is done, in the declared order."""
    done = STAGES[: STAGES.index(stage) + 1]
    return [c.name for c in COLUMNS if c.added in done and (c.removed is None or c.removed not in done)]


def problems(reviews: pd.DataFrame, stage: Stage) -> list[str]:
    """All that is wrong with `reviews` as the table after `stage`; empty when it is sound.  Never quotes a value."""
    expected = columns_after(stage)
    found = [f"column {name!r} is missing" for name in expected if name not in reviews]
    found += [f"column {name!r} does not belong here" for name in reviews.columns if name not in expected]
    for column in COLUMNS:
        if column.name not in reviews or column.name not in expected:
            continue
        values = reviews[column.name]
        if column.required and values.isna().any():
            found.append(f"column {column.name!r} is empty in {int(values.isna().sum())} rows")
        if column.allowed and not values.dropna().isin(column.allowed).all():
            found.append(f"column {column.name!r} holds values other than {', '.join(column.allowed)}")
    return found


def values(reviews: pd.DataFrame, name: str) -> list[Any]:
    """A column as Python values, None where there is nothing (pandas may hold NaN there)."""
    column = reviews[name].astype(object)
    found: list[Any] = column.where(column.notna(), None).tolist()
    return found


def records(reviews: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as dicts, None where there is nothing."""
    names = list(reviews.columns)
    for row in zip(*(values(reviews, name) for name in names), strict=True):
        yield dict(zip(names, row, strict=True))


@dataclass(frozen=True)
class Reject:
    """A row that was refused: where and why, never what it said."""

    row: int
    reason: str


@dataclass(frozen=True)
class Role:
    """What became of one piece of a file: a line of a text, a column of a table.  For `inspect --explain` only.

    `role` is text, author, date, rating, reply, id, language or unused.
    """

    place: str
    role: str
    reason: str
    content: str = field(repr=False, default="")


@dataclass(frozen=True)
class Batch:
    """Reviews that travel through the stages together, with the rows that were refused on the way."""

    reviews: pd.DataFrame
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text by its offsets, with its own score from -1 to 1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text says of the practice as a whole, and sentence by sentence; `score` is None when unscored."""

    sentiment: Sentiment
    score: float | None
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeHit:
    """A theme found in a text: which, what is said of it, and where (offsets in characters of the stored text)."""

    theme: str
    polarity: Polarity
    start: int
    end: int
    direction: Direction | None = None


@dataclass(frozen=True)
class Review:
    """A finished review as the store gives it.

    `places` are all the sources where the same words stand; `vanished` is the day of the newest export of all reviews
    from which it is missing, None while any place still has it.  `corrected`: sentiment and themes are a person's.
    `person` is the author's keyed pseudonym, by which two reviews are known to be of one hand; no output shows it.
    """

    review_id: str
    source: str
    visibility: Visibility
    posted_on: str | None
    date_precision: Precision
    rating: float | None
    recommended: str | None
    language: str | None
    text: str | None
    reply: str | None
    truncated: bool
    score: float | None
    sentiment: Sentiment
    places: tuple[str, ...] = ()
    themes: tuple[ThemeHit, ...] = ()
    vanished: str | None = None
    corrected: bool = False
    person: str | None = None

    def evidence(self, theme: str) -> list[str]:
        """The passages of the text that made the theme."""
        return [self.text[h.start : h.end] for h in self.themes if h.theme == theme and self.text]


@dataclass(frozen=True)
class Label:
    """What a person says a review says; for a comparison, polarity "positive" means in our favour.

    `themes` holds every theme that was judged, `directions` that of comparisons.  `drawn`: by lot, not for doubt.
    `labelled_on` is an ISO date.  `outdated`: the author has edited the words since.
    """

    review_id: str
    sentiment: Sentiment
    themes: Mapping[str, Said] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    drawn: bool = False
    labelled_on: str = ""
    outdated: bool = False


@dataclass(frozen=True)
class Cell:
    """How many reviews share these values; month is YYYY-MM or None where the date is unknown."""

    month: str | None
    source: str
    sentiment: Sentiment
    rating: float | None
    language: str | None
    count: int


@dataclass(frozen=True)
class ThemeCell:
    """How many reviews of a month say this of a theme; a review counts once for each theme."""

    month: str | None
    theme: str
    polarity: Polarity
    direction: Direction | None
    count: int


def several(rows: Iterable[T]) -> Iterator[list[T]]:
    """So many rows at a time as are worked on together."""
    stream = iter(rows)
    while some := list(islice(stream, BATCH)):
        yield some


def months_between(first: str, last: str) -> Sequence[str]:
    """All months from `first` to `last`, both included, as YYYY-MM."""
    start, stop = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last))
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(start, stop + 1)]
