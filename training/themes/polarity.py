"""Print the weights of src/reviewpipe/themes/polarity.py: `python training/themes/polarity.py`.

Logistic regression on every find of the invented reviews whose theme is labelled positive or negative, comparisons left
out (they have a direction of their own), as are the held-back sittings.  The intercept, near 0, does not ship.
"""

from __future__ import annotations

import json

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from train import CORPUS, HELD_BACK, hidden

from reviewpipe import sentiment, themes
from reviewpipe.themes import finds, model, polarity, tagging


def main() -> None:
    """Read, fit, print."""
    rows = [
        (file.stem, json.loads(line))
        for file in sorted(CORPUS.glob("*.jsonl"))
        if file.stem not in HELD_BACK
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    texts = [hidden(" ".join(one["text"] for one in review["sentences"]), review["names"]) for _, review in rows]
    verdicts, catalogue = sentiment.analyse(texts, ["en"] * len(texts)), themes.load()
    page = finds.lay_out(texts, verdicts, catalogue, model.shipped().known)
    found = list(model.judged(model.shipped(), page, finds.phrase_finds(page, catalogue)))
    praised = tagging.first_praises(page, found)
    signs, said, sitting = [], [], []
    for find in found:
        number = int(page.text[find.sentence])
        labels = {one["name"]: one["polarity"] for one in rows[number][1]["themes"]}
        if labels.get(find.theme) in {"positive", "negative"} and find.theme != "chiropractor_comparison":
            before = (find.sentence, find.start) < praised.get((number, find.theme), (-1, -1))
            score = float(page.score[find.sentence])
            signs.append(polarity.signs(find, verdicts[number], score, before_praise=before))
            said.append(labels[find.theme] == "positive")
            sitting.append(rows[number][0])
    x, y = np.array(signs), np.array(said)
    fitted = LogisticRegression(max_iter=500)
    right = cross_val_score(fitted, x, y, groups=np.array(sitting), cv=GroupKFold(6)).mean()
    fitted.fit(x, y)
    print(f"{len(y)} finds, {right:.3f} right on sittings not read; weights {np.round(fitted.coef_[0], 1).tolist()}")


if __name__ == "__main__":
    main()
