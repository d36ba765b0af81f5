"""Pasted text: every golden folder reads as a person would read it, and every line is accounted for."""

import json
import time
from pathlib import Path

import pytest

from reviewpipe.errors import NotReviewsError
from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import cues, signs, voice
from reviewpipe.ingest.pastes import read_text

GOLDEN = sorted((Path(__file__).parent / "golden").glob("pasted_*"))


def told(found, wanted):
    """The rows, each with the fields that its expectation tells; text and author where there are more rows than that."""
    fields = [tuple(row) for row in wanted] + [("text", "author")] * len(found.rows)
    return [{key: row.get(key) for key in keys} for row, keys in zip(found.rows, fields, strict=False)]


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_golden_pastes_are_read_as_a_person_reads_them(folder):
    text = next(folder.glob("input.*")).read_bytes().decode("utf-8")
    wanted = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert told(read_text(text), wanted) == wanted


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_every_line_that_is_not_empty_has_one_role_and_a_reason(folder):
    text = next(folder.glob("input.*")).read_bytes().decode("utf-8")
    filled = [f"line {i}" for i, line in enumerate(text.splitlines(), start=1) if line.strip()]
    roles = read_text(text).roles
    assert [role.place for role in roles] == filled
    assert all(role.reason for role in roles)


def test_dates_stars_and_answers_are_kept_as_written():
    text = "Aurelio V.\n3 reviews\n★★★★☆ 2 months ago\nMy knee bends again.\nResponse from the owner a week ago\nSo glad!\n"
    (row,) = read_text(text).rows
    assert (row["date"], row["rating"], row["reply"], row["row"]) == ("2 months ago", "★★★★☆", "So glad!", 4)


def test_a_name_without_a_text_says_so():
    text = "I love it here.\n\nNoor B.\n\nJuno K.\n\nThank you for my new neck!\n\nRex T.\n\nI slept all night.\n\nIda F.\n"
    found = read_text(text)
    assert [row["author"] for row in found.rows] == ["Noor B.", "Rex T.", "Ida F."]
    assert next(role for role in found.roles if role.content == "Juno K.").reason == "a name without a text"


def test_a_text_that_a_platform_cut_is_flagged_and_an_ellipsis_of_the_client_is_not():
    cut = "Ada L.\n2 reviews\na week ago\nI came in limping and …\n"
    whole = "Ada L.\n2 reviews\na week ago\nI came in limping and left dancing…\n"
    assert [read_text(text).rows[0]["truncated"] for text in (cut, whole)] == [True, False]


@pytest.mark.parametrize("text", ["", "\n \n\t", "\ufeff", "***\n---\n", "Home\nAbout\nFees\nContact\n"])
def test_a_text_without_testimonials_gives_no_rows(text):
    assert read_text(text).rows == []


def test_program_code_is_refused():
    code = "import os\n\ndef f(x):\n    return x + 1\n\nclass A:\n    def g(self):\n        return f(2)\n"
    with pytest.raises(NotReviewsError, match="program code"):
        read_text(code)


def test_time_grows_with_the_length_only():
    block = "I could not lift my arm, now I can.\n\nNoor B.\n\n“Thank you so much for my neck!”\n\n- Rex\n\n"

    def seconds(text):
        start = time.process_time()
        read_text(text)
        return time.process_time() - start

    seconds(block)
    short, long = seconds(block * 200), seconds(block * 1600)
    assert long < 8 * short * 2.5 + 0.2


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "- " * 100_000, '"I love ' * 20_000, "Ann B.\n" * 5_000, "“I was there\n\n" * 3_000]
)
def test_hostile_texts_end_soon(text):
    start = time.process_time()
    read_text(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("line", "name", "side"),
    [
        ("Noor B.", "Noor B.", "either"),
        ("- Eilidh Marsh", "Eilidh Marsh", "before"),
        ("~ Bo", "Bo", "before"),
        ("— Dr. Ama Sey, D.C.", "Dr. Ama Sey, D.C.", "before"),
        ("R.T., Dayton, OH", "R.T., Dayton, OH", "either"),
        ("QV, Baker, Dayton, OH", "QV, Baker, Dayton, OH", "either"),
        ("Mina Roe | Orono ME", "Mina Roe | Orono ME", "either"),
        ("Sincerely, Hugo P., Reno, NV", "Hugo P., Reno, NV", "before"),
        ("Love, Ana Roe and family", "Ana Roe and family", "before"),
        ("Uma says:", "Uma", "after"),
        ("- A grateful patient", "A grateful patient", "before"),
        ("Anonymous", "Anonymous", "either"),
        ("April", "April", "either"),
        ("Salome E.", "Salome E.", "either"),
        ("- Ines R., May 2023", "Ines R.", "before"),
        ("Sorcha – Marlow Half Marathon", "Sorcha", "either"),
        ("Joost van der Laan", "Joost van der Laan", "either"),
    ],
)
def test_lines_that_are_names(line, name, side):
    found = attributions.read(line)
    assert found is not None
    assert (found.name, found.side) == (name, side)


