"""Names by origin: people.toml and the lists by country."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
# One word in Latin letters, with all its accents.
_NAME = re.compile(r"[A-ZÀ-ɏḀ-ỿ][a-zß-ɏḀ-ỿA-Z]+(?:[-'’][A-Za-zÀ-ɏḀ-ỿ]+)*")
_SYLLABLE = re.compile("[^aeiou]{0,2}[aeiouw]{1,3}(n|ng|m|k|l)?")

Origins = dict[str, tuple[set[str], set[str]]]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_origin(folder: Path) -> Origins:
    """First names and surnames of each origin, in Latin letters; `folder` has the lists by country."""
    found: Origins = {}
    for origin, listed in tomllib.loads((HERE / "people.toml").read_text(encoding="utf-8")).items():
        _note(found, origin, listed["first"].split(), listed["last"].split())
    for row in rows(folder / "popnames_common-forenames-by-country.csv"):
        _note(found, row["Country"], (row["Localized Name"], row["Romanized Name"]), ())
    for row in rows(folder / "popnames_common-surnames-by-country.csv"):
        _note(found, row["Country"], (), (row["Romanized Name"],))
    for origin in ("chinese", "korean"):
        _note(found, f"{origin} compounds", _compounds(found[origin][0]), ())
    return found


def _compounds(names: set[str]) -> Iterator[str]:
    """Every two syllables of `names` as one name: new ones are made so all the time."""
    single = {part.title() for name in names for part in name.split("-") if _SYLLABLE.fullmatch(part.lower())}
    return (one + other.lower() for one in sorted(single) for other in sorted(single))


def _note(found: Origins, origin: str, first: Iterable[str], last: Iterable[str]) -> None:
    """Add the names that are written in Latin letters."""
    kept = found.setdefault(origin, (set(), set()))
    kept[0].update(filter(_NAME.fullmatch, first))
    kept[1].update(filter(_NAME.fullmatch, last))
