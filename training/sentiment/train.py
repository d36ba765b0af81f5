"""Make src/reviewpipe/models/sentiment.npz.

Usage: nice -n 5 python training/sentiment/train.py DATA_FOLDER [--check]

DATA_FOLDER holds labelled/*.parquet (see training/sentiment/README.md); the invented corpus is training/corpus/*.jsonl.
Prints the figures on what was not trained on: the corpus's held-back sittings and, with --check, which writes nothing
and trains anew, sittings by turns, a fifth of the patients' comments and how true the probabilities are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from reviewpipe.sentiment import features, model

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "src" / "reviewpipe" / "models"
CLASSES = ["negative", "middling", "positive"]
# How much a text of each corpus counts: bodywork first, patients next, products, restaurants and films a little.
WEIGHT = {"invented": 4.0, "patients": 2.0, "reviews": 0.7, "restaurants": 0.3, "films": 0.15, "pros_cons": 0.15}
FOLDS = 3
# Never trained on, so that there is always something to measure on (a fifth of the sittings; the themes use the same).
HELD_BACK = ("sitting-05", "sitting-10", "sitting-15", "sitting-20", "sitting-30")
# Inverse strength of the penalty of sentences and of reviews.
SENTENCE_PENALTY, REVIEW_PENALTY = 3.0, 1.0
# Shares of negative, middling and positive reviews that a practice gets (an assumption: most public reviews of hands-on
# care are happy).  The training texts are half unhappy on purpose; the constants of the review model are moved from
# their shares to these (prior correction, Saerens et al. 2002, doi:10.1162/089976602753284446).
IN_PRACTICE = (0.20, 0.08, 0.72)
# An unhappy or mixed review taken for a happy one costs the owner more than the reverse: these odds on top gave the
# best macro-F1 by turns of sittings, without the held-back ones.
ODDS = (1.5, 3.0, 1.0)
# How far praise and complaint are made to count alike: 0 not at all, 1 fully.
SENTENCE_BALANCE, REVIEW_BALANCE = 1.0, 0.0
# The hashed words of a sentence count by how much more often they stand in one class than in the other (naive Bayes
# features, Wang and Manning 2012, https://aclanthology.org/P12-2018/), less than the rules.
WORD_SCALE, REVIEW_WORD_SCALE = 0.5, 0.6
# Hashed words met in fewer training sentences say nothing.
RAREST = 2
# The three sums of weights are trusted most, the single rules, of which many are rare, least.
_RULES = len(features.names()) - 7
DENSE_SCALE = np.concatenate([np.full(3, 2.0), np.full(_RULES, 0.15), np.full(4, 0.5)])


def invented() -> pd.DataFrame:
    """Reviews of training/corpus with the sentiment of each sentence."""
    rows = []
    for file in sorted((ROOT / "training" / "corpus").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            review = json.loads(line)
            parts = [(s["text"], s["sentiment"]) for s in review["sentences"]]
            rows.append(("invented", " ".join(text for text, _ in parts), review["sentiment"], parts, file.stem))
    return pd.DataFrame(rows, columns=["corpus", "text", "label", "parts", "sitting"])


def patients(folder: Path) -> pd.DataFrame:
    """Comments with a person's label; answers too short to be understood without their question are left out."""
    data = pd.read_parquet(folder / "nhs_fft_v6_themes.parquet").dropna(subset=["sentiment_1verypos_5veryneg", "text"])
    text = data["text"].str.strip()
    clear = (text.str.split().str.len() >= 5) & ~text.str.lower().str.match(r"(no|none|nothing|n/a|nil|na)\b")
    label = data["sentiment_1verypos_5veryneg"].map({1: "positive", 2: "positive", 3: "mixed"}).fillna("negative")
    frame = pd.DataFrame({"corpus": "patients", "text": text, "label": label})[clear]
    return frame.drop_duplicates("text")


