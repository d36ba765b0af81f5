"""What a page is made from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewpipe.config import Practice
from reviewpipe.metrics.accuracy import Accuracy
from reviewpipe.metrics.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.consent import Gate
    from reviewpipe.metrics.overview import Overview
    from reviewpipe.schema import Review
    from reviewpipe.store import FileNote, FileReject


@dataclass(frozen=True)
class Intake:
    """What became of the files: read = new + edited + duplicate + rejected; refused rows by reason."""

    files: int = 0
    read: int = 0
    new: int = 0
    edited: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    failed: Sequence[tuple[str, str]] = ()
    vanished: int = 0


def intake(files: Sequence[FileNote], rejects: Iterable[FileReject], vanished: int = 0) -> Intake:
    """The ledger and the rejects as numbers; failed files with their reason; reviews gone from their export."""
    counts = [note.counts for note in files]
    reasons, failed = Counter[str](), list[tuple[str, str]]()
    for refused in rejects:
        if refused.row is None:
            failed.append((refused.path, refused.reason))
        else:
            reasons[refused.reason] += 1
    return Intake(
        files=len(files),
        read=sum(c.read for c in counts),
        new=sum(c.new for c in counts),
        edited=sum(c.edited for c in counts),
        duplicate=sum(c.duplicate for c in counts),
        rejected=sum(c.rejected for c in counts),
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        failed=failed,
        vanished=vanished,
    )


@dataclass(frozen=True)
class View:
    """All that a page shows.  `reviews` are the newest, up to a cap; the numbers in `overview` are of all.

    `themes` and `sources` say how a name is written for people; without an entry it is made from the name.  `texts` are
    of the newest of the year; `edited` and `gone` are reviews to which that happened in the period.  `gate` says which
    words may be published; without one nobody asked.
    """

    overview: Overview
    reviews: Sequence[Review] = ()
    intake: Intake = Intake()
    practice: Practice = field(default_factory=Practice)
    themes: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    accuracy: Accuracy = field(default_factory=Accuracy)
    gate: Gate | None = None
    texts: Texts = field(default_factory=Texts)
    edited: Sequence[Review] = ()
    gone: Sequence[Review] = ()

    def theme(self, name: str) -> str:
        """A theme's name for people."""
        return self.themes.get(name) or name.replace("_", " ").capitalize()

    def source(self, name: str) -> str:
        """A source's name for people."""
        return self.sources.get(name) or name.replace("_", " ").capitalize()
