"""What a text says of the practice, as a score and a label: VADER fitted to this field, its phrases and a small model.

A text becomes sentences; `phrases` finds what lexicon.toml knows, `vader` scores the words that are left, `model` turns
both and the words themselves into probabilities, and `_label` into one word.  Stars are never looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reviewpipe import tokens
from reviewpipe.schema import Sentence, Verdict
from reviewpipe.sentiment import features, model, phrases, vader
from reviewpipe.sentiment.calibration import AS_SHIPPED, CLASSES, Calibration, Chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.schema import Sentiment
    from reviewpipe.sentiment.features import Numbers

__all__ = ["AS_SHIPPED", "Calibration", "Chances", "Reason", "analyse", "chances", "explain"]

UNSCORED = Verdict("unscored", None)
# A text is neutral when none of its sentences is this likely to hold praise or complaint: little below an even chance.
LEANING = 0.42


class Reason(NamedTuple):
    """Something that moved a score: `kind` is phrase, word or model; `weight` on VADER's scale or log-odds."""

    kind: str
    what: str
    weight: float


def analyse(
    texts: Sequence[str],
    languages: Sequence[str | None],
    calibration: Calibration = AS_SHIPPED,
    words: tokens.Tokens | None = None,
) -> list[Verdict]:
    """The verdict on each text; unscored when empty or in another language than English (unknown counts as English).

    `words` are the tokens of `texts`, for callers that have them.
    """
    chosen = _scorable(texts, languages)
    verdicts = [UNSCORED] * len(texts)
    if not chosen:
        return verdicts
    all_of_them = words if len(chosen) == len(texts) else None
    batch, weights = features.of([texts[k] for k in chosen], all_of_them), model.load()
    sides = model.of_sentences(batch, weights)
    overall = model.of_reviews(batch, sides, weights)
    if calibration != AS_SHIPPED:
        overall = calibration.of(overall)
    # Plus nothing, as there is a negative zero: a store forgets its sign, a file does not.
    scores = (np.round(overall[:, 2] - overall[:, 0], 4) + 0.0).tolist()
    parts = (np.round(sides[:, 0] - sides[:, 1], 4) + 0.0).tolist()
    told = [Sentence(start, end, score) for (start, end), score in zip(batch.spans, parts, strict=True)]
    bounds = batch.rows.tolist()
    labels = _labels(overall, np.maximum.reduceat(sides.max(1), batch.rows[:-1]))
    for k, label, score, first, last in zip(chosen, labels, scores, bounds[:-1], bounds[1:], strict=True):
        verdicts[k] = Verdict(label, score, tuple(told[first:last]))
    return verdicts


def chances(texts: Sequence[str], languages: Sequence[str | None]) -> list[Chances | None]:
    """How sure the model is of each text, before any calibration; None where `analyse` says unscored."""
    chosen = _scorable(texts, languages)
    found: list[Chances | None] = [None] * len(texts)
    if not chosen:
        return found
    batch, weights = features.of([texts[k] for k in chosen]), model.load()
    sides = model.of_sentences(batch, weights)
    overall = model.of_reviews(batch, sides, weights).tolist()
    for row, (k, first, last) in enumerate(zip(chosen, batch.rows[:-1], batch.rows[1:], strict=True)):
        negative, middling, positive = overall[row]
        found[k] = Chances(negative, middling, positive, bool(sides[first:last].max(initial=0.0) >= LEANING))
    return found


def _scorable(texts: Sequence[str], languages: Sequence[str | None]) -> list[int]:
    """Numbers of the texts that can be judged."""
    return [k for k, text in enumerate(texts) if text.strip() and (languages[k] or "en").lower().startswith("en")]


def _labels(overall: Numbers, leaning: Numbers) -> list[Sentiment]:
    """The likeliest of the three classes, the middling one being mixed; neutral when no sentence leans."""
    found = zip(overall.argmax(1).tolist(), (leaning < LEANING).tolist(), strict=True)
    return ["neutral" if level else CLASSES[likeliest] for likeliest, level in found]


def explain(text: str) -> list[list[Reason]]:
    """For each sentence of `text`, what moved its score: phrases, VADER's words, and the model's strongest features."""
    batch, weights = features.of([text]), model.load()

    parts = [text[a:b] for a, b in batch.spans]
    matches = phrases.find(tokens.tokenise(parts))
    reasons = []
    for k, part in enumerate(parts):
        mine = [match for match in matches if match.sentence == k]
        rest = features.without_phrases(part, mine)
        found = [Reason("phrase", f"{m.rule.name}: {part[m.start : m.end]}", m.weight) for m in mine]
        found += [Reason("word", word, round(w, 2)) for word, w in vader.hits(rest, phrases.lexicon().words)]
        reasons.append(found + _model_reasons(batch, weights, k))
    return reasons


def _model_reasons(batch: features.Batch, weights: model.Weights, k: int) -> list[Reason]:
    """Praise minus complaint, in log-odds: the sentence's own words together, then each feature that is at work."""
    mine = batch.owners == k
    words = weights["sentence_words"][batch.buckets[mine]] * batch.scales[mine][:, None]
    dense = batch.dense[k] * (weights["sentence_dense"][:-1, 0] - weights["sentence_dense"][:-1, 1])
    named = [("its words", float(words[:, 0].sum() - words[:, 1].sum())), *zip(features.names(), dense, strict=True)]
    return [Reason("model", name, round(float(value), 2)) for name, value in named if abs(value) >= 0.1]
