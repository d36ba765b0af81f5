"""Documents: Word, PDF and RTF, read as the lines that a person would copy out of them, and their tables as tables."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewpipe.errors import NotReviewsError, UnreadableError
from reviewpipe.ingest import pastes, tables
from reviewpipe.ingest.decoding import LONGEST_TEXT, TOO_LONG, bounded
from reviewpipe.ingest.reading import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document
    from pypdfium2 import PdfTextPage

    from reviewpipe.ingest.raw import Raw

    Rows = list[list[str]]

LARGEST_DOCUMENT = 1 << 26
# A book has that many pages; and a page so many letters.  Finding the place of each takes longer the more there are.
MOST_PAGES, MOST_LETTERS = 2000, 20_000
# Beyond so many usual distances between two lines a new paragraph begins.
PARAGRAPH = 1.35
# What PDFium writes for the hyphen of a word that goes on in the next line.
HYPHEN = re.compile("[\ufffe\u00ad\x02]\\Z")
BROKEN = "it is broken or cut short.  Open it, and save its text as a .txt file"


def read_docx(raw: Raw, overrides: Mapping[str, str]) -> Found:
    """The testimonials of a Word document, and the rows of tables that hold reviews."""
    import docx

    try:
        document = docx.Document(BytesIO(raw.content(LARGEST_DOCUMENT)))
        blocks = list(_bounded(_blocks(document)))
    except (UnreadableError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  the library lets the errors of ZIP, XML and its own dictionaries through
        raise UnreadableError(BROKEN) from None
    found, words = [], []
    for block in blocks:
        try:
            if isinstance(block, str):
                words.append(block)
            else:
                found.append(tables.read_rows(block, overrides))
        except NotReviewsError:
            words += ["\n\n".join(cell for cell in row if cell.strip()) for row in block]
    # Where empty lines stand between them, the others belong together.
    gap = "\n" if sum(not one.strip() for one in words[1:-1]) * 4 > len(words) else "\n\n"
    return _together([*found, pastes.read_text(bounded(gap.join(words)))])


def _bounded(blocks: Iterator[str | Rows]) -> Iterator[str | Rows]:
    """The blocks, up to the longest text."""
    size = 0
    for block in blocks:
        size += len(block) if isinstance(block, str) else sum(len(cell) for row in block for cell in row)
        if size > LONGEST_TEXT:
            raise UnreadableError(TOO_LONG)
        yield block


def _together(found: Sequence[Found]) -> Found:
    main = max(found, key=lambda one: one.size)
    rows = [row for one in found for row in one.rows]
    rejects = tuple(reject for one in found for reject in one.rejects)
    return Found(main.form, rows, tuple(role for one in found for role in one.roles), rejects, main.filled)


def _blocks(document: Document) -> Iterator[str | Rows]:
    """Paragraphs with a mark for headings and lists, and tables; those in frames and form fields too."""
    from docx.oxml.ns import qn

    paragraph, table = qn("w:p"), qn("w:tbl")
    styles = {style.style_id: style.name or "" for style in document.styles}
    # A frame stands there twice, for new and for old Word.
    old = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    for element in document.element.body.iter(paragraph, table):
        if next(element.iterancestors(table, old), None) is not None:
            continue
        if element.tag == table:
            yield [[_cell(cell) for cell in row.iter(qn("w:tc"))] for row in element.iter(qn("w:tr"))]
            continue
        style = styles.get(element.style, "")
        heading = style.startswith(("Heading", "Title"))
        listed = style.startswith("List") or (element.pPr is not None and element.pPr.numPr is not None)
        text = _words(element)
        yield text and ("# " * heading or "• " * listed) + text


def _cell(cell: Any) -> str:
    from docx.oxml.ns import qn

    return "\n".join(_words(paragraph) for paragraph in cell.iter(qn("w:p")))


def _words(paragraph: Any) -> str:
    """Its words; those that were struck out or moved away are not there any more."""
    from docx.oxml.ns import qn

    around = (qn("w:p"), qn("w:moveFrom"))
    runs = paragraph.iter(qn("w:r"))
    return "".join(run.text for run in runs if next(run.iterancestors(*around)) is paragraph)


def read_rtf(raw: Raw) -> Found:
    """The testimonials of an RTF document."""
    from striprtf.striprtf import rtf_to_text

    content = raw.content(LARGEST_DOCUMENT >> 3)
    try:
        text = str(rtf_to_text(content.decode("latin-1"), errors="strict"))  # type: ignore[no-untyped-call]  # it has none
    except (ValueError, LookupError, RecursionError):
        raise UnreadableError(BROKEN) from None
    return pastes.read_text(bounded(text))


class Line(NamedTuple):
    """A stretch of text on a page, in points from its lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def read_pdf(raw: Raw) -> Found:
    """The testimonials of a PDF with text; UnreadableError for a scan and for one with a password."""
    import pypdfium2

    content = raw.content(LARGEST_DOCUMENT)
    try:
        with pypdfium2.PdfDocument(content) as document:
            if len(document) > MOST_PAGES:
                raise UnreadableError(f"it has more than {MOST_PAGES} pages.  Keep those with the reviews")
            text = "\n\n".join(_page(page.get_textpage()) for page in document)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).casefold():
            raise UnreadableError(
                "it has a password.  Save it without one, or copy its text into a .txt file"
            ) from None
        raise UnreadableError(BROKEN) from None
    if not text.strip():
        raise UnreadableError("it is a scan, a picture of text.  Type the words, or run text recognition (OCR) first")
    return pastes.read_text(bounded(text))


