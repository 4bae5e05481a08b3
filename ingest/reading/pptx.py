"""PowerPoint to a draft: slide by slide, its title as a heading, its notes under a heading of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Piece, collapse
from ingest.reading import pptx_order, rows
from ingest.reading.archive import Archive, child, count, local, value
from ingest.reading.package import Relation, main_part, of_kind, properties, relations

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TITLES = frozenset({"title", "ctrTitle"})
FURNITURE = {"dt": "date of the slide", "ftr": "running footer", "hdr": "running header", "sldNum": "slide number"}
MASTER = "slide master"
SERIES = 255  # of a chart, the program's own limit


def read(data: bytes) -> Draft:
    """A deck's slides in the order they are shown; ``page`` is the slide. Hidden slides are read as well.

    Raises:
        SourceError: no PowerPoint file, damaged, encrypted, or made to deceive.
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
    for number, slide in enumerate(listed if listed is not None else (), start=1):
        ids = [str(held) for key, held in slide.attrib.items() if str(key).endswith("}id")]
        relation = found.get(ids[0] if ids else "")
        if relation is not None:
            pieces += _Slide(archive, relation.target, number).pieces()
            masters.update(dict.fromkeys(_masters(archive, relation.target)))
    told = [piece for name in masters for piece in _Slide(archive, name, None).marks()]
    return Draft(MEDIA_TYPE, (*told, *pieces), properties(archive))


class _Slide:
    """One slide, layout or master, and the parts that it refers to."""

    def __init__(self, archive: Archive, part: str, number: int | None) -> None:
        self._archive, self._part = archive, part
        self._root = archive.xml(part)
        self._found = relations(archive, part)
        self._number = number

    def pieces(self) -> Iterator[Piece]:
        """The title, then everything else in order, then the notes."""
        shapes = pptx_order.ordered(child(self._root, "cSld", "spTree"), self._places())
        titles = [shape for shape in shapes if _role(shape) in TITLES]
        others = [shape for shape in shapes if _role(shape) not in TITLES]
        heading = collapse(" ".join(text for shape in titles for text, _ in _paragraphs(shape)))
        is_first = self._number == 1
        if heading or not is_first:  # without one, it would seem to go on with the slide before
            yield self._piece(heading or f"Slide {self._number}", BlockKind.HEADING, 1 if is_first else 2)
        for shape in others:
            yield from self._shape(shape)
        for name in of_kind(self._found, "notesSlide"):
            yield from self._notes(self._archive.xml(name))

    def _places(self) -> dict[pptx_order.Key, etree._Element]:
        """Where the layout and the master put what the slide only fills in."""
        trees = [child(self._archive.xml(name), "cSld", "spTree") for name in _masters(self._archive, self._part)]
        return pptx_order.placeholders(trees)

    def marks(self) -> Iterator[Piece]:
        """What a layout or master shows on every slide; its placeholders show nothing."""
        for shape in _shapes(child(self._root, "cSld", "spTree")):
            if local(shape) == "sp" and _role(shape) is None:
                yield from (Piece(text, reason=MASTER) for text, _ in _paragraphs(shape))

    def _shape(self, shape: etree._Element) -> Iterator[Piece]:
        alt = collapse(_described(shape))
        if alt:
            yield self._piece(alt, reason="image description")
        if local(shape) == "graphicFrame":
            yield from self._graphic(shape)
            return
        role = _role(shape)
        for text, is_bullet in _paragraphs(shape):
            is_item = is_bullet if is_bullet is not None else role in {"body", "obj"}
            kind = BlockKind.ITEM if is_item else BlockKind.PARAGRAPH
            yield self._piece(text, kind, reason=FURNITURE.get(role or ""))

    def _graphic(self, frame: etree._Element) -> Iterator[Piece]:
        """A table, a chart, or the words of a diagram."""
        for table in frame.iter("{*}tbl"):
            for piece in rows.pieces([rows.Row(line) for line in _grid(table)]):
                yield replace(piece, page=self._number)
        for element in frame.iter("{*}chart", "{*}relIds"):
            is_chart = local(element) == "chart"
            relation = self._found.get(value(element, "id" if is_chart else "dm") or "", Relation("", ""))
            if relation.target in self._archive:
                root = self._archive.xml(relation.target)
                for piece in _chart(root) if is_chart else map(Piece, _diagram(root)):
                    yield replace(piece, page=self._number)

    def _notes(self, root: etree._Element) -> Iterator[Piece]:
        shapes = list(_shapes(child(root, "cSld", "spTree")))
        texts = [text for shape in shapes if _role(shape) not in FURNITURE for text, _ in _paragraphs(shape)]
        if texts:
            yield self._piece("Notes", BlockKind.HEADING, 3)
        yield from (self._piece(text) for text in texts)

    def _piece(
        self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0, *, reason: str | None = None
    ) -> Piece:
        return Piece(text, kind, level, reason, page=self._number)


