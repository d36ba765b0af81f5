"""`reviewpipe bulk`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reviewpipe.cli.options import configured, edition_option, period_options, print_json, project_option
from reviewpipe.errors import TooManyRejectsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reviewpipe.bulk import Committed
    from reviewpipe.config import Config
    from reviewpipe.metrics import Period

F = TypeVar("F", bound="Callable[..., Any]")

STAGES = {"names": "Names", "reviews": "Reviews", "duplicates": "Duplicates", "files": "Files"}


@click.group()
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """Many files at once, from anywhere to Parquet, by many workers.

    For reviews past one disk: the folders may be addresses that fsspec reads (s3://…, gs://…, a network disk), whose
    library you install.  Settings, key and known names are those of the project; its store gets no review.

    \b
    Example:
      reviewpipe bulk run /mnt/reviews /mnt/result
      reviewpipe bulk run s3://reviews/raw s3://reviews/result --scheduler tls://10.0.0.5:8786
      reviewpipe bulk dashboard /mnt/result --quarter 2026-Q3
    """
    if project is not None:
        ctx.obj = project


def executor_options(command: F) -> F:
    """`--executor` and `--scheduler`."""
    options = (
        click.option(
            "--executor",
            type=click.Choice(["auto", "serial", "processes", "dask"]),
            default="auto",
            show_default=True,
            help="How the work is shared out.",
        ),
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="Share it out to the Dask cluster at tls://HOST:8786, whose workers reach both folders themselves.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@command.command("run")
@click.argument("folder")
@click.argument("out")
@executor_options
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help='Day from which "2 weeks ago" counts (default: the file\'s own date).',
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@project_option
def run_command(folder: str, out: str, project: Path | None, *, as_json: bool, **how: Any) -> None:
    """Read all files in FOLDER, put finished reviews into OUT, and make the page.

    A job that was cut off goes on where it was.  When files have come or changed, all is made anew: names in the new
    ones must be hidden in the old ones.  OUT holds one result at a time; committed.json in it names its files.

    \b
    Example:
      reviewpipe bulk run /mnt/reviews /mnt/result --executor processes
    """
    import gc
    from datetime import UTC, datetime

    from reviewpipe import bulk

    gc.set_threshold(100_000, 20, 100)  # as in `run`
    config, now = configured(project), datetime.now(UTC)
    as_of, executor = how["as_of"], how["scheduler"] or how["executor"]
    committed = bulk.run(
        config, folder.rstrip("/"), out.rstrip("/"), now, as_of=as_of and as_of.date(), executor=executor, tell=_show
    )
    for place, reason in committed.problems:
        click.echo(f"Not read: {place}: {reason}", err=True)
    page = _page(config, out.rstrip("/"), executor, None, "owner")
    if as_json:
        print_json({**vars(committed.counts), "files": committed.partitions, "failed_files": len(committed.problems)})
    else:
        click.echo(f"Open {page}\n{_said(committed)}")
    limit, counts = config.thresholds.max_rejected_share, committed.counts
    if counts.rejected > limit * counts.read or len(committed.problems) > limit * committed.partitions:
        raise TooManyRejectsError(
            f"more than {limit:.0%} of the rows or files were refused.  "
            "Try one of the files with `reviewpipe inspect`; max_rejected_share in reviewpipe.toml sets the limit."
        )


@command.command("dashboard")
@click.argument("out")
@period_options
@edition_option
@executor_options
@project_option
def dashboard_command(out: str, project: Path | None, *, edition: str, **how: Any) -> None:
    """Make the page of the newest result in OUT: reports/bulk.html.

    Its numbers are counted by the workers; the newest 5,000 reviews stand in it.  What only a store keeps (labels,
    edits, what vanished) is not in it.

    \b
    Example:
      reviewpipe bulk dashboard /mnt/result --month 2026-10
      reviewpipe bulk dashboard /mnt/result --edition share
    """
    from reviewpipe import metrics

    executor, scheduler = how.pop("executor"), how.pop("scheduler")
    click.echo(_page(configured(project), out.rstrip("/"), scheduler or executor, metrics.asked(**how), edition))


def _page(config: Config, out: str, executor: str, asked: Period | None, edition: str) -> Path:
    from datetime import UTC, datetime

    from reviewpipe import bulk, keys, publish

    held = bulk.parts(config, out, keys.of_project(config), executor=executor)
    return publish.dashboard_page(config, datetime.now(UTC).date(), asked, edition, held)


def _show(stage: str, done: int, total: int) -> None:
    """A line that rewrites itself on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{'' if done == total else f'{STAGES[stage]}: {done} of {total} …'}", nl=False, err=True)


def _said(committed: Committed) -> str:
    counts, bad = committed.counts, len(committed.problems)
    return (
        f"{committed.partitions} file{'' if committed.partitions == 1 else 's'} ({bad} not readable).\n"
        f"{counts.read} reviews read = {counts.new} new + {counts.edited} edited + {counts.duplicate} duplicate + "
        f"{counts.rejected} rejected."
    )
