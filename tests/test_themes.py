"""Themes: found with evidence, polarity and direction; the owner's file is checked."""

import hashlib
import json
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewpipe import sentences, themes
from reviewpipe.errors import ConfigError
from reviewpipe.schema import Review, Sentence, ThemeHit, Verdict
from reviewpipe.sentiment import analyse
from reviewpipe.themes import model
from reviewpipe.themes.evidence import MOST, passage
from reviewpipe.themes.polarity import heard
from reviewpipe.themes.trial import trials

CASES = tomllib.loads((Path(__file__).parent / "cases" / "themes_hits.toml").read_text(encoding="utf-8"))["case"]
SCORES = {"positive": 0.6, "negative": -0.6, "mixed": 0.0, "neutral": 0.0}


def verdict(text, sentiment="neutral"):
    if sentiment == "mixed":  # its sentences differ: as the stage before says them
        return analyse([text], [None])[0]
    score = SCORES[sentiment]
    return Verdict(sentiment, score, tuple(Sentence(a, b, score) for a, b in sentences.split(text)))


def tagged(text, sentiment="neutral", catalogue=None):
    return themes.tag([text], [verdict(text, sentiment)], catalogue or themes.load())[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_cases(case):
    hits = tagged(case["text"], case["verdict"])
    said = themes.review_polarity(hits)
    assert {name: said.get(name) for name in case.get("themes", {})} == case.get("themes", {})
    assert not said.keys() & set(case.get("never", ()))
    directions = {hit.direction for hit in hits if hit.theme == "chiropractor_comparison"}
    assert directions == ({case["direction"]} if "direction" in case else set())


PLAIN = Path(__file__).parent / "cases" / "themes_plain.txt"
NEAR = Path(__file__).parent.parent / "training" / "themes" / "near_misses.txt"


@pytest.mark.parametrize(("file", "there"), [(PLAIN, True), (NEAR, False)], ids=["plain", "near misses"])
def test_everyday_sentences_are_told_apart(file, there):
    lines = [line.split(": ", 1) for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    texts = [text for _, text in lines]
    found = themes.tag(texts, [verdict(text) for text in texts], themes.load())
    wrong = [
        text
        for (theme, text), hits in zip(lines, found, strict=True)
        if there != any(hit.theme == theme for hit in hits)
    ]
    assert len(wrong) <= 0.03 * len(texts), wrong


def test_a_weak_contradiction_is_no_second_opinion():
    hits = [
        (ThemeHit("pain_relief", "positive", 0, 5), 3.0),
        (ThemeHit("pain_relief", "negative", 6, 9), -0.5),
        (ThemeHit("value", "negative", 6, 9), -0.5),
    ]
    assert [(hit.theme, hit.polarity) for hit in heard(hits)] == [("pain_relief", "positive"), ("value", "negative")]
    hits[1] = (hits[1][0], -2.0)
    assert len(heard(hits)) == 3


def test_evidence_leaves_placeholders_out_where_enough_is_left():
    text = "So [THERAPIST] found the knot behind my shoulder blade."
    hit = next(hit for hit in tagged(text, "positive") if hit.theme == "knowledge")
    assert text[hit.start : hit.end] == "found the knot behind my shoulder blade."


COSTLY = [
    "I spent so much money on chiropractors. This is so much better.",
    "I had paid chiropractors for years. She fixed it in an hour.",
    "Spent thousands on chiropractic care. Then I came here.",
]


@pytest.mark.parametrize("text", COSTLY)
def test_a_costly_try_elsewhere_is_a_comparison_and_no_word_on_our_prices(text):
    found = {hit.theme: hit.direction for hit in tagged(text, "positive")}
    assert found.get("chiropractor_comparison") == "favours_us"
    assert "value" not in found


def test_a_better_rival_is_heard_in_a_happy_review():
    hits = tagged("Lovely place. The chiropractor was gentler than they are. I am happy.", "positive")
    assert ("chiropractor_comparison", "favours_them") in {(hit.theme, hit.direction) for hit in hits}


def test_the_surest_passage_stands_first():
    text = "Nobody hurried me. I came for my knee, and that was that. The pain in my knee is completely gone."
    first = next(hit for hit in tagged(text, "positive") if hit.theme == "pain_relief")
    assert "completely gone" in text[first.start : first.end]


def test_a_theme_that_only_a_person_saw_is_placed_where_it_fits_best():
    text = "We drove two hours. The price was more than I expected to pay. It rained."
    review = Review("a", "google", "public", None, "none", None, None, "en", text, None, False, 0.5, "positive")
    seen = tuple(ThemeHit(name, "negative", 0, len(text)) for name in ("value", "gifts"))
    labelled = replace(review, themes=seen, corrected=True)
    value, gifts = themes.placed([labelled], themes.load())[0].themes
    assert text[value.start : value.end] == "The price was more than I expected to pay."
    assert gifts == seen[1]
    assert themes.placed([replace(labelled, corrected=False)], themes.load())[0].themes == seen


def test_a_trial_tells_what_changes():
    def review(name, text, *hits):
        return Review(
            name, "google", "public", None, "none", None, None, "en", text, None, False, 0.5, "positive", themes=hits
        )

    gift = ThemeHit("gifts", "positive", 0, 4)
    reviews = [review("a", "Gift card."), review("b", "A gift.", gift), review("c", "Nothing.", gift)]
    trial = trials(reviews, [(gift,), (gift,), ()], ["gifts"], {"b": {"gifts": False}, "c": {"value": True}})[0]
    assert (trial.found, trial.new, trial.gone, trial.against) == (2, 1, 1, 1)
    assert trial.examples == ("Gift",)
    assert trial.polarities == {"positive": 2}


def test_examples_in_the_shipped_file_hold():
    assert themes.failing_examples(themes.load()) == []


def test_eleven_themes_each_told_to_people():
    catalogue = themes.load()
    assert catalogue.names[:4] == ("pain_relief", "knowledge", "self_care", "chiropractor_comparison")
    assert len(catalogue.names) == 11
    assert all(theme.label and theme.description and theme.matches and theme.non_matches for theme in catalogue.themes)
    assert catalogue.label("pain_relief") == "Pain relief"
    assert catalogue.label("no_longer_there") == "no_longer_there"


def test_evidence_is_a_clause_not_a_word_nor_a_paragraph():
    text = (
        "We drove two hours in the rain because a friend would not stop talking about it, and after one session "
        "my migraines were gone, which I did not expect, since nobody in my family has ever had luck with them."
    )
    hit = next(hit for hit in tagged(text, "positive") if hit.theme == "pain_relief")
    evidence = text[hit.start : hit.end]
    assert "my migraines were gone" in evidence
    assert len(evidence.split()) >= 4
    assert "drove" not in evidence


def test_long_sentences_without_marks_are_cut_around_the_find():
    text = "word " * 100 + "no more pain " + "word " * 100
    at = text.index("no more")
    start, end = passage(text, (0, len(text)), (at, at + 12))
    assert start <= at < at + 12 <= end
    assert end - start <= MOST + 12


def test_hits_of_one_theme_that_overlap_are_joined():
    hits = [
        hit
        for hit in tagged("My pain is gone and gone for good, no more pain.", "positive")
        if hit.theme == "pain_relief"
    ]
    assert all(a.end <= b.start for a, b in pairwise(hits))


@pytest.mark.parametrize(
    ("said", "rolled"),
    [
        (["positive", "positive", "positive", "negative"], "positive"),
        (["positive", "negative"], "mixed"),
        (["neutral", "negative"], "negative"),
        (["neutral"], "neutral"),
        (["mixed"], "mixed"),
    ],
)
def test_one_polarity_for_a_review(said, rolled):
    hits = [ThemeHit("value", polarity, i, i + 1) for i, polarity in enumerate(said)]
    assert themes.review_polarity(hits) == {"value": rolled}


def test_explain_names_the_words():
    text = "She found the root of the problem."
    reasons = [reason for hit, reason in themes.explain(text, verdict(text), themes.load()) if hit.theme == "knowledge"]
    assert any(reason.startswith("praises: found the root") for reason in reasons)


def test_texts_stay_apart_and_empty_ones_are_empty():
    texts = ["", "My back pain is gone.", "   ", "😀", "My back pain is gone."]
    found = themes.tag(texts, [verdict(text) for text in texts], themes.load())
    assert [len(hits) > 0 for hits in found] == [False, True, False, False, True]
    assert found[1] == found[4]
    assert themes.tag([], [], themes.load()) == []


def test_unscored_texts_are_tagged_all_the_same():
    hits = themes.tag(["She gave me exercises."], [Verdict("unscored", None)], themes.load())[0]
    assert ("self_care", "neutral") in {(hit.theme, hit.polarity) for hit in hits}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from("pain is gone no. ,!\n[NAME]' 'é😀"), max_size=80), max_size=4))
