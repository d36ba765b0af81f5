"""`reviewpipe backup`."""

from __future__ import annotations

from pathlib import Path

import click

from reviewpipe.cli.options import configured, project_option, stored


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(1), help="Remove all but so many of the newest backups there.")
@click.option("--with-key", is_flag=True, help="Put the key in as well; together they join names with reviews.")
@click.option(
    "--restore",
    "source",
    type=click.Path(path_type=Path),
    help="Put this backup into the place of the store instead; what is there now is kept beside the backups.",
)
@project_option
def command(folder: Path | None, source: Path | None, keep: int | None, project: Path | None, with_key: bool) -> None:  # noqa: FBT001  click's flag
    """Copy store, consents and your answers; restore them.

    The copy is FOLDER/reviewpipe-DATE (default folder: backups).  It works while a run writes, and every copy is looked
    over after writing.  The key is left out: whoever has both can test whether a name is in the store, so keep the key
    elsewhere.  Your raw files and settings are yours to copy.

    \b
    Example:
      reviewpipe backup
      reviewpipe backup /media/stick --keep 10
      reviewpipe backup --restore backups/reviewpipe-20261105T080000.123456Z
    """
    from datetime import UTC, datetime

    from reviewpipe import backup

    config = configured(project)
    now = datetime.now(UTC)
    if source is not None:
        aside = backup.restore(config, source, now)
        click.echo(f"Restored {config.store}, and the pages are made anew.  What was there before lies in {aside}.")
        click.echo("Call `reviewpipe run`: it reads what came into data/raw since the backup.")
        return
    stored(config)
    click.echo(backup.make(config, folder or config.backups, now, keep=keep, with_key=with_key))
    if not with_key:
        click.echo(f"Not in it: the key {config.key_file}.  Keep a copy of it in another place.", err=True)
