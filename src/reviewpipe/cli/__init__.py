"""The command line: parse, call one function, print.

Data goes to stdout, talk to stderr.  Exit codes stand in errors.py.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewpipe import __version__
from reviewpipe.errors import ReviewpipeError, Stopped, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

# In the order in which people meet them; each is the function `command` of the module reviewpipe.cli.NAME.
COMMANDS = (
    "init", "run", "inspect", "redact", "staff", "analyse", "report", "dashboard", "quotes", "consent",
    "takedown", "themes", "label",
    "evaluate", "export", "forget", "retention", "key", "backup", "schedule", "alerts", "doctor", "bulk",
)  # fmt: skip


# What the machine says when it is full, worn out or forbids something, wherever that strikes: no fault of the program.
REFUSED = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM,
}  # fmt: skip


class Commands(click.Group):
    """A group that imports a command when it is needed; carries no state, click wants a class here."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """All commands, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; click itself suggests what was meant where there is none."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(f"reviewpipe.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Click's own, with a hint at the command that was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            if close and "Did you mean" not in problem.message:
                raise click.UsageError(f"{problem.message}  Did you mean {close[0]!r}?", ctx) from None
            raise


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", type=click.Path(path_type=Path), help="Folder of the practice (default: this one).")
@click.version_option(__version__, prog_name="reviewpipe")
@click.pass_context
def program(ctx: click.Context, project: Path | None) -> None:
    """Client reviews of a hands-on practice: read, anonymised, understood, shown.

    \b
    Example, in a folder of your own:
      reviewpipe init
      reviewpipe run
    """
    ctx.obj = project


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: run a command and turn every error into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # file names and texts may hold what this terminal cannot show
            stream.reconfigure(errors="replace")
    try:
        code = program.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as problem:
        problem.show()
        code = problem.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (Exception, Stopped) as problem:  # noqa: BLE001  the border: a traceback could hold a client's words
        code, message = told(problem)
        click.echo(f"reviewpipe: {message}", err=True)
    sys.exit(code if isinstance(code, int) else 0)


def told(problem: BaseException) -> tuple[int, str]:
    """Exit code and line of an error; no private text."""
    if isinstance(problem, ReviewpipeError | Stopped):
        return problem.exit_code, str(problem)
    if isinstance(problem, OSError) and problem.errno in REFUSED:
        return StoreError.exit_code, _refused(problem)
    return 1, _where(problem)


def _refused(problem: OSError) -> str:
    """An error of the machine that no module expected where it came; its file may be named for a person."""
    return (
        f"the system refused to read or write a file ({os.strerror(problem.errno or 0)}).  Nothing was lost; "
        "check free space, permissions and the limit of open files, then call this again."
    )


def _where(problem: BaseException) -> str:
    """An unexpected error by its kind and place; its message may quote values, so it is left out."""
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return (
        f"an error in the program itself: {type(problem).__name__} at {Path(last.filename).name}:{last.lineno}.  "
        "Nothing was lost; please report this line, it holds no client's words."
    )
