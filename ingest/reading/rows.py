"""A grid of cells to lines that can be read by themselves: "Channel: Search; Leads: 120; Cost: €400"."""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator, Sequence
from typing import NamedTuple

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Piece

SAME = "\0"  # a cell that is merged with the one on its left
HEAD = "names of columns"
CHARACTERS = 50_000_000  # of one part of a file; a merged cell says the same in each of its rows, and counts in each
CELLS = 1_000_000  # of a file; ten seconds, and more than anyone asks questions of
AGAIN, SAVE = "those of merged cells once for each row", "save the part that matters as a file of its own"
LAID_OUT = 400  # characters; a table with a longer cell is there for its layout
LABEL = 120  # characters; the name of a column is not longer
NUMBER = re.compile(
    r"[(\-+−–~<>≈]?\s?(?:[A-Z]{2,3}\s?|[^\w\s])?\s?[-−]?\d[\d.,'’\s]*(?:e[-+]?\d+)?\s?"
    r"(?:%|[^\w\s]|[A-Z]{3}|[kKMm]|bn|x)?\)?",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:(?:19|20)\d\d|(?:19|20)\d\d-\d\d(?:-\d\d)?(?: [\d:]+)?)")


class Row(NamedTuple):
    """The cells of a row from the first column on; ``number`` is the row's own, from 1, where it has one."""

    cells: Sequence[str]
    number: int | None = None


def pieces(rows: Sequence[Row], heads: Collection[int] = ()) -> Iterator[Piece]:
    """A piece for each row that holds anything; empty rows part tables.

    Args:
        rows: in order.
        heads: numbers of rows that the file itself marks as the names of columns.

    Raises:
        SourceError: they hold more characters than are safe to hold.
    """
    held = 0
    for piece in _told(rows, heads):
        held += len(piece.text)
        if held > CHARACTERS:
            raise SourceError(f"its rows hold more than {CHARACTERS:,} characters, {AGAIN}; {SAVE}.")
        yield piece


def _told(rows: Sequence[Row], heads: Collection[int]) -> Iterator[Piece]:
    names: list[str] = []
    for table in _tables(rows):
        names = yield from _table(table, heads, names)


def limit(cells: int) -> None:
    """Refuse more cells than are safe to hold.

    Raises:
        SourceError: it is so.
    """
    if cells > CELLS:
        raise SourceError(f"it holds more than {CELLS:,} cells; {SAVE}.")


def _tables(rows: Sequence[Row]) -> Iterator[list[Row]]:
    held: list[Row] = []
    for row in rows:
        is_next = not held or row.number is None or held[-1].number == row.number - 1
        if held and not (is_next and _filled(row)):
            yield held
            held = []
        if _filled(row):
            held.append(row)
    if held:
        yield held


def _table(rows: Sequence[Row], heads: Collection[int], before: list[str]) -> Generator[Piece, None, list[str]]:
    """The rows of one table; returns its columns' names, for a next part of it that does not repeat them."""
    marked = next((index for index, row in enumerate(rows) if row.number in heads), None)
    start = _first(rows) if marked is None else marked
    for row in rows[:start]:  # a caption above the table
        yield _line(row, [])
    names: list[str] = []
    head = rows[start]
    following = rows[start + 1] if start + 1 < len(rows) else None
    if head.number in heads or _is_head(head, following):
        names = _spread(head.cells)
        text = " | ".join(head.cells[column] for column in _filled(head))
        yield Piece(text, BlockKind.ROW, reason=HEAD if following else None, page=head.number)
        start += 1
    elif len(_filled(head)) > 1 and len(head.cells) == len(before):
        names = before
    for row in rows[start:]:
        yield _line(row, names) if names else _unnamed(row)
    return names


def _first(rows: Sequence[Row]) -> int:
    """The first row with more than one cell; the first of all when there is none."""
    return next((index for index, row in enumerate(rows) if len(_filled(row)) > 1), 0)


def _line(row: Row, names: Sequence[str]) -> Piece:
    parts = []
    for column in _filled(row):
        name = names[column].rstrip(" :") if column < len(names) else ""
        parts.append(f"{name}: {row.cells[column]}" if name else row.cells[column])
    return Piece("; ".join(parts), BlockKind.ROW, page=row.number)


def _unnamed(row: Row) -> Piece:
    """A row of a table that names no columns; "Budget | €400" names its value itself."""
    filled = _filled(row)
    if len(filled) < 2:
        return _line(row, [])
    first = row.cells[filled[0]]
    if len(filled) == 2 and _is_text(first):
        return Piece(f"{first.rstrip(' :')}: {row.cells[filled[1]]}", BlockKind.ROW, page=row.number)
    return _line(row, [f"Column {column}" for column in range(1, len(row.cells) + 1)])


def _is_head(head: Row, following: Row | None) -> bool:
    """Whether a row names columns: mostly words, and no figure above a figure."""
    filled = _filled(head)
    cells = [head.cells[column] for column in filled]
    if len(cells) < 2 or following is None or any(len(cell) > LABEL for cell in cells):
        return False
    texts = sum(map(_is_text, cells))
    is_labels = texts > 0 and all(_is_text(cell) or YEAR.fullmatch(cell) for cell in cells)
    below = dict(enumerate(following.cells))
    is_data = any(
        below.get(column) and not _is_text(head.cells[column]) and _is_alike(head.cells[column], below[column])
        for column in filled
    )
    return (2 * texts > len(cells) or is_labels) and not is_data


def _is_alike(one: str, other: str) -> bool:
    """Whether both are years or dates, or both other figures."""
    return not _is_text(other) and bool(YEAR.fullmatch(one)) == bool(YEAR.fullmatch(other))


def _is_text(cell: str) -> bool:
    return len(cell) > LABEL or not (NUMBER.fullmatch(cell) or YEAR.fullmatch(cell))


def _filled(row: Row) -> list[int]:
    return [column for column, cell in enumerate(row.cells) if cell and cell != SAME]


def _spread(cells: Sequence[str]) -> list[str]:
    """The names of columns; a merged one names all that it spans."""
    names: list[str] = []
    for cell in cells:
        names.append(names[-1] if cell == SAME and names else cell)
    return names
