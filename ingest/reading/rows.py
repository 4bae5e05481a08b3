"""Turns a grid of cells into lines that can be understood by themselves: "Channel: Search; Leads: 120; Cost: €400"."""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator, Sequence
from typing import NamedTuple

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Piece
from ingest.text import sentences

SAME = "\0"  # a cell that is merged with the one on its left
GAP = "—"  # an empty cell between others, so that nobody takes its neighbour for it
GAPS = 6  # in a row that has fewer cells; a form of many columns is not filled in to say so
HEAD = "names of columns"
UNDER = " › "  # between the two names of a column
CHARACTERS = 50_000_000  # of one part of a file; a merged cell says the same in each of its rows, and counts in each
REPEATED = 10_000_000  # of those, the ones of cells that reach down in a page's tables: six seconds
CELLS = 1_000_000  # of a file; ten seconds, and more than anyone asks questions of
AGAIN, SAVE = "those of merged cells once for each row", "save the part that matters as a file of its own"
LAID_OUT = 400  # characters; a table with a longer cell is there for its layout; a guess, not measured
LABEL = 120  # characters; the name of a column is not longer
NUMBER = re.compile(
    r"[(\-+−–~<>≈]?\s?(?:[A-Z]{2,3}\s?|[^\w\s])?\s?[-−]?\d[\d.,'’\s]*(?:e[-+]?\d+)?\s?"
    r"(?:%|[^\w\s]|[A-Z]{3}|[kKMm]|bn|x)?\)?",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:(?:19|20)\d\d|(?:19|20)\d\d-\d\d(?:-\d\d)?(?: [\d:]+)?)")


class Row(NamedTuple):
    """The cells of a table row, beginning with the first column, and the number of the row in its file or table. The
    format decides whether rows are counted from 0 or 1. A gap between the numbers of two rows counts as an empty row. A
    row whose number is None counts as being right below the row before it.
    """

    cells: Sequence[str]
    number: int | None = None


def pieces(rows: Sequence[Row], heads: Collection[int] = (), *, is_page: bool = False) -> Iterator[Piece]:
    """Yield a piece for each row that has content; empty rows separate tables. A piece's ``page`` is the row's number.
    In the piece's text, each cell follows the name of its column, as in "Channel: Search; Leads: 120". If no row names
    the columns, a row of two cells such as "Budget | €400" becomes "Budget: €400"; in other rows, the columns are
    called "Column 1", "Column 2" and so on.

    Args:
        rows: the rows in order.
        heads: the numbers (``Row.number``) of the rows that the file itself marks as the names of columns.
        is_page: whether the table is from a web page or PDF, where many tables only arrange text. Then the first row
            names the columns only if there are numbers or dates below it, and columns without a name are not called
            "Column 1" and so on.

    Raises:
        SourceError: the rows hold more than ``CHARACTERS`` characters, too many to be held safely in memory.
    """
    held = 0
    for piece in _table_pieces(rows, heads, is_page=is_page):
        held += len(piece.text)
        if held > CHARACTERS:
            raise SourceError(f"its rows hold more than {CHARACTERS:,} characters, {AGAIN}; {SAVE}.")
        yield piece


def _table_pieces(rows: Sequence[Row], heads: Collection[int], *, is_page: bool) -> Iterator[Piece]:
    names: list[str] = []
    for table in _tables(rows):
        names = yield from _table(table, heads, names, is_page=is_page)


def limit(cells: int) -> None:
    """Refuse a table that has too many cells to hold it safely in memory; ``cells`` is their number.

    Raises:
        SourceError: the number of cells is above ``CELLS``.
    """
    if cells > CELLS:
        raise SourceError(f"it holds more than {CELLS:,} cells; {SAVE}.")


def limit_repeated(characters: int) -> None:
    """Refuse a table with too much repeated text: the text of a merged cell is repeated in each row that the cell
    covers. ``characters`` is the number of repeated characters.

    Raises:
        SourceError: the number of repeated characters is above ``REPEATED``.
    """
    if characters > REPEATED:
        raise SourceError(f"its rows repeat more than {REPEATED:,} characters, {AGAIN}; {SAVE}.")


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


