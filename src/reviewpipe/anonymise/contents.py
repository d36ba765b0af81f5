"""Every piece of text that an output holds, with its place: what the leak gate searches.

One reader per kind of file, in READERS; it gives (place, text) pairs.  Fonts and plotly's own bundle, in which no
review can stand, are left out.
"""

from __future__ import annotations

import base64
import csv
import functools
import hashlib
import html
import importlib.util
import io
import json
import re
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Piece = tuple[str, str]

# Tags inside which a word goes on: <b>Ze</b>bulon.
_INLINE = frozenset("a abbr b bdi bdo cite code em font i mark q s small span strong sub sup tspan u wbr".split())
# Georgia is a font and a name; what a style sheet prints stands in `content`.
_FONT = re.compile(r"font(?:-family)?\s*:[^;}\"]*", re.IGNORECASE)
# Words of HTML and JavaScript that are names too (Aria, Len, Lang); in text, attributes and JSON they are searched.
_CODE = re.compile(r"\baria(?:-[a-z]+|[A-Z]\w+)|\b(?:len|lang|meta|null|nav|val|dom|rel|alt|dir|max|min|abs|ceil)\b")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))")
# Letter escapes stand for white space; others (quotes, slashes) for themselves.
_BLANKS = dict.fromkeys("nrtbfv0", " ")
_LONG_SCRIPT = 500_000
_LONGEST_BUNDLE = 20_000_000
# Without one of these a text is shown as it stands.
_RESOLVED = re.compile("[&\\\\%\u202e]")
# Right-to-left override: "tenaJ" after it is seen as "Janet".
_TURNED = re.compile("\u202e([^\u202c\n]*)")


def pieces(name: str, content: bytes) -> Iterator[Piece]:
    """The texts of an output and their places, its own name first."""
    yield "file name", PurePath(name).name
    reader = READERS.get(PurePath(name).suffix.lower(), _text)
    if content[:4] == b"PK\x03\x04":
        reader = _zipped
    elif content[:4] == b"PAR1":
        reader = _parquet
    yield from reader(content)


def readings(text: str) -> set[str]:
    """`text` as it stands and, where these are others, as it is shown.

    Entities, escapes and percent signs may be resolved by a program further down the line, and a sign turns the
    direction of letters around; the letters as they stand count too ("\\nancy").
    """
    if not _RESOLVED.search(text):
        return {text}
    shown = unquote(_unescaped_all(text))
    return {text, shown, _TURNED.sub(lambda turned: turned[1][::-1], shown)}


def _text(content: bytes) -> Iterator[Piece]:
    for number, line in enumerate(_decoded(content).splitlines(), 1):
        yield f"line {number}", line


def _csv(content: bytes) -> Iterator[Piece]:
    # A cell of any length may stand in our exports.
    csv.field_size_limit(2**31 - 1)
    for row, cells in enumerate(csv.reader(io.StringIO(_decoded(content))), 1):
        for column, cell in enumerate(cells, 1):
            yield f"row {row}, column {column}", cell


def _json(content: bytes) -> Iterator[Piece]:
    try:
        yield from _values(json.loads(_decoded(content), object_pairs_hook=_Pairs), "$")
    except (ValueError, RecursionError):
        yield from _script(_decoded(content), "not JSON")


