"""`reviewpipe consent`."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewpipe.cli.tables import Table
    from reviewpipe.config import Config
    from reviewpipe.consent import Entry, Terms
    from reviewpipe.store import Store

F = TypeVar("F", bound="Callable[..., Any]")

# The columns of a table to import; review_id and how must be filled in.
COLUMNS = ("review_id", "scope", "display", "until", "how", "relation", "given_on")
YEARS = 2


@click.group()
@project_option
@click.pass_context
def command(ctx: click.Context, project: Path | None) -> None:
    """Record what clients allow, and take it back.

    A consent is for one review as it is worded now, for some places, shown in some way, until a day.  The log
    consents.jsonl beside the key is only ever added to; keep it with your backups, and the signed forms as long as the
    law asks (HIPAA: six years).

    \b
    Example:
      reviewpipe consent form 3f9c02d1 --scope website > form.txt
      reviewpipe consent grant 3f9c02d1 --scope website --how "form 3f9c02d1"
      reviewpipe consent list
    """
    if project is not None:
        ctx.obj = project


def terms_options(command: F) -> F:
    """What is agreed to: --scope, --display, --until."""
    options = (
        click.option(
            "--scope",
            "scopes",
            type=click.Choice(["website", "social", "print"]),
            multiple=True,
            default=("website",),
            show_default=True,
            help="Where the words may stand; repeat for several.",
        ),
        click.option(
            "--display",
            type=click.Choice(["anonymous", "initials", "name"]),
            default="anonymous",
            show_default=True,
            help="The most that may be shown of who wrote them.",
        ),
        click.option(
            "--until",
            type=click.DateTime(["%Y-%m-%d"]),
            help="The last day (YYYY-MM-DD).  [default: two years]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@command.command()
@click.argument("review_id")
@terms_options
@click.option("--how", required=True, help="Where the signed form or the e-mail is; no name.")
@click.option(
    "--relation",
    type=click.Choice(["client", "staff", "family", "rewarded"]),
    default="client",
    show_default=True,
    help="What the author is to the practice.",
)
@click.option("--on", "given_on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was given.  [default: today]")
@project_option
def grant(
    review_id: str, how: str, relation: str, given_on: datetime | None, project: Path | None, **given: Any
) -> None:
    """Record that a client agreed to the use of a review.

    \b
    Example:
      reviewpipe consent grant 3f9c02d1 --scope website --scope social --display initials \\
        --until 2028-10-31 --how "form 12"
    """
    on = _day(given_on)
    terms = _terms(given, on, relation=relation, how=how)
    with _changing(configured(project)) as (config, store):
        entry = _granted(config, store, review_id, terms, on)
        number = _record(config, store, [entry])
    click.echo(
        f"Consent {number} recorded: review {entry.review[:12]}, {', '.join(terms.scopes)}, until {terms.until}."
    )


@command.command()
@click.argument("number", type=click.IntRange(1))
@project_option
def revoke(number: int, project: Path | None) -> None:
    """Record that a client takes a consent back (its number stands in `consent list`).

    \b
    Example:
      reviewpipe consent revoke 4
    """
    from reviewpipe import consent

    with _changing(configured(project)) as (config, store):
        grants, _ = consent.folded(consent.log_of(config, store).entries)
        found = next((one for one in grants if one.number == number), None)
        if found is None:
            raise UsageError(f"There is no consent {number}.  `reviewpipe consent list` shows all with their numbers.")
        review, words = found.known[0]
        _record(config, store, [consent.Entry("revoked", _today().isoformat(), review, words, number)])
        standing = consent.recorded(config, store, _today()).get(store.known_as([review]).get(review, (review, ""))[0])
    click.echo(f"Consent {number} is taken back; no export offers these words as ready any more.")
    for use in standing.in_use if standing else ():
        click.echo(f"Still to do by you: remove them from {use.where} (use {use.number}), then: {_done(use.number)}")


def _done(number: int) -> str:
    return f"reviewpipe takedown --done {number}"


@command.command("list")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@project_option
def listed(form: str, project: Path | None) -> None:
    """List every consent, whether it still holds and where its words are used.

    \b
    Example:
      reviewpipe consent list
    """
    from reviewpipe import consent
    from reviewpipe.export import FORMATS
    from reviewpipe.store import Store

    config = configured(project)
    with Store.read(stored(config)) as store:
        standings = consent.recorded(config, store, _today())
    rows: list[dict[str, Any]] = [
        {
            "number": grant.number,
            "review_id": review,
            "scope": " ".join(grant.terms.scopes),
            "display": grant.terms.display,
            "relation": grant.terms.relation,
            "given_on": grant.on,
            "until": grant.terms.until,
            "how": grant.terms.how,
            "holds": "no: " + grant.over if grant.over else "yes",
            "used": "; ".join(use.where for use in standing.in_use),
        }
        for review, standing in standings.items()
        for grant in standing.grants
    ]
    rows.sort(key=lambda row: row["number"])
    if form == "table":
        for row in rows:
            used = f"; used: {row['used']}" if row["used"] else ""
            click.echo(
                f"{row['number']:>4}  {row['review_id'][:12]}  {row['scope']}, {row['display']}, {row['given_on']} to "
                f"{row['until']}  ({row['how']})  holds: {row['holds']}{used}"
            )
    else:
        click.echo(FORMATS[form](rows), nl=False)
    click.echo(f"{len(rows)} consent{'' if len(rows) == 1 else 's'}.", err=True)


@command.command("import")
@click.argument("table", type=click.Path(path_type=Path))
@project_option
def imported(table: Path, project: Path | None) -> None:
    """Record the consents of a CSV file, all or none.

    Columns: review_id and how; scope (website social print), display, until, relation, given_on where they differ from
    what `consent grant` takes for granted.

    \b
    Example:
      reviewpipe consent import consents.csv
    """
    from reviewpipe.cli.tables import read_table

    read = read_table(table)
    with _changing(configured(project)) as (config, store):
        entries, refused = [], 0
        for number, row in enumerate(_rows(read), 2):
            try:
                entries.append(_of_row(config, store, row))
            except (UsageError, ValueError) as problem:
                refused += 1
                click.echo(f"Row {number}: {str(problem).rstrip('.')}.", err=True)
        if refused:
            raise InputError(f"{refused} of {len(read.rows)} rows cannot be used, so nothing was recorded.  Mend them.")
        _record(config, store, entries)
    click.echo(f"{len(entries)} consents recorded.")


def _rows(table: Table) -> list[dict[str, str]]:
    plain = [heading.strip().casefold() for heading in table.headings]
    if not {"review_id", "how"} <= set(plain):
        raise UsageError(f"The table needs the columns review_id and how; it may have {', '.join(COLUMNS)}.")
    return [{name: cell.strip() for name, cell in zip(plain, row, strict=False)} for row in table.rows if any(row)]


def _of_row(config: Config, store: Store, row: dict[str, str]) -> Entry:
    from reviewpipe.consent import DISPLAYS, RELATIONS, SCOPES

    scopes = tuple(row.get("scope", "").replace(",", " ").split()) or ("website",)
    given = {"scopes": scopes, "display": row.get("display") or "anonymous", "until": None}
    relation = row.get("relation") or "client"
    for name, value, allowed in (
        *(("scope", scope, SCOPES) for scope in scopes),
        ("display", given["display"], DISPLAYS),
        ("relation", relation, RELATIONS),
    ):
        if value not in allowed:
            raise UsageError(f"{name} must be one of {', '.join(allowed)}")
    on, until = (_iso(row.get(name, ""), name) for name in ("given_on", "until"))
    terms = _terms({**given, "until": until}, on.date() if on else _today(), relation=relation, how=row["how"])
    return _granted(config, store, row["review_id"], terms, on.date() if on else _today())


def _iso(text: str, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{name} must be a day like 2028-10-31") from None


@command.command()
@click.argument("review_id")
@terms_options
@project_option
def form(review_id: str, project: Path | None, **given: Any) -> None:
    """Print an authorization for a client to sign, with what 45 CFR 164.508 lists.

    \b
    Example:
      reviewpipe consent form 3f9c02d1 --scope website --display initials > form.txt
    """
    from reviewpipe import consent, publish
    from reviewpipe.store import Store

    config = configured(project)
    with Store.read(stored(config)) as store:
        review = store.review(store.meant(review_id))
        terms = _terms(given, _today())
        printed = consent.form(config.practice, review.review_id, review.text or "", terms)
        publish.check({"form.txt": printed.encode()}, config, store)
    click.echo(printed, nl=False)
    click.echo(consent.NOT_LEGAL_ADVICE, err=True)


@contextmanager
def _changing(config: Config) -> Iterator[tuple[Config, Store]]:
    """The project's store, while nobody else changes it or the log."""
    from reviewpipe import pipeline
    from reviewpipe.store import Store

    stored(config)
    with pipeline.only_run(config), Store.open(config.store) as store:
        yield config, store


