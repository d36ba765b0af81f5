"""The store: one SQLite file with anonymised reviews.  The only room that knows SQL."""

from reviewpipe.store.database import NAMELESS, OUTDATED
from reviewpipe.store.forgetting import FORGOTTEN, tombstones
from reviewpipe.store.labels import OTHER_WORDS
from reviewpipe.store.looking import in_memory
from reviewpipe.store.notes import SAYINGS, Counts, Failure, FileNote, FileReject, Finished, Saying, Wording
from reviewpipe.store.tables import SCHEMA_VERSION
from reviewpipe.store.writing import Store

__all__ = [
    "FORGOTTEN",
    "NAMELESS",
    "OTHER_WORDS",
    "OUTDATED",
    "SAYINGS",
    "SCHEMA_VERSION",
    "Counts",
    "Failure",
    "FileNote",
    "FileReject",
    "Finished",
    "Saying",
    "Store",
    "Wording",
    "in_memory",
    "tombstones",
]
