"""What the model sees of a sentence and of a review, as arrays over a whole batch."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe import sentences, tokens
from reviewpipe.sentiment import phrases, vader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]

# Buckets of hashed words and pairs: 65,536 hold the pairs of the training texts with few collisions.
BUCKETS = 1 << 16
# Odd constants of multiplicative hashing (Knuth, TAOCP 3, 6.4), to tell the words of a pair from each other.
_PAIR, _SECOND = np.uint64(0x9E3779B1), np.uint64(0x85EBCA77)
_TURNS = frozenset({"but", "however", "although", "though", "unfortunately", "sadly", "except", "yet"})


@dataclass(frozen=True)
class Batch:
    """Sentences of n texts: `rows[t]:rows[t + 1]` are those of text t, each with offsets into its text.

    `dense` holds one row a sentence; `owners` and `buckets` are the hashed words: sentence and bucket of each.
    """

    spans: list[tuple[int, int]]
    rows: Places
    dense: Numbers
    owners: Places
    buckets: Places


def of(texts: Sequence[str]) -> Batch:
    """The sentences of `texts` and their features."""
    spans_of = [sentences.split(text) for text in texts]
    parts = [text[a:b] for text, spans in zip(texts, spans_of, strict=True) for a, b in spans]
    rows = np.cumsum([0, *map(len, spans_of)])
    told = tokens.tokenise(parts)
    matches = phrases.find(told)
    owners, buckets = _hashed(told)
    dense = np.column_stack([_weights(parts, matches), _marks(told)])
    return Batch([span for spans in spans_of for span in spans], rows, dense, owners, buckets)


def names() -> list[str]:
    """What the columns of `Batch.dense` mean."""
    rules = [rule.name for rule in phrases.lexicon().rules]
    return ["total", "praise", "complaint", *rules, *(f"denied {name}" for name in rules), "length", "!", "?", "turn"]


def without_phrases(text: str, matches: Sequence[phrases.Match]) -> str:
    """`text` with each phrase replaced by a dot in the middle, a word that VADER does not know."""
    for match in reversed(matches):
        text = f"{text[: match.start]}·{text[match.end :]}"
    return text


def _weights(parts: Sequence[str], matches: Sequence[phrases.Match]) -> Numbers:
    """VADER's and the phrases' weights of each sentence, and how often each rule was met, affirmed or denied."""
    known = phrases.lexicon()
    column = {rule.name: k for k, rule in enumerate(known.rules)}
    by_sentence: dict[int, list[phrases.Match]] = {}
    counts = np.zeros((len(parts), 2 * len(known.rules)))
    for match in matches:
        by_sentence.setdefault(match.sentence, []).append(match)
        denied = match.weight != match.rule.weight
        counts[match.sentence, column[match.rule.name] + denied * len(known.rules)] += 1
    rest = [without_phrases(part, by_sentence.get(k, ())) for k, part in enumerate(parts)]
    sides = np.array(vader.sides(rest, known.words), np.float64).reshape(-1, 2)
    for match in matches:
        sides[match.sentence, int(match.weight < 0)] += match.weight
    squashed = [squash(sides.sum(1)), squash(sides[:, 0]), squash(sides[:, 1])]
    return np.column_stack([*squashed, np.minimum(counts, 2)])


def squash(total: Numbers) -> Numbers:
    """`vader.squash` of an array."""
    return total / np.sqrt(total * total + vader.ALPHA)


def _marks(told: tokens.Tokens) -> Numbers:
    """Length, exclamation and question marks, and words that turn from praise to complaint."""
    count, owner = len(told.rows) - 1, told.text_of()
    marks = [
        np.bincount(owner, told.per_token(lambda word, given=given: float(word.lower() in given)), count)  # type: ignore[misc]
        for given in ({"!"}, {"?"}, _TURNS)
    ]
    return np.column_stack([np.log1p(np.diff(told.rows)), *(np.minimum(mark, 3) for mark in marks)])


def _hashed(told: tokens.Tokens) -> tuple[Places, Places]:
    """Sentence and bucket of each word and of each pair of neighbours."""
    hashes = np.array([_hash(word) for word in told.vocabulary], np.uint64)[told.codes]
    kept = np.flatnonzero(hashes)
    owner, hashes = told.text_of()[kept], hashes[kept]
    pairs = np.flatnonzero(owner[:-1] == owner[1:])
    found = np.concatenate([hashes, hashes[pairs] * _PAIR ^ hashes[pairs + 1] * _SECOND])
    # The upper bits of a product are the well mixed ones.
    buckets = ((found * _PAIR >> np.uint64(16)) % np.uint64(BUCKETS)).astype(np.int64)
    return np.concatenate([owner, owner[pairs]]), buckets


def _hash(word: str) -> int:
    """A number for a word, "!" or "?", the same for all figures; 0 for other marks."""
    if not word[0].isalnum():
        return zlib.crc32(word.encode()) if word in "!?" else 0
    return zlib.crc32(b"0" if word.isdigit() else word.lower().replace("’", "'").encode())
