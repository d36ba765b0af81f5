import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewpipe import sentiment

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "sentiment_pairs.toml").read_text(encoding="utf-8"))
ROWS = (
    [("positive", pair["happy"]) for pair in TABLE["pair"]]
    + [("negative", pair["unhappy"]) for pair in TABLE["pair"]]
    + [(single["label"], single["text"]) for single in TABLE["single"]]
)
# What the model is known to get wrong; a row that comes right must be taken off the list.
KNOWN_FAILURES = set(TABLE["known_failures"])


def one(text, language=None):
    return sentiment.analyse([text], [language])[0]


@pytest.mark.parametrize(("label", "text"), ROWS, ids=[text[:40] for _, text in ROWS])
def test_table(label, text, request):
    if text in KNOWN_FAILURES:
        request.applymarker(pytest.mark.xfail(strict=True))
    assert one(text).sentiment == label


def test_known_failures_are_rows_of_the_table():
    assert {text for _, text in ROWS} >= KNOWN_FAILURES


def test_a_happy_twin_scores_higher_than_its_unhappy_twin():
    happy = sentiment.analyse([pair["happy"] for pair in TABLE["pair"]], [None] * len(TABLE["pair"]))
    unhappy = sentiment.analyse([pair["unhappy"] for pair in TABLE["pair"]], [None] * len(TABLE["pair"]))
    right = [a.score > b.score for a, b in zip(happy, unhappy, strict=True)]
    assert sum(right) >= len(right) - 2


@pytest.mark.parametrize(("text", "language"), [("", None), (" \n", "en"), ("Muy buen masaje.", "es")])
def test_what_cannot_be_read_is_unscored(text, language):
    verdict = one(text, language)
    assert (verdict.sentiment, verdict.score, verdict.sentences) == ("unscored", None, ())


def test_unknown_language_counts_as_english():
    assert one("Lovely massage.", None) == one("Lovely massage.", "en") == one("Lovely massage.", "en-US")


def test_sentences_have_offsets_and_their_own_scores():
    text = "She was wonderful and kind. The desk was rude and overcharged me."
    first, second = one(text).sentences
    assert text[first.start : first.end] == "She was wonderful and kind."
    assert first.score > 0.3
    assert second.score < -0.3


def test_a_batch_is_its_texts_one_by_one():
    texts = [text for _, text in ROWS[:20]] + ["", "5", "...", "😀", "Hola"]
    languages = [None] * 24 + ["es"]
    assert sentiment.analyse(texts, languages) == [one(t, la) for t, la in zip(texts, languages, strict=True)]
    assert sentiment.analyse([], []) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_a_verdict(text):
    verdict = one(text)
    assert (verdict.score is None) == (verdict.sentiment == "unscored") == (not text.strip())
    assert verdict.score is None or -1 <= verdict.score <= 1
    assert all(-1 <= s.score <= 1 and text[s.start : s.end].strip() for s in verdict.sentences)


def test_placeholders_do_not_move_the_score():
    assert abs(one("[THERAPIST] fixed my hip.").score - one("She fixed my hip.").score) < 0.3


def test_no_score_is_a_negative_zero():
    """Its text would differ where a file keeps the sign and a store does not."""
    found = one("Had physio for you! In my case four visits and you can pick up to the pop.")
    assert (found.score, str(found.score)) == (0, "0.0")


def test_explain_names_phrases_words_and_model():
    (reasons,) = sentiment.explain("My back pain is finally gone and the place is lovely!")
    assert {reason.kind for reason in reasons} == {"phrase", "word", "model"}
    assert any(r.kind == "phrase" and "gone" in r.what and r.weight > 0 for r in reasons)
    assert any(r.kind == "word" and r.what == "lovely" for r in reasons)
    assert sentiment.explain("") == []


def test_long_texts_take_linear_time():
    assert one("My back pain is gone but the desk was rude. " * 5_000).score is not None
