import itertools

import pytest

from reviewpipe import tokens
from reviewpipe.sentiment import phrases


def found(text):
    return [(m.rule.name, text[m.start : m.end], m.weight > 0) for m in phrases.find(tokens.tokenise([text]))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My back pain is finally gone.", ("relief", "back pain is finally gone", True)),
        ("I am pain-free", ("relief", "pain-free", True)),
        ("The session was not rushed.", ("on_time", "not rushed", True)),
        ("They started 25 minutes late", ("late", "minutes late", False)),
        ("I don’t think you will be disappointed", ("let_down", "be disappointed", True)),
        ("It did nothing for me", ("no_relief", "did nothing for", False)),
        ("She never pushed products.", ("no_complaint", "never pushed", True)),
    ],
)
def test_phrases_and_their_denial(text, expected):
    assert expected in found(text)


@pytest.mark.parametrize("text", ["The pain. Gone are the days", "", "We met at noon."])
def test_no_phrase_runs_over_a_stop(text):
    assert "relief" not in [name for name, _, _ in found(text)]


def test_phrases_do_not_overlap_and_stay_in_their_sentence():
    texts = ["The knots are gone and I will be back.", "Still in pain. Never again!"]
    matches = phrases.find(tokens.tokenise(texts))
    assert {m.sentence for m in matches} == {0, 1}
    for a, b in itertools.pairwise(matches):
        assert a.sentence < b.sentence or a.end <= b.start
    assert all(0 <= m.start < m.end <= len(texts[m.sentence]) for m in matches)


def test_every_rule_has_phrases_that_begin_with_a_word():
    known = phrases.lexicon()
    assert {number for number, _ in known.phrases} == set(range(len(known.rules)))
    begun = {number for some in (*known.openings.near.values(), *known.openings.far.values()) for number, _ in some}
    assert begun == set(range(len(known.phrases)))
