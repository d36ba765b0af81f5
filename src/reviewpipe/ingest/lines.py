"""What a page and a paste are reduced to: lines with their place and hints, each understood by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.attributions import Attribution
from reviewpipe.ingest.cues import cues, is_filler, says, voice

if TYPE_CHECKING:
    from collections.abc import Iterable

# A title or a name is shorter than this; so is what a page says about its reviews.
SHORT = 80
# No review is longer; looking for names in a line of megabytes takes minutes.
LONGEST = 100_000

# Hints of which the line is somebody's words.
SPOKEN = ("text", "declared", "message", "said", "words")
OPENING, CLOSING = '"“«„', '"”»“'
META = ("count", "ago", "date", "stars")
GLYPHS = re.compile(r"((?:\b\d[.,]\d\s*)?[★☆⭐✩✭✮\ufe0f\ue838-\ue83a][★☆⭐✩✭✮\ufe0f\ue838-\ue83a\s]*)")
LETTER = re.compile(r"[^\W\d_]")
DATED_TEXT = re.compile(r"^(.{12,}?)\s*[(\[]([^()\[\]]{4,40})[)\]]$", re.DOTALL)
ASIDE = re.compile(r"\([^()]{12,}\)|\[[^\[\]]{12,}\]")
IN_LIST = re.compile(r"^\d{1,2}[.)] ")
STARS = "[★☆⭐✩✭✮🌟\ufe0f\ue838-\ue83a]"
GIVEN = "★☆⭐✩✭✮🌟\ufe0f\ue838\ue839\ue83a5"
STARS_FIRST = re.compile(rf"^\s*({STARS}{{1,12}}|[1-5](?:[.,]\d)?/5\b)[\s:–-]+(?=[^\W\d_]|[\"“„«])(.{{2,}})$")
STARS_LAST = re.compile(rf"^([^★☆⭐]{{2,}}?)\s+({STARS}{{1,12}}|[1-5]/5)$")
FIGURE = re.compile(r"[1-5][.,]\d(?: ?/ ?5)?$")
CUT = re.compile(
    r"\s*(?:(?:…|\.{3})\s*(?:(?:read|see|show|view)\s+)?|(?:read|see|show|view)\s+)more\W*$|(?-i:(?<=[.!?])\s+More\W*$)"
    r"|\s(?:…|\.{3})$|\s*\[(?:…|\.{3})\]$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A line that a reader sees.

    `pieces` are the parts of the input that it was made of; `gap` is the distance to the line before: 1 next line,
    2 next paragraph, 3 and more further; `hint` is what the markup says it is (author, text, date, rating, reply,
    note, heading, "linked" for one that leads to an article, chrome, "declared" for a text in a format made for
    reviews, "message" in a chat, "letter" in a mail, "said" in a list of clients' words, "words" by their place among
    reviews of one shape, or nothing); `cell` the card that it stands in (0 is none); `marked`: the markup says that
    this is a testimonial; `form`: the tags and classes around it, alike for the same part of each card.
    """

    text: str
    pieces: tuple[int, ...]
    gap: int = 2
    hint: str = ""
    cell: int = 0
    marked: bool = False
    form: str = ""


@dataclass(frozen=True)
class Unit:
    """A line with its meaning: kind is prose, name, meta, heading, note, reply, furniture, chrome or placeholder."""

    line: Line
    kind: str
    text: str
    voice: float = 0.0
    name: Attribution | None = None
    values: tuple[tuple[str, str], ...] = ()

    @property
    def opens(self) -> bool:
        """Whether a quotation begins here."""
        return self.text[:1] in OPENING and self.text[:1] != ""

    @property
    def closes(self) -> bool:
        """Whether a quotation ends here."""
        return self.text[-1:] in CLOSING and self.text[-1:] != ""

    @property
    def unclosed(self) -> bool:
        """Whether a quotation begins here and goes on behind this line."""
        if not self.opens or (self.closes and len(self.text) > 1):
            return False
        first = self.text[0]
        return self.text.count('"') % 2 == 1 if first == '"' else self.text.count(first) > self.text.count("”")


