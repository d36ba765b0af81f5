"""Where phrases stand in a batch: one search for each theme over the whole batch."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reviewpipe import sentences
from reviewpipe.themes.phrases import END, GROUPS, PAUSE, Stream, stream
from reviewpipe.themes.words import stem
from reviewpipe.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from reviewpipe.schema import Verdict
    from reviewpipe.themes.catalogue import Catalogue, Matcher
    from reviewpipe.themes.phrases import Hit
    from reviewpipe.tokens import Tokens

# "Never felt so good", "could not be happier", "not without her": a negator that praises.
DOUBLE = re.compile(
    r"\b(?:never|nobody|no one|nothing|(?:could|can|would)(?: not|n['’]?t))\b[^.!?]{0,60}"
    r"\b(?:so|such|this|better|more|happier|enough|without|like)\b",
    re.IGNORECASE,
)
REACH = 3  # words before a find in which a negator turns it


class Find(NamedTuple):
    """A theme found in `sentence` (counted over the batch), at `start` to `end` of its text.

    `kind` tells by what: complaints, praises, evens, phrases, mentions or model.  `odds` are the model's log-odds that
    the sentence speaks of the theme.
    """

    theme: str
    kind: str
    sentence: int
    start: int
    end: int
    negated: bool = False
    odds: float = 0.0


@dataclass(frozen=True)
class Page:
    """A batch laid out for searching: its sentences (text, start, end, own score) and its words as letters."""

    texts: Sequence[str]
    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    score: NDArray[np.float64]
    tokens: Tokens
    drawn: Stream

    def places(self, hits: Sequence[Hit]) -> tuple[list[int], list[list[int]]]:
        """The sentence, and the first and last character, of each of `hits`."""
        first = np.array([hit[1] for hit in hits], np.int64)
        last = np.array([hit[2] - 1 for hit in hits], np.int64)
        starts, ends = self.tokens.starts[self.drawn.token[first]], self.tokens.ends[self.drawn.token[last]]
        return self.drawn.sentence[first].tolist(), np.column_stack([starts, ends]).tolist()

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Characters, in their own text, of the letters `first` to `last` of the stream."""
        return int(self.tokens.starts[self.drawn.token[first]]), int(self.tokens.ends[self.drawn.token[last - 1]])


def lay_out(
    texts: Sequence[str],
    verdicts: Sequence[Verdict],
    catalogue: Catalogue,
    known: frozenset[str],
    words: Tokens | None = None,
) -> Page:
    """`texts` cut into the sentences of `verdicts`, or our own where a text is unscored, and into words as letters."""
    rows = _rows(texts, verdicts)
    table = np.fromiter(chain.from_iterable(rows), np.float64).reshape(-1, 4)
    text, start, end = (table[:, i].astype(np.int64) for i in range(3))
    tokens = words or tokenise(texts)
    # One number for a place in a batch, so that one search finds every token's sentence.
    widest = 1 + max(map(len, texts), default=0)
    places = tokens.text_of() * widest + tokens.starts
    sentence = np.searchsorted(text * widest + start, places, side="right") - 1
    return Page(texts, text, start, end, table[:, 3], tokens, stream(tokens, sentence, catalogue.alphabet, known))


def _rows(texts: Sequence[str], verdicts: Sequence[Verdict]) -> Iterator[tuple[int, int, int, float]]:
    """Text number, start, end and score of each sentence."""
    for number, (text, verdict) in enumerate(zip(texts, verdicts, strict=True)):
        if verdict.sentences:
            yield from ((number, one.start, one.end, one.score) for one in verdict.sentences)
        else:
            yield from ((number, start, end, verdict.score or 0.0) for start, end in sentences.split(text))


def phrase_finds(page: Page, catalogue: Catalogue) -> Iterator[Find]:
    """Every phrase of every theme, exclusions taken away."""
    letters = page.drawn.letters
    found = catalogue.search.found(letters)
    cues = letters_of(catalogue, "negators"), letters_of(catalogue, "not_negating")
    for theme in catalogue.themes:
        if theme.regex:
            yield from _by_expression(page, theme.name, catalogue.matchers[theme.name])
            continue
        hits, mentions, contrasts, exclusions = (found.get((theme.name, group), []) for group in GROUPS)
        hits, mentions = (_untouched(some, exclusions) for some in (hits, mentions))
        finds = list(_finds(page, theme.name, hits, cues))
        yield from finds
        yield from _mentions(page, theme.name, mentions, contrasts, {one.sentence for one in finds})


