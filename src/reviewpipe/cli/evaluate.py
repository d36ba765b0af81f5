"""`reviewpipe evaluate`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from reviewpipe.cli.options import configured, print_json, project_option, stored

if TYPE_CHECKING:
    from pathlib import Path

    from reviewpipe.metrics.accuracy import Accuracy, Row
    from reviewpipe.themes import Catalogue

# Width of the column of names.
NAME = 28


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print all counts and figures as one JSON object.")
@project_option
def command(as_json: bool, project: Path | None) -> None:  # noqa: FBT001  click's flag
    """Say how often the machine agrees with you.

    For sentiment and each theme, on the reviews that you have labelled with `reviewpipe label`.  The machine's own
    verdicts are measured, as they would be without any label.  Ranges at 95%: Wilson intervals for shares and, by way
    of F*, for F1; the percentile bootstrap for the mean F1.

    \b
    Example:
      reviewpipe evaluate
      reviewpipe evaluate --json
    """
    from reviewpipe import evaluation, themes
    from reviewpipe.store import Store

    config = configured(project)
    catalogue = themes.load(config.themes_file)
    with Store.read(stored(config)) as store:
        found = evaluation.measure(store, catalogue, few=config.thresholds.few_reviews)
    if as_json:
        print_json(_json(found))
    else:
        click.echo("\n".join(_lines(found, catalogue)))


def _json(found: Accuracy) -> dict[str, Any]:
    """The figures; a share as its part, whole, value and interval."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"part", "whole"}:
            share = Share(**value)
            return value | {"value": share.value, "interval": list(share.interval()) if share.whole else None}
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    from reviewpipe.metrics import Share

    told: dict[str, Any] = plain(asdict(found))
    return {"measured": found.measured} | told


def _lines(found: Accuracy, catalogue: Catalogue) -> list[str]:
    from reviewpipe.metrics import card

    lines = card.headline(found, catalogue.label)
    if not found.measured:
        return [*lines, "`reviewpipe label` asks you about some of your reviews, the doubtful ones first."]
    lines += ["", _titles("Sentiment"), *(_row(row.name, row, found.few) for row in found.classes)]
    if found.macro_f1:
        lines.append(f"{'all three, on average':<{NAME}}{'':>9}{'':>18}{'':>18}{card.f1(found.macro_f1):>20}")
    lines += ["", f"{'You say / the machine says':<{NAME}}" + "".join(f"{name:>18}" for name in found.confusion)]
    lines += [f"{said:<{NAME}}" + "".join(f"{n:>18}" for n in counts) for said, counts in card.confusion(found)]
    if found.themes:
        lines += ["", card.PROPOSED, _titles("Themes") + f"{'same polarity':>18}"]
    for row in found.themes:
        polarity = card.share_or_few(row.polarity, found.few)
        lines.append(_row(catalogue.label(row.name), row, found.few) + f"{polarity:>18}")
    return lines


def _titles(what: str) -> str:
    return f"{what:<{NAME}}{'labelled':>9}{'precision':>18}{'recall':>18}{'F1':>20}"


def _row(name: str, row: Row, few: int) -> str:
    from reviewpipe.metrics import card

    precision, recall = (card.share_or_few(share, few) for share in (row.precision, row.recall))
    return f"{name[: NAME - 1]:<{NAME}}{row.labelled:>9}{precision:>18}{recall:>18}{card.f1(row.f1):>20}"
