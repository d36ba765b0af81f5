"""`reviewpipe forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path

    from reviewpipe.forget import Request


@click.command()
@click.argument("ids", metavar="[REVIEW_ID]...", nargs=-1)
@click.option("--name", help="Whose reviews, as signed; asked for when neither name nor id is given.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
@project_option
def command(ids: tuple[str, ...], name: str | None, yes: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Remove a person's reviews for good, at their request.

    Reviews, their history and what was found in them leave the store and every page; a later import of the same files
    does not bring them back.  The raw files are yours to clean: they are named at the end.

    \b
    Example:
      reviewpipe forget --name "Dana R."
      reviewpipe forget 3f9c02d1 --yes
    """
    from datetime import UTC, datetime

    from reviewpipe import backup, forget

    config = configured(project)
    stored(config)
    if not ids and name is None:
        name = click.prompt("Whose reviews (name as signed)", err=True)
    request = forget.find(config, name=name, ids=ids)
    if not yes:
        click.confirm(f"Remove {_reviews(request)} for good?", abort=True, err=True)
    today = datetime.now(UTC).date()
    uses = forget.in_use(config, request, today)
    forget.forget(config, request, today)
    click.echo(f"{_reviews(request)} removed; the pages are made anew and no known name stands in them.")
    click.echo("Still to do by you: remove them from these files under data/raw, and from copies and exports you made:")
    for place in request.files:
        click.echo(f"  {place}")
    for copy in backup.made(config.backups):
        click.echo(f"  {copy}, and make a new backup")
    if uses:
        click.echo("and from where you used these words (`reviewpipe takedown` keeps the list):")
    for where in uses:
        click.echo(f"  {where}")


def _reviews(request: Request) -> str:
    count = len(request.review_ids)
    return f"{count} review{'' if count == 1 else 's'}"
