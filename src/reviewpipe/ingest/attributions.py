"""Lines that say who wrote a testimonial: "Dana W.", "- Ana, Leeds", "Sincerely, R. Okafor", "… so kind. ~ Mia"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from reviewpipe.ingest.cues import cues, says

# Longer lines are texts.
LONGEST = 80
MOST_WORDS = 6

DASH = r"(?:-{1,3}|[–—―~]|¨C)"
LEAD = re.compile(
    rf"^\s*(?:{DASH}|…|\.{{3}}|[*•|>]|(?i:(?:review(?:ed)?|submitted|posted|written)\s+by\b|by\b)\s*:?)\s*(?=\S)"
)
SAYS = re.compile(
    r"\s+(?:says|said|writes|wrote|(?:recommends|doesn['’]t recommend|does not recommend|is recommending) .{2,60}"
    r"|(?:wrote|left|posted) an? (?:\w+ )?(?:review|recommendation|testimonial)(?P<rest>.{0,60})|reviewed .{2,60}"
    r"|is .{0,20}feeling .{2,70}|shares|shared"
    r"|recomienda .{2,60}|recommande .{2,60}|empfiehlt .{2,60}|consiglia .{2,60}|recomenda .{2,60}"
    r"|beveelt .{2,60})\s*[:,.]?\s*$"
)
BYLINE = re.compile(
    r"^(?:posted|published|written|submitted|added|reviewed) (?:on|in) (.{4,30}?),? by (.{2,50})$", re.IGNORECASE
)
RECOMMENDS = re.compile(
    r"recommends|is recommending|does(?:n['’]t| not) recommend"
    r"|recomienda|recommande|empfiehlt|consiglia|recomenda|beveelt"
)

WORD = re.compile(r"[^\W\d_][\w'’`.-]*|&|\+")
# What may follow a name: a place, a role, a date, in brackets or behind a comma or bar.
TAIL = re.compile(rf"\s*[,;|(/·•\[]\s*|\s+{DASH}\s*|\s+(?=from [A-Z])|\s+(?=aged? \d|on \d|on [A-Z])")
DATED = re.compile(r"\s+on\s+(?=\w)|\s*[,|(\[·•–—-]\s*(?=\S)|\s+(?=\d{1,4}[/.-]\d)")
# What stands in brackets behind a name is a town, a treatment or a website.
ASIDE = re.compile(r"\s+[(\[][^()\[\]]{1,40}[)\]]$")
INITIALS = re.compile(r"^(?:[A-Z]\.?\s?){1,4}$")
FACE = re.compile(r"\s*(?:[:;]-?[)D(P]|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f❤]+|x{1,3})\s*$")
PLACE = re.compile(r"(?:^|[\s,|(])[A-Z][\w.' -]*,?\s+(?:[A-Z]{2})\)?\.?$")
END_OF_TEXT = re.compile(r"[.!?…\"”'’)\]:*]\s*$")
ENDS = frozenset('.!?…"”')
# The last dash of a paragraph with what follows it; a dash inside a word has no white space or full stop before it.
INLINE = re.compile(rf"(?:(?<=\s)|(?<=[.!?…\"”’)*]))({DASH})\s*([^–—―~\n]{{1,70}})$")
AFTER_QUOTE = re.compile(r"^([\"“].{12,}[\"”])\s*,?\s*([^\"“”]{2,60})$", re.DOTALL)
IN_BRACKETS = re.compile(r"^(.{12,}?)\s*(?<![(\[])[(\[]([^()\[\]]{2,50})[)\]]\s*$", re.DOTALL)
# Three dots may stand for the dash before a name.
AFTER_DOTS = re.compile(r"^(.{6,}?)\s*(?<!\.)(?:\.{3,4}|…)\s*([^.…\n][^…\n]{1,58})$", re.DOTALL)
# "Mrs D.'s, 5 sessions" heads what is told of her.
OWNS = re.compile(r"(?<=\w\.)['’]s(?=,|$)")
QUOTES = tuple('"“”„«»')
# Here a name ends, whatever follows.
CLOSED = re.compile(rf"\s*;\s*|\s+{DASH}\s+|\s+(?=from [A-Z])")
NO_NAME = re.compile(r"[\d@#%$=<>{}\\]|\.\s*\w+\.\w|[.!?]\s+[a-z]")
SENTENCE = re.compile(r"[^\W\d_]{4}\.$")
PLAIN = re.compile(r"^(?:[^\W\d_][\w'’.-]*|&)$")
QUOTED_HEAD = re.compile(r"^([^:\n–—\"“”]{2,60}? (?:said|says|wrote|writes))()[,:]?\s+(?=[\"“].{10,}[\"”]$)")
# "9-year-old S.: "…"", as those who treat children write.
AGED_HEAD = re.compile(
    r"^\d{1,2}[- ]{0,2}(?:years?|yrs?)[- ]{0,2}old,? ([^\n\"“”:]{1,30}?)[,:]?\s+([\"“].+[\"”])$", re.DOTALL
)
INLINE_HEAD = re.compile(rf"^([^:\n–—]{{2,60}}?)(\s*:|\s+{DASH})\s+(?=\S)")


@dataclass(frozen=True)
class Attribution:
    """Who wrote it: `name` as it stands there, `strength` from 1 (may be) to 3 (sure), `side` where its text is.

    `side` is before (the text came before the name: "- Dana"), after ("Dana says:") or either; `date` stood beside it.
    """

    name: str
    strength: int
    side: str = "either"
    date: str = ""


@lru_cache(maxsize=4096)
def read(line: str) -> Attribution | None:
    """The attribution that the whole line is, if it is one."""
    line = line.strip(" \t*_")
    if line[:1] in QUOTES and line[-1:] in QUOTES:
        return None
    if not line or len(line) > LONGEST or line.count(" ") > 2 * MOST_WORDS or line[-1] in "!?;":
        return None
    if byline := BYLINE.match(line):
        name = _name(byline.group(2), lenient=True)
        return name and replace(name, date=byline.group(1))
    signed = cues()["lines"]["sign_off"].pattern.match(line)
    if signed and ("," in signed.group() or line[0] in "-–—~" or signed.group().strip() != signed.group()):
        rest = line[signed.end() :]
        name = _name(rest, lenient=True) if rest else None
        if name and ("," in signed.group() or signed.group().lstrip("-–—~ ").lower().startswith("love")):
            return replace(name, strength=3, side="before")
    lead = LEAD.match(line)
    if lead:
        rest = line[lead.end() :]
        name = _name(rest, lenient=True) or (Attribution(rest, 3) if says(rest, "own_role") else None)
        side = "either" if " by" in lead.group().lower() else "before"  # "Posted by …" may head its text
        return name and replace(name, strength=min(3, name.strength + 1), side=side)
    said = SAYS.search(line)
    if said or line.endswith(":"):
        name = _name(line[: said.start()] if said else line[:-1], lenient=said is not None)
        return name and replace(name, side="after", date=name.date or (_said_on(said) if said else ""))
    return _name(line, lenient=False)


def speaker(line: str) -> str:
    """Who does what in "Ann recommends the Old Mill": the line without its verb and what follows it."""
    said = SAYS.search(line)
    return line[: said.start()].strip() if said and said.start() else line


def recommends(line: str) -> str:
    """The verb in "Ann doesn't recommend the Old Mill", or nothing."""
    said = SAYS.search(line)
    verb = RECOMMENDS.match(said.group().strip()) if said else None
    return verb.group() if verb else ""


def _said_on(said: re.Match[str]) -> str:
    """The date in "wrote a review Apr 2026", or nothing."""
    words = (said.group("rest") or "").strip(" ·,.").removeprefix("on ").removeprefix("in ")
    return words if says(words, "date") or says(words, "ago") else ""


def is_sign_off(line: str) -> bool:
    """Whether the line is nothing but "Sincerely," or the like, so that the next one is the name."""
    signed = cues()["lines"]["sign_off"].pattern.fullmatch(line.strip())
    ends = line.strip()[-1:] in (",", "-", "–", "—") or line.lower().rstrip().endswith(
        ("regards", "wishes", "sincerely")
    )
    return signed is not None and ends and len(line) <= 40


def split_tail(text: str) -> tuple[str, Attribution] | None:
    """A text and the name at its end ("… so kind. - Dana, Leeds"), where there is one."""
    found = INLINE.search(text)
    if found:
        body, name = text[: found.start()].rstrip(), _name(found.group(2), lenient=True)
        if name and (len(body.split()) >= 2 or body[-1:] in ENDS) and not body.endswith(","):
            sure = END_OF_TEXT.search(body) or name.strength == 3
            return body, replace(name, strength=3 if sure else 1, side="before")
    dotted = AFTER_DOTS.match(text)
    if dotted and (name := _name(dotted.group(2).rstrip("!"), lenient=False)) and name.strength >= 2:
        return dotted.group(1), replace(name, strength=3, side="before")
    for pattern in (AFTER_QUOTE, IN_BRACKETS):
        match = pattern.match(text)
        if match and (name := _name(LEAD.sub("", match.group(2)), lenient=False)):
            ended = pattern is AFTER_QUOTE or name.date or match.group(1)[-1] in '"”»'
            ended = ended or "," in name.name or says(name.name, "unnamed")
            if ended or name.strength >= (2 if match.group(1)[-1] in ENDS else 3):
                return match.group(1), replace(name, strength=3, side="before")
    return None


def split_head(text: str) -> tuple[Attribution, str] | None:
    """The name at a text's beginning ("Dana R.: I came …") and the text, where there is one."""
    aged = AGED_HEAD.match(text)
    if aged and (name := _name(aged.group(1), lenient=True)):
        return replace(name, side="after"), aged.group(2)
    match = INLINE_HEAD.match(text) or QUOTED_HEAD.match(text)
    if not match or len(text) - match.end() < 15:
        return None
    head = match.group(1).removeprefix("From ")
    said = SAYS.search(head)
    name = _name(head[: said.start()] if said else head, lenient=False)
    rest = text[match.end() :].strip()
    quoted = rest[0] in '"“' and rest[-1] in '"”'
    if name is None or (name.strength < 2 and not said and not quoted and head == match.group(1)):
        return None
    return replace(name, strength=3 if said else name.strength, side="after"), rest