def _finds(page: Page, theme: str, hits: Sequence[Hit], cues: tuple[frozenset[str], frozenset[str]]) -> Iterator[Find]:
    """The finds of phrases; `cues` are the letters of negators, and of what they do not negate."""
    letters, (negators, harmless) = page.drawn.letters, cues
    for (kind, first, _), sentence, (start, end) in zip(hits, *page.places(hits), strict=True):
        turned = _negated(letters[max(0, first - REACH) : first], letters[first], negators, harmless)
        own = kind == "complaints" and letters[first] in negators
        if turned or own:
            turned = bool(DOUBLE.search(page.texts[page.text[sentence]], max(0, start - 40), end + 40)) == own
        yield Find(theme, kind, sentence, start, end, turned)


def _mentions(
    page: Page, theme: str, mentions: Sequence[Hit], contrasts: Sequence[Hit], have: set[int]
) -> Iterator[Find]:
    """Mentions beside a contrast: in its sentence or the one before or after it, unless a phrase was found there."""
    sentence = page.drawn.sentence
    marks = (int(sentence[at]) for _, at, _ in contrasts)
    near = {(int(page.text[one]), one + step) for one in marks for step in (-1, 0, 1)}
    for _, first, last in mentions:
        one = int(sentence[first])
        around = {other for other in (one - 1, one, one + 1) if other in have and page.text[other] == page.text[one]}
        if (int(page.text[one]), one) in near and not around:
            yield Find(theme, "mentions", one, *page.offsets(first, last))


def _by_expression(page: Page, theme: str, matcher: Matcher) -> Iterator[Find]:
    """Finds of a theme whose phrases are regular expressions; each sentence is searched on its own."""
    hits, exclusions = matcher.hits, matcher.exclusions
    for sentence, (number, start, end) in enumerate(zip(page.text, page.start, page.end, strict=True)):
        text = page.texts[number][start:end]
        for match in hits.finditer(text) if hits else ():
            first, last = match.span()
            others = exclusions.finditer(text) if exclusions else ()
            if last > first and not any(other.start() < last and first < other.end() for other in others):
                yield Find(theme, match.lastgroup or "phrases", sentence, int(start) + first, int(start) + last)


def _untouched(hits: list[Hit], exclusions: Sequence[Hit]) -> list[Hit]:
    """`hits` that no exclusion overlaps; neither list has two that overlap."""
    starts = [start for _, start, _ in exclusions]
    before = [exclusions[bisect_left(starts, last) - 1] if starts else ("", 0, 0) for _, _, last in hits]
    # The one before the hit's end may still be the last of all, which stands behind the hit.
    return [hit for hit, other in zip(hits, before, strict=True) if not (other[1] < hit[2] and hit[1] < other[2])]


def letters_of(catalogue: Catalogue, words: str) -> frozenset[str]:
    """The letters of the list `words`."""
    return frozenset(catalogue.alphabet.letters[stem(word)] for word in catalogue.words.get(words, ()))


def _negated(before: str, first: str, negators: frozenset[str], harmless: frozenset[str]) -> bool:
    """Whether a negator in the words `before` turns the find that begins with the letter `first`."""
    for i in range(len(before) - 1, -1, -1):
        if before[i] in (END, PAUSE):
            return False
        if before[i] in negators:
            return (before + first)[i + 1] not in harmless
    return False


def sentences_with(page: Page, letters: Iterable[str]) -> frozenset[int]:
    """The sentences in which a word with one of `letters` stands."""
    line = np.frombuffer(page.drawn.letters.encode("utf-32-le"), np.uint32)
    wanted = np.isin(line, [ord(letter) for letter in letters])
    return frozenset(page.drawn.sentence[wanted].tolist())
