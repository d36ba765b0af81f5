"""Mails and mailboxes: the client's own words, who sent them and when, and what was attached.

Earlier mails that are quoted below are not this client's words; a mail that was forwarded is, and has its own sender.
"""

from __future__ import annotations

import email
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from reviewpipe.errors import UnreadableError
from reviewpipe.ingest import decoding
from reviewpipe.ingest.archives import LARGEST_PART, may_hold_words
from reviewpipe.ingest.cues import voice
from reviewpipe.ingest.raw import Raw, Said, in_memory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from email.message import Message

    from reviewpipe.ingest.reading import Found

    Told = Mapping[str, str | None]

# Servers refuse larger ones.
LARGEST_MAIL = 1 << 26
LONGEST_LINE = 1 << 20
# "Fwd:" in a few languages.
FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|doorst)\s*:", re.IGNORECASE)
QUOTED = re.compile(r"^\s{0,3}>.*\n?", re.MULTILINE)
# A line of two dashes, and all below.
SIGNATURE = re.compile(r"^-- ?$.*", re.MULTILINE | re.DOTALL)
NO_WORDS = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar")
)
# Looking for quotations in more than a letter would take long.
LONGEST_BODY = 1 << 16
MOST_FORWARDS = 3
LONGEST_FIELD = 300
# What nobody signed is a client's when it is short, and sounds like one at least so much.
LONGEST_LETTER, CLIENT = 4000, 1.0
# Words that also stand in "Thursday works great".
ENOUGH = 2


def split_mailbox(raw: Raw) -> Iterator[Raw]:
    """The mails of a mailbox (mbox): each begins with a line "From …" after an empty one."""
    letter = bytearray()
    with raw.open() as file:
        blank = True
        for line in iter(partial(file.readline, LONGEST_LINE), b""):
            if blank and line.startswith(b"From ") and letter:
                yield _letter(raw, letter)
                letter = bytearray()
            blank = line in (b"\n", b"\r\n")
            letter += line
            if len(letter) > LARGEST_PART:
                raise UnreadableError(f"a mail in it is larger than {LARGEST_PART >> 20} MB.  Is it a mailbox?")
    if letter.strip():
        yield _letter(raw, letter)


def _letter(raw: Raw, content: bytearray) -> Raw:
    whole = re.sub(rb"(?m)^>(>*From )", rb"\1", bytes(content))
    return in_memory(raw.place / "mail.eml", raw.written, whole, Said("mail"))


def open_mail(raw: Raw) -> Iterator[Raw]:
    """The words of a mail, told apart by who wrote them, then its attachments as files of their own."""
    message = email.message_from_bytes(raw.content(LARGEST_MAIL))
    sent = _sent(message)
    written = min(sent, raw.written) if sent else raw.written
    told = {"author": _name(message["from"]), "date": sent.isoformat() if sent else None}
    forwarded = bool(FORWARDED.match(_header(message["subject"])))
    leaves = list(_leaves(message))
    bodies = [leaf for leaf in leaves if _is_body(leaf)]
    plain = [leaf for leaf in bodies if leaf.get_content_subtype() == "plain" and _content(leaf).strip()]
    form = "text" if plain else "html"
    body = "\n\n".join(_text(leaf, raw) for leaf in plain or bodies)
    for words, who in _told_apart(body, form, told, forwarded=forwarded):
        if words.strip():
            yield in_memory(raw.place / "words", written, words.encode("utf-8", "replace"), Said(form, who))
    for leaf in leaves:
        name = PurePosixPath(_header(leaf.get_filename()).replace("\\", "/")).name or "attachment"
        if leaf not in bodies and may_hold_words(name) and leaf.get_content_type() not in NO_WORDS:
            yield Raw(raw.place / name, written, partial(_opened, leaf))


