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
    """What there is to say: lines for people, marks of what is in them, and the note by which it is not said again.

    There is no note where the store cannot be asked.
    """

    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    note: str = ""


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
        _tell(config, today, code, complain)
        raise
    _ping(config, "", complain)
    _tell(config, today, 0, complain)


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


def news(config: Config, store: Store, today: date, code: int = 0) -> News:
    """What the store and the run's exit code say that was not told yet; the first time, no unhappy clients."""
    cells = store.cells()
    held = store.meta(TOLD)
    before = json.loads(held) if held else {}
    unhappy = sum(cell.count for cell in cells if is_unhappy(cell.sentiment, cell.rating))
    few = config.thresholds.few_reviews
    page = metrics.overview(cells, store.theme_cells(), metrics.last_full_month(cells, today), few=few)
    changes = dict(_changes(page, config)) if page.dated else {}
    fresh = {mark: line for mark, line in changes.items() if mark not in before.get("marks", ())}
    more = unhappy - before.get("unhappy", unhappy)
    first = _ended(code, before.get("failed", 0))
    first += [f"{more} new review{'' if more == 1 else 's'} of unhappy clients."] if more > 0 else []
    refused = len(store.rejects())
    too_many = refused > config.alerts.refused_limit
    if too_many and not before.get("refused"):
        first.append(f"{refused} rows or files are refused.  `reviewpipe doctor` and `reviewpipe inspect` say why.")
    note = {"failed": code, "refused": too_many, "marks": sorted(changes), "unhappy": unhappy}
    return News((*first, *fresh.values()), tuple(changes), json.dumps(note, sort_keys=True))


def _ended(code: int, before: int) -> list[str]:
    """How the run ended, where the one before ended otherwise."""
    if code and code != before:
        return [f"The run failed with exit code {code}.  `reviewpipe doctor` says more."]
    return ["Runs work again."] if before and not code else []


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


def _tell(config: Config, today: date, code: int, complain: Callable[[str], None]) -> None:
    """Send the news; they are noted as told only when they arrived somewhere."""
    try:
        found, held = _found(config, today, code)
        arrived = not found.lines or _send(config, "run failed" if code else "news", found.lines, complain)
        if arrived and found.note not in ("", held):
            with Store.open(config.store) as store:
                store.set_meta(TOLD, found.note)
    except Exception as problem:  # noqa: BLE001  an alert never changes how a run ends
        complain(f"The alerts could not ask the store ({type(problem).__name__}).  `reviewpipe doctor` says more.")


def _found(config: Config, today: date, code: int) -> tuple[News, str | None]:
    """The news and the note of what was told; of a store that cannot be asked only how the run ended."""
    try:
        if config.store.is_file():
            with Store.read(config.store) as store:
                return news(config, store, today, code), store.meta(TOLD)
    except ReviewpipeError:
        pass
    return News(tuple(_ended(code, 0))), None


def _ping(config: Config, event: str, complain: Callable[[str], None]) -> None:
    """Tell a service like healthchecks.io that a run began, ended or failed."""
    if config.alerts.ping:
        _deliver(config, "the ping", lambda: _ask(config, config.alerts.ping.rstrip("/") + event, None), complain)


def _send(config: Config, subject: str, lines: tuple[str, ...], complain: Callable[[str], None]) -> bool:
    """Whether it arrived anywhere, or there is nothing but a ping to send it by."""
    wanted = config.alerts
    arrived = []
    if wanted.webhook:
        said = {"practice": config.practice.name, "subject": subject, "text": "\n".join(lines), "lines": list(lines)}
        body = json.dumps(said).encode()
        arrived.append(_deliver(config, "the webhook", lambda: _ask(config, wanted.webhook, body), complain))
    if wanted.email_to:
        arrived.append(_deliver(config, "the e-mail", lambda: _mail(config, subject, lines), complain))
    return not arrived or any(arrived)


def _deliver(config: Config, what: str, send: Callable[[], None], complain: Callable[[str], None]) -> bool:
    """Try, and once more; an alert that does not arrive is no failure of the run."""
    why = ""
    for _ in range(TRIES):
        try:
            _within(config.alerts.seconds, send)
        except ReviewpipeError as problem:
            why = f": {problem}"
            break
        except Exception as problem:  # noqa: BLE001  a server may answer anything, and http.client's errors are no OSErrors
            why = f" ({type(problem).__name__}).  Check [alerts]."
        else:
            return True
    complain(f"{what} of the alerts was not delivered{why}")
    return False


def _within(seconds: float, send: Callable[[], None]) -> None:
    """Call `send`, but wait no longer than that.

    A socket's own time limit starts anew with every byte, and looking up a name has none.
    """
    from threading import Thread

    outcome: list[Exception | None] = []

    def call() -> None:
        try:
            send()
            outcome.append(None)
        except Exception as problem:  # noqa: BLE001  told to the caller below
            outcome.append(problem)

    thread = Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise TimeoutError
    if outcome[0]:
        raise outcome[0]


def _ask(config: Config, url: str, body: bytes | None) -> None:
    """POST JSON, or GET; HTTPError where the answer is anything but a success, a redirect included."""
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        """What is told goes to the address in the settings and to no other."""

        def redirect_request(self, *_: object) -> None:
            return None

    request = Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})  # noqa: S310  the settings allow https only
    try:
        with build_opener(Stay).open(request, timeout=config.alerts.seconds):
            pass
    except HTTPError as answer:
        answer.close()
        raise


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
    # A name of its own: smtplib would look up and tell that of this machine.
    domain = letter["From"].rpartition("@")[2]
    try:
        if wanted.smtp_security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                wanted.smtp_host, wanted.smtp_port, domain, timeout=wanted.seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(wanted.smtp_host, wanted.smtp_port, domain, timeout=wanted.seconds)
        try:
            if wanted.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if wanted.smtp_user:
                server.login(wanted.smtp_user, password(config))
            server.send_message(letter)
        finally:
            # Not quit(): a server that took the letter and then hangs would get it twice.
            server.close()
    except smtplib.SMTPException as problem:
        raise OSError(type(problem).__name__) from None
