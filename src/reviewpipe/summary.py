"""What became of the files of a run: one by one, and in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from reviewpipe import rawfolder
from reviewpipe.errors import NotReviewsError
from reviewpipe.store import Counts, Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from reviewpipe.anonymise import Known
    from reviewpipe.calibrate import Fitted
    from reviewpipe.errors import InputError
    from reviewpipe.schema import Reject
    from reviewpipe.store import FileNote


@dataclass(frozen=True)
class Outcome:
    """What one file gave: its line for the ledger and what was refused, or the reason why not.

    `mark` is the digest of its content, `size` its rows.  `waiting` says why nothing of it counts in this run: it
    changed or went away while it was read.  `again`: rows that the store had from it before.
    `met` are the names of its reviewers.
    """

    path: Path
    mark: str
    note: FileNote | None = None
    rejects: tuple[Reject, ...] = ()
    problem: InputError | None = None
    waiting: str = ""
    again: int = 0
    size: int = 0
    met: Known | None = None

    @property
    def kind(self) -> str:
        """In one word: `read`, `waiting`, `unreadable` or `no reviews`."""
        if self.problem:
            return kind_of(self.problem)
        return "waiting" if self.waiting else "read"

    @property
    def counts(self) -> Counts:
        """The counts of the file, where reviews that the store had from it before are nothing new."""
        counts = self.note.counts if self.note else Counts()
        return replace(counts, new=counts.new - self.again, duplicate=counts.duplicate + self.again)


@dataclass
class Progress:
    """How far a run has come: files done of all, reviews so far, and the share of the work by the size of files.

    `outcome` is that of a file that was done just now.
    """

    sizes: Mapping[Path, int]
    files: int = 0
    reviews: int = 0
    outcome: Outcome | None = None
    _bytes: float = 0.0
    _of_file: float = 0.0

    @classmethod
    def of(cls, files: Iterable[Path]) -> Self:
        """The beginning; a file that is gone has no size."""
        return cls({path: rawfolder.size(path) for path in files})

    @property
    def total(self) -> int:
        """Number of files."""
        return len(self.sizes)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, (self._bytes + self._of_file) / max(1, sum(self.sizes.values())))

    def add(self, outcome: Outcome, reviews: int) -> None:
        """A batch of a file is done."""
        self.reviews += reviews
        self._of_file += self.sizes[outcome.path] * (reviews + len(outcome.rejects)) / max(1, outcome.size)
        self.outcome = None

    def end(self, outcome: Outcome) -> None:
        """A file is done."""
        self.files += 1
        self._bytes += self.sizes[outcome.path]
        self._of_file = 0.0
        self.outcome = outcome


@dataclass(frozen=True)
class Summary:
    """A run in numbers.  `known` files were read by an earlier run, `again` ones now once more, with other settings.

    Pairs of place under data/raw (names hidden) and reason: `problems` cannot be read, `others` hold no reviews,
    `waiting` are still arriving; `still_unread` and `still_others` are as many more that were told by an earlier run
    and have not changed.  `older` files came before the day that was asked for, `ledger` ones had been read before this
    run, wherever they are now.  `forgotten` of the rejected rows were so at their author's request.  `vanished`
    reviews are missing in the newest export of all; `drift` says which columns changed.  `rescored` older reviews were
    scored again, `because` (keys of versions.REASONS) something changed; `fitted` is what was made of the labels.
    """

    files: int
    known: int
    again: int
    counts: Counts
    fitted: Fitted
    ledger: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    still_unread: int = 0
    still_others: int = 0
    older: int = 0
    forgotten: int = 0
    vanished: int = 0
    drift: tuple[str, ...] = ()
    rescored: int = 0
    because: tuple[str, ...] = ()

    @property
    def unread(self) -> int:
        """How many files cannot be read at present."""
        return len(self.problems) + self.still_unread

    def as_dict(self) -> dict[str, Any]:
        """The counts for programs; read = new + edited + duplicate + rejected."""
        return {
            "files": self.files,
            **asdict(self.counts),
            "failed_files": self.unread,
            "still_failed_files": self.still_unread,
            "waiting_files": len(self.waiting),
            "older_files": self.older,
            "vanished": self.vanished,
            "drift": list(self.drift),
            "rescored": self.rescored,
            "because": list(self.because),
            "labels": self.fitted.labels,
            "calibrated": self.fitted.used,
        }

    def too_bad(self, share: float) -> bool:
        """Whether more than `share` of the rows or of the files was refused.

        Left out is what was forgotten, and what an earlier run told.
        """
        rejected = self.counts.rejected - self.forgotten > share * (self.counts.read - self.forgotten)
        return rejected or len(self.problems) > share * self.files


def told(
    outcomes: Sequence[Outcome],
    content: rawfolder.Content,
    copies: Iterable[Sequence[Path]],
    shown: Callable[[Path], str],
    fitted: Fitted,
) -> Summary:
    """The outcomes of a run as numbers and reasons."""
    places = {paths[0]: paths for paths in copies}
    waiting = [*content.waiting, *((o.path, o.waiting) for o in outcomes if o.waiting)]
    return Summary(
        files=len(content.files) + content.older,
        known=len(content.files) - sum(len(places[o.path]) for o in outcomes),
        again=0,
        counts=sum((o.counts for o in outcomes), Counts()),
        fitted=fitted,
        forgotten=sum(o.note.counts.rejected - len(o.rejects) for o in outcomes if o.note),
        waiting=tuple((shown(path), why) for path, why in waiting),
        older=content.older,
    )


def failures(
    outcomes: Sequence[Outcome],
    content: rawfolder.Content,
    copies: Iterable[Sequence[Path]],
    shown: Callable[[Path], str],
    settings: str,
) -> list[Failure]:
    """What cannot be read, or holds no reviews; a copy of such a file is one more."""
    places = {paths[0]: paths for paths in copies}
    bad = [
        Failure(shown(path), reason(o.problem, o.path), rawfolder.proper(o.mark), settings, o.kind)
        for o in outcomes
        if o.problem
        for path in places[o.path]
    ]
    return bad + [Failure(shown(path), why, "", settings) for path, why in content.refused]


def with_failures(summary: Summary, now: Sequence[Failure], before: Iterable[Failure]) -> Summary:
    """`summary` with the failures of `now`: those that stood there `before` are only counted."""
    told_before = Counter(one.mark for one in before)
    fresh: list[Failure] = []
    still: Counter[str] = Counter()
    for one in now:
        if told_before[one.mark]:
            told_before[one.mark] -= 1
            still[one.kind] += 1
        else:
            fresh.append(one)
    return replace(
        summary,
        problems=tuple((one.path, one.reason) for one in fresh if one.kind == "unreadable"),
        others=tuple((one.path, one.reason) for one in fresh if one.kind != "unreadable"),
        still_unread=still.pop("unreadable", 0),
        still_others=still.total(),
    )


def kind_of(problem: InputError) -> str:
    """A refused file in a word."""
    return "no reviews" if isinstance(problem, NotReviewsError) else "unreadable"


def reason(problem: InputError, path: Path) -> str:
    """The problem without the file's name, which may hold a person's."""
    return str(problem).replace(str(path), "").replace(path.name, "").lstrip(": ")
