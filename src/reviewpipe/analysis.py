"""Texts in, verdicts and themes out, without a store: `reviewpipe.analyse` and the command of that name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reviewpipe import anonymise, calibrate, pipeline, themes
from reviewpipe.clean import clean_text, language_of
from reviewpipe.config import Config
from reviewpipe.sentiment.calibration import AS_SHIPPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.schema import Direction, Polarity, Sentiment, ThemeHit


@dataclass(frozen=True)
class ThemeFound:
    """A theme of a text; each evidence is a passage of the anonymised text."""

    name: str
    polarity: Polarity
    direction: Direction | None
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Analysis:
    """What a text says; `text` is cleaned and anonymised, `score` runs from -1 to 1, None when unscored."""

    text: str
    language: str | None
    sentiment: Sentiment
    score: float | None
    themes: tuple[ThemeFound, ...]

    def as_dict(self) -> dict[str, Any]:
        """The form that `reviewpipe analyse --jsonl` prints."""
        found = [{k: v for k, v in asdict(t).items() if v is not None} for t in self.themes]
        return {
            "language": self.language,
            "text": self.text,
            "sentiment": {"label": self.sentiment, "score": self.score},
            "themes": found,
        }


def analyse(
    texts: Sequence[str | None], authors: Sequence[str | None] | None = None, *, config: Config | None = None
) -> list[Analysis]:
    """Clean, anonymise, score and tag `texts`; `authors`, where known, are hidden wherever they stand in their text.

    Where `config` names a store, by the model as it is fitted to that practice.
    """
    fitted = calibrate.of_practice(config) if config else AS_SHIPPED
    config = config or Config()
    cleaned = [clean_text(text) or "" for text in texts]
    languages = [language_of(text) for text in cleaned]
    hidden = [one.text for one in anonymise.redact(cleaned, authors, config=config)]
    catalogue = themes.load(config.themes_file)
    verdicts, hits = pipeline.analyse(hidden, languages, catalogue, fitted)
    return [
        Analysis(text, language, verdict.sentiment, verdict.score, _themes(text, found))
        for text, language, verdict, found in zip(hidden, languages, verdicts, hits, strict=True)
    ]


def _themes(text: str, hits: Sequence[ThemeHit]) -> tuple[ThemeFound, ...]:
    """The hits of a text, one entry a theme, with its overall polarity and direction."""
    found = []
    polarity = themes.review_polarity(hits)
    for name in polarity:
        mine = [hit for hit in hits if hit.theme == name]
        directions = {hit.direction for hit in mine if hit.direction}
        direction = None if not directions else directions.pop() if len(directions) == 1 else "neutral"
        evidence = tuple(text[hit.start : hit.end] for hit in mine)
        found.append(ThemeFound(name, polarity[name], direction, evidence))
    return tuple(found)
