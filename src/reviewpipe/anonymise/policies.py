"""What the owner wants to become of identifiers other than names: hidden, kept, or shown as something of hers.

Names have no policy: they are always hidden.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from reviewpipe.anonymise.entities import replace
from reviewpipe.anonymise.identifiers import find
from reviewpipe.config import HIDE, KEEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewpipe.anonymise.entities import Entity
    from reviewpipe.config import Privacy


def chosen(identifiers: Iterable[Entity], choices: Mapping[str, str]) -> list[Entity]:
    """Those of `identifiers` that `choices` (by label; "hide" where it says nothing) do not keep, as they are shown."""
    if not choices:
        return list(identifiers)
    return [
        one if choices.get(one.label, HIDE) == HIDE else dataclasses.replace(one, replacement=choices[one.label])
        for one in identifiers
        if choices.get(one.label) != KEEP
    ]


def unshared(text: str, privacy: Privacy) -> list[Entity]:
    """What of an anonymised text may not leave the practice: what the store keeps, only `share` can keep here."""
    return chosen(find(text), privacy.share)


def for_sharing(texts: Sequence[str], privacy: Privacy) -> list[str]:
    """Anonymised `texts` as they may leave the practice."""
    return [replace(text, unshared(text, privacy)) for text in texts]
