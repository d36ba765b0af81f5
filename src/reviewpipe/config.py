"""reviewpipe.toml as frozen dataclasses; a missing file means the defaults below."""

from __future__ import annotations

import difflib
import re
import tomllib
import types
from collections.abc import Mapping  # noqa: TC003  the settings are read by their annotations
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from reviewpipe.errors import ConfigError

FILE_NAME = "reviewpipe.toml"

# What an identifier can be, names apart; for each the owner may choose what becomes of it.
LABELS = ("EMAIL", "PHONE", "URL", "HANDLE", "ADDRESS", "ZIP", "NUMBER", "DATE", "AGE")
HIDE, KEEP = "hide", "keep"
# Placeholders of another look would be read as words of the text.
PLACEHOLDER = re.compile(r"\[[A-Z][A-Z _-]*\]")


@dataclass(frozen=True)
class Practice:
    """Who the reviews are about, and the rules that hold there."""

    name: str = "Our practice"
    time_zone: str = "America/Chicago"
    license_number: str = ""
    jurisdiction: str = "US-IL"
    contact: str = ""
    hipaa: Literal["covered", "not_covered", "unknown"] = "unknown"


@dataclass(frozen=True)
class StaffMember:
    """A therapist or front-desk person whose name clients write."""

    name: str
    nicknames: tuple[str, ...] = ()
    shown_as: str = "[THERAPIST]"

    def __post_init__(self) -> None:
        if not any(letter.isalpha() for letter in self.name):
            raise ConfigError(f"{FILE_NAME}: a [[staff]] block has no name.  Write it in quotes, or remove the block.")


@dataclass(frozen=True)
class Source:
    """What is known of the files of one source, beyond what they say themselves."""

    label: str = ""
    visibility: Literal["public", "private", ""] = ""
    as_of: date | None = None
    date_order: Literal["MDY", "DMY", ""] = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Themes:
    """Where the practice's own themes stand, if it has any; the shipped ones are always there."""

    file: str = ""


@dataclass(frozen=True)
class Privacy:
    """How people are shown, where the key of the pseudonyms lies, and what becomes of identifiers other than names.

    `labels` holds for the owner's own store and pages, `share` for what leaves the practice; what neither names is
    hidden.
    """

    client_shown_as: str = "[NAME]"
    key_file: str = "reviewpipe.key"
    labels: Mapping[str, str] = field(default_factory=dict)
    share: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table, choices in (("labels", self.labels), ("share", self.share)):
            for label, choice in choices.items():
                _check_choice(label, choice, f"{FILE_NAME}: privacy.{table}: {label}")
        for label, choice in self.share.items():
            if choice == KEEP != self.labels.get(label):
                raise ConfigError(
                    f"{FILE_NAME}: privacy.share: {label} is kept for others but hidden from yourself.  "
                    f'Write {label} = "keep" under [privacy.labels] too, or take it out of [privacy.share].'
                )


def _check_choice(label: str, choice: str, place: str) -> None:
    """ConfigError where there is no such label, or this cannot become of it."""
    if label == "PERSON":
        raise ConfigError(f"{place}: names are always hidden; client_shown_as and shown_as say what stands there.")
    if label not in LABELS:
        raise ConfigError(f"{place} is no kind of identifier.{_meant(label, dict.fromkeys(LABELS))}")
    if choice not in (HIDE, KEEP) and not PLACEHOLDER.fullmatch(choice):
        raise ConfigError(
            f'{place} is {choice!r}, must be "hide", "keep", or what shall stand there, such as "[LINK]".'
        )


# Kinds of claim that stop a quote until the owner has proof (consent/claims.toml).
CLAIMS = ("cure", "diagnosis")


@dataclass(frozen=True)
class Quotes:
    """What may be quoted: lengths in characters, what the owner has looked into, and the colours of a card."""

    shortest: int = 40
    longest: int = 220
    rules_checked: bool = False
    claims_checked: tuple[str, ...] = ()
    card_paper: str = "#fbfaf6"
    card_ink: str = "#1c2b2d"

    def __post_init__(self) -> None:
        for kind in self.claims_checked:
            if kind not in CLAIMS:
                raise ConfigError(
                    f"{FILE_NAME}: quotes.claims_checked: there is no {kind!r}.  There are: {', '.join(CLAIMS)}."
                )
        if not 0 < self.shortest < self.longest:
            raise ConfigError(
                f"{FILE_NAME}: quotes: shortest must be less than longest.  Take both out for 40 and 220."
            )
        for name in ("card_paper", "card_ink"):
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", getattr(self, name)):
                raise ConfigError(f'{FILE_NAME}: quotes.{name} must be a colour such as "#1c2b2d".')


@dataclass(frozen=True)
class Thresholds:
    """When a number is too small to speak of, and when a run is too bad to pass."""

    few_reviews: int = 5
    max_rejected_share: float = 0.25


