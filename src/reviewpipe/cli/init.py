"""`reviewpipe init`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from reviewpipe.errors import StoreError

PRIVATE = """# Clients' words, the store, the key and the pages stay on this machine.
/data/
/reports/
/backups/
/logs/
*.key
*.answers
.reviewpipe.lock
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def command(folder: Path) -> None:
    """Set up a folder for your practice; what is already there stays.

    \b
    Example:
      reviewpipe init my-practice
    """
    settings = files("reviewpipe").joinpath("settings.toml").read_text(encoding="utf-8")
    try:
        for place in ("data/raw", "data/processed", "reports"):
            (folder / place).mkdir(parents=True, exist_ok=True)
        for name, content in (("reviewpipe.toml", settings), (".gitignore", PRIVATE)):
            if not (folder / name).exists():
                (folder / name).write_text(content, encoding="utf-8")
    except OSError as problem:
        raise StoreError(f"{folder} cannot be written ({problem.strerror}).  Choose a folder of your own.") from None
    click.echo(
        f"Ready.  Next:\n  1. Fill in {folder / 'reviewpipe.toml'} (your name, your staff).\n"
        f"  2. Put review files into {folder / 'data' / 'raw'}.\n  3. Call `reviewpipe run` there."
    )
