"""What a themes file would find and change, before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe.themes.tagging import review_polarity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewpipe.schema import Review, ThemeHit

EXAMPLES = 3


@dataclass(frozen=True)
class Trial:
    """How the tags of a theme would change.

    `found` are the reviews that would have it, `new` and `gone` those that have it not, or only, now; `against` are
    reviews in which a person said otherwise than the file would.  `examples` are passages, of new ones where there are
    any; anonymised, as the store is.
    """

    theme: str
    found: int
    polarities: Mapping[str, int]
    new: int
    gone: int
    against: int
    examples: tuple[str, ...]


def trials(
    reviews: Sequence[Review],
    tags: Sequence[Sequence[ThemeHit]],
    names: Sequence[str],
    corrections: Mapping[str, Mapping[str, bool]],
) -> list[Trial]:
    """A Trial for each theme of `names`, from reviews as stored and the `tags` that the file would give them.

    `corrections` say of a review, by its id, which themes a person sees in it and which not.
    """
    return [_trial(name, list(zip(reviews, tags, strict=True)), corrections) for name in names]


def _trial(
    name: str, pairs: Sequence[tuple[Review, Sequence[ThemeHit]]], corrections: Mapping[str, Mapping[str, bool]]
) -> Trial:
    had = {review.review_id for review, _ in pairs if any(hit.theme == name for hit in review.themes)}
    found = {
        review.review_id: [hit for hit in tags if hit.theme == name]
        for review, tags in pairs
        if any(hit.theme == name for hit in tags)
    }
    said = [review_polarity(hits)[name] for hits in found.values()]
    new = found.keys() - had
    shown = [
        (review.text or "")[found[review.review_id][0].start : found[review.review_id][0].end]
        for review, _ in pairs
        if review.review_id in (new or found)
    ]
    return Trial(
        name,
        len(found),
        {one: said.count(one) for one in sorted(set(said))},
        len(new),
        len(had - found.keys()),
        sum((one in found) != themes[name] for one, themes in corrections.items() if name in themes),
        tuple(shown[:EXAMPLES]),
    )
