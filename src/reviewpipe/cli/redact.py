"""`reviewpipe redact`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from reviewpipe.cli.options import configured, json_lines, print_json, project_option
from reviewpipe.errors import UsageError


@click.command()
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    type=click.Path(readable=False, allow_dash=True, path_type=Path),
    help='JSON lines {"id", "text", "author"?}; - for standard input.',
)
@project_option
def command(text: str | None, jsonl: Path | None, project: Path | None) -> None:
    """Take names and other identifying details out of texts.

    \b
    Example:
      reviewpipe redact "Ask for Denise, call 630-555-0142"
      reviewpipe redact --jsonl reviews.jsonl
    """
    from reviewpipe.anonymise import redact

    config = configured(project)
    if jsonl is None:
        if text is None:
            raise UsageError("There is nothing to redact.  Give a text in quotes, or a file with --jsonl.")
        click.echo(redact([text], config=config)[0].text)
        return
    rows = list(json_lines(jsonl))
    found = redact([row["text"] or "" for row in rows], [row.get("author") for row in rows], config=config)
    for row, one in zip(rows, found, strict=True):
        print_json({"id": row.get("id"), "text": one.text, "entities": [asdict(entity) for entity in one.entities]})
