"""Turns OpenDocument sheets and presentations into a draft, with the help of the reader of OpenDocument text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Piece, collapse
from ingest.reading import remarks, rows
from ingest.reading.archive import ENCRYPTED, Archive, child, count, local, value
from ingest.reading.lettering import STRUCK
from ingest.reading.office import odt, slide_order

MOST_ROWS = 1_000  # times that a row with words is repeated: a bound, since a few bytes can ask for a million


def read_sheet(data: bytes) -> Draft:
    """Read an OpenDocument spreadsheet as a draft: the rows of each sheet under the sheet's name, with the columns'
    names in each row.

    Raises:
        SourceError: the file is not an OpenDocument spreadsheet, or is damaged, encrypted or malicious.
    """
    archive, body = _body(data, "spreadsheet")
    walk = _walk(body)
    pieces: list[Piece] = []
    for table in body.iterchildren("{*}table"):
        aside: list[Piece] = []
        lines = list(_lines(table, walk, aside))
        pieces.append(Piece(value(table, "name") or "Sheet", BlockKind.HEADING, 2))
        pieces += (*rows.pieces(lines), *aside)
    told = remarks.pieces(walk.remarks, is_levelled=True)
    return Draft("application/vnd.oasis.opendocument.spreadsheet", (*pieces, *told), odt._metadata(archive))


def read_deck(data: bytes) -> Draft:
    """Read an OpenDocument presentation as a draft: its slides with their notes; a piece's ``page`` is the slide's
    number.

    Raises:
        SourceError: the file is not an OpenDocument presentation, or is damaged, encrypted or malicious.
    """
    archive, body = _body(data, "presentation")
    walk = _walk(body)
    pieces = [piece for n, page in enumerate(body.iterchildren("{*}page"), 1) for piece in _slide(page, n, walk)]
    told = remarks.pieces(walk.remarks, is_levelled=True)
    return Draft("application/vnd.oasis.opendocument.presentation", (*pieces, *told), odt._metadata(archive))


def _body(data: bytes, kind: str) -> tuple[Archive, etree._Element]:
    archive = Archive(data)
    if odt.MANIFEST in archive and next(archive.xml(odt.MANIFEST).iter("{*}encryption-data"), None) is not None:
        raise SourceError(ENCRYPTED)
    body = child(archive.xml("content.xml"), "body", kind)
    if body is None:
        raise SourceError(f"it is no OpenDocument {kind}, whatever its extension says.")
    return archive, body


def _walk(body: etree._Element) -> odt._OdtWalk:
    root = body.getroottree().getroot()
    return odt._OdtWalk({}, odt._looks(root), odt._bold(root))


def _lines(table: etree._Element, walk: odt._OdtWalk, aside: list[Piece]) -> Iterator[rows.Row]:
    """Yield the rows of a sheet; pieces of its cells that are not content, such as struck-out words, are added to
    ``aside``.
    """
    number = held = 0
    for row in odt._rows(table):
        cells = [(cell, _shown(cell, walk, aside)) for cell in odt._cells(row)]
        repeated = max(1, count(value(row, "number-rows-repeated"), 1))
        line: list[str] = []
        for cell, text in cells:
            times = max(1, count(value(cell, "number-columns-repeated"), 1))
            line += [text] * min(times, odt.COLUMNS - len(line))
        for _ in range(min(repeated, MOST_ROWS) if any(line) else 0):
            number += 1
            held += len(line)
            rows.limit(held)
            yield rows.Row(line, number)
        number += 0 if any(line) else repeated


def _shown(cell: etree._Element, walk: odt._OdtWalk, aside: list[Piece]) -> str:
    """The text that a cell shows, or its value if it has no text; pieces that are not content are added to
    ``aside``.
    """
    pieces = list(walk.blocks(cell, STRUCK if walk.look(cell).struck else None))
    aside += (piece for piece in pieces if piece.reason)
    text = " ".join(piece.text for piece in pieces if not piece.reason)
    if text or pieces:
        return text
    return next((told for name in ("string-value", "date-value", "value") if (told := value(cell, name))), "")


def _slide(page: etree._Element, number: int, walk: odt._OdtWalk) -> Iterator[Piece]:
    """Yield the title of a slide, then its frames in reading order, then its notes."""
    frames = _frames(one for one in page if local(one) not in {"notes", "forms", "animations", "par"})
    titles = [frame for frame, _ in frames if value(frame, "class") in {"title"}]
    heading = " ".join(piece.text for frame in titles for piece in walk.blocks(frame) if not piece.reason)
    if heading or number > 1:
        yield Piece(heading or f"Slide {number}", BlockKind.HEADING, 1 if number == 1 else 2, page=number)
    for frame, column in frames:
        if frame not in titles:
            is_list = value(frame, "class") in {"outline", "object"}
            for piece in walk.blocks(frame, depth=int(is_list)):
                yield replace(piece, page=number, column=column)
    notes = child(page, "notes")
    told = [piece for piece in walk.blocks(notes) if piece.text != "<number>"] if notes is not None else []
    if told:
        yield Piece("Notes", BlockKind.HEADING, 3, page=number)
    yield from (replace(piece, page=number) for piece in told)


def _frames(found: Iterable[etree._Element]) -> list[slide_order.Shape]:
    """The frames of a slide in reading order, each with the number of its column; from top to bottom if a size is
    unknown.
    """
    boxes = []
    for frame in found:
        left, top, width, height = (_length(value(frame, name)) for name in ("x", "y", "width", "height"))
        boxes.append(slide_order.ShapeBox([(frame, 0)], left, top, left + width, top + height))
    if all(box.right > box.left and box.bottom > box.top for box in boxes):
        return slide_order.arranged(boxes)
    return [box.shapes[0] for box in sorted(boxes, key=lambda box: (box.top, box.left))]


def _length(text: str | None) -> float:
    """The number in a length such as "2.5cm", without its unit, since a file uses only one; 0.0 if there is none."""
    digits = collapse(text or "").rstrip("cmintpx%")
    try:
        return float(digits)
    except ValueError:
        return 0.0
