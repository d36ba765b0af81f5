"""What the name classifier learns from: texts with the places of their names, real, invented and varied."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from origins import by_origin, rows

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

HERE = Path(__file__).parent
SLOT = re.compile(r"\{([flwibpxmc])\}")
BUSINESS = (
    " Chiropractic",
    " Spa",
    " Clinic",
    " Wellness",
    " Family Practice",
    " Massage",
    "'s",
    " Hospital",
    " Salon",
    " and Sons",
)
PLACE = (
    "",
    "",
    "",
    "",
    "ville",
    "burg",
    "ton",
    " Heights",
    " Park",
    " Falls",
    " Valley",
    " Springs",
    " Lake",
    " Grove",
)


MONTHS = "January February March April May June July August September October November December".split()
MONTHS += ["April", "May", "June", "August"]  # those that are names too


@dataclass(frozen=True)
class Example:
    """A text, the spans of its names, and spans that are neither asked for nor punished."""

    text: str
    names: tuple[tuple[int, int], ...]
    ignored: tuple[tuple[int, int], ...] = ()
    weight: float = 1.0
    weak: bool = False  # nobody marked the names; whatever looks strongly like one is left out


FAR = 17  # origins in people.toml


@dataclass(frozen=True)
class Lists:
    """Names to draw from; `foreign` and `foreign_surnames` are lists by origin, so that each origin counts the same."""

    common: list[str]
    weights: list[float]
    rare: list[str]
    foreign: list[list[str]]
    nick: list[str]
    words: list[str]
    word_weights: list[float]
    surnames: list[str]
    surname_weights: list[float]
    foreign_surnames: list[list[str]]

    @classmethod
    def read(cls, folder: Path) -> Lists:
        """The lists in `folder`, and those of origins.py."""
        ssa = rows(folder / "ssa_first_names_1880_2010.csv")
        counts = [(r["name"], int(r["count_1940_2010"] or 0)) for r in ssa]
        common = [(n, c) for n, c in counts if c >= 3000]
        census = [(r["surname"], float(r["freq_pct"])) for r in rows(folder / "census1990_surnames.csv")]
        nicknames = [r["name2"].title() for r in rows(folder / "nicknames.csv") if len(r["name2"]) > 2]
        words = [
            r
            for r in rows(folder / "english_word_names.csv")
            if r["dict_word"] == "True" and int(r["total"]) > 3000 and float(r["cap_share"] or 0) > 0.01
        ]
        origins = by_origin(folder)
        # Most countries by the list are European; those of people.toml come first and count five times.
        abroad = [pair for at, pair in enumerate(origins.values()) for _ in range(5 if at < FAR else 1)]
        return cls(
            [n for n, _ in common],
            [c**0.5 for _, c in common],
            [n for n, c in counts if 30 <= c < 3000],
            [sorted(first) for first, _ in abroad if first],
            sorted({*nicknames, *origins["short_forms"][0]}),
            [r["name"] for r in words],
            [1 + float(r["cap_mid_in_reviews"]) ** 0.5 for r in words],
            [n for n, _ in census],
            [f**0.6 + 0.0005 for _, f in census],
            [sorted(last) for _, last in abroad if last],
        )

    def first(self, dice: random.Random) -> str:
        """A first name; one in twenty is mistyped."""
        chance = dice.random()
        if chance < 0.35:
            name = dice.choices(self.common, self.weights)[0]
        elif chance < 0.78:
            name = dice.choice(dice.choice(self.foreign))
        else:
            name = dice.choice(dice.choices((self.rare, self.nick, self.common), (0.35, 0.4, 0.25))[0])
        if dice.random() < 0.04:
            name = f"{name}-{dice.choices(self.common, self.weights)[0]}"
        return mistype(name, dice) if dice.random() < 0.05 else name

    def word(self, dice: random.Random) -> str:
        """A first name that is also a word."""
        return dice.choices(self.words, self.word_weights)[0]

    def last(self, dice: random.Random) -> str:
        """A surname."""
        if dice.random() < 0.4:
            return dice.choice(dice.choice(self.foreign_surnames))
        name = dice.choices(self.surnames, self.surname_weights)[0]
        if name.startswith("O") and dice.random() < 0.1:
            name = "O'" + name[1:].title()
        return f"{name}-{dice.choice(self.surnames)}" if dice.random() < 0.03 else name

    def nobody(self, dice: random.Random) -> str:
        """A name that is not a person's: of a street, a dog, a method."""
        return dice.choices((self.first, self.last, self.word), (0.15, 0.65, 0.2))[0](dice)


