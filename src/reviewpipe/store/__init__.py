"""The store: one SQLite file with anonymised reviews.  The only room that knows SQL."""

from reviewpipe.store.database import NAMELESS, OUTDATED, SCHEMA_VERSION, UNSWEPT
from reviewpipe.store.labels import OTHER_WORDS
from reviewpipe.store.looking import in_memory
from reviewpipe.store.notes import Counts, Failure, FileNote, FileReject, Finished, Wording
from reviewpipe.store.writing import Store

__all__ = [
    "NAMELESS",
    "OTHER_WORDS",
    "OUTDATED",
    "SCHEMA_VERSION",
    "UNSWEPT",
    "Counts",
    "Failure",
    "FileNote",
    "FileReject",
    "Finished",
    "Store",
    "Wording",
    "in_memory",
]
