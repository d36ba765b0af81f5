"""`reviewpipe themes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import ConfigError

if TYPE_CHECKING:
    from reviewpipe.themes.trial import Trial


@click.group(invoke_without_command=True)
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """List themes, try a themes file, find what none covers.

    \b
    Example:
      reviewpipe themes
      reviewpipe themes test my-themes.toml
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
    from reviewpipe import calibrate, pipeline, publish, themes
    from reviewpipe.store import Store
    from reviewpipe.themes.suggest import coverage
    from reviewpipe.themes.suggest import suggest as find

    config = configured(project)
    catalogue = themes.load(config.themes_file)
    with Store.read(stored(config)) as store:
        reviews = [review for review in store.reviews() if review.sentiment != "unscored"]
        texts = [review.text or "" for review in reviews]
        languages = [review.language for review in reviews]
        verdicts, hits = pipeline.analyse(texts, languages, catalogue, calibrate.current(store))
        explained, said = coverage(verdicts, hits)
        found = find(texts, catalogue)
        lines = [f"{s.count:>4} reviews  {', '.join(s.words)}\n               such as “{s.example}”" for s in found]
        answer = "\n".join(lines)
        publish.check({"suggestions.txt": answer.encode()}, config, store)
    if said:
        click.echo(f"Themes explain {explained / said:.0%} of the {said} sentences that say something good or bad.")
    click.echo(answer or "Nothing stands out: too few reviews, or the themes cover them.")


@command.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@project_option
def test(file: Path | None, project: Path | None) -> None:
    """Show what a themes file would find and change in your reviews, before you use it.

    FILE is the themes file to try (else the one in reviewpipe.toml).  Nothing is changed.

    \b
    Example:
      reviewpipe themes test my-themes.toml
    """
    from reviewpipe import calibrate, pipeline, publish, themes
    from reviewpipe.store import Store
    from reviewpipe.themes.trial import trials

    config = configured(project)
    catalogue = themes.load(file or config.themes_file)
    wrong = themes.failing_examples(catalogue)
    with Store.read(stored(config)) as store:
        reviews = [review for review in store.reviews() if review.sentiment != "unscored"]
        texts, languages = [review.text or "" for review in reviews], [review.language for review in reviews]
        _, hits = pipeline.analyse(texts, languages, catalogue, calibrate.current(store))
        judged = {
            label.review_id: {name: said != "absent" for name, said in label.themes.items()}
            for label in store.labels()
            if not label.outdated
        }
        answer = "\n".join(_told(one) for one in trials(reviews, hits, catalogue.names, judged))
        publish.check({"trial.txt": answer.encode()}, config, store)
    click.echo(f"In {len(reviews)} reviews:\n{answer}")
    if wrong:
        raise ConfigError("Examples that do not come out as the file says:\n  " + "\n  ".join(wrong))
    if file is not None and file != config.themes_file:
        click.echo(
            f'To use it, put  file = "{file}"  under [themes] in reviewpipe.toml.  The next run tags all reviews anew.'
        )


def _told(trial: Trial) -> str:
    """A trial in one line, and its examples where anything changes."""
    said = ", ".join(f"{count} {polarity}" for polarity, count in trial.polarities.items())
    line = f"{trial.theme:<24} {trial.found:>5} found{f' ({said})' if said else ''}"
    if not (trial.new or trial.gone or trial.against):
        return line
    line += f"; {trial.new} new, {trial.gone} no longer"
    line += f"; {trial.against} against your corrections" if trial.against else ""
    return "\n".join([line, *(f"    “{one}”" for one in trial.examples if trial.new)])
