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
        ("4½", 4.5, "4.5/5"),
        ("4 1/2 stars", 4.5, "4.5/5"),
        ("3 ½ out of 5", 3.5, "3.5/5"),
        ("4 of 5", 4.0, "4/5"),
        ("4,5 von 5 Sternen", 4.5, "4.5/5"),
        ("4 van de 5", 4.0, "4/5"),
        ("80 %", 4.0, "80/100"),
        ("5/1/2026", None, None),
        ("4.5★", 4.5, "4.5/5"),
        ("⭐ 4", 4.0, "4/5"),
        ("★★★★☆ (4/5)", 4.0, "4/5"),
        ("★★★★★ 12 reviews", 5.0, "5/5"),
        ("⭐️⭐️⭐️", 3.0, "3/5"),
        ("❤️❤️❤️🤍🤍", 3.0, "3/5"),
        ("●●●●○", 4.0, "4/5"),
        ("● Loved it", None, None),
        ("😐", 3.0, "3/5"),
        ("☹️", 2.0, "2/5"),
        ("Excellent (5)", 5.0, "5/5"),
        ("Good: 4", 4.0, "4/5"),
        ("Sehr zufrieden", 5.0, "5/5"),
        ("Très bien", 5.0, "5/5"),
        ("muy mala", 1.0, "1/5"),
        ("Ótimo!", 5.0, "5/5"),
        ("pessimo", 1.0, "1/5"),
        ("slecht", 2.0, "2/5"),
        ("fünf Sterne", 5.0, "5/5"),
        ("cinq étoiles", 5.0, "5/5"),
        ("5 estrellas", 5.0, "5/5"),
        ("5", 5.0, "5/5"),
        ("9" * 5000, None, None),
        (10**400, None, None),
        (float("inf"), None, None),
        ([5], None, None),
        ({"value": 5}, None, None),
    ],
)
def test_spellings(value, stars, given):
    (one,) = resolve([value], [None], scale=5)
    assert (one.stars, one.given) == (stars, given)


def test_the_row_names_its_own_scale():
    assert [one.stars for one in resolve([9, 80, 4], ["10", 100, 5])] == [4.5, 4.0, 4.0]


def test_one_is_best():
    assert [one.stars for one in resolve([1, 5, 6], [None] * 3, scale=5, best="low")] == [5.0, 1.0, None]
    assert [one.stars for one in resolve([1, 10, 0], [None] * 3, scale=10, best="low")] == [5.0, 1.0, 5.0]
    assert [one.stars for one in resolve(["1 - Very good", "Very good", "★★"], [None] * 3, scale=5, best="low")] == [
        5,
        5,
        2,
    ]


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
        (1.0, "yes"),
        (0, "no"),
        (float("nan"), None),
        ("Sí", "yes"),
        ("Não", "no"),
        ("ne recommande pas", "no"),
        ("Ja, gerne", "yes"),
        ("👎", "no"),
        ("Would not recommend", "no"),
        (10**400, None),
        ([True], None),
    ],
)
def test_recommended(value, answer):
    assert recommended(value) == answer


def test_a_slip_of_the_finger_does_not_change_everybodys_stars():
    assert [one.stars for one in resolve([5, 99, 5, 5, 4, 5], [None] * 6)] == [5.0, None, 5.0, 5.0, 4.0, 5.0]
    assert [one.stars for one in resolve([8, 9, 99], [None] * 3)] == [4.0, 4.5, None]
