"""Turns an Excel file into a draft: each row of each sheet becomes a line with its columns' names."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Piece, collapse
from ingest.reading import remarks, rows
from ingest.reading.archive import SAFELY, Archive, bounded, check, child, count, local, refuse, value
from ingest.reading.lettering import STRUCK, Text
from ingest.reading.office import drawing, number_formats, symbols
from ingest.reading.office.docx_styles import is_on
from ingest.reading.office.package import Relation, main_part, of_kind, properties, relations

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Cells up to the last of a row for each that may be filled: empty ones cost a tenth of what filled ones do; a guess.
SPARSE = 10
NO_VALUE = " (formula, no saved value)"
UNSAVED = "formula without a saved value"  # shown as it is; a program that saves the file works it out
COLUMNS, LINES = 16_384, 1_048_576  # the format's own limits
DEFAULT = re.compile(r"(?:sheet|tabelle|feuil|hoja|blad|foglio|ark|planilha|munka|arkusz|лист)\s*\d*", re.IGNORECASE)
CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read(data: bytes) -> Draft:
    """Read an Excel file as a draft: the rows of each sheet under its name. Hidden sheets, which often hold lists for
    forms, are marked as boilerplate.

    A formula is shown as the value it had when the file was saved, or as the formula itself if no value was saved.

    Raises:
        SourceError: the file is not an Excel file, is damaged, encrypted or malicious, or has more than a million
            cells.
    """
    archive = Archive(data)
    part = main_part(archive, "xl/workbook.xml")
    workbook = archive.xml(part)
    listed = child(workbook, "sheets")
    if local(workbook) != "workbook" or listed is None:
        raise SourceError("it is no Excel workbook, whatever its extension says.")
    found = relations(archive, part)
    book = _Book(archive, workbook, found)
    pieces: list[Piece] = []
    said: list[remarks.Comment] = []
    sheets = [sheet for sheet in listed if local(sheet) == "sheet"]
    for sheet in sheets:
        relation = found.get(value(sheet, "id") or "", Relation("", ""))
        if relation.kind != "worksheet":
            pieces.append(Piece("", reason="sheet of another kind, such as a chart alone, that is not read"))
            continue
        name = collapse(value(sheet, "name") or "")
        reason = "hidden sheet" if value(sheet, "state") in {"hidden", "veryHidden"} else None
        lines = [replace(piece, reason=reason or piece.reason) for piece in book.lines(relation.target)]
        if lines and name and not (len(sheets) == 1 and DEFAULT.fullmatch(name)):
            pieces.append(Piece(name, BlockKind.HEADING, 2, reason))
        pieces += lines
        said += book.remarks(relation.target)
    told = remarks.pieces(said, is_levelled=any(piece.level for piece in pieces))
    return Draft(MEDIA_TYPE, (*pieces, *told), properties(archive))


@dataclass
class _Sheet:
    """The cells of a sheet as they are shown (``cells[row][column]``, rows from 1, columns from 0), its merged areas,
    and the numbers of the rows that the file marks as columns' names (``heads``).
    """

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    heads: set[int] = field(default_factory=set)
    aside: list[Piece] = field(default_factory=list)  # what is struck out in its cells


class _Font(NamedTuple):
    """The name of a cell's font in lower case, and whether its words are struck out."""

    name: str = ""
    struck: bool = False


PLAIN = _Font()