def part_date(name: str) -> tuple[str, str]:
    """A name and the date beside it ("Dana W., May 2023", "Dana on 5/4/2023"); the date is empty if there is none."""
    for cut in DATED.finditer(name):
        date = name[cut.end() :].rstrip(" )].")
        if says(date, "date") or says(date, "ago"):
            return name[: cut.start()].strip(), date
    return name, ""


def is_no_person(text: str) -> bool:
    """Whether these are everyday words: a field for a name was filled in with something else."""
    known, words = cues()["names"], WORD.findall(text)
    everyday = all(w.lower().strip(".'’") in known["ordinary"] | known["particles"] for w in words)
    initials = INITIALS.match(text) is not None
    return bool(words) and everyday and not initials and not known["nameless"].match(text.strip())


def may_be_plain(line: str) -> bool:
    """Whether it could be a name that is written without capitals, or with letters only."""
    words = line.strip(" .,").split()
    everyday = cues()["names"]["ordinary"] | cues()["names"]["particles"]
    return 1 <= len(words) <= 4 and all(PLAIN.match(w) for w in words) and words[0].lower() not in everyday


def looks_like_title(line: str) -> bool:
    """Most words begin with a capital and no sentence ends: a heading, a menu entry, a name of a treatment."""
    words = [w for w in line.split() if w[0].isalpha()]
    if not words or line[-1] in ".!,;…" or len(words) > 10:
        return False
    return sum(w[0].isupper() or len(w) <= 3 for w in words) >= 0.75 * len(words) and words[0][0].isupper()