@dataclass(frozen=True)
class Alerts:
    """Whom to tell of runs, and how; nobody unless an address is given.  `seconds`: to wait for an answer."""

    email_to: str = ""
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "ssl", "none"] = "starttls"
    smtp_user: str = ""
    password_file: str = ""
    webhook: str = ""
    ping: str = ""
    refused_limit: int = 25
    seconds: float = 10

    def __post_init__(self) -> None:
        for name in ("webhook", "ping"):
            url = getattr(self, name)
            if url and not LOCAL_OR_SAFE.match(url):
                raise ConfigError(
                    f"{FILE_NAME}: alerts.{name} must begin with https://, so that nobody can read along."
                )
        if self.email_to and not self.smtp_host:
            raise ConfigError(f"{FILE_NAME}: alerts.email_to needs smtp_host, your mail provider's server.")
        if self.smtp_user and self.smtp_security == "none":
            raise ConfigError(f'{FILE_NAME}: alerts: a password needs smtp_security "starttls" or "ssl".')


# Plain http is for servers on this very machine.
LOCAL_OR_SAFE = re.compile(r"https://[^\s/]|http://(?:localhost|127\.0\.0\.1)[:/]")


@dataclass(frozen=True)
class Log:
    """Where runs are written down, for programs and for those who look for what went wrong."""

    file: str = "logs/run.log"


@dataclass(frozen=True)
class Retention:
    """For how many days raw files are kept once they are safely in the store; None for ever."""

    raw_days: int | None = None

    def __post_init__(self) -> None:
        if self.raw_days is not None and self.raw_days < 0:
            raise ConfigError(
                f"{FILE_NAME}: retention: raw_days must be 0 or more.  Take it out to keep raw files for ever."
            )


@dataclass(frozen=True)
class Config:
    """Everything the owner can set; `folder` is the project it belongs to."""

    folder: Path = Path()
    practice: Practice = Practice()
    staff: tuple[StaffMember, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    themes: Themes = Themes()
    privacy: Privacy = Privacy()
    quotes: Quotes = Quotes()
    thresholds: Thresholds = Thresholds()
    alerts: Alerts = Alerts()
    log: Log = Log()
    retention: Retention = Retention()

    @property
    def raw(self) -> Path:
        """Where reviews lie as received."""
        return self.folder / "data" / "raw"

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.folder / "data" / "processed" / "reviews.db"

    @property
    def reports(self) -> Path:
        """Where pages are written."""
        return self.folder / "reports"

    @property
    def log_file(self) -> Path | None:
        """Where runs are written down, if they are."""
        return self.folder / self.log.file if self.log.file else None

    @property
    def themes_file(self) -> Path | None:
        """The practice's own themes, if it has any."""
        return self.folder / self.themes.file if self.themes.file else None

    @property
    def backups(self) -> Path:
        """Copies of the store and of what belongs to it, a folder each, named by their time."""
        return self.folder / "backups"

    @property
    def consents(self) -> Path:
        """The log of consents and uses, beside the key: it must outlive the store."""
        return self.folder / "consents.jsonl"

    @property
    def key_file(self) -> Path:
        """The key of the pseudonyms, outside the outputs."""
        return self.folder / self.privacy.key_file


def load(folder: Path) -> Config:
    """Settings of the project in `folder`; ConfigError names the key, the line's table and what was meant."""
    path = folder / FILE_NAME
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Config(folder=folder)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path} is not valid TOML: {problem}.  Mend that line and run again.") from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deep.  Look for a row of brackets that are never closed.") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(
            f"{path} is not UTF-8 (byte {problem.start}).  Save it as UTF-8 in your editor and run again."
        ) from None
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.  Is it a file that you may read?") from None
    if "folder" in given:
        raise ConfigError(f"{path}: 'folder' is not a setting.  Use --project to choose the folder.")
    config: Config = _table(Config, {**given, "folder": folder}, str(path))
    return config


def _table(cls: Any, given: Mapping[str, Any], place: str) -> Any:
    """`given` as an instance of the dataclass `cls`; every key must be one of its fields."""
    hints = get_type_hints(cls)
    known: dict[str, Field[Any]] = {f.name: f for f in fields(cls)}
    for key in given:
        if key not in known:
            raise ConfigError(f"{place}: there is no setting {key!r}.{_meant(key, known)}")
    for name, one in known.items():
        if name not in given and one.default is MISSING and one.default_factory is MISSING:
            raise ConfigError(f"{place}: {name!r} is missing.  Add a line: {name} = …")
    return cls(**{key: _value(hints[key], value, f"{place}: {key}") for key, value in given.items()})


def _value(hint: Any, value: Any, place: str) -> Any:
    """`value` checked against a type hint of the dataclasses above."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(value, dict):
        return _table(hint, value, place)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], one, place) for one in value)
    if origin is not None and isinstance(value, dict) and len(arguments) == 2:
        return {key: _value(arguments[1], one, f"{place}.{key}") for key, one in value.items()}
    if origin is Literal:
        if value in arguments:
            return value
        raise ConfigError(f"{place} is {value!r}, must be one of {', '.join(a for a in arguments if a)}.")
    if origin in (Union, types.UnionType):
        return _value(next(a for a in arguments if a is not type(None)), value, place)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    wanted = {str: "text in quotes", int: "a whole number", float: "a number", date: "a date like 2026-10-31"}
    raise ConfigError(f"{place} must be {wanted.get(hint, 'a list or table of settings')}.")


def _meant(key: str, known: Mapping[str, object]) -> str:
    """A hint at the setting that was probably meant."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"  Did you mean {close[0]!r}?" if close else f"  There are: {', '.join(k for k in known if k != 'folder')}."
