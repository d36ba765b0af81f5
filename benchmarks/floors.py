"""What each stage cannot go below: the least work in C that its result needs, on this machine and on the same texts.

Every byte is read once, every token looked up once, every row written once.  Compiled code that does nothing else takes
about as long as these calls of Python's own C functions.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from hashlib import blake2b
from typing import TYPE_CHECKING

import invented
import stock
from timing import Deed, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# As many columns as the store keeps of a review and of what hangs on it, and its themes.
COLUMNS, THEMES = 30, 2
MARKS = 16


def floors(texts: Sequence[str]) -> dict[str, list[float]]:
    """Print the floors beside stock VADER; nothing of it is ours, so there is no ratio to keep."""
    size, scored = len(texts), stock.vader()
    lines, split = _csv_lines(texts), [text.split() for text in texts]
    known = frozenset(invented.words().after)
    rows = [(number, *[text[:8]] * (COLUMNS - 2), text) for number, text in enumerate(texts)]
    hits = [(number, theme) for number in range(size) for theme in range(THEMES)]
    deeds: dict[str, Callable[[], object]] = {
        "stock vaderSentiment": lambda: scored(texts),
        "read: csv.reader": lambda: list(csv.reader(io.StringIO(lines, newline=""))),
        "clean: each character seen once": lambda: [text.isascii() and text.isprintable() for text in texts],
        "tokens: str.split": lambda: [text.split() for text in texts],
        "sentiment, names, themes: one look-up a token each": lambda: [
            len(known.intersection(words)) for _ in range(3) for words in split
        ],
        "identity: three keyed digests": lambda: [
            blake2b(data, digest_size=16, key=b"key").digest() for data in map(str.encode, texts) for _ in range(3)
        ],
        f"nearly equal: {MARKS} numbers, the least of all groups of words": lambda: _least(split),
        f"store: {COLUMNS} columns and {THEMES} themes": lambda: _written(rows, hits),
    }
    title = f"floor of each stage, {size:,} reviews of {sum(map(len, split)) / size:.0f} words"
    return table({name: Deed(deed, size, stock=True) for name, deed in deeds.items()}, title, "µs a review")


def _csv_lines(texts: Sequence[str]) -> str:
    made = io.StringIO(newline="")
    csv.writer(made).writerows([*invented.row(number)[:-1], text] for number, text in enumerate(texts))
    return made.getvalue()


def _least(split: Sequence[Sequence[str]]) -> object:
    import numpy as np

    codes = np.array([hash(word) for words in split for word in words], dtype=np.int64)
    starts = np.cumsum([0, *map(len, split[:-1])])
    return [np.minimum.reduceat(codes * factor, starts) for factor in range(1, 2 * MARKS, 2)]


def _written(rows: Sequence[tuple[object, ...]], hits: Sequence[tuple[int, int]]) -> None:
    with closing(sqlite3.connect(":memory:")) as base, base:
        base.execute(f"CREATE TABLE r ({', '.join(f'c{n}' for n in range(COLUMNS))})")
        base.execute("CREATE TABLE t (r, theme)")
        base.executemany(f"INSERT INTO r VALUES ({', '.join('?' * COLUMNS)})", rows)  # noqa: S608  only marks
        base.executemany("INSERT INTO t VALUES (?, ?)", hits)
