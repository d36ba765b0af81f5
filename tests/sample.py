"""Where things lie, and how names of the sample practice are searched for."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "raw" / "sample"

# Reviewers of the sample who signed with a single name that is also a word or a piece of one.
WORDS = {"Ellis", "Ike", "J.T.", "Mark", "Rob", "Teodora"}


def assert_none_of(names, text):
    """No whole name stands in `text`, in whatever case."""
    folded = text.casefold()
    for name in set(names) - WORDS:
        # The plain search first: it spares five megabytes of page a regular expression for each name.
        found = name.casefold() in folded and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", folded)
        assert not found, name
