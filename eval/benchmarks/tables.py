"""Measures whether each figure of a table is in a sentence that names its row and its column.

    python -m eval.benchmarks.tables [--save FOLDER]

200 tables are made from a fixed seed, with gaps, groups of rows, and two rows of column names. They are written as
Markdown, HTML, Word, Excel, comma-separated values and PDF. A cell counts as found if one sentence of the document has
"column: value" and the row's own name, both as they are written; with two rows of column names, the column is "2023 ›
Plan". In formats in which a cell can span rows, the sentence must have the name of the group as well. Limit: 0.95 for
each format.
"""

from __future__ import annotations

import argparse
import html
import io
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import docx
import openpyxl

from eval.benchmarks.measuring import tell
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split

TABLES, SEED = 200, 17  # any seed would do; the same one makes the same tables
WORDS = 80  # of a passage, the default setting
MARKETS = ("Nordics", "Iberia", "Österreich", "Île-de-France", "Polska", "Benelux", "North America")
PLANS = ("Basic", "Pro", "Team", "Starter plus", "Großkunden", "Équipe", "Student", "Reseller", "Partner gold", "Trial")
FIGURES = ("Leads", "Cost", "Umsatz", "Conversion rate", "Marge", "Budget", "Kunden", "Visits", "Renewals", "Clics")
YEARS = ("2022", "2023", "2024", "Q1", "Q2", "Spring 2025")
KINDS = ("Plan", "Actual", "Ist", "Target", "Forecast")


