"""400 invented texts over 25 turns of language, written by somebody who had not seen the rules.

`sentiment_behaviour_known-failures.txt` lists each text that goes wrong: one that goes right again is struck off, one more
is a step back.  After training: `python tests/test_sentiment_behaviour.py` writes the list anew and prints the shares.
"""

import json
from collections import defaultdict
from pathlib import Path

from reviewpipe import sentiment

CASES = Path(__file__).parent / "cases"
TABLE = [json.loads(line) for line in (CASES / "sentiment_behaviour.jsonl").read_text(encoding="utf-8").splitlines()]
FAILURES = CASES / "sentiment_behaviour_known-failures.txt"


def three(label):
    """Mixed and neutral count as one, as in the reviews that the product is measured on."""
    return label if label in ("positive", "negative") else "middling"


def failing():
    verdicts = sentiment.analyse([row["text"] for row in TABLE], [None] * len(TABLE))
    told = zip(TABLE, verdicts, strict=True)
    return [row for row, verdict in told if three(row["sentiment"]) != three(verdict.sentiment)]


def test_the_table_is_whole():
    by_turn = defaultdict(list)
    for row in TABLE:
        by_turn[row["capability"]].append(row["text"])
    assert len(by_turn) == 25
    assert all(len(set(texts)) == 16 for texts in by_turn.values())


def test_only_the_known_texts_go_wrong():
    listed = FAILURES.read_text(encoding="utf-8").splitlines()
    assert [f"{row['capability']}: {row['text']}" for row in failing()] == listed


def main():
    wrong = failing()
    FAILURES.write_text("".join(f"{row['capability']}: {row['text']}\n" for row in wrong), encoding="utf-8")
    counts = defaultdict(lambda: [0, 0])
    for row in TABLE:
        counts[row["capability"]][0] += row not in wrong
        counts[row["capability"]][1] += 1
    for turn, (right, all_) in sorted(counts.items(), key=lambda item: item[1]):
        print(f"{right / all_:.2f} {turn}")  # noqa: T201  for whoever trained
    print(f"{1 - len(wrong) / len(TABLE):.3f} of {len(TABLE)}")  # noqa: T201  for whoever trained


if __name__ == "__main__":
    main()
