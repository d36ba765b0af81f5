"""`reviewpipe export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "jsonl", "parquet"]),
    default="csv",
    show_default=True,
    help="Form of the file.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write (default: standard output).")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only reviews from this day on.")
@project_option
def command(form: str, output: Path | None, since: datetime | None, project: Path | None) -> None:
    """Write the anonymised reviews as a table.

    \b
    Example:
      reviewpipe export --format xlsx -o reviews.xlsx
    """
    import sys

    from reviewpipe import publish, themes
    from reviewpipe.export import FORMATS, review_rows
    from reviewpipe.store import Store

    config = configured(project)
    if output is None and form in ("xlsx", "parquet") and sys.stdout.isatty():
        raise UsageError(
            f"{form} is no text for a terminal.  Name a file: reviewpipe export --format {form} -o reviews.{form}"
        )
    with Store.read(stored(config)) as store:
        reviews = store.reviews(since=f"{since:%Y-%m-%d}" if since else None)
        reviews = themes.placed(reviews, themes.load(config.themes_file))
        content = FORMATS[form](review_rows(reviews, config.privacy))
        publish.check({f"export.{form}": content}, config, store)
    if output is None:
        click.echo(content, nl=False)
        return
    publish.write({output: content})
    click.echo(output, err=True)