def _table(
    rows: Sequence[Row], heads: Collection[int], before: list[str], *, is_page: bool
) -> Generator[Piece, None, list[str]]:
    """Yield the rows of one table, and return the names of its columns.

    ``heads`` are the numbers of the rows that the file marks as names of columns; ``is_page`` says that the table is
    from a web page or PDF. ``before`` are the names of the previous table's columns; they are used if this table
    continues it without names.
    """
    start, end = _heads(rows, heads, is_page=is_page)
    for row in rows[:start]:  # a caption above the table
        yield from _lines(row, [])
    names = _paths([row.cells for row in rows[start:end]])
    for row in rows[start:end]:
        text = " | ".join(row.cells[column] for column in _filled(row))
        yield Piece(text, BlockKind.ROW, reason=HEAD if end < len(rows) else None, page=row.number)
    if not names and len(_filled(rows[start])) > 1 and len(rows[start].cells) == len(before):
        names = before
    band = ""
    figures = {column for row in rows[end:] for column in _filled(row) if is_figure(row.cells[column])}
    for row in rows[end:]:
        if names and _is_band(row, names):
            band = row.cells[0]
            yield from _lines(row, [])
        elif names:
            yield from _lines(_with_gaps(row, names, figures), names, band)
        else:
            yield from _unnamed(row, is_page=is_page)
    return names


def _heads(rows: Sequence[Row], heads: Collection[int], *, is_page: bool) -> tuple[int, int]:
    """The range of the rows that name the columns, as start and end index: the rows that the file marks (``heads``),
    else the first row if it looks like names. Start and end are equal if there are none.
    """
    marked = next((i for i, row in enumerate(rows) if row.number in heads and _is_wide(row, rows)), None)
    start = _first(rows) if marked is None else marked
    if marked is None and not is_head(rows[start:], is_page=is_page):
        if not (_is_over(rows[start:]) and is_head(rows[start + 1 :], is_page=is_page)):
            return start, start
        start += 1
    end = start + 1
    while start and _groups(rows[start - 1].cells, rows[start].cells):
        start -= 1
    while end < len(rows) and (rows[end].number in heads or _is_second(rows, end)):
        end += 1
    return start, end


def _is_over(rows: Sequence[Row]) -> bool:
    """Whether the cells of the first row are labels, such as years, that each span several cells of the second row."""
    labels = all(_is_label(rows[0].cells[column]) for column in _filled(rows[0]))
    return len(rows) > 1 and labels and _groups(rows[0].cells, rows[1].cells)


def _is_wide(row: Row, rows: Sequence[Row]) -> bool:
    """Whether the row can name columns: it has several cells, its first cell is empty, or all rows have only
    one cell.
    """
    return len(_filled(row)) > 1 or not row.cells[0] or all(len(_filled(other)) < 2 for other in rows)


def _is_second(rows: Sequence[Row], index: int) -> bool:
    """Whether the row at this index names columns below the names in the row above, which group them."""
    row, following = rows[index].cells, rows[index + 1].cells if index + 1 < len(rows) else ()
    if not _groups(rows[index - 1].cells, row) or not all(_is_label(cell) for cell in row if cell and cell != SAME):
        return False
    has_figures = any(cell and not _is_text(cell) and _is_text(_at(row, i)) for i, cell in enumerate(following))
    return bool(following) and (SAME in rows[index - 1].cells or has_figures)


