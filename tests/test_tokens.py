import gc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviewpipe import themes
from reviewpipe.pipeline import analyse
from reviewpipe.tokens import TOKEN, tokenise


@given(st.lists(st.text(max_size=40), max_size=6))
def test_offsets_are_true(texts):
    tokens = tokenise(texts)
    assert len(tokens.rows) == len(texts) + 1
    for number, text in zip(tokens.text_of(), (texts[i] for i in tokens.text_of()), strict=True):
        assert texts[number] == text
    found = [texts[t][s:e] for t, s, e in zip(tokens.text_of(), tokens.starts, tokens.ends, strict=True)]
    assert found == [tokens.vocabulary[code] for code in tokens.codes]
    assert found == [match for text in texts for match in TOKEN.findall(text)]


def test_words_keep_their_apostrophes_and_lose_their_hyphens():
    assert tokenise(["Don’t ask O'Brien about Anne-Marie's 2 knees!"]).vocabulary == (
        "Don’t", "ask", "O'Brien", "about", "Anne", "-", "Marie's", "2", "knees", "!",
    )  # fmt: skip


def test_a_feature_is_computed_once_a_word():
    calls = []
    tokens = tokenise(["a b a", "", "b"])
    values = tokens.per_token(lambda word: calls.append(word) or float(ord(word)))
    assert calls == ["a", "b"]
    assert np.array_equal(values, [97, 98, 97, 98])


def test_what_a_batch_was_cut_into_goes_with_it():
    """Cycles are looked for rarely: whatever refers to itself would stay for many batches."""
    texts = ["Emil was kind \U0001f600 and my neck is better.", "Late again."]
    analyse(texts, ["en", "en"], themes.load())  # what is loaded once may do so
    gc.collect()
    gc.disable()
    try:
        analyse(texts, ["en", "en"], themes.load())
        assert gc.collect() == 0
    finally:
        gc.enable()
