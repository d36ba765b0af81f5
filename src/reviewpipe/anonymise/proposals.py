"""Who of the practice is named in reviews and not in the settings: proposals for `reviewpipe staff suggest`.

Somebody is of the practice when what stands around the name says so (proposals.toml) in several people's reviews.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import OSA

from reviewpipe.anonymise.detect import names
from reviewpipe.anonymise.known import parts
from reviewpipe.anonymise.protected import nobody
from reviewpipe.anonymise.pseudonyms import canonical
from reviewpipe.anonymise.roster import SHORTEST_TYPO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewpipe.anonymise.roster import Roster

# A mention about which nothing is said: in reviews of a practice, most people who are named work there.
PRIOR = 1.0
_REACH = 80
_TITLE = re.compile(r"\b(?:dr|mr|mrs|ms|miss|mx)\.?\s+$", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """What may stand around a name and how much that speaks for (above 0) or against its being staff's."""

    weight: float
    before: re.Pattern[str]
    after: re.Pattern[str]


@dataclass(frozen=True)
class Mention:
    """One place where somebody is named, by whom, and how much speaks for its being somebody of the practice."""

    row: int
    reviewer: str
    written: str
    score: float


@dataclass(frozen=True)
class Proposal:
    """Somebody whom `reviewers` different people name as of the practice.

    `nicknames` are other spellings of the name; `member` is the person in the settings whose nickname it may be.
    """

    name: str
    reviewers: int
    nicknames: tuple[str, ...] = ()
    member: str = ""


@dataclass
class _Person:
    """What was gathered of one name.  A class, because it grows mention by mention."""

    words: set[str]
    spellings: Counter[str] = field(default_factory=Counter)
    scores: dict[str, float] = field(default_factory=dict)

    def add(self, mention: Mention) -> None:
        """Take in one mention."""
        self.spellings[" ".join(mention.written.split())] += 1
        self.scores[mention.reviewer] = self.scores.get(mention.reviewer, 0) + mention.score

    def take(self, other: _Person) -> None:
        """Take over what was gathered of the same person under another name."""
        self.words |= other.words
        self.spellings += other.spellings
        for reviewer, score in other.scores.items():
            self.scores[reviewer] = self.scores.get(reviewer, 0) + score

    def named(self) -> int:
        """How many people name them, not as somebody else's."""
        return sum(score > 0 for score in self.scores.values())

    def said(self) -> int:
        """How many people say something that only staff do; 0 where more name them as somebody else."""
        others = len(self.scores) - self.named()
        return sum(score > PRIOR for score in self.scores.values()) if self.named() > others else 0


def propose(texts: Sequence[str], authors: Sequence[str | None], roster: Roster, *, least: int = 2) -> list[Proposal]:
    """People of whom at least `least` reviewers say what only staff do, the most named first.

    Nobody of `roster.staff` is among them but under a nickname that the settings do not know; neither are reviewers in
    their own reviews.
    """
    people: dict[tuple[str, ...], _Person] = {}
    for mention in mentions(texts, authors, roster):
        words = tuple(parts(mention.written))
        people.setdefault(words, _Person(set(words))).add(mention)
    found = [_proposal(person, roster) for person in _joined(people.values()) if person.said() >= least]
    return sorted(found, key=lambda one: (-one.reviewers, one.name))


def mentions(texts: Sequence[str], authors: Sequence[str | None], roster: Roster) -> Iterator[Mention]:
    """Everybody named in `texts` but the staff of `roster` and each text's own reviewer."""
    staff = {word for run in roster.owners for word in run}
    for row, entities in enumerate(names(texts, authors, roster)):
        text, own = texts[row], set(parts(authors[row] or ""))
        for entity in entities:
            written = text[entity.start : entity.end]
            words = set(parts(written))
            if words and not words & (staff | own) and max(map(len, words)) > 1:
                author = canonical(authors[row] or "")
                yield Mention(
                    row, f"{row}" if author in nobody() else author, written, score(text, entity.start, entity.end)
                )


def score(text: str, start: int, end: int) -> float:
    """How much speaks for `text[start:end]` being the name of somebody of the practice; below 0: for somebody else."""
    before = _TITLE.sub("", text[max(0, start - _REACH) : start])
    after = text[end : end + _REACH]
    return PRIOR + sum(cue.weight for cue in cues() if cue.before.search(before) and cue.after.match(after))


@functools.cache
def _data() -> dict[str, Any]:
    """proposals.toml as it stands."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@functools.cache
def cues() -> tuple[Cue, ...]:
    """The cues of proposals.toml."""
    words = {name: f"(?:{'|'.join(listed.split('|'))})" for name, listed in _data()["words"].items()}

    def pattern(written: str) -> re.Pattern[str]:
        for name, listed in words.items():
            written = written.replace(f"{{{name}}}", listed)
        return re.compile(written, re.IGNORECASE | re.VERBOSE)

    return tuple(
        Cue(cue["weight"], pattern(cue.get("before", "")), pattern(cue.get("after", ""))) for cue in _data()["cue"]
    )


@functools.cache
def nicknames() -> dict[str, frozenset[str]]:
    """For each first name that has short forms (or is one) the names that mean the same person."""
    found: dict[str, frozenset[str]] = {}
    for line in _data()["nicknames"]["groups"].split(","):
        group = frozenset(line.split())
        for name in group:
            found[name] = found.get(name, frozenset()) | group
    return found


def _joined(people: Iterable[_Person]) -> list[_Person]:
    """People with all their names: two names that share a word or its short form, or of which one is a slip, are one.

    Full names come first, so that "Denise" and "Dr. Marlow" meet in "Denise Marlow"; then the more usual ones.
    """
    homes: list[_Person] = []
    by_word: dict[str, _Person] = {}
    for person in sorted(people, key=lambda one: (len(one.words) == 1, -len(one.scores), sorted(one.words))):
        forms = (form for word in sorted(person.words) for form in (word, *sorted(nicknames().get(word, ()))))
        home = next((by_word[form] for form in forms if form in by_word), None)
        home = home or next((other for other in homes if _slip(person, other)), None)
        if home:
            home.take(person)
        else:
            homes.append(person)
        for word in person.words:
            by_word.setdefault(word, home or person)
    return homes


def _slip(person: _Person, usual: _Person) -> bool:
    """Whether a rare name is one letter away from a usual one."""
    rare = 3 * len(person.scores) <= len(usual.scores)
    return rare and any(_one_letter_away(one, other) for one in person.words for other in usual.words)


def _one_letter_away(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST_TYPO and one[0] == other[0] and OSA.distance(one, other) == 1


def _proposal(person: _Person, roster: Roster) -> Proposal:
    """A person as a proposal: the longest of the usual spellings is the name, the others are nicknames."""
    seen = Counter[str]()
    for spelling, times in person.spellings.items():
        seen[spelling if not (spelling.islower() or spelling.isupper()) else spelling.title()] += times
    usual = max(seen.values())
    name = max((one for one in seen if 3 * seen[one] >= usual), key=lambda one: (len(one.split()), seen[one], one))
    covered = set(parts(name))
    others = [one for one, _ in seen.most_common() if not set(parts(one)) <= covered and ". " not in one]
    member = next((one.name for one in roster.staff if person.words & _short_forms(one.name)), "")
    return Proposal(name, person.named(), tuple(others), member)


def _short_forms(name: str) -> set[str]:
    """Other forms of the first name of `name`."""
    return {form for word in parts(name)[:1] for form in nicknames().get(word, ())}
