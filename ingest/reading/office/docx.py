"""Turns a Word file into a draft in one pass over its body. Tracked changes are accepted, and each note follows its
paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Piece, collapse, words
from ingest.reading import plain, remarks, rows
from ingest.reading.archive import Archive, child, count, local, value
from ingest.reading.html import page
from ingest.reading.lettering import Text
from ingest.reading.office import drawing, rtf, symbols
from ingest.reading.office.docx_styles import Look, Numbers, Style, Styles, is_on
from ingest.reading.office.package import Relation, addresses, main_part, of_kind, properties, relations

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNSEEN = words(
    "del moveFrom delText delInstrText instrText pPr rPr sdtPr sdtEndPr tblPr trPr tcPr tblGrid Fallback rt sectPr "
    "annotation annotationRef txbxContent"
)
SPACES = words("tab br cr ptab")
MATHS = {"den": "/", "sup": "^", "sub": "_"}  # what a formula shows by where its parts stand
LISTS = re.compile(r"list (?:bullet|number)(?: ?([1-9]))?.*")  # names of styles
UNREAD = "{} that is not read"
APPLIED = "\u2061"  # between a function and its argument, unseen


def read(data: bytes) -> Draft:
    """Read a Word file as a draft: headings, paragraphs, list items and tables, and comments at the end. Headers and
    footers are marked as boilerplate.

    Raises:
        SourceError: the file is not a Word file, or is damaged, encrypted or malicious.
    """
    archive = Archive(data)
    part = main_part(archive, "word/document.xml")
    body = child(archive.xml(part), "body")
    if body is None:
        raise SourceError("it is no Word document, whatever its extension says.")
    found = relations(archive, part)
    parts = {kind: next(of_kind(found, kind), "") for kind in ("styles", "numbering", "footnotes", "endnotes")}
    roots = {kind: archive.xml(name) for kind, name in parts.items() if name in archive}
    walk = _DocxWalk(Styles(roots.get("styles")), Numbers(roots.get("numbering")), archive, found)
    walk.addresses = addresses(archive, part)
    walk.notes = {
        (kind, value(note, "id") or ""): note for kind in ("footnotes", "endnotes") for note in roots.get(kind, ())
    }
    margins = {
        kind: [replace(piece, reason=f"running {kind}") for name in sorted(set(of_kind(found, kind)))
               for piece in walk.blocks(archive.xml(name))]
        for kind in ("header", "footer")
    }  # fmt: skip
    text = list(walk.blocks(body))
    said = [remark for name in of_kind(found, "comments") for remark in _remarks(walk, archive.xml(name))]
    is_levelled = any(piece.level for piece in text)
    told = remarks.pieces(said, is_levelled=is_levelled)
    return Draft(MEDIA_TYPE, (*margins["header"], *text, *margins["footer"], *told), properties(archive))


@dataclass
class _DocxParagraph:
    """Collects the text, links, notes and drawings of one paragraph while it is read."""

    text: Text = field(default_factory=Text)
    linked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)  # ids of the parts of charts and diagrams
    unknown: int = 0  # symbols
    is_bold: bool = False  # the whole of it, by its style
    addresses: Mapping[str, str] = field(default_factory=dict)  # where links lead, by their ids


class _DocxWalk:
    """Walks over the blocks of a Word file; knows the styles, list numbers and notes that paragraphs refer to."""

    def __init__(self, styles: Styles, numbers: Numbers, archive: Archive, found: dict[str, Relation]) -> None:
        self._styles = styles
        self._numbers = numbers
        self._archive = archive
        self._found = found
        self.addresses: dict[str, str] = {}
        self.notes: dict[tuple[str, str], etree._Element] = {}

    def blocks(self, parent: etree._Element, reason: str | None = None) -> Iterator[Piece]:
        """Yield the pieces of every paragraph and table inside ``parent``, at any depth. If ``reason`` is given, the
        pieces are marked as boilerplate for this reason.
        """
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self._paragraph(element, reason)
            elif name == "tbl":
                yield from self._table(element, reason)
            elif name == "sdt":
                gallery = child(element, "sdtPr", "docPartObj", "docPartGallery")
                is_contents = (value(gallery) or "").lower() == "table of contents"
                yield from self.blocks(element, "table of contents" if is_contents else reason)
            elif name == "altChunk":
                yield from self._chunk(value(element, "id") or "", reason)
            elif name not in UNSEEN:
                yield from self.blocks(element, reason)

    def _chunk(self, id: str, reason: str | None) -> Iterator[Piece]:
        """Yield the pieces of text in another format, such as HTML, that is embedded here; ``id`` is its
        relation's id.
        """
        part = self._found.pop(id, Relation("", "")).target  # once: it may hold itself
        reader = CHUNKS.get(part.rpartition(".")[2].lower())
        if reader is None or part not in self._archive:
            yield Piece("", reason=UNREAD.format("text of another format"))
            return
        for piece in reader(self._archive.read(part)).pieces:
            yield replace(piece, path=(), reason=reason or piece.reason)

    def _drawn(self, id: str) -> Iterator[Piece]:
        part = self._found.get(id, Relation("", "")).target
        if part in self._archive:
            yield from drawing.drawn(self._archive.xml(part))

    def _paragraph(self, paragraph: etree._Element, reason: str | None) -> Iterator[Piece]:
        settings = child(paragraph, "pPr")
        style = self._styles.of(settings)
        look = self._styles.look(settings)
        inline = _DocxParagraph(is_bold=look.bold, addresses=self.addresses)
        _read_inline(paragraph, inline, self._styles, look)
        text = inline.text.whole()
        if text:
            if re.match(r"toc \d|table of figures", style.name):
                reason = "table of contents"
            kind = _kind(style)
            label = self._numbers.label(style) if kind is not BlockKind.QUOTE and reason is None else ""
            linked = min(len(text), len(collapse("".join(inline.linked))))
            lettered = inline.text.lettered(label)
            text = f"{label} {text}" if label else text
            yield Piece(text, kind, style.level, reason, linked=linked, lettered=lettered, depth=_depth(style))
        yield from inline.text.aside()
        if hidden := collapse("".join(inline.hidden)):
            yield Piece(hidden, reason=reason or "hidden")
        yield from (Piece(alt, reason="image description") for alt in inline.described)
        yield from (Piece("", reason=UNREAD.format("symbol")) for _ in range(inline.unknown))
        for id in inline.drawn:
            yield from (replace(piece, reason=reason or piece.reason) for piece in self._drawn(id))
        for box in inline.boxes:
            yield from self.blocks(box, reason)
        for reference in inline.notes:
            if (note := self.notes.pop(reference, None)) is not None:  # once, and no note inside itself
                yield from self.blocks(note, reason)

    def _table(self, table: etree._Element, reason: str | None) -> Iterator[Piece]:
        kept = [row for row in _inside(table, "tr") if child(row, "trPr", "del") is None]
        grid = [[(cell, list(self.blocks(cell, reason))) for cell in _inside(row, "tc")] for row in kept]
        is_plain = next(table.iterdescendants("{*}tbl"), None) is None and not any(
            _weighs(cell) for row in grid for _, cell in row
        )
        if not is_plain or all(len(row) < 2 for row in grid):  # there for its layout
            yield from (piece for row in grid for _, cell in row for piece in cell)
            return
        lines = [rows.Row(line, number) for number, line in enumerate(_filled_down(grid))]
        heads = [number for number, row in enumerate(kept) if is_on(child(row, "trPr", "tblHeader"))]
        for piece in rows.pieces(lines, heads):
            cells = [each for _, cell in grid[piece.page or 0] for each in cell] if piece.page is not None else []
            lettered = tuple(one._replace(at=-1) for each in cells for one in each.lettered)
            yield replace(piece, reason=reason or piece.reason, page=None, lettered=lettered)
        yield from (piece for row in grid for _, cell in row for piece in cell if piece.reason and not reason)


def _filled_down(grid: list[list[tuple[etree._Element, list[Piece]]]]) -> Iterator[list[str]]:
    """Yield the texts of each row of a grid; a cell that is merged over several rows has its text in each of them."""
    above: list[str] = []
    held = 0
    for row in grid:
        line: list[str] = []
        for cell, pieces in row:
            text = " ".join(piece.text for piece in pieces if not piece.reason)
            merged = child(cell, "tcPr", "vMerge")
            if merged is not None and value(merged) != "restart" and len(line) < len(above):
                text = text or above[len(line)]
            span = min(64, max(1, count(value(child(cell, "tcPr", "gridSpan")), 1)))  # Word's own limit is 63
            line += [text, *[rows.SAME] * (span - 1)]
        held += len(line)
        rows.limit(held)
        yield line
        above = line


def _weighs(cell: list[Piece]) -> bool:
    return sum(len(piece.text) for piece in cell) > rows.LAID_OUT or any(p.kind is BlockKind.HEADING for p in cell)


def _inside(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row (``name`` is "tr" or "tc"), also those inside content
    controls.
    """
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in {"sdt", "sdtContent", "ins", "customXml", "moveTo"}:
            yield from _inside(inner, name)


