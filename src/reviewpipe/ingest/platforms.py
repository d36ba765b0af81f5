"""Where it was written, and whether anyone may read it there."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewpipe.config import Config
    from reviewpipe.schema import Visibility

UNKNOWN = "other"
NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@cache
def _known() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("platforms.toml").read_text(encoding="utf-8"))


@cache
def _names() -> Mapping[str, str]:
    return {name: source for source, one in _known().items() for name in one["names"]}


def platform_of(name: object) -> str | None:
    """The source that a person means by "Google Maps" or "in person"; None for anything else, which may be private."""
    return _names().get(" ".join(str(name).casefold().replace("_", " ").split())) if name is not None else None


def source_of_folder(path: Path, config: Config) -> str | None:
    """The source that the nearest folder above `path` names, between it and data/raw."""
    folder, top = path.absolute().parent, config.raw.absolute()
    while folder != top and top in folder.parents:
        if folder.name in config.sources:
            return folder.name
        if source := platform_of(folder.name):
            return source
        folder = folder.parent
    return None


def folder_of(path: Path, source: str, config: Config) -> tuple[str, bool]:
    """The name for a block of reviewpipe.toml that is about the file, and whether the file lies where that holds."""
    known = source_of_folder(path, config)
    folder, top = path.absolute().parent, config.raw.absolute()
    inside = folder != top and top in folder.parents
    given = folder.name if inside else path.stem if source == UNKNOWN else source
    name = known or NOT_PLAIN.sub("-", given.casefold()).strip("-") or "front-desk"
    # Without a block of its own a folder is found by the very name of the block.
    return name, known is not None or (inside and folder.name == name)


def visibility_of(source: str, config: Config, given: str = "") -> Visibility:
    """Public or private: what the owner says, else what the form says, else what is known; private where nothing is."""
    own = config.sources[source].visibility if source in config.sources else ""
    known = _known().get(source, {}).get("visibility", "private")
    return cast("Visibility", own or given or known)
