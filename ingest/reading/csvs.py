"""Turns values separated by commas, semicolons, tabs or bars into a draft: each row becomes a line with its columns'
names.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Piece, collapse
from ingest.reading import rows
from ingest.reading.decoding import decode

DELIMITERS = "\t;|,"  # the comma last: it also parts decimals
NAMED = re.compile(r"sep=([^\w\s\"]|\t)\r?\n", re.IGNORECASE)  # Excel's own way to name the delimiter
IMPORTED = '{"ImportId"'  # Qualtrics writes its questions' keys under their names and their words
HEADS = 2  # rows of names above such a row of keys: Qualtrics writes each question's name and its words
SAMPLE = 50  # rows that show which delimiter parts them alike
LONGEST = 10_000_000  # characters of a field; Python's own limit of 131,072 is less than a pasted page may have


def read(data: bytes) -> Draft:
    """Read a CSV file as a draft in which each row is a piece. The ``page`` of a piece is the number of its row, as a
    spreadsheet shows it.

    Raises:
        SourceError: the bytes are not text, or hold more than a million cells.
    """
    text = decode(data).replace("\0", "")
    named = NAMED.match(text)
    if named:
        text = text[named.end() :]
    delimiter = named[1] if named else _delimiter(text)
    parsed = enumerate(_parsed(text, delimiter), start=2 if named else 1)
    lines = [rows.Row(cells, number) for number, cells in parsed]
    if len(lines) > HEADS and "".join(lines[HEADS].cells[:1]).startswith(IMPORTED):
        keys = Piece(" | ".join(filter(None, lines[HEADS].cells)), BlockKind.ROW, reason=rows.HEAD)
        heads = [rows.Row(line.cells, number) for number, line in enumerate(lines[:HEADS], start=2)]
        return Draft("text/csv", (keys, *rows.pieces([*heads, *lines[HEADS + 1 :]], heads=(2, 3))))
    return Draft("text/csv", tuple(rows.pieces(lines)))


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST)
    held = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
            held += len(cells)
            rows.limit(held)
            yield [collapse(cell) for cell in cells]
    except csv.Error as exc:
        raise SourceError(f"it is no table of values: {exc}.") from exc


def _delimiter(text: str) -> str:
    """The delimiter that splits most of the first rows into the same number of cells; the comma if no
    delimiter does.
    """
    sample = "".join(text[: 1 << 18].splitlines(keepends=True)[:SAMPLE])
    best, chosen = 0.0, ","
    for delimiter in DELIMITERS:
        widths = [len(cells) for cells in _parsed(sample, delimiter) if any(cells)]
        usual, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if usual > 1 and times / len(widths) > best:
            best, chosen = times / len(widths), delimiter
    return chosen
