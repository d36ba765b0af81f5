"""Reviews in Parquet: rows as the stages leave them, while the job goes on; finished reviews, one row each; counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import UsageError
from reviewpipe.schema import COLUMNS, Cell, Review, ThemeCell, ThemeHit, columns_after, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from reviewpipe.store import Finished

# Texts of two rows with the same words may differ in signs; from this length on the words alone may make them one.
NEARLY_LONG = 40
# What nobody needs after the job: codes serve to find names later, and a job begins with all names.
CODES = ("codes", "reply_codes")
# A finished review, as in schema.Review; what a person says of it, and what vanished, only a store knows.
FINISHED = tuple(one.name for one in fields(Review) if one.name not in ("vanished", "corrected", "person"))
# What stands in the finished row of a review that is nobody else's, in the row of the stages.
FROM_ROWS = {name: {"review_id": "review_key"}.get(name, name) for name in FINISHED if name != "places"}
ROWS = tuple(name for name in columns_after("sentiment") if name not in CODES)


def arrow() -> tuple[Any, Any, Any]:
    """pyarrow, its Parquet and its functions; UsageError where it is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import compute, parquet
    except ImportError:
        raise UsageError("Bulk jobs need fsspec and pyarrow.  Install reviewpipe[bulk].") from None
    return pa, parquet, compute


def row_schema() -> Any:
    """Columns of rows: those of the review table after the stages, themes, and traits (see `traits`)."""
    pa, *_ = arrow()
    kinds = {"text": pa.string(), "number": pa.float64(), "flag": pa.bool_()}
    of = {column.name: kinds[column.kind] for column in COLUMNS if column.name in ROWS}
    return pa.schema([*((name, of[name]) for name in ROWS), ("themes", _themes()), ("traits", pa.list_(pa.uint64()))])


def finished_schema() -> Any:
    """Columns of finished reviews."""
    pa, *_ = arrow()
    rows = row_schema()
    more = {"places": pa.list_(pa.string())}
    return pa.schema([(name, more.get(name) or rows.field(FROM_ROWS[name]).type) for name in FINISHED])


def _themes() -> Any:
    pa, *_ = arrow()
    numbers = ("start", "end")
    return pa.list_(
        pa.struct([(one.name, pa.int32() if one.name in numbers else pa.string()) for one in fields(ThemeHit)])
    )


def rows_of(finished: Finished) -> Any:
    """A batch at the end of the stages as a table of Arrow."""
    pa, *_ = arrow()
    rows = [
        {name: row[name] for name in ROWS}
        | {"themes": [asdict(hit) for hit in sorted(hits, key=_in_order)], "traits": traits(row)}
        for row, hits in zip(records(finished.reviews), finished.themes, strict=True)
    ]
    return pa.Table.from_pylist(rows, row_schema())


def _in_order(hit: ThemeHit) -> tuple[int, str, int]:
    """In which a store gives themes."""
    return hit.start, hit.theme, hit.end


def frame_of(rows: Any) -> tuple[pd.DataFrame, list[tuple[ThemeHit, ...]]]:
    """Rows as the review table and its themes, as the store takes them."""
    import pandas as pd

    found = rows.drop_columns(["traits"]).to_pylist()
    hits = [tuple(ThemeHit(**hit) for hit in row.pop("themes")) for row in found]
    whole = [{**row, "row": int(row["row"]), **dict.fromkeys(CODES)} for row in found]
    return pd.DataFrame(whole, columns=columns_after("sentiment"), dtype=object), hits


def traits(row: Mapping[str, Any]) -> list[int]:
    """Numbers of which two rows share one where the store might take them for one review.

    Its key; its words, with their author or where they are long; its marks with their author.  Nearly equal texts of
    unlike authors share none: among a million reviews each would have ten of another to be compared with.
    """
    found = [("key", row["review_key"])]
    if row["words"] and row["person"]:
        found.append((row["person"], row["words"]))
    if row["words"] and len(row["text"] or "") >= NEARLY_LONG:
        found.append(("words", row["words"]))
    if row["person"]:
        found += [(row["person"], mark) for mark in (row["marks"] or "").split()]
    return sorted({int.from_bytes(blake2b("\0".join(one).encode(), digest_size=8).digest()) for one in found})


def unrelated(rows: Any, related: Iterable[int]) -> Any:
    """Finished reviews of the rows that share no trait with any other; `related` are the numbers of the others."""
    import numpy as np

    pa, _, compute = arrow()
    alone = np.ones(len(rows), bool)
    alone[list(related)] = False
    rows = rows.filter(pa.array(alone))
    each = {name: rows[FROM_ROWS[name]] for name in FROM_ROWS}
    one = pa.array(np.arange(len(rows) + 1), pa.int32())
    source = compute.cast(rows["source"].combine_chunks(), pa.string())
    each["places"] = pa.ListArray.from_arrays(one, source)
    return pa.table({name: each[name] for name in FINISHED}, finished_schema())


