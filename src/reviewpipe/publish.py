"""The only way out: what is written for people passes the leak gate first, all or nothing."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewpipe import anonymise, dashboard, evaluation, keys, metrics, report, themes
from reviewpipe.anonymise import gate
from reviewpipe.errors import LeakError, LockedError, StoreError
from reviewpipe.store import NAMELESS, OUTDATED, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from reviewpipe.config import Config

# Reviews that a page may carry in full; the numbers are of all.
MOST_REVIEWS = 5000
# Ending of a page that is being written.
PART = ".part"
# Seconds for which a writer of pages waits for another; a page of a million reviews takes three.
LONGEST_WAIT = 60
MONTHLY = re.compile(r"\d{4}-\d{2}")


def pages(config: Config, today: date) -> list[Path]:
    """Write the dashboard and the report of the last full month; their paths, the dashboard first.

    Earlier reports are made anew as well when something was taken out of the store that may stand in them.
    """
    with _only_writer(config), Store.open(config.store) as store:
        latest = metrics.last_full_month(store.cells(), today)
        view = _view(config, store, latest)
        rendered = {
            config.reports / "dashboard.html": dashboard.render(view).encode(),
            config.reports / f"{latest.name}.html": report.render_html(view).encode(),
        }
        outdated = store.meta(OUTDATED) == "yes"
        earlier = _earlier(config, store, today) if outdated else {}
        check({path.name: content for path, content in (earlier | rendered).items()}, config, store)
        write(earlier | rendered)
        if outdated and store.overwrite_freed_pages():
            store.set_meta(OUTDATED, "no")
    return list(rendered)


@contextmanager
def _only_writer(config: Config) -> Iterator[None]:
    """One writer of pages at a time: none puts a page of an older store over that of a newer one.

    What a writer that was killed left half written is removed.
    """
    from filelock import FileLock, Timeout

    try:
        config.reports.mkdir(parents=True, exist_ok=True)
        with FileLock(config.reports / ".lock", timeout=LONGEST_WAIT):
            for part in config.reports.glob(".*" + PART):
                part.unlink()
            yield
    except Timeout:
        raise LockedError(
            f"Another run is writing to {config.reports}.  Wait until it is done, then run again."
        ) from None
    except OSError as problem:
        raise StoreError(
            f"{config.reports} cannot be written ({problem.strerror}).  Check the folder and its free space."
        ) from None


def _earlier(config: Config, store: Store, today: date) -> dict[Path, bytes]:
    """The reports that lie in the folder, from the store as it is now."""
    months = sorted(path.stem for path in config.reports.glob("*.html") if MONTHLY.fullmatch(path.stem))
    views = {month: _report_view(config, store, today, month) for month in months}
    return {config.reports / f"{month}.html": report.render_html(view).encode() for month, view in views.items()}


def report_page(config: Config, today: date, month: str | None) -> Path:
    """Write the report of `month` (YYYY-MM, default the last full one) and give its path."""
    with _only_writer(config), Store.open(config.store) as store:
        view = _report_view(config, store, today, month)
        path = config.reports / f"{view.overview.period.name}.html"
        content = report.render_html(view).encode()
        check({path.name: content}, config, store)
        write({path: content})
    return path


def report_markdown(config: Config, today: date, month: str | None) -> str:
    """The report of `month` as Markdown."""
    with Store.open(config.store) as store:
        content = report.render_markdown(_report_view(config, store, today, month))
        check({"report.md": content.encode()}, config, store)
    return content


def check(outputs: Mapping[str, bytes], config: Config, store: Store) -> None:
    """Search outputs (by name) for every name that was ever read; LeakError names places, never the name."""
    key = keys.key_of(config, store)
    if store.meta(NAMELESS) == "yes":
        raise StoreError("A rotation of the key was interrupted.  `reviewpipe run` completes it; then call this again.")
    known = anonymise.Known.of({*store.names(), *anonymise.answers.of(config, key).names}, key)
    leaks = gate.search(outputs, known, anonymise.Roster.of(config), _allowed(config))
    if leaks:
        places = "; ".join(str(leak) for leak in leaks[:5])
        more = f" and {len(leaks) - 5} more" if len(leaks) > 5 else ""
        raise LeakError(
            f"a name that should be hidden stands in {places}{more}.  Nothing was written.  If it is one of "
            "yours, name the person under [[staff]] in reviewpipe.toml, with shown_as as you want it, and run again."
        )


def write(outputs: Mapping[Path, bytes]) -> None:
    """Write files, readable by the owner alone; each is either the old or the new one.  Same bytes: untouched."""
    try:
        for path, content in outputs.items():
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}{PART}")
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    except OSError as problem:
        raise StoreError(
            f"{path} cannot be written ({problem.strerror}).  Check the folder and its free space."
        ) from None


def _report_view(config: Config, store: Store, today: date, month: str | None) -> metrics.View:
    """All that a report shows: the period asked for, with the reviews of that period however old it is."""
    chosen = metrics.period(month) if month else metrics.last_full_month(store.cells(), today)
    view = _view(config, store, chosen)
    if not view.overview.dated:
        return view
    # Day 32 comes after every day of a month, with its time or without.
    return replace(view, reviews=store.reviews(since=chosen.first, until=f"{chosen.last}-32", limit=MOST_REVIEWS))


def _view(config: Config, store: Store, chosen: metrics.Period) -> metrics.View:
    """All that a page shows, from the store."""
    catalogue = themes.load(config.themes_file)
    return metrics.View(
        overview=metrics.overview(store.cells(), store.theme_cells(), chosen, few=config.thresholds.few_reviews),
        reviews=store.reviews(limit=MOST_REVIEWS),
        intake=metrics.intake(store.files(), store.rejects(), store.vanished()),
        practice=config.practice,
        themes={theme.name: theme.label for theme in catalogue.themes},
        sources={name: source.label for name, source in config.sources.items() if source.label},
        accuracy=evaluation.measure(store, catalogue, few=config.thresholds.few_reviews),
    )


def _allowed(config: Config) -> set[str]:
    """Words that may stand in outputs though they are names: the practice's own, and staff as the owner shows them."""
    shown = [config.practice.name, config.practice.contact, *(member.shown_as for member in config.staff)]
    return {word for text in shown for word in text.split()}
