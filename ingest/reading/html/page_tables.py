"""Turns an HTML table into a grid in which cells that span rows or columns keep their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from ingest.drafts import Box, Lettered, Piece, collapse
from ingest.reading import rows
from ingest.reading.archive import count
from ingest.reading.html.head import text_of

MOST = 1_000  # columns that a cell may span, the format's own limit


class Table:
    """Collects the rows of an HTML table while the table is read."""

    def __init__(self) -> None:
        self._rows: list[rows.Row] = []
        self._heads: set[int] = set()
        self._origins: dict[int, tuple[tuple[Box, ...], int, tuple[Lettered, ...]]] = {}
        self._lettered: list[Lettered] = []  # of the row in hand
        self._line: list[str] = []
        self._from_above: dict[int, tuple[int, str]] = {}  # by column: in how many more rows, and what
        self._for_below: dict[int, tuple[int, str]] = {}
        self._count = self._repeated = 0

    def cell(self, element: etree._Element, text: str, lettered: Sequence[Lettered] = ()) -> None:
        """Add the next cell of the current row; ``lettered`` are its bold words and links."""
        self._fill()
        self._lettered += (one._replace(at=-1) for one in lettered)
        down = count(element.get("rowspan"), 1)
        across = min(MOST, max(1, count(element.get("colspan"), 1)))
        self._count += across
        rows.limit(self._count)
        for number in range(across):
            column, said = len(self._line), rows.SAME if number else text
            self._from_above.pop(column, None)
            if down != 1:
                self._for_below[column] = (down - 1 if down > 0 else rows.CELLS, said)
            self._line.append(said)

    def end_row(self, row: etree._Element, path: tuple[Box, ...], linked: int) -> None:
        """End the current row; ``path`` are the boxes (elements of the page) around the row, ``linked`` is the number
        of characters of the row that are in links.
        """
        self._fill()
        while self._from_above:
            self._line.append("")
            self._fill()
        number = len(self._rows) + 1
        if _names_columns(row) and all(_is_short(held) or held.number in self._heads for held in self._rows):
            self._heads.add(number)
        self._rows.append(rows.Row(self._line, number))
        self._origins[number] = (path, linked, tuple(self._lettered))
        self._line, self._lettered = [], []
        self._from_above, self._for_below = self._for_below, {}

    def pieces(self) -> Iterator[Piece]:
        """Yield a piece for each row, with the columns' names in its text."""
        for piece in rows.pieces(self._rows, self._heads, is_page=True):
            path, linked, lettered = self._origins[piece.page or 0]
            linked = min(linked, len(piece.text))
            yield replace(piece, page=None, path=path, linked=linked, lettered=lettered)

    def _fill(self) -> None:
        """Add the cells from rows above that span into this row at the current position."""
        while (held := self._from_above.pop(len(self._line), None)) is not None:
            left, text = held
            if left > 1:
                self._for_below[len(self._line)] = (left - 1, text)
            self._line.append(text)
            self._count += 1
            self._repeated += len(text)
            rows.limit_repeated(self._repeated)


def holds_data(table: etree._Element) -> bool:
    """Whether a table holds data instead of arranging the page: it contains no other table, has several columns, and
    either names its columns or has only short cells.
    """
    if next(table.iterdescendants("table", "form", "h1", "h2", "h3"), None) is not None:
        return False
    lines = list(table.iter("tr"))
    is_named = len(lines) > 1 and any(_names_columns(line) for line in lines[:3])
    cells = table.iter("td", "th")
    return any(len(line) > 1 for line in lines) and (
        is_named or all(len(collapse(text_of(cell))) <= rows.LAID_OUT for cell in cells)
    )


def _names_columns(row: etree._Element) -> bool:
    parent = row.getparent()
    is_head = parent is not None and parent.tag == "thead"
    return is_head or (len(row) > 0 and all(cell.tag == "th" for cell in row))


def _is_short(row: rows.Row) -> bool:
    return sum(1 for cell in row.cells if cell and cell != rows.SAME) < 2
