"""The dashboard: one page that needs nothing else, as a string."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reviewpipe.dashboard import charts, embed
from reviewpipe.metrics import by_reason, card, concerns, reasons, words
from reviewpipe.metrics.attention import REASON_WORDS
from reviewpipe.metrics.periods import month_name
from reviewpipe.metrics.sharing import K

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from reviewpipe.metrics import Shared, View
    from reviewpipe.schema import Review

# Reviews inside the page: 2,000 are about 1 MB of data; the numbers are always of all reviews.
EMBEDDED = 2000
# Bytes of data of reviews in the page, which with plotly.js must stay under 6 MB.
MOST_DATA = 900_000
# Written out for readers without scripts and for the first view.
WRITTEN_OUT = 20
CONCERNS_SHOWN = 6
PASSAGES_SHOWN = 6
SAID_WORDS: Mapping[str, str] = {"positive": "praise", "mixed": "mixed", "neutral": "neutral", "negative": "complaint"}
DIRECTION_WORDS: Mapping[str, str] = {
    "favours_us": "Prefers us",
    "neutral": "Side by side",
    "favours_them": "Prefers the chiropractor",
}


def bundle() -> str:
    """The part of every page that holds no review (plotly.js), so that the leak gate need not search it."""
    return embed.bundle()


def render(view: View) -> str:
    """The whole page.  The same view gives the same string."""
    records = _fitting([embed.record(review, view) for review in view.reviews[:EMBEDDED]])
    reviews = view.reviews[: len(records)]
    found = concerns(reviews)
    figures = charts.figures(view)
    style = _file("page.css") + "".join(
        f"#{place}{{min-height:{figure['layout']['height']}px}}\n" for place, figure in figures.items()
    )
    script = _file("page.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            view=view,
            o=view.overview,
            reviews=reviews,
            concerns=found,
            by_reason=by_reason(found),
            quotes_of=_quotes_by_theme(reviews),
            figures=figures,
            data=_data(view, records),
            style=Markup(style),  # noqa: S704  our own files, hashed below; no review is in them
            script=Markup(script),  # noqa: S704  as above
            bundle=Markup(bundle() if figures else ""),  # noqa: S704  as above
            policy=_policy(style, (script, bundle()) if figures else (script,)),
        )
    )


def render_shared(shared: Shared) -> str:
    """The page for others: without scripts, without reviews.  The same numbers give the same string."""
    style = _file("page.css")
    page = _environment().get_template("share.html")
    return page.render(s=shared, K=K, style=Markup(style), policy=_policy(style, ()))  # noqa: S704  our own file, hashed


def _fitting(records: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The first of these that together are no more than MOST_DATA."""
    sizes = accumulate(len(embed.script_json(record).encode()) for record in records)
    return records[: sum(size <= MOST_DATA for size in sizes)]


def _data(view: View, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    o = view.overview
    return {
        "reviews": records,
        "when": {
            "period": [o.period.first, o.period.last],
            "before": [o.period.before.first, o.period.before.last],
            "lately": [o.period.year.first, o.period.year.last, "undated"],
        },
        "themes": {row.theme: view.theme(row.theme) for row in o.themes},
        "reasons": REASON_WORDS,
        "asked": {"said": SAID_WORDS, "favours": DIRECTION_WORDS, "rated": {"yes": "with stars"}},
        "moods": {mood: names[0] for mood, names in charts.MOODS.items()},
    }


def _quotes_by_theme(reviews: Sequence[Review]) -> dict[str, list[tuple[str, Review, Any]]]:
    """For each theme some reviews with what they say of it, and the passages that say it."""
    found: dict[str, list[tuple[str, Review, Any]]] = {}
    for review in reviews:
        for theme, hits in embed.by_theme(review).items():
            found.setdefault(theme, []).append((embed.said(hits), review, hits))
    return {theme: _some(quotes) for theme, quotes in found.items()}


def _some(quotes: list[tuple[str, Review, Any]]) -> list[tuple[str, Review, Any]]:
    """Half complaints, where there are so many, and half praise."""
    half = PASSAGES_SHOWN // 2
    bad = [q for q in quotes if q[0] in ("negative", "mixed")]
    good = [q for q in quotes if q[0] not in ("negative", "mixed")]
    bad = bad[: max(half, PASSAGES_SHOWN - len(good))]
    return [
        (said, review, embed.passages(review.text or "", hits))
        for said, review, hits in bad + good[: PASSAGES_SHOWN - len(bad)]
    ]


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Nothing but this page's own style and scripts may work, and nothing may be fetched.

    The empty style element is where plotly.js puts its rules (through the CSSOM, which a policy does not govern).
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + (" ".join(map(embed.csp_hash, scripts)) or "'none'"),
            f"style-src {embed.csp_hash(style)} {embed.csp_hash('')}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _file(name: str) -> str:
    from importlib.resources import files

    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("reviewpipe.dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        card=card,
        month_name=month_name,
        segments=embed.segments,
        attribution=words.attribution,
        citation=embed.citation,
        named=lambda review, view: " · ".join(map(view.theme, embed.by_theme(review))),
        reasons=reasons,
        style_ids=embed.style_ids,
        MOODS=charts.MOODS,
        SAID=charts.SAID,
        REASONS=REASON_WORDS,
        SAID_WORDS=SAID_WORDS,
        DIRECTIONS=DIRECTION_WORDS,
        WRITTEN_OUT=WRITTEN_OUT,
        CONCERNS_SHOWN=CONCERNS_SHOWN,
    )
    environment.filters["script_json"] = embed.script_json
    return environment