def single(folder: Path) -> pd.DataFrame:
    """Sentences of other fields, with their label."""
    frames = []
    for name, corpus, most in [
        ("uci_sentences", "reviews", 3000),
        ("sentence_polarity", "films", 2000),
        ("pros_cons", "pros_cons", 2000),
    ]:
        data = pd.read_parquet(folder / f"{name}.parquet")
        data = data.sample(min(most, len(data)), random_state=1)
        label = data["label"].astype(int).map({1: "positive", 0: "negative"})
        frames.append(pd.DataFrame({"corpus": corpus, "text": data["text"], "label": label}))
    data = pd.read_parquet(folder / "mams.parquet")
    found = [
        {a["polarity"] for column in (terms, kinds) for a in json.loads(column or "[]")} - {"neutral"}
        for terms, kinds in zip(data["aspect_terms"], data["aspect_categories"], strict=True)
    ]
    label = ["mixed" if len(p) > 1 else "neutral" if not p else next(iter(p)) for p in found]
    frames.append(pd.DataFrame({"corpus": "restaurants", "text": data["text"], "label": label}).drop_duplicates("text"))
    return pd.concat(frames, ignore_index=True)


def words(batch: features.Batch, owners: np.ndarray, count: int) -> csr_matrix:
    """The hashed words of a batch as a matrix of `count` rows."""
    return csr_matrix((batch.scales, (owners, batch.buckets)), (count, features.BUCKETS))


