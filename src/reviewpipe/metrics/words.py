"""How a number, a date and a month's news are said in plain English, for every page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewpipe.metrics.attention import concerns
from reviewpipe.metrics.overview import WORTH_NAMING
from reviewpipe.metrics.periods import MONTHS, month_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.metrics.overview import ThemeRow
    from reviewpipe.metrics.shares import Compared, Share
    from reviewpipe.metrics.view import View
    from reviewpipe.schema import Review

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


def headline(view: View) -> list[str]:
    """The period's news in three to five sentences; a change is told only when it is more than chance."""
    o = view.overview
    if not o.held:
        return ["There are no reviews in the store yet.", "Put files into data/raw and run reviewpipe again."]
    said = [*_volume(view), *_changes(view)] if o.dated else [_no_dates(view)]
    return [*said, *_valued(view), *_concerned(view)]


def _no_dates(view: View) -> str:
    o = view.overview
    return f"No review has a date ({reviews(o.held)}), so nothing can be said about change."


def _volume(view: View) -> list[str]:
    o = view.overview
    now, before = int(o.volume.now.part), int(o.volume.before.part)
    told = {
        "up": "That is more than chance would bring.",
        "down": "That is fewer than chance would bring.",
        "same": "A difference like that is within chance." if now != before else "",
        "few": "",
    }[o.volume.verdict]
    first = f"{_capital(reviews(now))} in {o.period.label}, {before} in {o.period.before.label}."
    return [f"{first} {told}".strip()]


def _changes(view: View) -> list[str]:
    o = view.overview
    rows: list[tuple[str, Compared]] = [("Positive reviews", o.positive), ("Unhappy clients", o.unhappy)]
    rows += [(f"Talk of “{view.theme(row.theme)}”", row.mentions) for row in o.themes]
    found = [_change(name, c, (percent(c.before), percent(c.now))) for name, c in rows if c.verdict in ("up", "down")]
    if o.rating.verdict in ("up", "down"):
        found.insert(0, _change("The average rating", o.rating, (stars(o.rating.before), stars(o.rating.now))))
    if found:
        return [" ".join(found[:CHANGES_TOLD])]
    looked_at = [
        ("the rating", o.rating),
        ("the mood", o.positive),
        *(("any theme", row.mentions) for row in o.themes[:1]),
    ]
    steady = [name for name, compared in looked_at if compared.verdict == "same"]
    if not steady:
        return ["That is too few to say whether opinions changed."]
    return [f"Nothing changed beyond what chance brings in {_listed(steady, 'or')}."]


def _change(name: str, compared: Compared, ends: tuple[str, str]) -> str:
    verb = "rose" if compared.verdict == "up" else "fell"
    return f"{name} {verb} from {ends[0]} to {ends[1]}."


def _valued(view: View) -> list[str]:
    """What is praised most lately; a theme counts when enough reviews praise it."""
    o = view.overview

    def praise(row: ThemeRow) -> tuple[int, str]:
        return -row.polarity["positive"], row.theme

    top = [row for row in sorted(o.themes, key=praise) if row.polarity["positive"] >= WORTH_NAMING][:THEMES_NAMED]
    if not top:
        return []
    named = _listed([f"{view.theme(row.theme).lower()} ({row.polarity['positive']})" for row in top])
    return [f"Of {reviews(o.lately)} ({lately(view)}), most praise goes to {named}.{_complained_of(view)}"]


def _complained_of(view: View) -> str:
    """What most complaints are about; nothing when they are few, or spread over many themes."""
    most = max(row.complaints for row in view.overview.themes)
    worst = [view.theme(row.theme).lower() for row in view.overview.themes if row.complaints == most]
    if most < WORTH_NAMING or len(worst) > THEMES_NAMED:
        return ""
    return f" Most complaints are about {_listed(worst)} ({most}{' each' if len(worst) > 1 else ''})."


def _concerned(view: View) -> list[str]:
    o = view.overview
    unhappy = int((o.unhappy.now if o.dated else o.unhappy.lately).part)
    who = {0: "Nobody was unhappy", 1: "1 client was unhappy"}.get(unhappy, f"{unhappy} clients were unhappy")
    open_ones = sum("unanswered" in c.reasons for c in concerns(view.reviews))
    rest = f"; {reviews(open_ones)} of unhappy clients stand in public without an answer" if open_ones else ""
    if open_ones == 1:
        rest = "; 1 review of an unhappy client stands in public without an answer"
    return [f"{who}{f' in {o.period.label}' if o.dated else ''}{rest}."]


def _listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whole(value: float) -> int:
    """Percent without a fraction; 0 and 100 only when it is all or nothing, else a share looks certain."""
    rounded = int(100 * value + 0.5)
    return min(99, max(1, rounded)) if 0 < value < 1 else rounded