def units(line: Line) -> Iterable[Unit]:
    """The units of a line: one, or a text and its name."""
    if len(line.text) > LONGEST:
        return [Unit(line, "endless", line.text)]
    if line.hint in ("", "letter") and (stars := _stars_apart(line)):
        return [unit for one in stars for unit in units(one)]
    unit = _unit(line)
    quoted = unit.kind == "heading" and unit.closes
    if (unit.kind != "prose" and not quoted) or line.hint in ("message", "words"):
        return [unit]
    if line.text[-1] in ")]" and (dated := DATED_TEXT.match(line.text)):
        text, date = dated.groups()
        if says(date, "date") or says(date, "ago"):
            return [_prose(line, text), Unit(replace(line, gap=0), "meta", date, values=(("date", date),))]
    if is_aside(line.text):
        return [unit]
    if tail := attributions.split_tail(line.text):
        return [_prose(line, tail[0]), as_name(replace(line, gap=0), tail[1])]
    if line.hint not in SPOKEN and (head := attributions.split_head(line.text)):
        return [as_name(line, head[0]), _prose(replace(line, gap=0), head[1])]
    return [unit]


def is_aside(text: str) -> bool:
    """Whether it stands in brackets as a whole, as what an editor adds to a text does."""
    return ASIDE.fullmatch(text) is not None


def _stars_apart(line: Line) -> list[Line]:
    """Stars at the head or end of a text, and the text; nothing if there are no such, or nothing but such."""
    if line.text[0].isalpha() and line.text[-1] not in GIVEN:
        return []
    match = STARS_FIRST.match(line.text) or STARS_LAST.match(line.text)
    if not match or meta(line.text) or len(match.group(1).strip()) < 1:
        return []
    parts = [part.strip(" -–—:·") for part in match.groups()]
    if not all(parts):
        return []
    hint = "said" if parts[1][-1] in ".!" else ""  # else a name may stand behind the stars
    return [replace(line, text=parts[0]), replace(line, text=parts[1], gap=0, hint=hint)]


