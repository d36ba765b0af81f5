"""Train the sentence model of the core themes and write src/reviewpipe/models/themes.npz.

Usage: python training/themes/train.py DATA_FOLDER

DATA_FOLDER holds labelled/nhs_fft_v6_themes.parquet and labelled/uci_sentences.parquet; the invented reviews of
training/corpus are read from this repository.  Prints cross-validated figures of phrases, and of phrases and model.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from reviewpipe import sentences, themes
from reviewpipe.schema import Sentence, Verdict
from reviewpipe.themes import finds, model
from reviewpipe.themes.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
MODELS = HERE.parent.parent / "src" / "reviewpipe" / "models"
CORE = ("pain_relief", "knowledge", "self_care", "chiropractor_comparison")
# What NHS labels tell of our themes: yes (with less weight, the label is of a whole comment), or cannot say.
NHS_YES = {"pain_relief": {"Impact of treatment/ care", "Pain management"}, "knowledge": {"Competence & training"}}
NHS_UNSURE = {
    "pain_relief": {"Positive experience & gratitude", "Negative experience & dissatisfaction"},
    "knowledge": {
        "Information directly from staff during care",
        "Diagnosis & triage",
        "Staff listening, understanding & involving patients",
        "Positive experience & gratitude",
    },
    "self_care": {"Information provision & guidance", "Information directly from staff during care"},
}
NHS_WEIGHT = 0.1
FEWEST_WORD, FEWEST_PAIR, FEWEST_KNOWN = 3, 3, 4
STRENGTH = 0.5  # C of the logistic regression, chosen from 0.1, 0.2, 0.5, 1, 2 by the figures printed
FOLDS = 5
# The log-odds tried as thresholds: what only the model sees must be likelier than not.
LOWEST, HIGHEST = 0.0, 1.5
BETA = 0.5  # of the F-measure that chooses: a wrong theme costs trust, a missed one only a count


class Row(NamedTuple):
    """A review with what is known of it: for each core theme yes, no, or None (cannot say).

    `plain` are the starts of sentences that say nothing good or bad, so that they cannot tell the outcome of care.
    """

    text: str
    verdict: Verdict
    labels: dict[str, bool | None]
    evidence: dict[str, tuple[int, int]]
    weight: float
    measured: bool
    plain: frozenset[int] = frozenset()


def corpus() -> Iterator[Row]:
    """The invented reviews, with the evidence of each theme."""
    for file in sorted(CORPUS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            review = json.loads(line)
            text = " ".join(one["text"] for one in review["sentences"])
            given = {one["name"]: one["evidence"] for one in review["themes"]}
            spans = {name: (text.find(words), text.find(words) + len(words)) for name, words in given.items()}
            parts, start = [], 0
            for one in review["sentences"]:
                parts.append(Sentence(start, start + len(one["text"]), 0.0))
                start += len(one["text"]) + 1
            verdict = Verdict(review["sentiment"], 0.0, tuple(parts))
            plain = {
                part.start
                for part, one in zip(parts, review["sentences"], strict=True)
                if one["sentiment"] == "neutral"
            }
            labels: dict[str, bool | None] = {name: name in given for name in CORE}
            yield Row(text, verdict, labels, spans, 1.0, measured=True, plain=frozenset(plain))


def examples() -> Iterator[Row]:
    """The examples that themes.toml gives for each core theme; of the other themes they say nothing."""
    for theme in themes.load().themes:
        for text in (*theme.matches, *theme.non_matches) if theme.name in CORE else ():
            yield Row(
                text,
                cut(text),
                {n: text in theme.matches if n == theme.name else None for n in CORE},
                {},
                1.0,
                measured=False,
            )


def nhs(folder: Path) -> Iterator[Row]:
    """Comments of patients: weak positives, and negatives where the label rules a theme out."""
    table = pd.read_parquet(folder / "labelled" / "nhs_fft_v6_themes.parquet")
    for text, found in zip(table["text"], table["themes"], strict=True):
        labels = set(json.loads(found))
        if not isinstance(text, str) or labels & {"Labelling not possible", "Not assigned"}:
            continue
        known: dict[str, bool | None] = {}
        for name in CORE:
            yes, unsure = labels & NHS_YES.get(name, set()), labels & NHS_UNSURE.get(name, set())
            known[name] = True if yes else None if unsure else False
        yield Row(text, cut(text), known, {}, NHS_WEIGHT, measured=False)


def uci(folder: Path) -> Iterator[Row]:
    """Sentences on restaurants, films and telephones: none is about our themes."""
    for text in pd.read_parquet(folder / "labelled" / "uci_sentences.parquet")["text"]:
        yield Row(text, cut(text), dict.fromkeys(CORE, False), {}, NHS_WEIGHT, measured=False)


def cut(text: str) -> Verdict:
    """A verdict that only knows the sentences."""
    return Verdict("unscored", None, tuple(Sentence(a, b, 0.0) for a, b in sentences.split(text)))


def targets(rows: list[Row], page: finds.Page, theme: str) -> NDArray[np.float64]:
    """1, 0 or NaN (cannot say) for each sentence of the batch."""
    told = np.full(len(page.text), np.nan)
    for i, (number, start, end) in enumerate(zip(page.text, page.start, page.end, strict=True)):
        row = rows[number]
        if theme in row.evidence:
            first, last = row.evidence[theme]
            rest = 0.0 if theme == "pain_relief" and int(start) in row.plain else np.nan
            told[i] = 1.0 if start < last and first < end else rest
        elif row.labels[theme] is not None:
            told[i] = float(row.labels[theme] or 0)
    return told


def vocabulary(page: finds.Page) -> tuple[list[str], NDArray[np.int64]]:
    """The words and pairs that are frequent enough to carry a weight."""
    stems = page.drawn.stems
    at, codes = model.word_codes(page, stems)
    count = Counter(codes.tolist())
    words = sorted(stems[code] for code, n in count.items() if n >= FEWEST_WORD and stems[code] != "nam")
    _, codes = model.word_codes(page, words)
    same = page.drawn.sentence[at[:-1]] == page.drawn.sentence[at[1:]]
    keys = (codes[:-1] * len(words) + codes[1:])[(codes[:-1] >= 0) & (codes[1:] >= 0) & same]
    pairs, n = np.unique(keys, return_counts=True)
    return words, pairs[n >= FEWEST_PAIR]


def fitted(x: Any, y: NDArray[np.float64], weight: NDArray[np.float64], use: NDArray[np.bool_]) -> LogisticRegression:
    """Logistic regression on the sentences in `use` of which something is known."""
    use = use & ~np.isnan(y)
    return LogisticRegression(C=STRENGTH, max_iter=300, solver="liblinear").fit(
        x[use], y[use], sample_weight=weight[use]
    )


def threshold(rows: list[Row], page: finds.Page, odds: NDArray[np.float64], by_phrase: set[int], theme: str) -> float:
    """The log-odds from which the model's finds do most for F0.5 over reviews; prints the figures."""
    best = np.full(len(rows), -np.inf)
    np.maximum.at(best, page.text, odds)
    measured = [i for i, row in enumerate(rows) if row.measured]
    gold = np.array([bool(rows[i].labels[theme]) for i in measured])
    phrase = np.array([i in by_phrase for i in measured])
    figures = {}
    for level in np.arange(LOWEST, HIGHEST + 0.01, 0.1):
        got = phrase | (best[measured] >= level)
        figures[round(float(level), 1)] = score(got, gold)
    level = max(figures, key=lambda one: (round(weighed(*figures[one][:2]), 3), one))
    show = " ".join(f"{x:.3f}" for x in (*score(phrase, gold), *figures[level]))
    print(f"{theme:25} n {gold.sum():4d}  phrases P R F1, with model P R F1: {show}  at {level}")
    return level


