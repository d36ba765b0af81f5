import pytest

from reviewpipe import drift
from reviewpipe.store import Counts, FileNote


def note(digest, columns, rows=40, **facts):
    given = {"form": "table", "source": "yelp", "seen_on": "2026-10-01"} | facts
    return FileNote(digest, f"{digest}.csv", counts=Counts(rows, rows), columns=columns, **given)


OLD = note("old", {"When": True, "Stars": True, "Comment": True, "Reply": True})


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (note("new", dict(OLD.columns)), []),
        (
            note("new", {"When": True, "Stars": True, "What they said": True, "Reply": False}),
            [
                "new.csv: columns new: 'What they said'; gone: 'Comment'; empty now: 'Reply' (since the last file of this kind)"
            ],
        ),
        (note("few", {"When": True, "Stars": True, "Comment": True}, rows=3), []),
        (note("other", {"Question one": True, "Question two": True}), []),
        (note("google", {"When": True, "Stars": True}, source="google"), []),
    ],
)
def test_columns_that_come_go_or_empty_are_told(now, said):
    assert drift.changes([now], [OLD]) == said


def test_the_pages_of_one_export_are_looked_at_together():
    pages = [
        note("p1", {"comment": True, "reply": False}, export="october"),
        note("p2", {"comment": True, "reply": True}, export="october"),
    ]
    earlier = [note("p0", {"comment": True, "reply": True}, export="september")]
    assert drift.changes(pages, earlier) == []


def test_the_last_file_of_the_kind_counts_not_the_first():
    oldest = note("oldest", {"When": True, "Stars": True, "Comment": True}, seen_on="2026-01-01")
    assert drift.changes([note("new", dict(OLD.columns), seen_on="2026-11-01")], [oldest, OLD]) == []
