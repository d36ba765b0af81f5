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

    from reviewpipe.pieces import Pieces
    from reviewpipe.sentiment.valences import Typed

    Numbers = NDArray[np.float64]
    Places = NDArray[np.int64]

# Buckets of hashed words and pairs: enough that few of the pairs of the training texts collide.
BUCKETS = 1 << 18
# Odd constants of multiplicative hashing (Knuth, TAOCP 3, 6.4), to tell pairs and denied words from plain words.
_PAIR, _DENIED = np.uint64(0x9E3779B1), np.uint64(0x85EBCA77)
_DENIAL_REACH = 3
_TURNS = frozenset({"but", "however", "although", "though", "unfortunately", "sadly", "except", "yet"})
_STOP, _SILENT, _DENIAL, _WORD = 1, 2, 3, 4


@dataclass(frozen=True)
class Batch:
    """Sentences of n texts: `rows[t]:rows[t + 1]` are those of text t, each with offsets into its text.

    `dense` holds one row a sentence; `owners`, `buckets`, `scales` are the hashed words: sentence, bucket, weight.
    """

    spans: list[tuple[int, int]]
    rows: Places
    dense: Numbers
    owners: Places
    buckets: Places
    scales: Numbers


def of(texts: Sequence[str], words: tokens.Tokens | None = None) -> Batch:
    """The sentences of `texts` and their features; `words` are the tokens of the same texts, where they are there."""
    spans_of = [sentences.split(text) for text in texts]
    rows = np.cumsum([0, *map(len, spans_of)])
    spans = [span for some in spans_of for span in some]
    bounds = np.array(spans, np.int64).reshape(-1, 2)
    words = words or tokens.tokenise(texts)
    told = words.within(rows, bounds) or tokens.tokenise(
        [text[a:b] for text, some in zip(texts, spans_of, strict=True) for a, b in some]
    )
    matches = phrases.find(told)
    owners, buckets, lengths = _hashed(told)
    values = 1 / np.sqrt(np.maximum(np.bincount(owners, minlength=len(spans)), 1))
    rest = _rest(texts, words.pieces, rows, bounds, matches)
    dense = np.column_stack([_weights(rest, matches), _marks(told, lengths)])
    return Batch(spans, rows, dense, owners, buckets, values[owners])


def names() -> list[str]:
    """What the columns of `Batch.dense` mean."""
    rules = [rule.name for rule in phrases.lexicon().rules]
    return ["total", "praise", "complaint", *rules, *(f"denied {name}" for name in rules), "length", "!", "?", "turn"]


def without_phrases(text: str, matches: Sequence[phrases.Match]) -> str:
    """`text` with each phrase replaced by a dot in the middle, a word that VADER does not know."""
    for match in reversed(matches):
        text = f"{text[: match.start]}·{text[match.end :]}"
    return text


def _rest(
    texts: Sequence[str], pieces: Pieces, rows: Places, bounds: Places, matches: Sequence[phrases.Match]
) -> Typed:
    """What VADER reads of each sentence: its words without the phrases."""
    by_sentence: dict[int, list[phrases.Match]] = {}
    for match in matches:
        by_sentence.setdefault(match.sentence, []).append(match)
    # One number for a place in a batch, so that one search finds the pieces of every sentence.
    widest = 1 + max(map(len, texts), default=0)
    text = np.repeat(np.arange(len(texts)), np.diff(rows))
    of_piece = np.repeat(np.arange(len(texts)), np.diff(pieces.rows)) * widest
    first, end = (np.searchsorted(of_piece + pieces.starts, text * widest + side) for side in bounds.T)
    starts, ends = np.append(pieces.starts, -1)[first], pieces.ends()[end - 1]
    # A sentence that begins or ends inside a piece is read again.
    inside = np.flatnonzero((starts != bounds[:, 0]) | (ends != bounds[:, 1])).tolist()
    instead = {
        k: without_phrases(texts[text[k]][bounds[k, 0] : bounds[k, 1]], by_sentence.get(k, ()))
        for k in {*inside, *by_sentence}
    }
    return vader.typed_in(pieces, first, end - first, instead, phrases.lexicon().words.emojis)


