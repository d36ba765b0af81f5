"""How good are the proposals of `reviewpipe staff suggest`?  `python training/staff/measure.py`.

Two figures on the invented reviews of `training/corpus`: of each person named, whether the words around tell staff from
everybody else; and of invented practices, which of their staff are proposed.  The cues were written with sittings 1 to
9 in sight, so 10 to 14 are the measure.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from reviewpipe.anonymise import Roster
from reviewpipe.anonymise.known import parts
from reviewpipe.anonymise.proposals import mentions, propose

CORPUS = Path(__file__).parents[1] / "corpus"
# The first are named most often, as in any practice; families take their names from the second list, again and again.
STAFF = ("Maribel", "Tobin", "Hannelore", "Desmond", "Priya", "Grace")
OTHERS = ("Mike", "Susan", "Dave", "Karen", "Sam", "Linda", "Ben", "Laura", "Joe", "Anna", "Jack", "Emily")
PRACTICES, REVIEWS = 40, 120


def reviews(sittings: str) -> list[tuple[str, dict[str, str]]]:
    """Texts with their names, each with its role."""
    lines = (line for path in sorted(CORPUS.glob(sittings)) for line in path.read_text(encoding="utf-8").splitlines())
    read = [json.loads(line) for line in lines]
    return [
        (" ".join(s["text"] for s in one["sentences"]), {n["text"]: n["role"] for n in one["names"]}) for one in read
    ]


def by_context(data: list[tuple[str, dict[str, str]]]) -> tuple[float, float]:
    """Precision and recall of "is staff" for each person of each review, by that review alone."""
    texts = [text for text, _ in data]
    scores: dict[tuple[int, str], float] = {}
    for mention in mentions(texts, [None] * len(texts), Roster()):
        for word in parts(mention.written):
            scores[mention.row, word] = scores.get((mention.row, word), 0) + mention.score
    said = {place for place, score in scores.items() if score > 0}
    people = [(row, parts(name), role) for row, (_, names) in enumerate(data) for name, role in names.items()]
    staff = {(row, word) for row, words, role in people if role == "staff" for word in words}
    found = sum(any((row, w) in said for w in words) for row, words, role in people if role == "staff")
    return len(said & staff) / len(said), found / sum(role == "staff" for *_, role in people)


def practice(data: list[tuple[str, dict[str, str]]], seed: int) -> tuple[list[str], dict[str, int]]:
    """An invented practice: reviews in which six people are the staff, and how many reviews name each."""
    chance = random.Random(seed)  # noqa: S311  no secret
    texts, named = [], dict.fromkeys(STAFF, 0)
    for text, names in chance.sample(data, REVIEWS):
        told, free = text, {"staff": list(STAFF), "others": list(OTHERS)}
        for name, role in sorted(names.items(), key=lambda one: -len(one[0])):
            pool = free["staff" if role == "staff" else "others"]
            if role in ("business", "pet") or not pool:
                continue
            new = chance.choices(pool, weights=range(len(pool), 0, -1))[0]
            pool.remove(new)
            named[new] = named.get(new, 0) + 1
            shown = new.lower() if name.islower() else new
            told = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", shown, told)
        texts.append(told)
    return texts, {name: named[name] for name in STAFF}


def of_practices(data: list[tuple[str, dict[str, str]]], least: int) -> tuple[float, float]:
    """Precision and recall of the proposals, over all practices; asked for are staff whom `least` reviews name."""
    right = proposed = asked = 0
    for seed in range(PRACTICES):
        texts, named = practice(data, seed)
        found = {word for one in propose(texts, [None] * len(texts), Roster(), least=least) for word in [one.name]}
        wanted = {name for name in STAFF if named[name] >= least}
        hits = {name for name in wanted if any(name in one.split() for one in found)}
        right, proposed, asked = right + len(hits), proposed + len(found), asked + len(wanted)
    return right / proposed, right / asked


def main() -> None:
    """Print the figures."""
    for part, sittings in (("seen", "sitting-0*.jsonl"), ("kept out", "sitting-1*.jsonl")):
        data = reviews(sittings)
        print(f"{part}: by context alone P {by_context(data)[0]:.3f} R {by_context(data)[1]:.3f}")
        for least in (2, 3):
            precision, recall = of_practices(data, least)
            print(f"{part}: named by {least} reviews or more: P {precision:.3f} R {recall:.3f}")


if __name__ == "__main__":
    main()
