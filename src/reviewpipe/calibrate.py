"""The model fitted to this practice, once its owner has labelled enough of its reviews."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe.sentiment.calibration import AS_SHIPPED, PLACE, Calibration, fit, kept_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.config import Config
    from reviewpipe.schema import Label, Sentiment
    from reviewpipe.sentiment import Chances
    from reviewpipe.store import Store

# With fewer labels a fit says more about their accidents than about the practice.
LABELS_NEEDED = 50
NOTE = "calibration"


@dataclass(frozen=True)
class Fitted:
    """What was made of `labels`; `before` and `after` of them come out right, as shipped and (kept out) calibrated.

    `mark` changes with the labels and the models that it was made from.
    """

    labels: int
    before: int = 0
    after: int = 0
    calibration: Calibration = AS_SHIPPED
    mark: str = ""

    @property
    def used(self) -> bool:
        """Whether the model is fitted to this practice."""
        return self.calibration != AS_SHIPPED


UNFITTED = Fitted(0)


def current(store: Store) -> Calibration:
    """The calibration of this practice; as shipped where there is none."""
    return _noted(store).calibration


def of_practice(config: Config) -> Calibration:
    """The calibration of the store that `config` names; as shipped where no run has made one."""
    from reviewpipe.store import Store

    if not config.store.is_file():
        return AS_SHIPPED
    with Store.open(config.store) as store:
        return current(store)


def refit(store: Store, models: str) -> Fitted:
    """The fit to the labels of the store, made anew and kept where they, or the `models` (a version), have changed."""
    before, labelled = _noted(store), store.labelled()
    mark = _mark([label for label, _, _ in labelled], models)
    if before.mark == mark:
        return before
    from reviewpipe import sentiment

    chances = sentiment.chances([text for _, text, _ in labelled], [language for _, _, language in labelled])
    judged = [(one, label) for one, (label, _, _) in zip(chances, labelled, strict=True) if one is not None]
    fitted = replace(of([one for one, _ in judged], [label for _, label in judged]), mark=mark)
    store.set_meta(NOTE, json.dumps(asdict(fitted)))
    return fitted


def of(chances: Sequence[Chances], labels: Sequence[Label]) -> Fitted:
    """The fit to labels of texts with these chances; as shipped where they are few or it would get fewer right.

    That is asked of all labels and, as those were chosen for doubt, of those drawn by lot as well.
    """
    said = [label.sentiment for label in labels]
    if len(said) < LABELS_NEEDED:
        return Fitted(len(said))
    before, after = [AS_SHIPPED.sentiment(one) for one in chances], kept_out(chances, said)
    whole: Sequence[int] = range(len(said))
    drawn = [n for n, label in enumerate(labels) if label.drawn]
    worse = any(_right(after, said, some) < _right(before, said, some) for some in (whole, drawn))
    fitted = AS_SHIPPED if worse else fit(chances, said)
    return Fitted(len(said), _right(before, said, whole), _right(after, said, whole), fitted)


def _right(found: Sequence[Sentiment], said: Sequence[Sentiment], some: Sequence[int]) -> int:
    return sum(PLACE[found[n]] == PLACE[said[n]] for n in some)


def _noted(store: Store) -> Fitted:
    note = store.meta(NOTE)
    if note is None:
        return UNFITTED
    told = json.loads(note)
    fitted = told.pop("calibration")
    return Fitted(**told, calibration=Calibration(fitted["scale"], tuple(fitted["shift"])))


def _mark(labels: Sequence[Label], models: str) -> str:
    said = repr((models, LABELS_NEEDED, [(label.review_id, label.sentiment, label.drawn) for label in labels]))
    return blake2b(said.encode(), digest_size=8).hexdigest() if labels else ""
