"""Text without accidents: what was said stays as it was said, and cleaning twice is cleaning once."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewpipe.schema import values

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMNS = ("text", "original", "reply", "author")

# Control characters but white space, zero-width and bidi marks, soft hyphens, byte-order marks.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# Joiners hold emoji and the letters of some scripts together; among our own letters they only hide a word.
LONE_JOINER = re.compile("(?:^|(?<=[\x00-\u052f\u2000-\u206f]))[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\u052f]|$)")
# Letters that nobody sees (U+E0000 and up) are part of a flag, or a message hidden in the text.
TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0000-\U000e0fff]+")
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
LINE_END = re.compile(r" ?\n ?")
BLANK_LINES = re.compile(r"\n{3,}")
ENTITY = re.compile(r"&(?:amp;)*(?:[a-z]{2,8}[1-4]{0,2}|#\d{2,6}|#x[0-9a-f]{2,5});", re.IGNORECASE)
AMPERSANDS = re.compile(r"&(?:amp;)+(?=[a-z#])", re.IGNORECASE)
# Forms and exports leave these tags in texts; what else stands in angle brackets may be meant ("5 < 6 > 4", "<3").
BREAK = re.compile(r"(?:(?<!\s)\s+)?<(?:br\s*/?|/?(?:p|div|li|ul|ol|h[1-6])(?:\s[^<>=]*=[^<>]*)?)>\s*", re.IGNORECASE)
FORMAT = re.compile(r"</?(?:b|i|u|em|strong|span|font|small|a)(?:\s[^<>=]*=[^<>]*)?>", re.IGNORECASE)
# Only texts with one of these can be mojibake; the test keeps ftfy (and its import) away from plain ones.  A quotation
# mark, dash or the like among our own letters is none.
SUSPECT = re.compile("[\u0080-\u25ff](?:(?<![‘’“”–—…£])|(?<=[^\x00-\x7f]{2})|(?=[^\x00-\x7f]))")
# Letters, figures and signs of ASCII but those that begin an entity or a tag, and the signs above one at a time.
PLAIN = re.compile("[\n -%'-;=-~]*(?:[‘’“”–—…£][\n -%'-;=-~]+)*[‘’“”–—…£]?")
# Chinese Windows' punctuation, taken for Latin-1.  ftfy does not know this accident.
GBK = {"¡®": "‘", "¡¯": "’", "¡°": "“", "¡±": "”", "¡ª": "—", "¡\u00ad": "…", "¨C": "–"}
GBK_SIGN = re.compile("¡[®¯°±ª\u00ad]|(?<![^\\W\\d_])¨C(?![^\\W\\d_])|(?<=[a-z])¨C(?=[a-z])")

# The most frequent words of English, then those of reviews that are words of English alone: a text with enough of them
# needs no language model, which takes half a second to load.
ENGLISH = frozenset(
    "the and i to a was my is for it of in she he me with that you they have so very had this at not but on be her his "
    "great "
    "about after always amazing any are awesome been best better could did does every everyone everything feel felt "
    "friendly from gave going good got has helped helpful highly how just knowledgeable know like love loved made make "
    "much never nothing our people recommend recommended really should some thank thanks their them there these things "
    "those time times too took visit week weeks went were what when which who wonderful work worked worth would years "
    "your".split()
)
# Languages that py3langid may answer; a free choice of 97 takes "Really good" for Dutch.
LANGUAGES = [
    "en",
    "es",
    "fr",
    "de",
    "it",
    "pt",
    "nl",
    "pl",
    "ru",
    "uk",
    "zh",
    "ja",
    "ko",
    "ar",
    "fa",
    "hi",
    "vi",
    "tl",
    "tr",
    "el",
]


def clean(reviews: pd.DataFrame) -> pd.DataFrame:
    """The table after ingest in, the same table with repaired texts and a language for each text out."""
    done = reviews.copy()
    for name in TEXT_COLUMNS:
        done[name] = [clean_text(value) for value in values(reviews, name)]
    done["language"] = [
        given[:2].lower() if given else language_of(text)
        for given, text in zip(values(reviews, "language"), values(done, "text"), strict=True)
    ]
    return done


def clean_text(text: object) -> str | None:
    """`text` with mojibake, entities, invisible characters and white space mended; None where nothing is left."""
    if not isinstance(text, str):
        return None
    if PLAIN.fullmatch(text):
        return (text if is_tidy(text) else mend_spaces(text)) or None
    for _ in range(MOST_ROUNDS):
        before = text
        for mend in MENDERS:
            text = mend(text)
        if text == before:
            break
    return text or None


def is_tidy(text: str) -> bool:
    """Whether a look is enough to see that there are no spaces to mend, as in most texts."""
    return not any(gap in text for gap in ("  ", " \n", "\n ", "\n\n\n")) and text == text.strip()


def mend_mojibake(text: str) -> str:
    """Undo a wrong decoding ("donâ€™t", "don¡¯t"); ftfy decides, and leaves sound text alone."""
    if not SUSPECT.search(text):
        return text
    from ftfy import fix_encoding

    return GBK_SIGN.sub(lambda sign: GBK[sign[0]], fix_encoding(text))


def mend_tags(text: str) -> str:
    """Take away the tags of an editor or a web form; a paragraph or a line of it stays one."""
    return FORMAT.sub("", BREAK.sub("\n", text)) if "<" in text else text


def mend_entities(text: str) -> str:
    """Turn HTML entities that a form left behind into their characters, however often they were escaped."""
    return ENTITY.sub(lambda entity: html.unescape(AMPERSANDS.sub("&", entity[0])), text)


def mend_characters(text: str) -> str:
    """One code point a character (NFC), no invisible ones, one kind of line end."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text))
    text = INVISIBLE.sub("", TAGS.sub(r"\1", text).encode("utf-8", "ignore").decode("utf-8"))
    return LONE_JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text


def mend_spaces(text: str) -> str:
    """Single spaces, at most one blank line, nothing at the ends."""
    text = SPACES.sub(" ", text)
    return (BLANK_LINES.sub("\n\n", LINE_END.sub("\n", text)) if "\n" in text else text).strip()


MENDERS = (mend_mojibake, mend_tags, mend_entities, mend_characters, mend_spaces)
# One accident can hide another ("&amp;lt;"); two rounds are usual, the bound is for texts made to last.
MOST_ROUNDS = 8


def language_of(text: str | None) -> str | None:
    """Language of `text` as two letters of ISO 639-1; None for no words."""
    words = re.findall(r"[^\W\d_]+", (text or "").casefold())
    if not words:
        return None
    if sum(map(ENGLISH.__contains__, words)) / len(words) >= 0.15 or (len(words) < 4 and "".join(words).isascii()):
        return "en"
    return str(_identifier().classify(text)[0])


@cache
def _identifier() -> Any:
    """The language model, loaded for the first text that needs it (0.2 s)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