def _name(text: str, *, lenient: bool) -> Attribution | None:
    """The name that `text` is, with place or role behind it; `lenient` after a dash or greeting, which make it sure."""
    text, date = part_date(FACE.sub("", text.strip(" \t*_,")).strip())
    if not text or len(text) > LONGEST:
        return None
    if cues()["names"]["nameless"].match(text):
        return Attribution(text, 3 if lenient else 2, date=date)
    text = ASIDE.sub("", text)
    head, tail = _parts(text)
    strength = _strength(head, tail, lenient=lenient)
    if not strength or not _may_follow(tail):
        return None
    return Attribution(bare(text), strength, date=date)


def bare(name: str) -> str:
    """A name without the town, role or treatment that stands behind a dash, a semicolon or "from"."""
    cut = CLOSED.search(name)
    return OWNS.sub("", name[: cut.start()] if cut and cut.start() > 0 else name)


def _parts(text: str) -> tuple[str, str]:
    """Name and what follows it; a suffix behind a comma (", M.D.") belongs to the name's words."""
    cut = TAIL.search(text)
    return (text, "") if not cut else (text[: cut.start()].strip(), text[cut.end() :].strip(" )]"))


def _may_follow(tail: str) -> bool:
    """Whether it is short enough, and no sentence, to be a place, a role or a date."""
    return len(tail.split()) <= 7 and not re.search(
        r"[.!?]\s+[a-z]|[!?]$|[\"“”]|\b(?:I|my|was|were|am|you|your)\b", tail
    )


