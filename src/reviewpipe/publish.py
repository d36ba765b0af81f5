"""The only way out: what is written for people passes the leak gate first, all or nothing."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from reviewpipe import anonymise, consent, dashboard, evaluation, keys, metrics, quotes, report, themes
from reviewpipe.anonymise import gate
from reviewpipe.errors import LeakError, LockedError, StoreError
from reviewpipe.store import NAMELESS, OUTDATED, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from reviewpipe.config import Config
    from reviewpipe.schema import Cell, Review, ThemeCell
    from reviewpipe.store import FileNote, FileReject

    Owners = Mapping[str, Callable[[metrics.View], str]]
    Others = Mapping[str, Callable[[metrics.Shared], str]]

# Reviews that a page may carry in full; the numbers are of all.
MOST_REVIEWS = 5000
# Ending of a page that is being written.
PART = ".part"
# Seconds for which a writer of pages waits for another; a page of a million reviews takes three.
LONGEST_WAIT = 60
# Of the dashboard or of a period, the owner's or that for others; as `_path` names them.
PAGE = re.compile(r"(dashboard|{0}(?:_{0})?)(?:-(share))?".format(r"20\d\d-(?:0[1-9]|1[0-2])"))
# Edited and vanished reviews, and quotes for others, that a page shows.
MOST_CHANGES = 50
MOST_QUOTES = 12

# Fingerprints of names that are read in the time in which a store is asked for the words of a large page (0.05 s).
MANY_NAMES = 50_000
# The pages by their form: the owner's hold clients' words, those for others what `metrics.shared` lets through.
OWNERS: Owners = {"dashboard": dashboard.render, "html": report.render_html, "md": report.render_markdown}
OTHERS: Others = {
    "dashboard": dashboard.render_shared,
    "html": report.render_shared_html,
    "md": report.render_shared_markdown,
}


class Held(Protocol):
    """Reviews with their counts, as a store gives them; see there."""

    def cells(self) -> Sequence[Cell]: ...  # noqa: D102  as in the store
    def theme_cells(self) -> Sequence[ThemeCell]: ...  # noqa: D102  as in the store
    def unanswered(self) -> Mapping[str | None, int]: ...  # noqa: D102  as in the store
    def files(self) -> Sequence[FileNote]: ...  # noqa: D102  as in the store
    def rejects(self) -> Iterable[FileReject]: ...  # noqa: D102  as in the store
    def vanished(self) -> int: ...  # noqa: D102  as in the store
    def reviews(  # noqa: D102  as in the store
        self, *, since: str | None = None, until: str | None = None, limit: int | None = None
    ) -> Sequence[Review]: ...
    def edited(self, since: str, until: str, limit: int) -> Sequence[Review]: ...  # noqa: D102  as in the store
    def gone(self, since: str, until: str, limit: int) -> Sequence[Review]: ...  # noqa: D102  as in the store


class Parts(Held, Protocol):
    """Reviews that lie elsewhere than in the store, and the names that must not stand in a page of them."""

    @property
    def known(self) -> anonymise.Known: ...  # noqa: D102  see above


def pages(config: Config, today: date) -> list[Path]:
    """Write the owner's dashboard and report of the last full month; their paths, the dashboard first.

    Earlier pages are made anew as well when something was taken out of the store that may stand in them.
    """
    with _only_writer(config), Store.open(config.store) as store:
        with store.snapshot():
            view = _view(config, store, store, today, None)
            rendered = {
                _path(config, "dashboard", "owner"): dashboard.render(view).encode(),
                _path(config, view.overview.period.name, "owner"): report.render_html(view).encode(),
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


def _path(config: Config, name: str, edition: str) -> Path:
    """Where a page lies: reports/dashboard.html, reports/2026-10-share.html."""
    return config.reports / f"{name}{'' if edition == 'owner' else f'-{edition}'}.html"


def _earlier(config: Config, store: Store, today: date) -> dict[Path, bytes]:
    """The pages that lie in the folder, from the store as it is now."""
    found = {}
    for path in sorted(config.reports.glob("*.html")):
        page = PAGE.fullmatch(path.stem)
        if page and page[1] == "dashboard":
            found[path] = _rendered(_view(config, store, store, today, None), page[2], "dashboard")
        elif page and page[1][:7] <= page[1][-7:]:
            view = _report_view(config, store, today, metrics.period(page[1]))
            found[path] = _rendered(view, page[2], "html")
    return found


def dashboard_page(
    config: Config, today: date, asked: metrics.Period | None, edition: str, parts: Parts | None = None
) -> Path:
    """Write the dashboard of a period (default: the last full month) and give its path.

    Of `parts`, where they are given (reports/bulk.html), else of the store.
    """
    with _only_writer(config), Store.read(config.store) as store:
        view = _view(config, parts or store, store, today, asked)
        path = _path(config, "bulk" if parts else "dashboard", edition)
        content = _rendered(view, edition, "dashboard")
        check({path.name: content}, config, store, parts.known if parts else None)
        write({path: content})
    return path


def is_current(page: Path, config: Config, store: Store, today: date) -> bool:
    """Whether the owner's dashboard in `page` is what the store gives today, of the last full month."""
    return page.read_bytes() == _rendered(_view(config, store, store, today, None), "owner", "dashboard")


def report_page(config: Config, today: date, asked: metrics.Period | None, edition: str) -> Path:
    """Write the report of a period (default: the last full month) and give its path."""
    with _only_writer(config), Store.read(config.store) as store:
        view = _report_view(config, store, today, asked)
        path = _path(config, view.overview.period.name, edition)
        content = _rendered(view, edition, "html")
        check({path.name: content}, config, store)
        write({path: content})
    return path


