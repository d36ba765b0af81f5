"""Which stored texts a newly known name may stand in, told without reading them.

Every text is kept with a code for each of its words, and a code for "somebody is hidden here".  A fingerprint of a
name comes with its trace: the codes that a text must hold, all of them, for that fingerprint to change anything in it.
So of a million texts only those are read again in which a new name may stand.  Codes have 24 bits of a keyed hash: two
words that share one by chance cost a needless look, and nothing of a text can be got back without the key.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.known import HIDDEN, pieces_of, trace
from reviewpipe.tokens import WORD, tokenise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from reviewpipe.anonymise.pseudonyms import Key
    from reviewpipe.anonymise.roster import Roster

SIZE = len(HIDDEN)  # bytes of a code
EVERY_TEXT = b""  # the trace that all texts hold


def codes(said: Sequence[Sequence[str | None]], roster: Roster, key: Key) -> list[bytes]:
    """For each group of texts that are kept together the codes of its words, each once, in order."""
    texts = [text or "" for group in said for text in group]
    group_of = np.repeat(np.arange(len(said)), [len(group) for group in said])
    tokens = tokenise(texts)
    each = [[_number(one) for one in _codes(word, key)] for word in tokens.vocabulary]
    sizes = np.fromiter(map(len, each), np.int64, len(each))
    flat = np.fromiter((number for some in each for number in some), np.int64, int(sizes.sum()))
    counts = sizes[tokens.codes]
    first = (np.cumsum(sizes) - sizes)[tokens.codes]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    found = flat[np.repeat(first, counts) + within]
    groups = np.repeat(group_of[tokens.text_of()], counts)
    hidden = group_of[[bool(roster.shown.search(text)) for text in texts]]
    placed = np.unique(np.concatenate((groups << 8 * SIZE | found, hidden << 8 * SIZE | _number(HIDDEN))))
    packed = placed.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :SIZE].tobytes()
    bounds = (np.searchsorted(placed, np.arange(len(said) + 1) << 8 * SIZE) * SIZE).tolist()
    return [packed[start:end] for start, end in pairwise(bounds)]


def _codes(word: str, key: Key) -> list[bytes]:
    """The codes under which a word of a text is found; in scripts without blanks pieces of it are names as well."""
    if not WORD.match(word):
        return []
    folded = without_possessive(fold(word))
    return [trace(one, key) for one in (folded, *pieces_of(folded))]


def _number(code: bytes) -> int:
    return int.from_bytes(code, "little")


class Traces:
    """Traces of new names, to be looked for in the codes of texts.  A class, because its tables serve all pages."""

    def __init__(self, traces: Collection[bytes]) -> None:
        self._traces = traces
        self._every = EVERY_TEXT in traces
        parts = [[_number(one[at : at + SIZE]) for at in range(0, len(one), SIZE)] for one in traces]
        self._alone = _table(part[0] for part in parts if len(part) == 1)
        self._together = [part for part in parts if len(part) > 1]
        self._parts = _table(code for part in self._together for code in part)

    def __bool__(self) -> bool:
        return len(self._traces) > 0

    def held(self, pages: Sequence[bytes | None]) -> list[bool]:
        """For the codes of each text whether all of a trace are among them; a text without codes may hold any."""
        if self._every:
            return [True] * len(pages)
        found = np.array([page is None for page in pages], bool)
        raw = np.frombuffer(b"".join(page or b"" for page in pages), np.uint8).reshape(-1, SIZE).astype(np.int64)
        numbers = raw[:, 0] | raw[:, 1] << 8 | raw[:, 2] << 16
        rows = np.repeat(np.arange(len(pages)), [len(page or b"") // SIZE for page in pages])
        found[rows[self._alone[numbers]]] = True
        some = self._parts[numbers]
        where: dict[int, set[int]] = {}
        for number, row in zip(numbers[some].tolist(), rows[some].tolist(), strict=True):
            where.setdefault(number, set()).add(row)
        for part in self._together:
            if all(number in where for number in part):
                found[list(set.intersection(*(where[number] for number in part)))] = True
        return [bool(one) for one in found]


def _table(numbers: Iterable[int]) -> NDArray[np.bool_]:
    """Which codes are among `numbers`."""
    table = np.zeros(1 << 8 * SIZE, bool)
    table[list(numbers)] = True
    return table
