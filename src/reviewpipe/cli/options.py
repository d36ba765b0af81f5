"""Options and small conversions that several commands share."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reviewpipe.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewpipe.config import Config
    from reviewpipe.rawreviews import Said

F = TypeVar("F", bound="Callable[..., Any]")


def project_option(command: F) -> F:
    """`--project`, which may also stand before the command."""
    option = click.option(
        "--project",
        type=click.Path(path_type=Path),
        help="Folder of the practice (else REVIEWPIPE_PROJECT, else this one).",
    )
    return option(command)


def period_options(command: F) -> F:
    """`--month`, `--quarter`, `--from` with `--to`; `metrics.asked` makes a period of them."""
    options = [
        click.option("--month", metavar="YYYY-MM", help="This month (default: the last full one with reviews)."),
        click.option("--quarter", metavar="YYYY-Qn", help="This quarter."),
        click.option("--from", "first", metavar="YYYY-MM", help="From this month on, with --to."),
        click.option("--to", "last", metavar="YYYY-MM", help="Up to this month, which counts, with --from."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def edition_option(command: F) -> F:
    """`--edition`."""
    option = click.option(
        "--edition",
        type=click.Choice(["owner", "share"]),
        default="owner",
        show_default=True,
        help="Yours with clients' words, or one for others: no number under five, only quotes that may be published.",
    )
    return option(command)


def configured(project: Path | None) -> Config:
    """The settings of the chosen folder: --project (of command, then program), REVIEWPIPE_PROJECT, this one."""
    from reviewpipe import config

    chosen = project or click.get_current_context().obj or os.environ.get("REVIEWPIPE_PROJECT") or "."
    folder = Path(chosen)
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.  Run `reviewpipe init {folder}` to make one.")
    return config.load(folder)


def stored(config: Config) -> Path:
    """The store's file; UsageError where no run has made one.  What else may stand there, opening it tells."""
    if not config.store.exists():
        raise UsageError(
            f"There is no store in {config.folder} yet.  Put files into {config.raw} and call `reviewpipe run`."
        )
    return config.store


def raw_texts(config: Config, columns: Sequence[str]) -> Said:
    """What stands in `columns` of all reviews in data/raw; says how many files could not be read."""
    from reviewpipe.rawreviews import said

    found = said(config, columns)
    if found.unread:
        click.echo(f"{found.unread} files were not read; `reviewpipe inspect` says why.", err=True)
    return found


def json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Objects of a JSON Lines file, `-` for stdin; each needs a "text".  Errors name the line, not its content."""
    try:
        with nullcontext(sys.stdin) if str(file) == "-" else file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _checked(line, f"{file}, line {number}")
    except OSError as problem:
        raise UnreadableError(
            f"{file} cannot be read ({problem.strerror}).  Give a file of JSON lines, or - for stdin."
        ) from None
    except UnicodeDecodeError as problem:
        raise UnreadableError(f"{file} is not UTF-8 (byte {problem.start}).  Save it as UTF-8 and try again.") from None


def _checked(line: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # ValueError: no JSON, or a number of thousands of digits
        raise UnreadableError(
            f'{place} is not JSON.  Each line must be one object like {{"id": 1, "text": "…"}}.'
        ) from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str | None):
        raise UnreadableError(f'{place} has no "text".  Each line must be one object like {{"id": 1, "text": "…"}}.')
    if not isinstance(value.get("author"), str | None):
        raise UnreadableError(f'{place}: its "author" is no text.  Write the name in quotes, or leave it out.')
    return value


def print_json(value: object) -> None:
    """One JSON line to standard output; lone surrogates cannot be written and become U+FFFD."""
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    click.echo(line)
