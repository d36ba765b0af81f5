"""Quotes in the forms that marketing uses; what leaves the practice as an advertisement holds ready quotes only."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from reviewpipe import export
from reviewpipe.consent import NOT_LEGAL_ADVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewpipe.config import Config
    from reviewpipe.quotes import Quote

# A square picture in pixels, as feeds show it.
SIDE, MARGIN = 1080, 108
# Sizes of letters in pixels with the letters that fit a line; the largest whose lines fit is taken.
SIZES = ((64, 26), (54, 31), (46, 37), (40, 43), (34, 50))
LINE_HEIGHT = 1.35
CREDIT = "A client"
# Forms that show what stands between a quote and print; all others are for use.
TO_LOOK_AT = ("table", "json")


def rendered(quotes: Sequence[Quote], form: str, config: Config) -> Mapping[str, bytes]:
    """The files that hold the quotes in a form, by name; one but for cards.

    Only what is there to be looked at shows quotes that are not ready, each with the reasons.
    """
    if form not in TO_LOOK_AT:
        quotes = [quote for quote in quotes if quote.status == "ready"]
    if form in FORMATS:
        return FORMATS[form](quotes, config)
    return {f"quotes.{form}": export.FORMATS[form]([asdict(quote) for quote in quotes])}


def as_html(quotes: Sequence[Quote], config: Config) -> Mapping[str, bytes]:
    """A piece of a web page.

    Marked up as quotations, not as reviews with stars: Google's guidelines for review snippets allow none of a business
    about itself (developers.google.com/search, "self-serving reviews").
    """
    lines = [f"<!-- {NOT_LEGAL_ADVICE} -->"]
    for quote in quotes:
        lines += [
            '<figure itemscope itemtype="https://schema.org/Quotation">',
            f'<blockquote itemprop="text">{escape(quote.shown)}</blockquote>',
            f'<figcaption itemprop="creator">{CREDIT}</figcaption>',
            "</figure>",
        ]
    lines += [f"<p><small>{escape(one)}</small></p>" for one in _imprint(config)]
    return {"quotes.html": ("\n".join(lines) + "\n").encode("utf-8", "replace")}


def as_cards(quotes: Sequence[Quote], config: Config) -> Mapping[str, bytes]:
    """A picture for each quote, as SVG, called by the review's id."""
    return {f"{quote.review_id[:12]}.svg": card(quote.shown, config).encode("utf-8", "replace") for quote in quotes}


def card(words: str, config: Config) -> str:
    """A square picture with a quote, in the practice's colours.

    Ink on paper must reach the contrast of 4.5 that WCAG 2.2 (1.4.3) asks for; else black or white is taken.
    """
    paper = config.quotes.card_paper
    ink = config.quotes.card_ink if contrast(config.quotes.card_ink, paper) >= 4.5 else _readable_on(paper)
    size, width = next(
        ((size, width) for size, width in SIZES if len(wrap(words, width)) * size * LINE_HEIGHT < SIDE - 4 * MARGIN),
        SIZES[-1],
    )
    lines = wrap(f"“{words}”", width)
    top = (SIDE - len(lines) * size * LINE_HEIGHT) / 2
    text = [
        _text(line, MARGIN, round(top + (number + 0.8) * size * LINE_HEIGHT), size, ink)
        for number, line in enumerate(lines)
    ]
    foot = [CREDIT + " of " + config.practice.name, *_imprint(config)[1:]]
    text += [
        _text(line, MARGIN, SIDE - MARGIN + 36 * (number - len(foot) + 1), 28, ink) for number, line in enumerate(foot)
    ]
    size_of_card = f'width="{SIDE}" height="{SIDE}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size_of_card} viewBox="0 0 {SIDE} {SIDE}" role="img">\n'
        f"<title>{escape(words)}</title>\n"
        f'<rect {size_of_card} fill="{paper}"/>\n' + "\n".join(text) + "\n</svg>\n"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (#rrggbb), from 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _readable_on(paper: str) -> str:
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, paper))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _text(line: str, left: int, base: int, size: int, ink: str) -> str:
    style = f'font-family="Georgia, serif" font-size="{size}" fill="{ink}"'
    return f'<text x="{left}" y="{base}" {style}>{escape(line)}</text>'


def _imprint(config: Config) -> list[str]:
    """What an advertisement names beside the quote: the practice, and its license where there is a number."""
    license_number = config.practice.license_number
    return [config.practice.name, *([f"License {license_number}"] if license_number else [])]


FORMATS: Mapping[str, Callable[[Sequence[Quote], Config], Mapping[str, bytes]]] = {
    "html": as_html,
    "svg-card": as_cards,
}
