"""Details that can tell who wrote a text in which nobody is named."""

import pytest

from reviewpipe.anonymise.risk import risks, verdict

FLAGGED = [
    ("town", "I drove an hour from <Galena> for this.", 1),
    ("town", "We moved here from <Halden Falls> in spring.", 1),
    ("town", "The only good hands in <Dixon>, IL.", 1),
    ("age", "I'm <71> and I still curl.", 1),
    ("age", "I am <sixty-four>, with bad knees.", 1),
    ("age", "My <84-year-old> mother climbs stairs again.", 1),
    ("age", "A runner in my <late fifties>.", 1),
    ("job", "I'm a <roofer> and my back pays for it.", 1),
    ("job", "As a retired <nurse> I know good care.", 1),
    ("condition", "I have <Ehlers-Danlos> and most people are afraid of it.", 1),
    ("condition", "My legs are stiff from <MS>.", 1),
    ("event", "I limped since the <marathon>.", 1),
    ("event", "Broken in <March 2019>, never the same.", 1),
    ("family", "I am a <mother of three>.", 1),
    ("family", "Since the <twins> my wrists hurt.", 1),
    ("work", "I work nights at <Mercy General>.", 1),
]
PLAIN = [
    "My neck pain is gone after 30 minutes.",
    "I am 100% better, thank you!",
    "I had an hour and left at 5.",
    "In my opinion the best massage, 10 out of 10.",
    "She is a great therapist and knows her job.",
    "The massage was from Google, the booking from Groupon.",
    "I felt ten years younger.",
    "My husband bought me a gift card.",
    "I may come back in May.",
    "From the first minute I was at ease.",
    "Seen at 10:30, done at eleven.",
    "I'm two visits in and my hip moves.",
]


@pytest.mark.parametrize(("kind", "marked", "count"), FLAGGED)
def test_flagged(kind, marked, count):
    text = marked.replace("<", "").replace(">", "")
    found = [(one.kind, text[one.start : one.end]) for one in risks([text])[0]]
    assert (kind, marked[marked.index("<") + 1 : marked.index(">")]) in found
    assert len([one for one in found if one[0] == kind]) == count


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_are_left_alone(text):
    assert risks([text]) == [[]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("My neck is better.", "low"),
        ("I'm 71 and my neck is better.", "raised"),
        ("I'm 71, a retired nurse, and my neck is better.", "raised"),
        ("I'm 71, a retired nurse from Galena, IL, and my neck is better.", "high"),
    ],
)
def test_one_detail_raises_the_risk_and_three_kinds_make_it_high(text, said):
    assert verdict(risks([text])[0]) == said


def test_texts_keep_their_order_and_offsets():
    texts = ["", "I'm a roofer, 52 years old."]
    assert risks(texts)[0] == []
    assert [texts[1][one.start : one.end] for one in risks(texts)[1]] == ["roofer", "52 years old"]
