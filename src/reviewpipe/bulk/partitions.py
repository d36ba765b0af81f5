"""The files of a bulk job: anywhere that fsspec reaches, read and written where they are, never copied to our disk."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import TYPE_CHECKING, Any, BinaryIO

from reviewpipe.errors import StoreError, UnreadableError, UsageError
from reviewpipe.ingest.raw import Raw
from reviewpipe.rawfolder import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewpipe.config import Config

# How other programs begin the names of what is no data (".crc", "_SUCCESS").
NO_DATA = (".", "_")


@dataclass(frozen=True)
class Partition:
    """A raw file: its `url`, its `place` under the folder that was asked for, when it was `written` (ISO), its bytes.

    `mark` changes with its place and content, as far as the file system tells.
    """

    url: str
    place: str
    written: str
    size: int
    mark: str


def listed(folder: str, otherwise: datetime) -> list[Partition]:
    """The files in a folder and below, by their places; `otherwise` is when they were written where nobody knows.

    UsageError where there are none.
    """
    fs, root = reached(folder)
    fs.invalidate_cache()
    with _reachable(folder):
        found = sorted(fs.find(root))
        base = "" if found == [root] else root.rstrip("/") + "/"
        partitions = []
        for path in found:
            place = path.removeprefix(base) if base else PurePosixPath(path).name
            parts = PurePosixPath(place).parts
            if any(part.startswith(NO_DATA) for part in parts) or parts[-1].casefold().endswith(UNFINISHED):
                continue
            partitions.append(_partition(fs, path, place, otherwise))
    if not partitions:
        raise UsageError(f"There are no files in {folder}.  Give the folder that holds the raw files.")
    return partitions


def _partition(fs: Any, path: str, place: str, otherwise: datetime) -> Partition:
    written, size, mark = otherwise, 0, ""
    # A broken link, or what is gone already (OSError): whoever opens it says so.
    with suppress(OSError):
        size, mark = fs.size(path) or 0, fs.ukey(path)
        with suppress(NotImplementedError):
            written = fs.modified(path)
    written = written if written.tzinfo else written.replace(tzinfo=UTC)
    mark = blake2b(f"{place}\0{mark}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return Partition(fs.unstrip_protocol(path), place, written.isoformat(timespec="seconds"), size, mark)


def raw_of(partition: Partition, config: Config) -> Raw:
    """A partition as ingest reads it, as if it lay in data/raw."""
    place = config.raw / partition.place
    return Raw(place, datetime.fromisoformat(partition.written), partial(_opened, partition.url))


def is_unchanged(partition: Partition) -> bool:
    """Whether a partition still has the content that it had when it was listed."""
    fs, path = reached(partition.url)
    try:
        fs.invalidate_cache()
        return _partition(fs, path, partition.place, datetime.fromisoformat(partition.written)).mark == partition.mark
    except OSError:
        return False


def _opened(url: str) -> BinaryIO:
    fs, path = reached(url)
    try:
        file: BinaryIO = fs.open(path, "rb")
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise UnreadableError(f"it cannot be opened: {why}.  Check that you may read it") from None
    return file


@contextmanager
def created(url: str) -> Iterator[BinaryIO]:
    """A new file at `url`, there when it is whole; what was there goes.  On our disk only its owner may read it."""
    fs, path = reached(url)
    part = f"{path}.{token_hex(4)}.part"  # two workers may do the same work, when one was taken for lost
    with _reachable(url):
        fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            with fs.open(part, "wb") as file:
                if "file" in fs.protocol:
                    Path(part).chmod(0o600)
                yield file
            fs.mv(part, path)
        except BaseException:
            if fs.exists(part):
                fs.rm(part)
            raise


def content(url: str) -> bytes | None:
    """A small file as a whole, None where there is none."""
    fs, path = reached(url)
    with _reachable(url):
        fs.invalidate_cache()
        found: bytes | None = fs.cat_file(path) if fs.isfile(path) else None
        return found


def removed(folder: str, is_old: Callable[[str], bool]) -> None:
    """Remove what lies directly in a folder and has such a name."""
    fs, root = reached(folder)
    with _reachable(folder):
        fs.invalidate_cache()
        for path in fs.ls(root, detail=False):
            if is_old(PurePosixPath(path).name):
                fs.rm(path, recursive=True)


def reached(url: str) -> tuple[Any, str]:
    """The file system of `url`, and its path there; UsageError where the program has no such file system."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError("Bulk jobs need fsspec and pyarrow.  Install reviewpipe[bulk].") from None
    try:
        fs, path = url_to_fs(url)
    except (ImportError, ValueError) as problem:
        raise UsageError(f"{url} cannot be used: {problem}.  Paths and addresses of fsspec can be given.") from None
    return fs, path


def overlap(folder: str, other: str) -> bool:
    """Whether one lies in the other, or both are the same."""
    (fs, path), (other_fs, other_path) = reached(folder), reached(other)
    one, two = (f"{place.rstrip('/')}/" for place in (path, other_path))
    return bool(fs == other_fs) and (one.startswith(two) or two.startswith(one))


@contextmanager
def _reachable(url: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise StoreError(f"{url} cannot be used ({why}).  Check address, rights and space, then call again.") from None
