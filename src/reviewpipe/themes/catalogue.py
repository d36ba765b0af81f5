"""Which themes there are: the shipped themes.toml, and what the owner's own file adds to it."""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewpipe.errors import ConfigError
from reviewpipe.themes.phrases import Alphabet, Search, alphabet, elements, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHIPPED = Path(__file__).with_name("themes.toml")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What a phrase says: `phrases` only name the theme, `praises` and `complaints` also say how it was,
# `exclusions` look like the theme and are not.  In a comparison praises favour us, complaints favour them, `evens`
# neither.  `mentions` only count where one of the `contrasts` stands in the same sentence or in one beside it.
SAYING = ("complaints", "praises", "evens", "phrases")
KINDS = (*SAYING, "exclusions", "mentions", "contrasts")
TEXTS = ("label", "description")
LISTS = (*KINDS, "matches", "non_matches")
FLAGS = ("comparison", "past_care", "regex")
MOST_PHRASES = 3000


@dataclass(frozen=True)
class Theme:
    """One theme as the files tell it; `matches` and `non_matches` are examples that `failing_examples` checks.

    `comparison`: praises favour us, complaints favour them.  `past_care`: a complaint in a sentence about earlier care
    is none of ours.  `regex`: phrases are regular expressions.
    """

    name: str
    label: str
    description: str = ""
    complaints: tuple[str, ...] = ()
    praises: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    evens: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    non_matches: tuple[str, ...] = ()
    comparison: bool = False
    past_care: bool = False
    regex: bool = False


@dataclass(frozen=True)
class Matcher:
    """The expressions of a theme that is written in expressions: what makes a hit and what undoes it."""

    hits: re.Pattern[str] | None
    exclusions: re.Pattern[str] | None


