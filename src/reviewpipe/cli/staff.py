"""`reviewpipe staff`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, raw_texts

if TYPE_CHECKING:
    from pathlib import Path

    from reviewpipe.anonymise.proposals import Proposal


@click.group()
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """Propose whom to name under [[staff]]: `staff suggest`.

    \b
    Example:
      reviewpipe staff suggest
    """
    if project is not None:
        ctx.obj = project


@command.command()
@click.option(
    "--least", type=click.IntRange(1), default=2, show_default=True, help="How many reviewers must speak of them."
)
@project_option
def suggest(least: int, project: Path | None) -> None:
    """Find practitioners whom reviews in data/raw name and reviewpipe.toml does not.

    Prints names, for you alone: [[staff]] blocks to copy into reviewpipe.toml.  Nothing is written.

    \b
    Example:
      reviewpipe staff suggest
      reviewpipe staff suggest --least 1
    """
    from reviewpipe.anonymise import Roster
    from reviewpipe.anonymise.proposals import propose
    from reviewpipe.config import FILE_NAME

    config = configured(project)
    said = raw_texts(config, ("text", "original"))
    proposals = propose(said.texts, said.authors, Roster.of(config), least=least)
    if not proposals:
        click.echo(f"Nobody is named as of the practice by {least} reviewers who is not in {FILE_NAME}.", err=True)
        return
    click.echo(
        f"These are names from your clients' reviews, for you alone; nothing was written.  Copy into {FILE_NAME} who "
        "works with you, and mend the spelling.",
        err=True,
    )
    click.echo("\n\n".join(_block(one) for one in proposals))


def _block(one: Proposal) -> str:
    """A proposal as lines of TOML."""
    said = f"named by {one.reviewers} reviewer{'' if one.reviewers == 1 else 's'}"
    if one.member:
        return f"# {_quoted(one.name)}, {said}: {one.member}?  Then add it to the nicknames there."
    others = f"nicknames = [{', '.join(map(_quoted, one.nicknames))}]\n" if one.nicknames else ""
    return f'# {said}\n[[staff]]\nname = {_quoted(one.name)}\n{others}shown_as = "[THERAPIST]"'


def _quoted(name: str) -> str:
    # JSON's quoted text is also TOML's.
    return json.dumps(name, ensure_ascii=False)