def _strength(head: str, tail: str, *, lenient: bool) -> int:
    """How surely `head` is a person: 0 is not, 3 is."""
    words = WORD.findall(head)
    sentence = SENTENCE.search(head) is not None and tail != ""  # "Fine. - Ann"
    if not words or len(words) > MOST_WORDS or sentence or NO_NAME.search(head):
        return 0
    known = cues()["names"]
    bare = [w.lower().strip(".'’") for w in words]
    if bare[0] == "the" and bare[-1] == "family":
        return 3
    core = [(w, b) for w, b in zip(words, bare, strict=True) if w not in known["particles"]]
    if bare[0] == "the" and lenient and len(words) <= 3:
        return int(bare[-1] not in known["ordinary"])
    if not core or bare[0] in ("and", "of", "the", "with", "&", "+"):
        return 0
    honorific = any(b in known["honorifics"] for b in bare)
    if INITIALS.match(head):
        return _initials(head, tail, lenient=lenient)
    if not all(w[0].isupper() or w[0].lower() == w[0].upper() for w, _ in core):
        return int(lenient and len(words) <= 2 and not any(b in known["ordinary"] for b in bare))
    persons = [w for w, b in core if b not in known["ordinary"] and b not in known["honorifics"]]
    # Many a surname is an everyday word; behind a dash a first name is enough.
    signed = lenient and 2 <= len(core) <= 3 and core[0][0] in persons
    if not persons or (len(persons) < len(core) - honorific and not (_is_initial(core[-1][0]) or honorific or signed)):
        return 0
    return min(3, _base(core, tail, honorific=honorific) + lenient)


def _base(core: list[tuple[str, str]], tail: str, *, honorific: bool) -> int:
    """Strength of capitalised words that are in no word list."""
    last = core[-1][0]
    if honorific or (len(core) > 1 and _is_initial(last)) or (tail and PLACE.search(" " + tail)):
        return 3
    if len(core) > 1 and core[-1][1] in cues()["names"]["suffixes"]:
        return 3
    town = 0 < len(tail.split()) <= 3 and all(w[0].isupper() for w in tail.split())
    return 2 if 2 <= len(core) <= 4 or town else 1


def _initials(head: str, tail: str, *, lenient: bool) -> int:
    """Strength of H.M., B. L., DK: sure with full stops, a place or a dash; else it may be any abbreviation."""
    letters = re.sub(r"[^A-Z]", "", head)
    if len(letters) < 2:
        return int(lenient) or (2 if tail and "." in head else 0)
    return 3 if lenient or tail or "." in head else int(len(letters) == 2)


def _is_initial(word: str) -> bool:
    """C, C. or Mc. at the end of a name."""
    return len(word.rstrip(".")) == 1 and word[0].isupper()