class _Book:
    """Reads the sheets of a workbook, and holds what their cells refer to: shared texts and formats."""

    def __init__(self, archive: Archive, workbook: etree._Element, found: dict[str, Relation]) -> None:
        self._archive = archive
        self._count = 0
        self._is_1904 = value(child(workbook, "workbookPr"), "date1904") in {"1", "true"}
        strings = next(of_kind(found, "sharedStrings"), "")
        read = [_read(item) for item in archive.xml(strings)] if strings in archive else []
        self._strings = [_unescape(text.whole()) for text in read]
        self._aside = {index: aside for index, text in enumerate(read) if (aside := list(text.aside(_unescape)))}
        self._people = {
            value(person, "id") or "": collapse(value(person, "displayName") or "")
            for name in of_kind(found, "person")
            for person in archive.xml(name)
        }
        styles = next(of_kind(found, "styles"), "")
        styled = archive.xml(styles) if styles in archive else None
        self._codes = _codes(styled) if styled is not None else []
        self._fonts = _fonts(styled) if styled is not None else []

    def lines(self, part: str) -> Iterator[Piece]:
        """Yield the rows of a sheet, each with its columns' names, and the words of the sheet's drawings. ``part`` is
        the path of the sheet's XML inside the Excel file, such as ``xl/worksheets/sheet1.xml``.
        """
        sheet = self._sheet(part)
        for name in of_kind(relations(self._archive, part), "table"):
            table = self._archive.xml(name)
            if (area := _area(value(table, "ref") or "")) and value(table, "headerRowCount") != "0":
                sheet.heads.add(area[0])
        _merge(sheet)
        rows.limit(sum(max(cells) + 1 for cells in sheet.cells.values()) // SPARSE)
        grid = []
        for number, cells in sorted(sheet.cells.items()):
            if cells:
                line = [""] * (max(cells) + 1)
                for column, text in cells.items():
                    line[column] = text
                grid.append(rows.Row(line, number))
        yield from rows.pieces(grid, sheet.heads)
        yield from sheet.aside
        for name in of_kind(relations(self._archive, part), "drawing"):
            yield from self._drawn(name)

    def _drawn(self, part: str) -> Iterator[Piece]:
        """Yield the words of a sheet's text boxes and the titles of its charts; the charts' figures are in the cells
        anyway. ``part`` is the path of the drawing's XML inside the Excel file.
        """
        root = self._archive.xml(part)
        yield from drawing.boxes(root)
        for name in of_kind(relations(self._archive, part), "chart"):
            yield from drawing.titles(self._archive.xml(name))

    def remarks(self, part: str) -> Iterator[remarks.Comment]:
        """Yield the comments on a sheet's cells. ``part`` is the path of the sheet's XML inside the Excel file, such as
        ``xl/worksheets/sheet1.xml``.

        Excel stores comments that people can reply to ("threaded comments") a second time in an old form, for older
        programs. If a sheet has threaded comments, only these are read.
        """
        found = relations(self._archive, part)
        threads = list(of_kind(found, "threadedComment"))
        for name in threads:
            for comment in self._archive.xml(name):
                text = child(comment, "text")
                author = self._people.get(value(comment, "personId") or "", "")
                yield _remark(comment, author, (text.text or "") if text is not None else "")
        for name in of_kind(found, "comments") if not threads else ():
            root = self._archive.xml(name)
            authors = [collapse(author.text or "") for author in root.iter("{*}author")]
            for comment in root.iter("{*}comment"):
                number, text = count(value(comment, "authorId"), -1), child(comment, "text")
                author = authors[number] if 0 <= number < len(authors) else ""
                held = _read(text) if text is not None else Text()
                yield _remark(comment, author, held.whole())._replace(aside=tuple(held.aside(_unescape)))

    def _sheet(self, part: str) -> _Sheet:
        """Read a sheet row by row, so that a large one is never held in memory as a tree. ``part`` is the path of the
        sheet's XML inside the Excel file.
        """
        sheet, row = _Sheet(), 0
        walk = etree.iterparse(
            io.BytesIO(bounded(self._archive.read(part), part)),
            events=("end",),
            tag=("{*}row", "{*}pane", "{*}mergeCell"),
            **SAFELY,
        )
        try:
            for _, element in walk:
                name = local(element)
                if name == "row":
                    row = count(value(element, "r"), row + 1)
                    if not 0 < row <= LINES:
                        raise SourceError(f"its part {part} has a row {row}, which no sheet has.")
                    if not sheet.cells:
                        check(element, part)
                    if cells := self._row(element, row, sheet.aside):
                        sheet.cells.setdefault(row, {}).update(cells)
                    _forget(element)
                elif name == "pane" and value(element, "state") in {"frozen", "frozenSplit"}:
                    sheet.heads.add(count(value(element, "ySplit")))
                elif name == "mergeCell" and (area := _area(value(element, "ref") or "")):
                    sheet.merged.append(area)
        except etree.XMLSyntaxError as exc:
            refuse(part, exc)
        return sheet

    def _row(self, row: etree._Element, number: int, aside: list[Piece]) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        for cell in row:  # the attributes of cells have no namespace
            place = CELL.fullmatch(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if local(cell) != "c" or column >= COLUMNS:
                continue
            text, font = self._text(cell), self._font(cell)
            text = symbols.shown(font.name, text) if text and font.name in symbols.FONTS else text
            if text and font.struck:
                aside.append(Piece(text, reason=STRUCK, page=number))
            elif text:
                cells[column] = text
            if text.endswith(NO_VALUE) and child(cell, "f") is not None:
                aside.append(Piece("", reason=UNSAVED, page=number))
            if self._aside or cell.get("t") == "inlineStr":
                aside += (replace(piece, page=number) for piece in self._aside_of(cell))
        self._count += len(cells)
        rows.limit(self._count)
        return cells

    def _font(self, cell: etree._Element) -> _Font:
        style = count(cell.get("s"))
        return self._fonts[style] if 0 <= style < len(self._fonts) else PLAIN

    def _aside_of(self, cell: etree._Element) -> list[Piece]:
        """The struck-out words and footnote marks inside a cell's text, as pieces with a reason."""
        if cell.get("t") == "s":
            text = next((held.text for held in cell if local(held) == "v"), None)
            return self._aside.get(count(text, -1), [])
        inline = child(cell, "is") if cell.get("t") == "inlineStr" else None
        return list(_read(inline).aside(_unescape)) if inline is not None else []

    def _text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        text = next((held.text or "" for held in cell if local(held) == "v"), "")
        formula = child(cell, "f") if not text and kind != "str" else None
        if formula is not None:
            return f"={collapse(formula.text or '') or ' (formula)'}{NO_VALUE}"
        if kind == "inlineStr":
            inline = child(cell, "is")
            return _unescape(_read(inline).whole()) if inline is not None else ""
        if kind == "s":
            index = count(text, -1)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(text, "")
        if kind == "e":  # such as #N/A: there is no value
            return ""
        return self._number(text, count(cell.get("s"))) if kind == "n" else _unescape(text)

    def _number(self, text: str, style: int) -> str:
        try:
            number = float(text)
        except ValueError:
            return collapse(text)
        if not math.isfinite(number):
            return ""
        code = self._codes[style] if 0 <= style < len(self._codes) else ""
        if code:
            return collapse(number_formats.shown(number, code, is_1904=self._is_1904))
        return number_formats.general(number)


def _forget(row: etree._Element) -> None:
    """Free the memory of a row that has been read, and of the emptied rows before it."""
    row.clear()
    parent = row.getparent()
    while parent is not None and row.getprevious() is not None:
        del parent[0]


def _merge(sheet: _Sheet) -> None:
    """Fill merged cells: the text stands in the first column of each row of the area; the columns on its
    right repeat it.
    """
    last = max((column for cells in sheet.cells.values() for column in cells), default=0)
    merged = 0
    for top, left, bottom, right in sheet.merged:
        text = sheet.cells.get(top, {}).get(left)
        merged += max(0, bottom - top + 1) * max(1, min(right, last) - left + 1)
        if not text or merged > rows.CELLS:  # more than people merge, and no word is lost
            continue
        for number in range(top, bottom + 1):
            cells = sheet.cells.get(number)
            if not cells:
                continue
            cells.setdefault(left, text)
            for column in range(left + 1, min(right, last) + 1):
                cells[column] = rows.SAME


def _remark(comment: etree._Element, author: str, text: str) -> remarks.Comment:
    """Make a comment on a cell; its text begins with the cell's name, as in "B2: ..."."""
    words, cell = _unescape(text), value(comment, "ref") or ""
    return remarks.Comment(author, (f"{cell}: {words}" if cell else words,) if words else ())


def _read(item: etree._Element) -> Text:
    """The words of a shared or inline text with their formatting, without the pronunciation given for East
    Asian words.
    """
    held = Text()
    for inner in item:
        name = local(inner)
        if name == "t":
            held.add(inner.text or "")
        elif name == "r":
            settings, text = child(inner, "rPr"), child(inner, "t")
            raised = value(child(settings, "vertAlign")) == "superscript"
            words = (text.text if text is not None else "") or ""
            held.add(words, struck=is_on(child(settings, "strike")), raised=raised)
    return held


def _fonts(styles: etree._Element) -> list[_Font]:
    """The font of each cell style, by the style's index."""
    listed, styled = child(styles, "fonts"), child(styles, "cellXfs")
    fonts = [
        _Font((value(child(font, "name")) or "").lower(), is_on(child(font, "strike")))
        for font in (listed if listed is not None else ())
    ]
    ids = (count(value(style, "fontId")) for style in (styled if styled is not None else ()))
    return [fonts[id] if 0 <= id < len(fonts) else PLAIN for id in ids]


def _unescape(text: str) -> str:
    return collapse(ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\0", " "))


def _codes(styles: etree._Element) -> list[str]:
    """The number format of each cell style, by the style's index; empty for the format General."""
    formats = child(styles, "numFmts")
    own = {
        count(value(f, "numFmtId")): value(f, "formatCode") or "" for f in (formats if formats is not None else ())
    }  # fmt: skip
    styled = child(styles, "cellXfs")
    ids = [count(value(style, "numFmtId")) for style in (styled if styled is not None else ())]
    codes = [own.get(id, number_formats.BUILT_IN.get(id, "")) for id in ids]
    return ["" if len(code) > 255 or code.lower() in {"general", "@"} else code for code in codes]


@cache
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _area(ref: str) -> tuple[int, int, int, int] | None:
    """The top row, left column, bottom row and right column of an area such as "A1:C3"; rows count from 1, columns from
    0. None if it is not an area.
    """
    corners = [CELL.fullmatch(corner) for corner in ref.split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return None
    first, last = corners[0], corners[1]
    return int(first[2]), _column(first[1]), min(LINES, int(last[2])), min(COLUMNS - 1, _column(last[1]))
