import pytest

from reviewpipe.ingest.ratings import recommended, resolve, scale_of


@pytest.mark.parametrize(
    ("value", "stars", "given"),
    [
        (5, 5.0, "5/5"),
        ("4", 4.0, "4/5"),
        ("4,5", 4.5, "4.5/5"),
        ("FIVE", 5.0, "5/5"),
        ("THREE_STARS", 3.0, "3/5"),
        ("STAR_RATING_UNSPECIFIED", None, None),
        ("10/10", 5.0, "10/10"),
        ("2.5/10", 1.25, "2.5/10"),
        ("4 out of 5", 4.0, "4/5"),
        ("Rated 4 stars", 4.0, "4/5"),
        ("5 - Very good", 5.0, "5/5"),
        ("90%", 4.5, "90/100"),
        ("★★★★☆", 4.0, "4/5"),
        ("★★★½", 3.5, "3.5/5"),
        ("⭐⭐⭐⭐⭐", 5.0, "5/5"),
        ("\ue838\ue838\ue838", 3.0, "3/5"),
        ("❤❤", 2.0, "2/5"),
        ("***", 3.0, "3/5"),
        ("Very satisfied", 5.0, "5/5"),
        ("11/10", None, "11/10"),
        (0, None, "0/5"),
        (7, None, "7/5"),
        (None, None, None),
        (True, None, None),
        (float("nan"), None, None),
        ("Ask for Dana", None, None),
        ("", None, None),
    ],
)
def test_spellings(value, stars, given):
    (one,) = resolve([value], [None], scale=5)
    assert (one.stars, one.given) == (stars, given)


def test_the_row_names_its_own_scale():
    assert [one.stars for one in resolve([9, 80, 4], ["10", 100, 5])] == [4.5, 4.0, 4.0]


def test_one_is_best():
    assert [one.stars for one in resolve([1, 5, 6], [None] * 3, scale=5, best="low")] == [5.0, 1.0, None]


@pytest.mark.parametrize(
    ("numbers", "top"), [([1, 5, 3], 5), ([7, 9, 10], 10), ([5] * 30 + [55], 5), ([80, 95], 100), ([], 5)]
)
def test_the_column_decides_the_scale(numbers, top):
    assert scale_of(numbers) == top


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("positive", "yes"),
        ("doesn't recommend", "no"),
        (True, "yes"),
        ("Yes, to everyone", "yes"),
        ("No.", "no"),
        ("perhaps", None),
        (None, None),
    ],
)
def test_recommended(value, answer):
    assert recommended(value) == answer


def test_a_slip_of_the_finger_does_not_change_everybodys_stars():
    assert [one.stars for one in resolve([5, 99, 5, 5, 4, 5], [None] * 6)] == [5.0, None, 5.0, 5.0, 4.0, 5.0]
    assert [one.stars for one in resolve([8, 9, 99], [None] * 3)] == [4.0, 4.5, None]
