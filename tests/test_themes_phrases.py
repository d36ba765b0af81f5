"""The language of phrases, against a plain matcher that tries every way word by word."""

import pytest

from reviewpipe import sentences
from reviewpipe.schema import Verdict
from reviewpipe.themes import load
from reviewpipe.themes.finds import lay_out
from reviewpipe.themes.phrases import elements
from reviewpipe.themes.words import mend, stem

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "same",
    [
        ["stretch", "Stretches", "STRETCHED", "stretching"],
        ["exercise", "exercises", "exercising"],
        ["feel", "felt", "feels", "feeling"],
        ["relieve", "relieved", "relieving"],
        ["remedy", "remedies"],
        ["stop", "stopped", "stopping"],
        ["don't", "don’t", "dont"],
        ["therapist", "therapist's", "therapists"],
        ["sooooo", "so"],
        ["12", "350"],
    ],
)
def test_forms_of_one_word_have_one_stem(same):
    assert len({stem(word) for word in same}) == 1


@pytest.mark.parametrize("pair", [("knowledge", "know"), ("relief", "relieve"), ("pain", "paint"), ("less", "les")])
def test_other_words_stay_apart(pair):
    assert stem(pair[0]) != stem(pair[1])


def test_slips_are_mended_and_real_words_are_not():
    targets = ["knowledgeabl", "exercis", "chiropractor", "relief", "healing"]
    assert mend(["knowledgabl", "excercis", "chiropracter", "releif"], NONE, targets) == {
        "knowledgabl": "knowledgeabl",
        "excercis": "exercis",
        "chiropracter": "chiropractor",
        "releif": "relief",
    }
    assert mend(["hearing", "pain"], frozenset({"hearing"}), targets) == {}


PHRASES = [
    "pain ... gone",
    "<body> feel better",
    "no more? pain",
    "found ... cause|root",
    "helped",
    "not ... a ... cure",
]
TEXTS = [
    "My pain, after two long visits, is gone. Gone!",
    "The back feels so much better. My knees feel better, and no pain. No more pain.",
    "He found it and then the real root. Found. The cause.",
    "Not one pill was a real cure; it helped, it HELPED. Pain one two three four gone.",
    "Pain one two three four five gone.",
]


def plain(words, phrase):
    """Ends of all matches of `phrase` at the beginning of `words`."""
    if not phrase:
        return {0}
    first, rest = phrase[0], phrase[1:]
    if first == "...":
        return {skip + end for skip in range(min(4, len(words)) + 1) for end in plain(words[skip:], rest)}
    ends = {1 + end for end in plain(words[1:], rest)} if words and words[0] in first else set()
    return ends | (plain(words, rest) if "?" in first else set())


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("phrase", PHRASES)
def test_the_fast_matcher_equals_the_plain_one(phrase, text, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(f'[themes.own]\nphrases = ["{phrase}"]\n', encoding="utf-8")
    catalogue = load(file)
    page = lay_out([text], [Verdict("unscored", None)], catalogue, NONE)
    found = {first for _, first, _ in catalogue.search.found(page.drawn.letters).get(("own", "hits"), ())}
    wanted, position = set(), 0
    parts = elements(phrase, catalogue.words, "test")
    skipped = {stem(word) for word in catalogue.words["skipped"]}
    for start, end in sentences.split(text):
        marked = "".join(f" {c} " if c in ",;" else "" if c in ".!" else c for c in text[start:end])
        words = [word for word in map(stem, marked.split()) if word not in skipped]
        wanted |= {position + i for i in range(len(words)) if plain(words[i:], parts)}
        position += len(words) + 1
    # The expression takes the leftmost match and goes on behind it, so it finds some of all beginnings, and the first.
    assert found <= wanted
    assert min(found, default=None) == min(wanted, default=None)
