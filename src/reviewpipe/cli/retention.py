"""`reviewpipe retention`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewpipe.retention import Aged


@click.command()
@click.option("--remove", "wanted", is_flag=True, help="Remove the files that may go; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask before removing, for a scheduled job.")
@project_option
def command(wanted: bool, yes: bool, project: Path | None) -> None:  # noqa: FBT001  click's flags
    """List raw files that are older than you want to keep them.

    They came into data/raw more than `raw_days` ago ([retention] in reviewpipe.toml).  Only files that are wholly in
    the store are ever removed; their reviews stay there.  Without the raw files, later changes of settings and
    `reviewpipe key rotate` cannot read them again: keep backups of the store and the key.

    \b
    Example:
      reviewpipe retention
      reviewpipe retention --remove --yes    for a scheduled job
    """
    from datetime import UTC, datetime

    from reviewpipe import retention
    from reviewpipe.runlog import PREFIX, Log

    config, now = configured(project), datetime.now(UTC)
    stored(config)
    found = retention.aged(config, now)
    going = [one for one in found if not one.kept]
    for one in found:
        click.echo(f"{one.days:>5} days  {one.place}" + (f"  (stays: {one.kept})" if one.kept else ""))
    click.echo(f"{_files(going)} may go, {_files(found[len(going) :])} must stay.")
    if not wanted or not going:
        return
    if not yes:
        click.confirm(f"Remove {_files(going)} for good?", abort=True, err=True)
    gone = retention.remove(config, going, now)
    log = Log(config.log_file, now.isoformat(timespec="seconds"))
    for one in gone:
        log.write("removed", digest=one.digest[:PREFIX], days=one.days)
    log.close()
    click.echo(f"{_files(gone)} removed.")


def _files(files: Sequence[Aged]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"