def mistype(name: str, dice: random.Random) -> str:
    """`name` with one letter doubled, dropped or swapped, where it has five or more."""
    if len(name) < 5:
        return name
    at = dice.randrange(1, len(name) - 1)
    return dice.choice(
        (
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def marked(path: Path, weight: float) -> list[Example]:
    """Examples of a JSON-lines file with offsets; handles (@name) are a matter of `identifiers` and ignored."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [(n["start"], n["end"]) for n in row["names"]]
        handles = tuple(m.span() for m in re.finditer(r"[@#]\s?\w+", row["text"]))
        examples.append(Example(row["text"], tuple(spans), handles, weight))
    return examples


def invented(folder: Path) -> list[Example]:
    """The reviews of training/corpus."""
    examples = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = " ".join(s["text"] for s in row["sentences"])
            spans: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
            for name in row.get("names", ()):
                found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(name['text'])}(?!\w)", text)]
                found = found or [m.span() for m in re.finditer(re.escape(name["text"]), text)]
                spans[name["role"] not in ("business", "pet")] += found
            examples.append(Example(text, tuple(spans[True]), tuple(spans[False]), 3.0))
    return examples


def unmarked(folder: Path, dice: random.Random) -> list[Example]:
    """Texts that name hardly anybody; anonymised patient comments first of all."""
    nhs = pd.read_parquet(folder / "nhs_fft_v6_themes.parquet")["text"].dropna().tolist()
    uci = pd.read_parquet(folder / "uci_sentences.parquet")
    mams = pd.read_parquet(folder / "mams.parquet")["text"].dropna().tolist()
    yelp = uci[~uci["source"].str.contains("imdb")]["text"].tolist()
    picked = dice.sample(nhs, 5500) + yelp + dice.sample(mams, 4000)
    return [vary(Example(t, (), (), 0.7, weak=True), dice) for t in picked]


def templates(lists: Lists, dice: random.Random, count: int) -> Iterator[Example]:
    """`count` short reviews put together out of templates.txt, traps.txt and things.toml."""
    lines = _lines("templates.txt")
    named = [line for line in lines if re.search(r"\{[flwic]\}", line)]
    plain = [line for line in lines if line not in set(named)]
    kinds = [named, plain, _lines("traps.txt"), _things()]
    for _ in range(count):
        parts = dice.choices(kinds, (0.54, 0.24, 0.11, 0.11), k=dice.choice((1, 1, 2, 3, 3, 4)))
        drawn = [_drawn(dice.choice(part), dice).replace("\\n", "\n") for part in parts]
        # Whoever is named once is often named again.
        fixed = lists.first(dice) if dice.random() < 0.3 else None
        yield vary(_fill(" ".join(drawn), lists, dice, fixed), dice)


def _lines(file: str) -> list[str]:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _things() -> list[tuple[str, list[str]]]:
    """The sentences of things.toml, each with the words that it may hold: mostly those that were written for it."""
    return [
        (frame, [*_words(kind) * 3, *kind.get("more", "").split()])
        for kind in _kinds().values()
        for frame in kind["frames"]
    ]


def all_things() -> dict[str, list[str]]:
    """The single words of things.toml by their kind, less possessives."""
    return {
        name: [w.removesuffix("'s") for w in (*_words(kind), *kind.get("more", "").split()) if " " not in w]
        for name, kind in _kinds().items()
    }


def _words(kind: dict[str, Any]) -> list[str]:
    return re.split(r",\s+", kind["words"].strip())


def _kinds() -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "things.toml").read_text(encoding="utf-8"))


def _drawn(line: str | tuple[str, list[str]], dice: random.Random) -> str:
    """A line as it stands, or a sentence about things with some of them in it."""
    if isinstance(line, str):
        return line
    return re.sub(r"\{\}", lambda _: dice.choice(line[1]), line[0])


def _fill(line: str, lists: Lists, dice: random.Random, fixed: str | None) -> Example:
    text, names, ignored, here = "", [], [], 0
    for slot in SLOT.finditer(line):
        text += line[here : slot.start()]
        here, start, kind = slot.end(), len(text), slot.group(1)
        if kind == "p":
            text += dice.choices((lists.last, lists.first), (0.85, 0.15))[0](dice) + dice.choice(PLACE)
            continue
        if kind == "b":
            text += lists.last(dice)
            ignored.append((start, len(text)))
            text += dice.choice(BUSINESS)
            continue
        if kind == "l" and dice.random() < 0.3:
            text = re.sub(r"\b(Drs?|Mrs?|Ms)\. $", dice.choice((r"\1 ", r"\1.", r"\1 ", r"\1. ")), text)
            start = len(text)
        if kind in "xm":
            text += lists.nobody(dice) if kind == "x" else dice.choice(MONTHS)
            continue
        letters = dice.choices("ABCDEGHJKLMNPRSTVW", k=2)
        drawn = {
            "f": fixed or lists.first(dice),
            "l": lists.last(dice),
            "i": letters[0],
            "c": dice.choice(("{}.{}.", "{}.{}", "{}. {}.")).format(*letters),
        }
        text += lists.word(dice) if kind == "w" else drawn[kind]
        names.append((start, len(text)))
    return Example(text + line[here:], tuple(names), tuple(ignored))


def renamed(example: Example, lists: Lists, dice: random.Random) -> Example:
    """`example` with other people in it."""
    text, names, here, people = "", [], 0, {}
    if example.ignored:
        return example
    for start, end in sorted(example.names):
        words = []
        for word in example.text[start:end].split(" "):
            if len(word.strip(".")) <= 1:
                words.append(word)
                continue
            after_title = re.search(r"\b(?:Drs?|Mrs?|Ms|Doctor)\.? $", example.text[:start])
            draw = lists.last if words or after_title else lists.first
            words.append(people.setdefault(word, draw(dice)))
        text += example.text[here:start]
        names.append((len(text), len(text) + len(" ".join(words))))
        text += " ".join(words)
        here = end
    return Example(text + example.text[here:], tuple(names), (), 1.0)


def hidden(example: Example, dice: random.Random) -> Example:
    """`example` with some names as an earlier run left them: placeholders that nobody need find."""
    text, names, here = "", [], 0
    for start, end in sorted(example.names):
        text += example.text[here:start]
        shown = dice.choice(("[NAME]", "[THERAPIST]", example.text[start:end]))
        if not shown.startswith("["):
            names.append((len(text), len(text) + len(shown)))
        text, here = text + shown, end
    return Example(text + example.text[here:], tuple(names), (), example.weight / 2)


def vary(example: Example, dice: random.Random) -> Example:
    """`example` as some people write: no capitals, all capitals, as a heading, names in lower case."""
    chance, text = dice.random(), example.text
    if chance < 0.14:
        text = text.lower()
    elif chance < 0.22:
        text = text.upper()
    elif chance < 0.25:
        text = re.sub(r"(?<![\w'’])[a-z]", lambda letter: letter[0].upper(), text)
    elif chance < 0.31:
        for start, end in example.names:
            text = text[:start] + text[start:end].lower() + text[end:]
    if len(text) != len(example.text):
        return example
    return Example(text, example.names, example.ignored, example.weight, example.weak)
