"""Turns a presentation into a draft, slide by slide: its title as a heading, its notes under a heading of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Lettered, Piece, collapse
from ingest.reading import remarks, rows
from ingest.reading.archive import Archive, child, count, local, value
from ingest.reading.office import drawing, slide_order
from ingest.reading.office.package import Relation, addresses, main_part, of_kind, properties, relations

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TITLES = frozenset({"title", "ctrTitle"})
BOILERPLATE = {"dt": "date of the slide", "ftr": "running footer", "hdr": "running header", "sldNum": "slide number"}
MASTER = "slide master"


def read(data: bytes) -> Draft:
    """Read a PowerPoint file as a draft: the slides in the order in which they are shown, hidden slides included. A
    piece's ``page`` is the slide's number.

    Raises:
        SourceError: the file is not a PowerPoint file, or is damaged, encrypted or malicious.
    """
    archive = Archive(data)
    part = main_part(archive, "ppt/presentation.xml")
    deck = archive.xml(part)
    if local(deck) != "presentation":
        raise SourceError("it is no PowerPoint deck, whatever its extension says.")
    found = relations(archive, part)
    listed = child(deck, "sldIdLst")
    pieces: list[Piece] = []
    masters: dict[str, None] = {}
    authors = _authors(archive, found)
    said: list[remarks.Comment] = []
    for number, slide in enumerate(listed if listed is not None else (), start=1):
        ids = [str(held) for key, held in slide.attrib.items() if str(key).endswith("}id")]
        relation = found.get(ids[0] if ids else "")
        if relation is not None:
            shown = _Slide(archive, relation.target, number)
            pieces += shown.pieces()
            said += shown.remarks(authors)
            masters.update(dict.fromkeys(_masters(archive, relation.target)))
    told = [piece for name in masters for piece in _Slide(archive, name, None).marks()]
    commented = remarks.pieces(said, is_levelled=any(piece.level for piece in pieces))
    return Draft(MEDIA_TYPE, (*told, *pieces, *commented), properties(archive))


class _Paragraph(NamedTuple):
    """The words of a paragraph, whether it has a bullet (None if its placeholder decides), its depth in a list, and its
    bold words and links.
    """

    text: str
    is_bullet: bool | None
    depth: int
    lettered: tuple[Lettered, ...]


class _Slide:
    """One slide, layout or master, and the parts that it refers to."""

    def __init__(self, archive: Archive, part: str, number: int | None) -> None:
        self._archive, self._part = archive, part
        self._root = archive.xml(part)
        self._found = relations(archive, part)
        self._addresses = addresses(archive, part)
        self._number = number

    def pieces(self) -> Iterator[Piece]:
        """Yield the slide's title, then everything else in reading order, then its notes."""
        shapes = slide_order.ordered(child(self._root, "cSld", "spTree"), self._places())
        titles = [shape for shape, _ in shapes if _role(shape) in TITLES]
        others = [(shape, column) for shape, column in shapes if _role(shape) not in TITLES]
        heading = collapse(" ".join(one.text for shape in titles for one in _paragraphs(shape)))
        is_first = self._number == 1
        if heading or not is_first:  # without one, it would seem to go on with the slide before
            yield self._piece(heading or f"Slide {self._number}", BlockKind.HEADING, 1 if is_first else 2)
        for shape, column in others:
            for piece in self._shape(shape):
                yield replace(piece, column=column)
        yield from self._aside(self._root)
        for name in of_kind(self._found, "notesSlide"):
            yield from self._notes(self._archive.xml(name))

    def _places(self) -> dict[slide_order.Key, etree._Element]:
        """The placeholders of the slide's layout and master, by their number or kind; they give the positions of shapes
        that have none on the slide.
        """
        trees = [child(self._archive.xml(name), "cSld", "spTree") for name in _masters(self._archive, self._part)]
        return slide_order.placeholders(trees)

    def marks(self) -> Iterator[Piece]:
        """Yield the text that a layout or master shows on every slide. Each piece gets a ``reason``, so that it is
        removed as boilerplate. The text in placeholders of the layout or master is left out, since slides do not show
        it.
        """
        for shape in _shapes(child(self._root, "cSld", "spTree")):
            if local(shape) == "sp" and _role(shape) is None:
                yield from (Piece(one.text, reason=MASTER) for one in _paragraphs(shape))

    def _shape(self, shape: etree._Element) -> Iterator[Piece]:
        alt = collapse(_described(shape))
        if alt:
            yield self._piece(alt, reason="image description")
        if local(shape) == "graphicFrame":
            yield from self._graphic(shape)
            return
        role = _role(shape)
        for one in _paragraphs(shape, self._addresses):
            is_item = one.is_bullet if one.is_bullet is not None else role in {"body", "obj"}
            kind = BlockKind.ITEM if is_item else BlockKind.PARAGRAPH
            piece = self._piece(one.text, kind, reason=BOILERPLATE.get(role or ""))
            yield replace(piece, depth=one.depth, lettered=one.lettered)

    def _graphic(self, frame: etree._Element) -> Iterator[Piece]:
        """Yield the rows of a table, the rows of a chart, or the words of a diagram."""
        for table in frame.iter("{*}tbl"):
            lines = [rows.Row(line, number) for number, line in enumerate(_grid(table))]
            inline = [_inside(row, self._addresses) for row in table if local(row) == "tr"]
            for piece in rows.pieces(lines):
                lettered = inline[piece.page] if piece.page is not None else ()
                yield replace(piece, page=self._number, lettered=lettered)
        for element in frame.iter("{*}chart", "{*}relIds"):
            name = "id" if local(element) == "chart" else "dm"
            relation = self._found.get(value(element, name) or "", Relation("", ""))
            if relation.target in self._archive:
                for piece in drawing.drawn(self._archive.xml(relation.target)):
                    yield replace(piece, page=self._number)

    def remarks(self, authors: Mapping[str, str]) -> Iterator[remarks.Comment]:
        """Yield the comments on the slide and the replies to them; ``authors`` maps the ids of authors to their
        names.
        """
        for name in of_kind(self._found, "comments"):
            for comment in self._archive.xml(name).iter("{*}cm", "{*}reply"):
                author = authors.get(value(comment, "authorId") or "", "")
                plain, body = child(comment, "text"), child(comment, "txBody")
                texts = [collapse(plain.text or "")] if plain is not None else []
                held = [drawing.read(p) for p in (body if body is not None else ()) if local(p) == "p"]
                texts += [text.whole() for text in held]
                aside = tuple(self._piece(piece.text, reason=piece.reason) for text in held for piece in text.aside())
                yield remarks.Comment(author, tuple(filter(None, texts)), self._number, aside)

    def _notes(self, root: etree._Element) -> Iterator[Piece]:
        shapes = list(_shapes(child(root, "cSld", "spTree")))
        texts = [one.text for shape in shapes if _role(shape) not in BOILERPLATE for one in _paragraphs(shape)]
        if texts:
            yield self._piece("Notes", BlockKind.HEADING, 3)
        yield from (self._piece(text) for text in texts)
        yield from self._aside(root)

    def _aside(self, root: etree._Element) -> Iterator[Piece]:
        """Yield the struck-out words and footnote marks in the paragraphs of a part, with their reasons."""
        for paragraph in root.iter("{*}p"):
            for piece in drawing.read(paragraph).aside():
                yield replace(piece, page=self._number)

    def _piece(
        self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0, *, reason: str | None = None
    ) -> Piece:
        return Piece(text, kind, level, reason, page=self._number)


