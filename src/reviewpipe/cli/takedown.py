"""`reviewpipe takedown`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from reviewpipe.config import Config


@click.command()
@click.argument("ids", metavar="[REVIEW_ID]...", nargs=-1)
@click.option("--name", help="Of the reviews that this person wrote, as signed.")
@click.option("--consent", "number", type=click.IntRange(1), help="Of the review that this consent is for.")
@click.option(
    "--done", type=click.IntRange(1), multiple=True, help="Number of a use that you removed; may be repeated."
)
@project_option
def command(
    ids: tuple[str, ...], name: str | None, number: int | None, done: tuple[int, ...], project: Path | None
) -> None:
    """List where whose words are to be removed.

    Without a review, a person or a consent: every use that no consent covers any more, or of a review that is gone.

    \b
    Example:
      reviewpipe takedown
      reviewpipe takedown --name "Dana R."
      reviewpipe takedown --done 7
    """
    from reviewpipe import consent, forget
    from reviewpipe.store import Store

    config = configured(project)
    stored(config)
    today = datetime.now(UTC).date()
    if done:
        _remove(config, done, today)
    with Store.read(config.store) as store:
        standings = consent.recorded(config, store, today)
    chosen = set(forget.find(config, name=name).review_ids) if name else set()
    found = {
        review: standing
        for review, standing in standings.items()
        if (review in chosen or any(review.startswith(one) for one in ids))
        or (number in {grant.number for grant in standing.grants})
        or (not (ids or name or number) and all(grant.over for grant in standing.grants))
    }
    uses = [(use, review) for review, standing in found.items() for use in standing.in_use]
    for use, review in sorted(uses, key=lambda one: one[0].number):
        click.echo(f"{use.number:>4}  {use.where}  (since {use.on}; review {review[:12]})")
    click.echo("When one is removed: reviewpipe takedown --done NUMBER" if uses else "Nothing to remove.", err=True)


def _remove(config: Config, numbers: Sequence[int], today: date) -> None:
    """Record that uses are no more."""
    from reviewpipe import consent, pipeline
    from reviewpipe.store import Store

    with pipeline.only_run(config), Store.open(config.store) as store:
        _, uses = consent.folded(consent.log_of(config, store).entries)
        known = {use.number: use for use in uses if not use.removed}
        for one in numbers:
            if one not in known:
                raise UsageError(f"There is no use {one} that still stands.  `reviewpipe takedown` lists them.")
        entries = [consent.Entry("removed", today.isoformat(), *known[one].known[0], one) for one in numbers]
        consent.record(config, store, entries)
