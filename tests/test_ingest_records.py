import pytest

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest.fields import mend_double_encoding
from reviewpipe.ingest.records import find_reviews, parse, read_json, read_jsonl

YELP = {"review_id": "a", "business_id": "b", "stars": 4, "text": "Calm.", "date": "2026-01-02"}


@pytest.mark.parametrize("document", [YELP, [YELP], [[YELP]], {"x": {"y": [YELP]}}, {"items": [{"review": YELP}]}])
def test_reviews_are_found_in_any_nesting(document):
    found = find_reviews(document)
    assert found.form == "yelp_open"
    assert [row["text"] for row in found.rows] == ["Calm."]


@pytest.mark.parametrize(
    "document",
    [
        {"reviews": []},
        {"reviews": None},
        {"result": {"rating": 5.0, "user_ratings_total": 2, "reviews": []}},
        {"displayName": {"text": "Lakeside"}, "formattedAddress": "1 Sample Street"},
        {"@type": "LocalBusiness", "aggregateRating": {"@type": "AggregateRating", "ratingValue": "4.9"}},
    ],
)
def test_a_holder_of_none_is_empty(document):
    assert find_reviews(document).rows == []


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        3,
        None,
        ["Great", "Bad"],
        [[["abc", 5]]],
        {"reviews": 32, "rating": 3.9, "name": "Lakeside"},
        {
            "type": "FeatureCollection",
            "features": [{"properties": {"date": "2026-01-01", "review_text_published": "Nice"}}],
        },
        [{"business_id": "b", "name": "Lakeside", "stars": 5.0, "review_count": 7}],
        {"question": "Parking?", "comment": "in the yard"},
    ],
)
def test_what_is_no_review_is_refused(document):
    with pytest.raises(NotReviewsError):
        find_reviews(document)


def test_a_place_is_not_taken_for_a_review():
    found = find_reviews({"name": "Lakeside", "title": "Lakeside", "rating": 4.9, "stars": 5, "reviews": [YELP]})
    assert [(row["rating"], row.get("author")) for row in found.rows] == [(4, None)]


def test_strangers_among_reviews_are_refused_not_lost():
    found = find_reviews({"reviews": [YELP, None, "text", {"ad": 1}, YELP]})
    assert len(found.rows) == 2
    assert [reject.row for reject in found.rejects] == [2, 3, 4]


def test_an_object_with_a_key_twice_is_refused():
    found = read_json(
        '[{"review_id": "a", "business_id": "b", "stars": 1, "stars": 5, "text": "x", "date": "2026-01-01"}]', {}
    )
    assert (found.rows, [reject.reason for reject in found.rejects]) == ([], ["the same key stands twice"])


def test_lines_that_are_no_json_are_refused():
    found = read_jsonl(
        [
            '{"review_id": "a", "business_id": "b", "stars": 4, "text": "Calm.", "date": "2026-01-02"}\n',
            "\n",
            "{oops\n",
        ],
        {},
    )
    assert (found.size, [reject.row for reject in found.rejects]) == (1, [3])
    with pytest.raises(UnreadableError):
        read_jsonl(["{oops\n"], {})


@pytest.mark.parametrize("text", ["{", '{"a":' * 5000, "[" * 100_000, "9" * 5000, '{"a" 1}', ""])
def test_broken_json_is_an_error_with_advice(text):
    with pytest.raises(UnreadableError, match=r"\?$"):
        parse(text)


def test_nan_is_a_missing_value():
    assert parse("[NaN, -Infinity, 1]") == [None, None, 1]


def test_comments_and_trailing_commas_are_forgiven_outside_of_strings():
    assert parse('{"a": "x // y, ]", /* no */ "b": [1, 2,], // end\n}') == {"a": "x // y, ]", "b": [1, 2]}


def test_the_owner_may_say_where_fields_lie():
    found = read_json('[{"said": {"it": "Fine."}, "who": "Ada"}]', {"text": "said.it", "author": "who"})
    assert [(row["text"], row["author"]) for row in found.rows] == [("Fine.", "Ada")]


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("caf\u00c3\u00a9", "café"),
        ("\u00e2\u0080\u0099", "’"),
        ("café", "café"),
        ("“quoted”", "“quoted”"),
        ("plain", "plain"),
        (5, 5),
    ],
)
def test_double_encoding(broken, sound):
    assert mend_double_encoding(broken) == sound
