"""`reviewpipe dashboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@project_option
def command(open_it: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Make the dashboard anew from the store.

    \b
    Example:
      reviewpipe dashboard --open
    """
    from datetime import UTC, datetime

    from reviewpipe import publish

    config = configured(project)
    stored(config)
    page = publish.pages(config, datetime.now(UTC).date())[0]
    click.echo(page)
    if open_it:
        click.launch(page.resolve().as_uri())
