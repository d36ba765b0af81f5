"""What the owner said of words that may be names, kept as keyed fingerprints in a file beside the key.

A word that is a name is hidden from then on wherever it stands; one that is none is hidden only where it belongs to
somebody we know: the row's reviewer, the staff, a reviewer of any file.
"""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.anonymise.known import Known, is_ordinary, numbered, parts
from reviewpipe.anonymise.pseudonyms import Key
from reviewpipe.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reviewpipe.anonymise.entities import Entity
    from reviewpipe.anonymise.roster import Roster
    from reviewpipe.config import Config

SAID = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Answers:
    """The fingerprints of words that are names, and the words that are none."""

    names: frozenset[tuple[int, int]] = frozenset()
    cleared: Known = field(default_factory=Known)


def path_of(key_file: Path) -> Path:
    """Where the answers lie that were given under a key."""
    return key_file.with_suffix(".answers")


def of(config: Config, key: Key | None = None) -> Answers:
    """The owner's answers, none where there is no file; `key` is the project's where it is not given."""
    given = _read(path_of(config.key_file))
    if not given or not (key or config.key_file.is_file()):
        return Answers()
    key = key or Key.load_or_create(config.key_file)
    names, others = (
        {(numbered(one, 1), 1) for one, is_name in given.items() if is_name is said} for said in (True, False)
    )
    return Answers(frozenset(names), Known.of(others, key))


def joined(roster: Roster, config: Config, key: Key | None = None) -> Roster:
    """`roster` with the owner's answers."""
    given = of(config, key)
    if not given.cleared.key:
        return roster
    known = roster.known.joined(Known.of(given.names, given.cleared.key))
    return dataclasses.replace(roster, known=known, cleared=given.cleared)


def without_cleared(persons: list[Entity], text: str, author: str | None, roster: Roster) -> list[Entity]:
    """`persons` found in `text` but those whose words the owner called no names and who are nobody we know."""
    if not roster.cleared:
        return persons
    own = {(word,) for word in parts(author or "")}

    def is_known(word: str) -> bool:
        return (word,) in own or (word,) in roster.owners or roster.known.holds(word)

    return [
        one
        for one, words in ((one, parts(text[one.start : one.end])) for one in persons)
        if any(is_known(word) or not roster.cleared.has(word) for word in words)
    ]


def mark(config: Config) -> str:
    """Changes with every answer: then files are read again."""
    given = _read(path_of(config.key_file))
    return blake2b(repr(sorted(given.items())).encode(), digest_size=8).hexdigest() if given else ""


def record(config: Config, key: Key, said: Mapping[str, bool]) -> None:
    """Keep what was `said` of words (a name or not), instead of what was said of them before.

    UsageError for a word of which there is no one answer.
    """
    fingerprints = {key.fingerprint(_checked(word)): is_name for word, is_name in said.items()}
    path = path_of(config.key_file)
    _write(path, _read(path) | fingerprints)


def carry_over(config: Config, old: Key, new: Key, words: Iterable[str]) -> None:
    """Turn the answers given under the `old` key into those of the `new` one, for the `words` that stand in raw files.

    A fingerprint cannot be turned into another, because nobody knows the word behind it.
    """
    path = path_of(config.key_file)
    given = _read(path)
    if given:
        pairs = ((old.fingerprint(word), new.fingerprint(word)) for word in {_folded(one) for one in words})
        _write(path, given | {again: given[before] for before, again in pairs if before in given})


def leave_behind(config: Config, new: Key, words: Iterable[str]) -> None:
    """Keep those answers only that hold under the `new` key: with the old one, others could guess the words."""
    path = path_of(config.key_file)
    given = _read(path)
    if given:
        again = {new.fingerprint(word) for word in {_folded(one) for one in words}}
        _write(path, {one: is_name for one, is_name in given.items() if one in again})


def files(config: Config) -> list[Path]:
    """Where answers lie, or lay half written."""
    path = path_of(config.key_file)
    return [path, _part(path)]


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _folded(word: str) -> str:
    return without_possessive(fold(word.strip()))


def _checked(word: str) -> str:
    """The folded word; UsageError where it cannot be answered for all places at once."""
    folded = _folded(word)
    if not folded.isalpha():
        raise UsageError("An answer is about one word, letters only: --answer WORD=yes or --answer WORD=no.")
    if is_ordinary(folded):
        raise UsageError(
            "That is an ordinary word as well as a name, so one answer for all places would be wrong.  If it is "
            "somebody on your staff, name the person under [[staff]] in reviewpipe.toml."
        )
    return folded


def _read(path: Path) -> dict[str, bool]:
    """Answers by fingerprint; StoreError for a file that is none of ours."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
        return {bytes.fromhex(one).hex(): {"yes": True, "no": False}[said] for one, said in lines}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError):
        raise StoreError(f"{path} is damaged.  Restore it from your backup, or remove it and answer again.") from None
    except OSError as problem:
        raise StoreError(f"{path} cannot be read: {problem.strerror}.  Is it a file that you own?") from None


def _write(path: Path, answers: Mapping[str, bool]) -> None:
    """The file is either the old or the new one, readable by the owner alone."""
    part = _part(path)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{fingerprint} {SAID[is_name]}\n" for fingerprint, is_name in sorted(answers.items()))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        raise StoreError(f"{path} cannot be written: {problem.strerror}.  May you write there?") from None
