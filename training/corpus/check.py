"""Check the invented reviews beside this file: `python training/corpus/check.py`; exit 1 on a bad line."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

LABELS = {"positive", "mixed", "negative", "neutral"}
THEMES = {
    "pain_relief",
    "knowledge",
    "self_care",
    "chiropractor_comparison",
    "manner",
    "atmosphere",
    "booking",
    "value",
    "recommends",
    "returns",
    "harm",
}
DIRECTIONS = {"favours_us", "favours_them", "neutral"}
ROLES = {"staff", "client", "other", "business", "pet"}
KEYS = {"sentences", "sentiment", "themes", "names", "rating"}


def sentence_problems(review: dict) -> Iterator[str]:
    """Empty sentences, foreign keys and labels of the sentences and of the whole review."""
    if review["sentiment"] not in LABELS:
        yield f"sentiment {review['sentiment']!r}"
    if review["rating"] not in {None, 1, 2, 3, 4, 5}:
        yield f"rating {review['rating']!r}"
    if not review["sentences"]:
        yield "no sentences"
    for sentence in review["sentences"]:
        if set(sentence) != {"text", "sentiment"} or sentence["sentiment"] not in LABELS:
            yield f"sentence {sentence!r}"
        elif not sentence["text"] or sentence["text"] != sentence["text"].strip():
            yield f"sentence is empty or has blanks at an end: {sentence['text']!r}"


def theme_problems(review: dict, text: str) -> Iterator[str]:
    """Unknown themes, a theme named twice, evidence that the text lacks, a direction too many or too few."""
    names = [theme["name"] for theme in review["themes"]]
    yield from (f"theme {name!r} stands twice" for name, times in Counter(names).items() if times > 1)
    for theme in review["themes"]:
        compares = theme["name"] == "chiropractor_comparison"
        keys = {"name", "polarity", "evidence"} | ({"direction"} if compares else set())
        if set(theme) != keys or theme["name"] not in THEMES or theme["polarity"] not in LABELS:
            yield f"theme {theme!r}"
        elif compares and theme["direction"] not in DIRECTIONS:
            yield f"direction {theme['direction']!r}"
        elif not theme["evidence"].strip() or theme["evidence"] not in text:
            yield f"evidence is not in the text: {theme['evidence']!r}"


def name_problems(review: dict, text: str) -> Iterator[str]:
    """Names that stand twice, have no known role, or do not occur as whole words."""
    spellings = [name.get("text") for name in review["names"]]
    yield from (f"name {spelling!r} stands twice" for spelling, n in Counter(spellings).items() if n > 1)
    for name in review["names"]:
        if set(name) != {"text", "role"} or name["role"] not in ROLES:
            yield f"name {name!r}"
        elif not re.search(rf"(?<!\w){re.escape(name['text'])}(?!\w)", text):
            yield f"name is not in the text: {name['text']!r}"


def problems(line: str, seen: set[str]) -> Iterator[str]:
    """What is wrong with one line; adds its text to `seen`."""
    try:
        review = json.loads(line)
    except json.JSONDecodeError as error:
        yield f"not JSON: {error}"
        return
    if not isinstance(review, dict) or set(review) != KEYS:
        yield f"keys should be {sorted(KEYS)}"
        return
    text = " ".join(sentence["text"] for sentence in review["sentences"])
    key = " ".join(text.casefold().split())
    if key in seen:
        yield f"text stands twice: {text[:60]!r}"
    seen.add(key)
    yield from sentence_problems(review)
    yield from theme_problems(review, text)
    yield from name_problems(review, text)


def counts(reviews: list[dict]) -> Iterator[tuple[str, Counter]]:
    """Titles and counts to print, over all reviews."""
    yield "reviews", Counter(review["sentiment"] for review in reviews)
    yield "sentences", Counter(sentence["sentiment"] for review in reviews for sentence in review["sentences"])
    yield "themes", Counter(f"{theme['name']} {theme['polarity']}" for review in reviews for theme in review["themes"])
    yield "roles", Counter(name["role"] for review in reviews for name in review["names"])
    yield "reviews with a name", Counter(bool(review["names"]) for review in reviews)


def main() -> int:
    """Print each problem with its file and row, then the counts; 1 when there was a problem."""
    seen: set[str] = set()
    reviews, found = [], 0
    for file in sorted(Path(__file__).parent.glob("*.jsonl")):
        for row, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            wrong = list(problems(line, seen))
            found += len(wrong)
            for problem in wrong:
                print(f"{file.name}:{row}: {problem}")
            if not wrong:
                reviews.append(json.loads(line))
    for title, counter in counts(reviews):
        table = ", ".join(f"{key} {count}" for key, count in sorted(counter.items(), key=str))
        print(f"{title} ({counter.total()}): {table}")
    print(f"{found} problems")
    return int(found > 0)


if __name__ == "__main__":
    raise SystemExit(main())