def _jsonl(content: bytes) -> Iterator[Piece]:
    for number, line in enumerate(content.splitlines(), 1):
        for place, text in _json(line) if line.strip() else ():
            yield f"line {number}, {place}", text


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with all its keys, also those that stand twice."""


# What can hold a text; most of a page's values are numbers.
_HOLDING = (str, bytes, dict, list)


def _values(value: Any, place: str) -> list[Piece]:
    """Keys and strings of a JSON value.  A place names objects by number, as a key may itself be a name."""
    found: list[Piece] = []
    _gather(value, place, found, set())
    return found


def _gather(value: Any, place: str, found: list[Piece], told: set[str]) -> None:
    """Add what `value` holds, each text once: keys, sources and themes stand in every review of a page.

    No generator: each of its values would pass through all levels above it, which was a fifth of a large page's check.
    """
    if isinstance(value, str | bytes):
        _add(place, _decoded(value) if isinstance(value, bytes) else value, found, told)
    elif isinstance(value, dict):
        _gather(_Pairs(value.items()), place, found, told)
    elif isinstance(value, _Pairs):
        for number, (key, inner) in enumerate(value, 1):
            _add(f"{place}, key {number}", key, found, told)
            if isinstance(inner, _HOLDING):
                _gather(inner, f"{place}.{number}", found, told)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if isinstance(inner, _HOLDING):
                _gather(inner, f"{place}[{number}]", found, told)


def _add(place: str, text: str, found: list[Piece], told: set[str]) -> None:
    if text not in told:
        told.add(text)
        found.append((place, text))


def _markup(content: bytes) -> Iterator[Piece]:
    reader = _Markup()
    reader.feed(_decoded(content))
    reader.close()
    reader.flush()
    yield from reader.found


class _Markup(HTMLParser):
    """Texts, attributes, comments and scripts of HTML, SVG or XML; a class, as the library's parser is one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._inside, self._type = "", ""
        self._words: list[str] = []
        self._line = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.flush()
        self._inside, self._type = tag, dict(attrs).get("type") or ""
        line = self.getpos()[0]
        for name, value in attrs:
            if name.startswith("data-"):
                self.found.append((f"line {line}, name of an attribute of <{tag}>", name))
            if value and name != "font-family":
                place = f"line {line}, attribute {name} of <{tag}>"
                self.found.append((place, _FONT.sub(" ", value) if name == "style" else value))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        self._inside = ""

    def handle_data(self, data: str) -> None:
        line = self.getpos()[0]
        if self._inside == "script":
            self._take_script(data, line)
        elif self._inside == "style":
            self.found.append((f"line {line}, style", _CODE.sub(" ", _FONT.sub(" ", data))))
        else:
            if not self._words:
                self._line = line
            self._words.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append((f"line {self.getpos()[0]}, comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append((f"line {self.getpos()[0]}, declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.handle_decl(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def flush(self) -> None:
        """Close the text that was being gathered."""
        if self._words:
            self.found.append((f"line {self._line}, text", "".join(self._words)))
            self._words = []

    def _take_script(self, data: str, line: int) -> None:
        if len(data) > _LONG_SCRIPT and hashlib.sha256(_unpacked(data)).hexdigest() == _plotly():
            return
        if "json" in self._type:
            self.found += ((f"line {line}, script, {place}", text) for place, text in _json(data.encode()))
        else:
            self.found += _script(data, f"line {line}, script")


def _script(data: str, place: str) -> Iterator[Piece]:
    """A script as the reader of the page meets it: escapes resolved, entities too."""
    for number, line in enumerate(data.splitlines()):
        if line.strip():
            yield f"{place}, its line {number + 1}", _CODE.sub(" ", line)


def _unescaped_all(text: str) -> str:
    """`text` with the escapes of scripts and JSON resolved, then those of HTML."""
    return html.unescape(_ESCAPE.sub(_unescaped, text))


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else " "  # past the end of Unicode
    return _BLANKS.get(match[4], match[4])


@functools.cache
def _plotly() -> str | None:
    """SHA-256 of the bundle that the installed plotly ships; found without importing plotly."""
    spec = importlib.util.find_spec("plotly")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        bundle = Path(folder) / "package_data" / "plotly.min.js"
        if bundle.is_file():
            return hashlib.sha256(bundle.read_text(encoding="utf-8").strip().encode()).hexdigest()
    return None


def _unpacked(data: str) -> bytes:
    """A script as it stands, or what is in it if it is gzip in base64; no more than a bundle of plotly may hold."""
    text = data.strip()
    if not text.startswith("H4sI"):
        return text.encode()
    try:
        return (
            zlib.decompressobj(zlib.MAX_WBITS | 16)
            .decompress(base64.b64decode(text, validate=True), _LONGEST_BUNDLE)
            .strip()
        )
    except (ValueError, zlib.error):
        return text.encode()


def _zipped(content: bytes) -> Iterator[Piece]:
    """Strings, sheet names and document properties of a workbook, and the name of each part."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield "comment of the archive", _decoded(archive.comment)
        for part in archive.namelist():
            yield "name of a part", part
            # The theme lists the fonts of the world, among them Georgia and Latha, and nothing else.
            if not part.startswith("xl/theme/"):
                for place, text in pieces(PurePath(part).name, archive.read(part)):
                    yield f"{part if place != 'file name' else 'a part'}, {place}", text


def _parquet(content: bytes) -> Iterator[Piece]:
    """Strings, column names and metadata of a Parquet file; pyarrow is there, as it wrote the file."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(content))
    for line in table.schema.to_string(truncate_metadata=False).splitlines():
        yield "names and metadata of the columns", line
    for number, column in enumerate(table.columns, 1):
        for row, value in enumerate(column.to_pylist(), 1):
            for place, text in _values(value, ""):
                yield f"column {number}, row {row}{place}", text


def _decoded(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


# How each kind of output is read; whatever is not here is read line by line.
READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".html": _markup,
    ".htm": _markup,
    ".svg": _markup,
    ".xml": _markup,
    ".rels": _markup,
    ".json": _json,
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".xlsx": _zipped,
    ".parquet": _parquet,
}
