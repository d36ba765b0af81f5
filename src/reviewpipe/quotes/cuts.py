"""Where a review may be cut: passages of whole sentences, and why one would not be honest or not understood alone.

16 CFR 255.1(b): what stands between quotation marks must not be changed in its meaning by what was left out.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewpipe.schema import ThemeHit

Where = Literal["start", "inside", "before", "next", "around", "later"]
# A passage has so many sentences at most.
MOST_SENTENCES = 4
# Later than this a turn is about something else; in characters.
REACH = 600
QUOTED = re.compile(r"[\"“”][^\"“”]{12,}[\"“”]")
MARKS = re.compile(r"[\"“”]")
STOPPED = re.compile(r"[.!?…][\"'”’)\]]*\s*$|[^\w\s,;:–—-]\s*$")

# A pronoun, and what it may stand for if it comes earlier in the passage.
HE_SHE = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
PERSON = re.compile(
    r"\[[A-Z]|\b(?:husband|wife|mother|mom|mum|father|dad|son|daughter|boy|girl|child|kid|baby|partner|fianc\w{1,2}|sister|"
    r"brother|friend|niece|nephew|grand\w{3,8}|therapist|masseuse|masseur|practitioner|physio\w{0,9}|doctor|dr|woman|man|"
    r"lady|guy|gentleman|owner|receptionist|somebody|someone|person|nobody|anyone|client)s?\b",
    re.IGNORECASE,
)
THEY = re.compile(r"\b(?:they|them|their|theirs|themselves)\b", re.IGNORECASE)
MANY = re.compile(
    r"\b(?!(?:was|has|his|this|does|its|yes|always|perhaps|less|us|as|is|thus|plus|unless|across|towards)\b)[a-z]{2,}s\b|"
    r"\[[A-Z]|\b(?:staff|team|people|women|men|place|clinic|practice|office|feet|everyone|anyone|children|crew|and)\b",
    re.IGNORECASE,
)
IT = re.compile(
    r"\bit(?:s|['’]s|['’]ll)?\b(?! (?:is|was|['’]s|has been|takes?|took)? ?"
    r"(?:the |a |an |my |one of |so |very |been |not )?(?:hard|rare|easy|impossible|amazing|difficult|best|time|joy|"
    r"pleasure|relief|worth|wonderful|great|years?|months?|weeks?)\b)"
    r"|\b(?:this|that|these|those)(?=[.,!]| (?:is|was|has|had|made|makes|helped|helps|did|does|really|alone|all|will|"
    r"would|can|one|were|are)\b)|^(?:that|these|those)\b",
    re.IGNORECASE,
)
NOUN = re.compile(
    r"\b(?:my|our|your|the|an?|his|her|their|this|every|each|\[\w+\]['’]s) (?:\w+ )?(?!first\b|best\b|most\b|only\b)"
    r"\w{3,}|\[[A-Z]|\b(?:pain|massage|pressure|therapy|care|work|relief|stress|tension|booking|cupping|place)\b",
    re.IGNORECASE,
)
# Others than who gave the care: where one is spoken of, "she" may be that one.
OTHERS = re.compile(
    r"\b(?:husband|wife|mother|mom|mum|father|dad|son|daughter|boy|girl|child|kid|baby|partner|fianc\w{1,2}|sister|brother|"
    r"friend|niece|nephew|grand\w{3,8}|doctor|dr|surgeon|nurse|chiropractor|dentist|coworker|colleague|receptionist|boss|"
    r"neighbou?r|coach|trainer|cousin|aunt|uncle)s?\b",
    re.IGNORECASE,
)
HE, SHE = re.compile(r"\b(?:he|him|his)\b", re.IGNORECASE), re.compile(r"\b(?:she|her|hers)\b", re.IGNORECASE)
REFERENCES = ((HE_SHE, PERSON), (THEY, MANY), (IT, NOUN))


@dataclass(frozen=True)
class Rule:
    """A kind of dishonest cut: where it is looked for, how it is told; `unless` lifts it when found in the passage."""

    name: str
    reason: str
    where: Where
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of a text, `text[start:end]`, with the sentence before, the one after, and all that follows."""

    words: str
    start: int
    end: int
    sentences: Sequence[tuple[int, int]]
    before: str
    next: str
    rest: str

    def seen(self, where: Where) -> str:
        """The part of the review that a rule looks at."""
        if where in ("start", "inside"):
            return self.words
        if where == "before":
            return self.before
        if where == "next":
            return self.next
        if where == "later":
            return f"{self.words} {self.rest}"
        return f"{self.before} {self.words} {self.next}"


