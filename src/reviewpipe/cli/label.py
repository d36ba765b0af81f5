"""`reviewpipe label`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewpipe.cli.options import configured, project_option, stored
from reviewpipe.errors import InputError, UsageError

if TYPE_CHECKING:
    from reviewpipe.config import Config
    from reviewpipe.schema import Label, Review
    from reviewpipe.store import Store


@click.command()
@click.option("-n", "number", type=click.IntRange(1), default=50, show_default=True, help="How many to ask about.")
@click.option(
    "--export", "target", type=click.Path(path_type=Path), help="Write them to a CSV file to fill in instead."
)
@click.option("--import", "answers", type=click.Path(path_type=Path), help="Read such a file; - for standard input.")
@project_option
def command(number: int, target: Path | None, answers: Path | None, project: Path | None) -> None:
    """Say what some reviews say: your word counts.

    It overrides the machine's in every page and export, and shows how good the machine is (`reviewpipe evaluate`).
    You are asked about doubtful ones first, and about every third by lot.  Each answer is kept at once; stop when you
    like.  Answers may be piped in, a line each.

    \b
    Example:
      reviewpipe label -n 20
      reviewpipe label --export answers.csv     fill in the column "sentiment", correct the themes, then:
      reviewpipe label --import answers.csv
    """
    from reviewpipe.store import Store

    if target and answers:
        raise UsageError("--export and --import do not go together.  Choose one.")
    if target and target.exists():
        raise UsageError(f"There is a file {target} already, with answers perhaps.  Import it, or choose another name.")
    config = configured(project)
    with Store.open(stored(config)) as store:
        if target:
            _export(config, store, target, number)
        elif answers:
            _import(config, store, answers)
        else:
            _ask(config, store, number)
        count = sum(not label.outdated for label in store.labels())
    if not target:
        click.echo(f"{count} label{'' if count == 1 else 's'} in all.  {_next(count)}", err=True)


def _next(count: int) -> str:
    from reviewpipe.calibrate import LABELS_NEEDED

    fit = "`reviewpipe run` fits the model to them and" if count >= LABELS_NEEDED else "`reviewpipe run`"
    return f"{fit} brings them into the pages; `reviewpipe evaluate` says how good the machine is."


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def _ask(config: Config, store: Store, number: int) -> None:
    """The dialogue, once no name that is known stands in what it will show."""
    from reviewpipe import corrections, publish, themes
    from reviewpipe.cli.asking import ask

    questions = corrections.questions(store)[:number]
    shown = "\n".join(question.review.text or "" for question in questions)
    publish.check({"label.txt": shown.encode("utf-8", "replace")}, config, store)
    if not questions:
        click.echo("There is nothing to label: every review that has words has a label.")
        return
    ask(questions, themes.load(config.themes_file), partial(_keep, store), _today())


def _keep(store: Store, label: Label, text: str | None) -> bool:
    with store.transaction():
        return store.label(label, text)


def _export(config: Config, store: Store, target: Path, number: int) -> None:
    """The next reviews to label, then those that have labels."""
    from reviewpipe import corrections, publish, themes
    from reviewpipe.export import as_csv

    questions = corrections.questions(store)[:number]
    labels = store.labels()
    known = {label.review_id for label in labels if not label.outdated}
    done = [review for review in store.reviews() if review.review_id in known]
    rows = corrections.rows_of(
        [*(question.review for question in questions), *done], labels, themes.load(config.themes_file)
    )
    if not rows:
        raise UsageError("There is no review with words to label.")
    content = as_csv(rows)
    publish.check({target.name: content}, config, store)
    publish.write({target: content})
    click.echo(f"{len(questions)} reviews to label and {len(done)} with their labels are in {target}.")


def _import(config: Config, store: Store, answers: Path) -> None:
    """All of a table's answers, or none."""
    from reviewpipe import corrections, themes
    from reviewpipe.cli.tables import read_table

    table = read_table(answers)
    labels = {label.review_id: label for label in store.labels()}
    held: dict[str, tuple[Review, Label | None]] = {
        review.review_id: (review, labels.get(review.review_id))
        for review in store.reviews()
        if (review.text or "").strip()
    }
    sheet = corrections.read_rows(table.headings, table.rows, held, themes.load(config.themes_file), _today())
    for one in sheet.refused:
        click.echo(f"Row {one.row}: {one.reason}.", err=True)
    if sheet.refused:
        raise InputError(
            f"{len(sheet.refused)} of {sheet.read} rows cannot be used, so nothing was changed.  "
            "Mend or remove them and import the file again."
        )
    with store.transaction():
        for label in sheet.labels:
            store.label(label, held[label.review_id][0].text)
    older = sum(label.outdated for label in sheet.labels)
    parts = f"{len(sheet.labels)} kept + {sheet.unchanged} unchanged + {sheet.unanswered} unanswered"
    click.echo(f"{sheet.read} rows read = {parts}.")
    if older:
        click.echo(f"{older} of them are about words that have changed since; they are kept and not counted.")