def _groups(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether cells of the row ``above`` each span several cells of the row ``below``: they are merged, or the cells on
    their right are empty.
    """
    if SAME in above:
        is_caption = all(cell == SAME for cell in above[1:])
        spanned = (i for i, cell in enumerate(above) if cell == SAME)
        return not is_caption and any(_at(below, i) not in {"", SAME, _at(below, i - 1)} for i in spanned)
    filled = [i for i, cell in enumerate(above) if cell]
    over = [i for i in filled if _at(below, i) and _at(below, i + 1) and not _at(above, i + 1)]
    has_deep = any(not _at(below, i) for i in filled) or not _at(above, 0)  # names that the lower row need not repeat
    return len(filled) > 1 and (len(over) > 1 or (len(over) > 0 and has_deep))


def _paths(heads: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column, such as "2023 › Plan" if two rows name it. ``heads`` are the cells of the rows that name
    the columns.
    """
    spread = [_spread(cells, heads[index + 1] if index + 1 < len(heads) else None) for index, cells in enumerate(heads)]
    names = []
    for column in range(max(map(len, spread), default=0)):
        parts = [cells[column].rstrip(" :") for cells in spread if column < len(cells)]
        names.append(UNDER.join(dict.fromkeys(filter(None, parts))))
    return names


def _spread(cells: Sequence[str], below: Sequence[str] | None) -> list[str]:
    """The name for each column in one row of names: a merged cell names all columns that it spans, and so does a cell
    with empty cells on its right if the row ``below`` has names there.
    """
    names: list[str] = []
    for column, cell in enumerate(cells):
        is_open = below is not None and SAME not in cells and bool(_at(below, column) and _at(below, column - 1))
        names.append(names[-1] if names and (cell == SAME or (not cell and is_open)) else cell)
    if below is not None and SAME not in cells and names:  # a row ends at its last cell
        names += [names[-1]] * (len(below) - len(names))
    return names


def _first(rows: Sequence[Row]) -> int:
    """The index of the first row with more than one filled cell; 0 if there is none."""
    return next((index for index, row in enumerate(rows) if len(_filled(row)) > 1), 0)


def _is_band(row: Row, names: Sequence[str]) -> bool:
    """Whether one cell spans the whole row, and so is a heading for the rows below."""
    cells = row.cells
    if len(cells) < max(2, len(names)) or cells[1] != SAME:
        return False
    spanned = len(names) > 1 and cells[0] != SAME and all(cell == SAME for cell in cells[1:])
    return spanned and len(cells[0]) <= LABEL and _is_text(cells[0])


def _with_gaps(row: Row, names: Sequence[str], figures: Collection[int]) -> Row:
    """Mark the row's empty cells with a dash, if their column has a name and is in ``figures`` (columns with numbers).

    Cells before the first filled one stay empty, since they may repeat what is above them, and so do all if most cells
    of a wide row are empty. In a column of words, a cell that looks empty may hold a picture, such as a check mark.
    """
    filled = _filled(row)
    empty = [c for c in range(filled[0], len(names)) if names[c] and c in figures and not _at(row.cells, c)]
    if not empty or len(empty) > max(GAPS, len(filled)):
        return row
    cells = [*row.cells, *[""] * (len(names) - len(row.cells))]
    for column in empty:
        cells[column] = GAP
    return row._replace(cells=cells)


def _lines(row: Row, names: Sequence[str], band: str = "") -> Iterator[Piece]:
    """Yield the row as "name: cell; name: cell". A row that is too long becomes several pieces with the same beginning.

    ``band`` is the heading inside the table that the row is under; empty if there is none.
    """
    cells = row.cells
    parts = [band] if band else []
    for column, cell in enumerate(cells):
        if not cell or cell == SAME:
            continue
        name = names[column] if column < len(names) else ""
        if column + 1 < len(cells) and cells[column + 1] == SAME:
            name = _over(column, cells, names)
        parts.append(f"{name}: {cell}" if name else cell)
    for text in _wrapped(parts, 2 if band else 1):
        yield Piece(text, BlockKind.ROW, page=row.number)


def _over(column: int, cells: Sequence[str], names: Sequence[str]) -> str:
    """The names of all columns that the cell in ``column`` spans, joined by " / "."""
    end = next((i for i in range(column + 1, len(cells)) if cells[i] != SAME), len(cells))
    return " / ".join(dict.fromkeys(filter(None, names[column:end])))


def _wrapped(parts: Sequence[str], repeated: int) -> Iterator[str]:
    """Join the parts into one line, or into several if it would be too long for a sentence. Each of them begins with
    the first ``repeated`` parts.
    """
    text = "; ".join(parts)
    if len(text) <= sentences.MOST_PIECES or _length(text) <= sentences.MOST_PIECES:
        yield text
        return
    first, held = "; ".join(parts[:repeated]), ""
    for part in parts[repeated:]:
        longer = f"{held or first}; {part}"
        if held and _length(longer) > sentences.MOST_PIECES:
            yield held
            longer = f"{first}; {part}"
        held = longer
    yield held or text


def _length(text: str) -> int:
    return sentences.pieces(text, 0, len(text))


def _unnamed(row: Row, *, is_page: bool) -> Iterator[Piece]:
    """Yield a row of a table whose columns have no names. A row of two cells such as "Budget | €400" becomes "Budget:
    €400".
    """
    filled = _filled(row)
    first = row.cells[filled[0]]
    if len(filled) < 2:
        yield from _lines(row, [])
    elif len(filled) == 2 and _is_text(first):
        yield Piece(f"{first.rstrip(' :')}: {row.cells[filled[1]]}", BlockKind.ROW, page=row.number)
    elif is_page:
        yield Piece(" | ".join(row.cells[column] for column in filled), BlockKind.ROW, page=row.number)
    else:
        yield from _lines(row, [f"Column {column}" for column in range(1, len(row.cells) + 1)])


def is_head(rows: Sequence[Row], *, is_page: bool) -> bool:
    """Whether the first row names the columns. Empty cells do not count. All of these must hold:

    - The first row has at least two cells, none of them longer than ``LABEL`` characters, and there are rows below it.
    - More than half of its cells are words (neither numbers nor dates); or all its cells are words or years, and at
      least one of them is words.
    - None of its numbers stands directly above a number, and none of its dates or years above a date or year.
    - The table is not a list of labels with values, which has two columns and, in each of its first four rows, a label
      that ends with a colon.
    - If ``is_page`` is true (the table is from a web page or PDF), one of the next three rows has a number or a date
      below a cell of words.
    """
    head = rows[0].cells
    filled = _filled(rows[0])
    cells = [head[column] for column in filled]
    if len(cells) < 2 or len(rows) < 2 or any(len(cell) > LABEL for cell in cells):
        return False
    if len(head) == 2 and all(_at(row.cells, 0).endswith(":") for row in rows[:4]):  # each row names its own value
        return False
    texts = sum(map(_is_text, cells))
    is_labels = texts > 0 and all(map(_is_label, cells))
    below = [(head[column], row.cells[column]) for row in rows[1:4] for column in filled if _at(row.cells, column)]
    is_data = any(not _is_text(name) and _is_alike(name, cell) for name, cell in below[: len(filled)])
    is_above = not is_page or any(_is_text(name) and not _is_text(cell) for name, cell in below)
    return is_above and (2 * texts > len(cells) or is_labels) and not is_data


def is_figure(cell: str) -> bool:
    """Whether the cell is a number or a date, without other words."""
    return bool(cell) and not _is_text(cell)


def _is_label(cell: str) -> bool:
    return _is_text(cell) or bool(YEAR.fullmatch(cell))


def _is_alike(one: str, other: str) -> bool:
    """Whether the second cell is a figure of the same kind as the first: both are years or dates, or neither is."""
    return not _is_text(other) and bool(YEAR.fullmatch(one)) == bool(YEAR.fullmatch(other))


def _is_text(cell: str) -> bool:
    return len(cell) > LABEL or not (NUMBER.fullmatch(cell) or YEAR.fullmatch(cell))


def _filled(row: Row) -> list[int]:
    return [column for column, cell in enumerate(row.cells) if cell and cell != SAME]


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if 0 <= column < len(cells) else ""
