"""Has the export changed its columns?  A vendor that renames one empties a field without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from reviewpipe.store import FileNote

# In fewer rows a column is empty by chance.
FEWEST_ROWS = 10
MOST_NAMED = 6


def changes(now: Sequence[FileNote], earlier: Sequence[FileNote]) -> list[str]:
    """A line for each kind of file in `now` whose columns differ from those of the last such file in `earlier`.

    Files of one export (the pages of a Takeout folder) count as one.  Kinds are told apart by form and source; tables
    that no form describes are of one kind when they share half of their headings.
    """
    lines = []
    before = _exports(earlier)
    for key, notes in _exports(now).items():
        columns, rows = _union(notes)
        others = [(max(n.seen_on for n in o), _union(o)) for k, o in before.items() if k[:2] == key[:2] and k != key]
        alike = [(day, found) for day, (found, count) in others if count >= FEWEST_ROWS and _same_kind(found, columns)]
        if rows < FEWEST_ROWS or not alike:
            continue
        _, last = max(alike, key=lambda one: one[0])
        said = [
            _said("new", columns.keys() - last.keys()),
            _said("gone", last.keys() - columns.keys()),
            _said("empty now", {name for name in columns.keys() & last.keys() if last[name] and not columns[name]}),
        ]
        if any(said):
            lines.append(f"{notes[0].path}: columns {'; '.join(filter(None, said))} (since the last file of this kind)")
    return lines


def _exports(notes: Sequence[FileNote]) -> dict[tuple[str, str, str], list[FileNote]]:
    """Files by form, source and export; a file that is no part of an export is one by itself."""
    found: dict[tuple[str, str, str], list[FileNote]] = {}
    for note in notes:
        if note.columns:
            found.setdefault((note.form, note.source, note.export or note.digest), []).append(note)
    return found


def _union(notes: Sequence[FileNote]) -> tuple[dict[str, bool], int]:
    """The columns of some files, true where one of them has something there, and their rows."""
    columns: dict[str, bool] = {}
    for note in notes:
        for name, filled in note.columns.items():
            columns[name] = columns.get(name, False) or filled
    return columns, sum(note.counts.read for note in notes)


def _same_kind(one: Mapping[str, bool], other: Mapping[str, bool]) -> bool:
    return 2 * len(one.keys() & other.keys()) >= max(len(one), len(other))


def _said(what: str, names: Collection[str]) -> str:
    if not names:
        return ""
    shown = sorted(names)[:MOST_NAMED]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{what}: {', '.join(repr(name) for name in shown)}{more}"
