"""By what the reviews of a store were scored, and what has changed since: then all are scored again."""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewpipe.sentiment import Calibration
    from reviewpipe.themes import Catalogue

# Why all are scored again, in the order of the parts of a version.
REASONS = {
    "models": "this version of reviewpipe judges otherwise",
    "themes": "the themes have changed",
    "labels": "the model was fitted to your labels",
}


def of(catalogue: Catalogue, calibration: Calibration) -> str:
    """A digest of each thing that decides how a text is scored, in the order of REASONS."""
    return "-".join([models(), catalogue.version, _digest(repr(calibration).encode())])


def models() -> str:
    """A digest of the models and the lexicon."""
    package = files("reviewpipe")
    parts = [package / "models" / "manifest.json", package / "sentiment" / "lexicon.toml"]
    return _digest(b"".join(part.read_bytes() for part in parts))


def changes(before: str | None, now: str) -> tuple[str, ...]:
    """Keys of REASONS that tell two versions apart; none where nothing was scored `before`."""
    pairs = zip(REASONS, (before or now).split("-"), now.split("-"), strict=False)
    return tuple(what for what, old, new in pairs if old != new)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