def _record(config: Config, store: Store, entries: Sequence[Entry]) -> int:
    """Add to the log, once no known name stands in it; the number of the last entry."""
    from reviewpipe import consent, publish

    said = "\n".join(value for entry in entries for value in entry.facts.values())
    publish.check({"what you wrote": said.encode()}, config, store)
    return consent.record(config, store, entries)


def _granted(config: Config, store: Store, review_id: str, terms: Terms, on: date) -> Entry:  # noqa: ARG001  one signature
    from reviewpipe.consent import Entry

    if not terms.how.strip():
        raise UsageError("how is empty; write where the signed form or the e-mail is")
    if terms.until < on.isoformat():
        raise UsageError("it would end before it was given; check --until and --on")
    if on > _today():
        raise UsageError("it would be given in the future; check the day")
    review = store.meant(review_id)
    ((_, words),) = store.known_as([review]).values()
    if not words:
        raise UsageError(f"the review {review_id} has no words to agree to")
    facts = {
        "scopes": " ".join(dict.fromkeys(terms.scopes)),
        "display": terms.display,
        "until": terms.until,
        "relation": terms.relation,
        "how": terms.how.strip(),
    }
    return Entry("granted", on.isoformat(), review, words, 0, facts)


def _terms(given: dict[str, Any], on: date, **more: Any) -> Terms:
    from reviewpipe.consent import Terms

    until = given["until"].date() if given["until"] else _years_on(on)
    return Terms(tuple(given["scopes"]), given["display"], until.isoformat(), **more)


def _years_on(day: date) -> date:
    try:
        return day.replace(year=day.year + YEARS)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + YEARS, day=28)


def _day(given: datetime | None) -> date:
    return given.date() if given else _today()


def _today() -> date:
    return datetime.now(UTC).date()
