"""`reviewpipe themes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path


@click.group(invoke_without_command=True)
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """List the themes, or find what no theme covers.

    \b
    Example:
      reviewpipe themes
      reviewpipe themes suggest
    """
    if project is not None:
        ctx.obj = project
    if ctx.invoked_subcommand is None:
        from reviewpipe import themes

        config = configured(project)
        for theme in themes.load(config.themes_file).themes:
            click.echo(f"{theme.name:<24} {theme.label}: {theme.description}")


@command.command()
@project_option
def suggest(project: Path | None) -> None:
    """Show groups of words that many reviews share and no theme covers.

    \b
    Example:
      reviewpipe themes suggest
    """
    from reviewpipe import publish, themes
    from reviewpipe.store import Store
    from reviewpipe.themes.suggest import suggest as find

    config = configured(project)
    catalogue = themes.load(config.themes_file)
    with Store.open(stored(config)) as store:
        found = find([review.text or "" for review in store.reviews() if review.sentiment != "unscored"], catalogue)
        lines = [f"{s.count:>4} reviews  {', '.join(s.words)}\n               such as “{s.example}”" for s in found]
        answer = "\n".join(lines)
        publish.check({"suggestions.txt": answer.encode()}, config, store)
    click.echo(answer or "Nothing stands out: too few reviews, or the themes cover them.")