def report_markdown(config: Config, today: date, asked: metrics.Period | None, edition: str) -> str:
    """The report of a period as Markdown."""
    with Store.read(config.store) as store:
        view = _report_view(config, store, today, asked)
        content = _rendered(view, edition, "md")
        check({"report.md": content}, config, store)
    return content.decode()


def check(outputs: Mapping[str, bytes], config: Config, store: Store, elsewhere: anonymise.Known | None = None) -> None:
    """Search outputs (by name) for every name that was ever read, here and `elsewhere`.

    LeakError names places, never the name.
    """
    key = keys.key_of(config, store)
    if store.meta(NAMELESS) == "yes":
        raise StoreError("A rotation of the key was interrupted.  `reviewpipe run` completes it; then call this again.")
    leaks = gate.search(outputs, _known(config, store, key, elsewhere), anonymise.Roster.of(config), _allowed(config))
    if leaks:
        places = "; ".join(str(leak) for leak in leaks[:5])
        more = f" and {len(leaks) - 5} more" if len(leaks) > 5 else ""
        raise LeakError(
            f"a name that should be hidden stands in {places}{more}.  Nothing was written.  If it is one of "
            "yours, name the person under [[staff]] in reviewpipe.toml, with shown_as as you want it, and run again."
        )


def _known(config: Config, store: Store, key: anonymise.Key, elsewhere: anonymise.Known | None) -> anonymise.Known:
    """Every name that was ever read.  A store of very many is asked for the words of a page instead of being read."""
    answered = anonymise.answers.of(config, key).names
    if elsewhere or not store.has_names(MANY_NAMES):
        known = anonymise.Known.of(chain(store.names(), answered), key)
        return known.joined(elsewhere) if elsewhere else known
    known = anonymise.Known.of(answered, key)
    lengths = tuple(sorted({*known.lengths, *store.lengths()}))
    return replace(known, key=key, lengths=lengths, knows=store.knows)


def write(outputs: Mapping[Path, bytes]) -> None:
    """Write files, readable by the owner alone; each is either the old or the new one.  Same bytes: untouched."""
    try:
        for path, content in outputs.items():
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}{PART}")
            part.unlink(missing_ok=True)
            try:
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            finally:  # a signal may stop us here, and a full disk
                part.unlink(missing_ok=True)
    except OSError as problem:
        raise StoreError(
            f"{path} cannot be written ({problem.strerror}).  Check the folder and its free space."
        ) from None


def _report_view(config: Config, store: Store, today: date, asked: metrics.Period | None) -> metrics.View:
    """All that a report shows: the period asked for, with the reviews of that period however old it is."""
    view = _view(config, store, store, today, asked)
    if not view.overview.dated:
        return view
    return replace(view, reviews=_within(store, view.overview.period, view.overview, view.reviews))


def _view(config: Config, held: Held, store: Store, today: date, asked: metrics.Period | None) -> metrics.View:
    """All that a page shows of a period (default: the last full month); what people say of reviews is in the store."""
    cells = held.cells()
    chosen = asked or metrics.last_full_month(cells, today)
    catalogue, few = themes.load(config.themes_file), config.thresholds.few_reviews
    numbers = metrics.overview(cells, held.theme_cells(), chosen, few=few, unanswered=held.unanswered())
    newest = themes.placed(held.reviews(limit=MOST_REVIEWS), catalogue)
    undated = [review for review in newest if not review.posted_on]
    lately = [*_within(held, chosen.year, numbers, newest), *undated]
    return metrics.View(
        overview=numbers,
        reviews=newest,
        intake=metrics.intake(held.files(), held.rejects(), held.vanished()),
        practice=config.practice,
        themes={theme.name: theme.label for theme in catalogue.themes},
        sources={name: source.label for name, source in config.sources.items() if source.label},
        accuracy=evaluation.measure(store, catalogue, few=few),
        texts=metrics.texts(lately, (member.shown_as for member in config.staff), few),
        edited=held.edited(chosen.first, _end(chosen), MOST_CHANGES),
        gone=held.gone(chosen.first, _end(chosen), MOST_CHANGES),
        gate=consent.gate_of(config, store, today),
    )


def _within(
    held: Held, stretch: metrics.Period, numbers: metrics.Overview, newest: Sequence[Review]
) -> Sequence[Review]:
    """The dated reviews of a stretch, newest first; asks for them only where `newest` do not go back so far."""
    if len(newest) == numbers.held or "" < (newest[-1].posted_on or "") < stretch.first:
        return [review for review in newest if (review.posted_on or "")[:7] in stretch]
    return held.reviews(since=stretch.first, until=_end(stretch), limit=MOST_REVIEWS)


def _end(stretch: metrics.Period) -> str:
    """Day 32 comes after every day of a month, with its time or without."""
    return f"{stretch.last}-32"


def _rendered(view: metrics.View, edition: str | None, form: str) -> bytes:
    """A page of an edition ("share" or the owner's)."""
    if edition == "share":
        return OTHERS[form](metrics.shared(view, _ready(view))).encode()
    return OWNERS[form](view).encode()


def _ready(view: metrics.View) -> list[metrics.SharedQuote]:
    """The best quotes that may be published as things stand."""
    if view.gate is None:
        return []
    found = quotes.pick(view.reviews, None, view.gate, MOST_QUOTES, ready=True)
    return [metrics.SharedQuote(one.shown, one.theme, one.source) for one in found]


def _allowed(config: Config) -> set[str]:
    """Words that may stand in outputs though they are names: the practice's own, and staff as the owner shows them."""
    shown = [config.practice.name, config.practice.contact, *(member.shown_as for member in config.staff)]
    return {word for text in shown for word in text.split()}