def test_any_text_gives_spans_inside_it(texts):
    verdicts = [verdict(text) for text in texts]
    together = themes.tag(texts, verdicts, themes.load())
    for text, one, hits in zip(texts, verdicts, together, strict=True):
        assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
        assert hits == themes.tag([text], [one], themes.load())[0]


# The owner's own file


def own(tmp_path, text):
    file = tmp_path / "themes.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_own_themes_and_phrases_are_added(tmp_path):
    file = own(
        tmp_path,
        '[words]\nbody = ["wing"]\n[themes.gift_cards]\nphrases = ["gift card|voucher"]\n'
        '[themes.pain_relief]\npraises = ["hooray <body>"]\n',
    )
    catalogue = themes.load(file)
    assert catalogue.names[-1] == "gift_cards"
    assert catalogue.label("gift_cards") == "Gift cards"
    assert {hit.theme for hit in tagged("Bought two gift cards here.", catalogue=catalogue)} >= {"gift_cards"}
    assert {hit.theme for hit in tagged("Hooray wing!", catalogue=catalogue)} == {"pain_relief"}
    assert catalogue.version != themes.load().version
    assert themes.load(file).version == catalogue.version


def test_mentions_count_beside_a_contrast_only(tmp_path):
    text = (
        'comparison = true\nphrases = ["better than osteopath"]\nmentions = ["osteopath"]\ncontrasts = ["no change"]\n'
    )
    catalogue = themes.load(own(tmp_path, "[themes.rivals]\n" + text + 'evens = ["osteopath and them both"]\n'))
    texts = [
        "Saw an osteopath in May. There was no change. I came here.",
        "Saw an osteopath in May.",
        "There was no change.",
        "I need the osteopath and them both.",
    ]
    tagged_all = themes.tag(texts, [verdict(text, "positive") for text in texts], catalogue)
    found = [[hit.direction for hit in hits if hit.theme == "rivals"] for hits in tagged_all]
    assert found == [["favours_us"], [], [], ["neutral"]]


