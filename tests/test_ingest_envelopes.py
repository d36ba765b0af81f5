import time

import pytest

from reviewpipe.ingest.envelopes import unwrapped

ENGLISH = "(Translated by Google)"


@pytest.mark.parametrize(
    ("given", "text", "original"),
    [
        (f"{ENGLISH} Calm and kind\n\n(Original)\nTranquila y amable", "Calm and kind", "Tranquila y amable"),
        (f"Tranquila y amable\n\n{ENGLISH}\nCalm and kind", "Calm and kind", "Tranquila y amable"),
        (f"(Original)\nTranquila\n\n{ENGLISH}\nCalm", "Calm", "Tranquila"),
        (f"{ENGLISH} a\nb\n\n(Original)\nc\nd 😊", "a\nb", "c\nd 😊"),
        (f"{ENGLISH} Calm\r\n\r\n(Original)\r\nTranquila", "Calm", "Tranquila"),
        ("(Traducido por Google) Tranquila\n\n(Original)\nCalm and kind", "Calm and kind", None),
        ("(Übersetzt von Google) Ruhig\n\n(Original)\nCalm", "Calm", None),
        ("(Googleによる翻訳) 静か\n\n(原文)\nCalm", "Calm", None),
        ("(Переведено Google) Спокойно\n\n(Оригинал)\nCalm", "Calm", None),
        ("(由 Google 翻译) 安静\n\n(原文)\nCalm", "Calm", None),
        ("Calm and kind\n\n(Traducido por Google)\nTranquila", "Calm and kind", None),
        ("I saw (Original) there", "I saw (Original) there", None),
        ("(Original)\nA menu of the old days", "(Original)\nA menu of the old days", None),
        (f"{ENGLISH} only", f"{ENGLISH} only", None),
        ("I found her (on Google) last May", "I found her (on Google) last May", None),
        (None, None, None),
    ],
)
def test_the_envelope_comes_off_and_plain_texts_stay(given, text, original):
    assert unwrapped(given) == (text, original)


@pytest.mark.parametrize(
    "text",
    [
        f"{ENGLISH}" + "\n" * 60_000 + "x",
        "x" + "\n" * 60_000 + f"{ENGLISH}y",
        "(Google)\n" * 6_000,
        "(" * 60_000 + "Google)",
        " " * 60_000 + "(a Google)\n" + " " * 60_000,
    ],
)
def test_no_text_takes_long(text):
    start = time.process_time()
    unwrapped(text)
    assert time.process_time() - start < 1
