"""The dashboard: one page that needs nothing else, as a string."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reviewpipe.dashboard import charts, embed, explorer
from reviewpipe.metrics import by_reason, card, concerns, words
from reviewpipe.metrics.attention import REASON_WORDS, evidence
from reviewpipe.metrics.periods import month_name
from reviewpipe.metrics.sharing import K

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from reviewpipe.consent import Permission
    from reviewpipe.metrics import Shared, View
    from reviewpipe.schema import Review

# Written out for readers without scripts and for the first view.
WRITTEN_OUT = 20
CONCERNS_SHOWN = 8
PASSAGES_SHOWN = 6
SAID_WORDS: Mapping[str, str] = {"positive": "praise", "mixed": "mixed", "neutral": "neutral", "negative": "complaint"}
# What a filter may ask for that is more than one voice.
VOICES: Mapping[str, Sequence[str]] = {"complains": ("negative", "mixed")}
# Where the numbers of a sentence stand, and what the link there is called.
PLACES: Mapping[str, str] = {
    "numbers": "the figures",
    "time": "over time",
    "themes": "theme by theme",
    "attention": "who they are",
}
WAITING = "The chart appears here in a moment. The table below holds its numbers."
DIRECTION_WORDS: Mapping[str, str] = {
    "favours_us": "Prefers us",
    "neutral": "Side by side",
    "favours_them": "Prefers the chiropractor",
}


def bundle() -> str:
    """The part of every page that holds no review (plotly.js, packed), so that the leak gate need not search it."""
    return embed.packed()


def render(view: View) -> str:
    """The whole page.  The same view gives the same string."""
    held = explorer.held(view)
    reviews = view.reviews[: len(held.reviews)]
    found = concerns(reviews)
    figures = charts.figures(view)
    style = _file("page.css") + "".join(
        f"#{place}{{min-height:{figure['layout']['height']}px}}\n" for place, figure in figures.items()
    )
    script = _file("page.js")
    environment = _environment()
    request = environment.get_template("request.txt").render(practice=view.practice)
    return environment.get_template("page.html").render(
        view=view,
        o=view.overview,
        reviews=reviews,
        concerns=found,
        by_reason=by_reason(found),
        statuses=held.statuses,
        quotes_of=_quotes_by_theme(reviews),
        figures=figures,
        data=embed.with_last(_data(view, held.permissions) | {"request": request}, "reviews", held.reviews),
        style=Markup(style),  # noqa: S704  our own files, hashed below; no review is in them
        script=Markup(script),  # noqa: S704  as above
        bundle=Markup(bundle() if figures else ""),  # noqa: S704  as above
        policy=_policy(style, (script, embed.bundle()) if figures else (script,)),
    )


def render_shared(shared: Shared) -> str:
    """The page for others: without scripts, without reviews.  The same numbers give the same string."""
    style = _file("page.css")
    page = _environment().get_template("share.html")
    return page.render(s=shared, K=K, style=Markup(style), policy=_policy(style, ()))  # noqa: S704  our own file, hashed


def _data(view: View, permissions: Sequence[Permission]) -> dict[str, Any]:
    """What page.js must know besides the reviews."""
    o = view.overview
    return {
        "permissions": [{"status": one.status, "reasons": one.reasons} for one in permissions],
        "when": {
            "period": [o.period.first, o.period.last],
            "before": [o.period.before.first, o.period.before.last],
            "lately": [o.period.year.first, o.period.year.last, "undated"],
        },
        "themes": {row.theme: view.theme(row.theme) for row in o.themes},
        "reasons": REASON_WORDS,
        "voices": VOICES,
        "asked": {
            "said": {**SAID_WORDS, "complains": "complaint or mixed"},
            "favours": DIRECTION_WORDS,
            "rated": {"yes": "with stars"},
        },
        "moods": {mood: names[0] for mood, names in charts.MOODS.items()},
        "statuses": explorer.STATUS_WORDS,
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


@cache
def _environment() -> Environment:
    """Kept: compiling the templates takes as long as filling them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("reviewpipe.dashboard"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        card=card,
        month_name=month_name,
        attribution=words.attribution,
        evidence=evidence,
        shown=explorer.card,
        concern=explorer.concern,
        BLANK=explorer.Card(),
        STATUSES=explorer.STATUS_WORDS,
        style_ids=embed.style_ids,
        MOODS=charts.MOODS,
        SAID=charts.SAID,
        REASONS=REASON_WORDS,
        SAID_WORDS=SAID_WORDS,
        DIRECTIONS=DIRECTION_WORDS,
        PLACES=PLACES,
        WAITING=WAITING,
        WRITTEN_OUT=WRITTEN_OUT,
        CONCERNS_SHOWN=CONCERNS_SHOWN,
    )
    environment.filters["script_json"] = embed.script_json
    return environment
