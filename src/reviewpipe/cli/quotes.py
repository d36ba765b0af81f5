"""`reviewpipe quotes`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--theme", help="Only for this theme, such as pain_relief (see `reviewpipe themes`).")
@click.option("--ready", is_flag=True, help="Only quotes that may be published as things stand.")
@click.option("-n", "limit", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "md", "csv", "json"]),
    default="table",
    show_default=True,
    help="Form of the answer.",
)
@project_option
def command(theme: str | None, ready: bool, limit: int, form: str, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Find the best quotes, word for word.  Each says what stands between it and print.

    \b
    Example:
      reviewpipe quotes --theme pain_relief -n 5
      reviewpipe quotes --theme self_care --format csv > quotes.csv
    """
    from reviewpipe import publish, quotes, themes
    from reviewpipe.consent import NOT_LEGAL_ADVICE
    from reviewpipe.export import FORMATS
    from reviewpipe.store import Store

    config = configured(project)
    catalogue = themes.load(config.themes_file)
    if theme is not None and theme not in catalogue.names:
        raise UsageError(f"There is no theme {theme!r}.  There are: {', '.join(catalogue.names)}.")
    with Store.open(stored(config)) as store:
        found = quotes.pick(themes.placed(store.reviews(), catalogue), theme, config, limit if not ready else 10**6)
        found = [quote for quote in found if quote.status == "ready" or not ready][:limit]
        answer = FORMATS[form]([asdict(quote) for quote in found])
        publish.check({f"quotes.{form}": answer}, config, store)
    click.echo(answer, nl=False)
    if not found:
        click.echo("No quotes." + ("  Without --ready you see those that need consent." if ready else ""), err=True)
    click.echo(NOT_LEGAL_ADVICE, err=True)
