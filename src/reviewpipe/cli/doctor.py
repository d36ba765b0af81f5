"""`reviewpipe doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, print_json, project_option
from reviewpipe.errors import ReviewpipeError, StoreError

if TYPE_CHECKING:
    from pathlib import Path


SIGNS = {"ok": "ok     ", "hint": "hint   ", "problem": "PROBLEM"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
@project_option
def command(project: Path | None, as_json: bool) -> None:  # noqa: FBT001  click's flag
    """Look whether everything is sound, with remedies.

    \b
    Example:
      reviewpipe doctor
      reviewpipe doctor --json          for a scheduled job
    """
    from datetime import UTC, datetime

    from reviewpipe.doctor import examine

    findings = list(examine(configured(project), datetime.now(UTC).date()))
    problems = [finding for finding in findings if finding.state == "problem"]
    if as_json:
        told = [{"state": one.state, "what": one.what, "remedy": one.remedy} for one in findings]
        print_json({"problems": len(problems), "findings": told})
    else:
        for one in findings:
            click.echo(f"{SIGNS[one.state]}  {one.what}" + (f"\n         → {one.remedy}" if one.remedy else ""))
    if problems:
        kind = StoreError if any(one.code == StoreError.exit_code for one in problems) else ReviewpipeError
        raise kind(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found; each finding says what to do.")
