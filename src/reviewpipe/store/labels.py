"""What a person says a review says, kept beside the machine's verdict and shown in its place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.schema import Label, ThemeHit
from reviewpipe.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewpipe.schema import Review

    # A label with the digest of the words that it is about.
    Kept = tuple[Label, str]

# A digest that no words have: the label is about words that are not known any more.
OTHER_WORDS = "-"


class Labels(Database):
    """What reads and writes the labels of an open store."""

    def labels(self) -> list[Label]:
        """Every label of a review that is in the store, by id."""
        return [label for label, _ in self._kept("JOIN reviews USING (review_id)", "coalesce(reviews.words, '')")]

    def labelled(self) -> list[tuple[Label, str, str | None]]:
        """The labels of words as they are now, with text and language of their reviews, by id."""
        rows = self._all("SELECT reviews.review_id, text, language FROM current_labels JOIN reviews USING (number)")
        texts = {review_id: (text or "", language) for review_id, text, language in rows}
        return [(label, *texts[label.review_id]) for label in self.labels() if label.review_id in texts]

    def label(self, label: Label, text: str | None) -> bool:
        """Keep a label of a review that says `text`, instead of an earlier one; the caller's transaction.

        False, and nothing is kept, where that review is gone or says something else by now.
        """
        words = OTHER_WORDS if label.outdated else None
        facts = (label.sentiment, words, int(label.drawn), label.labelled_on, label.review_id, text)
        self.unlabel([label.review_id])
        kept = self._all(
            """
            INSERT INTO labels SELECT review_id, ?, coalesce(?, words, ''), ?, ? FROM reviews
            WHERE review_id = ? AND text IS ? RETURNING review_id
            """,
            facts,
        )
        if kept:
            self._put_judged(label)
        return bool(kept)

    def unlabel(self, review_ids: Iterable[str]) -> None:
        """Drop the labels of reviews; the caller's transaction."""
        for table in ("label_themes", "labels"):
            self._many(f"DELETE FROM {table} WHERE review_id = ?", [(one,) for one in review_ids])  # noqa: S608  our table names

    def labels_by_key(self) -> dict[str, Kept]:
        """Every label with the digest of its words, by each key of its review, also where that is not in the store."""
        found = {label.review_id: (label, words) for label, words in self._kept("", "''")}
        keys = self._all(
            "SELECT review_key, review_id FROM labels JOIN reviews USING (review_id) JOIN places USING (number)"
        )
        return found | {key: found[review_id] for key, review_id in keys}

    def replace_labels(self, kept: Iterable[Kept]) -> None:
        """These labels, with the digests of their words, and no others; the caller's transaction."""
        self._all("DELETE FROM label_themes")
        self._all("DELETE FROM labels")
        for label, words in kept:
            facts = (label.review_id, label.sentiment, words, int(label.drawn), label.labelled_on)
            if self._all("INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?, ?) RETURNING review_id", facts):
                self._put_judged(label)

    def _kept(self, join: str, words_now: str) -> list[Kept]:
        judged: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for review_id, *said in self._all(
            "SELECT review_id, theme, polarity, direction FROM label_themes ORDER BY theme"
        ):
            judged[review_id].append(tuple(said))
        rows = self._all(
            f"SELECT review_id, labels.sentiment, drawn, labelled_on, labels.words, {words_now} "  # noqa: S608  our table names
            f"FROM labels {join} ORDER BY review_id"
        )
        return [
            (
                Label(
                    review_id,
                    sentiment,
                    {theme: said for theme, said, _ in judged[review_id]},  # type: ignore[misc]  # as declared
                    {theme: favours for theme, _, favours in judged[review_id] if favours},  # type: ignore[misc]  # same
                    bool(drawn),
                    labelled_on,
                    words != now,
                ),
                words,
            )
            for review_id, sentiment, drawn, labelled_on, words, now in rows
        ]

    def _put_judged(self, label: Label) -> None:
        self._many(
            "INSERT INTO label_themes VALUES (?, ?, ?, ?)",
            [(label.review_id, theme, said, label.directions.get(theme)) for theme, said in label.themes.items()],
        )

    def _settle_labels(self) -> None:
        """Labels under another key of a review (read again, with a new key) move to the review's id."""
        moves = self._all(
            """
            SELECT labels.review_id, reviews.review_id
            FROM labels JOIN places ON review_key = labels.review_id JOIN reviews USING (number)
            WHERE NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.review_id = labels.review_id)
            """
        )
        for key, review_id in moves:
            if self._all("SELECT 1 FROM labels WHERE review_id = ?", (review_id,)):
                self.unlabel([key])
            else:
                self._all("UPDATE labels SET review_id = ? WHERE review_id = ?", (review_id, key))


def corrected(review: Review, label: Label) -> Review:
    """The review as the person says it is; the machine's word stands on themes that the person did not judge.

    A theme that only the person saw has the whole text as its evidence.  The score of another sentiment goes.
    """
    hits = [_as_said(hit, label) for hit in review.themes if label.themes.get(hit.theme) != "absent"]
    found = {hit.theme for hit in hits}
    whole = len(review.text or "")
    hits += [
        ThemeHit(theme, said, 0, whole, label.directions.get(theme))
        for theme, said in label.themes.items()
        if theme not in found and said != "absent"
    ]
    return replace(
        review,
        sentiment=label.sentiment,
        score=review.score if review.sentiment == label.sentiment else None,
        themes=tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.theme))),
        corrected=True,
    )


def _as_said(hit: ThemeHit, label: Label) -> ThemeHit:
    said = label.themes.get(hit.theme)
    if said is None or said == "absent":
        return hit
    return replace(hit, polarity=said, direction=label.directions.get(hit.theme))
