"""What the stages know of this practice, and who is hidden in places and headings by it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewpipe import anonymise, calibrate, keys, themes, versions
from reviewpipe.anonymise import Known, answers
from reviewpipe.sentiment.calibration import AS_SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reviewpipe.anonymise import Key, Roster
    from reviewpipe.config import Config
    from reviewpipe.sentiment import Calibration
    from reviewpipe.store import Store
    from reviewpipe.themes import Catalogue

# Endings of file names; a name may end so too ("J.R.Smith"), so only these come off.
SUFFIX = re.compile(
    r"(?:\.(?:csv|tsv|txt|md|json|jsonl|html?|xlsx?|ods|docx|rtf|pdf|eml|mbox|zip|t?gz|tar|part|crdownload))+$",
    re.IGNORECASE,
)
JOINTS = str.maketrans("/_-.+", "     ")
# Note in the store: by what its texts were scored.
SCORED_BY = "analysis"


@dataclass(frozen=True)
class Knowledge:
    """What the stages know of this practice: its people, names met so far, key, themes, the fit to its labels."""

    roster: Roster
    known: Known
    key: Key
    catalogue: Catalogue
    calibration: Calibration = AS_SHIPPED

    def everybody(self, more: Iterable[tuple[int, int]] = ()) -> Roster:
        """The roster with the names met so far and `more` of them."""
        return replace(self.roster, known=self.known.joined(Known.of(more, self.key)))


def learn(config: Config, store: Store) -> Knowledge:
    """What the stages need to know: settings, names met so far, key, themes.  The caller holds the project's lock."""
    key = keys.key_of(config, store)
    keys.successor(config).unlink(missing_ok=True)  # of a rotation that was interrupted before it began
    if store.meta(keys.MADE_WITH) is None:
        store.set_meta(keys.MADE_WITH, key.mark())
    knowledge = known_by(config, store, key)
    if store.meta(SCORED_BY) is None and not store.files():  # a new store: what comes in is scored by these
        store.set_meta(SCORED_BY, versions.of(knowledge.catalogue, knowledge.calibration))
    return knowledge


def known_by(config: Config, store: Store, key: Key) -> Knowledge:
    """As `learn`, for one who only looks: nothing is noted anywhere."""
    roster = answers.joined(anonymise.Roster.of(config), config, key)
    known = Known.of(store.names(), key).joined(roster.known)
    return Knowledge(roster, known, key, themes.load(config.themes_file), calibrate.current(store))


def shown(path: Path, config: Config, knowledge: Knowledge) -> str:
    """The file's place under data/raw, with people's names hidden: clients stand in file names too."""
    return hidden([path.relative_to(config.raw).as_posix()], knowledge.everybody())[0]


def hidden(words: Sequence[str], roster: Roster) -> list[str]:
    """Places of files and headings of columns, each in one line and without the names of people."""
    from reviewpipe.ingest.reading import printable

    places = [printable(one) for one in words]
    # The signs that join words in file names are blanks to the reader of names; so is the ending.
    plain = [SUFFIX.sub("", place).translate(JOINTS) for place in places]
    found = anonymise.find(plain, [None] * len(plain), roster)
    return [
        anonymise.replace(place, [entity for entity in entities if entity.label == "PERSON"])
        for place, entities in zip(places, found, strict=True)
    ]
