"""Which reviews are asked about, and labels as a table and back."""

import csv
import io
from dataclasses import replace
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented_reviews import review, reviews
from reviewpipe import corrections, export, themes
from reviewpipe.errors import UnreadableError
from reviewpipe.schema import Label, ThemeHit
from reviewpipe.sentiment import Chances

CATALOGUE = themes.load()
SURE, UNSURE = Chances(0.01, 0.01, 0.98, leans=True), Chances(0.1, 0.44, 0.46, leans=True)
TODAY = "2026-11-22"


def asked(found, labels=(), chances=None):
    return corrections.queue(found, labels, chances or [SURE] * len(found))


def not_drawn(amount):
    """Reviews that are asked about for doubt alone."""
    names = (f"x{number}" for number in count())
    return [review(1, review_id=next(n for n in names if not corrections.by_lot(n))) for _ in range(amount)]


def test_the_order_of_questions_is_the_same_however_the_reviews_come():
    found = reviews()
    chances = {one.review_id: (SURE, UNSURE)[number % 2] for number, one in enumerate(found)}
    first = asked(found, chances=[chances[one.review_id] for one in found])
    Random(3).shuffle(found)  # noqa: S311  no secret is made of it
    assert asked(found, chances=[chances[one.review_id] for one in found]) == first
    assert {question.review.review_id for question in first} == {one.review_id for one in found if one.text}


def test_doubtful_reviews_come_first():
    plain, rare, against, close, edited = not_drawn(5)
    rest = not_drawn(30)[5:]
    against, rare = replace(against, sentiment="negative"), replace(rare, sentiment="mixed", rating=3.0)
    labels = [Label(edited.review_id, "positive", outdated=True)]
    found = [plain, rare, against, close, edited, *rest]
    order = asked(found, labels, [UNSURE if one is close else SURE for one in found])
    assert [(one.review.review_id, one.doubt) for one in order[:4]] == [
        (edited.review_id, ("edited",)),
        (close.review_id, ("close",)),
        (against.review_id, ("stars", "rare")),
        (rare.review_id, ("rare",)),
    ]


def test_every_third_is_by_lot_and_what_has_a_label_is_not_asked_again():
    found = reviews()
    order = asked(found)
    assert [question.drawn for question in order[:9]] == [False, False, True] * 3
    labels = [Label(question.review.review_id, "positive") for question in order[:9]]
    assert asked(found, labels) == order[9:]


def table(found, labels=()):
    """The table as a spreadsheet would hold it."""
    rows = corrections.rows_of(found, labels, CATALOGUE)
    return list(csv.reader(io.StringIO(export.as_csv(rows).decode("utf-8-sig"), newline="")))


def read(cells, found, labels=()):
    known = {label.review_id: label for label in labels}
    held = {one.review_id: (one, known.get(one.review_id)) for one in found}
    return corrections.read_rows(cells[0], cells[1:], held, CATALOGUE, TODAY)


def filled(cells, **values):
    """The first row with other cells."""
    row = [values.get(name, cell) for name, cell in zip(cells[0], cells[1], strict=True)]
    return [cells[0], row, *cells[2:]]


ONE = review(1, themes=(ThemeHit("pain_relief", "positive", 0, 4),))


def test_a_filled_in_table_is_read():
    sheet = read(filled(table([ONE]), sentiment="Mixed", value="negative", booking=""), [ONE])
    (label,) = sheet.labels
    assert (label.sentiment, label.labelled_on, label.outdated) == ("mixed", TODAY, False)
    assert {name: said for name, said in label.themes.items() if said != "absent"} == {
        "pain_relief": "positive",
        "value": "negative",
    }
    assert "booking" not in label.themes
    assert (sheet.read, sheet.refused) == (1, ())


def test_what_a_comparison_favours_follows_from_what_is_said():
    sheet = read(filled(table([ONE]), sentiment="mixed", chiropractor_comparison="negative"), [ONE])
    assert sheet.labels[0].directions == {"chiropractor_comparison": "favours_them"}


def test_an_unanswered_table_changes_nothing():
    sheet = read(table([ONE, review(2)]), [ONE, review(2)])
    assert (sheet.labels, sheet.unanswered, sheet.refused) == ((), 2, ())


def test_changed_words_make_a_label_of_older_ones():
    cells = filled(table([ONE]), sentiment="mixed")
    now = replace(ONE, text="Not calm at all.")
    assert read(cells, [now]).labels[0].outdated
    assert read(cells, [now], [Label("r0001", "positive")]).labels == ()


BAD = [
    ({"review_id": "nobody"}, "no review with words has that review_id"),
    ({"review_id": ""}, "it has no review_id"),
    ({"sentiment": "postive"}, "sentiment must be positive, mixed, negative, neutral, or empty"),
    ({"value": "yes"}, "value must be positive, negative, mixed, neutral, no, or empty"),
]


@pytest.mark.parametrize(("cells", "reason"), BAD)
def test_a_row_that_cannot_be_used_is_told_by_number_and_reason(cells, reason):
    found = [ONE, review(2)]
    sheet = read(filled(table(found), sentiment="mixed", **cells) if "sentiment" not in cells else filled(table(found), **cells), found)  # fmt: skip
    assert [(one.row, one.reason) for one in sheet.refused] == [(2, reason)]


def test_a_review_that_stands_twice_and_a_row_that_is_too_long_are_refused():
    cells = table([ONE])
    sheet = read([*cells, cells[1], [*cells[1], "more"]], [ONE])
    assert [(one.row, one.reason.split()[0]) for one in sheet.refused] == [(3, "that"), (4, "it")]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["sentiment"], "no column 'review_id'"),
        (["review_id", "sentiment", "pain_releif"], "Did you mean 'pain_relief'?"),
        (["review_id", "sentiment", "Sentiment"], "Columns 2 and 3 have the same heading"),
    ],
)
def test_headings_that_are_none_are_told(headings, said):
    with pytest.raises(UnreadableError, match=said.replace("?", r"\?")):
        read([headings], [])


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["=1+1", "+cmd|'/c calc'!A0", "@SUM(A1)", "-2", '"', "a\r\nb", ";", "\t=x", "'", "\ufeff=1", "\x00\x1b[2J"]),
)  # fmt: skip


@given(texts=st.lists(HOSTILE, min_size=1, max_size=4), data=st.data())
def test_a_table_holds_what_was_put_in_and_no_formula(texts, data):
    found = [review(number, text=text) for number, text in enumerate(texts)]
    sayings = st.sampled_from(["positive", "negative", "mixed", "neutral", "absent"])
    labels = []
    for one in found:
        said = {name: data.draw(sayings) for name in CATALOGUE.names}
        sentiment = data.draw(st.sampled_from(["positive", "mixed", "negative", "neutral"]))
        favours = corrections.directions(said, CATALOGUE)
        labels.append(Label(one.review_id, sentiment, said, favours, corrections.by_lot(one.review_id), TODAY))
    # As the store gives them: corrected.
    from reviewpipe.store.labels import corrected

    shown = [corrected(one, label) for one, label in zip(found, labels, strict=True)]
    cells = table(shown, labels)
    assert not any(cell.lstrip().startswith(("=", "+", "@", "-")) for row in cells[1:] for cell in row if cell != "-2")
    assert read(cells, found).labels == tuple(labels)
    again = read(cells, found, labels)
    assert (again.labels, again.unchanged) == ((), len(found))
