"""What clients write about that no theme covers: word groups for a person to look at, never themes by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reviewpipe import sentences
from reviewpipe.schema import Verdict
from reviewpipe.themes.tagging import tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reviewpipe.schema import ThemeHit
    from reviewpipe.themes.catalogue import Catalogue

GROUPS, WORDS = 8, 5
FEWEST = 3  # texts, fewer are chance
OPINION = 0.3  # a score nearer to 0 is hardly an opinion
SHORTEST = 4  # words of a sentence that has something to say
# Letters only, so that no number and no placeholder's bracket becomes a word of a group.
WORD = r"(?u)\b[^\W\d_]{3,}\b"


@dataclass(frozen=True)
class Suggestion:
    """Words that stand together, in how many texts, and one such sentence (anonymised, as the store is)."""

    words: tuple[str, ...]
    count: int
    example: str


def suggest(texts: Sequence[str], catalogue: Catalogue) -> list[Suggestion]:
    """Up to 8 word groups of the sentences in which no theme was found, most frequent first.

    Method: non-negative matrix factorisation of TF-IDF (Lee and Seung 1999) with a fixed start, so that the same texts
    give the same groups.  Too few texts give none.
    """
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    left = uncovered(texts, catalogue)
    parts = [part for _, part in left]
    vectors = TfidfVectorizer(token_pattern=WORD, stop_words="english", min_df=FEWEST, max_df=0.8, max_features=2000)
    try:
        table = vectors.fit_transform(parts)
    except ValueError:  # no word is left by min_df, which is no error here
        return []
    groups = min(GROUPS, len(left) // FEWEST, min(table.shape) - 1)
    if groups < 1:
        return []
    fitted = NMF(groups, init="nndsvda", max_iter=400, tol=1e-3, random_state=0)
    share: NDArray[np.float64] = fitted.fit_transform(table)
    names = vectors.get_feature_names_out()
    belongs = np.where(share.max(axis=1) > 0, share.argmax(axis=1), -1)
    found = []
    for group, weights in enumerate(fitted.components_):
        members = np.flatnonzero(belongs == group)
        count = len({left[i][0] for i in members})
        if count >= FEWEST:
            words = tuple(str(names[i]) for i in np.argsort(-weights)[:WORDS] if weights[i] > 0)
            found.append(Suggestion(words, count, parts[members[share[members, group].argmax()]]))
    return sorted(found, key=lambda one: (-one.count, one.words))


def coverage(verdicts: Sequence[Verdict], hits: Sequence[Sequence[ThemeHit]]) -> tuple[int, int]:
    """Of the sentences that say something good or bad, how many a theme explains, and how many there are."""
    explained = said = 0
    for verdict, some in zip(verdicts, hits, strict=True):
        opinions = [one for one in verdict.sentences if abs(one.score) >= OPINION]
        said += len(opinions)
        explained += sum(any(hit.start < one.end and one.start < hit.end for hit in some) for one in opinions)
    return explained, said


def uncovered(texts: Sequence[str], catalogue: Catalogue) -> list[tuple[int, str]]:
    """Number of the text and words of each sentence in which no theme is found; the same words count once."""
    parts = {text[start:end]: number for number, text in enumerate(texts) for start, end in sentences.split(text)}
    left = [part for part in parts if len(part.split()) >= SHORTEST]
    hits = tag(left, [Verdict("unscored", None)] * len(left), catalogue)
    return [(parts[part], part) for part, some in zip(left, hits, strict=True) if not some]
