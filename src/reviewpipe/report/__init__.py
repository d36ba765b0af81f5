"""The report of a period against the one before: a short page to read, print or send on, as HTML or Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewpipe.metrics import by_reason, card, concerns, words
from reviewpipe.metrics.attention import REASON_WORDS
from reviewpipe.metrics.sharing import K

if TYPE_CHECKING:
    from reviewpipe.metrics import Shared, View

# Reviews that are printed in full; the rest is on the dashboard.
CONCERNS_SHOWN = 8
# What Markdown would read as markup, wherever it stands in a line, and what would start a list at a line's beginning.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])|^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


def render_html(view: View) -> str:
    """The report as a page without scripts.  The same view gives the same string."""
    return _render("report.html", _context(view))


def render_markdown(view: View) -> str:
    """The report as Markdown.  The same view gives the same string."""
    return _render("report.md", _context(view))


def render_shared_html(shared: Shared) -> str:
    """The report for others as a page without scripts."""
    return _render("share.html", {"s": shared, "words": words, "K": K})


def render_shared_markdown(shared: Shared) -> str:
    """The report for others as Markdown."""
    return _render("share.md", {"s": shared, "words": words, "K": K})


def markdown(text: object) -> str:
    """`text` as one line in which Markdown sees no markup."""
    line = " ".join(str(text).split())
    return _MARKUP.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}{m[3][:-1]}\\{m[3][-1]}", line)


def _render(template: str, context: dict[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("reviewpipe.report"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = markdown
    return environment.get_template(template).render(context)


def _context(view: View) -> dict[str, Any]:
    o = view.overview
    inside = [r for r in view.reviews if not o.dated or (r.posted_on or "")[:7] in o.period]
    found = concerns(inside)
    return {
        "view": view,
        "o": o,
        "p": o.period,
        "words": words,
        "card": card,
        "counts": [("Reviews", o.volume), ("Needs an answer", o.unanswered)],
        "lines": [
            ("Average rating", o.rating, words.stars, words.stars_span, words.rated),
            ("Positive", o.positive, words.percent, words.percent_span, words.out_of),
            ("Unhappy", o.unhappy, words.percent, words.percent_span, words.out_of),
        ],
        "concerns": found,
        "by_reason": by_reason(found),
        "REASONS": REASON_WORDS,
        "CONCERNS_SHOWN": CONCERNS_SHOWN,
    }
