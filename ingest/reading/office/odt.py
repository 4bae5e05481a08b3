"""Turns OpenDocument text into a draft in one pass over its body. Tracked changes are accepted, and each note follows
its paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Metadata, Piece, collapse, words
from ingest.reading import remarks, rows
from ingest.reading.archive import ENCRYPTED, Archive, child, count, local, value
from ingest.reading.lettering import Text
from ingest.reading.office.docx_styles import Look
from ingest.reading.office.package import sensible

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
INDEXES = words(
    "table-of-content illustration-index table-index object-index user-index alphabetical-index bibliography"
)
UNSEEN = words(
    "tracked-changes forms sequence-decls variable-decls user-field-decls note-citation ruby-text annotation-end"
)
QUOTES = {"quotations", "block text"}
MANIFEST = "META-INF/manifest.xml"
BOLD = 600  # a weight, of 100 to 900, from which letters are bold: it is called semi-bold
COLUMNS = 256  # that a cell may be repeated over: a bound, since a few bytes can ask for a million


def read(data: bytes) -> Draft:
    """Read an OpenDocument text as a draft: headings, paragraphs, list items and tables, and comments at the end.
    Headers and footers are marked as boilerplate.

    Raises:
        SourceError: the file is not OpenDocument text, or is damaged, encrypted or malicious.
    """
    archive = Archive(data)
    if MANIFEST in archive and next(archive.xml(MANIFEST).iter("{*}encryption-data"), None) is not None:
        raise SourceError(ENCRYPTED)
    root = archive.xml("content.xml")
    body = child(root, "body", "text")
    if body is None:
        raise SourceError("it is no OpenDocument text, whatever its extension says.")
    styled = archive.xml("styles.xml") if "styles.xml" in archive else None
    walk = _OdtWalk(_parents(root, styled), _looks(root, styled), _bold(root, styled))
    text = list(walk.blocks(body))
    told = remarks.pieces(walk.remarks, is_levelled=any(piece.level for piece in text))
    margins = {
        kind: [
            replace(piece, reason=f"running {kind}")
            for element in (styled.iter(f"{{*}}{kind}") if styled is not None else ())
            for piece in walk.blocks(element)
        ]
        for kind in ("header", "footer")
    }
    return Draft(MEDIA_TYPE, (*margins["header"], *text, *margins["footer"], *told), _metadata(archive))


@dataclass
class _OdtParagraph:
    """Collects the text, links and notes of one paragraph while it is read."""

    text: Text = field(default_factory=Text)
    linked: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    is_bold: bool = False  # the whole of it, as its named style is


class _OdtWalk:
    """Walks over the blocks of a text; knows the styles, and collects the comments in ``remarks``."""

    def __init__(self, parents: dict[str, str], looks: dict[str, Look], bold: dict[str, bool]) -> None:
        self._parents = parents
        self._looks = looks
        self._bold = bold
        self.remarks: list[remarks.Comment] = []

    def blocks(self, parent: etree._Element, reason: str | None = None, *, depth: int = 0) -> Iterator[Piece]:
        """Yield the pieces of every paragraph, list and table inside ``parent``, at any depth.

        If ``reason`` is given, the pieces are marked as boilerplate for this reason; ``depth`` is the number of lists
        around ``parent``.
        """
        for element in parent:
            name = local(element)
            if name in {"p", "h"}:
                yield from self._paragraph(element, reason, depth)
            elif name == "table":
                yield from self._table(element, reason)
            elif name == "list":
                yield from self.blocks(element, reason, depth=depth + 1)
            elif name == "annotation":
                self._remember(element)
            elif name not in UNSEEN:
                yield from self.blocks(element, "table of contents" if name in INDEXES else reason, depth=depth)

    def _paragraph(self, paragraph: etree._Element, reason: str | None, depth: int) -> Iterator[Piece]:
        look = self.look(paragraph, Look())
        is_named = local(paragraph) == "h" or value(paragraph, "style-name") not in self._parents
        inline = _OdtParagraph(is_bold=look.bold and is_named)
        self._add(paragraph.text, inline, look)
        self._read_inline(paragraph, inline, look)
        if text := inline.text.whole():
            kind, level = self._kind(paragraph, is_item=depth > 0)
            linked = min(len(text), len(collapse("".join(inline.linked))))
            yield Piece(text, kind, level, reason, linked=linked, depth=depth, lettered=inline.text.lettered())
        yield from inline.text.aside()
        yield from (Piece(alt, reason="image description") for alt in inline.described)
        for box in inline.boxes:
            yield from self.blocks(box, reason)

    def _kind(self, paragraph: etree._Element, *, is_item: bool) -> tuple[BlockKind, int]:
        style = self._style(value(paragraph, "style-name") or "")
        if local(paragraph) == "h":
            return BlockKind.HEADING, max(1, count(value(paragraph, "outline-level"), 1))
        if style == "title":
            return BlockKind.HEADING, 1
        if is_item:
            return BlockKind.ITEM, 0
        if style in QUOTES:
            return BlockKind.QUOTE, 0
        return (BlockKind.CODE if style == "preformatted text" else BlockKind.PARAGRAPH), 0

    def _style(self, name: str) -> str:
        """The name, in lower case, of the style that the paragraph's own style is based on."""
        return self._parents.get(name, name).replace("_20_", " ").lower()

    def look(self, element: etree._Element, around: Look = Look()) -> Look:  # noqa: B008 — a frozen value
        """The formatting that an element's style gives to its words; ``around`` is the formatting of the text
        around it.
        """
        name = value(element, "style-name") or ""
        return self._looks.get(name, around)._replace(bold=self._bold.get(name, around.bold))

    def _read_inline(self, element: etree._Element, inline: _OdtParagraph, look: Look, to: str | None = None) -> None:
        """Read the text inside an element into ``inline``; ``to`` is the address of the link around it, None outside of
        links.
        """
        for inner in element:
            name = local(inner)
            leads = (value(inner, "href") or "").strip() if name == "a" else to
            if name in {"s", "tab", "line-break"}:
                inline.text.add(" ", struck=look.struck)
            elif name == "note":
                inline.boxes += [body for body in inner if local(body) == "note-body"]
            elif name == "text-box":
                inline.boxes.append(inner)
            elif name == "annotation":
                self._remember(inner)
            elif name in {"desc", "title"}:
                inline.described += [alt] if (alt := collapse(inner.text or "")) else []
            elif name not in UNSEEN:
                own = self.look(inner, look)
                self._add(inner.text, inline, own, leads)
                self._read_inline(inner, inline, own, leads)
            self._add(inner.tail, inline, look, to)

    def _add(self, text: str | None, inline: _OdtParagraph, look: Look, to: str | None = None) -> None:
        if text:
            is_link, is_bold = to is not None, look.bold and not inline.is_bold
            leads = "" if to is None or to.startswith("#") else to  # to a place in the text itself
            inline.text.add(text, struck=look.struck, raised=look.raised, linked=is_link, bold=is_bold, to=leads)
            inline.linked += [text] if is_link else []

    def _remember(self, annotation: etree._Element) -> None:
        author = child(annotation, "creator")
        name = collapse(author.text or "") if author is not None else ""
        self.remarks.append(remarks.remark(name, self.blocks(annotation)))

    def _table(self, table: etree._Element, reason: str | None) -> Iterator[Piece]:
        lines = [_cells(row) for row in _rows(table)]
        held = [[(cell, list(self.blocks(cell, reason))) for cell in line] for line in lines]
        every = [pieces for line in held for _, pieces in line]
        is_plain = next(table.iterdescendants("{*}table"), None) is None and all(
            sum(len(piece.text) for piece in pieces) <= rows.LAID_OUT for pieces in every
        )
        if not is_plain or all(len(line) < 2 for line in lines):  # there for its layout
            yield from (piece for pieces in every for piece in pieces)
            return
        heads = [number for number, row in enumerate(_rows(table)) if _is_head(row)]
        for piece in rows.pieces([rows.Row(line, number) for number, line in enumerate(_filled(held))], heads):
            cells = [each for _, cell in held[piece.page or 0] for each in cell] if piece.page is not None else []
            lettered = tuple(one._replace(at=-1) for each in cells for one in each.lettered)
            yield replace(piece, reason=reason or piece.reason, page=None, lettered=lettered)
        yield from (piece for pieces in every for piece in pieces if piece.reason and not reason)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for inner in table:
        if local(inner) == "table-row":
            yield inner
        elif local(inner) in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(inner)