def _read_inline(
    element: etree._Element,
    inline: _DocxParagraph,
    styles: Styles,
    look: Look,
    *,
    is_link: bool = False,
    to: str = "",
    is_hidden: bool = False,
) -> None:
    """Read the text inside an element into ``inline``.

    ``look`` is the formatting of words without settings of their own. ``is_link`` says that the element is in a link,
    ``to`` is the link's address, and ``is_hidden`` says that the text is hidden.
    """
    for inner in element:
        name = local(inner)
        if name == "t":
            text = (inner.text or "").replace(APPLIED, " ")
            if is_hidden:
                inline.hidden.append(text)
            else:
                is_bold = look.bold and not inline.is_bold
                inline.text.add(text, struck=look.struck, raised=look.raised, linked=is_link, bold=is_bold, to=to)
                inline.linked += [text] if is_link else []
        elif (sign := _sign(inner, name)) is not None:
            inline.text.add(sign, struck=look.struck)
            inline.unknown += not sign
        elif name in {"chart", "relIds"}:
            inline.drawn.append(value(inner, "id" if name == "chart" else "dm") or "")
        elif name == "txbxContent":
            inline.boxes.append(inner)
        elif name in {"footnoteReference", "endnoteReference"}:
            inline.notes.append((name.removesuffix("Reference") + "s", value(inner, "id") or ""))
        elif name == "docPr":
            inline.described += [alt] if (alt := collapse(inner.get("descr", ""))) else []
        elif name not in UNSEEN:
            if name in MATHS and next(inner.iter("{*}t"), None) is not None:
                inline.text.add(MATHS[name])
            own = child(inner, "rPr") if name == "r" else None
            is_unseen = own is not None and is_on(child(own, "vanish"))
            leads = inline.addresses.get(value(inner, "id") or "") if name == "hyperlink" else None
            _read_inline(
                inner,
                inline,
                styles,
                look if own is None else styles.run(own, look),
                is_link=is_link or name == "hyperlink",
                to=leads or to,
                is_hidden=is_hidden or is_unseen,
            )