def _unit(line: Line) -> Unit:  # noqa: PLR0911  a list of questions, in their order
    """The meaning of a line as a whole."""
    if says(line.text if len(line.text) < 2 * SHORT else line.text[: SHORT // 2], "placeholder"):
        return Unit(line, "placeholder", line.text)
    if is_filler(line.text):
        return Unit(line, "placeholder", line.text)
    if line.hint in ("", *SPOKEN) and len(line.text) <= 2 * SHORT and says(line.text, "wordless"):
        return Unit(line, "furniture", line.text)
    if line.hint and line.hint != "letter":
        return _hinted(line)
    if not LETTER.search(line.text) and FIGURE.match(line.text):
        return Unit(line, "meta", line.text, values=(("figure", line.text),))
    values = meta(line.text) if len(line.text) <= SHORT else ()
    if values:
        return Unit(line, "meta", line.text, values=values)
    if says(line.text, "reply"):
        return _reply(line)
    if len(line.text) <= 2 * SHORT and says(line.text, "furniture"):
        return Unit(line, "furniture", line.text)
    return _spoken(line)


def _spoken(line: Line) -> Unit:
    """A greeting, a name, or what is left: see _sentence."""
    if len(line.text) < SHORT and says(line.text, "salutation"):
        return _prose(line, line.text)
    if attributions.is_sign_off(line.text):
        return Unit(line, "note", line.text, values=(("sign_off", line.text),))
    name = attributions.read(line.text)
    sure = name is not None and (name.side == "before" or (name.side == "after" and not line.text.endswith(":")))
    if name and (sure or not says(line.text, "testimonial_heading")):
        return as_name(line, name)
    return _sentence(line)


def _sentence(line: Line) -> Unit:
    """A heading, a part of the page's frame, or somebody's words."""
    spoken = voice(line.text)
    if (len(line.text) < SHORT or spoken < 0) and says(line.text, "chrome"):
        return Unit(line, "chrome", line.text)
    if IN_LIST.match(line.text):
        return Unit(line, "prose", line.text, spoken)
    short = len(line.text) <= SHORT and not line.text.endswith((".", "!", "…")) and line.text[0] not in OPENING
    titled = attributions.looks_like_title(line.text) or line.text[-1] in ":?"
    if says(line.text, "announcement") and len(line.text) <= 2 * SHORT and line.text[-1] not in ".!":
        return Unit(line, "heading", line.text)
    if (
        len(line.text) <= SHORT
        and says(line.text, "testimonial_heading")
        and spoken < 1.0
        and (titled or line.text[-1] in ".!" or line.text.count(" ") < 6)
    ):
        return Unit(line, "heading", line.text)
    if short and titled and spoken < (0.4 if line.text[-1] not in ":?" else 1.5):
        return Unit(line, "heading", line.text)
    if not LETTER.search(line.text) and line.text[0] not in OPENING:
        return Unit(line, "furniture", line.text)
    return Unit(line, "prose", line.text, spoken)


def _hinted(line: Line) -> Unit:
    """A line of which the markup says what it is."""
    if line.hint == "author" and attributions.is_no_person(attributions.part_date(line.text)[0]):
        return Unit(line, "placeholder", line.text)
    if line.hint == "author":
        stated = re.sub(r"^(?:[-–—―~|]|by\b|reviewer:|author:|name:)\s*", "", line.text, flags=re.IGNORECASE).strip(
            " -–—,"
        )
        stated, date = attributions.part_date(attributions.bare(attributions.speaker(stated)))
        fits = len(line.text) <= SHORT and stated != ""
        return as_name(line, Attribution(stated, 3, date=date)) if fits else _prose(line, line.text)
    if line.hint in ("date", "rating", "recommended"):
        return Unit(line, "meta", line.text, values=((line.hint, line.text),))
    if line.hint in ("heading", "linked"):
        name = attributions.read(line.text)
        named = name and name.strength >= 2 and not says(line.text, "testimonial_heading")
        return as_name(line, name) if name and named else Unit(line, "heading", line.text)
    if line.hint in SPOKEN:
        return _prose(line, line.text)
    if line.hint == "reply" and says(line.text, "reply"):
        return _reply(line)
    return Unit(line, line.hint, line.text)


def _reply(line: Line) -> Unit:
    """An answer without the words that announce it and their date."""
    rest = cues()["lines"]["reply"].pattern.sub("", line.text)
    return Unit(line, "reply", rest if len(line.text) > SHORT or "ago" not in rest else "")


@lru_cache(maxsize=4096)
def meta(text: str) -> tuple[tuple[str, str], ...]:
    """What a line says about a review ("★★★★☆ · 2 months ago"), as (date or rating, its words); () if it is no such."""
    parts = [p.strip() for chunk in GLYPHS.split(text) for p in re.split(r"[·•|・]| [-–—] ", chunk)]
    parts = [p for p in parts if p]
    whole = next((what for what in META if says(text, what)), None)
    kinds = [whole] if whole else [next((w for w in (*META, "furniture") if says(p, w)), None) for p in parts]
    if "·" in text or "•" in text:  # "Oct 14, 2024 • 60 Minute Massage": a date's neighbours do not matter
        kinds = [k or (kinds[0] in ("ago", "date") and "furniture") or None for k in kinds]
    if not kinds or None in kinds or set(kinds) == {"furniture"}:
        return ()
    given = {"ago": "date", "date": "date", "stars": "rating", "count": "count", "furniture": "count"}
    return tuple((given[k], p) for k, p in zip(kinds, [text] if whole else parts, strict=True) if k)


def _prose(line: Line, text: str) -> Unit:
    return Unit(line, "prose", text, voice(text))


def as_name(line: Line, name: Attribution) -> Unit:
    """The line as the name of who wrote what stands beside it."""
    return Unit(line, "name", line.text, name=name)
