"""An HTML page as a tree of elements, or why it is no page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewpipe.errors import UnreadableError

if TYPE_CHECKING:
    from lxml import etree

# Characters of a page.  A saved page with all its pictures inside is smaller.
LARGEST = 50_000_000
# A piece ends before the next one begins, so that a thousand that are never closed cost no more than one.
SERVER_CODE = re.compile(r"<\?(?!xml).*?(?:\?>|\Z)|<%(?:(?!<%).)*?%>|\{%(?:(?!\{%).)*?%\}", re.DOTALL)
# Windows-1252 written as numbers (&#146;): browsers read them so, libxml2 does not.
WINDOWS_REFERENCE = re.compile(r"&#(?:(1[2-5]\d)|x([89][0-9a-f]));", re.IGNORECASE)
INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f]")
# A page with a thousand reviews has some ten thousand elements; each is looked at.
MOST_ELEMENTS = 200_000
# libxml2 compares each attribute of a tag with all others; no page has a hundred in one.
MOST_ATTRIBUTES = 1000
ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?+)?+"""
# A comment, or a tag, with all that follows it if that is no markup whatever it looks like.  Pieces never overlap.
PIECE = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?:(script|style)\b|[a-z])((?:{ATTRIBUTE})*+)[\s/]*+>?(?(1).*?(?=</\1|\Z))",
    re.IGNORECASE | re.DOTALL,
)

# Names of an element are read again for each of its children; such a heap of them says nothing.
TOO_LONG = (
    "//@*[string-length(.) > 5000][name() = 'class' or name() = 'id' or name() = 'itemprop' or name() = 'property']"
)


def parse(page: str) -> etree._Element | None:
    """The page's tree; None if it has no element at all.

    UnreadableError for what no browser ever saved: too deep, too large, or a tag with a thousand attributes.
    """
    from lxml import etree

    if len(page) > LARGEST:
        raise UnreadableError("it is larger than any page.  Copy the words into a .txt file")
    page = SERVER_CODE.sub(lambda m: "\n" * m.group().count("\n"), INVISIBLE.sub("", page.replace("\r\n", "\n")))
    if any(_is_crowded(piece[2]) for piece in PIECE.finditer(page)):
        raise UnreadableError("a tag of it has a thousand attributes, as in no page.  Copy the words into a .txt file")
    page = WINDOWS_REFERENCE.sub(_windows_character, page)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser) if page.strip() else None
    except etree.XMLSyntaxError:
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableError("its elements are nested deeper than in any page.  Copy the words into a .txt file")
    if root is not None and root.xpath("count(//*)") > MOST_ELEMENTS:
        raise UnreadableError(f"it has more than {MOST_ELEMENTS:,} elements.  Split it into several pages")
    for names in root.xpath(TOO_LONG) if root is not None else ():
        del names.getparent().attrib[names.attrname]
    return root


def _is_crowded(attributes: str | None) -> bool:
    """Whether a tag has more attributes than any page would give it."""
    if not attributes or len(attributes) < 2 * MOST_ATTRIBUTES:
        return False
    return len(re.findall(ATTRIBUTE, attributes)) > MOST_ATTRIBUTES


def _windows_character(match: re.Match[str]) -> str:
    """The character that &#128; to &#159; mean in browsers."""
    code = int(match.group(1)) if match.group(1) else int(match.group(2), 16)
    return bytes([code]).decode("cp1252", "replace") if 128 <= code <= 159 else match.group()
