"""`reviewpipe dashboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, edition_option, period_options, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@period_options
@edition_option
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@project_option
def command(edition: str, open_it: bool, project: Path | None, **asked: str | None) -> None:  # noqa: FBT001  click's flag
    """Make the dashboard anew from the store.

    Of the last full month, as `run` does, or of the months that you name.

    \b
    Example:
      reviewpipe dashboard --open
      reviewpipe dashboard --quarter 2026-Q3
      reviewpipe dashboard --from 2026-01 --to 2026-06
      reviewpipe dashboard --edition share     a page that may leave the practice
    """
    from datetime import UTC, datetime

    from reviewpipe import metrics, publish

    chosen = metrics.asked(**asked)
    config = configured(project)
    stored(config)
    page = publish.dashboard_page(config, datetime.now(UTC).date(), chosen, edition)
    click.echo(page)
    if open_it:
        click.launch(page.resolve().as_uri())
