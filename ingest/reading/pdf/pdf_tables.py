"""Turns rows of PDF tables into lines with their columns' names, by the positions of the cells.

The cells of a column overlap in their width. A name that spans several columns stands over their middle or at their
left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.types import BlockKind
from ingest.drafts import Lettered, Piece
from ingest.reading import rows
from ingest.reading.pdf.pdf_blocks import Block
from ingest.reading.pdf.pdf_lines import Cell, Line

# Not measured one by one; eval/benchmarks/tables.py holds their outcome, at 0.95 of the figures.
SHARED = 0.3  # of the narrower one's width: what overlaps as much stands in one column
ALIGNED = 2.0  # points by which what stands at one left edge may differ
MIDDLE = 0.4  # of a column's distance to the next: a name stands no further from the middle of its columns
BETWEEN = 1  # short paragraphs after which a table may go on: the line that says so on the next page

Column = tuple[float, float]


class _Before(NamedTuple):
    """The previous table: the left and right ends of its columns, and the rows that name them."""

    columns: list[Column]
    heads: list[Sequence[str]]


NONE = _Before([], [])


def named(blocks: Sequence[Block], pieces: Sequence[Piece]) -> list[Piece]:
    """Return all pieces, with the columns' names written into the rows of tables. Consecutive rows form a table; if a
    table continues on the next page, its columns keep their names.

    ``pieces`` has one piece for each of the ``blocks``.
    """
    told: list[Piece] = []
    run: list[Line] = []
    before, between = NONE, 0
    for block, piece in zip(blocks, pieces, strict=True):
        is_row = piece.kind is BlockKind.ROW and not piece.reason
        if run and (not is_row or run[-1].page != piece.page):
            made, before = _table(run, before)
            told += (*made, *_aside(run))
            run, between = [], 0
        if is_row:
            run.append(block[0])
            continue
        told += (piece, *_aside(block))
        if not piece.reason:
            between += 1
            if between > BETWEEN or len(piece.text) > rows.LABEL or piece.kind is BlockKind.HEADING:
                before = NONE
    return [*told, *_table(run, before)[0], *_aside(run)] if run else told


def _aside(lines: Sequence[Line]) -> Iterator[Piece]:
    return (replace(piece, page=line.page) for line in lines for piece in line.aside)


def _table(lines: Sequence[Line], before: _Before) -> tuple[list[Piece], _Before]:
    """Return a piece for each row of a table, and the table's columns and their names, which are needed if the next
    table continues this one. ``before`` is the previous table.
    """
    goes_on = bool(before.heads) and _fits(lines, before.columns)
    columns = before.columns if goes_on else _columns([line.parts for line in lines])
    grid = list(_grid(lines, columns))
    heads: set[int] = set()
    repeated = len(before.heads) if goes_on and grid[: len(before.heads)] == before.heads else 0
    above: list[Sequence[str]] = []
    numbered = [rows.Row(cells, number) for number, cells in enumerate(grid, start=1)]
    if repeated:
        heads = set(range(1, repeated + 1))
    elif lines[0].bold and not all(line.bold for line in lines):
        heads = {1}
    elif goes_on and not rows.is_head(numbered, is_page=True):
        above = before.heads
        heads = set(range(1 - len(above), 1))
    lead = [rows.Row(cells, number) for number, cells in enumerate(above, start=1 - len(above))]
    told = list(rows.pieces([*lead, *numbered], heads, is_page=True))
    own: list[Sequence[str]] = [
        grid[piece.page - 1] for piece in told if piece.reason == rows.HEAD and piece.page and piece.page > 0
    ]
    made = [
        replace(piece, page=lines[0].page, lettered=_inline(lines, piece))
        for piece in told
        if piece.page is None or piece.page > 0
    ]
    return made, _Before(columns, own or above)


def _inline(lines: Sequence[Line], row: Piece) -> tuple[Lettered, ...]:
    """The bold words and links of a row; ``row.page`` is the index of the row's line in ``lines``, counted from 1."""
    lettered = lines[row.page - 1].lettered if row.page else ()
    return tuple(one._replace(at=-1) for one in lettered)


def _fits(lines: Sequence[Line], columns: Sequence[Column]) -> bool:
    """Whether every cell is inside one of these columns, and no two cells of a row are in the same column."""
    for line in lines:
        hits = [_nearest(cell, columns) for cell in line.parts if any(_is_in(cell, column) for column in columns)]
        if len(set(hits)) < len(line.parts):
            return False
    return True