def test_hits_that_stand_together_and_agree_are_one():
    hits = [hit for hit in tagged("My pain is gone. My knee feels great.", "positive") if hit.theme == "pain_relief"]
    assert len(hits) == 1


def test_expressions_are_opt_in(tmp_path):
    text = 'regex = true\nphrases = ["gift\\\\s+cards?"]\nexclusions = ["no gift card"]\n'
    catalogue = themes.load(own(tmp_path, "[themes.gifts]\n" + text))
    words = "Nice. Bought a GIFT  card. They had no gift card left."
    hits = [hit for hit in tagged(words, catalogue=catalogue) if hit.theme == "gifts"]
    assert [words[hit.start : hit.end] for hit in hits] == ["Bought a GIFT  card."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[themes.gifts]\nphrasess = ['a card']", "Did you mean 'phrases'"),
        ("[theme.gifts]\nphrases = ['a card']", "Did you mean 'themes'"),
        ("[themes.gifts]\nphrases = 'a card'", "list of texts"),
        ("[themes.gifts]\nlabel = 3", "text in quotes"),
        ("[themes.gifts]\nlabel = 'Gifts'", "has no phrases"),
        ("[themes.Gifts]\nphrases = ['card']", "small letters"),
        ("themes = 3", "must be a table"),
        ("[themes]\ngifts = 3", "must be a table"),
        ("[themes.gifts]\nphrases = ['<bodi> hurts']", "names the list <bodi>"),
        ("[themes.gifts]\nphrases = ['... card']", "begin and end with a word"),
        ("[themes.gifts]\nphrases = ['gift ... of']", "too few words"),
        ("[themes.gifts]\nphrases = ['(a+)+']", "set regex = true"),
        ("[themes.gifts]\nphrases = ['a1 ... a2 ... a3 ... a4 ... a5']", "Make two phrases"),
        ("[themes.gifts\n", "not valid TOML"),
        ("[themes.gifts]\nregex = true\nphrases = ['(a+)+b']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['(?:a|aa)*b']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['((a{1,9}x)+y)*b']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['(a?b?c?)*d']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['(?:x?){30}x{30}']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['(?:a|aa){30}b']", "can hang"),
        ("[themes.gifts]\nregex = true\nphrases = ['a.*b.*c']", "too heavy"),
        ("[themes.gifts]\nregex = true\nphrases = ['x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?y']", "too heavy"),
        (
            "[themes.gifts]\nregex = true\nphrases = ['(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)y']",
            "too heavy",
        ),
        ("[themes.gifts]\nregex = true\nphrases = ['(a)\\\\1']", "valid TOML|too heavy"),
        ("[themes.gifts]\nregex = true\nphrases = ['card(']", "not a regular expression"),
        ("[themes.gifts]\nregex = true\nphrases = ['x*']", "matches nothing"),
        ("[themes.pain_relief]\nregex = true", "new theme"),
    ],
)
def test_a_wrong_file_is_refused_with_a_reason(tmp_path, text, says):
    with pytest.raises(ConfigError, match=says):
        themes.load(own(tmp_path, text))


def test_a_missing_file_says_where_it_was_named(tmp_path):
    with pytest.raises(ConfigError, match=r"reviewpipe\.toml"):
        themes.load(tmp_path / "none.toml")


# The model


def test_the_model_is_the_one_in_the_manifest():
    entry = json.loads((model.FILE.parent / "manifest.json").read_text(encoding="utf-8"))[model.FILE.name]
    assert hashlib.sha256(model.FILE.read_bytes()).hexdigest() == entry["sha256"]


def test_the_model_fits_its_words():
    one = model.shipped()
    assert one.weights.shape == (len(one.themes), len(one.words) + len(one.pairs))
    assert set(one.themes) <= set(themes.load().names)
    assert (one.pairs[1:] > one.pairs[:-1]).all()
