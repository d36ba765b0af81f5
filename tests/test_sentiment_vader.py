import functools
import itertools
import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from reviewpipe.pieces import cut
from reviewpipe.sentiment import vader

STOCK = SentimentIntensityAnalyzer()
TEXTS = [
    "",
    " ",
    "...",
    "My neck is GREAT!!!!! Is it? Really?? no way",
    "no good nor bad, no fun or joy or love, no",
    "It was kind of good. Kind of a kind person. kind",
    "At least it was good; the least good; very least good. least good",
    "never so good and never this bad, without a doubt excellent, without doubt great",
    "not so bad, this so good, isn't the best, NOT GOOD, VERY good, SO BAD",
    "That masseur is the bomb, the shit, a bad ass, badass! yeah right, to die for, kiss of death at the bus stop",
    "good but bad but good good good BUT bad bad, good",
    "but good. good but",
    "just enough good, sort of good, kind of very good, sort of REALLY good",
    "😀great😀 great 😍😡!!😍 ❤️ 💆🏽‍♀️ é😀",
    ":) :( :D ;-) <3 XD :'( lol",
    "uber\x0bgood\x1cbad\u3000fine\u00a0nice",
    "GOOD BAD UGLY",
    "Good good BAD",
    "hardly EVER good, rarely bad",
    "Αισθημα ΚΑΛΟ İyi good ſo good",
    "good " * 300 + "but " + "bad good " * 300,
]
# The words that VADER's rules look for, and some that they do not.
PIECES = re.findall(
    r"\S+",
    """
no not never so this without doubt least at very kind of sort but BUT or nor just enough good GOOD great bad BAD awful
pain love the shit bomb bad ass yeah right to die for uber REALLY hardly isn't can't n't despite massage I a ! ?? !!!!
😀 ❤ :) :( <3 ... no, no. good, (bad) 'great'
""",
)


SPELLED = re.compile(r"[^\x00-\x7f]")


def spelled(match):
    return f" {STOCK.emojis[match[0]]}" if match[0] in STOCK.emojis else match[0]


def same(text):
    assert vader.scores([text])[0]._asdict() == STOCK.polarity_scores(text)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
def test_equal_to_stock(text):
    same(text)


@settings(max_examples=800, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_equal_to_stock_on_what_its_rules_look_for(text):
    same(text)


@functools.cache
def lexicon_words():
    return sorted(STOCK.lexicon) + sorted(STOCK.emojis)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_equal_to_stock_on_its_lexicon(data):
    words = st.sampled_from(lexicon_words()) | st.sampled_from(PIECES) | st.text(max_size=5)
    same(data.draw(st.sampled_from(["", " "])).join(data.draw(st.lists(words, max_size=10))))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_equal_to_stock_on_any_text(text):
    same(text)


BITS = [
    "\t",
    "\n",
    "\x0b",
    "\x1c",
    "\u3000",
    "\u200d",
    "é",
    "Ж",
    "ß",
    "我",
    "عربي",
    "·",
    "’",
    "–",
    "0",
    "50%",
    "\U0001f3fd",
]


def invented(chance):
    """A text of words from the lexicon and of what the rules look for, as people and machines may write them."""
    words = []
    for _ in range(chance.randrange(1, 30)):
        word = chance.choice(chance.choice([PIECES, PIECES, lexicon_words(), BITS]))
        word = chance.choice([word, word, word.upper(), word.title()])
        word = chance.choice(["", "", "", "(", '"', "#", "'"]) + word
        words.append(word + chance.choice(["", "", "", "", "!", "??", "...", ",", "n't", "’s", "😡", "!!!!!", ":("]))
    return "".join(word + chance.choice([" ", " ", " ", " ", "  ", "", "\n"]) for word in words)


@pytest.mark.slow
def test_equal_to_stock_on_100_000_texts():
    chance = random.Random(3)  # noqa: S311  repeatable, no secret
    texts = [invented(chance) for _ in range(100_000)]
    found = vader.scores(texts)
    assert [
        text for text, mine in zip(texts, found, strict=True) if mine._asdict() != STOCK.polarity_scores(text)
    ] == []


@pytest.mark.slow
@settings(max_examples=5000, deadline=None)
@given(st.lists(st.sampled_from(PIECES + BITS) | st.text(max_size=8), max_size=40).map(" ".join))
def test_equal_to_stock_on_many_more(text):
    same(text)


def test_a_batch_is_its_texts_one_by_one():
    assert vader.scores(TEXTS) == [vader.scores([text])[0] for text in TEXTS]


def test_sides_are_the_valences_by_sign():
    typed = vader.typed_in(cut(["great great awful", ""]), np.array([0, 3]), np.array([3, 1]), {}, {})
    assert vader.sides(typed, vader.stock()).tolist() == [[pytest.approx(6.2), -2.0], [0, 0]]


@given(st.lists(st.lists(st.sampled_from([*PIECES, *BITS, ""])).map(" ".join), min_size=1, max_size=4))
def test_pieces_hold_the_words_of_their_text(texts):
    pieces = cut(texts)
    typed = vader.typed_in(
        pieces, pieces.rows[:-1], np.diff(pieces.rows), {1: "Good.😀"} if len(texts) > 1 else {}, vader.stock().emojis
    )
    read = [SPELLED.sub(spelled, text).split() for text in texts]
    read[1:2] = [["Good.", "grinning", "face"]] if len(read) > 1 else []
    rows = typed.rows.tolist()
    assert [[typed.vocabulary[c] for c in typed.codes[a:b]] for a, b in itertools.pairwise(rows)] == read


def test_hits_name_the_words():
    assert vader.hits("Not bad at all", vader.stock()) == [("bad", pytest.approx(1.85))]


def test_long_texts_take_linear_time():
    assert vader.scores(["good bad " * 100_000 + "but good" + " good!" * 100_000])