def _is_head(row: etree._Element) -> bool:
    parent = row.getparent()
    return parent is not None and local(parent) == "table-header-rows"


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if local(cell) in {"table-cell", "covered-table-cell"}]


def _filled(grid: list[list[tuple[etree._Element, list[Piece]]]]) -> Iterator[list[str]]:
    """Yield the texts of each row of a grid; a cell that is merged over several rows has its text in each of them."""
    below: dict[int, tuple[int, str]] = {}  # columns: in how many more rows, and what
    held = 0
    for cells in grid:
        line: list[str] = []
        for cell, pieces in cells:
            text = " ".join(piece.text for piece in pieces if not piece.reason)
            left, above = below.get(len(line), (0, ""))
            if local(cell) == "covered-table-cell":
                if left:
                    below[len(line)] = (left - 1, above)
                text = above if left else rows.SAME
            elif (spanned := count(value(cell, "number-rows-spanned"), 1)) > 1:
                below[len(line)] = (spanned - 1, text)
            repeated = max(1, count(value(cell, "number-columns-repeated"), 1))
            line += [text] * min(repeated, COLUMNS - len(line))
        held += len(line)
        rows.limit(held)
        yield line


def _parents(*roots: etree._Element | None) -> dict[str, str]:
    """Map each automatic style to the named style that it is based on."""
    return {
        value(style, "name") or "": value(style, "parent-style-name") or ""
        for root in roots
        if root is not None
        for held in root
        if local(held) == "automatic-styles"
        for style in held
        if local(style) == "style" and value(style, "parent-style-name")
    }


def _looks(*roots: etree._Element | None) -> dict[str, Look]:
    """Map each style that sets struck-out or raised text, or turns it off, to its formatting."""
    looks = {}
    for root in roots:
        for style in root.iter("{*}style") if root is not None else ():
            line, place = (
                value(child(style, "text-properties"), name) for name in ("text-line-through-style", "text-position")
            )
            if line or place:
                rises = (place or "").split(" ")[0]
                raised = rises == "super" or (rises.rstrip("%").isdigit() and rises != "0%")
                looks[value(style, "name") or ""] = Look(line not in {None, "none"}, raised)
    return looks


def _bold(*roots: etree._Element | None) -> dict[str, bool]:
    """Map each style that sets the weight of letters to whether it is bold."""
    weights = {
        value(style, "name") or "": value(child(style, "text-properties"), "font-weight")
        for root in roots
        if root is not None
        for style in root.iter("{*}style")
    }
    return {name: weight == "bold" or count(weight) >= BOLD for name, weight in weights.items() if weight}


def _metadata(archive: Archive) -> Metadata:
    if "meta.xml" not in archive:
        return Metadata()
    held: dict[str, str] = {}
    for element in archive.xml("meta.xml").iter():
        held.setdefault(local(element), collapse(element.text or "" if local(element) else ""))
    authors = (held.get("initial-creator"), held.get("creator"))
    return sensible(held.get("title"), authors)