def _weights(rest: Typed, matches: Sequence[phrases.Match]) -> Numbers:
    """VADER's and the phrases' weights of each sentence, and how often each rule was met, affirmed or denied."""
    known = phrases.lexicon()
    column = {rule.name: k for k, rule in enumerate(known.rules)}
    sides = vader.sides(rest, known.words)
    counts = np.zeros((len(sides), 2 * len(known.rules)))
    for match in matches:
        denied = match.weight != match.rule.weight
        counts[match.sentence, column[match.rule.name] + denied * len(known.rules)] += 1
        sides[match.sentence, int(match.weight < 0)] += match.weight
    squashed = [vader.squash(sides.sum(1)), vader.squash(sides[:, 0]), vader.squash(sides[:, 1])]
    return np.column_stack([*squashed, np.minimum(counts, 2)])


def _marks(told: tokens.Tokens, lengths: Numbers) -> Numbers:
    """Length, exclamation and question marks, and words that turn from praise to complaint."""
    count, owner = len(told.rows) - 1, told.text_of()
    lowered = [word.lower() for word in told.vocabulary]
    marks = [
        np.bincount(owner, np.array([word in given for word in lowered], np.float64)[told.codes], count)
        for given in ({"!"}, {"?"}, _TURNS)
    ]
    return np.column_stack([np.log1p(lengths), *(np.minimum(mark, 3) for mark in marks)])


def _hashed(told: tokens.Tokens) -> tuple[Places, Places, Numbers]:
    """Sentence and bucket of each word that speaks, each pair with one in it, each word that a denial stands before."""
    kinds = told.per_token(_kind).astype(np.int64)
    hashes = np.array([_hash(word) for word in told.vocabulary], np.uint64)[told.codes]
    owner = told.text_of()
    kept = kinds > 0
    kinds, hashes, owner = kinds[kept], hashes[kept], owner[kept]
    words = np.flatnonzero(kinds > _SILENT)
    pair = (owner[:-1] == owner[1:]) & (np.minimum(kinds[:-1], kinds[1:]) > _STOP)
    pairs = np.flatnonzero(pair & (np.maximum(kinds[:-1], kinds[1:]) > _SILENT))
    denied = np.flatnonzero(_denied(kinds, owner))
    found = np.concatenate(
        [hashes[words], hashes[pairs] * _PAIR ^ hashes[pairs + 1] * _DENIED, hashes[denied] * _PAIR + np.uint64(1)]
    )
    owners = np.concatenate([owner[words], owner[pairs], owner[denied]])
    lengths = np.bincount(owner[kinds > _STOP], minlength=len(told.rows) - 1).astype(np.float64)
    # The upper bits of a product are the well mixed ones.
    return owners, ((found * _PAIR >> np.uint64(16)) % np.uint64(BUCKETS)).astype(np.int64), lengths


def _denied(kinds: Places, owner: Places) -> NDArray[np.bool_]:
    """Words with a denial among the three before them, in the same clause."""
    denied, open_clause = np.zeros(len(kinds), bool), kinds == _WORD
    for reach in range(1, _DENIAL_REACH + 1):
        if reach >= len(kinds):
            break
        open_clause[reach:] &= (owner[reach:] == owner[:-reach]) & (kinds[:-reach] != _STOP)
        denied[reach:] |= open_clause[reach:] & (kinds[:-reach] == _DENIAL)
    return denied


def _kind(word: str) -> int:
    character = phrases.character(word)
    if character == phrases.STOP:
        return _STOP
    if character in phrases.lexicon().denials:
        return _DENIAL
    if not word[0].isalnum():
        return 0
    return _SILENT if _plain(word) in phrases.lexicon().silent else _WORD


def _hash(word: str) -> int:
    plain = _plain(word)
    return zlib.crc32(phrases.lexicon().silent.get(plain, plain).encode())


def _plain(word: str) -> str:
    return "0" if word.isdigit() else word.lower().replace("’", "'")
