"""`reviewpipe doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option
from reviewpipe.errors import ReviewpipeError

if TYPE_CHECKING:
    from pathlib import Path


SIGNS = {"ok": "ok     ", "hint": "hint   ", "problem": "PROBLEM"}


@click.command()
@project_option
def command(project: Path | None) -> None:
    """Look whether everything is sound, with remedies.

    \b
    Example:
      reviewpipe doctor
    """
    from reviewpipe.doctor import examine

    findings = list(examine(configured(project)))
    for finding in findings:
        click.echo(
            f"{SIGNS[finding.state]}  {finding.what}" + (f"\n         → {finding.remedy}" if finding.remedy else "")
        )
    problems = sum(finding.state == "problem" for finding in findings)
    if problems:
        raise ReviewpipeError(
            f"{problems} problem{'s' if problems > 1 else ''} found; each line above says what to do."
        )
