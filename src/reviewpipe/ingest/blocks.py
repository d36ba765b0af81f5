"""Pastes from platforms: lines of the same kinds in the same order for every review, read by their places.

Each line gets one letter for its kind, so that a paste becomes a word, and the order of a review's parts a pattern over
it.  The order that explains the paste best is taken.  Then its place says what a line is: a text of one word is a text,
and what stands where the others have their names is a name.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import cues, says, voice
from reviewpipe.ingest.lines import FIGURE, Line, meta

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The lines of a review and what each is in it: name, words or other.
Block = dict[int, str]

# n a name, b a name (or a place) with a date, o short and may be anything, t words, d a date, s stars, k a count,
# f a button or label, r the head of an answer, h a heading, x read by another shape, | white space wider than usual.
HEADER = r"(?:[nb]\|?[kfo]{0,9}?[ds]|o[kf]{0,6}[ds]|b)"
ORDERS = {
    "name, date, words": re.compile(
        r"(?P<name>[nob])(?:(?<=n)\|?[kfo]{0,9}?[ds]|(?<=o)[kf]{0,6}[ds]|(?<=b))(?:[dskf]*o[kf]*d(?=[dskf|]*[to]))?[dskf]*"
        rf"\|?(?P<words>(?:(?!{HEADER})[to]\|?(?:(?!{HEADER})[ton]\|?)*)?)"
    ),
    "date, words, name": re.compile(r"[ds][dskf]*\|?(?P<words>(?:[tob]\|?)*?[to])[kf]{0,2}(?P<name>[nob])(?![to])"),
    "words, name, date": re.compile(
        r"(?:s[kf]*)?(?P<words>(?:[to]\|?)*?[to])[kf]{0,2}(?P<name>[no](?=[kf]{0,3}d|kf)|b)[dkf]*"
    ),
    "name, words, date": re.compile(r"(?P<name>[no])[kfo]{0,4}?(?P<words>[to]*?[to])[kf]{0,2}d[dskf]*"),
    "date, name, words": re.compile(r"[ds][dskf]*(?P<name>[nb])[kf]{0,2}\|?(?P<words>(?:[to]\|?)*[to])"),
}
HINTS = {"d": "date", "b": "date", "s": "rating"}
GIVEN: dict[str, Callable[[str], object]] = {
    "rating": FIGURE.match,
    "recommended": lambda text: says(text, "recommends"),
}
# So many reviews in one order are no accident; where there is such a list, so many in another one.
LIST, SECOND = 3, 2
LONGEST, SHORT = 80, 45
WORTH = {"n": 1.0, "b": 1.0, "t": 1.0, "o": 0.4}
# A voice that is a client's, and so somebody's review that an order leaves out.
CLIENT = 0.9
END = ".!?…"
BULLETS = "•·|"
PLAIN = re.compile("[\x20-\x7e\xa0-\u2bff\ue000-\uf8ff]")
OF_TOWN = re.compile(r"\s+(?:in|from|of) [A-Z][^,–—]{1,40}, [A-Z]{2}\b")
TREATED = re.compile(r"^[A-Z][^.!?]* (?:with|by) [A-Z][\w'’-]*(?: [A-Z][\w'’-]*\.?)?$")
COUNTED = re.compile(r"[\d()·•|・]+")
SIGNS = re.compile(r"[\W\d_]+")
FACES = re.compile(r"[^\w.!?…\"”')]+$")


def blocks(lines: Sequence[Line]) -> list[Line]:
    """The lines of a paste from a platform with their roles as hints, each review in a cell; others as they are."""
    letters = _letters(lines)
    result = list(lines)
    least, read = LIST, False
    for _ in ORDERS:
        found = _best(lines, letters, least)
        if not found:
            break
        for block in found:
            if not (read and _answers(result, block)):
                _hint(result, letters, block, "message" if read else "words")
        letters = ["x" if line.hint else letter for line, letter in zip(result, letters, strict=True)]
        least, read = SECOND, True
    return _without_frame(result, letters) if read else result


def _letters(lines: Sequence[Line]) -> list[str]:
    """The kind of each line."""
    folded = [SIGNS.sub(" ", line.text.lower()).strip() if len(line.text) <= LONGEST else "" for line in lines]
    counts = Counter(folded)
    letters = [_letter(line, counts[words] if words else 0) for line, words in zip(lines, folded, strict=True)]
    buttons = {words for words, letter in zip(folded, letters, strict=True) if letter == "f"}
    places = {words for words in buttons if " " in words and counts[words] >= SECOND}
    for i, line in enumerate(lines):
        about = letters[i] == "o" and any(words in folded[i] for words in places)
        if about or (letters[i] in "to" and _is_row_of(buttons, line.text)):
            letters[i] = "f"
    for i in range(len(lines) - 1):
        if letters[i + 1] in "nob" and letters[i] in "nof" and _is_mark(lines[i].text, lines[i + 1].text):
            letters[i : i + 2] = ["f", "b" if letters[i + 1] == "b" else "n"]
        if letters[i] == "n" and letters[i + 1] == "b":
            letters[i + 1] = "d"  # a town and a date below the name
        if letters[i] == "o" and lines[i + 1].text in BULLETS and not attributions.read(lines[i].text.rstrip("…")):
            letters[i] = "f"  # one of several marks with dots between them
        if letters[i] == "f" and lines[i + 1].text.startswith(("by ", "with ")):
            letters[i + 1] = "f"  # who gave the treatment
        if letters[i + 1] in "ontf" and len(lines[i + 1].text) <= SHORT and says(lines[i].text, "aspect"):
            letters[i : i + 2] = ["f", "f"]  # a question of the platform and its answer
    return letters


def _is_row_of(buttons: set[str], text: str) -> bool:
    """Whether it is several buttons with their counts in one line."""
    parts = [part.strip().lower() for part in COUNTED.split(text) if part.strip()]
    return len(parts) > 1 and len(text) <= LONGEST and all(p in buttons or says(p, "furniture") for p in parts)


def _letter(line: Line, count: int) -> str:  # noqa: C901, PLR0911  a list of questions, in their order
    """The kind of a line that stands `count` times in the paste; what stands there often is no review's own."""
    text = line.text
    if line.hint or line.cell:
        return "h" if line.hint == "heading" else "x"
    if len(text) > LONGEST:
        return "r" if says(text, "reply") else "t"
    if values := meta(text):
        kinds = {key for key, _ in values}
        return "d" if "date" in kinds else "s" if "rating" in kinds else "k"
    if text[0] in BULLETS or (text[-3:-2] == " " and says(text, "place_only")):
        return "k"  # where somebody comes from
    if not any(map(str.isalpha, text)):
        return "t" if len(text) > 1 and text.isprintable() and not PLAIN.search(text) else "k"
    if says(text, "reply") or says(text, "owner_mark"):
        return "r"
    name = None if says(text, "salutation") else attributions.read(text.rstrip("…"))
    if attributions.part_date(text)[1] and text[-1] not in END:
        return "b"
    often = count >= (LIST if name else SECOND) and not _is_nameless(text)
    often = often or (TREATED.search(text) is not None and len(text) <= LONGEST)
    if often or any(says(text, what) for what in ("furniture", "chrome", "earlier", "recommends")):
        return "f"
    if name and (name.strength >= 2 or name.side == "after"):
        return "n"
    if says(text, "testimonial_heading"):
        return "h"
    told = FACES.sub("", text)[-1:] in END and name is None
    return "t" if told or len(text) > SHORT or text.count(" ") >= 6 else "o"