def _page(page: PdfTextPage) -> str:
    """The text of a page with its paragraphs: empty lines between them, and no line ends within."""
    text = str(page.get_text_range())
    lines = list(_lines(page, text)) if len(text) == page.count_chars() <= MOST_LETTERS else []
    if not lines:
        return text
    height = median_low([line.top - line.bottom for line in lines])
    pitches = [above.bottom - line.bottom for above, line in pairwise(lines)]
    usual = PARAGRAPH * min((pitch for pitch in pitches if pitch > height / 2), default=height)
    widest: dict[int, float] = {}
    for line in lines:
        widest[round(line.left)] = max(widest.get(round(line.left), 0.0), line.right)
    text = lines[0].text
    for above, line in pairwise(lines):
        text = _joined(text, above, line, usual, widest[round(line.left)])
    return text


def _lines(page: PdfTextPage, text: str) -> Iterator[Line]:
    """The lines of a page; cells of a table that stand side by side are lines of their own."""
    last, end = None, 0
    for word in re.finditer(r"\S+", text):
        left, bottom, _, top = page.get_charbox(word.start(), loose=True)
        right = page.get_charbox(word.end() - 1, loose=True)[2]
        if last and "\n" not in text[end : word.start()] and left - last.right < top - bottom:
            last = Line(f"{last.text} {word.group()}", last.left, last.bottom, right, last.top)
        else:
            if last:
                yield last
            last = Line(word.group(), left, bottom, right, top)
        end = word.end()
    if last:
        yield last


def _joined(text: str, above: Line, line: Line, usual: float, edge: float) -> str:
    """`text` and the next line: in the same paragraph, in a new line, or after an empty one."""
    pitch = above.bottom - line.bottom
    if not -usual * 3 < pitch < usual:
        return f"{text}\n\n{line.text}"
    word = len(line.text.split(" ", 1)[0]) * (line.right - line.left) / len(line.text)
    full = pitch > 0 and abs(above.left - line.left) < 2 and above.right + word > edge
    if not full:
        return f"{text}\n{line.text}"
    return HYPHEN.sub("", text) + line.text if HYPHEN.search(text) else f"{text} {line.text}"
