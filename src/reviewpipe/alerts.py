"""Word to the owner when nobody looks: by e-mail, webhook or ping.  Off unless set up; counts only, never words.

The only module that opens a connection, and only to addresses in the settings.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewpipe import metrics, themes
from reviewpipe.errors import ConfigError, LockedError, ReviewpipeError
from reviewpipe.metrics.overview import is_unhappy
from reviewpipe.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from reviewpipe.config import Config
    from reviewpipe.metrics import Compared, Overview

# What has been told, in the store's notes: news are told once, not every night.
TOLD = "alerts"
PASSWORD = "REVIEWPIPE_SMTP_PASSWORD"  # noqa: S105  the name of a variable
TRIES = 2


@dataclass(frozen=True)
class News:
    """What there is to say: lines for people, and marks of what is in them, by which it is not said again."""

    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    unhappy: int = 0


@contextmanager
def watch(config: Config, today: date, complain: Callable[[str], None]) -> Iterator[None]:
    """Around a run: tells that it began, how it ended and what is new.

    What cannot be delivered is said to `complain` and never fails the run.
    """
    if not configured(config):
        yield
        return
    _ping(config, "/start", complain)
    try:
        yield
    except LockedError:  # another run is at work, and will tell
        raise
    except BaseException as problem:
        code = getattr(problem, "exit_code", 1)
        _ping(config, "/fail", complain)
        lines = (
            f"The run failed with exit code {code}.  `reviewpipe doctor` says more.",
            *_told(config, today, complain),
        )
        _send(config, "run failed", lines, complain)
        raise
    _ping(config, "", complain)
    if lines := _told(config, today, complain):
        _send(config, "news", lines, complain)


def configured(config: Config) -> bool:
    """Whether anything is to be sent anywhere."""
    wanted = config.alerts
    return bool(wanted.email_to or wanted.webhook or wanted.ping)


def trial(config: Config, complain: Callable[[str], None]) -> int:
    """Send a message over every way that is set up; how many ways there are."""
    _ping(config, "", complain)
    _send(config, "trial", ("This is a trial: alerts of reviewpipe arrive.",), complain)
    wanted = config.alerts
    return sum(map(bool, (wanted.email_to, wanted.webhook, wanted.ping)))


def news(config: Config, store: Store, today: date) -> News:
    """What the store says that was not told yet; the first time, only what changed beyond chance."""
    cells = store.cells()
    held = store.meta(TOLD)
    before = json.loads(held) if held else {}
    unhappy = sum(cell.count for cell in cells if is_unhappy(cell.sentiment, cell.rating))
    few = config.thresholds.few_reviews
    page = metrics.overview(cells, store.theme_cells(), metrics.last_full_month(cells, today), few=few)
    changes = dict(_changes(page, config)) if page.dated else {}
    fresh = {mark: line for mark, line in changes.items() if mark not in before.get("marks", ())}
    more = unhappy - before.get("unhappy", unhappy)
    first = [f"{more} new review{'' if more == 1 else 's'} of unhappy clients."] if more > 0 else []
    return News((*first, *fresh.values()), tuple(changes), unhappy)


def password(config: Config) -> str:
    """The password of the e-mail: from the environment, else from a file that nobody else can read."""
    if PASSWORD in os.environ:
        return os.environ[PASSWORD]
    if not config.alerts.password_file:
        raise ConfigError(
            f"There is no password for the e-mail of the alerts.  Set {PASSWORD}, or password_file under [alerts]."
        )
    file = config.folder / config.alerts.password_file
    try:
        if file.stat().st_mode & 0o077:
            raise ConfigError(f"Others on this machine can read {file}.  chmod 600 {file}")
        return file.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise ConfigError(f"{file} cannot be read ({problem.strerror}).  Mend password_file under [alerts].") from None


def _changes(page: Overview, config: Config) -> Iterator[tuple[str, str]]:
    """What differs from the period before by more than chance: a mark and a line each."""
    catalogue = themes.load(config.themes_file)
    compared: list[tuple[str, str, Compared]] = [
        ("positive", "the share of positive reviews", page.positive),
        ("unhappy", "the share of unhappy clients", page.unhappy),
        *(
            (f"theme {row.theme}", f"the share of reviews on “{catalogue.label(row.theme)}”", row.mentions)
            for row in page.themes
        ),
    ]
    for name, words, one in compared:
        if one.verdict in ("up", "down"):
            counts = f"{one.now.part:g} of {one.now.whole}, before {one.before.part:g} of {one.before.whole}"
            yield (
                f"{page.period.name} {name} {one.verdict}",
                f"{page.period.name}: {words} went {one.verdict} ({counts}).",
            )


def _told(config: Config, today: date, complain: Callable[[str], None]) -> tuple[str, ...]:
    """The news, noted as told; none where the store cannot be asked."""
    if not config.store.is_file():
        return ()
    try:
        with Store.open(config.store) as store:
            found = news(config, store, today)
            noted = json.dumps({"marks": sorted(found.marks), "unhappy": found.unhappy})
            if store.meta(TOLD) != noted:
                store.set_meta(TOLD, noted)
    except ReviewpipeError as problem:
        complain(f"The alerts could not ask the store: {problem}")
        return ()
    return found.lines


def _ping(config: Config, event: str, complain: Callable[[str], None]) -> None:
    """Tell a service like healthchecks.io that a run began, ended or failed."""
    if config.alerts.ping:
        _deliver("the ping", lambda: _ask(config, config.alerts.ping.rstrip("/") + event, None), complain)


def _send(config: Config, subject: str, lines: tuple[str, ...], complain: Callable[[str], None]) -> None:
    wanted = config.alerts
    if wanted.webhook:
        said = {"practice": config.practice.name, "subject": subject, "text": "\n".join(lines), "lines": list(lines)}
        _deliver("the webhook", lambda: _ask(config, wanted.webhook, json.dumps(said).encode()), complain)
    if wanted.email_to:
        _deliver("the e-mail", lambda: _mail(config, subject, lines), complain)


def _deliver(what: str, send: Callable[[], None], complain: Callable[[str], None]) -> None:
    """Try, and once more; an alert that does not arrive is no failure of the run."""
    for left in reversed(range(TRIES)):
        try:
            send()
        except (OSError, ValueError) as problem:  # connections, time-outs, answers and certificates are all OSErrors
            if not left:
                complain(f"{what} of the alerts was not delivered ({type(problem).__name__}).  Check [alerts].")
        except ReviewpipeError as problem:
            complain(f"{what} of the alerts was not delivered: {problem}")
            return
        else:
            return


def _ask(config: Config, url: str, body: bytes | None) -> None:
    """POST JSON, or GET; HTTPError where the answer is anything but a success, a redirect included."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        """What is told goes to the address in the settings and to no other."""

        def redirect_request(self, *_: object) -> None:
            return None

    request = Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})  # noqa: S310  the settings allow https only
    with build_opener(Stay).open(request, timeout=config.alerts.seconds):
        pass


def _mail(config: Config, subject: str, lines: tuple[str, ...]) -> None:
    import smtplib
    import ssl
    from email.message import EmailMessage

    wanted = config.alerts
    letter = EmailMessage()
    letter["Subject"] = f"{config.practice.name}: {subject} (reviewpipe)"
    letter["From"] = wanted.email_from or wanted.email_to
    letter["To"] = wanted.email_to
    letter.set_content("\n".join(lines) + "\n")
    try:
        if wanted.smtp_security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                wanted.smtp_host, wanted.smtp_port, timeout=wanted.seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(wanted.smtp_host, wanted.smtp_port, timeout=wanted.seconds)
        with server:
            if wanted.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if wanted.smtp_user:
                server.login(wanted.smtp_user, password(config))
            server.send_message(letter)
    except smtplib.SMTPException as problem:
        raise OSError(type(problem).__name__) from None
