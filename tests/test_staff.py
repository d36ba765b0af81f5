"""`staff suggest`: who of the practice is named in reviews and not in the settings."""

import tomllib

import pytest

from reviewpipe.anonymise import Roster
from reviewpipe.anonymise.proposals import propose, score
from reviewpipe.config import StaffMember

STAFF = [
    "Ask for <Marisol>, you will not regret it.",
    "<Marisol>'s hands are the best in town.",
    "My therapist <Marisol> was on time.",
    "<Marisol> found the knot at once.",
    "I had an hour with <Marisol> and slept.",
    "Thanks to <Marisol> I can turn my head.",
    "<Marisol> at the front desk moved my hour.",
    "I was treated by <Marisol>, LMT, twice.",
    "The owner, <Marisol>, rang me the next day.",
    "A lady named <Marisol> put her elbow in my hip.",
]
OTHERS = [
    "My husband <Marisol> drove.",
    "My sister-in-law <Marisol> told me about it.",
    "A friend of mine, <Marisol>, goes every week.",
    "I am <Marisol> and I am sixty.",
    "It helps. Yours, <Marisol>",
    "My back is better.\n- <Marisol>",
    "I was referred by <Marisol>.",
    "<Marisol> sent me here.",
    "My old chiropractor, Dr. <Marisol>, was rough.",
    "Rev. <Marisol> prayed for me.",
    "<Marisol>'s mother came along.",
]


def scored(marked):
    start, end = marked.index("<"), marked.index(">") - 1
    return score(marked.replace("<", "").replace(">", ""), start, end)


@pytest.mark.parametrize("marked", STAFF)
def test_words_that_only_staff_get(marked):
    assert scored(marked) > 1


@pytest.mark.parametrize("marked", OTHERS)
def test_words_that_speak_of_somebody_else(marked):
    assert scored(marked) <= 0


def test_who_is_named_by_several_people_is_proposed_the_most_named_first():
    texts = [
        "Ask for Marisol, she is great.",
        "Ask for Denise! Denise found the knot.",
        "Denise Marlow worked on my hip.",
        "Dr. Marlow's hands are magic.",
        "Marisol fixed my neck.",
        "My husband Gerald loves it.",
        "My husband Gerald loves it too.",
    ]
    found = propose(texts, [None] * len(texts), Roster())
    assert [(one.name, one.reviewers) for one in found] == [("Denise Marlow", 3), ("Marisol", 2)]


def test_one_person_who_writes_twice_is_one_reviewer():
    texts = ["Ask for Marisol, she is great.", "Marisol fixed my neck."]
    assert not propose(texts, ["Dana Rowe", "dana rowe"], Roster())
    assert propose(texts, ["Dana Rowe", "Teo Vance"], Roster())


def test_reviewers_are_no_proposals_in_their_own_reviews():
    texts = ["Denise here. Denise found peace.", "I asked for an hour. Denise worked out again."]
    assert not propose(texts, ["Denise Marlow", "Denise Marlow"], Roster(), least=1)


def test_slips_of_the_pen_and_short_forms_are_nicknames():
    texts = [
        *["Ask for Michael, he fixed me."] * 4,
        "Ask for Micheal, he is kind.",
        "Mike's hands are magic.",
        "Mike found it.",
    ]
    (one,) = propose(texts, [None] * len(texts), Roster())
    assert (one.name, set(one.nicknames)) == ("Michael", {"Micheal", "Mike"})


def test_staff_of_the_settings_are_not_proposed_but_their_short_forms_are():
    roster = Roster((StaffMember("Michael Strand"), StaffMember("Denise Marlow", ("Neesy",))))
    texts = [
        "Ask for Mike!",
        "Mike's hands are magic.",
        "Ask for Neesy!",
        "Neesy found it.",
        "Michael Strand is great.",
    ]
    (one,) = propose(texts, [None] * len(texts), roster)
    assert (one.name, one.member) == ("Mike", "Michael Strand")


def test_the_command_prints_blocks_that_the_settings_take(project, call):
    rows = ["Ask for Marisol Ortega, she is great.", "Marisol fixed my neck.", "My husband Gerald loves it.", "Mike is a magician, ask for Mike.", "Mike found the knot."]  # fmt: skip
    table = "".join(f"2026-09-0{n},Client {n},5,{text!r}\n".replace("'", '"') for n, text in enumerate(rows, 1))
    (project / "data" / "raw" / "guests.csv").write_text("Date,Client,Stars,Comment\n" + table, encoding="utf-8")
    (project / "reviewpipe.toml").write_text('[[staff]]\nname = "Michael Strand"\n', encoding="utf-8")
    before = sorted(project.rglob("*"))
    code, out, err = call("staff", "suggest", "--project", project)
    assert code == 0
    assert tomllib.loads(out)["staff"] == [{"name": "Marisol Ortega", "shown_as": "[THERAPIST]"}]
    assert "# named by 2 reviewers" in out
    assert '# "Mike", named by 2 reviewers: Michael Strand?' in out
    assert "Gerald" not in out
    assert "nothing was written" in err
    assert sorted(project.rglob("*")) == before


def test_with_nobody_to_propose_it_says_so(project, call):
    (project / "data" / "raw" / "page.txt").write_text(
        "What clients say\n\nMy neck pain is gone, thank you so much!\n\nTeodora V.\n", encoding="utf-8"
    )
    code, out, err = call("staff", "suggest", "--project", project)
    assert (code, out) == (0, "")
    assert "Nobody is named" in err


def test_an_empty_folder_is_bad_input(project, call):
    code, _, err = call("staff", "suggest", "--project", project)
    assert code == 3
    assert "no reviews" in err
