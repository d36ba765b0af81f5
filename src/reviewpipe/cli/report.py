"""`reviewpipe report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, edition_option, period_options, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@period_options
@edition_option
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
def command(edition: str, form: str, open_it: bool, project: Path | None, **asked: str | None) -> None:  # noqa: FBT001  click's flag
    """Make the report of a month or quarter against the one before.

    \b
    Example:
      reviewpipe report --month 2026-10 --open
      reviewpipe report --quarter 2026-Q3
      reviewpipe report --from 2026-01 --to 2026-06 --format md > half-year.md
      reviewpipe report --edition share        numbers that may leave the practice
    """
    from datetime import UTC, datetime

    from reviewpipe import metrics, publish
    from reviewpipe.errors import UsageError

    chosen = metrics.asked(**asked)
    if form == "md" and open_it:
        raise UsageError("--open shows a page, and --format md makes none.  Leave one of them out.")
    config = configured(project)
    stored(config)
    today = datetime.now(UTC).date()
    if form == "md":
        click.echo(publish.report_markdown(config, today, chosen, edition), nl=False)
        return
    page = publish.report_page(config, today, chosen, edition)
    click.echo(page)
    if open_it:
        click.launch(page.resolve().as_uri())