def _told_apart(text: str, form: str, told: Told, *, forwarded: bool) -> Iterator[tuple[str, Told]]:
    """The words of each writer, the newest first."""
    import quotequail

    unwrap, key = (quotequail.unwrap_html, "html") if form == "html" else (quotequail.unwrap, "text")
    for _ in range(MOST_FORWARDS):
        found = unwrap(text) if len(text) < LONGEST_BODY else None
        if not found:
            break
        own = "\n".join(found.get(f"{key}_{where}") or "" for where in ("top", "bottom"))
        yield _without_quotes(own, form), told
        # Outlook answers as others forward: then the subject knows.
        if found["type"] != "forward" or (own.strip() and not forwarded):
            return
        text, told = found.get(key) or "", {"author": _name(found.get("from")), "date": found.get("date")}
    yield _without_quotes(text, form), told


def _without_quotes(text: str, form: str) -> str:
    """The words without lines of other mails and without what a mail program puts below each."""
    if form == "html":
        return text
    return _patterns("footer").sub("", SIGNATURE.sub("", QUOTED.sub("", text))).strip()


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold no others; a mail that is attached is one."""
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            yield from _leaves(cast("Message", part))
    else:
        yield message


def _is_body(leaf: Message) -> bool:
    named = leaf.get_filename() or leaf.get_content_disposition() == "attachment"
    return leaf.get_content_type() in ("text/plain", "text/html") and not named


def _opened(leaf: Message) -> BytesIO:
    return BytesIO(_content(leaf))


def _content(leaf: Message) -> bytes:
    if leaf.get_content_type() == "message/rfc822":
        return b"".join(cast("Message", inner).as_bytes() for inner in leaf.get_payload())
    return cast("bytes | None", leaf.get_payload(decode=True)) or b""


def _text(leaf: Message, raw: Raw) -> str:
    """The words in the encoding that the mail declares, or that its bytes show."""
    content = _content(leaf)
    try:
        return content.decode(leaf.get_content_charset() or "")
    except (LookupError, UnicodeDecodeError):
        return content.decode(decoding.encoding_of(in_memory(raw.place, raw.written, content)))


def _header(value: Any) -> str:
    """A header as words; what is longer than any is cut, since the library reads brackets in brackets one by one."""
    text = str(value or "")[:LONGEST_FIELD]
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def _name(sender: Any) -> str | None:
    """The sender's name; None for a program that sends, and for a mere address."""
    name, address = parseaddr(str(sender or "")[:LONGEST_FIELD])
    return None if _patterns("program").search(address) else _header(name).strip("'\" ") or None


def _sent(message: Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(str(message["date"])[:LONGEST_FIELD])
    except (TypeError, ValueError, OverflowError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def signed(found: Found, raw: Raw, own: Collection[str]) -> Found:
    """What a mail's words say of a visit, by its sender and of its day where they say no other.

    `own` are the practice's names: what they send is only read where somebody else has signed it.
    """
    told = raw.said.fields if raw.said else {}
    sender = fold(told.get("author") or "")
    rows = [row for row in found.rows if is_review(str(row.get("text") or ""))] or _whole(raw)
    if sender in own:
        rows = [row for row in rows if fold(row.get("author") or sender) not in own]
    # Who sends several has collected them.
    known = {key: value for key, value in told.items() if value and (key != "author" or len(rows) == 1)}
    roles = found.roles
    if not rows:
        roles = tuple(replace(role, role="unused", reason="a mail that says nothing of a visit") for role in roles)
    return replace(found, rows=[{**known, **row} for row in rows], roles=roles)


def _whole(raw: Raw) -> list[dict[str, Any]]:
    """A letter without a name below it as one review, where it is plainly a client who speaks."""
    text = raw.content(LARGEST_MAIL).decode()
    if not raw.said or raw.said.kind != "text" or len(text) > LONGEST_LETTER:
        return []
    return [{"text": text, "row": 1}] if is_review(text) and voice(text) >= CLIENT else []


def fold(name: str) -> str:
    """A name for comparing."""
    return " ".join(name.casefold().split())


def is_review(text: str) -> bool:
    """Whether a mail's words speak of what a visit was like or did, not only of when it shall be."""
    faint = {hit.group().casefold() for hit in _patterns("faint").finditer(text)}
    return len(faint) >= ENOUGH or _patterns("clear").search(text) is not None


@cache
def _patterns(kind: str) -> re.Pattern[str]:
    said = tomllib.loads(files(__package__).joinpath("mails.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in said[kind]), re.IGNORECASE | re.MULTILINE)