def _masters(archive: Archive, slide: str) -> Iterator[str]:
    """The layout of a slide and the master of that."""
    for layout in of_kind(relations(archive, slide), "slideLayout"):
        yield from of_kind(relations(archive, layout), "slideMaster")
        yield layout


def _shapes(tree: etree._Element | None) -> Iterator[etree._Element]:
    """The shapes of a tree in order, those of groups in their place."""
    for shape in tree if tree is not None else ():
        name = local(shape)
        if name == "grpSp":
            yield from _shapes(shape)
        elif name == "AlternateContent":
            yield from _shapes(child(shape, "Choice"))
        elif name in {"sp", "pic", "graphicFrame", "cxnSp"}:
            yield shape


def _role(shape: etree._Element) -> str | None:
    """The kind of placeholder that a shape is; None when it is none."""
    settings = next(iter(shape), None)
    placeholder = child(settings, "nvPr", "ph")
    return None if placeholder is None else value(placeholder, "type") or "obj"


def _described(shape: etree._Element) -> str:
    """A picture's description; shapes' own say no more than "Rectangle 4"."""
    return value(child(shape, "nvPicPr", "cNvPr"), "descr") or "" if local(shape) == "pic" else ""


def _paragraphs(shape: etree._Element) -> Iterator[tuple[str, bool | None]]:
    """The texts of a shape's paragraphs, each with whether it is bulleted; None when its placeholder decides."""
    body = child(shape, "txBody")
    for paragraph in body if body is not None else ():
        if local(paragraph) == "p" and (text := _text(paragraph)):
            settings = child(paragraph, "pPr")
            marks = {local(mark) for mark in settings} if settings is not None else set()
            is_bullet = True if marks & {"buChar", "buAutoNum", "buBlip"} else False if "buNone" in marks else None
            yield text, is_bullet


def _text(paragraph: etree._Element) -> str:
    parts = [
        (inner.text or "") if local(inner) == "t" else " " if local(inner) in {"br", "tab"} else ""
        for inner in paragraph.iter()
    ]
    return collapse("".join(parts).replace("\v", " "))


def _grid(table: etree._Element) -> Iterator[list[str]]:
    """The cells of a table; one that is merged downwards says the same in each of its rows."""
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
                line.append(collapse(" ".join(text for text, _ in _paragraphs(cell))))
        yield line
        above = line


def _diagram(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter("{*}p"):
        if text := _text(paragraph):
            yield text


def _chart(root: etree._Element) -> Iterator[Piece]:
    """A chart's titles, then a row for each category with the value of each series."""
    for title in root.iter("{*}title"):
        if text := collapse(" ".join(t.text or "" for t in title.iter("{*}t"))):
            yield Piece(text)
    names: list[str] = [""]
    lines: dict[int, list[str]] = {}
    for series in islice(root.iter("{*}ser"), SERIES):
        names.append(" ".join(text for _, text in _points(child(series, "tx"))))
        for index, text in [*_points(child(series, "cat")), *_points(child(series, "xVal"))]:
            lines.setdefault(index, [text])
        for index, text in [*_points(child(series, "val")), *_points(child(series, "yVal"))]:
            line = lines.setdefault(index, [str(index + 1)])
            line += [""] * (len(names) - 1 - len(line))
            line.append(text)
    head = rows.Row(names, 0)
    body = [rows.Row(line, number) for number, (_, line) in enumerate(sorted(lines.items()), start=1)]
    for piece in rows.pieces([head, *body], heads=(0,)) if body else ():
        yield replace(piece, page=None)


def _points(element: etree._Element | None) -> Iterator[tuple[int, str]]:
    for point in element.iter("{*}pt") if element is not None else ():
        held = child(point, "v")
        if held is not None and (text := collapse(held.text or "")):
            yield count(value(point, "idx")), re.sub(r"(\.\d*?[1-9])0{4,}\d*$|\.0+$", r"\1", text)
