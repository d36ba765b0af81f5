"""`reviewpipe schedule`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@click.command()
@click.argument("timer", type=click.Choice(["cron", "systemd", "launchd", "windows"]))
@click.option(
    "--at", type=click.DateTime(["%H:%M"]), default="03:15", show_default=True, help="Time of the day, 24 hours."
)
@click.option(
    "--install", "wish", flag_value="install", help="Set it up (asks first), in place of an earlier one of this folder."
)
@click.option("--remove", "wish", flag_value="remove", help="Take it away again.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@project_option
def command(timer: str, at: datetime, wish: str | None, yes: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Have `run` called every day: print an entry, or set it up.

    For this folder and this Python, with whole paths.

    systemd is for Linux, launchd for macOS, windows for the Task Scheduler, cron for what has nothing better.

    \b
    Example:
      reviewpipe schedule systemd
      reviewpipe schedule systemd --at 04:30 --install
    """
    from reviewpipe import schedule

    entry = schedule.TIMERS[timer](schedule.job_of(configured(project).folder, at.time()))
    click.echo(entry.shown(), nl=False)
    if not wish:
        return
    if not yes:
        click.confirm("Take this away?" if wish == "remove" else "Set this up?", abort=True, err=True)
    (schedule.remove if wish == "remove" else schedule.install)(entry)
    click.echo("Removed." if wish == "remove" else f"Set up: every day at {at:%H:%M}.", err=True)