def _is_nameless(text: str) -> bool:
    return cues()["names"]["nameless"].match(text) is not None


def _is_mark(above: str, name: str) -> bool:
    """Whether the line above a name is its picture: the name itself, its initials, "Photo of Ann"."""
    if len(above) <= 2:
        return above.isalpha() and above[0].lower() == name[0].lower()
    return above == name or (name in above and len(above) <= len(name) + 25 and not above.startswith(name))


def _best(lines: Sequence[Line], letters: Sequence[str], least: int) -> list[Block]:
    """The reviews in the order that explains most of the lines; nothing if none does."""
    places, word = _word(lines, letters)
    found = {name: list(order.finditer(word)) for name, order in ORDERS.items()}
    worth = {name: _worth(matches, word, [lines[i] for i in places]) for name, matches in found.items()}
    best = max(worth, key=lambda name: worth[name])
    kept = _alike(found[best])
    full = [m for m in kept if m["words"]]
    buttons = sum(letter in "kf" for m in kept for letter in word[m.start() : m.end() + 3])
    if len(full) < least or buttons < len(full):
        return []
    return [_parts(m, places) for m in kept]


def _alike(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The reviews without those whose name may be anything and that are made of other parts than most."""
    made = [frozenset(m[0].replace(m["words"], "")) - set("nbofk|") for m in matches]
    sure = [parts for m, parts in zip(matches, made, strict=True) if m["name"] != "o"] or made
    usual, any_of = Counter(sure).most_common(1)[0][0] if sure else frozenset(), frozenset().union(*sure)
    return [
        m
        for m, parts in zip(matches, made, strict=True)
        if m["name"] != "o" or parts == usual or ("t" in m["words"] and parts <= any_of)
    ]


def _word(lines: Sequence[Line], letters: Sequence[str]) -> tuple[list[int], str]:
    """The letters as one word with a mark for wide gaps, and for each of its letters the line."""
    gaps = sorted(line.gap for line in lines[1:])
    wide = max(3, gaps[len(gaps) // 2] + 2) if gaps else 3
    places: list[int] = []
    word = ""
    for i, (line, letter) in enumerate(zip(lines, letters, strict=True)):
        if i and line.gap >= wide:
            places.append(i)
            word += "|"
        places.append(i)
        word += letter
    return places, word


def _worth(matches: Sequence[re.Match[str]], word: str, lines: Sequence[Line]) -> float:
    """How well these reviews explain the paste: names with words, near each other, and no client left out."""
    total = 0.0
    left = [letter == "t" for letter in word]
    for m in matches:
        start, end = m.span("words")
        left[start:end] = [False] * (end - start)
        if start < end:
            between = min(abs(start - m.end("name")), abs(m.start("name") - end))
            total += WORTH[m["name"]] + max(WORTH.get(letter, 0) for letter in m["words"]) - 0.1 * between
        else:
            total -= 0.2
    return total - sum(0.5 for line, alone in zip(lines, left, strict=True) if alone and voice(line.text) >= CLIENT)


def _parts(match: re.Match[str], places: Sequence[int]) -> Block:
    """The lines of one review with their parts: name, words, or other."""
    inside = {"name": range(*match.span("name")), "words": range(*match.span("words"))}
    return {
        places[i]: next((part for part, span in inside.items() if i in span), "other")
        for i in range(*match.span())
        if match.string[i] != "|"
    }


def _answers(lines: Sequence[Line], block: Block) -> bool:
    """Whether it begins with the name of somebody whose review was read, and so is an answer to it."""
    first = next((lines[i].text for i, part in block.items() if part == "words"), "")
    called = {word.strip(",!.:") for word in first.split()[:3]}
    return any(line.hint == "author" and line.text.split()[0] in called for line in lines if line.text)


def _hint(lines: list[Line], letters: Sequence[str], block: Block, said: str) -> None:
    """Give the lines of a review their hints and their cell; `said` is the hint of its words."""
    cell = lines[min(block)].pieces[0] + 1
    for i, part in block.items():
        line = lines[i]
        hint = HINTS.get(letters[i]) or next((h for h, fits in GIVEN.items() if fits(line.text)), "note")
        if part == "words":
            hint = said
        if part == "name":
            hint, line = "author", replace(line, text=OF_TOWN.sub("", line.text.strip("(…) ")))
        lines[i] = replace(line, hint=hint, cell=cell)


def _without_frame(lines: Sequence[Line], letters: Sequence[str]) -> list[Line]:
    """The lines with the answers in the cells of their reviews, and buttons and headings out of the way."""
    result: list[Line] = []
    author: Line | None = None
    cell, state = 0, ""
    for line, letter in zip(lines, letters, strict=True):
        if letter == "x":
            cell, state = line.cell, ""
            author = line if line.hint == "author" else author
            result.append(line)
            continue
        state = "head" if letter == "r" else "earlier" if says(line.text, "earlier") else state
        if letter == "r":
            result.append(replace(line, cell=cell))
        elif letter in "dkf" and state == "head":
            result.append(replace(line, hint="note", cell=cell))
        elif letter in "fkdsh":
            state = "" if letter in "fk" and state == "reply" else state
            result.append(replace(line, hint="furniture", cell=cell))
        elif state in ("head", "reply"):
            state = "reply"
            result.append(replace(line, hint="reply", cell=cell))
        elif state == "earlier" and author and letter in "to":
            cell = line.pieces[0] + 1
            result += [replace(author, cell=cell), replace(line, hint="words", cell=cell)]
        else:
            result.append(replace(line, hint="furniture", cell=cell) if letter in "on" and not _signs(line) else line)
    return result


def _signs(line: Line) -> bool:
    """Whether it is a name below a text that is no platform's."""
    name = attributions.read(line.text)
    return name is not None and name.side == "before"