@dataclass(frozen=True)
class Catalogue:
    """All themes and word lists; `version` changes with any of them, so that the store can be scored again."""

    themes: tuple[Theme, ...]
    words: Mapping[str, tuple[str, ...]]
    version: str
    alphabet: Alphabet = field(repr=False)
    search: Search = field(repr=False)
    matchers: Mapping[str, Matcher] = field(repr=False)

    def theme(self, name: str) -> Theme | None:
        """The theme of that name, if there is one."""
        return next((theme for theme in self.themes if theme.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the themes in the order of the files."""
        return tuple(theme.name for theme in self.themes)

    def label(self, name: str) -> str:
        """What people are shown for the theme `name`; the name itself for a theme that is no longer there."""
        theme = self.theme(name)
        return theme.label if theme else name


@functools.lru_cache(maxsize=8)
def _built(shipped: str, own: str, place: str) -> Catalogue:
    """The catalogue of two files' contents; kept, since compiling takes a fifth of a second."""
    words: dict[str, tuple[str, ...]] = {}
    themes: dict[str, Theme] = {}
    for text, where in ((shipped, SHIPPED.name), (own, place)):
        _add(_parsed(text, where), where, words, themes)
    version = hashlib.sha256(json.dumps([shipped, own]).encode()).hexdigest()[:16]
    read = {
        (theme.name, kind): [elements(p, words, f"theme {theme.name}") for p in getattr(theme, kind)]
        for theme in themes.values()
        if not theme.regex
        for kind in KINDS
    }
    if sum(map(len, read.values())) > MOST_PHRASES:
        raise ConfigError(f"{place}: more than {MOST_PHRASES} phrases in all.  Use <list> and word|word to join some.")
    cues = [[frozenset(_stems(words.get(name, ())))] for name in ("negators", "not_negating", "elsewhere")]
    letters = alphabet([*(p for some in read.values() for p in some), *cues], words.get("skipped", ()))
    matchers = {theme.name: _regex_matcher(theme) for theme in themes.values() if theme.regex}
    return Catalogue(tuple(themes.values()), words, version, letters, search(read, letters), matchers)


def load(file: Path | None = None) -> Catalogue:
    """The shipped themes with those of the owner's `file` added; ConfigError says what to mend in it."""
    own = ""
    if file is not None:
        try:
            own = file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(f"There is no themes file {file}.  Mend [themes] file in reviewpipe.toml.") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{file} is not UTF-8.  Save it as UTF-8 in your editor and run again.") from None
        except OSError as problem:
            raise ConfigError(f"{file} cannot be read: {problem.strerror}.  Is it a file you may read?") from None
    return _built(SHIPPED.read_text(encoding="utf-8"), own, str(file or SHIPPED.name))


def _stems(words: Iterable[str]) -> list[str]:
    from reviewpipe.themes.words import stem

    return [stem(word) for word in words]


def _parsed(text: str, place: str) -> dict[str, Any]:
    """The TOML `text` as a dict of "words" and "themes", both tables."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{place} is not valid TOML: {problem}.  Mend that line and run again.") from None
    except RecursionError:
        raise ConfigError(f"{place} is nested too deep.  Look for a row of brackets that are never closed.") from None
    _known(given, ("words", "themes"), place)
    for key, table in given.items():
        if not isinstance(table, dict):
            raise ConfigError(f"{place}: {key} must be a table.  Begin a line with [{key}.…].")
    return given


def _add(given: Mapping[str, Any], place: str, words: dict[str, tuple[str, ...]], themes: dict[str, Theme]) -> None:
    """Add the lists and themes of one file to `words` and `themes`; lists grow, texts are replaced."""
    for name, some in given.get("words", {}).items():
        words[name] = (*words.get(name, ()), *_strings(some, f"{place}: words.{name}"))
    for name, table in given.get("themes", {}).items():
        where = f"{place}: themes.{name}"
        if not NAME.fullmatch(name):
            raise ConfigError(f"{where}: a theme's name is small letters, digits and _, as in gift_cards.")
        if not isinstance(table, dict):
            raise ConfigError(f"{where} must be a table.  Begin a line with [themes.{name}].")
        themes[name] = _theme(name, table, where, themes.get(name))


def _theme(name: str, table: Mapping[str, Any], place: str, before: Theme | None) -> Theme:
    """The theme of a table, added to the one of the same name that was there `before`."""
    _known(table, (*TEXTS, *LISTS, *FLAGS), place)
    values: dict[str, Any] = {"label": name.replace("_", " ").capitalize()} if before is None else dict(vars(before))
    for key, value in table.items():
        if key in LISTS:
            values[key] = (*values.get(key, ()), *_strings(value, f"{place}.{key}"))
        elif isinstance(value, bool if key in FLAGS else str):
            if key == "regex" and before is not None and before.regex != value:
                raise ConfigError(f"{place}: {name} is written in words already.  Give your expressions a new theme.")
            values[key] = value
        else:
            raise ConfigError(f"{place}.{key} must be {'true or false' if key in FLAGS else 'text in quotes'}.")
    theme = Theme(**{**values, "name": name})
    if not (theme.phrases or theme.praises or theme.complaints):
        raise ConfigError(f'{place} has no phrases.  Add a line: phrases = ["…"]')
    return theme


def _strings(value: Any, place: str) -> tuple[str, ...]:
    """`value` as a list of non-empty texts."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ConfigError(f'{place} must be a list of texts: ["one", "two"].')
    return tuple(value)


def _known(given: Iterable[str], keys: Sequence[str], place: str) -> None:
    """Refuse a key that means nothing."""
    for key in given:
        if key not in keys:
            close = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
            hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(keys)}."
            raise ConfigError(f"{place}: there is no setting {key!r}.  {hint}")


def _regex_matcher(theme: Theme) -> Matcher:
    """The matcher of a theme whose phrases are regular expressions over the text."""
    if theme.mentions or theme.contrasts:
        raise ConfigError(f"theme {theme.name}: mentions and contrasts are written in words.  Take regex = true away.")
    kinds = (*SAYING, "exclusions")
    groups = {kind: "|".join(f"(?:{_safe(p, theme.name)})" for p in getattr(theme, kind)) for kind in kinds}
    exclusions = groups.pop("exclusions")
    hits = "|".join(f"(?P<{kind}>{some})" for kind, some in groups.items() if some)
    return Matcher(re.compile(hits, re.IGNORECASE), re.compile(exclusions, re.IGNORECASE) if exclusions else None)


# Inside a group that repeats, another repeat or a choice can take time that doubles with every letter.
REPEAT = re.compile(r"(?:[*+]|\{(\d*),(\d*)\})[?+]?")
ESCAPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
ENDLESS = re.compile(rf"({ESCAPED.pattern})|(?:([*+])|\{{(\d*),\}})([?+]?)")
FARTHEST = 200  # characters or groups that a repeat without limit may take: a long sentence
MOST_WAYS = 20_000  # in which an expression may be tried at one place: choices and repeats multiplied


def _safe(expression: str, theme: str) -> str:
    """`expression` with a limit to each repeat, when it is sound and cannot blow up; ConfigError else."""
    place = f"theme {theme}: the expression {expression!r}"
    try:
        re.compile(expression)
    except re.error as problem:
        raise ConfigError(f"{place} is not a regular expression: {problem}.") from None
    bare, ways = ESCAPED.sub("x", expression), 1
    while inner := re.search(r"\((?:\?(?:[:=!]|<[=!]|P?<\w+>))?([^()]*)\)", bare):
        repeats = REPEAT.match(bare, inner.end()) or re.match(r"\{\d+\}", bare[inner.end() :])
        if repeats and ("|" in inner[1] or "?" in inner[1] or REPEAT.search(inner[1])):
            raise ConfigError(f"{place} repeats a group that itself repeats or chooses, which can hang.  Unroll it.")
        own = _ways(inner[1])
        ways *= own
        bare = bare[: inner.start()] + ("x" if own == 1 else "x?") + bare[inner.end() :]
    if len(expression) > 300 or ways * _ways(bare) > MOST_WAYS or re.search(r"\\\d|\(\?[P(]", expression):
        raise ConfigError(
            f"{place} is too heavy: 300 characters, one * or + (write .{{0,20}} for others), few choices, "
            "and no references or names at the most."
        )
    if re.search(expression, ""):
        raise ConfigError(f"{place} matches nothing at all, so it would be found everywhere.  Demand a letter.")
    return ENDLESS.sub(_limited, expression)


def _ways(bare: str) -> int:
    """In how many ways an expression without groups can be tried at one place, at the most."""
    ways = 1 + bare.count("|")
    for repeat in REPEAT.finditer(bare):
        ways *= max(1, int(repeat[2] or FARTHEST) - int(repeat[1] or 0))
    return ways << REPEAT.sub("", bare).count("?")


def _limited(repeat: re.Match[str]) -> str:
    """A repeat without limit as one of at most FARTHEST."""
    if repeat[1]:
        return repeat[1]
    least = int(repeat[2] == "+") if repeat[2] else int(repeat[3] or 0)
    return f"{{{least},{max(least, FARTHEST)}}}{repeat[4]}"
