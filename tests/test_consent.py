"""The log of consents, what holds of it, and the gate."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from bs4 import BeautifulSoup

from reviewpipe import advertising, quotes
from reviewpipe.config import Config, Practice, Quotes
from reviewpipe.consent import (
    DISPLAYS,
    SCOPES,
    Entry,
    Gate,
    Log,
    Standing,
    append,
    begins_with,
    claims,
    read,
    standings,
)
from reviewpipe.errors import StoreError
from reviewpipe.schema import Review, ThemeHit

HEAD = "date,client,rating,comment\n"
ROWS = [
    "2026-08-03,Wanda Quillfeather,5,My shoulder is free again after all those visits and I sleep through the night.",
    "2026-09-01,Ilka Sorensby,5,My knee let go under her elbow and I walk down to the river again.",
]
TODAY = date(2026, 10, 1)
OPEN = Practice(hipaa="not_covered", license_number="LMT-1", jurisdiction="US-IL")
CONFIG = Config(practice=OPEN)
TERMS = {"scopes": "website print", "display": "initials", "until": "2027-01-31", "relation": "client", "how": "form 1"}


def granted(**facts):
    return Entry("granted", "2026-09-20", "r1", "w1", 0, TERMS | facts)


def standing(*entries, held=None, today=TODAY):
    return standings(Log(entries), {"r1": ("r1", "w1")} if held is None else held, today).get("r1", Standing())


def review(text="My hip let go at last and I garden again.", **values):
    facts = ("r1", "website", "public", "2026-09-03", "day", 5.0, None, "en", text, None, False, 0.8, "positive")
    hits = (ThemeHit("pain_relief", "positive", 0, len(text)),)
    return replace(Review(*facts, ("website",), hits), **values)


# --- the log


def test_what_is_added_is_read_again(tmp_path):
    path, log = tmp_path / "log", Log()
    for entry in (granted(), Entry("revoked", "2026-09-21", "r1", "w1", 1)):
        log = append(path, log, [entry])
    assert (read(path), path.stat().st_mode & 0o777) == (log, 0o600)
    assert read(tmp_path / "none") == Log()


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0].replace("website", "website social"), *lines[1:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [*lines, lines[0]],
        lambda lines: [*lines, "{}"],
        lambda lines: [*lines[:2], lines[2][:-9]],
        lambda lines: [*lines, "[]"],
    ],
)
def test_a_line_that_is_not_as_it_was_written_is_seen(tmp_path, damage):
    path = tmp_path / "log"
    append(path, Log(), [granted(), granted(how="form 2"), Entry("revoked", "2026-09-21", "r1", "w1", 1)])
    path.write_text("\n".join(damage(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match="not as it was written"):
        read(path)


def test_a_line_that_was_cut_off_the_end_is_seen(tmp_path):
    long = append(tmp_path / "log", Log(), [granted(), Entry("revoked", "2026-09-21", "r1", "w1", 1)])
    short = append(tmp_path / "other", Log(), [granted()])
    assert begins_with(long, short.mark)
    assert not begins_with(short, long.mark)
    assert not begins_with(append(tmp_path / "third", Log(), [granted(how="x")]), short.mark)


# --- what holds


@pytest.mark.parametrize(("scope", "display"), list(product(SCOPES, DISPLAYS)))
def test_a_consent_is_for_some_places_and_shows_no_more_than_was_agreed(scope, display):
    holds = scope != "social" and display != "name"
    assert bool(standing(granted()).grant_for(scope, display)) == holds


@pytest.mark.parametrize(
    ("entries", "held", "today", "why"),
    [
        ([granted()], None, TODAY, ""),
        ([granted()], None, date(2027, 1, 31), ""),
        ([granted()], None, date(2027, 2, 1), "ended on 2027-01-31"),
        ([granted()], {"r1": ("r1", "w2")}, TODAY, "words were changed"),
        ([granted()], {}, TODAY, "not in the store"),
        ([granted(), Entry("revoked", "2026-09-25", "r1", "w1", 1)], None, TODAY, "took it back on 2026-09-25"),
        ([granted(), Entry("forgotten", "2026-09-25", "r1", "w1", 1)], None, TODAY, "forgotten"),
        ([granted(), Entry("rekeyed", "2026-09-25", "r2", "w2", 1)], {"r2": ("r1", "w2")}, TODAY, ""),
        ([granted(), Entry("rekeyed", "2026-09-25", "r2", "w2", 1)], None, TODAY, ""),
        ([granted(), Entry("rekeyed", "2026-09-25", "r2", "-", 1)], {"r2": ("r1", "w2")}, TODAY, "words were changed"),
    ],
)
def test_when_a_consent_holds_no_longer(entries, held, today, why):
    (grant,) = standing(*entries, held=held, today=today).grants
    assert (why in grant.over, bool(grant.over)) == (True, bool(why))


def test_a_newer_consent_counts_and_uses_end_when_they_are_removed():
    again = standing(granted(), Entry("revoked", "2026-09-25", "r1", "w1", 1), granted(scopes="social"))
    assert again.grant_for("social", "initials").number == 3
    assert not again.grant_for("website", "anonymous")
    use = Entry("used", "2026-09-26", "r1", "w1", 0, {"where": "home page"})
    assert [one.where for one in standing(use).in_use] == ["home page"]
    assert not standing(use, Entry("removed", "2026-09-27", "r1", "w1", 1)).in_use


# --- the gate

CONSENTED = {"r1": standing(granted())}


@pytest.mark.parametrize(
    ("practice", "values", "consented", "status", "word"),
    [
        (OPEN, {}, False, "ready", ""),
        (OPEN, {"visibility": "private"}, False, "needs_consent", "privately"),
        (OPEN, {"visibility": "private"}, True, "ready", ""),
        (OPEN, {"source": "google"}, False, "needs_consent", "Google"),
        (OPEN, {"source": "google"}, True, "ready", ""),
        (OPEN, {"places": ("website", "yelp")}, False, "needs_consent", "Yelp"),
        (OPEN, {"places": ("website", "yelp")}, True, "ready", ""),
        (replace(OPEN, hipaa="unknown"), {}, False, "needs_consent", "164.508"),
        (replace(OPEN, hipaa="covered"), {}, False, "needs_consent", "164.508"),
        (replace(OPEN, hipaa="covered"), {}, True, "ready", ""),
        (replace(OPEN, license_number=""), {}, True, "blocked", "license number"),
        (replace(OPEN, jurisdiction="CA-ON"), {}, True, "blocked", "CMTO"),
        (replace(OPEN, jurisdiction="AU"), {}, True, "blocked", "section 133"),
        (replace(OPEN, jurisdiction="AU-NSW"), {}, True, "blocked", "section 133"),
        (replace(OPEN, jurisdiction="US-WI"), {}, True, "blocked", "rules_checked"),
    ],
)
def test_the_gate_says_why_not(practice, values, consented, status, word):
    gate = Gate(Config(practice=practice), CONSENTED if consented else {})
    allowed = gate.permission(review(**values), "My hip let go at last and I garden again.")
    assert allowed.status == status
    assert word in "; ".join(allowed.reasons)
    assert bool(allowed.reasons) == (status != "ready")


def test_the_owner_answers_for_places_whose_rules_we_do_not_know():
    config = Config(practice=replace(OPEN, jurisdiction="US-WI", license_number=""), quotes=Quotes(rules_checked=True))
    assert Gate(config).permission(review(), "I garden again.").status == "ready"


@pytest.mark.parametrize("relation", ["staff", "family", "rewarded"])
def test_insiders_are_not_quoted_as_clients(relation):
    gate = Gate(CONFIG, {"r1": standing(granted(relation=relation))})
    assert gate.permission(review(), "I garden again.").status == "blocked"


def test_a_name_needs_consent_even_where_nothing_else_does():
    assert Gate(CONFIG, {}, "website", "initials").permission(review(), "Fine.").status == "needs_consent"
    assert Gate(CONFIG, CONSENTED, "website", "initials").permission(review(), "Fine.").status == "ready"
    told = Gate(CONFIG, CONSENTED, "social", "name").permission(review(source="yelp"), "Fine.")
    assert (told.status, "consent 1 is for website, print" in "; ".join(told.reasons)) == ("needs_consent", True)


@pytest.mark.parametrize(
    ("passage", "kinds"),
    [
        ("She cured my sciatica.", ["cure"]),
        ("The ringing is gone for good, completely gone forever.", ["cure"]),
        ("He talked me through it and I cancelled the surgery, no, I avoided surgery.", ["cure"]),
        ("They diagnosed a frozen shoulder.", ["diagnosis"]),
        ("I am 90% better.", ["number"]),
        ("After one session I could turn my head.", ["speed"]),
        ("Better than any chiropractor I have seen.", ["superiority"]),
        ("The best massage in town.", ["superiority"]),
        ("My doctor couldn't help me, she did.", ["superiority"]),
        ("My hip let go at last and I garden again.", []),
        ("She listens, explains every muscle and gives me stretches for the week.", []),
        ("I was curious and a little nervous.", []),
        ("The hour was over far too soon.", []),
    ],
)
def test_claims(passage, kinds):
    assert [claim.kind for claim in claims(passage)] == kinds


def test_a_claim_that_needs_proof_stops_a_quote_until_there_is_proof():
    text = "She cured my sciatica."
    assert Gate(CONFIG, CONSENTED).permission(review(), text).status == "blocked"
    sure = replace(CONFIG, quotes=Quotes(claims_checked=("cure",)))
    allowed = Gate(sure, CONSENTED).permission(review(), text)
    assert (allowed.status, "with care" in allowed.reasons[0]) == ("ready", True)


@pytest.mark.parametrize("form", ["csv", "xlsx", "md", "html", "svg-card"])
def test_what_is_for_use_holds_ready_quotes_only(form):
    found = quotes.pick([review(source="yelp")], None, Gate(CONFIG), 5)
    assert [quote.status for quote in found] == ["needs_consent"]
    files = advertising.rendered(found, form, CONFIG)
    assert not any(b"garden again" in content for content in files.values())
    ready = quotes.pick([review(source="yelp")], None, Gate(CONFIG, CONSENTED), 5)
    assert any(b"garden" in content for content in advertising.rendered(ready, form, CONFIG).values()) or form == "xlsx"


@pytest.mark.parametrize(("paper", "ink"), [("#fbfaf6", "#1c2b2d"), ("#ffffff", "#eeeeee"), ("#102030", "#203040")])
def test_cards_can_be_read(paper, ink):
    config = replace(CONFIG, quotes=Quotes(card_paper=paper, card_ink=ink))
    drawn = BeautifulSoup(advertising.card("I <garden> & walk again. " * 6, config), "xml")
    texts = drawn.find_all("text")
    assert all(advertising.contrast(one.get("fill"), paper) >= 4.5 for one in texts)
    assert all(0 < int(one["y"]) < advertising.SIDE for one in texts)
    assert "License LMT-1" in texts[-1].text


# --- the commands


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    from datetime import UTC, datetime

    from reviewpipe import config, pipeline

    project = tmp_path_factory.mktemp("consent")
    (project / "data" / "raw").mkdir(parents=True)
    (project / "data" / "raw" / "front desk.csv").write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    (project / "reviewpipe.toml").write_text('[practice]\nlicense_number = "LMT-9"\n', encoding="utf-8")
    pipeline.run(config.load(project), datetime(2026, 10, 1, tzinfo=UTC))
    return project


@pytest.fixture
def ready(practice, tmp_path):
    return shutil.copytree(practice, tmp_path / "practice")


def ids(project):
    with closing(sqlite3.connect(project / "data" / "processed" / "reviews.db")) as direct:
        return [row[0] for row in direct.execute("SELECT review_id FROM reviews ORDER BY posted_on")]


def statuses(call, project):
    code, out, err = call("quotes", "--format", "json", "--used", "--project", project)
    assert code == 0, err
    return {quote["review_id"]: quote["status"] for quote in json.loads(out)}


def test_from_form_to_takedown(ready, call):
    first, second = ids(ready)
    assert set(statuses(call, ready).values()) == {"needs_consent"}
    code, form, _ = call("consent", "form", first[:8], "--scope", "website", "--project", ready)
    assert (code, "164.508" in form, "free again" in form, "Signature" in form) == (0, True, True, True)
    code, out, _ = call("consent", "grant", first[:8], "--how", "form 1", "--project", ready)
    assert (code, "Consent 1 recorded" in out) == (0, True)
    assert statuses(call, ready)[first] == "ready"
    assert statuses(call, ready)[second] == "needs_consent"
    assert "free again" in call("quotes", "--format", "html", "--project", ready)[1]
    assert call("quotes", "use", first[:8], "--where", "home page", "--project", ready)[0] == 0
    assert first not in call("quotes", "--format", "json", "--project", ready)[1]
    assert "home page" in call("consent", "list", "--project", ready)[1]
    assert "Nothing to remove" in call("takedown", "--project", ready)[2]
    code, out, _ = call("consent", "revoke", "1", "--project", ready)
    assert (code, "home page" in out) == (0, True)
    assert statuses(call, ready)[first] == "needs_consent"
    assert "free again" not in call("quotes", "--used", "--format", "html", "--project", ready)[1]
    assert "home page" in call("takedown", "--project", ready)[1]
    assert "home page" in call("takedown", "--name", "Wanda Quillfeather", "--project", ready)[1]
    assert "home page" not in call("takedown", "--name", "Ilka Sorensby", "--project", ready)[1]
    assert call("takedown", "--done", "2", "--project", ready)[0] == 0
    assert "Nothing to remove" in call("takedown", "--project", ready)[2]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--how", "signed by Wanda Quillfeather"], 4),
        (["--how", " "], 2),
        (["--how", "form 1", "--until", "2020-01-01"], 2),
        (["--how", "form 1", "--on", "2999-01-01"], 2),
        (["--how", "form 1", "--scope", "radio"], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_recorded(ready, call, options, code):
    assert call("consent", "grant", ids(ready)[0], *options, "--project", ready)[0] == code
    assert not (ready / "consents.jsonl").exists()


def test_a_table_of_consents_is_recorded_as_a_whole_or_not_at_all(ready, call, tmp_path):
    first, second = ids(ready)
    table = tmp_path / "table.csv"
    table.write_text(
        f"review_id,how,scope,until\n{first},mail,website print,2030-01-31\n{second},mail,radio,\n", "utf-8"
    )
    code, _, err = call("consent", "import", table, "--project", ready)
    assert (code != 0, "Row 3: scope must be" in err, (ready / "consents.jsonl").exists()) == (True, True, False)
    table.write_text(table.read_text("utf-8").replace("radio", ""), "utf-8")
    assert call("consent", "import", table, "--project", ready)[0] == 0
    assert set(statuses(call, ready).values()) == {"ready"}
    assert "2 consents" in call("consent", "list", "--format", "csv", "--project", ready)[2]


def test_the_doctor_finds_what_was_tampered_with(ready, call):
    call("consent", "grant", ids(ready)[0], "--how", "form 1", "--project", ready)
    call("consent", "revoke", "1", "--project", ready)
    assert "as it was written" in call("doctor", "--project", ready)[1]
    log = ready / "consents.jsonl"
    whole = log.read_text("utf-8")
    for damaged in (whole.replace("website", "print"), whole.splitlines(keepends=True)[0], ""):
        log.write_text(damaged, "utf-8")
        assert call("doctor", "--project", ready)[0] != 0
        assert call("quotes", "--project", ready)[0] == 6


def test_consents_outlive_the_store_and_the_key(ready, call):
    first, _ = ids(ready)
    call("consent", "grant", first, "--how", "form 1", "--project", ready)
    call("quotes", "use", first, "--where", "home page", "--project", ready)
    assert call("key", "rotate", "--project", ready)[0] == 0
    assert ids(ready)[0] != first
    assert statuses(call, ready)[ids(ready)[0]] == "ready"
    for path in (ready / "data" / "processed").iterdir():
        path.unlink()
    assert call("run", "--project", ready)[0] == 0
    assert statuses(call, ready)[ids(ready)[0]] == "ready"
    assert "home page" in call("takedown", "--name", "Wanda Quillfeather", "--project", ready)[1]


def test_forgetting_ends_consents_and_keeps_no_name(ready, call):
    first, _ = ids(ready)
    call("consent", "grant", first, "--how", "form 1", "--project", ready)
    call("quotes", "use", first, "--where", "home page", "--project", ready)
    code, out, _ = call("forget", "--name", "Wanda Quillfeather", "--yes", "--project", ready)
    assert (code, "home page" in out) == (0, True)
    kept = (ready / "consents.jsonl").read_text("utf-8")
    assert "uillfeather" not in kept
    assert "free again" not in kept
    assert "home page" in call("takedown", "--project", ready)[1]


def test_changed_words_need_a_new_consent(ready, call):
    first, _ = ids(ready)
    call("consent", "grant", first, "--how", "form 1", "--project", ready)
    with closing(sqlite3.connect(ready / "data" / "processed" / "reviews.db")) as direct:
        direct.execute("UPDATE reviews SET words = 'other' WHERE review_id = ?", (first,))
        direct.commit()
    assert statuses(call, ready)[first] == "needs_consent"
