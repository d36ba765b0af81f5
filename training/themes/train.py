"""Train the sentence model of the themes and write src/reviewpipe/models/themes.npz.

Usage: python training/themes/train.py DATA_FOLDER

DATA_FOLDER holds labelled/nhs_fft_v6_themes.parquet and labelled/uci_sentences.parquet; the invented reviews of
training/corpus are read from this repository.  Prints, for each theme, what phrases reach alone and with the model,
when each sitting is measured by a model that has not read it, and on the sittings that no model ever reads.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from reviewpipe import sentences, sentiment, themes
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
# Never trained on, here or for sentiment: see training/README.md.
HELD_BACK = frozenset({"sitting-05", "sitting-10", "sitting-15", "sitting-20", "sitting-30"})
# Written as clients write; the older sittings are figurative and half unhappy on purpose, so they count less.
PLAIN = frozenset({"sitting-15", "sitting-16", "sitting-17", "sitting-18", "sitting-19", "sitting-20"})
PLAIN_WEIGHT = 2.0
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
FOREIGN_WEIGHT, MOST_RESTAURANTS = 0.3, 3000
EXAMPLE_WEIGHT = 3.0
FEWEST_WORD, FEWEST_PAIR, FEWEST_KNOWN = 3, 3, 4
STRENGTH = 0.5  # C of the logistic regression, chosen from 0.2, 0.5, 1 by the figures printed
PLAINLY = 0.1  # a sentence scored nearer to 0 says nothing good or bad
FOLDS = 6
LOWEST, HIGHEST = -2.0, 1.5  # the log-odds tried as thresholds
# Where no phrase stands: real reviews say plainly what the corpus hints at, so there phrases miss less.
LOWEST_CORE = {"pain_relief": 0.0, "knowledge": 0.8, "self_care": 1.0, "chiropractor_comparison": 0.5}


class Row(NamedTuple):
    """A review with what is known of it: for each theme yes, no, or None (cannot say).

    `sitting` is empty for what is not of the corpus.
    """

    text: str
    labels: dict[str, bool | None]
    evidence: dict[str, tuple[int, int]]
    weight: float
    sitting: str = ""


def corpus() -> Iterator[Row]:
    """The invented reviews as the store would hold them, without names, with the evidence of each theme."""
    names = themes.load().names
    for file in sorted(CORPUS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            review = json.loads(line)
            text = hidden(" ".join(one["text"] for one in review["sentences"]), review["names"])
            given = {one["name"]: hidden(one["evidence"], review["names"]) for one in review["themes"]}
            spans = {name: (text.find(words), text.find(words) + len(words)) for name, words in given.items()}
            labels: dict[str, bool | None] = {name: name in given for name in names}
            yield Row(text, labels, spans, PLAIN_WEIGHT if file.stem in PLAIN else 1.0, file.stem)


def hidden(text: str, names: list[dict[str, str]]) -> str:
    """`text` with a placeholder for each name of a person."""
    for name in sorted(names, key=lambda one: -len(one["text"])):
        if name["role"] != "business":
            shown = "[THERAPIST]" if name["role"] == "staff" else "[NAME]"
            text = re.sub(rf"(?<!\w){re.escape(name['text'])}(?!\w)", shown, text)
    return text


def examples() -> Iterator[Row]:
    """The examples that themes.toml gives for each theme; of the other themes they say nothing."""
    for theme in themes.load().themes:
        for text in (*theme.matches, *theme.non_matches):
            yield Row(text, {theme.name: text in theme.matches}, {}, EXAMPLE_WEIGHT)


def nhs(folder: Path) -> Iterator[Row]:
    """Comments of patients: weak positives, and negatives where the label rules a core theme out."""
    table = pd.read_parquet(folder / "labelled" / "nhs_fft_v6_themes.parquet")
    for text, found in zip(table["text"], table["themes"], strict=True):
        labels = set(json.loads(found))
        if not isinstance(text, str) or labels & {"Labelling not possible", "Not assigned"}:
            continue
        known: dict[str, bool | None] = {}
        for name in CORE:
            yes, unsure = labels & NHS_YES.get(name, set()), labels & NHS_UNSURE.get(name, set())
            known[name] = True if yes else None if unsure else False
        yield Row(text, known, {}, NHS_WEIGHT)


def foreign(folder: Path) -> Iterator[Row]:
    """Sentences on restaurants, films and telephones: none is about our core themes."""
    labelled = folder / "labelled"
    restaurants = pd.read_parquet(labelled / "mams.parquet")["text"].astype(str).drop_duplicates()[:MOST_RESTAURANTS]
    for text in (*pd.read_parquet(labelled / "uci_sentences.parquet")["text"], *restaurants):
        yield Row(text, dict.fromkeys(CORE, False), {}, FOREIGN_WEIGHT)


def near_misses() -> Iterator[Row]:
    """What clients say every day beside a core theme: "I can't wait to be back" is no relief of the back."""
    for line in (HERE / "near_misses.txt").read_text(encoding="utf-8").splitlines():
        theme, text = line.split(": ", 1)
        yield Row(text, {theme: False}, {}, EXAMPLE_WEIGHT)


def scored(rows: list[Row]) -> list[Verdict]:
    """Verdicts of the corpus and of comments as the product gives them; examples stand alone and unscored."""
    verdicts = sentiment.analyse([row.text for row in rows], ["en"] * len(rows))
    return [
        Verdict("unscored", None, tuple(Sentence(a, b, 0.0) for a, b in sentences.split(row.text)))
        if row.weight == EXAMPLE_WEIGHT
        else verdict
        for row, verdict in zip(rows, verdicts, strict=True)
    ]


def targets(rows: list[Row], page: finds.Page, theme: str) -> NDArray[np.float64]:
    """1, 0 or NaN (cannot say) for each sentence of the batch.

    Evidence shows one passage where there may be more, so the other sentences of its review say nothing,
    save for the evidence of another theme, which is a no; for pain_relief those without anything good or bad are one
    too: they tell how the client came.
    """
    told = np.full(len(page.text), np.nan)
    for i, (number, start, end) in enumerate(zip(page.text, page.start, page.end, strict=True)):
        row = rows[number]
        if theme in row.evidence:
            first, last = row.evidence[theme]
            other = any(a < end and start < b for name, (a, b) in row.evidence.items() if name != theme)
            rest = 0.0 if other or (theme == "pain_relief" and abs(page.score[i]) < PLAINLY) else np.nan
            told[i] = 1.0 if start < last and first < end else rest
        elif row.labels.get(theme) is not None:
            told[i] = float(row.labels[theme] or 0)
    return told


def vocabulary(page: finds.Page) -> tuple[list[str], NDArray[np.int64]]:
    """The words and pairs that are frequent enough to carry a weight."""
    stems = page.drawn.stems
    at, codes = model.word_codes(page, stems)
    count = Counter(codes.tolist())
    hides = {stem("NAME"), stem("THERAPIST")}
    words = sorted(stems[code] for code, n in count.items() if n >= FEWEST_WORD and stems[code] not in hides)
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


def thresholds(
    rows: list[Row], best: NDArray[np.float64], phrase: NDArray[np.float64], theme: str
) -> tuple[float, float]:
    """The log-odds a sentence needs without a phrase and with one; prints the figures.

    The phrases of the core themes are precise on real reviews and always count; the model adds what it is sure of
    (F0.5: a wrong theme costs more trust than a missed one).  Of the others it is the only judge (F1).  `best` are the
    highest log-odds of each row's sentences without a phrase, `phrase` of those with one.
    """
    gold = np.array([bool(row.labels.get(theme)) for row in rows])
    weight = np.array([row.weight for row in rows])
    held = np.array([row.sitting in HELD_BACK for row in rows])
    ours = np.array([row.sitting != "" for row in rows]) & ~held
    said = phrase > -np.inf
    lowest, beta = (LOWEST_CORE[theme], 0.5) if theme in CORE else (LOWEST, 1.0)
    figures = {}
    for one in np.round(np.arange(lowest, HIGHEST + 0.01, 0.1), 1):
        kept = said if theme in CORE else phrase >= one
        figures[float(one)] = measured(kept | (best >= one), gold, weight * ours, beta)[2]
    level = max(figures, key=lambda one: (round(figures[one], 3), one))
    keep = -np.inf if theme in CORE else level
    plain = np.array([row.sitting in PLAIN for row in rows])
    got = (said & (phrase >= keep)) | (best >= level)
    shown = [(said, ours), (said, plain & ours), (got, ours), (got, plain & ours), (got, held)]
    show = " | ".join(" ".join(f"{x:.3f}" for x in measured(got, gold, part * 1.0, 1.0)) for got, part in shown)
    print(f"{theme:24} n {int((gold & ours).sum()):4d} {show} at {level:.1f}, with phrase {keep:.1f}")
    return level, keep


def highest(
    odds: NDArray[np.float64], text: NDArray[np.int64], some: NDArray[np.bool_], rows: int
) -> NDArray[np.float64]:
    """The highest log-odds of `some` sentences of each row."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, text[some], odds[some])
    return best


