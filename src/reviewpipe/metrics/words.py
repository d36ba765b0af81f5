"""How a number, a date and a month's news are said in plain English, for every page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewpipe.metrics.attention import concerns
from reviewpipe.metrics.overview import WORTH_NAMING
from reviewpipe.metrics.periods import MONTHS, month_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewpipe.metrics.overview import ThemeRow
    from reviewpipe.metrics.shares import Compared, Share
    from reviewpipe.metrics.view import View
    from reviewpipe.schema import Review

# Text, and the filter that finds the reviews behind it ("" where none do).
Piece = tuple[str, str]

# A headline names at most so many themes and changes.
THEMES_NAMED = 3
CHANGES_TOLD = 3


def percent(share: Share) -> str:
    """92%, or a dash of nothing."""
    return "–" if share.value is None else f"{_whole(share.value)}%"


def percent_span(share: Share) -> str:
    """The interval of a share: 65–99%."""
    low, high = share.interval()
    return f"{_whole(low)}–{_whole(high)}%"


def stars(share: Share) -> str:
    """A mean rating from 1 to 5: 4.8."""
    return "–" if share.value is None else f"{1 + 4 * share.value:.1f}"


def stars_span(share: Share) -> str:
    """The interval of a mean rating: 4.1–5.0."""
    low, high = (1 + 4 * end for end in share.interval())
    return f"{low:.1f}–{high:.1f}"


def out_of(share: Share) -> str:
    """3 of 4: how a share is said when percent would say too much."""
    return f"{int(share.part)} of {share.whole}"


def rated(share: Share) -> str:
    """A mean rating of few: 4.8 (3 rated)."""
    return f"{stars(share)} ({share.whole} rated)"


def reviews(number: float) -> str:
    """1 review, 2 reviews, no reviews."""
    return {0: "no reviews", 1: "1 review"}.get(int(number), f"{int(number):,} reviews")


def when(review: Review) -> str:
    """The date of a review, as exact as it is known: October 3, 2026; October 2026; about October 2026; undated."""
    if not review.posted_on:
        return "undated"
    month = month_name(review.posted_on)
    if review.date_precision == "relative":
        return f"about {month}"
    if review.date_precision == "month" or len(review.posted_on) < 10:
        return month
    return f"{MONTHS[int(review.posted_on[5:7]) - 1]} {int(review.posted_on[8:10])}, {review.posted_on[:4]}"


def attribution(review: Review, view: View) -> str:
    """Where and when a review was written, for the owner's eyes: Google, Yelp · October 3, 2026."""
    places = ", ".join(view.source(name) for name in review.places or (review.source,))
    gone = f" · gone from the export of {review.vanished}" if review.vanished else ""
    return f"{places} · {when(review)}{gone}"


def lately(view: View) -> str:
    """What the numbers called "lately" are of: twelve months and undated; all reviews."""
    o = view.overview
    if not o.dated:
        return "all reviews"
    return "twelve months and undated" if o.undated else "twelve months"


def least_liked(view: View) -> str:
    """Of which theme the greatest share complains; nothing where too few speak of any."""
    row = view.overview.least_liked
    if row is None:
        return ""
    share = f"{percent(row.complained)} of {reviews(row.complained.whole)} that speak of it complain"
    return f"Least liked: {view.theme(row.theme).lower()}; {share}, likely {percent_span(row.complained)}."


def changes(view: View) -> str:
    """How many reviews are new, edited and gone in the period."""
    o = view.overview
    told = [(int(o.volume.now.part), "new"), (len(view.edited), "edited by their authors")]
    told += [(len(view.gone), "gone from an export that should hold them")]
    return (
        f"In {o.period.label}: {', '.join(f'{count:,} {what}' if count else f'none {what}' for count, what in told)}."
    )


def data(view: View) -> str:
    """How good the data are: what has no date or stars, is in another language, was left out or hidden."""
    o, texts = view.overview, view.texts
    foreign = sum(o.languages.values())
    lacking = f"{o.undated:,} without a date, {o.unrated:,} without stars, {o.unscored:,} not scored"
    said = f"{_capital(reviews(o.held))} in the store: {lacking}, {foreign:,} in other languages."
    left = f"{view.intake.duplicate:,} duplicates and {view.intake.rejected:,} refused rows were left out."
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in texts.hidden.items())
    return f"{said} {left}" + (f" Hidden in {texts.looked_at:,} texts: {kinds}." if kinds else "")


VERDICTS = {"up": "clearly up", "down": "clearly down", "same": "no clear change", "few": "too few to compare"}


class News(NamedTuple):
    """A sentence in pieces, each with the filter that finds the reviews it counts, if it counts any.

    `place` says where the numbers stand: numbers, time, themes or attention.
    """

    pieces: Sequence[Piece]
    place: str = ""


def headline(view: View) -> list[str]:
    """The period's news in three to five sentences; a change is told only when it is more than chance."""
    return ["".join(text for text, _ in sentence.pieces) for sentence in news(view)]


def news(view: View) -> list[News]:
    """The same with what stands behind each number."""
    o = view.overview
    if not o.held:
        told = ["There are no reviews in the store yet.", "Put files into data/raw and run reviewpipe again."]
        return [News([(text, "")]) for text in told]
    said = [_volume(view), _changes(view)] if o.dated else [_no_dates(view)]
    return [*said, *_valued(view), _concerned(view)]


def _no_dates(view: View) -> News:
    o = view.overview
    return News(
        [("No review has a date (", ""), (reviews(o.held), "when="), ("), so nothing can be said about change.", "")]
    )


