"""`reviewpipe run`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from reviewpipe.cli.options import configured, print_json, project_option
from reviewpipe.errors import InputError, Stopped, TooManyRejectsError
from reviewpipe.runlog import Log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from reviewpipe.config import Config
    from reviewpipe.rehearsal import Seen
    from reviewpipe.store import Counts
    from reviewpipe.summary import Progress, Summary


# Seconds after which a rate says something.
WORTH_TELLING = 3


@dataclass
class Job:
    """One call of the command, and how far it has come: `figures` for programs, files `done` of `total`."""

    now: datetime
    how: dict[str, Any]
    as_json: bool
    dry_run: bool
    log: Log = field(default_factory=lambda: Log(None, ""))
    check: Callable[[], None] = lambda: None
    figures: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    begun: float = field(default_factory=monotonic)

    @property
    def started(self) -> str:
        """When it began, as ISO 8601 in UTC."""
        return self.now.isoformat(timespec="seconds")

    def tell(self, progress: Progress) -> None:
        """A batch or a file is done: note it, show it, and stop here where a signal came."""
        self.done, self.total = progress.files, progress.total
        if progress.outcome:
            self.log.file(progress.files, progress.total, progress.outcome)
        _show(progress, monotonic() - self.begun)
        self.check()

    def stopped(self, number: int) -> Stopped:
        """The end by a signal, with what was done until then."""
        from signal import Signals

        read = f"{self.done} of {self.total} new files were read and are saved" if self.total else "no file was read"
        return Stopped(number, f"stopped by {Signals(number).name}: {read}.  The next run goes on from there.")


def _share(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """0.1 or 10% as a share."""
    if value is None:
        return None
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter("give a share from 0 to 1, such as 0.1, or a percentage such as 10%.")
    return share


@click.command()
@project_option
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only say what each file would bring; nothing is written, not even a key or a line of the log.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only look at files that were put into data/raw, or changed there, on that day or later (this computer's "
    "time).  What was posted when does not matter.",
)
@click.option(
    "--max-bad",
    metavar="SHARE",
    callback=_share,
    help="Fail when more than this share of rows or files is refused: 0.1 or 10% (default: max_rejected_share).",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help='Day from which "2 weeks ago" counts (default: the file\'s own date).',
)
@click.option(
    "--executor",
    type=click.Choice(["auto", "serial", "processes", "dask"]),
    default="auto",
    show_default=True,
    help="How the work is shared out; auto begins processes where they pay.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Share it out to the Dask cluster at tls://HOST:8786 (docs/guide.md, Several computers).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts and the exit code as one JSON object.")
def command(project: Path | None, *, as_json: bool, dry_run: bool, max_bad: float | None, **how: Any) -> None:
    """Read what is new in data/raw and make the pages anew.

    A file that cannot be read is told once; later runs count it until its content or the settings change.

    \b
    Exit codes: 0 done; 1 error in the program; 2 wrong call or settings;
      3 nothing to read, or too much refused; 4 a name was about to get out;
      5 another run is at work; 6 store or folder; 130 Control-C; 143 SIGTERM.
    \b
    Example:
      reviewpipe run
      reviewpipe run --dry-run       what would be read
      reviewpipe run --json          for a scheduled job
    """
    import gc
    from datetime import UTC, datetime

    from reviewpipe.cli import told
    from reviewpipe.cli.stopping import stoppable

    # A batch makes millions of small objects and hardly a cycle: looking for these less often spares a twentieth.
    gc.set_threshold(100_000, 20, 100)
    how["as_of"] = how["as_of"] and how["as_of"].date()
    how["since"] = how["since"] and how["since"].astimezone()
    how["executor"] = how.pop("scheduler") or how["executor"]
    job = Job(datetime.now(UTC), how, as_json=as_json, dry_run=dry_run)
    ending: dict[str, Any] = {"exit_code": 0}
    try:
        with stoppable() as job.check:
            _work(job, configured(project), max_bad)
    except (Exception, Stopped) as problem:
        ending["exit_code"], ending["error"] = told(problem)
        raise
    finally:
        seconds = round(monotonic() - job.begun, 3)
        counts = {name: value for name, value in job.figures.items() if isinstance(value, int)}
        job.log.write("finished", exit_code=ending["exit_code"], seconds=seconds, **counts)
        job.log.close()
        if as_json:
            print_json({"started": job.started, "seconds": seconds, **ending, **job.figures})


def _work(job: Job, config: Config, max_bad: float | None) -> None:
    """Do the job, print what came of it, and raise what speaks against it."""
    from reviewpipe import __version__, alerts

    if not job.dry_run:
        job.log = Log(config.log_file, job.started)
        watch = alerts.watch(config, job.now.date(), partial(click.echo, err=True))
        click.get_current_context().with_resource(watch)
    job.log.write("started", version=__version__)
    try:
        summary, lines = _rehearsed(job, config) if job.dry_run else _ran(job, config)
    except Stopped as stop:
        raise job.stopped(stop.number) from None
    if not job.as_json:
        click.echo("\n".join(lines))
    _judge(summary, config, config.thresholds.max_rejected_share if max_bad is None else max_bad)


def _ran(job: Job, config: Config) -> tuple[Summary, list[str]]:
    """Read, tell, publish."""
    from reviewpipe import pipeline, publish

    summary = pipeline.run(config, job.now, **job.how, tell=job.tell)
    job.figures |= summary.as_dict()
    tell_files(summary)  # before anything can fail: the next run does not tell them again
    job.check()
    pages = publish.pages(config, job.now.date()) if summary.files or config.store.is_file() else []
    job.log.write("published", pages=[page.name for page in pages])
    return summary, [*(f"Open {page}" for page in pages), *_said(summary)]


def _rehearsed(job: Job, config: Config) -> tuple[Summary, list[str]]:
    """What a run would do."""
    from reviewpipe.rehearsal import rehearse

    summary, seen = rehearse(config, **job.how, tell=job.tell)
    job.figures |= summary.as_dict() | {"dry_run": True, "by_file": [one.as_dict() for one in seen]}
    tell_files(summary)
    return summary, [*map(_line, seen), *_said(summary), "Nothing was written (--dry-run)."]


def _line(seen: Seen) -> str:
    """A file and what it would bring."""
    line = f"{seen.state:<11}{seen.place}"
    return f"{line}: {_counted(seen.counts)}" if seen.counts.read else line


def tell_files(summary: Summary) -> None:
    """What needs attention, on standard error."""
    for what, files in (("Not read", summary.problems), ("Left alone", summary.others), ("Waiting", summary.waiting)):
        for place, reason in files:
            click.echo(f"{what}: {place}: {reason}", err=True)
    for line in summary.drift:
        click.echo(f"Changed: {line}.  `reviewpipe inspect` shows how such a file is read.", err=True)


def _judge(summary: Summary, config: Config, limit: float) -> None:
    """InputError where there was nothing to read, or too much was refused."""
    # Where raw files are removed by and by, an empty folder is as it should be; else it may be a disk that is missing.
    if not summary.files and not (summary.ledger and config.retention.raw_days is not None):
        raise InputError(
            f"{config.raw} is empty.  Put review files there (docs/guide.md says how to get them) and run again."
        )
    if summary.too_bad(limit):
        raise TooManyRejectsError(
            f"more than {limit:.0%} of the rows or files were refused.  "
            "See which with `reviewpipe inspect`; max_rejected_share in reviewpipe.toml or --max-bad sets the limit."
        )


def _show(progress: Progress, seconds: float) -> None:
    """A line that rewrites itself on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return
    line = f"File {min(progress.files + 1, progress.total)} of {progress.total}"
    if seconds > WORTH_TELLING and progress.share > 0:
        left = round(seconds * (1 - progress.share) / progress.share)
        line += f", {progress.reviews:,} reviews, {progress.reviews / seconds:,.0f} a second, {_time(left)} left"
    done = progress.files == progress.total
    click.echo(f"\r\x1b[K{'' if done else f'{line} …'}", nl=False, err=True)


def _time(seconds: int) -> str:
    """A time that nobody needs to the second."""
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _counted(counts: Counts) -> str:
    """Numbers that add up."""
    return f"{counts.new} new + {counts.edited} edited + {counts.duplicate} duplicate + {counts.rejected} rejected"


def _said(summary: Summary) -> list[str]:
    """The run in words; the last line adds up."""
    others = f"{summary.unread} not readable, {len(summary.others) + summary.still_others} without reviews"
    again = f"{summary.again} read again with new settings, " if summary.again else ""
    older = f"{summary.older} older ones not looked at, " if summary.older else ""
    files = f"{_files(summary.files)} ({summary.known} known before, {again}{older}{others})."
    still = (
        [f"{_files(summary.still_unread)} still not readable, see `reviewpipe doctor`."] if summary.still_unread else []
    )
    gone = [f"{summary.vanished} marked as vanished: missing in the newest export."] if summary.vanished else []
    return [*_anew(summary), files, *still, *gone, f"{summary.counts.read} reviews read = {_counted(summary.counts)}."]


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


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
