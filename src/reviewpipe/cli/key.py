"""`reviewpipe key`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """Replace or destroy the key of the pseudonyms.

    \b
    Example:
      reviewpipe key rotate          when somebody else may have seen reviewpipe.key
      reviewpipe key destroy         when the practice closes
    """
    if project is not None:
        ctx.obj = project


@command.command()
@project_option
def rotate(project: Path | None) -> None:
    """Make a new key and read all of data/raw again under it.

    \b
    Example:
      reviewpipe key rotate
    """
    from datetime import UTC, datetime

    from reviewpipe import publish, rotation
    from reviewpipe.cli.run import tell_files

    config = configured(project)
    stored(config)
    now = datetime.now(UTC)
    summary = rotation.rotate(config, now)
    tell_files(summary)
    publish.pages(config, now.date())
    click.echo(f"New key in {config.key_file}; {summary.counts.read} reviews have new pseudonyms.")
    click.echo("Destroy old copies of the key and of the store: together they still join names with reviews.")


@command.command()
@click.option("--yes", is_flag=True, help="Do not ask before destroying.")
@project_option
def destroy(yes: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Overwrite and remove the key, your answers about names, and what says which reviews one person wrote.

    Store and pages stay, but nothing can be added or made anew.

    \b
    Example:
      reviewpipe key destroy --yes
    """
    from reviewpipe import rotation

    config = configured(project)
    if not yes:
        click.confirm(f"Destroy {config.key_file} for good?  Backups of it are yours to destroy", abort=True, err=True)
    rotation.destroy(config)
    click.echo("The key is gone, and with it your answers.  Nothing in the store tells any more who wrote what.")
    click.echo(f"Still to do by you: the raw files in {config.raw} hold names; so do backups of them and of the key.")
