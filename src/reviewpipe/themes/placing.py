"""Where a theme stands that only a person saw: her label names no words, so the store gives it the whole text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.schema import Verdict
from reviewpipe.themes import model
from reviewpipe.themes.finds import lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.schema import Review
    from reviewpipe.themes.catalogue import Catalogue


def placed(reviews: Sequence[Review], catalogue: Catalogue) -> list[Review]:
    """`reviews` with such themes at the sentence that fits best by the model; at the whole text where none does."""
    open_ends = [
        (number, at)
        for number, review in enumerate(reviews)
        if review.corrected
        for at, hit in enumerate(review.themes)
        if (hit.start, hit.end) == (0, len(review.text or ""))
    ]
    done = list(reviews)
    if not open_ends:
        return done
    trained = model.shipped()
    texts = [reviews[number].text or "" for number, _ in open_ends]
    page = lay_out(texts, [Verdict("unscored", None)] * len(texts), catalogue, trained.known)
    names = [reviews[number].themes[at].theme for number, at in open_ends]
    best = {name: model.fitting(trained, page, name) for name in set(names)}
    for i, ((number, at), name) in enumerate(zip(open_ends, names, strict=True)):
        sentence = best[name][i]
        if sentence >= 0:
            hits = list(done[number].themes)
            hits[at] = replace(hits[at], start=int(page.start[sentence]), end=int(page.end[sentence]))
            done[number] = replace(done[number], themes=tuple(hits))
    return done
