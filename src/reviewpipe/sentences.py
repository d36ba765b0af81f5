"""Where one sentence ends and the next begins, in text that people typed on a phone."""

from __future__ import annotations

import re

# Never the end of a sentence: something follows that belongs to them.
TITLES = frozenset({"dr", "mr", "mrs", "ms", "mx", "prof", "st", "vs", "eg", "ie", "approx", "appt", "dept"})
# The end of a sentence only when a capital follows.
SHORT_FORMS = frozenset(
    {"am", "pm", "etc", "min", "mins", "hr", "hrs", "inc", "jr", "sr", "lmt", "pt", "phd", "dc", "md"}
)

_SMILE = r"(?:[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff\ufe0f\u200d]+|[:;]-?[)(DP](?!\w))"
# Most ends are plain: a longer word or a short one that is no title, one stop, then a capital or nothing more.
_PLAIN = (
    r"(?:(?<=[^\W\d_]{4})(?<!(?i:prof|prox|appt|dept))|(?<=[ ][a-z]{3})(?<!mrs)"
    r"|(?<=[ ][a-z]{2})(?<!dr|mr|ms|mx|st|vs|eg|ie))[.!?](?=[ ][A-Z]|\Z)"
)
# A possible end: a run of stops with what closes it (quotes, brackets, smiles); a line's end; a smile; a list's mark.
_END = re.compile(
    # The look-ahead spares the alternatives at nearly every character.
    rf"""(?=[^\w ,'"-])(?:(?P<plain>{_PLAIN})"""
    rf"""|(?P<stop>[.!?…]+)(?P<close>["'”’)\]]*)(?:\s?{_SMILE})*"""
    rf"""|(?P<line>\n\s*)|(?P<smile>{_SMILE})|(?<=\s)(?P<bullet>[•◦▪●]))"""
)
# How far back the word before a stop is looked for, in characters.
_REACH = 24
# A piece without a word (the number before a list's item, stray stops) goes with what follows.
_WORD = re.compile(r"[^\W\d_]")
_NEXT = re.compile(r"\S")


def split(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text`, in order, without the space between them.

    Together they cover every visible character.  A run of stops, a line's end, a smile before a capital and the mark of
    a list end a sentence; "Dr.", "9 a.m. with", "3.5", "1." before an item and "well... good" do not.
    """
    spans, start = [], _visible(text, 0)
    for match in _END.finditer(text):
        kind = match.lastgroup
        end = match.start() if kind == "bullet" else match.end()
        if kind == "plain":
            spans.append((start, end))
            start = end + 1
        elif _ends(text, match) and _WORD.search(text, start, end):
            spans.append((start, start + len(text[start:end].rstrip())))
            start = _visible(text, end)
    if start < len(text):
        spans.append((start, len(text.rstrip())))
    return spans


def _visible(text: str, start: int) -> int:
    """Where the first visible character from `start` on is."""
    found = _NEXT.search(text, start)
    return found.start() if found else len(text)


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether this possible end, which is not plain, is one."""
    if match.lastgroup == "bullet":
        return True
    return _line_ends(text, match) if match.lastgroup == "line" else _stops(text, match)


def _line_ends(text: str, match: re.Match[str]) -> bool:
    """A line ends a sentence unless the next one goes on in lower case, as in a text that was wrapped."""
    following = text[match.end() : match.end() + 1]
    return match.group().count("\n") > 1 or not following.islower()


def _stops(text: str, match: re.Match[str]) -> bool:
    """Whether this run of stops, or this smile, is the end of a sentence."""
    found = _NEXT.search(text, match.end())
    if found is None:
        return True
    following, apart = found.group(), found.start() > match.end()
    opens = following.isupper() or following in "[(\"'“‘"
    stop = match.group("stop")
    if stop is None:
        return apart and opens
    if match.group("close") and following.islower():
        return False  # (really!) in the middle of a sentence
    if "!" in stop or "?" in stop:
        return apart or following.isalpha()
    if len(stop) > 1 or stop == "…":
        return opens and text[found.start() : found.start() + 2] != "I "
    return _full_stop(text[max(0, match.start() - _REACH) : match.start()], opens=opens, apart=apart)


def _full_stop(before: str, *, opens: bool, apart: bool) -> bool:
    """Whether the single stop after `before` is the end of a sentence; what follows may open one, may stand apart."""
    word = before[before.rfind(" ") + 1 :].lstrip("([\"'“‘\n")
    plain = word.replace(".", "").lower()
    if plain in TITLES and (apart or opens):
        return False
    if len(word) == 1 and word.isupper() and word != "I":
        return False  # an initial
    if "." in word or plain in SHORT_FORMS:
        return apart and opens
    # "was great.She said": the space was forgotten; "example.com" and "3.5" are one word.
    return apart or (opens and before[-1:].islower())
