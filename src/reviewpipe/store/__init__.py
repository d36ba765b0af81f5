"""The store: one SQLite file with anonymised reviews.  The only room that knows SQL."""

from reviewpipe.store.database import OUTDATED, SCHEMA_VERSION
from reviewpipe.store.notes import Counts, FileNote, FileReject, Finished
from reviewpipe.store.writing import Store

__all__ = ["OUTDATED", "SCHEMA_VERSION", "Counts", "FileNote", "FileReject", "Finished", "Store"]