def table_of(reviews: Sequence[Review]) -> Any:
    """Finished reviews as a table of Arrow."""
    pa, *_ = arrow()
    rows = [{name: getattr(review, name) for name in FINISHED} for review in reviews]
    return pa.Table.from_pylist(
        [row | {"themes": [asdict(hit) for hit in row["themes"]]} for row in rows], finished_schema()
    )


def reviews_of(table: Any) -> list[Review]:
    """Finished reviews."""
    rows = table.to_pylist()
    hits = [tuple(ThemeHit(**hit) for hit in row["themes"]) for row in rows]
    return [
        Review(**{**row, "places": tuple(row["places"]), "themes": found})
        for row, found in zip(rows, hits, strict=True)
    ]


@dataclass
class Counted:
    """How many reviews share what a page counts: the keys are the fields of Cell and ThemeCell but the count.

    `unanswered` are public reviews of unhappy clients without an answer, by month.
    """

    cells: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    themes: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    unanswered: Counter[str | None] = field(default_factory=Counter)

    def add(self, other: Counted) -> None:
        """Count these as well."""
        self.cells += other.cells
        self.themes += other.themes
        self.unanswered += other.unanswered

    def told(self) -> tuple[list[Cell], list[ThemeCell]]:
        """As metrics take them, in the order in which a store gives them."""
        cells = [Cell(*(*key, count)) for key, count in sorted(self.cells.items(), key=_nothing_first)]
        themes = [ThemeCell(*(*key, count)) for key, count in sorted(self.themes.items(), key=_nothing_first)]
        return cells, themes


def _nothing_first(item: tuple[tuple[Any, ...], int]) -> list[tuple[bool, Any]]:
    return [(value is not None, "" if value is None else value) for value in item[0]]


def counted(reviews: Any) -> Counted:
    """The counts of a table of finished reviews."""
    _, _, compute = arrow()
    reviews = reviews.append_column("month", compute.utf8_slice_codeunits(reviews["posted_on"], 0, 7))
    cells = _groups(reviews, ("month", "source", "sentiment", "rating", "language"))
    bad = compute.or_kleene(compute.equal(reviews["sentiment"], "negative"), compute.less_equal(reviews["rating"], 2))
    bad = compute.or_kleene(bad, compute.equal(reviews["recommended"], "no"))
    open_to_all = compute.equal(reviews["visibility"], "public")
    silent = compute.equal(compute.fill_null(reviews["reply"], ""), "")
    waiting = compute.and_kleene(compute.and_kleene(bad, open_to_all), silent)
    unanswered = _groups(reviews.filter(compute.fill_null(waiting, fill_value=False)), ("month",))
    return Counted(cells, _themes_of(reviews), Counter({month: n for (month,), n in unanswered.items()}))


def _themes_of(reviews: Any) -> Counter[tuple[Any, ...]]:
    """How many reviews of a month say what of a theme; each once, whatever it says of it in how many places."""
    pa, _, compute = arrow()
    listed = reviews["themes"].combine_chunks()
    of, hits = compute.list_parent_indices(listed), compute.list_flatten(listed)
    hit = {name: compute.struct_field(hits, name) for name in ("theme", "polarity", "direction")}
    said = {name: compute.equal(hit["polarity"], name) for name in ("mixed", "positive", "negative")}
    table = pa.table({"of": of, "theme": hit["theme"], "direction": hit["direction"], **said})
    asked = [*((name, "max") for name in said), ("direction", "min"), ("direction", "max")]
    table = table.group_by(["of", "theme"]).aggregate(asked)
    mixed = compute.or_(table["mixed_max"], compute.and_(table["positive_max"], table["negative_max"]))
    polarity = compute.case_when(
        compute.make_struct(mixed, table["positive_max"], table["negative_max"]),
        "mixed",
        "positive",
        "negative",
        "neutral",
    )
    agreed = compute.equal(table["direction_min"], table["direction_max"])
    direction = compute.if_else(agreed, table["direction_min"], "neutral")
    month = compute.take(reviews["month"], table["of"])
    columns = {"month": month, "theme": table["theme"], "polarity": polarity, "direction": direction}
    return _groups(pa.table(columns), tuple(columns))


def _groups(table: Any, names: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    grouped = table.group_by(list(names)).aggregate([([], "count_all")])
    keys = zip(*(grouped[name].to_pylist() for name in names), strict=True)
    return Counter(dict(zip(keys, grouped["count_all"].to_pylist(), strict=True)))
