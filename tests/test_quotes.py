import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewpipe import pipeline, quotes, themes
from reviewpipe.config import Config, Practice, Privacy
from reviewpipe.consent import Gate
from reviewpipe.quotes import pick, refusals
from reviewpipe.schema import Review, ThemeHit

CASES = Path(__file__).parent / "cases"
TRAPS = [json.loads(line) for line in (CASES / "quote_traps.jsonl").read_text(encoding="utf-8").splitlines()]
CHOICES = [json.loads(line) for line in (CASES / "quote_choices.jsonl").read_text(encoding="utf-8").splitlines()]
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
    assert 40 <= len(quote.quote) <= 220


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


def analysed(texts):
    """Reviews as the program understands them."""
    verdicts, hits = pipeline.analyse(texts, ["en"] * len(texts), themes.load(None))
    return [
        review(text, number=n, score=verdict.score, sentiment=verdict.sentiment, themes=found)
        for n, (text, verdict, found) in enumerate(zip(texts, verdicts, hits, strict=True))
    ]


def test_there_are_sixty_traps_of_every_kind():
    assert len(TRAPS) >= 60
    assert {trap["kind"] for trap in TRAPS} >= {"negation", "relapse", "lasted", "sarcasm", "speech", "question"}


@pytest.mark.parametrize("trap", TRAPS, ids=[f"{n}-{trap['kind']}" for n, trap in enumerate(TRAPS)])
def test_no_trap_is_cut_dishonestly(trap):
    """Even where a person said that the review is happy and where its theme stands; `needs` is what a cut must hold."""
    text = trap["text"]
    start = text.index(trap["evidence"])
    marked = ThemeHit(trap["theme"], "positive", start, start + len(trap["evidence"]))
    (as_read,) = analysed([text])
    as_told = replace(as_read, score=0.9, sentiment="positive", corrected=True, themes=(marked,))
    for one in (as_read, as_told):
        for quote in pick([one], None, GATE, 5):
            assert trap["needs"], quote.quote
            assert trap["needs"] in quote.quote
    if trap["needs"] is None:
        assert refusals(as_told, trap["theme"], GATE), "it says why"


def test_the_choice_is_a_persons_mostly():
    """Invented reviews with the passage that a person would quote, or none."""
    found = [pick([one], None, GATE, 1) for one in analysed([choice["text"] for choice in CHOICES])]
    pairs = [(choice, picked) for choice, picked in zip(CHOICES, found, strict=True) if choice["best"]]
    chosen = [choice for choice, picked in pairs if picked and overlap(choice, picked[0]) >= 10]
    assert len(chosen) >= 0.7 * len(pairs)
    assert not [choice for choice, picked in zip(CHOICES, found, strict=True) if picked and not choice["best"]]


def overlap(choice, quote):
    """In characters."""
    start = choice["text"].index(choice["best"])
    return min(quote.end, start + len(choice["best"])) - max(quote.start, start)


def test_one_quote_a_person_and_fresh_ones_first():
    one = review("After two visits my hip lets me climb the cellar stairs again.", "climb the cellar", 1, person="p1")
    other = review("My neck turns freely now and the headaches are gone for good.", "turns freely", 2, person="p1")
    assert len(pick([one, other], "pain_relief", GATE, 5)) == 1
    assert len(pick([one, replace(other, person="p2")], "pain_relief", GATE, 5)) == 2
    old = replace(one, review_id="r0", person="p3", posted_on="2019-10-03", text=one.text.replace("cellar", "attic"))
    assert [quote.review_id for quote in pick([old, one], "pain_relief", GATE, 5)] == ["r1"]


def test_ready_only():
    """Only what may be published, chosen before the list is cut; other passages of the same review count."""
    text = "My hip pain is cured and I climb the stairs. At home I lift my arms over my head without pain again."
    hits = (ThemeHit("pain_relief", "positive", 3, 23), ThemeHit("pain_relief", "positive", 53, 98))
    (quote,) = pick([review(text, themes=hits)], "pain_relief", GATE, 5, ready=True)
    assert (quote.status, "cured" in quote.quote) == ("ready", False)
    shut = Gate(replace(CONFIG, practice=replace(OPEN, jurisdiction="AU")))
    assert pick([review(text, themes=hits)], "pain_relief", shut, 5, ready=True) == []


def test_how_readers_see_it_and_the_hash_of_the_source():
    text = "[THERAPIST] found the knot under my shoulder blade and [NAME] drove me home without any pain."
    (quote,) = pick([review(text, "without any pain")], "pain_relief", GATE, 5)
    assert quote.shown == "[therapist] found the knot under my shoulder blade and […] drove me home without any pain."
    assert quote.text_hash == quotes.hashlib.sha256(text.encode()).hexdigest()