def _authors(archive: Archive, found: dict[str, Relation]) -> dict[str, str]:
    """The names of the people who commented, by their ids."""
    return {
        value(author, "id") or "": collapse(value(author, "name") or "")
        for kind in ("commentAuthors", "authors")
        for part in of_kind(found, kind)
        for author in archive.xml(part)
    }


def _masters(archive: Archive, slide: str) -> Iterator[str]:
    """Yield the names of the slide's master and layout, which are parts of the file."""
    for layout in of_kind(relations(archive, slide), "slideLayout"):
        yield from of_kind(relations(archive, layout), "slideMaster")
        yield layout


def _shapes(tree: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the shapes of a slide in the file's order; a group is replaced by its shapes."""
    for shape in tree if tree is not None else ():
        name = local(shape)
        if name == "grpSp":
            yield from _shapes(shape)
        elif name == "AlternateContent":
            yield from _shapes(child(shape, "Choice"))
        elif name in {"sp", "pic", "graphicFrame", "cxnSp"}:
            yield shape


def _role(shape: etree._Element) -> str | None:
    """The kind of placeholder that a shape is, such as "title"; None if it is not a placeholder."""
    settings = next(iter(shape), None)
    placeholder = child(settings, "nvPr", "ph")
    return None if placeholder is None else value(placeholder, "type") or "obj"


def _described(shape: etree._Element) -> str:
    """The description of a picture; empty for other shapes, since theirs say no more than "Rectangle 4"."""
    return value(child(shape, "nvPicPr", "cNvPr"), "descr") or "" if local(shape) == "pic" else ""


def _paragraphs(shape: etree._Element, addresses: Mapping[str, str] = MappingProxyType({})) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a shape that have words; ``addresses`` maps the ids of links to their addresses."""
    body = child(shape, "txBody")
    for paragraph in body if body is not None else ():
        if local(paragraph) == "p" and (text := (held := drawing.read(paragraph, addresses)).whole()):
            settings = child(paragraph, "pPr")
            marks = {local(mark) for mark in settings} if settings is not None else set()
            is_bullet = True if marks & {"buChar", "buAutoNum", "buBlip"} else False if "buNone" in marks else None
            yield _Paragraph(text, is_bullet, count(value(settings, "lvl")), held.lettered())


def _inside(row: etree._Element, addresses: Mapping[str, str]) -> tuple[Lettered, ...]:
    """The bold words and links in a row of a table; ``addresses`` maps the ids of links to their addresses."""
    cells = (cell for cell in row if local(cell) == "tc")
    found = (one for cell in cells for paragraph in _paragraphs(cell, addresses) for one in paragraph.lettered)
    return tuple(one._replace(at=-1) for one in found)


def _grid(table: etree._Element) -> Iterator[list[str]]:
    """Yield the texts of each row of a table; a cell that is merged over several rows has its text in each of them."""
    above: list[str] = []
    for row in table:
        if local(row) != "tr":
            continue
        line: list[str] = []
        for cell in (cell for cell in row if local(cell) == "tc"):
            if value(cell, "hMerge") in {"1", "true"}:
                line.append(rows.SAME)
            elif value(cell, "vMerge") in {"1", "true"} and len(line) < len(above):
                line.append(above[len(line)])
            else:
                line.append(collapse(" ".join(one.text for one in _paragraphs(cell))))
        yield line
        above = line