def telling(matrix: csr_matrix, answer: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How much each column tells of `answer`: the size of its log-count ratio, 0 for the rarest."""
    met = (matrix > 0).astype(np.float64)
    counts = [1 + met[side].T @ weights[side] for side in (answer, ~answer)]
    ratio = np.abs(np.log(counts[0] / counts[0].sum()) - np.log(counts[1] / counts[1].sum()))
    ratio[np.asarray(met.sum(0)).ravel() < RAREST] = 0
    return WORD_SCALE * ratio


def fit_sentences(batch: features.Batch, labels: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Two logistic regressions: is there praise, is there complaint."""
    matrix = words(batch, batch.owners, len(labels))
    made = []
    for side in ("positive", "negative"):
        answer = np.isin(labels, [side, "mixed"])
        scale = np.concatenate([telling(matrix, answer, weights), DENSE_SCALE])
        fit = _regression(SENTENCE_PENALTY).fit(hstack([matrix, batch.dense]).tocsr() @ diags(scale), answer, weights)
        made.append((fit.coef_ * scale, fit.intercept_))
    return _split(np.vstack([m[0] for m in made]), np.concatenate([m[1] for m in made]), "sentence")


def fit_reviews(
    batch: features.Batch, sides: np.ndarray, labels: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """One regression of three classes over the sentences' summary and the review's words."""
    owners = model.review_of(batch)[batch.owners]
    summary = model.summary(batch, sides)
    matrix = hstack([REVIEW_WORD_SCALE * words(batch, owners, len(labels)), summary]).tocsr()
    fit = _regression(REVIEW_PENALTY).fit(matrix, labels, weights)
    shares = np.bincount(labels, weights, minlength=3) / weights.sum()
    scale = np.concatenate([np.full(features.BUCKETS, REVIEW_WORD_SCALE), np.ones(summary.shape[1])])
    return _split(fit.coef_ * scale, fit.intercept_ + np.log(np.array(ODDS) * IN_PRACTICE / shares), "review")


def _regression(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=penalty, max_iter=50, solver="newton-cg", tol=1e-3)


def _split(coefficients: np.ndarray, constants: np.ndarray, name: str) -> dict[str, np.ndarray]:
    cut = features.BUCKETS
    return {
        f"{name}_words": coefficients[:, :cut].T,
        f"{name}_dense": np.vstack([coefficients[:, cut:].T, constants]),
    }


def sentences_of(reviews: pd.DataFrame) -> pd.DataFrame:
    """Sentences to learn from: those of the invented corpus, and reviews of other corpora that are one sentence."""
    mine = reviews[reviews["parts"].notna()]
    parts = [
        (k, text, label, "invented")
        for k, pairs in zip(mine.index, mine["parts"], strict=True)
        for text, label in pairs
    ]
    rest = reviews[reviews["parts"].isna()]
    short = rest[rest["text"].str.len() < 200]
    parts += list(zip(short.index, short["text"], short["label"], short["corpus"], strict=True))
    return pd.DataFrame(parts, columns=["review", "text", "label", "corpus"])


def balanced(texts: pd.DataFrame, power: float) -> np.ndarray:
    """The weight of each text: its corpus's, times (positives or negatives as they would be / as they are) ** power.

    Praise is three quarters of a bodywork corpus; without this every word of the field would speak for praise.
    """
    counts = texts.groupby(["corpus", "label"])["label"].transform("size")
    sides = texts["label"].isin(["positive", "negative"])
    expected = sides.groupby(texts["corpus"]).transform("sum") / 2
    return (texts["corpus"].map(WEIGHT) * (expected / counts).where(sides, 1.0) ** power).to_numpy()


class Data:
    """Features made once: of all sentences as labelled, and of all reviews as texts."""

    def __init__(self, reviews: pd.DataFrame) -> None:
        self.reviews, self.parts = reviews, sentences_of(reviews)
        self.part_batch, self.batch = pieces(self.parts["text"]), features.of(list(reviews["text"]))
        self.labels = reviews["label"].map(lambda x: x if x in CLASSES else "middling").map(CLASSES.index).to_numpy()
        self.weights = balanced(reviews, REVIEW_BALANCE)
        self.part_weights = balanced(self.parts, SENTENCE_BALANCE)


def pieces(texts: pd.Series) -> features.Batch:
    """Features of sentences as labelled: a labelled sentence that splits in two is summed into one."""
    batch = features.of(list(texts))
    owner = model.review_of(batch)
    dense = np.zeros((len(texts), batch.dense.shape[1]))
    np.add.at(dense, owner, batch.dense)
    dense /= np.maximum(np.diff(batch.rows), 1)[:, None]
    return features.Batch(
        batch.spans, np.arange(len(texts) + 1), dense, owner[batch.owners], batch.buckets, batch.scales
    )


def some(batch: features.Batch, kept: np.ndarray) -> features.Batch:
    """The sentences for which `kept` is true."""
    place = np.cumsum(kept) - 1
    mine = kept[batch.owners]
    return features.Batch(
        [],
        np.arange(kept.sum() + 1),
        batch.dense[kept],
        place[batch.owners[mine]],
        batch.buckets[mine],
        batch.scales[mine],
    )


def sentence_model(data: Data, kept: np.ndarray) -> dict[str, np.ndarray]:
    """The sentence model of the reviews for which `kept` is true."""
    mine = kept[data.parts["review"].to_numpy()]
    return fit_sentences(some(data.part_batch, mine), data.parts["label"].to_numpy()[mine], data.part_weights[mine])


def train(data: Data, kept: np.ndarray) -> dict[str, np.ndarray]:
    """Both models; the review model learns from sentence models that have not seen the review."""
    owner = model.review_of(data.batch)
    sides = np.zeros((len(owner), 2))
    for learn, unseen in KFold(FOLDS, shuffle=True, random_state=2).split(kept):
        mask = np.zeros(len(kept), bool)
        mask[learn] = True
        fold = np.isin(owner, unseen)
        sides[fold] = model.of_sentences(data.batch, sentence_model(data, mask & kept))[fold]
    chosen, batch = np.flatnonzero(kept), data.batch
    mine = np.isin(owner, chosen)
    rows = np.concatenate([[0], np.cumsum(np.diff(batch.rows)[chosen])])
    part = some(batch, mine)
    part = features.Batch([], rows, part.dense, part.owners, part.buckets, part.scales)
    return sentence_model(data, kept) | fit_reviews(part, sides[mine], data.labels[chosen], data.weights[chosen])


def told(data: Data, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Probabilities of all reviews."""
    return model.of_reviews(data.batch, model.of_sentences(data.batch, weights), weights)


def figures(name: str, truth: np.ndarray, guess: np.ndarray) -> None:
    """Accuracy and F1 as they are, and as they would be at the shares of a practice."""
    met = np.zeros((3, 3))
    np.add.at(met, (truth, guess.argmax(1)), 1)
    shares = met / np.maximum(met.sum(1, keepdims=True), 1) * np.array(IN_PRACTICE)[:, None]
    for where, table in (("as they are", met), ("in practice", shares)):
        f1 = 2 * np.diag(table) / np.maximum(table.sum(0) + table.sum(1), 1e-9)
        right = np.trace(table) / table.sum()
        print(f"{name:24} n {len(truth):5} {where}: accuracy {right:.3f} macro-F1 {f1.mean():.3f}", *f1.round(2))


def check(data: Data) -> None:
    """Figures on sittings by turns, on a fifth of the patients' comments, and the reliability of the probabilities."""
    sitting = data.reviews["sitting"].fillna("").to_numpy()
    patients_ = (data.reviews["corpus"] == "patients").to_numpy()
    invented_ = sitting != ""
    names = np.unique(sitting[invented_])
    guess = np.zeros((len(sitting), 3))
    for turn in range(FOLDS + 2):
        unseen = np.isin(sitting, names[turn :: FOLDS + 2])
        guess[unseen] = told(data, train(data, ~unseen))[unseen]
    figures("invented, by sitting", data.labels[invented_], guess[invented_])
    for name in names:
        figures(name, data.labels[sitting == name], guess[sitting == name])
    reliability(data.labels[invented_], guess[invented_])
    fifth = patients_ & (np.arange(len(sitting)) % (FOLDS + 2) == 0)
    known = patients_ & ~fifth
    shares = np.bincount(data.labels[known], minlength=3) / known.sum()
    weights = train(data, ~fifth)
    # Patients are less happy than clients: the constants are moved once more, to the shares of their known comments.
    figures("patients, held back", data.labels[fifth], told(data, weights)[fifth] / IN_PRACTICE * shares)


def reliability(truth: np.ndarray, guess: np.ndarray) -> None:
    """Of reviews given such a probability of being happy, how many are, at the shares of a practice."""
    weight = (np.array(IN_PRACTICE) / np.bincount(truth, minlength=3) * len(truth))[truth]
    place = np.minimum(guess[:, 2] * 10, 9).astype(int)
    for tenth in range(10):
        mine = place == tenth
        if mine.any():
            given, found = (np.average(x[mine], weights=weight[mine]) for x in (guess[:, 2], truth == 2))
            print(f"happy with probability {tenth / 10:.1f}-{tenth / 10 + 0.1:.1f}: said {given:.2f} is {found:.2f}")


def save(weights: dict[str, np.ndarray], trained_on: str) -> None:
    """Write the weights and their entry in the manifest."""
    file = MODELS / model.FILE
    kinds = {name: np.float16 if name.endswith("words") else np.float32 for name in weights}
    with file.open("wb") as out:
        np.savez_compressed(out, **{name: array.astype(kinds[name]) for name, array in weights.items()})
    path = MODELS / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    manifest[model.FILE] = {
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made_by": "training/sentiment/train.py",
        "trained_on": trained_on,
    }
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(file.name, file.stat().st_size, "bytes")


def main() -> None:
    """See the top of this file."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("data", type=Path)
    cli.add_argument("--check", action="store_true")
    given = cli.parse_args()
    folder = given.data / "labelled"
    if not folder.is_dir():
        sys.exit(f"{folder} is not there.  Give the folder that holds labelled/.")
    reviews = pd.concat([invented(), patients(folder), single(folder)], ignore_index=True)
    data = Data(reviews)
    if given.check:
        check(data)
        return
    kept = ~reviews["sitting"].isin(HELD_BACK).to_numpy()
    weights = train(data, kept)
    figures("held-back sittings", data.labels[~kept], told(data, weights)[~kept])
    counts = reviews["corpus"][kept].value_counts()
    save(weights, ", ".join(f"{name} {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
