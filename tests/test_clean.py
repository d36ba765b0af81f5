import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewpipe.clean import clean, clean_text, language_of
from reviewpipe.schema import columns_after


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("donâ€™t stop", "don’t stop"),
        ("CafÃ© Mornings", "Café Mornings"),
        ("Tom &amp; I felt it, &quot;finally&quot;", 'Tom & I felt it, "finally"'),
        ("two\u00a0spaces   and\ttabs", "two spaces and tabs"),
        ("zero\u200bwidth and soft\u00adhyphen\ufeff", "zerowidth and softhyphen"),
        ("one\r\ntwo\r\n\r\n\r\nthree", "one\ntwo\n\nthree"),
        ("cafe\u0301", "café"),
        ("\u202eevil", "evil"),
        ("   ", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("donâ\x80\x99t", "don’t"),
        ("The room was quiet\x85 I slept", "The room was quiet… I slept"),
        (
            "I didn¡¯t hope, ¡°but it helped¡±, 2019¨C2024 ¨C every time¡\u00ad",
            "I didn’t hope, “but it helped”, 2019–2024 – every time…",
        ),
        ("un piÃ¹ forte, cosÃ¬ bello", "un più forte, così bello"),
        ("it&#146;s over&#133; at last", "it’s over… at last"),
        ("R&amp;amp;amp;D &amp;lt;3", "R&D <3"),
        ("Calm.<br>Warm.<BR />Kind.", "Calm.\nWarm.\nKind."),
        ('<p class="x">Calm.</p>\n<p>Warm <strong>hands</strong>.</p>', "Calm.\n\nWarm hands."),
        ('see <a href="https://example.org/x">here</a>', "see here"),
        ("Ada\u200cL\u200db", "AdaLb"),
        ("one\u2028two\u2029three\x0bfour", "one\ntwo\nthree\nfour"),
        ("hi\U000e0048\U000e0049", "hi"),
        ("a\x1eb", "a b"),
    ],
)
def test_accidents_are_mended(given_text, expected):
    assert clean_text(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I’d say “go” – it’s worth it… 😊",
        "👩‍👩‍👧 family",
        "naïve façade, Zoë & Søren: 100 % ¡olé! ½ price",
        "AT&T; 5 < 6 > 4; a&b",
        "Ümlauts bleiben: ÄÖÜß",
        "日本語のレビュー",
        "GREAT!!! sooo good :-) <3",
        "don't  change it's".replace("  ", " "),
        "We were late.We still got the full hour",
        "She said (Original) is the word (Translated by Google) uses",
        "I <3 this <i love it>, 5 < 6 > 4 and <script>alert(1)</script>",
        "fish &copy chips; M&S; Q&A; AT&T;",
        "می‌شود",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 👩‍⚕️ 👍🏽",
        "Η ¨καλή¨ μέρα",
        "¡Qué bien! ¿No? ¡Ay!",
        "½ hour at 20°, 3 ± 1",
    ],
)
def test_what_was_said_stays(text):
    assert clean_text(text) == text


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_text(text)
    assert clean_text(once) == once


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She found the knot in my shoulder.", "en"),
        ("Great massage", "en"),
        ("Muy buena atención, el dolor de espalda se me quitó por completo", "es"),
        ("Bardzo dobry masaż, ból pleców zniknął po dwóch wizytach", "pl"),
        ("Sehr gute Behandlung, die Schmerzen im Nacken sind weg", "de"),
        ("最高の施術でした", "ja"),
        ("★★★★★ 10/10", None),
        (None, None),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


def test_the_table_keeps_its_shape_and_given_languages():
    row = dict.fromkeys(columns_after("clean")) | {"source": "google", "language": "PT-br", "text": " Ótimo  trabalho "}
    cleaned = clean(pd.DataFrame([row, {**row, "text": "So  good", "language": None}], dtype=object))
    assert list(cleaned.columns) == columns_after("clean")
    assert list(cleaned["text"]) == ["Ótimo trabalho", "So good"]
    assert list(cleaned["language"]) == ["pt", "en"]