class Made(NamedTuple):
    """A table that the benchmark makes up: the rows of column names (``heads``), and the rows of cells below them.
    ``""`` is an empty cell; None is a cell that is merged with the cell before or above it. ``is_grouped`` says whether
    the cells of the first column name groups of rows.
    """

    heads: list[list[str | None]]
    rows: list[list[str | None]]
    is_grouped: bool

    @property
    def paths(self) -> list[str]:
        """The full name of each column, such as ``2023 › Plan`` if there are two rows of column names."""
        names: list[list[str]] = [[] for _ in self.heads[0]]
        for head in self.heads:
            last = ""
            for column, name in enumerate(head):
                last = last if name is None else name
                names[column] += [last] if last and last not in names[column] else []
        return [" › ".join(parts) for parts in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--save", type=Path, help="a folder for the tables, to look at them")
    given = parser.parse_args()
    tables = [_table(random.Random(SEED + number)) for number in range(TABLES)]
    for kind, write in WRITERS.items():
        found = asked = 0
        for number, table in enumerate(tables):
            data = write(table)
            if given.save:
                given.save.mkdir(parents=True, exist_ok=True)
                (given.save / f"{number:03}.{kind}").write_bytes(data)
            sentences = list(_sentences(data, f"table.{kind}"))
            for wanted in _cells(table, has_spans=kind not in {"md", "csv"}):
                asked += 1
                found += any(wanted <= sentence for sentence in sentences)
        tell(f"{kind}: cells found with their row's and column's names, of {asked:,}", found / asked, at_least=0.95)


def _table(rng: random.Random) -> Made:
    is_grouped, is_deep = rng.random() < 0.4, rng.random() < 0.4
    if is_deep:
        years, kinds = rng.sample(YEARS, rng.randint(2, 3)), rng.sample(KINDS, 2)
        above: list[str | None] = [name for year in years for name in (year, None)]
        below: list[str | None] = kinds * len(years)
    else:
        above, below = list(rng.sample(FIGURES, rng.randint(2, 5))), []
    lead: list[str | None] = ["Market", "Tier"] if is_grouped else ["Tier"]
    heads = [[*lead, *above], [*(None for _ in lead), *below]] if is_deep else [[*lead, *above]]
    values = iter(rng.sample(range(100, 9_999), 200))
    form = rng.choice(("{}", "{:,}", "€{}", "{} €", "{}%"))
    rows: list[list[str | None]] = []
    plans = rng.sample(PLANS, rng.randint(3, 8))
    market: str | None = None
    markets = iter(rng.sample(MARKETS, len(MARKETS)))
    for number, plan in enumerate(plans):
        market = next(markets) if number % 2 == 0 else None
        cells = ["" if rng.random() < 0.2 else form.format(next(values)) for _ in above]
        cells[rng.randrange(len(cells))] = form.format(next(values))
        rows.append([*([market] if is_grouped else []), plan, *cells])
    return Made(heads, rows, is_grouped)


def _cells(table: Made, *, has_spans: bool) -> Iterator[set[str]]:
    """For each figure of the table, the parts that its sentence must have. ``has_spans`` says whether the format can
    merge cells over rows.
    """
    paths = table.paths
    market = ""
    for row in table.rows:
        lead = 2 if table.is_grouped else 1
        market = (row[0] or market) if table.is_grouped else ""
        for column in range(lead, len(row)):
            if row[column]:
                named = {f"{paths[column]}: {row[column]}", f"{paths[lead - 1]}: {row[lead - 1]}"}
                yield named | ({f"{paths[0]}: {market}"} if market and has_spans else set())


def _sentences(data: bytes, source: str) -> Iterator[set[str]]:
    """For each sentence of the document, its parts, which are separated by semicolons."""
    for passage in split(load(data, source=source, id="t"), WORDS):
        for sentence in passage.sentences:
            yield set(passage.text[sentence.start - passage.start : sentence.end - passage.start].split("; "))


def _markdown(table: Made) -> bytes:
    first, *others = [[cell or "" for cell in line] for line in (*table.heads, *table.rows)]
    lines = [first, ["---"] * len(first), *others]
    return "\n".join(["# Figures", "", *(f"| {' | '.join(line)} |" for line in lines)]).encode()


def _values(table: Made) -> bytes:
    lines = [[cell or "" for cell in line] for line in (*table.heads, *table.rows)]
    return "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines).encode()


def _page(table: Made) -> bytes:
    lines = [*table.heads, *table.rows]
    told = []
    for number, line in enumerate(lines):
        tag = "th" if number < len(table.heads) else "td"
        cells = "".join(
            f"<{tag} rowspan={down} colspan={across}>{html.escape(line[column] or '')}</{tag}>"
            for column, (down, across) in _spans(lines, number, len(table.heads))
        )
        told.append(f"<tr>{cells}</tr>")
    return f"<html><body><h1>Figures</h1><table>{''.join(told)}</table></body></html>".encode()


def _spans(lines: Sequence[Sequence[str | None]], number: int, heads: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """The columns in which a cell of row ``number`` begins, each with the number of rows and columns that the cell
    spans. ``heads`` is the number of rows of names.
    """
    line = lines[number]
    for column, cell in enumerate(line):
        if cell is not None:
            end = heads if number < heads else len(lines)
            down = across = 1
            while number + down < end and lines[number + down][column] is None:
                down += 1
            while number < heads and column + across < len(line) and line[column + across] is None and down == 1:
                across += 1
            yield column, (down, across)


def _word(table: Made) -> bytes:
    made = docx.Document()
    made.add_heading("Figures", 1)
    lines = [*table.heads, *table.rows]
    grid = made.add_table(len(lines), len(lines[0]))
    for number, line in enumerate(lines):
        for column, (down, across) in _spans(lines, number, len(table.heads)):
            cell = grid.cell(number, column)
            cell.text = line[column] or ""
            cell.merge(grid.cell(number + down - 1, column + across - 1))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _sheet(table: Made) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    lines = [*table.heads, *table.rows]
    for number, line in enumerate(lines):
        for column, (down, across) in _spans(lines, number, len(table.heads)):
            sheet.cell(number + 1, column + 1, line[column] or None)
            if down * across > 1:
                sheet.merge_cells(None, number + 1, column + 1, number + down, column + across)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _pdf(table: Made) -> bytes:
    """A PDF with one page. Figures end at the right edge of their columns, and a name over two columns is above their
    middle.
    """
    wide, high = 100, 18
    drawn = [_text(60, 60, "Figures", 16)]
    for number, line in enumerate([*table.heads, *table.rows]):
        for column, cell in enumerate(line):
            if not cell:
                continue
            is_over = number < len(table.heads) - 1 and column + 1 < len(line) and line[column + 1] is None
            left = 40 + wide * column
            length = 5 * len(cell)
            is_figure = column > table.is_grouped
            x = left + wide - length / 2 if is_over else left + wide - 10 - length if is_figure else left
            drawn.append(_text(x, 100 + high * number, cell, 9))
    content = b"\n".join(drawn)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[4 0 R]/Count 1/MediaBox[0 0 842 595]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents 5 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, held in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def _text(x: float, y: float, text: str, size: int) -> bytes:
    shown = text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 %d Tf %g %g Td (%s) Tj ET" % (size, x, 595 - y, shown)


WRITERS: dict[str, Callable[[Made], bytes]] = {
    "md": _markdown, "html": _page, "docx": _word, "xlsx": _sheet, "csv": _values, "pdf": _pdf,
}  # fmt: skip

if __name__ == "__main__":
    main()
