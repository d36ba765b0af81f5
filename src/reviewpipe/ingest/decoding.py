"""Bytes to letters.  Every byte is explained by one encoding, or the file is refused and the byte is named.

A mark at the start, or bytes that are UTF-8 but for a few, claim an encoding: then nothing else is tried.  Damage that
is passed over would change names, and a name that is changed is not found again by the reader of names.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from reviewpipe.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewpipe.ingest.raw import Raw

HEAD = 1 << 16
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# "don\xd5t": the curly apostrophe of old Macs, which Windows-1252 takes for a capital O with a tilde.
MAC_APOSTROPHE = re.compile(rb"[a-z]\xd5[a-z]")
HIGH = re.compile(rb"[\x80-\xff]")
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# In other encodings so many bytes do not form letters of UTF-8 by chance.
MOSTLY = 0.8
# What only a broken writer of UTF-8 leaves: a slash in two bytes, half a pair, five bytes, a quotation mark cut short.
UTF8_RUIN = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|[\xf8-\xfb][\x80-\xbf]{4}|\xe2[\x80-\x82](?![\x80-\xbf])"
)
# Fewer say nothing of the language.
FEW = 8
# Thousands of testimonials; looking for more in one text would take long.
LONGEST_TEXT = 1 << 19
TOO_LONG = "it is longer than any export of reviews.  Export a shorter period, or cut it in pieces"
# A line of a table or of JSONL: a place with all its reviews in one cell has a few million letters.
LONGEST_LINE = 1 << 25


def opened(raw: Raw, newline: str | None = None) -> TextIO:
    """The file as text, `newline` as for open(); UnreadableError where it cannot be decoded."""
    encoding = encoding_of(raw)
    return TextIOWrapper(raw.open(), encoding, newline=newline)


def text_of(raw: Raw, most: int) -> str:
    """The whole text; UnreadableError where it is longer than `most` characters."""
    with opened(raw) as file:
        text = file.read(most + 1)
    return bounded(text, most)


def bounded(text: str, most: int = LONGEST_TEXT) -> str:
    """The text; UnreadableError where it is longer than `most` characters."""
    if len(text) > most:
        raise UnreadableError(TOO_LONG)
    return text


def pieces_of(file: TextIO) -> Iterator[str]:
    """The lines of any file; one that is too long comes in pieces."""
    return iter(partial(file.readline, LONGEST_LINE), "")


def lines_of(raw: Raw, newline: str | None = None) -> Iterator[str]:
    """The lines one at a time; UnreadableError at one that would fill the memory."""
    with opened(raw, newline) as file:
        for number, line in enumerate(pieces_of(file), start=1):
            if len(line) == LONGEST_LINE:
                raise UnreadableError(
                    f"its line {number} has more than {LONGEST_LINE >> 20} MB.  Is it the right file?"
                )
            yield line


def encoding_of(raw: Raw) -> str:
    """The encoding in which all bytes are letters: by the mark, as UTF-8, or by the language that comes out.

    UnreadableError names the first byte that no encoding explains, counted from 0.
    """
    head = raw.head(HEAD)
    for mark, name in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return _proven(raw, name, "which its first bytes promise")
    if head.count(0) * 4 > len(head):
        name = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        return _proven(raw, name, "which its other bytes are")
    wrong = first_wrong(raw, "utf-8")
    if wrong is None:
        return "utf-8"
    sample = head + _around(raw, wrong)
    letters = sum(len(letter) for letter in UTF8_LETTER.findall(sample))
    if letters > MOSTLY * len(HIGH.findall(sample)) or UTF8_RUIN.search(sample):
        return _proven(raw, "utf-8", "which its other bytes are")
    for name in _legacy(sample):
        if first_wrong(raw, name) is None:
            return name
    raise UnreadableError(f"no encoding explains its byte {wrong}.  Save it as UTF-8 and try again")


def _proven(raw: Raw, encoding: str, why: str) -> str:
    wrong = first_wrong(raw, encoding)
    if wrong is None:
        return encoding
    shown = encoding.removesuffix("-sig").upper()
    raise UnreadableError(f"its byte {wrong} is not {shown}, {why}.  Fetch it again, or save it as UTF-8 and try again")


def first_wrong(raw: Raw, encoding: str) -> int | None:
    """The offset of the first byte that `encoding` does not know; None where all is well."""
    decoder, done = codecs.getincrementaldecoder(encoding)(), 0
    with raw.open() as file:
        try:
            while piece := file.read(1 << 20):
                done += len(piece)
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as problem:
            return done - len(problem.object) + problem.start
    return None


def _around(raw: Raw, offset: int) -> bytes:
    """The bytes from a little before `offset`, where they are not in the head anyway."""
    if offset < HEAD:
        return b""
    with raw.open() as file:
        file.seek(offset - HEAD // 2)
        return file.read(HEAD)


def _legacy(sample: bytes) -> Iterator[str]:
    """Encodings from before UTF-8.  Where few bytes are not ASCII the language is western, and old Windows or Mac."""
    if MAC_APOSTROPHE.search(sample):
        yield "mac_roman"
    if len(HIGH.findall(sample)) < max(FEW, len(sample) / 8):
        yield "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best:
        yield best.encoding
