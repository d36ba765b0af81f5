"""Texts to hits: where each theme is spoken of, what is said of it, and how we know."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reviewpipe.schema import Direction, Polarity, ThemeHit, Verdict
from reviewpipe.themes import model
from reviewpipe.themes.evidence import MOST, cuts, passage
from reviewpipe.themes.finds import Find, Page, lay_out, letters_of, phrase_finds, sentences_with
from reviewpipe.themes.polarity import heard, signs, strength
from reviewpipe.themes.polarity import polarity as polarity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewpipe.themes.catalogue import Catalogue
    from reviewpipe.tokens import Tokens

# A sentence contradicts the review as a whole only when it is clear.
CLEAR = 0.3
BETWEEN = 3  # characters: a full stop or comma, and space
SAID: dict[str, Polarity] = {"praises": "positive", "complaints": "negative"}
WHOLE: dict[str, Polarity] = {"positive": "positive", "negative": "negative"}
DIRECTION: dict[Polarity, Direction] = {"positive": "favours_us", "negative": "favours_them"}


def tag(
    texts: Sequence[str], verdicts: Sequence[Verdict], catalogue: Catalogue, words: Tokens | None = None
) -> list[tuple[ThemeHit, ...]]:
    """The themes of each text with their evidence, the surest first.

    `verdicts` are those of the same texts.  A theme's polarity is weighed from the phrase, where that says how it was
    ("no relief"), its sentence's score and the verdict as a whole.  `words` are the tokens of `texts`, for callers that
    have them.
    """
    hits: list[list[tuple[ThemeHit, float]]] = [[] for _ in texts]
    sure: list[list[tuple[ThemeHit, float]]] = [[] for _ in texts]
    for number, hit, odds, find in _hits(texts, verdicts, catalogue, words):
        hits[number].append((hit, odds))
        sure[number].append((hit, find.odds))
    return [_surest_first(_joined(heard(some)), found) if some else () for some, found in zip(hits, sure, strict=True)]


def explain(text: str, verdict: Verdict, catalogue: Catalogue) -> list[tuple[ThemeHit, str]]:
    """Each hit of one text, before hits are joined, with its reason: the kind of phrase, or model, and the words."""
    found = _hits([text], [verdict], catalogue)
    return [(hit, f"{find.kind}: {text[find.start : find.end]}") for _, hit, _, find in found]


def review_polarity(hits: Iterable[ThemeHit]) -> dict[str, Polarity]:
    """One polarity for each theme of a review: what three quarters of its clear hits say, else mixed."""
    said: defaultdict[str, list[Polarity]] = defaultdict(list)
    for hit in hits:
        said[hit.theme].append(hit.polarity)
    return {theme: _rolled(some) for theme, some in said.items()}


def failing_examples(catalogue: Catalogue) -> list[str]:
    """Examples in the themes files that come out wrong; empty when all is well."""
    wrong = []
    for theme in catalogue.themes:
        examples = [(text, True) for text in theme.matches] + [(text, False) for text in theme.non_matches]
        found = tag([text for text, _ in examples], [Verdict("unscored", None)] * len(examples), catalogue)
        for (text, wanted), hits in zip(examples, found, strict=True):
            if wanted != any(hit.theme == theme.name for hit in hits):
                wrong.append(f"{theme.name} {'misses' if wanted else 'must not match'}: {text}")
    return wrong


def _hits(
    texts: Sequence[str], verdicts: Sequence[Verdict], catalogue: Catalogue, words: Tokens | None = None
) -> Iterator[tuple[int, ThemeHit, float, Find]]:
    """For every find the number of its text, the hit, the log-odds that it is praise, and the find."""
    trained = model.shipped()
    page = lay_out(texts, verdicts, catalogue, trained.known, words)
    past = sentences_with(page, letters_of(catalogue, "elsewhere"))
    found = list(model.judged(trained, page, phrase_finds(page, catalogue)))
    praised = first_praises(page, found)
    themes, cut = {theme.name: theme for theme in catalogue.themes}, dict[int, list[int]]()
    texts_of, scores = page.text.tolist(), page.score.tolist()
    for find in found:
        number, theme = texts_of[find.sentence], themes.get(find.theme)
        if theme is None:
            continue
        verdict = verdicts[number]
        score = scores[find.sentence]
        before = (find.sentence, find.start) < praised.get((number, find.theme), (-1, -1))
        odds = strength(signs(find, verdict, score, before_praise=before))
        polarity = _compared(find, verdict) if theme.comparison else polarity_of(odds)
        if theme.comparison:
            odds = 0.0  # a better rival is no misreading of a happy review, so nothing contradicts it
        if not (theme.comparison or theme.praises or theme.phrases or find.negated):
            polarity = "negative"  # a theme of complaints alone, as harm is
        if theme.past_care and find.kind == "complaints" and polarity == "negative":
            # "Three doctors could not help" and "I came in limping" are no complaints about us: two signs must say so.
            happy = (verdict.sentiment != "negative") + (verdict.sentiment == "positive" and score > -CLEAR)
            if (find.sentence in past) + before + happy >= 2:
                continue
        if find.sentence not in cut:
            cut[find.sentence] = cuts(texts[number], (int(page.start[find.sentence]), int(page.end[find.sentence])))
        start, end = passage(texts[number], cut[find.sentence], (find.start, find.end))
        told = "neutral" if find.kind == "evens" else polarity
        direction: Direction | None = DIRECTION.get(told, "neutral") if theme.comparison else None
        hit = ThemeHit(find.theme, polarity, start, end, direction)
        yield number, hit, odds, find


def first_praises(page: Page, found: Iterable[Find]) -> dict[tuple[int, str], tuple[int, int]]:
    """Where each text first praises each theme: sentence and offset."""
    first: dict[tuple[int, str], tuple[int, int]] = {}
    for find in found:
        if find.kind == "praises" and not find.negated:
            first.setdefault((int(page.text[find.sentence]), find.theme), (find.sentence, find.start))
    return first


def _compared(find: Find, verdict: Verdict) -> Polarity:
    """What a comparison says of us: "I had tried two chiropractors" speaks for us only where the review does."""
    said = SAID.get(find.kind, "neutral")
    whole = WHOLE.get(verdict.sentiment, "neutral")
    return whole if said != "negative" and whole != "neutral" else said


def _rolled(said: Sequence[Polarity]) -> Polarity:
    """One polarity for several."""
    clear = [one for one in said if one != "neutral"]
    if not clear:
        return "neutral"
    common = max(clear, key=clear.count)
    return common if 4 * clear.count(common) >= 3 * len(clear) else "mixed"


def _surest_first(hits: Iterable[ThemeHit], found: Sequence[tuple[ThemeHit, float]]) -> tuple[ThemeHit, ...]:
    """`hits` by the highest log-odds of those `found` that are joined in each."""

    def odds(hit: ThemeHit) -> float:
        return max(odds for one, odds in found if one.theme == hit.theme and hit.start <= one.start < hit.end)

    return tuple(sorted(hits, key=lambda hit: (-odds(hit), hit.start, hit.end, hit.theme)))


def _joined(hits: Sequence[ThemeHit]) -> list[ThemeHit]:
    """Hits of which those of one theme that overlap, or stand together and agree, become one."""
    done: list[ThemeHit] = []
    for hit in sorted(hits, key=lambda one: (one.theme, one.start, one.end)):
        last = done[-1] if done else None
        if last is None or last.theme != hit.theme or not (hit.start < last.end or _adjacent(last, hit)):
            done.append(hit)
            continue
        polarity = _rolled([last.polarity, hit.polarity])
        direction = hit.direction if hit.direction in (None, last.direction) else "neutral"
        done[-1] = ThemeHit(hit.theme, polarity, last.start, max(last.end, hit.end), direction)
    return done


def _adjacent(last: ThemeHit, hit: ThemeHit) -> bool:
    """Whether two hits say the same with no more than a mark between, and still are one look together."""
    same = (last.polarity, last.direction) == (hit.polarity, hit.direction)
    return same and hit.start - last.end <= BETWEEN and hit.end - last.start <= MOST
