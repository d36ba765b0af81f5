"""Client reviews of a hands-on practice: read, anonymised, scored, and shown so that every number can be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewpipe.analysis import analyse
    from reviewpipe.anonymise import redact

__version__ = "0.1.0"
__all__ = ["__version__", "analyse", "redact"]


def __getattr__(name: str) -> Any:
    """The two public functions, imported when they are asked for, so that the command line starts light."""
    if name == "redact":
        from reviewpipe.anonymise import redact

        return redact
    if name == "analyse":
        from reviewpipe.analysis import analyse

        return analyse
    raise AttributeError(f"module 'reviewpipe' has no attribute {name!r}")
