"""The passage a person is shown: the part of the sentence around a find, neither one word nor a paragraph."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

# Where a sentence can be cut: marks with space behind, dashes, and words that begin a new thought.
CUT = re.compile(
    # One of the first characters, so that the search leaps from one to the next; then what makes a cut of each.
    r"[,;:)\s….](?:(?<=[,;:)])(?=\s)|(?<=…)|(?<=\.)\.+|(?<=\s)(?:\(|[–—-]+\s"
    r"|(?=(?i:but|and|so|because|although|though|while|whereas|which|however|unfortunately|until|yet|plus)\s)))"
)
LEAD = re.compile(r"[\s,;:()–—…&\"“”*.-]*(?:(?:and|but|so|plus|&)\s+)?", re.IGNORECASE)
HIDDEN = re.compile(r"\[[A-Z]+\](?:['’]s)?")  # what the anonymiser leaves
SHORTEST = 12  # characters that mean something without their name
FEWEST, MOST = 40, 160  # characters: about eight words, as people mark them, and what still is one look


def cuts(text: str, sentence: tuple[int, int]) -> list[int]:
    """Where `sentence` of `text` can be cut, its ends among them; a short one stays whole."""
    first, last = sentence
    inner = () if last - first < FEWEST else CUT.finditer(text, first, last)
    return [first, *(cut.end() for cut in inner), last]


def passage(text: str, cuts: list[int], found: tuple[int, int]) -> tuple[int, int]:
    """Offsets in `text` of the clause between `cuts` in which `found` stands, widened while too short to mean much."""
    start = cuts[bisect_right(cuts, found[0]) - 1]
    end = cuts[min(bisect_left(cuts, found[1]), len(cuts) - 1)]
    start, end = _widened(cuts, start, end)
    start, end = _apart(text, (start, end), found)
    if end - start > MOST:
        start, end = _narrowed(text, (start, end), found)
    return _trimmed(text, start, end, found)


def _widened(cuts: list[int], start: int, end: int) -> tuple[int, int]:
    """The clause with its neighbours, first the one before, until it is long enough."""
    while end - start < FEWEST:
        before = max((cut for cut in cuts if cut < start), default=start)
        after = min((cut for cut in cuts if cut > end), default=end)
        if before == start and after == end:
            break
        if before != start and (after == end or end - before <= after - start):
            start = before
        else:
            end = after
    return start, end


def _apart(text: str, clause: tuple[int, int], found: tuple[int, int]) -> tuple[int, int]:
    """`clause` without a placeholder, and what lies beyond it, where enough is left: "[NAME] knew where to press"."""
    before = [one.end() for one in HIDDEN.finditer(text, clause[0], found[0])]
    after = HIDDEN.search(text, found[1], clause[1])
    start = before[-1] if before else clause[0]
    end = after.start() if after else clause[1]
    return (start, end) if end - start >= SHORTEST else clause


def _narrowed(text: str, clause: tuple[int, int], found: tuple[int, int]) -> tuple[int, int]:
    """At most MOST characters of `clause` around `found`, cut between words."""
    spare = max(0, MOST - (found[1] - found[0])) // 2
    start, end = max(clause[0], found[0] - spare), min(clause[1], found[1] + spare)
    if start > clause[0]:
        start = min(found[0], text.find(" ", start, found[0] + 1) + 1 or found[0])
    if end < clause[1]:
        end = max(found[1], text.rfind(" ", found[1], end))
    return start, end


def _trimmed(text: str, start: int, end: int, found: tuple[int, int]) -> tuple[int, int]:
    """Without the space, marks and joining words at the ends; never less than `found`."""
    lead = LEAD.match(text, start, end)
    start = min(found[0], lead.end()) if lead else start
    while end > found[1] and (text[end - 1].isspace() or text[end - 1] in ",;:(–—-"):
        end -= 1
    return start, end