def _sign(element: etree._Element, name: str) -> str | None:
    """The character that an element stands for, such as a symbol or a checkbox; empty if it is unknown, None if the
    element stands for none.
    """
    if name in SPACES:
        return " "
    if name == "noBreakHyphen":
        return "-"
    if name == "sym":
        return symbols.sign(value(element, "font") or "", value(element, "char") or "")
    if name == "checkBox":
        marked = child(element, "checked")
        return "☒ " if is_on(marked if marked is not None else child(element, "default")) else "☐ "
    return None


def _kind(style: Style) -> BlockKind:
    if style.level:
        return BlockKind.HEADING
    if style.list_id or LISTS.fullmatch(style.name):
        return BlockKind.ITEM
    if style.name in {"quote", "intense quote", "block text"}:
        return BlockKind.QUOTE
    return BlockKind.CODE if style.name in {"source code", "html preformatted", "plain text"} else BlockKind.PARAGRAPH


def _depth(style: Style) -> int:
    """The depth of an item in its list, or the depth in the name of its style, such as 1 for "list bullet 2"."""
    named = LISTS.fullmatch(style.name)
    return max(style.depth, int(named[1]) - 1 if named and named[1] else 0)


def _remarks(walk: _DocxWalk, root: etree._Element) -> Iterator[remarks.Comment]:
    for comment in root:
        yield remarks.remark(collapse(value(comment, "author") or ""), walk.blocks(comment))


CHUNKS: dict[str, Callable[[bytes], Draft]] = {
    **dict.fromkeys(("htm", "html", "xhtml"), page.read),
    **dict.fromkeys(("docx", "docm"), read),
    "rtf": rtf.read,
    "txt": plain.read,
}
