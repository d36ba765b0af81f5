"""Where things lie, and how names of the sample practice are searched for."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "raw" / "sample"

# Reviewers of the sample who signed with a single name that is also a word or a piece of one.
WORDS = {"Ellis", "Ike", "J.T.", "Mark", "Rob", "Teodora"}


def assert_none_of(names, text):
    """No whole name stands in `text`, in whatever case."""
    folded = text.casefold()
    for name in set(names) - WORDS:
        # The plain search first: it spares five megabytes of page a regular expression for each name.
        found = name.casefold() in folded and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", folded)
        assert not found, name


def rows_of(path, *, but=("runs",)):
    """All that a store holds, in order; reviews and places go by their keys, as numbers only tell what came first.

    Tables in `but` are left out: the diary of runs tells the time, and the ledger which file came first.
    """
    with closing(sqlite3.connect(path)) as direct:
        tables = [name for (name,) in direct.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        called = {
            "number": dict(direct.execute("SELECT number, review_id FROM reviews")),
            "place": dict(direct.execute("SELECT place, review_key FROM places")),
        }
        found = {}
        for table in sorted({*tables} - {*but}):
            rows = direct.execute(f"SELECT * FROM {table}")  # noqa: S608  our own tables
            columns = [one[0] for one in rows.description]
            found[table] = sorted(
                repr(
                    [called[name][value] if name in called else value for name, value in zip(columns, row, strict=True)]
                )
                for row in rows
            )
    return found
