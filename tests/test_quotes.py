from dataclasses import replace

import pytest

from reviewpipe.config import Config, Practice, Privacy
from reviewpipe.consent import Gate
from reviewpipe.quotes import LONGEST, SHORTEST, pick
from reviewpipe.schema import Review, ThemeHit

OPEN = Practice(hipaa="not_covered", license_number="LMT-1", jurisdiction="US-IL")
CONFIG = Config(practice=OPEN)
GATE = Gate(CONFIG)


def review(text, evidence=None, number=0, **values):
    hits = ()
    if evidence:
        start = text.index(evidence)
        hits = (ThemeHit("pain_relief", "positive", start, start + len(evidence)),)
    made = Review(
        f"r{number}",
        "website",
        "public",
        "2026-10-03",
        "day",
        5.0,
        None,
        "en",
        text,
        None,
        False,
        0.8,
        "positive",
        ("website",),
        hits,
    )
    return replace(made, **values)


def test_a_quote_is_contiguous_whole_and_holds_the_evidence():
    text = "I came in bent over. After two visits my hip lets me climb the cellar stairs again. Parking is easy."
    (quote,) = pick([review(text, "climb the cellar stairs")], "pain_relief", GATE, 5)
    assert text[quote.start : quote.end] == quote.quote
    assert "climb the cellar stairs again." in quote.quote
    assert SHORTEST <= len(quote.quote) <= LONGEST


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("My shoulder felt free when I left the room. But it came back two days later.", "felt free"),
        ("My neck pain went away completely that week. Unfortunately it returned.", "went away"),
        ("This made the pain go away for good, I think.", "pain go away"),
    ],
)
def test_a_cut_that_changes_what_was_said_is_not_made(text, evidence):
    for quote in pick([review(text, evidence)], "pain_relief", GATE, 5):
        assert quote.quote == text


def test_unhappy_cut_and_identifying_reviews_are_not_offered():
    text = "My hip pain is gone and I can garden again."
    assert not pick([review(text, "pain is gone", sentiment="mixed")], "pain_relief", GATE, 5)
    assert not pick([review(text, "pain is gone", truncated=True)], "pain_relief", GATE, 5)
    assert not pick(
        [review("My hip pain is gone, call me at [PHONE] any time.", "pain is gone")], "pain_relief", GATE, 5
    )
    assert not pick([review(text)], "pain_relief", GATE, 5)


def test_no_two_quotes_are_alike():
    text = "My hip pain is gone and I can garden again."
    other = "The headaches that ruined every Monday have not been back since March."
    reviews = [
        review(text, "pain is gone", 1),
        review(text + " Yes!", "pain is gone", 2),
        review(other, "not been back", 3),
    ]
    assert len(pick(reviews, "pain_relief", GATE, 5)) == 2
    assert len(pick(reviews, "pain_relief", GATE, 1)) == 1


@pytest.mark.parametrize(("share", "count"), [({}, 0), ({"PHONE": "keep"}, 1)])
def test_a_passage_that_may_not_leave_is_no_quote(share, count):
    text = "My hip pain is gone, I rang 630-555-0142 and came by. I sleep through now."
    config = replace(CONFIG, privacy=Privacy(labels={"PHONE": "keep"}, share=share))
    assert len(pick([review(text, "hip pain is gone")], "pain_relief", Gate(config), 5)) == count


@pytest.mark.parametrize(
    ("text", "status", "word"),
    [
        ("My hip pain is gone and I can garden again.", "ready", ""),
        ("My hip pain is gone and as a retired nurse I know what that takes.", "ready", "recognise it by its details (job)"),
        ("At 71, a retired nurse living in Marrowfield, I say my hip pain is gone.", "needs_consent", "few people share"),
    ],
)  # fmt: skip
def test_details_by_which_an_author_may_be_recognised_are_said(text, status, word):
    (quote,) = pick([review(text, "hip pain is gone")], "pain_relief", GATE, 5)
    assert (quote.status, word in "; ".join(quote.reasons)) == (status, True)
    blocked = replace(CONFIG, practice=replace(OPEN, jurisdiction="AU"))
    assert pick([review(text, "hip pain is gone")], "pain_relief", Gate(blocked), 5)[0].status == "blocked"
