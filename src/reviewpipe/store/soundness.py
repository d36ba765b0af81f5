"""What is wrong with a store's file: SQLite's own checks, then values that no run of ours would have written.

SQLite keeps no checksums, so a bit that flipped inside a text stays unseen; whatever breaks the file, a count, a date
or one of our own words is found.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

from reviewpipe.schema import Direction, Polarity, Precision, Said, Sentiment, Visibility
from reviewpipe.store.database import PROBLEMS, told
from reviewpipe.store.reading import BY_REVIEW

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# The words that there are for each kind of thing, as JSON.
WORDS = {
    "moods": json.dumps(get_args(Sentiment)),
    "polarities": json.dumps(get_args(Polarity)),
    "said": json.dumps(get_args(Said)),
    "directions": json.dumps(get_args(Direction)),
    "kinds": json.dumps(get_args(Precision)),
    "seen_by": json.dumps(get_args(Visibility)),
}
# Rows that no run of ours would have written, by what is wrong with them.
ODD = {
    "a review has a mood that there is not": """
        SELECT 1 FROM reviews WHERE sentiment NOT IN (SELECT value FROM json_each(:moods))
        """,
    "a review is neither public nor private": """
        SELECT 1 FROM reviews WHERE visibility NOT IN (SELECT value FROM json_each(:seen_by))
        """,
    "a review has a day that there is not": """
        SELECT 1 FROM reviews WHERE date_precision NOT IN (SELECT value FROM json_each(:kinds))
        OR posted_on NOT GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'
        OR (posted_on IS NOT NULL AND date(substr(posted_on, 1, 10)) IS NULL)
        """,
    "a review is counted in another month": "SELECT 1 FROM reviews WHERE month IS NOT substr(posted_on, 1, 7)",
    "a review stands nowhere": """
        SELECT 1 FROM reviews WHERE NOT EXISTS (
          SELECT 1 FROM places WHERE places.number = reviews.number AND places.source = reviews.source)
        """,
    "a theme is judged by a word that there is not": """
        SELECT 1 FROM themes WHERE polarity NOT IN (SELECT value FROM json_each(:polarities))
        OR direction NOT IN (SELECT value FROM json_each(:directions))
        """,
    "a label is a word that there is not": """
        SELECT 1 FROM labels WHERE sentiment NOT IN (SELECT value FROM json_each(:moods))
        UNION ALL SELECT 1 FROM label_themes WHERE polarity NOT IN (SELECT value FROM json_each(:said))
        """,
    "the columns of a file cannot be read": "SELECT 1 FROM files WHERE NOT json_valid(columns)",
}
# `theme_counts` and what counting all themes gives, where they differ.
COUNTED = f"""
    SELECT 1 FROM (
      SELECT nullif(month, '') AS month, theme, polarity, nullif(direction, '') AS direction, n FROM theme_counts
      UNION ALL SELECT month, theme, polarity, direction, -1 FROM ({BY_REVIEW.format("themes")}))
    GROUP BY month, theme, polarity, direction HAVING sum(n) <> 0
    """  # noqa: S608  our own words


def damage(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the whole file, without any value that stands in it; empty when all is well."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"a row of {row[0]} points nowhere" for row in connection.execute("PRAGMA foreign_key_check")]
        found += _values(connection)
        checks = ODD | {"themes are counted wrongly": COUNTED}
        found += [what for what, sql in checks.items() if connection.execute(sql, WORDS).fetchone()]
    except PROBLEMS as problem:
        return [told(problem)]
    return found


def _values(connection: sqlite3.Connection) -> Iterator[str]:
    """Columns in which something stands that is not of their type."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    for table in names:
        columns = [(row[1], row[2].casefold()) for row in connection.execute(f"PRAGMA table_info({table})")]
        odd = " OR ".join(f"typeof(\"{name}\") NOT IN ('null', '{kind}')" for name, kind in columns)
        if connection.execute(f"SELECT 1 FROM {table} WHERE {odd} LIMIT 1").fetchone():  # noqa: S608  our own tables
            yield f"a value of {table} is of another kind"
        texts = ", ".join(f'"{name}"' for name, kind in columns if kind == "text")
        if texts:
            for _ in connection.execute(f"SELECT {texts} FROM {table}"):  # noqa: S608  our own tables
                pass  # a text that is not UTF-8 raises
