"""`reviewpipe redact`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewpipe.cli.options import configured, json_lines, print_json, project_option, raw_texts
from reviewpipe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewpipe.config import Config

    Way = Callable[[Config, str | None, Mapping[str, Any]], None]

_file = click.Path(readable=False, allow_dash=True, path_type=Path)


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", type=_file, help='JSON lines {"id", "text", "author"?}; - for standard input.')
@click.option("--file", type=_file, help="A text file, as one text; - for standard input.")
@click.option(
    "--column", multiple=True, help="A column of the CSV file that stands in the place of TEXT; may be repeated."
)
@click.option("--author-column", help="With --column: the column that names the reviewer.")
@click.option("--unsure", is_flag=True, help="Ask about words in data/raw that may be names.")
@click.option("--answer", multiple=True, metavar="WORD=yes|no", help="Say whether a word is a name; may be repeated.")
@project_option
def command(text: str | None, project: Path | None, **asked: Any) -> None:
    """Take names and other identifying details out of texts.

    TEXT may be - for standard input.  With --unsure you see words of data/raw of which it was not sure, and answer once
    for all: y (a name), n (no name), s (skip), q (quit).  In a pipe it prints them as JSON lines.

    \b
    Example:
      reviewpipe redact "Ask for Denise, call 630-555-0142"
      reviewpipe redact --jsonl reviews.jsonl
      reviewpipe redact --file letter.txt
      reviewpipe redact --column Comment --author-column Client guests.csv > hidden.csv
      reviewpipe redact --unsure
      reviewpipe redact --answer Saltbox=no
    """
    chosen = [name for name in WAYS if asked[name]]
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} do not go together.  Choose one.")
    if asked["author_column"] and chosen != ["column"]:
        raise UsageError("--author-column needs --column: reviewpipe redact --column Comment FILE.csv")
    if text is not None and chosen not in ([], ["column"]):
        raise UsageError(f"--{chosen[0]} takes no text beside it.  Leave one of the two out.")
    (WAYS[chosen[0]] if chosen else _text)(configured(project), text, asked)


def _text(config: Config, text: str | None, _: Mapping[str, Any]) -> None:
    from reviewpipe.anonymise import redact

    if text is None:
        raise UsageError(
            "There is nothing to redact.  Give a text in quotes, or a file with --jsonl, --file or --column."
        )
    click.echo(redact([sys.stdin.read() if text == "-" else text], config=config)[0].text, nl=text != "-")


def _jsonl(config: Config, _: str | None, asked: Mapping[str, Any]) -> None:
    """A line for each line; the offsets of `risks` are those of the text that comes out."""
    from reviewpipe.anonymise import redact
    from reviewpipe.anonymise.risk import risks, verdict

    rows = list(json_lines(asked["jsonl"]))
    found = redact([row["text"] or "" for row in rows], [row.get("author") for row in rows], config=config)
    for row, one, left in zip(rows, found, risks([one.text for one in found]), strict=True):
        entities, details = ([asdict(it) for it in them] for them in (one.entities, left))
        print_json(
            {"id": row.get("id"), "text": one.text, "entities": entities, "risk": verdict(left), "risks": details}
        )


def _whole_file(config: Config, _: str | None, asked: Mapping[str, Any]) -> None:
    from reviewpipe.anonymise import redact
    from reviewpipe.cli.tables import decoded

    text, encoding = decoded(asked["file"])
    click.echo(redact([text], config=config)[0].text.encode(encoding), nl=False)


def _columns(config: Config, text: str | None, asked: Mapping[str, Any]) -> None:
    from reviewpipe.anonymise import redact
    from reviewpipe.cli.tables import read_table, written

    if text is None:
        raise UsageError("--column needs a CSV file: reviewpipe redact --column Comment FILE.csv")
    table = read_table(Path(text))
    authors = table.cells(asked["author_column"]) if asked["author_column"] else [None] * len(table.rows)
    for name in asked["column"]:
        found = redact([cell or "" for cell in table.cells(name)], authors, config)
        table = table.having(name, [one.text for one in found])
    click.echo(written(table), nl=False)
    if asked["author_column"] and asked["author_column"] not in asked["column"]:
        click.echo(
            "The reviewers' names still stand in their own column: give it with --column too, or drop it.", err=True
        )


def _ask(config: Config, _: str | None, __: Mapping[str, Any]) -> None:
    from reviewpipe import keys
    from reviewpipe.anonymise import Roster, answers
    from reviewpipe.anonymise.unsure import questions

    said = raw_texts(config, ("text", "original", "reply"))
    found = questions(said.texts, said.authors, answers.joined(Roster.of(config), config))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        for one in found:
            print_json(asdict(one))
        return
    click.echo("These are words from your clients' reviews, for you alone.")
    answered = 0
    for number, one in enumerate(found, 1):
        click.echo(f"\n{number} of {len(found)}: {click.style(one.word, bold=True)}, {one.count} times")
        for context in one.contexts:
            click.echo(f"    {context}")
        reply = click.prompt("A name? y(es), n(o), s(kip), q(uit)", type=click.Choice(list("ynsq")), show_choices=False)
        if reply == "q":
            break
        if reply in "yn":
            answers.record(config, keys.of_project(config), {one.word: reply == "y"})
            answered += 1
    click.echo(f"{answered} answered.  `reviewpipe run` reads all files again with what you said.")


def _answer(config: Config, _: str | None, asked: Mapping[str, Any]) -> None:
    from reviewpipe import keys
    from reviewpipe.anonymise import answers

    said = {}
    for one in asked["answer"]:
        word, _, answer = one.rpartition("=")
        if answer not in ("yes", "no") or not word:
            raise UsageError("An answer is a word and yes or no: --answer Saltbox=no")
        said[word] = answer == "yes"
    answers.record(config, keys.of_project(config), said)
    click.echo(f"{len(said)} answered.  `reviewpipe run` reads all files again with what you said.", err=True)


# What there is to redact, by the option that says so.
WAYS: dict[str, Way] = {
    "jsonl": _jsonl,
    "file": _whole_file,
    "column": _columns,
    "unsure": _ask,
    "answer": _answer,
}
