"""The log of runs: JSON lines with numbers, digests and words of ours, never a name of a file or a client's word."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewpipe import rawfolder

if TYPE_CHECKING:
    from io import TextIOWrapper

    from reviewpipe.summary import Outcome

# Ten thousand lines or so, and as many times that before the oldest go.
LARGEST = 1_000_000
OLDER_FILES = 5
# Digits of a digest that tell the files of a practice apart.
PREFIX = 12


class _File(RotatingFileHandler):
    """A rotating file that its owner alone may read.  A class, because logging wants its methods overridden."""

    broken = False

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  logging's signature
        """A log that cannot be written is told once and stops nothing: the reviews are worth more."""
        problem = sys.exc_info()[1]
        why = problem.strerror if isinstance(problem, OSError) else type(problem).__name__
        if not self.broken:
            sys.stderr.write(f"The log {self.baseFilename} cannot be written ({why}).  The run goes on without it.\n")
        self.broken = True


class Log:
    """The log as one run writes it.  Carries the open file and what all lines of the run have in common."""

    def __init__(self, path: Path | None, run: str) -> None:
        # The handler alone, without a logger: nobody else's lines come in, ours go nowhere else.
        self._file = (
            _File(path, maxBytes=LARGEST, backupCount=OLDER_FILES, encoding="utf-8", delay=True) if path else None
        )
        self._run = run

    def write(self, event: str, **facts: Any) -> None:
        """One line; `facts` are numbers, digests and words of ours."""
        if self._file:
            record = logging.LogRecord("run", logging.INFO, "", 0, "", None, None)
            time = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
            record.msg = json.dumps({"time": time, "run": self._run, "event": event, **facts})
            self._file.handle(record)

    def file(self, number: int, total: int, outcome: Outcome) -> None:
        """What became of a file."""
        digest = rawfolder.proper(outcome.mark)[:PREFIX]
        self.write("file", number=number, of=total, digest=digest, outcome=outcome.kind, **asdict(outcome.counts))

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
