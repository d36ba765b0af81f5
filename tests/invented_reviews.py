"""An invented store of reviews for the tests of metrics, dashboard and report; the same on every machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from reviewpipe import metrics
from reviewpipe.config import Config, Practice
from reviewpipe.consent import Gate
from reviewpipe.dashboard import embed
from reviewpipe.schema import Cell, Review, ThemeCell, ThemeHit

# theme, polarity, direction, sentence
SAID = [
    ("pain_relief", "positive", None, "The knot behind my shoulder blade let go for the first time in years."),
    ("pain_relief", "positive", None, "I walked out without the limp I came in with."),
    ("pain_relief", "positive", None, "My headaches are down from daily to once a month 🙂."),
    ("pain_relief", "negative", None, "Two visits in, and my hip hurts exactly as before."),
    ("knowledge", "positive", None, "[THERAPIST] found the one spot in my calf that sets off my heel."),
    ("knowledge", "positive", None, "She explained how the jaw and the neck pull on each other."),
    ("self_care", "positive", None, "The tennis ball exercise for at home is worth the visit alone."),
    ("self_care", "positive", None, "I left with three stretches on a card and I do them at my desk."),
    ("manner", "positive", None, "[NAME] listens before touching anything."),
    ("manner", "positive", None, "I never felt rushed or judged."),
    ("manner", "negative", None, "He talked about his weekend the whole hour."),
    ("atmosphere", "positive", None, "Quiet room, warm table, no harp music."),
    ("atmosphere", "negative", None, "The hallway smelled of paint & the door kept slamming."),
    ("booking", "negative", None, "I waited 25 minutes past my slot and nobody said a word."),
    ("booking", "negative", None, "Nobody picks up the phone on Mondays."),
    ("booking", "positive", None, "Online booking took less than a minute."),
    ("value", "positive", None, "Worth every dollar."),
    ("value", "negative", None, "A hundred and forty for fifty minutes is steep."),
    ("recommends", "positive", None, "I send everyone at work here."),
    ("returns", "positive", None, "Next month is already booked."),
    ("harm", "negative", None, "I had bruises on both forearms for a week."),
    ("chiropractor_comparison", "positive", "favours_us", "A year at the chiropractor did less than two hours here."),
    ("chiropractor_comparison", "neutral", "neutral", "I alternate this with my chiropractor."),
    ("chiropractor_comparison", "negative", "favours_them", "My chiropractor gets me straight faster."),
]
FILLERS = [
    "I came after a long drive.",
    "It was my third visit.",
    "I sit at a screen all day.",
    "Parking is behind the house.",
]
SOURCES = ["google", "google", "google", "yelp", "website", "survey"]
REPLY = "Thank you for taking the time to write. Please call the desk so that we can hear more."


def written(parts, filler):
    """A text and the hits in it."""
    text, hits = "", []
    for theme, polarity, direction, sentence in parts:
        hits.append(ThemeHit(theme, polarity, len(text), len(text) + len(sentence), direction))
        text += sentence + " "
    return (text + filler).strip(), tuple(hits)


def mood(parts):
    said = {p[1] for p in parts} - {"neutral"}
    return "mixed" if len(said) > 1 else next(iter(said), "neutral")


def review(number, **values):
    given = {
        "review_id": f"r{number:04d}",
        "source": "google",
        "visibility": "public",
        "posted_on": "2026-10-03",
        "date_precision": "day",
        "rating": 5.0,
        "recommended": None,
        "language": "en",
        "text": "Calm and thorough.",
        "reply": None,
        "truncated": False,
        "score": 0.8,
        "sentiment": "positive",
    }
    return Review(**given | values)


def one(number, dice):
    happy = dice.random() < 0.8
    pool = [s for s in SAID if (s[1] != "negative") == happy]
    weights = [1 if s[0] in ("chiropractor_comparison", "harm") else 3 for s in pool]
    parts = dice.choices(pool, weights, k=dice.choice([1, 2, 2, 3]))
    if dice.random() < 0.12:
        parts.append(dice.choice([s for s in SAID if (s[1] == "negative") == happy]))
    parts = list(dict.fromkeys(parts))
    text, hits = written(parts, dice.choice(["", "", *FILLERS]))
    source = dice.choice(SOURCES)
    # The clock of the invented practice: eighteen months up to October 2026, more reviews of late.
    posted = date(2026, 10, 30) - timedelta(days=int(540 * dice.random() ** 1.4))
    dated = source != "website" or dice.random() < 0.4
    sentiment = mood(parts)
    stars = {"positive": [5, 5, 5, 4], "mixed": [3, 4], "negative": [1, 2, 2, 5], "neutral": [4]}[sentiment]
    return review(
        number,
        source=source,
        visibility="private" if source == "survey" else "public",
        posted_on=posted.isoformat() if dated else None,
        date_precision="day" if dated else "none",
        rating=None if source == "website" else float(dice.choice(stars)),
        text=text,
        reply=REPLY if source == "google" and dice.random() < 0.4 else None,
        score={"positive": 0.8, "mixed": 0.1, "negative": -0.7, "neutral": 0.0}[sentiment],
        sentiment=sentiment,
        places=(source, "yelp") if number % 40 == 0 and source != "yelp" else (source,),
        themes=hits,
    )


def reviews(number=160):
    dice = Random(11)  # noqa: S311  no secret is made of it
    found = [one(n, dice) for n in range(number - 3)]
    found += [
        review(9001, text=None, rating=4.0, sentiment="unscored", score=None, posted_on="2026-10-12"),
        review(
            9002, text="Muy buena atención.", language="es", source="survey", visibility="private", posted_on="2026-09"
        ),
        review(9003, text="No me gustó <b>nada</b> & punto.", language="es", sentiment="negative", rating=5.0),
    ]
    return sorted(found, key=lambda r: (r.posted_on is not None, r.posted_on or "", r.review_id), reverse=True)


def month(review):
    return review.posted_on[:7] if review.posted_on else None


def cells(reviews):
    counts = Counter((month(r), r.source, r.sentiment, r.rating, r.language) for r in reviews)
    return [Cell(*key, count) for key, count in counts.items()]


def theme_cells(reviews):
    counts = Counter(
        (month(r), theme, embed.said(hits), embed.favours(hits))
        for r in reviews
        for theme, hits in embed.by_theme(r).items()
    )
    return [ThemeCell(*key, count) for key, count in counts.items()]


def unanswered(reviews):
    return Counter(month(r) for r in reviews if "unanswered" in metrics.reasons(r))


def view(given, period="2026-10", **values):
    chosen = metrics.period(period)
    numbers = metrics.overview(cells(given), theme_cells(given), chosen, unanswered=unanswered(given))
    defaults = {
        "practice": Practice(name="Hollow Oak Trigger Point"),
        "intake": metrics.Intake(
            7, 171, len(given), 2, 6, 3, {"no text and no rating": 2, "the date is in the future": 1}
        ),
        "texts": metrics.texts(given, ["[THERAPIST]"], 5),
    }
    made = metrics.View(numbers, given, **defaults | values)
    return replace(made, gate=Gate(Config(practice=made.practice)))
