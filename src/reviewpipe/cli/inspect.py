"""`reviewpipe inspect`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, print_json, project_option
from reviewpipe.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from reviewpipe.config import Config
    from reviewpipe.ingest import Reading

FIELDS = ("source", "native_id", "author", "posted_on", "rating", "text", "reply", "language", "truncated")

# Forms that are no description of sources.toml but a guess by headings and content.
GUESSED = frozenset(("table", "survey"))


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
    from reviewpipe import ingest, rawfolder
    from reviewpipe.ingest.reading import printable
    from reviewpipe.schema import records

    config = configured(project)
    day = as_of.date() if as_of else None
    if file is None:
        if jsonl or explain:
            raise UsageError("--jsonl and --explain need one file.  Name it: reviewpipe inspect FILE --explain")
        for line in _lines(rawfolder.content(config.raw).files, config, day):
            click.echo(line)
        return
    reading = ingest.read(file, config, as_of=day)
    if jsonl:
        for batch in reading.batches:
            for row in records(batch.reviews):
                print_json({name: row[name] for name in FIELDS})
        return
    click.echo(f"{printable(file)}: {_summary(reading)}")
    for line in (*(_explained(reading) if explain else ()), *_guessed(reading, file, config)):
        click.echo(line)


def _explained(reading: Reading) -> Iterator[str]:
    """Every line, column or key with its role and the reason, then every row that was refused."""
    from reviewpipe.ingest.reading import printable

    for role in reading.roles:
        place = printable(" ".join(role.place.split()))
        content = f"  | {role.content[:60]}" if role.content else ""
        yield f"{place:<14} {role.role:<8} {role.reason}{content}"
    for reject in reading.batch.rejects:
        yield f"{f'row {reject.row}':<14} {'rejected':<8} {reject.reason}"


def _guessed(reading: Reading, file: Path, config: Config) -> Iterator[str]:
    """What was not recognised but guessed, what is unknown, and the lines that settle it."""
    from reviewpipe.config import FILE_NAME
    from reviewpipe.ingest.platforms import folder_of
    from reviewpipe.ingest.roles import UNKNOWN, mapping_of

    columns = [role for role in reading.roles if role.place in reading.filled]
    mapping = mapping_of(columns)
    if reading.form not in GUESSED or not mapping:
        return
    yield f"  guessed: {mapping.removeprefix('columns = ')}"
    unknown = [role.place for role in columns if role.reason.startswith(UNKNOWN) and reading.filled[role.place]]
    if unknown:
        yield f"  unknown, not read: {', '.join(json.dumps(place, ensure_ascii=False) for place in unknown)}"
    name, inside = folder_of(file, reading.source, config)
    keep = "" if inside else f", and put the file into {config.raw / name}"
    yield f"  If that is wrong, copy these two lines into {config.folder / FILE_NAME}, change them{keep}:"
    yield f"[sources.{name}]"
    yield mapping


def _lines(paths: Sequence[Path], config: Config, day: date | None) -> Iterator[str]:
    """Each file of data/raw in one line, names of people in its place hidden."""
    import secrets

    from reviewpipe import anonymise, ingest
    from reviewpipe.knowledge import hidden
    from reviewpipe.summary import reason

    told: list[str] = []
    names: set[tuple[int, int]] = set()
    key = anonymise.Key(secrets.token_bytes(32))  # for this answer alone
    for path in paths:
        try:
            reading = ingest.read(path, config, as_of=day)
        except InputError as problem:
            told.append(f"not read: {reason(problem, path)}")
            continue
        told.append(_summary(reading))
        names.update(
            f for a in set(reading.batch.reviews["author"].dropna()) for f in anonymise.name_fingerprints(a, key)
        )
    roster = anonymise.Roster.of(config, anonymise.Known.of(names, key))
    places = hidden([path.relative_to(config.raw).as_posix() for path in paths], roster)
    yield from map(": ".join, zip(places, told, strict=True))


def _summary(reading: Reading) -> str:
    """What was recognised, and how much of it."""
    reviews = reading.batch.reviews
    dates = sorted(day[:10] for day in reviews["posted_on"].dropna())
    span = f", {dates[0]} to {dates[-1]}" if dates else ", no dates"
    refused = Counter(reject.reason for reject in reading.batch.rejects)
    rest = "".join(f"; {count} rejected: {reason}" for reason, count in sorted(refused.items()))
    plural = "" if len(reviews) == 1 else "s"
    found = f"{len(reviews)} review{plural} ({reviews['text'].notna().sum()} with text) from {reading.source}"
    how = "guessed to be a" if reading.form in GUESSED else "read as"
    return f"{found}, {how} {reading.form} ({reading.kind}){span}{rest}"
