"""data/raw: which files lie there, which are ours to read, and which are still arriving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# What browsers and sync clients call a download that still grows.
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".opdownload")
# What stands in place of the digest of a file that cannot be opened, before its place.
NO_DIGEST = "unreadable "
ARRIVING = "it is still being downloaded or saved.  The next run takes it"
LEADS_OUT = "it is a link that leads out of data/raw.  Put a copy there instead"
GONE = "it was removed or renamed while it was read.  If it has another name now, the next run takes it"
NO_FILE = "it is no file but a pipe, a device or a broken link.  Remove it"


@dataclass(frozen=True)
class Content:
    """What lies in data/raw: files to read in a stable order, and the others with the reason why not now.

    `older` files were left out, because they came before the day that was asked for.
    """

    files: tuple[Path, ...]
    waiting: tuple[tuple[Path, str], ...] = ()
    refused: tuple[tuple[Path, str], ...] = ()
    older: int = 0


def content(folder: Path, since: datetime | None = None) -> Content:
    """What lies in `folder` and below, where asked only what arrived `since`; hidden files are nobody's reviews."""
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}.  Run `reviewpipe init` there, or choose another with --project."
        )
    inside = folder.resolve()
    files, waiting, refused, older = [], [], [], 0
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            refused.append((path, LEADS_OUT))
        elif path.is_dir():
            continue
        elif not path.is_file():
            refused.append((path, NO_FILE))
        elif _arrives(path):
            waiting.append((path, ARRIVING))
        elif since and (came := arrived(path)) and came < since:
            older += 1
        else:
            files.append(path)
    return Content(tuple(files), tuple(waiting), tuple(refused), older)


def _arrives(path: Path) -> bool:
    """Whether a browser still writes it, under its own name or beside an empty file that keeps the place."""
    suffix = path.suffix.casefold()
    return suffix in UNFINISHED or any(path.with_name(path.name + end).exists() for end in UNFINISHED)


def written(path: Path) -> datetime:
    """When the content was last changed, as the file itself says; the beginning of time where it is gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except OSError:
        return datetime.fromtimestamp(0, tz=UTC)


def size(path: Path) -> int:
    """Its bytes; 0 where it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def arrived(path: Path) -> datetime | None:
    """When the file came to where it lies, or was changed there; None where it is gone.

    A copy keeps the date of its original (`cp -p`, archives, sync clients); the time of the last change to the file's
    entry (st_ctime) cannot be set back, so the later of the two counts.
    """
    try:
        facts = path.stat()
    except OSError:
        return None
    return datetime.fromtimestamp(max(facts.st_mtime, facts.st_ctime), tz=UTC)


def unsettled(path: Path, mark: str) -> str:
    """Why a file that was `mark` before it was read is not so any more; "" where it is."""
    if not path.exists():
        return GONE
    return "" if digest(path) == mark else ARRIVING


def proper(mark: str) -> str:
    """`mark` where it is a digest of content, else "": a place may hold somebody's name."""
    return "" if mark.startswith(NO_DIGEST) else mark


def by_content(files: Iterable[Path]) -> dict[str, list[Path]]:
    """The digest of each content with the files that hold it, in their order."""
    found: dict[str, list[Path]] = {}
    for path in files:
        found.setdefault(digest(path), []).append(path)
    return found


def digest(path: Path) -> str:
    """The identity of a file's content; a file that cannot be read goes by its place, and reading it says why."""
    try:
        with path.open("rb") as file:
            mark = blake2b(digest_size=16)
            while piece := file.read(1 << 20):
                mark.update(piece)
    except OSError:
        return f"{NO_DIGEST}{path}"
    return mark.hexdigest()
