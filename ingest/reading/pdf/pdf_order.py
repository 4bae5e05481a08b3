"""Puts the lines of a page into reading order: columns one after the other, each table row as one line.

Columns are found by the positions at which lines begin. A table differs from columns in two ways: its cells are drawn
alternately on one side and the other, and their texts do not continue as sentences do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, pairwise

from ingest.reading.pdf.pdf_lines import Cell, Line, joined

MARKER = re.compile(r"[-*•‣▪◦○●■□–—o]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{2,4})[.)]?")
# Not measured one by one; tests/test_reading_pdf.py and eval/benchmarks/formats.py hold their outcome.
CLOSE = 1.7  # times the type size: lines of one cell stand no further apart
FAR = 3.5  # times the type size: nor do rows of one table
NEAR = 0.6  # of the type size: parts of one line that were not drawn one after the other stand no further apart
MOST = 3_000  # lines of a page: one with more is a drawing, and is left in the order in which it was drawn
DEEPEST = 5  # times that a page is parted: columns in columns; a bound, since each is a call within a call
PARTS = 100  # of a page, or of a part of it, that are told apart
INDENT = 4.0  # of the type size: an item's text stands no further from its marker
LEAST = 3  # lines in a column
PROSE = 15  # characters a line on average: below, it is a column of a table
GOES_ON = 0.25  # of a column's lines begin in lower case


def arrange(lines: Sequence[Line], depth: int = 0) -> list[Line]:
    """The lines of a page, or of a part of it, in reading order; ``depth`` says how many times the page has been split
    to get this part, 0 for a whole page.
    """
    if len(lines) > MOST:
        return list(lines)
    if depth < DEEPEST and (parted := _columns(lines, depth)) is not None:
        return parted
    return _whole(lines)


def _columns(lines: Sequence[Line], depth: int) -> list[Line] | None:
    """The lines in reading order if some of them are in columns side by side; None if none are."""
    gutter = _gutter(lines)
    if gutter is None:
        return None
    ordered: list[Line] = []
    across: list[Line] = []
    is_parted = False
    number = 0  # of the parts: those across the page, and the columns
    for is_wide, band in _bands(lines, gutter):
        left = [line for line in band if line.right <= gutter]
        right = [line for line in band if line.left >= gutter]
        if is_wide or not _are_columns(left, right):
            across += band
            continue
        is_parted = True
        for part in (_whole(across), arrange(left, depth + 1), arrange(right, depth + 1)):
            ordered += _numbered(part, number)
            number += 1
        across = []
    return [*ordered, *_numbered(_whole(across), number)] if is_parted else None


def _numbered(lines: Iterable[Line], number: int) -> Iterator[Line]:
    """Yield the lines; each line's column number is extended by ``number``, the number of the part of the page that it
    is in.
    """
    return (replace(line, column=line.column * PARTS + number) for line in lines)


def _whole(lines: Sequence[Line]) -> list[Line]:
    """The rows of a column from top to bottom, each with the position of the column's right edge (``edge``)."""
    edge = max((line.right for line in lines), default=0.0)
    return [replace(line, edge=edge) for line in _rows(lines)]


def _gutter(lines: Sequence[Line]) -> float | None:
    """The horizontal position at which a second column may begin: most text ends before it or begins after it. None if
    there is no such position.
    """
    starts = Counter(round(line.left / 2) * 2 for line in lines)
    ends_before = _running_total((line.right, len(line.text)) for line in lines)
    begins_after = _running_total((-line.left, len(line.text)) for line in lines)
    best, place = 0, None
    for start in (start for start, count in starts.items() if count >= LEAST):
        at = start - 2.0
        if (score := min(ends_before(at), begins_after(-at))) > best:
            best, place = score, at
    return place


def _running_total(weights: Iterable[tuple[float, int]]) -> Callable[[float], int]:
    """Return a function that gives the sum of the weights at all positions up to a given one; ``weights`` are pairs of
    a position and a weight.
    """
    ordered = sorted(weights)
    places = [place for place, _ in ordered]
    totals = [0, *accumulate(weight for _, weight in ordered)]
    return lambda at: totals[bisect_right(places, at)]


