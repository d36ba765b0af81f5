"""The charts as plotly figures, plain dicts: a tenth of graph_objects' time; the tests validate them.

Colours reach 3:1 on the light and on the dark page; hatching and order say the same again without colour.
Text and grid colours come from page.css, so that dark, print and forced colours need no second drawing.
"""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from reviewpipe.metrics.periods import month_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewpipe.metrics import Overview, View
    from reviewpipe.schema import Polarity, Sentiment

Figure = dict[str, Any]

# What is said of a theme, in the order of the moods.
SAID: tuple[Polarity, ...] = ("positive", "mixed", "neutral", "negative")

# The one list of moods: its order from bottom to top, its words, its colour, its hatching.
MOODS: Mapping[Sentiment, tuple[str, str, str]] = {
    "positive": ("Positive", "#1f83a6", ""),
    "mixed": ("Mixed", "#8f72c4", "x"),
    "neutral": ("Neutral", "#7f7f7b", ""),
    "negative": ("Negative", "#d1570c", "/"),
    "unscored": ("Not scored", "#7f7f7b", "."),
}
LABEL_WIDTH = 15
# Invisible tick marks keep labels off the axis.
_GAP: Figure = {"ticks": "outside", "ticklen": 8, "tickcolor": "rgba(0,0,0,0)"}
ROW_HEIGHT = 34


def plain(label: str) -> str:
    """A label without what plotly would read as markup, or, between two dollars, as TeX."""
    return re.sub(r"<[^>]*>?", "", label).replace("&", "and").replace("$", "\N{FULLWIDTH DOLLAR SIGN}")


def figures(view: View) -> dict[str, Figure]:
    """The page's charts by the id of their place; a chart with nothing to show is left out."""
    overview = view.overview
    drawn = {}
    if len(overview.months) > 1:
        drawn["chart-months"] = months(overview)
    if overview.themes:
        drawn["chart-themes"] = themes(view)
    return drawn


def months(overview: Overview) -> Figure:
    """Reviews by month, stacked by mood."""
    names = [m.month for m in overview.months]
    shown = [s for s in MOODS if s != "unscored" or any(m.counts["unscored"] for m in overview.months)]
    traces = [
        {
            **_bar(sentiment),
            "x": names,
            "y": [m.counts[sentiment] for m in overview.months],
            "customdata": [f"sentiment={sentiment}&when={m}" for m in names],
            "hovertemplate": f"%{{x}}: %{{y}} {MOODS[sentiment][0].lower()}<extra></extra>",
        }
        for sentiment in shown
    ]
    return _figure(
        traces,
        {
            "height": 300,
            "bargap": 0.25,
            "xaxis": {"type": "category", **_ticks(names), "fixedrange": True, "showgrid": False},
            "yaxis": _counts(max(m.total for m in overview.months)),
        },
    )


def themes(view: View) -> Figure:
    """Reviews that speak of each theme lately, by what they say of it; the most frequent on top."""
    rows = list(reversed(view.overview.themes))
    labels = ["<br>".join(wrap(plain(view.theme(row.theme)), LABEL_WIDTH)) for row in rows]
    traces = [
        {
            **_bar(polarity),
            "orientation": "h",
            "y": labels,
            "x": [row.polarity[polarity] for row in rows],
            "customdata": [f"theme={row.theme}&said={polarity}&when=lately" for row in rows],
            "hovertemplate": f"%{{y}}: %{{x}} {MOODS[polarity][0].lower()}<extra></extra>",
        }
        for polarity in SAID
    ]
    return _figure(
        traces,
        {
            "height": 90 + ROW_HEIGHT * len(rows),
            "bargap": 0.35,
            "yaxis": {"automargin": True, "fixedrange": True, "showgrid": False, **_GAP},
            "xaxis": _counts(max(sum(row.polarity.values()) for row in rows)),
        },
    )


def _bar(mood: Sentiment) -> Figure:
    name, colour, hatch = MOODS[mood]
    marker = {
        "color": colour,
        "pattern": {"shape": hatch, "fillmode": "overlay", "fgcolor": "#ffffff", "size": 6, "solidity": 0.2},
    }
    return {"type": "bar", "name": name, "marker": marker}


def _figure(traces: Sequence[Figure], layout: Figure) -> Figure:
    shared = {
        "barmode": "stack",
        "autosize": True,
        "margin": {"l": 36, "r": 8, "t": 8, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "dragmode": False,
    }
    return {"data": list(traces), "layout": shared | layout}


def _counts(most: int) -> Figure:
    """An axis of whole numbers up to `most`, with about five steps."""
    return {"rangemode": "tozero", "fixedrange": True, "nticks": 6} | ({"dtick": 1} if most <= 5 else {})


def _ticks(names: Sequence[str]) -> Figure:
    """At most eight months are named on the axis, the last one always."""
    step = -(-len(names) // 8) or 1
    shown = list(reversed(names))[::step][::-1]
    words = [month_name(m) for m in shown]
    return {"tickvals": shown, "ticktext": [f"{w[:3]}<br>{w[-4:]}" for w in words], "tickangle": 0}
