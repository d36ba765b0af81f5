"""`reviewpipe run`."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option
from reviewpipe.errors import InputError, TooManyRejectsError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from reviewpipe.pipeline import Summary


@click.command()
@project_option
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help='Day from which "2 weeks ago" counts (default: the file\'s own date).',
)
@click.option(
    "--executor",
    type=click.Choice(["serial", "processes", "dask"]),
    default="serial",
    show_default=True,
    help="How the files are shared out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def command(project: Path | None, as_of: datetime | None, executor: str, as_json: bool) -> None:  # noqa: FBT001  click's flag
    """Read what is new in data/raw and make the pages anew.

    \b
    Example:
      reviewpipe run
      reviewpipe run --json          for a scheduled job
    """
    from datetime import UTC, datetime

    from reviewpipe import alerts, pipeline, publish

    config = configured(project)
    now = datetime.now(UTC)
    watch = alerts.watch(config, now.date(), partial(click.echo, err=True))
    click.get_current_context().with_resource(watch)
    summary = pipeline.run(config, now, as_of=as_of.date() if as_of else None, executor=executor, tell=_progress)
    pages = publish.pages(config, now.date()) if summary.files or config.store.is_file() else []
    for what, files in (("Not read", summary.problems), ("Left alone", summary.others), ("Waiting", summary.waiting)):
        for place, reason in files:
            click.echo(f"{what}: {place}: {reason}", err=True)
    for line in summary.drift:
        click.echo(f"Changed: {line}.  `reviewpipe inspect` shows how such a file is read.", err=True)
    click.echo(summary.as_json() if as_json else _said(summary, pages))
    if not summary.files:
        raise InputError(
            f"{config.raw} is empty.  Put review files there (docs/guide.md says how to get them) and run again."
        )
    share = config.thresholds.max_rejected_share
    if summary.too_bad(share):
        raise TooManyRejectsError(
            f"more than {share:.0%} of the rows or files were refused.  "
            "See which with `reviewpipe inspect`; max_rejected_share in reviewpipe.toml sets the limit."
        )


def _progress(done: int, total: int) -> None:
    """A line that rewrites itself on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\rReading file {done} of {total} …" + ("\r\x1b[K" if done == total else ""), nl=False, err=True)


def _said(summary: Summary, pages: list[Path]) -> str:
    """The run in words; the last line adds up."""
    counts = summary.counts
    parts = f"{counts.new} new + {counts.edited} edited + {counts.duplicate} duplicate + {counts.rejected} rejected"
    others = f"{len(summary.problems)} not readable, {len(summary.others)} without reviews"
    again = f"{summary.again} read again with new settings, " if summary.again else ""
    files = f"{summary.files} file{'' if summary.files == 1 else 's'} ({summary.known} known before, {again}{others})."
    gone = [f"{summary.vanished} marked as vanished: missing in the newest export."] if summary.vanished else []
    return "\n".join(
        [*(f"Open {page}" for page in pages), *_anew(summary), files, f"{counts.read} reviews read = {parts}.", *gone]
    )


def _anew(summary: Summary) -> list[str]:
    """What was scored again and why, and what was made of the labels."""
    from reviewpipe.calibrate import LABELS_NEEDED
    from reviewpipe.metrics.words import reviews
    from reviewpipe.versions import REASONS

    said, fitted = [], summary.fitted
    if summary.because:
        why = ", ".join(REASONS[one] for one in summary.because)
        said.append(f"{reviews(summary.rescored)} scored again: {why}.")
    if fitted.used:
        said.append(
            f"Fitted to your {fitted.labels} labels: the sentiment of {fitted.after} of them comes out right, "
            f"{fitted.before} without (each judged by a fit that has not seen it)."
        )
    elif fitted.labels >= LABELS_NEEDED:
        said.append(f"Not fitted to your {fitted.labels} labels: the model does no better that way.")
    return said