def measured(
    got: NDArray[np.bool_], gold: NDArray[np.bool_], weight: NDArray[np.float64], beta: float
) -> tuple[float, float, float]:
    """Precision, recall and F-measure."""
    both, found, true = (float(weight[some].sum()) for some in (got & gold, got, gold))
    precision, recall = both / max(1e-9, found), both / max(1e-9, true)
    return precision, recall, (1 + beta**2) * precision * recall / max(1e-9, beta**2 * precision + recall)


def main(folder: Path) -> None:
    """Train, measure, write."""
    rows = [*corpus(), *examples(), *near_misses(), *nhs(folder), *foreign(folder)]
    catalogue = themes.load()
    texts, verdicts = [row.text for row in rows], scored(rows)
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
    sitting = np.array([rows[number].sitting for number in page.text])
    held = np.isin(sitting, sorted(HELD_BACK))
    found = list(finds.phrase_finds(page, catalogue))
    made: dict[str, list[Any]] = {"weights": [], "signs": [], "intercepts": [], "thresholds": []}
    print("precision, recall, F1 of: phrases | plain sittings | with model | plain sittings | held-back sittings")
    for theme in catalogue.names:
        phrases = [find for find in found if find.theme == theme]
        given = hstack([x, csr_matrix(model.signs(page, phrases))]).tocsr()
        y = targets(rows, page, theme)
        final = fitted(given, y, weight, ~held)
        odds = final.decision_function(given)
        # Cross-validated over sittings; what is not of the corpus is always trained on.
        read = np.flatnonzero((sitting != "") & ~held)
        for _, test in GroupKFold(FOLDS).split(read, groups=sitting[read]):
            part = np.isin(np.arange(len(y)), read[test])
            odds[part] = fitted(given, y, weight, ~held & ~part).decision_function(given[part])
        said = np.isin(np.arange(len(y)), [find.sentence for find in phrases])
        best, by_phrase = (highest(odds, page.text, some, len(rows)) for some in (~said, said))
        made["thresholds"].append(thresholds(rows, best, by_phrase, theme))
        made["weights"].append(final.coef_[0][: x.shape[1]])
        made["signs"].append(final.coef_[0][x.shape[1] :])
        made["intercepts"].append(final.intercept_[0])
    write(
        themes=np.array(catalogue.names),
        words=np.array(words),
        pairs=pairs,
        weights=np.array(made["weights"], np.float16),
        known=np.array(sorted(known)),
        **{name: np.array(made[name], np.float32) for name in ("signs", "intercepts", "thresholds")},
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
            "MAMS (Apache-2.0)",
        ],
    }
    manifest.write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
