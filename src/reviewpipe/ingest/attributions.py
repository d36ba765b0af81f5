"""Lines that say who wrote a testimonial: "Dana W.", "- Ana, Leeds", "Sincerely, R. Okafor", "… so kind. ~ Mia"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from reviewpipe.ingest.cues import cues, says

# Longer lines are texts.
LONGEST = 80
MOST_WORDS = 6

DASH = r"(?:-{1,3}|[–—―~]|¨C)"
LEAD = re.compile(rf"^\s*(?:{DASH}|[*•|>]|(?i:(?:review(?:ed)?|submitted|posted|written)\s+by\b|by\b)\s*:?)\s*(?=\S)")
SAYS = re.compile(
    r"\s+(?:says|said|writes|wrote|(?:recommends|doesn['’]t recommend|does not recommend|is recommending) .{2,60}"
    r"|reviewed .{2,60}|shares|shared)\s*[:,.]?\s*$"
)
WORD = re.compile(r"[^\W\d_][\w'’`.-]*|&|\+")
# What may follow a name: a place, a role, a date, in brackets or behind a comma or bar.
TAIL = re.compile(rf"\s*[,|(/·•\[]\s*|\s+{DASH}\s*|\s+(?=from [A-Z])|\s+(?=aged? \d|on \d|on [A-Z])")
DATED = re.compile(r"\s+on\s+(?=\w)|\s*[,|(\[·–—-]\s*(?=(?:\w+\.? )?\d|[A-Z][a-z]+,? \d{4})")
INITIALS = re.compile(r"^(?:[A-Z]\.?\s?){1,4}$")
FACE = re.compile(r"\s*(?:[:;]-?[)D(P]|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f❤]+|x{1,3})\s*$")
PLACE = re.compile(r"(?:^|[\s,|(])[A-Z][\w.' -]*,?\s+(?:[A-Z]{2})\)?\.?$")
END_OF_TEXT = re.compile(r"[.!?…\"”'’)\]:*]\s*$")
ENDS = frozenset('.!?…"”')
# The last dash of a paragraph with what follows it; a dash inside a word has no white space or full stop before it.
INLINE = re.compile(rf"(?:(?<=\s)|(?<=[.!?…\"”’)*]))({DASH})\s*([^–—―~\n]{{1,70}})$")
AFTER_QUOTE = re.compile(r"^([\"“].{12,}[\"”])\s*,?\s*([^\"“”]{2,60})$", re.DOTALL)
IN_BRACKETS = re.compile(r"^(.{20,}[.!?…\"”])\s*[(\[]([^()\[\]]{2,50})[)\]]\s*$", re.DOTALL)
INLINE_HEAD = re.compile(rf"^([^:\n–—]{{2,60}}?)(\s*:|\s+{DASH})\s+(?=\S)")


@dataclass(frozen=True)
class Attribution:
    """Who wrote it: `name` as it stands there, `strength` from 1 (may be) to 3 (sure), `side` where its text is.

    `side` is before (the text came before the name: "- Dana"), after ("Dana says:") or either.
    """

    name: str
    strength: int
    side: str = "either"


def read(line: str) -> Attribution | None:
    """The attribution that the whole line is, if it is one."""
    line = line.strip(" \t*_")
    if not line or len(line) > LONGEST or line.count(" ") > 2 * MOST_WORDS or line[-1] in "!?;":
        return None
    signed = cues()["lines"]["sign_off"].match(line)
    if signed and ("," in signed.group() or line[0] in "-–—~" or signed.group().strip() != signed.group()):
        rest = line[signed.end() :]
        name = _name(rest, lenient=True) if rest else None
        if name and ("," in signed.group() or signed.group().lstrip("-–—~ ").lower().startswith("love")):
            return Attribution(name.name, 3, "before")
    lead = LEAD.match(line)
    if lead:
        name = _name(line[lead.end() :], lenient=True)
        return name and Attribution(name.name, min(3, name.strength + 1), "before")
    said = SAYS.search(line)
    if said or line.endswith(":"):
        name = _name(line[: said.start()] if said else line[:-1], lenient=said is not None)
        return name and replace(name, side="after")
    return _name(line, lenient=False)


def is_sign_off(line: str) -> bool:
    """Whether the line is nothing but "Sincerely," or the like, so that the next one is the name."""
    signed = cues()["lines"]["sign_off"].fullmatch(line.strip())
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
            return body, Attribution(name.name, 3 if sure else 1, "before")
    for pattern, enough in ((AFTER_QUOTE, 1), (IN_BRACKETS, 3)):
        match = pattern.match(text)
        if match and (name := _name(LEAD.sub("", match.group(2)), lenient=False)) and name.strength >= enough:
            return match.group(1), Attribution(name.name, 3, "before")
    return None


def split_head(text: str) -> tuple[Attribution, str] | None:
    """The name at a text's beginning ("Dana R.: I came …") and the text, where there is one."""
    match = INLINE_HEAD.match(text)
    if not match or len(text) - match.end() < 15:
        return None
    head = match.group(1)
    said = SAYS.search(head)
    name = _name(head[: said.start()] if said else head, lenient=False)
    rest = text[match.end() :].strip()
    quoted = rest[0] in '"“' and rest[-1] in '"”'
    if name is None or (name.strength < 2 and not said and not quoted):
        return None
    return replace(name, strength=3 if said else name.strength, side="after"), rest


def without_date(name: str) -> str:
    """A name without the date behind it ("Dana W., May 2023", "Dana on 5/4/2023")."""
    parts = DATED.split(name, maxsplit=1)
    return parts[0] if len(parts) > 1 and says(parts[1].rstrip(")]"), "date") else name


def is_no_person(text: str) -> bool:
    """Whether these are everyday words: a field for a name was filled in with something else."""
    known, words = cues()["names"], WORD.findall(text)
    everyday = all(w.lower().strip(".'’") in known["ordinary"] | known["particles"] for w in words)
    return bool(words) and everyday and not known["nameless"].match(text.strip())


def looks_like_title(line: str) -> bool:
    """Most words begin with a capital and no sentence ends: a heading, a menu entry, a name of a treatment."""
    words = [w for w in line.split() if w[0].isalpha()]
    if not words or line[-1] in ".!,;…" or len(words) > 10:
        return False
    return sum(w[0].isupper() or len(w) <= 3 for w in words) >= 0.75 * len(words) and words[0][0].isupper()


def _name(text: str, *, lenient: bool) -> Attribution | None:
    """The name that `text` is, with place or role behind it; `lenient` after a dash or greeting, which make it sure."""
    text = FACE.sub("", text.strip(" \t*_,")).strip()
    if not text or len(text) > LONGEST:
        return None
    if cues()["names"]["nameless"].match(text):
        return Attribution(text, 3 if lenient else 2)
    head, tail = _parts(text)
    strength = _strength(head, tail, lenient=lenient)
    if not strength or not _may_follow(tail):
        return None
    dashed = tail and re.match(rf"\s+{DASH}\s", text[len(head) :])
    return Attribution(head if dashed else without_date(text), strength)


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
    if not words or len(words) > MOST_WORDS or re.search(r"[\d@#%$=<>{}\\]|\.\s*\w+\.\w|[.!?]\s+[a-z]", head):
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
    if not persons or (len(persons) < len(core) - honorific and not (_is_initial(core[-1][0]) or honorific)):
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
        return int(lenient)
    return 3 if lenient or tail or "." in head else int(len(letters) == 2)


def _is_initial(word: str) -> bool:
    """C, C. or Mc. at the end of a name."""
    return len(word.rstrip(".")) == 1 and word[0].isupper()
