"""`reviewpipe inspect`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, print_json, project_option
from reviewpipe.errors import InputError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from reviewpipe.config import Config
    from reviewpipe.ingest import Reading

FIELDS = ("source", "native_id", "author", "posted_on", "rating", "text", "reply", "language", "truncated")


@click.command()
@click.argument("file", type=click.Path(readable=False, path_type=Path), required=False)
@click.option("--jsonl", is_flag=True, help="Print each review as a JSON line, raw: names and all.")
@click.option("--explain", is_flag=True, help="Say what became of every line or column.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help='Day from which "2 weeks ago" counts (default: the file\'s own date).',
)
@project_option
def command(file: Path | None, jsonl: bool, explain: bool, as_of: datetime | None, project: Path | None) -> None:  # noqa: FBT001  click's flags
    """Show what would be read.  Without a file: from all of data/raw.  Nothing is stored.

    \b
    Example:
      reviewpipe inspect page.txt --explain
    """
    from reviewpipe import ingest, pipeline
    from reviewpipe.schema import records

    config = configured(project)
    day = as_of.date() if as_of else None
    if file is None:
        if jsonl or explain:
            raise UsageError("--jsonl and --explain need one file.  Name it: reviewpipe inspect FILE --explain")
        for path in pipeline.raw_files(config.raw):
            click.echo(_line(path, config, day))
        return
    reading = ingest.read(file, config, as_of=day)
    if jsonl:
        for row in records(reading.batch.reviews):
            print_json({name: row[name] for name in FIELDS})
        return
    click.echo(_told(file, reading))
    if explain:
        for role in reading.roles:
            click.echo(
                f"{role.place:<14} {role.role:<8} {role.reason}" + (f"  | {role.content[:60]}" if role.content else "")
            )
        for reject in reading.batch.rejects:
            click.echo(f"{f'row {reject.row}':<14} {'rejected':<8} {reject.reason}")


def _line(path: Path, config: Config, day: object) -> str:
    """One file of data/raw in one line."""
    from datetime import date

    from reviewpipe import ingest

    try:
        return _told(
            path.relative_to(config.raw), ingest.read(path, config, as_of=day if isinstance(day, date) else None)
        )
    except InputError as problem:
        return f"{path.relative_to(config.raw)}: not read: {str(problem).removeprefix(str(path)).lstrip(': ')}"


def _told(name: Path, reading: Reading) -> str:
    """What was recognised, and how much of it."""
    from reviewpipe.ingest.reading import printable

    reviews = reading.batch.reviews
    dates = sorted(day[:10] for day in reviews["posted_on"].dropna())
    span = f", {dates[0]} to {dates[-1]}" if dates else ", no dates"
    refused = Counter(reject.reason for reject in reading.batch.rejects)
    rest = "".join(f"; {count} rejected: {reason}" for reason, count in sorted(refused.items()))
    found = f"{len(reviews)} reviews ({reviews['text'].notna().sum()} with text) from {reading.source}"
    return f"{printable(name)}: {found}, read as {reading.form} ({reading.kind}){span}{rest}"
