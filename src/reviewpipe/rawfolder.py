"""data/raw: which files lie there, which are ours to read, and which are still arriving."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# What browsers and sync clients call a download that still grows.
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".opdownload")
# What stands before the place of a file whose content could not be read.
UNREAD = "unreadable "
ARRIVING = "it is still being downloaded or saved.  The next run takes it"
LEADS_OUT = "it is a link that leads out of data/raw.  Put a copy there instead"
NO_FILE = "it is no file but a pipe, a device or a broken link.  Remove it"


@dataclass(frozen=True)
class Content:
    """What lies in data/raw: files to read in a stable order, and the others with the reason why not now."""

    files: tuple[Path, ...]
    waiting: tuple[tuple[Path, str], ...] = ()
    refused: tuple[tuple[Path, str], ...] = ()


def content(folder: Path) -> Content:
    """What lies in `folder` and below; hidden files are nobody's reviews."""
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}.  Run `reviewpipe init` there, or choose another with --project."
        )
    inside = folder.resolve()
    files, waiting, refused = [], [], []
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
        else:
            files.append(path)
    return Content(tuple(files), tuple(waiting), tuple(refused))


def _arrives(path: Path) -> bool:
    """Whether a browser still writes it, under its own name or beside an empty file that keeps the place."""
    suffix = path.suffix.casefold()
    return suffix in UNFINISHED or any(path.with_name(path.name + end).exists() for end in UNFINISHED)


def state(path: Path) -> tuple[int, int] | None:
    """Size and time of last writing: when they change, so does the file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns


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
        return f"{UNREAD}{path}"
    return mark.hexdigest()
