"""Reviews past one disk: raw files anywhere in, Parquet anywhere out, written by the workers of any executor.

The store of the project knows the key, the names met before and who is to be forgotten; no review goes into it.
"""

from reviewpipe.bulk.coordinating import Committed, Parts, parts, run

__all__ = ["Committed", "Parts", "parts", "run"]
