"""`reviewpipe report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--month", metavar="YYYY-MM", help="Which month (default: the last full one with reviews).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md"]),
    default="html",
    show_default=True,
    help="A page, or Markdown to stdout.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@project_option
def command(month: str | None, form: str, open_it: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Make the report of a month against the month before.

    \b
    Example:
      reviewpipe report --month 2026-10 --open
    """
    from datetime import UTC, datetime

    from reviewpipe import publish

    config = configured(project)
    stored(config)
    today = datetime.now(UTC).date()
    if form == "md":
        click.echo(publish.report_markdown(config, today, month), nl=False)
        return
    page = publish.report_page(config, today, month)
    click.echo(page)
    if open_it:
        click.launch(page.resolve().as_uri())
