"""What stands between the blanks of a batch of texts: whatever depends on a piece alone is found once a piece."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Places = NDArray[np.int64]


class Pieces(NamedTuple):
    """The pieces of n texts: piece i is `vocabulary[codes[i]]` and begins at `starts[i]` of its own text.

    Those of text t are `rows[t]:rows[t + 1]`; two blanks have an empty piece between them.
    """

    vocabulary: Sequence[str]
    codes: Places
    starts: Places
    rows: Places

    def ends(self) -> Places:
        """Where each piece ends."""
        lengths = np.fromiter(map(len, self.vocabulary), np.int64, len(self.vocabulary))
        return self.starts + lengths[self.codes]


def cut(texts: Sequence[str]) -> Pieces:
    """`texts` cut at blanks."""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    codes: list[int] = []
    rows = [0]
    for text in texts:
        codes.extend(map(index.__getitem__, text.split(" ")))
        rows.append(len(codes))
    index.default_factory = None  # it refers to itself by it, and would stay until cycles are looked for
    coded, row = np.array(codes, np.int64), np.array(rows, np.int64)
    ends = np.cumsum(np.fromiter(map(len, index), np.int64, len(index))[coded] + 1)
    starts = np.concatenate([[0], ends])[:-1]
    starts -= np.repeat(starts[row[:-1]], np.diff(row))
    return Pieces(tuple(index), coded, starts, row)


def spread(bounds: Places, codes: Places) -> tuple[Places, Places]:
    """Where all that belongs to each of `codes` stands in a table, and how much that is.

    Rows `bounds[c]:bounds[c + 1]` of the table belong to code c.
    """
    counts = np.diff(bounds)[codes]
    return ranges(bounds[codes], counts), counts


def ranges(first: Places, counts: Places) -> Places:
    """The numbers from each of `first` on, as many as `counts` says, one after the other."""
    after = np.cumsum(counts)
    return np.arange(after[-1] if len(after) else 0) + np.repeat(first - after + counts, counts)
