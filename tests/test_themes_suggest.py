"""Suggestions: groups of words that no theme covers."""

from reviewpipe import themes
from reviewpipe.schema import Sentence, ThemeHit, Verdict
from reviewpipe.themes.suggest import coverage, suggest

PARKING = [
    "The parking garage behind the building was closed again.",
    "Parking garage is two blocks from the building entrance.",
    "Use the garage for parking, the building has no lot.",
    "Street parking near the building garage took a while.",
]
DOG = [
    "Their golden dog Biscuit greets you with a wagging tail.",
    "A golden dog with a wagging tail sat beside the window.",
    "The dog wagging his tail stole the whole show today.",
    "Biscuit the golden dog and his tail deserve a raise.",
]
KNOWN = ["My back pain is completely gone thanks to them.", "She explained everything and gave me exercises."]


def test_groups_are_found_with_count_and_example():
    found = suggest(PARKING + DOG + KNOWN, themes.load())
    words = [set(one.words) for one in found]
    assert any({"parking", "garage"} <= some for some in words)
    assert any({"dog", "tail"} <= some for some in words)
    assert all(one.count >= 3 and one.example in PARKING + DOG for one in found)
    assert found == suggest(PARKING + DOG + KNOWN, themes.load())


def test_few_texts_give_none():
    assert suggest([], themes.load()) == []
    assert suggest(["One short line about nothing much."], themes.load()) == []
    assert suggest(KNOWN * 5, themes.load()) == []


def test_coverage_counts_sentences_with_an_opinion():
    verdict = Verdict("positive", 0.5, (Sentence(0, 10, 0.8), Sentence(11, 20, 0.1), Sentence(21, 30, -0.6)))
    assert coverage([verdict], [(ThemeHit("value", "positive", 2, 5),)]) == (1, 2)
    assert coverage([], []) == (0, 0)
