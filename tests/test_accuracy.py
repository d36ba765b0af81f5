"""The figures of the accuracy card, the fit to labels, and the reference that stands where there are none."""

import tomllib

import pytest

from reviewpipe import calibrate
from reviewpipe.metrics import Accuracy, card
from reviewpipe.metrics.accuracy import MIDDLE, Judged, accuracy
from reviewpipe.schema import Label
from reviewpipe.sentiment import AS_SHIPPED, Calibration, Chances, calibration
from sample import ROOT

THEMES = ("pain_relief", "value")


def judged(said, found, theirs=None, ours=None, **facts):
    return Judged(Label("r", said, theirs or {}, labelled_on="2026-11-02", **facts), found, ours or {})


def test_counts_by_hand():
    pairs = [("positive", "positive")] * 6 + [("positive", "mixed")] * 2 + [("neutral", "mixed")] * 5
    pairs += [("negative", "positive"), *[("negative", "negative")] * 5, ("negative", "unscored")]
    found = accuracy([judged(*pair) for pair in pairs], THEMES)
    assert (found.labels, found.right.part, found.right.whole, found.unscored) == (20, 16, 19, 1)
    positive = found.classes[0]
    assert (positive.precision.part, positive.precision.whole, positive.recall.whole) == (6, 7, 8)
    assert positive.f1.value == pytest.approx(2 * 6 / (7 + 8), abs=1e-4)
    assert positive.f1.low < positive.f1.value < positive.f1.high
    assert found.confusion["negative"] == {"positive": 1, MIDDLE: 0, "negative": 5}
    assert found.macro_f1.low < found.macro_f1.value < found.macro_f1.high
    assert found.themes == []


def test_themes_count_where_they_were_judged_and_polarity_where_both_found_them():
    both = judged("positive", "positive", {"value": "negative"}, {"value": "negative"})
    other = judged("positive", "positive", {"value": "positive"}, {"value": "negative", "pain_relief": "positive"})
    missed = judged("positive", "positive", {"value": "mixed"})
    wrong = judged("positive", "positive", {"value": "absent"}, {"value": "neutral"})
    (row,) = accuracy([both] * 4 + [other, missed, wrong], THEMES).themes
    assert (row.name, row.precision.part, row.precision.whole, row.recall.whole) == ("value", 5, 6, 6)
    assert (row.polarity.part, row.polarity.whole) == (4, 5)


def test_few_are_too_few_to_say_and_even_full_marks_are_no_certainty():
    few = accuracy([judged("positive", "positive")] * 4, THEMES)
    assert (few.measured, few.classes[0].f1, few.macro_f1) == (False, None, None)
    assert "Not yet measured here. 4 labelled so far." in card.headline(few, str)
    full = accuracy([judged("positive", "positive")] * 12, THEMES)
    assert (full.classes[0].f1.value, full.classes[0].f1.low < 0.95) == (1.0, True)
    assert card.f1(full.classes[1].f1) == "too few to say"


def test_the_same_labels_give_the_same_figures():
    some = [judged(("positive", "mixed", "negative")[n % 3], ("positive", "mixed")[n % 2]) for n in range(30)]
    assert accuracy(some, THEMES) == accuracy(some, THEMES)


def test_what_the_card_says():
    some = [judged("positive", "positive", drawn=n < 8) for n in range(20)] + [judged("mixed", "unscored")]
    said = " ".join(card.headline(accuracy(some, THEMES, outdated=2), str))
    for part in ("20 of 20: 100% (84–100%)", "Of those 8 that were chosen by lot, in 8", "November 2, 2026"):
        assert part in said
    assert "2 labelled before their authors edited them, 1 in another language" in said


def test_the_reference_is_what_the_docs_say():
    held = card.reference()
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    right, macro = held["sentiment"]["accuracy"], held["sentiment"]["macro_f1"]
    assert f"accuracy {right:.3f}, macro-F1 {macro:.3f}" in page
    assert f"accuracy {right:.2f}, macro-F1 {macro:.2f}" in readme
    names = {"pain_relief": "pain relief", "knowledge": "knowledge", "self_care": "self-care"}
    names["chiropractor_comparison"] = "comparison with chiropractors"
    for theme, f1 in held["themes"].items():
        (line,) = [line for line in page.splitlines() if line.startswith(f"| theme {names[theme]} |")]
        assert f"F1 {f1:.2f}" in line
    assert "F1 " + ", ".join(f"{f1:.2f}" for f1 in held["themes"].values()) in readme
    said = " ".join(card.headline(Accuracy(), str))
    assert f"{right:.0%}" in said


def test_the_reference_file_is_the_only_place():
    """No template and no module says a figure of its own."""
    figures = [f"{f1:.2f}" for f1 in card.reference()["themes"].values()]
    for path in (ROOT / "src" / "reviewpipe").rglob("*.html"):
        assert not any(figure in path.read_text(encoding="utf-8") for figure in figures), path.name
    tomllib.loads((ROOT / "src" / "reviewpipe" / "reference.toml").read_text(encoding="utf-8"))


SURE, MIDDLING, UNHAPPY = (Chances(*one, leans=True) for one in ((0.1, 0.1, 0.8), (0.1, 0.6, 0.3), (0.8, 0.1, 0.1)))


def labelled(*sentiments, drawn=()):
    return [Label(f"r{n}", one, drawn=n in drawn) for n, one in enumerate(sentiments)]


def test_a_fit_moves_what_the_labels_say_and_little_when_there_are_few():
    said = ["positive"] * 30
    many = calibration.fit([MIDDLING] * 30, said)
    few = calibration.fit([MIDDLING] * 2, said[:2])
    assert many.sentiment(MIDDLING) == "positive"
    assert few.sentiment(MIDDLING) == "mixed"
    assert sum(abs(one) for one in few.shift) < sum(abs(one) for one in many.shift)
    assert calibration.fit([MIDDLING] * 30, said) == many


def test_one_class_and_extreme_chances_can_be_fitted():
    certain = Chances(0.0, 0.0, 1.0, leans=True)
    fitted = calibration.fit([certain] * 60, ["negative"] * 60)
    assert all(abs(one) < 30 for one in (fitted.scale, *fitted.shift))
    assert AS_SHIPPED.sentiment(Chances(0.3, 0.3, 0.4, leans=False)) == "neutral"


def test_a_fit_is_used_only_if_it_gets_no_fewer_right():
    chances = [SURE] * 30 + [MIDDLING] * 20 + [UNHAPPY] * 10
    better = labelled(*["positive"] * 50, *["negative"] * 10)
    found = calibrate.of(chances, better)
    assert (found.labels, found.before, found.used) == (60, 40, True)
    assert found.after > found.before
    right = labelled(*["positive"] * 30, *["mixed"] * 20, *["negative"] * 10)
    assert calibrate.of(chances, right).after <= 60
    assert not calibrate.of(chances[:49], better[:49]).used


def test_a_fit_that_makes_those_by_lot_worse_is_not_used():
    chances = [SURE] * 30 + [MIDDLING] * 30
    said = labelled(*["positive"] * 50, *["mixed"] * 10, drawn=range(50, 60))
    assert not calibrate.of(chances, said).used


def test_a_calibration_changes_scores_as_well():
    from reviewpipe import sentiment

    texts, languages = ["It was all right, the table was warm but the pain is still there."], ["en"]
    plain = sentiment.analyse(texts, languages)[0]
    moved = sentiment.analyse(texts, languages, Calibration(1.0, (-2.0, 0.0, 2.0)))[0]
    assert moved.score > plain.score
    assert moved.sentences == plain.sentences