def score(got: NDArray[np.bool_], gold: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    both = int((got & gold).sum())
    return both / max(1, int(got.sum())), both / max(1, int(gold.sum())), 2 * both / max(1, int(got.sum() + gold.sum()))


def weighed(precision: float, recall: float) -> float:
    """The F-measure that weighs precision more than recall."""
    return (1 + BETA**2) * precision * recall / max(1e-9, BETA**2 * precision + recall)


def main(folder: Path) -> None:
    """Train, measure, write."""
    rows = [*corpus(), *examples(), *nhs(folder), *uci(folder)]
    catalogue = themes.load()
    texts, verdicts = [row.text for row in rows], [row.verdict for row in rows]
    page = finds.lay_out(texts, verdicts, catalogue, frozenset())
    own = [stem(word) for word in page.tokens.vocabulary]  # as written: nothing is known yet, so all is mended above
    counts = Counter(own[code] for code in page.tokens.codes.tolist())
    known = frozenset(w for w, n in counts.items() if n >= FEWEST_KNOWN and w.isalpha())
    page = finds.lay_out(texts, verdicts, catalogue, known)
    words, pairs = vocabulary(page)
    at, columns = model.features(page, words, pairs)
    sentence = page.drawn.sentence[at]
    x = csr_matrix((np.ones(len(at)), (sentence, columns)), (len(page.text), len(words) + len(pairs)))
    weight = np.array([rows[number].weight for number in page.text])
    found = {
        name: {int(page.text[f.sentence]) for f in finds.phrase_finds(page, catalogue) if f.theme == name}
        for name in CORE
    }
    weights, intercepts, thresholds = [], [], []
    for theme in CORE:
        y = targets(rows, page, theme)
        odds = np.zeros(len(y))
        for train, test in GroupKFold(FOLDS).split(x, groups=page.text):
            use = np.zeros(len(y), bool)
            use[train] = True
            odds[test] = fitted(x, y, weight, use).decision_function(x[test])
        thresholds.append(threshold(rows, page, odds, found[theme], theme))
        final = fitted(x, y, weight, np.ones(len(y), bool))
        weights.append(final.coef_[0])
        intercepts.append(final.intercept_[0])
    write(
        themes=np.array(CORE),
        words=np.array(words),
        pairs=pairs,
        weights=np.array(weights, np.float32).T,
        intercepts=np.array(intercepts, np.float32),
        thresholds=np.array(thresholds, np.float32),
        known=np.array(sorted(known)),
    )
    print(f"{len(words)} words, {len(pairs)} pairs, {len(known)} known words")


def write(**arrays: Any) -> None:
    """The model file, and its entry in the manifest."""
    file = MODELS / "themes.npz"
    np.savez_compressed(file, **arrays)
    manifest = MODELS / "manifest.json"
    entries = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    entries[file.name] = {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made_by": "training/themes/train.py",
        "trained_on": [
            "training/corpus",
            "NHS pxtextmining comments (MIT)",
            "UCI sentiment labelled sentences (CC BY 4.0)",
        ],
    }
    manifest.write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
