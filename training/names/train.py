"""Make src/reviewpipe/models/names.npz: name lists as hashed numbers, and the weights of the name classifier.

Usage: python training/names/train.py DATA [--holdout]

DATA is a folder with names/ and labelled/ (see README.md).  With --holdout every fifth invented review is kept out, and
recall and precision on those is printed instead of writing the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from material import Example, Lists, all_things, hidden, invented, marked, renamed, templates, unmarked, vary
from origins import by_origin
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from reviewpipe.anonymise import features
from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.setting import Setting
from reviewpipe.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src" / "reviewpipe" / "models" / "names.npz"
SEED = 20261122
TRUE_CASE = ("nhs_fft_v6_themes", "uci_sentences", "mams", "pros_cons", "vader_nytEditorialSnippets")
TRUE_CASE += ("vader_amazonReviewSnippets", "vader_movieReviewSnippets")

# What kind of thing a word of things.toml is, as the model is told.
KINDS = {
    "towns": 1,
    "streets": 1,
    "places": 1,
    "shops": 2,
    "products": 2,
    "cars": 2,
    "insurers": 2,
    "software": 2,
    "rooms": 3,
}
OTHER_KIND = 4

TRAINED_ON = [
    "training/corpus",
    "training/names/templates.txt, traps.txt, things.toml",
    "emerging_entities_17 (CC BY 4.0)",
    "Broad Twitter Corpus (CC BY 4.0)",
    "US SSA first names (public domain)",
    "US Census 1990 surnames (public domain)",
    "popular-names-by-country-dataset (CC0)",
    "training/names/people.toml",
    "carltonnorthern/nicknames (Apache-2.0)",
    "word counts and unmarked texts of NHS pxtextmining (MIT), UCI sentences (CC BY 4.0), MAMS (Apache-2.0)",
    "word counts of NLTK pros/cons (CC BY 4.0), vaderSentiment ground truth (MIT)",
]


def gazetteer(folder: Path) -> features.Gazetteer:
    """Name lists, word counts, kinds of things and spelling as hashes and small numbers."""
    facts: dict[int, list[int]] = {}

    def note(word: str, place: int, value: int) -> None:
        for part in re.split(r"[\s-]+", fold(word)):
            row = facts.setdefault(features.word_hash(part), [0] * 5)
            row[place] = max(row[place], value)

    counts = ordinary(folder)
    for word, place, value in (*counted(counts), *listed_names(folder / "names"), *foreign_names(folder, counts)):
        note(word, place, value)
    for kind, listed in all_things().items():
        for word in listed:
            common = facts.get(features.word_hash(fold(word)), [0] * 5)
            # Emma is an opera too and Felicity a room, but nobody means that; towns and firms have people's names.
            value = KINDS.get(kind, OTHER_KIND)
            if common[2] >= 2 or common[0] == 0 or (value <= 2 and common[0] < 5):
                note(word, 4, value)
    hashes = np.array(sorted(facts), np.uint32)
    return features.Gazetteer(hashes, np.array([facts[int(h)] for h in hashes], np.uint8), spelling(folder, counts))


def counted(counts: dict[str, tuple[float, float]]) -> Iterator[tuple[str, int, int]]:
    """Each ordinary word with how common it is (2), and with its share of capitals (3)."""
    for word, (lower, capital) in counts.items():
        yield word, 2, int(np.searchsorted((1, 3, 10, 100, 1000), lower, side="right"))
        if lower + capital > 1:
            yield word, 3, 1 + int(np.searchsorted((0.05, 0.3, 0.8), capital / (lower + capital), side="right"))


def foreign_names(folder: Path, counts: dict[str, tuple[float, float]]) -> Iterator[tuple[str, int, int]]:
    """Each name of all origins, 0 for a first name or 1 for a surname, and how common it counts."""
    for first, last in by_origin(folder / "names").values():
        for place, names in enumerate((first, last)):
            for name in names:
                # "My", "An" and "Long" are names too, but not every "my" shall be looked at.
                yield name, place, 2 if place or counts.get(fold(name), (0, 0))[0] >= 100 else 3


def spelling(folder: Path, counts: dict[str, tuple[float, float]]) -> NDArray[np.float32]:
    """Weights of runs of letters: names of all origins, each origin counting the same, against ordinary words."""
    weight: Counter[str] = Counter()
    groups = [names for pair in by_origin(folder / "names").values() for names in pair if len(names) > 9]
    groups.append({row.name for row in table(folder / "names" / "ssa_first_names_1880_2010.csv") if row.total >= 500})
    groups.append({row.surname for row in table(folder / "names" / "census1990_surnames.csv") if row.rank <= 15_000})
    for names in groups:
        parts = [part for name in names for part in re.split(r"[\s'’-]+", fold(name)) if len(part) > 1]
        for part in parts:
            weight[part] += len(parts) ** -0.5
    plain = [w for w, (lower, capital) in counts.items() if w.isalpha() and len(w) > 1 and lower >= 2 + 3 * capital]
    words = [*weight, *plain]
    runs = [features.letter_runs(word) for word in words]
    ends = np.cumsum([0, *map(len, runs)])
    ones = np.ones(ends[-1], np.float32)
    sparse = csr_matrix((ones, np.concatenate(runs), ends), shape=(len(words), features.SPELLING))
    share = len(plain) / sum(weight.values())
    model = LogisticRegression(C=0.3, max_iter=100, fit_intercept=False, tol=1e-3)
    label = [True] * len(weight) + [False] * len(plain)
    model.fit(sparse, label, sample_weight=[*(w * share for w in weight.values()), *[1] * len(plain)])
    return model.coef_[0].astype(np.float16).astype(np.float32)


def with_holes(lists: features.Gazetteer, share: float) -> features.Gazetteer:
    """`lists` without a share of names and things, so that the model learns what those look like that none knows."""
    facts = lists.facts.copy()
    dice = np.random.default_rng(SEED)
    facts[dice.random(len(facts)) < share, :2] = 0
    facts[dice.random(len(facts)) < share, 4] = 0
    return features.Gazetteer(lists.hashes, facts, lists.spelling)


def listed_names(names: Path) -> Iterator[tuple[str, int, int]]:
    """Each name of the American lists, 0 for a first name or 1 for a surname, and how common it is."""
    for row in table(names / "ssa_first_names_1880_2010.csv"):
        yield row.name, 0, int(np.searchsorted((100, 1000, 10_000, 100_000), row.total, side="right")) + 1
    for row in table(names / "census1990_surnames.csv"):
        yield row.surname, 1, int(np.searchsorted((0.001, 0.01), row.freq_pct, side="right")) + 1
    for row in table(names / "popnames_common-surnames-by-country.csv"):
        yield from ((name, 1, 2) for name in row[5:7])
    for row in table(names / "nicknames.csv"):
        yield from ((name, 0, 2) for name in (row.name1, row.name2))


def table(path: Path) -> Iterator[Any]:
    """The rows of a CSV file, in which "NA" and "Null" are names."""
    return iter(pd.read_csv(path, keep_default_na=False).itertuples())


def ordinary(folder: Path) -> dict[str, tuple[float, float]]:
    """For each word: how often lower-case, how often capitalised inside a sentence, in texts with true case."""
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for name in TRUE_CASE:
        for text in pd.read_parquet(folder / "labelled" / f"{name}.parquet")["text"].dropna():
            if not (text.isupper() or text.islower()):
                count_words(text, lower, capital)
    counts = {w: (float(lower[w]), float(capital[w])) for w in {*lower, *capital}}
    # im, dont, cant: as people type them.
    for word, (small, big) in list(counts.items()):
        if "'" in word or "’" in word:
            bare = re.sub("['’]", "", word)
            counts[bare] = (counts.get(bare, (0, 0))[0] + small, counts.get(bare, (0, 0))[1] + big)
    # Counted in 163,117 reviews, about fifteen times as much text.
    for row in table(folder / "names" / "english_word_names.csv"):
        old = counts.get(fold(row.name), (0.0, 0.0))
        counts[fold(row.name)] = (old[0] + row.lower_in_reviews / 15, old[1] + row.cap_mid_in_reviews / 15)
    return counts


def count_words(text: str, lower: Counter[str], capital: Counter[str]) -> None:
    """Add the words of `text`, less those that open a sentence, to `lower` and `capital`."""
    for match in re.finditer(r"(?<![@#\w])(?<![.!?] )(?<!^)[^\W\d_]+(?:['’][^\W\d_]+)*", text):
        word = match.group()
        if word.islower():
            lower[without_possessive(fold(word))] += 1
            if word[-2:] in ("'s", "’s"):
                lower[fold(word)] += 1
        elif word[0].isupper() and word[1:].islower():
            capital[without_possessive(fold(word))] += 1


def numbers(
    examples: list[Example], lists: features.Gazetteer
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Feature rows, labels and weights of all candidates in `examples`."""
    texts = [e.text for e in examples]
    tokens = tokenise(texts)
    words = features.Words.of(tokens.vocabulary, lists)
    setting = Setting.of(tokens, words, texts)
    places = features.candidates(tokens, words)
    text_of = tokens.text_of()[places]
    label, keep = np.zeros(len(places), bool), np.ones(len(places), bool)
    facts = words.facts[tokens.codes[places]]
    likely = (facts[:, 0] >= 2) & (facts[:, 2] <= 2) & np.isin(words.shape[tokens.codes[places]], (2, 3, 5))
    for i, (row, start, end) in enumerate(zip(text_of, tokens.starts[places], tokens.ends[places], strict=True)):
        example = examples[row]
        label[i] = any(a < end and start < b for a, b in example.names)
        keep[i] = label[i] or not any(a < end and start < b for a, b in example.ignored)
        keep[i] &= not (example.weak and likely[i])
    weight = np.array([examples[r].weight for r in text_of])
    found = features.slots(tokens, words, setting, places)
    return found[keep], label[keep], weight[keep]