def _bands(lines: Sequence[Line], gutter: float) -> Iterator[tuple[bool, list[Line]]]:
    """Split the lines, from the top down, into groups that cross the gutter (True) and groups that do not (False)."""
    from_top = sorted(lines, key=lambda line: line.bottom)
    for is_wide, stretch in groupby(from_top, key=lambda line: line.left < gutter < line.right):
        yield is_wide, list(stretch)


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether both sides are columns of running text next to each other, and not the cells of a table."""
    if min(len(left), len(right)) < LEAST or not _are_beside(left, right):
        return False
    if min(_length(left), _length(right)) < PROSE:
        return False
    sides = sorted([(line.drawn, False) for line in left] + [(line.drawn, True) for line in right])
    turns = sum(one[1] != other[1] for one, other in pairwise(sides))
    if turns <= 1 or (turns <= 3 and min(len(left), len(right)) > 8 * LEAST):  # a heading drawn last does no harm
        return True
    is_by_line = turns >= 0.8 * (2 * min(len(left), len(right)) - 1)
    return is_by_line and min(_going_on(left), _going_on(right)) >= GOES_ON


def _are_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    tops = [min(line.top for line in side) for side in (left, right)]
    bottoms = [max(line.bottom for line in side) for side in (left, right)]
    heights = [bottom - top for top, bottom in zip(tops, bottoms, strict=True)]
    return min(bottoms) - max(tops) >= 0.5 * min(heights)


def _length(lines: Sequence[Line]) -> float:
    return sum(len(line.text) for line in lines) / len(lines)


def _going_on(lines: Sequence[Line]) -> float:
    return sum(line.text[0].islower() for line in lines) / len(lines)


def _rows(lines: Iterable[Line]) -> list[Line]:
    """The rows from the top down; lines at the same height are joined, and the rows of a table have cells."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.bottom, line.left)):
        if rows and _in_row(rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = [_cells(sorted(row, key=lambda line: line.left)) for row in rows]
    told: list[Line] = []
    for is_table, group in _tables(ordered):
        if is_table and not _is_stretched(group):
            told += _table(group)
        else:
            told += [joined(row) for row in group]
    return told


def _is_stretched(rows: Sequence[list[Line]]) -> bool:
    """Whether the rows are a single line of text with wide gaps, and no table."""
    return len(rows) == 1 and all(line.left - before.right <= 2 * line.size for before, line in pairwise(rows[0]))


def _in_row(row: Sequence[Line], line: Line) -> bool:
    """Whether the line is at the height of the row, beside all lines that are in it."""
    return all(
        min(other.bottom, line.bottom) - max(other.top, line.top)
        >= 0.5 * min(other.bottom - other.top, line.bottom - line.top)
        and (line.left >= other.right - 0.3 * line.size or line.right <= other.left + 0.3 * line.size)
        for other in row
    )


def _cells(row: Sequence[Line]) -> list[Line]:
    """The cells of a row: lines without a wide gap between them are joined, and so are a list's marker and its text."""
    parts = [[row[0]]]
    for line in row[1:]:
        before, size = parts[-1][-1], max(line.size, parts[-1][-1].size)
        is_marker = len(parts) == 1 and len(parts[0]) == 1 and MARKER.fullmatch(before.text)
        if line.left - before.right <= (INDENT if is_marker else NEAR) * size:
            parts[-1].append(line)
        else:
            parts.append([line])
    return [joined(part) if len(part) > 1 else part[0] for part in parts]


def _tables(rows: Sequence[list[Line]]) -> Iterator[tuple[bool, list[list[Line]]]]:
    """Split the rows into tables (True) and other rows (False). A row that only continues one cell of a table belongs
    to it.
    """
    held: list[list[Line]] = []
    is_table = False
    for number, row in enumerate(rows):
        belongs = len(row) > 1 or (is_table and _goes_on(held, row[0], rows[number + 1 : number + 3]))
        if held and belongs != is_table:
            yield is_table, held
            held = []
        held.append(row)
        is_table = belongs
    if held:
        yield is_table, held


def _goes_on(rows: Sequence[list[Line]], line: Line, following: Sequence[list[Line]]) -> bool:
    """Whether the line continues exactly one cell of the table; ``rows`` are the table's rows so far, ``following`` the
    rows below the line.
    """
    before = max(cell.bottom for cell in rows[-1])
    widest = max(rows, key=len)
    fits = sum(min(cell.right, line.right) > max(cell.left, line.left) for cell in widest) <= 1
    if not fits or line.bottom - before > FAR * line.size:
        return False
    if any(len(row) > 1 and row[0].bottom - line.bottom <= CLOSE * line.size for row in following):
        return True
    is_first = line.left < widest[1].left - line.size
    return line.bottom - before <= CLOSE * line.size and (not is_first or _is_drawn_before(line, rows))


def _is_drawn_before(line: Line, rows: Sequence[list[Line]]) -> bool:
    """Whether the line was drawn between the table's cells: one of them was drawn after it, or the cell of its column
    right before it.
    """
    cells = [cell for row in rows for cell in row]
    return any(cell.drawn > line.drawn for cell in cells) or any(
        cell.drawn == line.drawn - 1 and abs(cell.left - line.left) <= line.size for cell in cells
    )


def _table(rows: Sequence[list[Line]]) -> list[Line]:
    """Make one line of each row of a table; a cell can have several lines, which are drawn one after the other."""
    lines = sorted((line for row in rows for line in row), key=lambda line: line.drawn)
    cells: list[list[Line]] = []
    for line in lines:
        if cells and _in_cell(cells[-1][-1], line):
            cells[-1].append(line)
        else:
            cells.append([line])
    groups = _beside(cells)
    if len(groups) == 1 and len(rows) > 2 and len(groups[0]) * len(rows) <= len(lines) + 1:  # drawn by columns
        return [_row([[line] for line in row]) for row in rows]
    return [_row(group) for group in groups]


def _in_cell(before: Line, line: Line) -> bool:
    is_next = line.drawn == before.drawn + 1 and 0 < line.bottom - before.bottom <= CLOSE * line.size
    return is_next and min(before.right, line.right) > max(before.left, line.left)


def _beside(cells: Sequence[list[Line]]) -> list[list[list[Line]]]:
    """Group the cells of a table into rows: cells that share some height are in one row."""
    groups: list[list[list[Line]]] = []
    bottom = float("-inf")
    for cell in sorted(cells, key=lambda cell: cell[0].top):
        if groups and bottom - cell[0].top >= 0.4 * cell[0].size:
            groups[-1].append(cell)
            bottom = max(bottom, cell[-1].bottom)
        else:
            groups.append([cell])
            bottom = cell[-1].bottom
    return groups


def _row(cells: Sequence[list[Line]]) -> Line:
    ordered = sorted(cells, key=lambda cell: cell[0].left)
    lines = [line for cell in ordered for line in cell]
    parts = tuple(map(_part, ordered))
    return replace(joined(lines), text=" | ".join(part.text for part in parts), cells=len(cells), parts=parts)


def _part(cell: Sequence[Line]) -> Cell:
    left, right = min(line.left for line in cell), max(line.right for line in cell)
    return Cell(" ".join(line.text for line in cell), left, right)