@pytest.mark.parametrize(
    "line",
    [
        "Really good",
        "Deep Tissue Massage",
        "Knee Pain",
        "Highly recommended!",
        "Thank you Petra!",
        "How does it work?",
        "Love it",
        "Total Hip Replacement",
        "5 stars",
        "555-0134",
        "Dear Petra,",
        "",
    ],
)
def test_lines_that_are_no_names(line):
    assert attributions.read(line) is None or line.startswith("Dear")


@pytest.mark.parametrize(
    ("client", "practice"),
    [
        ("I left without pain and slept all night.", "We offer sixty minute sessions for all our clients."),
        ("Petra found the knot nobody else had found!", "The muscle can cause pain in many people."),
        ("She was late and rushed my session.", "You should always stretch after running."),
    ],
)
def test_a_client_sounds_unlike_a_practice(client, practice):
    assert voice(client) > 0.9
    assert voice(practice) < 0


@pytest.mark.parametrize(
    ("client", "practice"),
    [
        ("Llegué con dolor y salí como nueva, lo recomiendo.", "Ofrecemos masajes para todos nuestros clientes."),
        ("Je suis repartie sans douleur, merci beaucoup !", "Nous proposons des massages pour tous nos patients."),
        ("Ich kann meinen Arm wieder heben, vielen Dank!", "Wir bieten Massagen in unserer Praxis an."),
        ("Sono uscita rinata e ci tornerò, grazie.", "Offriamo massaggi a tutti i nostri clienti."),
        ("Fui muito bem atendida e recomendo a todos.", "Oferecemos massagens a todos os nossos clientes."),
        ("Ik kan eindelijk weer slapen, een aanrader!", "Wij bieden massages aan al onze klanten."),
    ],
)
def test_a_client_sounds_unlike_a_practice_in_other_languages(client, practice):
    assert voice(client) > 0.9
    assert voice(practice) < 0


def test_an_endless_line_is_said_to_be_unused():
    found = read_text("Noor B.\n2 reviews\na week ago\nMy neck turns again.\n\n" + "I love it. " * 10_000)
    assert [row["author"] for row in found.rows] == ["Noor B."]
    assert (found.roles[-1].role, "longer than any review" in found.roles[-1].reason) == ("unused", True)


SIGNS = [
    "(",
    " ",
    "-",
    "- ",
    "★",
    '"',
    "“",
    "[",
    "a: ",
    "1. ",
    "1/",
    "a@",
    "*a",
    "…",
    "Ann, ",
    "| ",
    "on a wrote ",
    "😊",
]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("width", [79, 399, 99_000])
def test_no_sign_costs_more_than_its_length(sign, width):
    line = (sign * width)[:width] + "x"
    start = time.process_time()
    read_text("\n".join([line] * (100_000 // width)))
    assert time.process_time() - start < 5


def test_no_pattern_is_passed_over_on_a_text_that_it_fits():
    texts = [line for f in GOLDEN for line in next(f.glob("input.*")).read_text(encoding="utf-8").splitlines()]
    known = cues()
    spoken = [cue for one in known["voices"].values() for group in one.by_sign.values() for cue in group]
    for text in texts:
        for cue in [*known["lines"].values(), *spoken]:
            fits = cue.found(text) is not None and any(letter.isalnum() for letter in text)
            assert not (fits and cue.needs and cue.needs.isdisjoint(signs(text))), (cue.pattern.pattern[:60], text)
