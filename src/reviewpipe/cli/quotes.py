"""`reviewpipe quotes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from reviewpipe.config import Config


@click.group(invoke_without_command=True)
@click.option("--theme", help="Only for this theme, such as pain_relief (see `reviewpipe themes`).")
@click.option("--ready", is_flag=True, help="Only quotes that may be published as things stand.")
@click.option("-n", "limit", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@click.option(
    "--scope",
    type=click.Choice(["website", "social", "print"]),
    default="website",
    show_default=True,
    help="Where they are to stand: consent is given for a place.",
)
@click.option(
    "--display",
    type=click.Choice(["anonymous", "initials", "name"]),
    default="anonymous",
    show_default=True,
    help="How their authors are to be shown.",
)
@click.option("--search", "wanted", help="Only reviews with words that begin like all of these.")
@click.option("--used", is_flag=True, help="Also those that are in use already.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "md", "csv", "xlsx", "json", "html", "svg-card"]),
    default="table",
    show_default=True,
    help="Form of the answer; all but table and json are for use and hold ready quotes only.",
)
@click.option("--output", type=click.Path(path_type=Path), help="A file, or for cards a folder, instead of the screen.")
@project_option
@click.pass_context
def command(ctx: click.Context, /, project: Path | None, output: Path | None, form: str, **asked: Any) -> None:
    """Find the best quotes, word for word.  Each says what stands between it and print.

    \b
    Example:
      reviewpipe quotes --theme pain_relief -n 5
      reviewpipe quotes --theme pain_relief --ready --format html --output quotes.html
      reviewpipe quotes use 3f9c02d1 --where "home page"
    """
    if project is not None:
        ctx.obj = project
    if ctx.invoked_subcommand is None:
        _show(configured(project), form, output, asked)


def _show(config: Config, form: str, output: Path | None, asked: dict[str, Any]) -> None:
    from datetime import UTC, datetime

    from reviewpipe import advertising, publish, quotes, themes
    from reviewpipe.consent import NOT_LEGAL_ADVICE, gate_of
    from reviewpipe.store import Store

    catalogue = themes.load(config.themes_file)
    theme = asked["theme"]
    if theme is not None and theme not in catalogue.names:
        raise UsageError(f"There is no theme {theme!r}.  There are: {', '.join(catalogue.names)}.")
    if output is None and form in ("xlsx", "svg-card"):
        raise UsageError(f"--format {form} needs --output.")
    ready = asked["ready"] or form not in advertising.TO_LOOK_AT
    words = tuple((asked["wanted"] or "").split())
    with Store.read(stored(config)) as store:
        gate = gate_of(config, store, datetime.now(UTC).date(), asked["scope"], asked["display"])
        found = quotes.find(store, catalogue, gate, quotes.Asked(asked["limit"], theme, words, ready, asked["used"]))
        files = advertising.rendered(found, form, config)
        publish.check(files, config, store)
    if output is None:
        click.echo(b"".join(files.values()), nl=False)
    else:
        publish.write({output / name if form == "svg-card" else output: content for name, content in files.items()})
    if not found:
        click.echo("No quotes." + ("  `reviewpipe quotes` shows those that need consent." if ready else ""), err=True)
    click.echo(NOT_LEGAL_ADVICE, err=True)


@command.command()
@click.argument("review_id")
@click.option("--theme", help="Only for this theme.")
@project_option
def why(review_id: str, theme: str | None, project: Path | None) -> None:
    """Say which passages of a review are not offered as quotes, and why not.

    \b
    Example:
      reviewpipe quotes why 3f9c02d1 --theme pain_relief
    """
    from datetime import UTC, datetime

    from reviewpipe import publish, quotes, themes
    from reviewpipe.consent import gate_of
    from reviewpipe.store import Store

    config = configured(project)
    catalogue = themes.load(config.themes_file)
    with Store.read(stored(config)) as store:
        gate = gate_of(config, store, datetime.now(UTC).date())
        (review,) = themes.placed([store.review(store.meant(review_id))], catalogue)
        told = [
            f"“{one.passage}”\n    {one.reason}." if one.passage else f"No quote: {one.reason}."
            for one in quotes.refusals(review, theme, gate)
        ]
        answer = "\n".join(told) or "Each of its passages may be offered; `reviewpipe quotes` shows the best."
        publish.check({"quotes.why": answer.encode()}, config, store)
    click.echo(answer)


@command.command()
@click.argument("review_id")
@click.option("--where", required=True, help="Where the words stand now: a page, a flyer, a post.")
@project_option
def use(review_id: str, where: str, project: Path | None) -> None:
    """Record where a review's words are used, so that `takedown` can list it and it is not offered again.

    \b
    Example:
      reviewpipe quotes use 3f9c02d1 --where "home page"
    """
    from datetime import UTC, datetime

    from reviewpipe import consent, pipeline, publish
    from reviewpipe.store import Store

    config = configured(project)
    stored(config)
    today = datetime.now(UTC).date()
    with pipeline.only_run(config), Store.open(config.store) as store:
        review = store.review(store.meant(review_id))
        allowed = consent.gate_of(config, store, today).permission(review, review.text or "")
        ((_, words),) = store.known_as([review.review_id]).values()
        publish.check({"--where": where.encode()}, config, store)
        entry = consent.Entry("used", today.isoformat(), review.review_id, words, 0, {"where": where})
        consent.record(config, store, [entry])
    click.echo(f"Recorded: review {review.review_id[:12]} is used on: {where}.")
    if allowed.status != "ready":
        click.echo(f"Mind that it is not ready for that: {'; '.join(allowed.reasons)}.", err=True)
