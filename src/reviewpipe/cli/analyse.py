"""`reviewpipe analyse`."""

from __future__ import annotations

from pathlib import Path

import click

from reviewpipe.cli.options import configured, json_lines, print_json, project_option
from reviewpipe.errors import UsageError


@click.command()
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    type=click.Path(readable=False, allow_dash=True, path_type=Path),
    help='JSON lines {"id", "text", "author"?}; - for standard input.',
)
@click.option("--explain", is_flag=True, help="Say what moved the score.")
@project_option
def command(text: str | None, jsonl: Path | None, explain: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Score texts and tag their themes, with evidence.

    \b
    Example:
      reviewpipe analyse "My back pain is finally gone after years."
      reviewpipe analyse --jsonl reviews.jsonl
    """
    from reviewpipe.analysis import analyse

    config = configured(project)
    if jsonl is not None:
        rows = list(json_lines(jsonl))
        for row, one in zip(
            rows, analyse([r["text"] for r in rows], [r.get("author") for r in rows], config=config), strict=True
        ):
            print_json({"id": row.get("id"), **one.as_dict()})
        return
    if text is None:
        raise UsageError("There is nothing to analyse.  Give a text in quotes, or a file with --jsonl.")
    one = analyse([text], config=config)[0]
    score = "" if one.score is None else f" ({one.score:+.2f})"
    click.echo(f"{one.text}\n{one.sentiment}{score}")
    for theme in one.themes:
        about = f", {theme.direction.replace('_', ' ')}" if theme.direction else ""
        click.echo(f"  {theme.name}: {theme.polarity}{about}: " + "; ".join(f"“{e}”" for e in theme.evidence))
    if explain:
        _explain(one.text)


def _explain(text: str) -> None:
    """Each sentence with what moved its score, strongest first."""
    from reviewpipe.sentences import split
    from reviewpipe.sentiment import explain

    for (start, end), reasons in zip(split(text), explain(text), strict=True):
        click.echo(f"“{text[start:end]}”")
        for reason in sorted(reasons, key=lambda r: -abs(r.weight)):
            click.echo(f"    {reason.weight:+.2f}  {reason.what} ({reason.kind})")