def passages(
    text: str, spans: Sequence[tuple[int, int]], evidence: Sequence[ThemeHit], longest: int
) -> Iterator[Passage]:
    """All runs of whole sentences, `spans`, that hold one of `evidence` and at most `longest` characters."""
    for first, (start, _) in enumerate(spans):
        for last in range(first, min(first + MOST_SENTENCES, len(spans))):
            end = spans[last][1]
            if end - start > longest:
                break
            if any(start <= hit.start and hit.end <= end for hit in evidence):
                yield Passage(
                    text[start:end], start, end, spans[first : last + 1],
                    # With the space behind it: a line's end tells whether the sentence had ended.
                    text[spans[first - 1][0] : start] if first else "",
                    text[slice(*spans[last + 1])] if last + 1 < len(spans) else "",
                    text[end : end + REACH],
                )  # fmt: skip


def refusal(text: str, passage: Passage, evidence: Sequence[ThemeHit]) -> str | None:
    """Why the passage may not be cut out of the text; None if it may.  `evidence` is what it shall be quoted for."""
    for rule in rules():
        seen = passage.seen(rule.where)
        search = rule.pattern.match if rule.where in ("start", "next") else rule.pattern.search
        if seen and search(seen) and not (rule.unless and rule.unless.search(passage.words)):
            return rule.reason
    return _speech(text, passage, evidence) or _unfinished(passage) or _reference(passage)


def _speech(text: str, passage: Passage, evidence: Sequence[ThemeHit]) -> str | None:
    if len(MARKS.findall(text, 0, passage.start)) % 2 or len(MARKS.findall(passage.words)) % 2:
        return "it cuts quoted speech in two"
    spoken = [(passage.start + m.start(), passage.start + m.end()) for m in QUOTED.finditer(passage.words)]
    if any(start <= hit.start and hit.end <= end for hit in evidence for start, end in spoken):
        return "it gives what others say"
    return None


def _unfinished(passage: Passage) -> str | None:
    """A line's end that is no sentence's end: the negation or condition may stand on the other line."""
    if passage.next[:1].islower() and not STOPPED.search(passage.words):
        return "the next line goes on in it"
    if passage.words[:1].islower() and passage.before and not STOPPED.search(passage.before):
        return "the line before it goes on in it"
    return None


def _reference(passage: Passage) -> str | None:
    for pronoun, noun in REFERENCES:
        found = _hanging(passage.words, pronoun, noun)
        if found and not (pronoun is HE_SHE and _one_person(f"{passage.before} {passage.words}")):
            return f"who reads it alone does not know what {found.casefold()!r} means"
    return None


def leans(words: str) -> bool:
    """Whether "she" or "he" stands in a passage that does not say who that is."""
    return bool(_hanging(words, HE_SHE, PERSON))


def _hanging(words: str, pronoun: re.Pattern[str], noun: re.Pattern[str]) -> str | None:
    found = pronoun.search(words)
    return found.group() if found and not noun.search(words, 0, found.start()) else None


def _one_person(text: str) -> bool:
    """Whether nobody but who gave the care is spoken of: among quotes about a practice "she" is understood then."""
    return not OTHERS.search(text) and not (HE.search(text) and SHE.search(text))


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All kinds of dishonest cut, in the order in which they are asked."""
    data = tomllib.loads(files(__package__).joinpath("cuts.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            name, one["reason"], one["where"], re.compile("|".join(f"(?:{p})" for p in one["patterns"]), re.IGNORECASE),
            re.compile(one["unless"]) if "unless" in one else None,
        )
        for name, one in data.items()
    )  # fmt: skip
