"""The machine's own verdicts against what the owner says of her reviews."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe import calibrate, themes
from reviewpipe.metrics.accuracy import Accuracy, Judged, accuracy
from reviewpipe.sentiment.calibration import AS_SHIPPED, kept_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.schema import Label, Verdict
    from reviewpipe.sentiment import Calibration
    from reviewpipe.store import Store
    from reviewpipe.themes import Catalogue


def measure(store: Store, catalogue: Catalogue, *, few: int) -> Accuracy:
    """How good the program is on the labels of a store; `few`: under so many nothing is said.

    The verdicts are made anew as they would be without any label.  Where the model is fitted to the labels, each is
    judged by a fit that has not seen it.
    """
    labelled, outdated = store.labelled(), sum(label.outdated for label in store.labels())
    if not labelled:
        return Accuracy(few=few, outdated=outdated)
    verdicts = _verdicts(labelled, calibrate.current(store))
    hits = themes.tag([text for _, text, _ in labelled], verdicts, catalogue)
    judged = [
        Judged(label, verdict.sentiment, themes.review_polarity(found))
        for (label, _, _), verdict, found in zip(labelled, verdicts, hits, strict=True)
    ]
    return accuracy(judged, catalogue.names, few=few, outdated=outdated)


def _verdicts(labelled: Sequence[tuple[Label, str, str | None]], calibration: Calibration) -> list[Verdict]:
    from reviewpipe import sentiment

    texts, languages = [text for _, text, _ in labelled], [language for _, _, language in labelled]
    verdicts = sentiment.analyse(texts, languages)
    if calibration == AS_SHIPPED:
        return verdicts
    scored = [(n, one) for n, one in enumerate(sentiment.chances(texts, languages)) if one is not None]
    said = kept_out([one for _, one in scored], [labelled[n][0].sentiment for n, _ in scored])
    for (n, _), sentiment_of in zip(scored, said, strict=True):
        verdicts[n] = replace(verdicts[n], sentiment=sentiment_of)
    return verdicts