def _volume(view: View) -> News:
    o = view.overview
    now, before = int(o.volume.now.part), int(o.volume.before.part)
    told = {
        "up": " That is more than chance would bring.",
        "down": " That is fewer than chance would bring.",
        "same": " A difference like that is within chance." if now != before else "",
        "few": "",
    }[o.volume.verdict]
    pieces = [
        (_capital(reviews(now)), "when=period" if now else ""),
        (f" in {o.period.label}, ", ""),
        (str(before), "when=before" if before else ""),
        (f" in {o.period.before.label}.{told}", ""),
    ]
    if o.lately != now + before:
        pieces += [(f" {lately(view).capitalize()}: ", ""), (str(o.lately), "when=lately"), (".", "")]
    return News(pieces, "time")


def _changes(view: View) -> News:
    """What changed beyond chance, the rating first; else what is known to be steady, with its figures."""
    o = view.overview
    lines = [
        ("The average rating", o.rating, stars, "rated=yes"),
        ("Positive reviews", o.positive, percent, "sentiment=positive"),
        ("Unhappy clients", o.unhappy, percent, "why=unhappy"),
        *((f"Talk of “{view.theme(row.theme)}”", row.mentions, percent, f"theme={row.theme}") for row in o.themes),
    ]
    changed = [line for line in lines if line[1].verdict in ("up", "down")][:CHANGES_TOLD]
    if changed:
        pieces = [piece for line in changed for piece in _change(*line)]
        return News([*pieces[:-1], (pieces[-1][0].rstrip(), "")], "numbers" if changed[0] in lines[:3] else "themes")
    return News(_steady(view), "numbers")


def _change(name: str, compared: Compared, number: Callable[[Share], str], wanted: str) -> list[Piece]:
    verb = "rose" if compared.verdict == "up" else "fell"
    return [
        (f"{name} {verb} from ", ""),
        (number(compared.before), f"{wanted}&when=before"),
        (" to ", ""),
        (number(compared.now), f"{wanted}&when=period"),
        (f" (twelve months: {number(compared.lately)}). ", ""),
    ]


def _steady(view: View) -> list[Piece]:
    o = view.overview
    looked_at = [
        ("the rating", o.rating, stars, "", "rated=yes"),
        ("the mood", o.positive, percent, " positive", "sentiment=positive"),
    ]
    told: list[list[Piece]] = [
        [(f"{name} (", ""), (number(c.now), f"{wanted}&when=period"), (f"{what}, before {number(c.before)})", "")]
        for name, c, number, what, wanted in looked_at
        if c.verdict == "same"
    ]
    told += [[("any theme", "")] for row in o.themes[:1] if row.mentions.verdict == "same"]
    if not told:
        return [("That is too few to say whether opinions changed.", "")]
    return [("Nothing changed beyond what chance brings in ", ""), *_joined(told, "or"), (".", "")]


def _valued(view: View) -> list[News]:
    """What is praised most lately; a theme counts when enough reviews praise it."""
    o = view.overview

    def praise(row: ThemeRow) -> tuple[int, str]:
        return -row.polarity["positive"], row.theme

    top = [row for row in sorted(o.themes, key=praise) if row.polarity["positive"] >= WORTH_NAMING][:THEMES_NAMED]
    if not top:
        return []
    named: list[list[Piece]] = [
        [
            (f"{view.theme(row.theme).lower()} (", ""),
            (str(row.polarity["positive"]), f"theme={row.theme}&said=positive&when=lately"),
            (")", ""),
        ]
        for row in top
    ]
    opening = f"Of {reviews(o.lately)} ({lately(view)}), most praise goes to "
    return [News([(opening, ""), *_joined(named), (".", ""), *_complained_of(view)], "themes")]


def _complained_of(view: View) -> list[Piece]:
    """What most complaints are about; nothing when they are few, or spread over many themes."""
    most = max(row.complaints for row in view.overview.themes)
    worst = [row.theme for row in view.overview.themes if row.complaints == most]
    if most < WORTH_NAMING or len(worst) > THEMES_NAMED:
        return []
    named: list[list[Piece]] = [
        [(view.theme(name).lower(), f"theme={name}&said=complains&when=lately")] for name in worst
    ]
    each = " each" if len(worst) > 1 else ""
    return [(" Most complaints are about ", ""), *_joined(named), (f" ({most}{each}).", "")]


def _concerned(view: View) -> News:
    o = view.overview
    unhappy = int((o.unhappy.now if o.dated else o.unhappy.lately).part)
    who = {0: "Nobody was unhappy", 1: "1 client was unhappy"}.get(unhappy, f"{unhappy} clients were unhappy")
    during = f" in {o.period.label}" if o.dated else ""
    pieces: list[Piece] = [(who, f"why=unhappy&when={'period' if o.dated else ''}" if unhappy else ""), (during, "")]
    waiting = sum("unanswered" in c.reasons for c in concerns(view.reviews))
    if waiting:
        told = f"{reviews(waiting)} of unhappy clients stand" if waiting > 1 else "1 review of an unhappy client stands"
        pieces += [("; ", ""), (told, "why=unanswered"), (" in public without an answer", "")]
    return News([*pieces, (".", "")], "attention")


def _joined(parts: Sequence[Sequence[Piece]], last: str = "and") -> list[Piece]:
    """a, b and c, each in pieces."""
    between = ["", *[", "] * (len(parts) - 2), *([f" {last} "] if len(parts) > 1 else [])]
    return [piece for gap, part in zip(between, parts, strict=True) for piece in ((gap, ""), *part) if piece[0]]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whole(value: float) -> int:
    """Percent without a fraction; 0 and 100 only when it is all or nothing, else a share looks certain."""
    rounded = int(100 * value + 0.5)
    return min(99, max(1, rounded)) if 0 < value < 1 else rounded
