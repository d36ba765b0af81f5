"""Pasted mails: heads with sender and date, greetings, what programs add, and the words between."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from reviewpipe.ingest import attributions
from reviewpipe.ingest.cues import says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Line

HEADER = re.compile(
    r"^\**(from|to|cc|bcc|subject|date|sent|reply-to|von|an|betreff|datum|de|para|asunto|fecha|objet|gesendet|à|enviado)"
    r"\**:\**\s*(.*)$",
    re.IGNORECASE,
)
SENDERS = ("from", "von", "de")
DATES = ("date", "sent", "datum", "fecha", "gesendet", "enviado")
RECIPIENTS = ("to", "an", "para", "à")
WROTE = re.compile(
    r"^(?:on|le|am|el|il|em|op) (?P<date>.{6,60}?),? (?:(?:at|um) \d\S*(?: [ap]m)?,? )?(?P<name>[^,<>\d]{2,50}?)\s*"
    r"(?:<[^<>]*>)? ?"
    r"(?:wrote|a écrit|schrieb|escribió|ha scritto|escreveu|schreef) ?:$",
    re.IGNORECASE,
)
SENDER = re.compile(r"^(?P<name>[^<>@,:]{2,50}?) <[^<>@\s]+@[^<>\s]+>(?P<date>)$")
ADDRESS = re.compile(r"\s*(?:<[^<>]*>|\([^()]*@[^()]*\)|\[[^\[\]]*\])|[\"']")
MAILBOX = re.compile(r"[\w.+-]+@[\w.-]+")
WORD = re.compile(r"[^\W\d_]{2,}")
SHORT, GREETING = 60, 40
# So many lines of a head are no accident.
FEW = 2


@dataclass
class Mail:
    """Where the lines of its head and its body are."""

    sender: int
    name: str
    head: list[int]
    body: list[int]


def mail(lines: Sequence[Line]) -> list[Line]:
    """Mails with their heads, each a card with its sender and date; the practice's own are none of its clients'."""
    heads = [HEADER.match(line.text) for line in lines]
    senders = sum(h is not None and h.group(1).lower() in SENDERS for h in heads)
    senders += sum(SENDER.match(line.text) is not None for line in lines)
    if senders == 0 or senders + sum(map(bool, heads)) <= FEW:
        return list(lines)
    mails = _mails(lines, heads)
    ours = _ours(lines, heads)
    result = list(lines)
    for one in mails:
        cell = lines[one.sender].pieces[0] + 1
        practice = ours != "" and ours in lines[one.sender].text.lower()
        for i in one.head:
            result[i] = _of_head(lines[i], heads[i], cell)
        sender = replace(lines[one.sender], text=one.name or lines[one.sender].text)
        result[one.sender] = replace(sender, hint="author" if one.name and not practice else "chrome", cell=cell)
        kept = set() if practice else set(_words(lines, one))
        for i in one.body:
            hint = lines[i].hint or ("letter" if i in kept else "chrome" if practice else "note")
            result[i] = replace(lines[i], hint=hint, cell=cell)
    return result


def _mails(lines: Sequence[Line], heads: Sequence[re.Match[str] | None]) -> list[Mail]:
    """The mails in their order; what stands before the first head belongs to none."""
    found: list[Mail] = []
    for i, (line, head) in enumerate(zip(lines, heads, strict=True)):
        word = head.group(1).lower() if head else ""
        wrote = WROTE.match(line.text) or SENDER.match(line.text)
        beside = any(heads[j] for j in (i - 1, i + 1) if 0 <= j < len(heads))
        if wrote or (word in SENDERS and beside):
            given = wrote["name"] if wrote else head.group(2) if head else ""
            found.append(Mail(i, _name(given), [], []))
        elif found and ((head and (beside or not found[-1].body)) or _is_bare_date(line, found[-1], i)):
            found[-1].head.append(i)
        elif found:
            found[-1].body.append(i)
    return found


def _name(given: str) -> str:
    """The sender without the address; the part before the @ is no name."""
    return ADDRESS.sub("", given).strip() if "@" not in ADDRESS.sub("", given) else ""


def _is_bare_date(line: Line, now: Mail, at: int) -> bool:
    """Whether a date without a label stands in the head, as some programs show it."""
    return (
        not now.body
        and at == now.sender + 1
        and len(line.text) <= GREETING
        and re.search(r"\d:\d\d", line.text) is not None
    )


def _of_head(line: Line, head: re.Match[str] | None, cell: int) -> Line:
    dated = head is None or head.group(1).lower() in DATES
    return replace(line, text=(head.group(2) if head else "") or line.text, hint="date" if dated else "note", cell=cell)


def _ours(lines: Sequence[Line], heads: Sequence[re.Match[str] | None]) -> str:
    """The address, or else the name, to which most of the mails went: the practice's."""
    counts: Counter[str] = Counter()
    for line, head in zip(lines, heads, strict=True):
        if head and head.group(1).lower() in RECIPIENTS:
            counts.update(MAILBOX.findall(line.text.lower()))
            counts[ADDRESS.sub("", head.group(2)).strip().lower()] += 1
    best = [who for who, _ in counts.most_common() if len(who) > FEW]
    wrote = [
        line.text.lower()
        for line in lines
        if WROTE.match(line.text) or SENDER.match(line.text) or HEADER.match(line.text)
    ]
    return next((who for who in best if sum(who in text for text in wrote) > counts[who]), best[0] if best else "")


def _words(lines: Sequence[Line], one: Mail) -> list[int]:
    """Which lines of the body are the sender's words: not the greeting, the end, nor what programs add."""
    kept: list[int] = []
    known = {word.lower() for word in WORD.findall(one.name)}
    for i in one.body:
        text = lines[i].text
        if says(text, "mail_foot") or (kept and _ends(text, known)):
            break
        if (not kept and len(text) <= GREETING and (says(text, "salutation") or _greets(text))) or text[0] == "(":
            continue
        kept.append(i)
    while (
        len(kept) > 1
        and len(lines[kept[-1]].text) <= SHORT
        and (says(lines[kept[-1]].text, "printing") or lines[kept[-1]].text.endswith(","))
    ):
        kept.pop()
    return kept


def _greets(text: str) -> bool:
    """Whether it is "Hello" or a name and a comma."""
    return len(WORD.findall(text)) <= FEW + 1 and (text[-1] in ",!" or len(WORD.findall(text)) == 1)


def _ends(text: str, known: set[str]) -> bool:
    """Whether the mail ends here: with a greeting, or with the sender's own name."""
    words = {word.lower() for word in WORD.findall(text)}
    signed = len(text) <= GREETING and bool(words & known) and attributions.read(text) is not None
    closes = len(text) <= GREETING and says(text, "sign_off") and len(words) <= FEW + 2 and text[-1] not in ".?"
    return attributions.is_sign_off(text) or signed or closes


def whole(lines: Sequence[Line]) -> list[Line]:
    """What somebody wrote in a mail as one text, unless it holds texts by others."""
    result: list[Line] = []
    for cell, group in groupby(lines, key=lambda line: line.cell if line.hint == "letter" else 0):
        words = list(group)
        if cell and not any(attributions.read(line.text) or attributions.split_tail(line.text) for line in words):
            text = words[0].text + "".join(("\n" if x.gap <= 1 else "\n\n") + x.text for x in words[1:])
            words = [replace(words[0], text=text, hint="message", pieces=tuple(p for x in words for p in x.pieces))]
        result += words
    return result