def _columns(lines: Sequence[Sequence[Cell]]) -> list[Column]:
    """The left and right end of each column, from the cells in the rows below the columns' names."""
    lead = 0 if len(lines) < 3 else 2 if len(lines) > 3 and len(lines[0]) < len(lines[1]) else 1
    columns: list[Column] = []
    for cell in sorted((cell for line in lines[lead:] for cell in line), key=lambda cell: cell.right - cell.left):
        hits = [i for i, column in enumerate(columns) if _is_in(cell, column)]
        if not hits:
            columns.append((cell.left, cell.right))
        elif len(hits) == 1:
            left, right = columns[hits[0]]
            columns[hits[0]] = (min(left, cell.left), max(right, cell.right))
    for line in lines[:lead]:
        if len(line) > len(columns):  # columns with a name and no figures
            columns += [(cell.left, cell.right) for cell in line if not any(_is_in(cell, column) for column in columns)]
    return sorted(columns)


def _is_in(cell: Cell, column: Column) -> bool:
    left, right = column
    shared = min(cell.right, right) - max(cell.left, left)
    return shared > SHARED * min(cell.right - cell.left, right - left)


def _nearest(cell: Cell, columns: Sequence[Column]) -> int:
    """The index of the column that shares most width with the cell, or that is nearest to it if none shares any."""
    return max(range(len(columns)), key=lambda i: min(cell.right, columns[i][1]) - max(cell.left, columns[i][0]))


def _grid(lines: Sequence[Line], columns: Sequence[Column]) -> Iterator[list[str]]:
    """Yield for each row the texts of its cells, one for each column. A row's name that also applies to the rows below
    it is repeated in them.
    """
    placed = [_placed(line.parts, columns) for line in lines]
    if len(placed) > 2 and len(lines[0].parts) < len(columns):
        placed[0] = _over(lines[0].parts, lines[1].parts, placed, columns)
    first = ""
    for number, cells in enumerate(placed):
        goes_on = not cells[0] and first and number > 1 and len(cells) > 2 and bool(cells[1])
        if goes_on and not rows.is_figure(cells[1]):
            cells[0] = first
        first = cells[0]
        yield cells


def _placed(cells: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    line = [""] * len(columns)
    for number, cell in enumerate(cells):
        column = number if len(cells) == len(columns) else _nearest(cell, columns)
        line[column] = f"{line[column]} {cell.text}".strip()
    return line


def _over(
    cells: Sequence[Cell], below: Sequence[Cell], placed: Sequence[list[str]], columns: Sequence[Column]
) -> list[str]:
    """The first row of a table if its names span several columns each: each name in its first column, and ``rows.SAME``
    in the others; else the first row unchanged. ``below`` is the second row, ``placed`` are the texts of all rows by
    column.
    """
    lefts = {_nearest(cell, columns): cell.left for cell in below}
    if all(
        abs(lefts.get(column, cell.left) - cell.left) <= ALIGNED
        for cell in cells
        for column in (_nearest(cell, columns),)
    ):
        return placed[0]
    middles = [(left + right) / 2 for left, right in columns]
    pitch = (middles[-1] - middles[0]) / max(1, len(middles) - 1)
    line = [""] * len(columns)
    groups: dict[Cell, list[int]] = {cell: [] for cell in cells}
    wide = [cell for cell in cells if placed[1][_nearest(cell, columns)] or not _covers(cell, columns)]
    for column, middle in enumerate(middles):
        alone = [cell for cell in cells if cell not in wide and _nearest(cell, columns) == column]
        if alone:
            groups[alone[0]].append(column)
        elif wide and placed[1][column]:
            groups[min(wide, key=lambda cell: abs((cell.left + cell.right) / 2 - middle))].append(column)
    for cell, group in groups.items():
        middle = (cell.left + cell.right) / 2
        while len(group) > 1 and abs((middles[group[0]] + middles[group[-1]]) / 2 - middle) > MIDDLE * pitch:
            group.remove(max((group[0], group[-1]), key=lambda column: abs(middles[column] - middle)))
        for place, column in enumerate(group or [_nearest(cell, columns)]):
            line[column] = rows.SAME if place else cell.text
    return line


def _covers(cell: Cell, columns: Sequence[Column]) -> bool:
    return any(_is_in(cell, column) for column in columns)
