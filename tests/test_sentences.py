import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewpipe import sentences

CASES = [
    ["Great massage.", "She found every knot."],
    ["great massage.", "she found every knot.", "will be back"],
    ["Dr. Okafor fixed my hip.", "Mrs. Lund at the desk was kind."],
    ["I came at 9 a.m. with a stiff neck.", "I left at 10 a.m.", "No pain since."],
    ["I rate it 4.5 out of 5.", "Worth $80.50 each time."],
    ["Well... I was surprised.", "It worked... Truly."],
    ["Wow!!!", "Best hour of my week!", "Will I return?", "Yes."],
    ["She listened 😊", "My back feels new."],
    ["Loved it! 😍🙌", "See you soon :)", "Bye"],
    ["Pros:", "- clean rooms", "- warm towels", "- Easy parking"],
    ["1. She was late.", "2. The room was cold."],
    ["• quiet", "• clean", "• fair price"],
    ["[THERAPIST] was lovely.", "[NAME] was not."],
    ['He said "you will feel it tomorrow."', "I did."],
    ["No.", "Never again."],
    ["I asked J. Marsh for help.", "He came."],
    ["The best L.M.T. in town.", "Book her."],
    ["我很喜欢。下次再来"],
    ["just one line with no stop"],
]


@pytest.mark.parametrize("parts", CASES, ids=lambda parts: parts[0][:20])
def test_each_sentence_is_found(parts):
    gap = "\n" if any(p[0] in "-12•" for p in parts) else " "
    text = gap.join(parts)
    found = [text[a:b] for a, b in sentences.split(text)]
    expected = [p for part in parts for p in (["It worked...", "Truly."] if part == "It worked... Truly." else [part])]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was great.She is kind.", ["It was great.", "She is kind."]),
        ("So good!will be back", ["So good!", "will be back"]),
        ("Look at example.com for hours.", ["Look at example.com for hours."]),
        ("My neck was\nstiff for years.\n\nit is fine now.", ["My neck was\nstiff for years.", "it is fine now."]),
        ("quiet • clean • cheap", ["quiet", "• clean", "• cheap"]),
        ("Good (really!) massage.", ["Good (really!) massage."]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
        ("5", ["5"]),
    ],
)
def test_odd_texts(text, expected):
    assert [text[a:b] for a, b in sentences.split(text)] == expected


@given(st.text(alphabet=st.sampled_from(list("aB .!?\n…\"')1-•😊:Dr[]")), max_size=60) | st.text(max_size=60))
def test_sentences_cover_every_visible_character_once(text):
    spans = sentences.split(text)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    assert "".join(kept.split()) == "".join(text.split())


def test_long_texts_take_linear_time():
    text = "word" * 50_000 + "." + " a.b" * 50_000 + "...!" * 50_000
    assert sentences.split(text)
