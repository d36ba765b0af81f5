"""What clients write about: themes named in a file, found with evidence, polarity and, for comparisons, direction."""

from reviewpipe.themes.catalogue import Catalogue, Theme, load
from reviewpipe.themes.placing import placed
from reviewpipe.themes.tagging import explain, failing_examples, review_polarity, tag

__all__ = ["Catalogue", "Theme", "explain", "failing_examples", "load", "placed", "review_polarity", "tag"]