def matrix(rows: NDArray[np.int64]) -> csr_matrix:
    """Feature rows as a sparse matrix of ones."""
    count, width = rows.shape
    return csr_matrix(
        (np.ones(count * width, np.float32), rows.ravel(), np.arange(0, count * width + 1, width)),
        shape=(count, features.size()),
    )


def material(data: Path, corpus: list[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """Everything to learn from: as it is, and what is also read with holes in the name lists."""
    dice = random.Random(seed)  # noqa: S311  (training data, not a secret)
    lists = Lists.read(data / "names")
    tweets = marked(data / "names" / "broad_twitter.train.jsonl", 0.4)
    noisy = marked(data / "names" / "wnut17.train.jsonl", 0.5)
    again = [vary(renamed(e, lists, dice), dice) for _ in range(3) for e in corpus]
    made = list(templates(lists, dice, 20_000))
    half = [hidden(e, dice) for e in (*corpus, *dice.sample(made, 4000)) if e.names and not e.ignored]
    fresh = [vary(renamed(e, lists, dice), dice) for e in corpus] + list(templates(lists, dice, 10_000))
    return tweets + noisy + corpus + again + made + half + unmarked(data / "labelled", dice), fresh + noisy


def fit(data: Path, corpus: list[Example], lists: features.Gazetteer) -> tuple[NDArray[np.float32], float]:
    """Weights and intercept: the mean of two logistic regressions, each with other people drawn into the texts.

    One alone depends on the draw: its precision on real reviews moves by two hundredths from one to the next.
    """
    models = [_fit_once(*material(data, corpus, seed), lists) for seed in (SEED, SEED + 1)]
    weights = np.mean([model.coef_[0] for model in models], axis=0)
    return weights.astype(np.float32), float(np.mean([model.intercept_[0] for model in models]))


def _fit_once(whole: list[Example], holed: list[Example], lists: features.Gazetteer) -> LogisticRegression:
    pairs = zip(numbers(whole, lists), numbers(holed, with_holes(lists, 0.6)), strict=True)
    rows, label, weight = (np.concatenate(pair) for pair in pairs)
    print(f"{len(rows):,} candidates, {label.sum():,} of them names", flush=True)
    model = LogisticRegression(C=0.25, max_iter=200, solver="lbfgs", tol=1e-5)
    return model.fit(matrix(rows), label, sample_weight=weight)


def report(rows: NDArray[np.int64], label: NDArray[np.bool_], weights: NDArray[np.float32], intercept: float) -> None:
    """Recall and precision at several thresholds."""
    chance = 1 / (1 + np.exp(-(weights[rows].sum(axis=1) + intercept)))
    for threshold in (0.15, 0.25, 0.35, 0.5, 0.65):
        found = chance >= threshold
        hit = (found & label).sum()
        print(f"threshold {threshold}: recall {hit / label.sum():.3f}, precision {hit / max(1, found.sum()):.3f}")


def main() -> None:
    """Train, report, write."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("data", type=Path)
    command.add_argument("--holdout", action="store_true")
    given = command.parse_args()
    corpus = invented(ROOT / "training" / "corpus")
    kept_out = corpus[::5] if given.holdout else []
    corpus = [e for e in corpus if e not in kept_out]
    lists = gazetteer(given.data)
    weights, intercept = fit(given.data, corpus, lists)
    for name, examples in (
        ("wnut17 dev", marked(given.data / "names" / "wnut17.dev.jsonl", 1)),
        ("invented", kept_out),
    ):
        if examples:
            print(name, len(examples))
            rows, label, _ = numbers(examples, lists)
            report(rows, label, weights, intercept)
    if not given.holdout:
        write(lists, weights, intercept)


def write(lists: features.Gazetteer, weights: NDArray[np.float32], intercept: float) -> None:
    """The model file and its entry in the manifest."""
    MODEL.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        MODEL,
        hashes=lists.hashes,
        facts=lists.facts,
        spelling=lists.spelling.astype(np.float16),
        weights=weights.astype(np.float16),
        intercept=np.float64(intercept),
    )
    manifest = MODEL.with_name("manifest.json")
    entries = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    entries[MODEL.name] = {
        "sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(),
        "made_by": "training/names/train.py",
        "trained_on": TRAINED_ON,
    }
    manifest.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    size = MODEL.stat().st_size / 1e6
    print(f"{MODEL.name}: {size:.2f} MB, {len(lists.hashes):,} hashes, {(weights != 0).sum():,} weights")


if __name__ == "__main__":
    main()
