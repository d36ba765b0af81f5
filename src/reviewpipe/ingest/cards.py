"""Which lines of a page stand together in a card: the part of the tree that holds one name and its text."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from reviewpipe.ingest import attributions
from reviewpipe.ingest.lines import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewpipe.ingest.lines import Line

# Cards lie near their lines; deeper nesting is only walked that far, which keeps the work linear.
DEEPEST = 16
# A line of that many characters is a text and no label.
TEXT = 25
QUOTES = ("blockquote", "figure")


def assign(lines: Sequence[Line], elements: Sequence[Any]) -> list[Line]:
    """The lines with the card that each stands in; `elements` are those of the tree that hold them."""
    paths = [_path(e) for e in elements]
    names = [line.hint == "author" or _named(line) for line in lines]
    texts = [_is_text(line) for line in lines]
    filled: Counter[Any] = Counter(e for path in paths for e in path)
    named: Counter[Any] = Counter(e for path, is_name in zip(paths, names, strict=True) if is_name for e in path)
    spoken: Counter[Any] = Counter(e for path, is_text in zip(paths, texts, strict=True) if is_text for e in path)
    repeated = _repeated(named, spoken, filled)
    cells = [line.cell or _card(path, repeated) for line, path in zip(lines, paths, strict=True)]
    return _settled([replace(line, cell=cell) for line, cell in zip(lines, cells, strict=True)])


def _path(element: Any) -> list[Any]:
    """The element and those around it, from the inside; what a list of terms says of one stands in the term."""
    path: list[Any] = []
    for one in (element, *islice(element.iterancestors(), DEEPEST)):
        path.append(one)
        if one.tag == "dd":
            path += islice((e for e in islice(one.itersiblings(preceding=True), DEEPEST) if e.tag == "dt"), 1)
    return path


def _named(line: Line) -> bool:
    """Whether it is surely enough a name, or has one at its end."""
    if line.hint not in ("", "heading") or len(line.text) > LONGEST:
        return False
    name = attributions.read(line.text)
    if name is None:
        split = attributions.split_tail(line.text)
        name = split[1] if split else None
    return name is not None and name.strength >= 2


def _is_text(line: Line) -> bool:
    """Whether it is long enough to be what somebody wrote."""
    if line.hint in ("text", "declared"):
        return True
    if line.hint or len(line.text) < TEXT or attributions.looks_like_title(line.text.rstrip(".")):
        return False
    return attributions.read(line.text) is None


def _repeated(named: Counter[Any], spoken: Counter[Any], filled: Counter[Any]) -> set[Any]:
    """Elements of one kind side by side of which most hold a text and one to three names; a mere line is no card."""
    families: dict[tuple[Any, str], list[Any]] = defaultdict(list)
    for element in {**spoken, **named}:
        if element.getparent() is not None:
            families[element.getparent(), element.tag].append(element)
    result = {e for e in spoken if e.tag in QUOTES and named[e] == 1}  # who is named in a quotation has said it
    for family in families.values():
        talking = [e for e in family if spoken[e]]
        fit = [e for e in talking if 1 <= named[e] <= 3]
        if len(fit) >= 2 and len(fit) >= 0.6 * len(talking) and any(filled[e] > 1 for e in fit):
            result.update(family)
    return result


def _card(path: Sequence[Any], repeated: set[Any]) -> int:
    """The card around a line, 0 if there is none."""
    inner = next((e for e in path if e in repeated), None)
    return 0 if inner is None else id(inner)


def _settled(lines: list[Line]) -> list[Line]:
    """In a card one line is the author: the first that is declared so, else the surest; declared texts suffice."""
    cells: dict[int, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        if line.cell:
            cells[line.cell].append(i)
    for members in cells.values():
        readable = [i for i in members if lines[i].hint in ("", "heading", "author", "note")]
        names = {i: name.strength for i in readable if (name := attributions.read(lines[i].text))}
        author = _author([lines[i].hint == "author" for i in members], members, names)
        if author is None:
            author = _surest(names, [i for i in members if _is_text(lines[i])])
        if author is not None:
            has_text = any(lines[i].hint in ("text", "declared") for i in members)
            for i in members:
                spare = i in names or lines[i].hint == "author" or (has_text and lines[i].hint in ("", "heading"))
                hint = "author" if i == author else "note" if spare else lines[i].hint
                lines[i] = replace(lines[i], hint=hint)
    return lines


def _author(declared: list[bool], members: list[int], names: dict[int, int]) -> int | None:
    """The line declared to be the author; the surest name, where name and role were swapped."""
    first = next((i for i, is_author in zip(members, declared, strict=True) if is_author), None)
    swapped = first is not None and first not in names and any(strength >= 2 for strength in names.values())
    return max(names, key=lambda i: names[i]) if swapped else first


def _surest(names: dict[int, int], texts: list[int]) -> int | None:
    """The surest of several names around the text, the first below it where more are as sure; None among texts."""
    places = [i for i in sorted(names) if i not in texts]
    if not texts or len(places) < 2 or any(texts[0] < i < texts[-1] for i in places):
        return None
    return max(places, key=lambda i: (names[i], i > texts[-1], -i))
