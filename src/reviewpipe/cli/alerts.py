"""`reviewpipe alerts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def command() -> None:
    """Try whether alerts arrive: `alerts test`.  They are set up under [alerts] in reviewpipe.toml.

    \b
    Example:
      reviewpipe alerts test
    """


@command.command()
@project_option
def test(project: Path | None) -> None:
    """Send a trial message over every way that is set up.

    \b
    Example:
      reviewpipe alerts test
    """
    from reviewpipe import alerts

    config = configured(project)
    if not alerts.configured(config):
        raise UsageError("No alerts are set up.  Fill in [alerts] in reviewpipe.toml; nothing is sent until then.")
    failed: list[str] = []
    ways = alerts.trial(config, failed.append)
    for line in failed:
        click.echo(line, err=True)
    if failed:
        raise UsageError(f"{len(failed)} of {ways} did not arrive.")
    click.echo("Sent.  Look whether it arrived.")
