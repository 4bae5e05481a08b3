"""Finds running headers, footers and page numbers: text that recurs at the same height on several pages, and may differ
in a number that counts the pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.reading.pdf.pdf_lines import Line, Sheet

# Not measured one by one; tests/test_reading_pdf.py and eval/benchmarks/formats.py hold their outcome.
ZONE = 0.12  # of a page's height, at its top and bottom: where margins are
CLOSE = 1.6  # times the type size: lines of one text stand no further apart
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
MOVED = 3.0  # points by which a header's height may differ between pages
NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
PAGE_NUMBER = re.compile(r"\W*(?:(?:page|p\.?|seite|slide)\s*)?#(?:\s*(?:of|/|von|\|)\s*#)?\W*", re.IGNORECASE)
ALONE = re.compile(r"(?:page|p\.|seite|slide) ?\d+(?: ?(?:of|/|von) ?\d+)?|(\d+) ?(?:of|/|von) ?(\d+)", re.IGNORECASE)
COUNTING = re.compile(
    r"(?<![\d.,])\d{1,5}(?![.,]?\d)|\b[ivxlc]+\b", re.IGNORECASE
)  # a figure of a table has its commas
MOST = 4  # numbers of a line that may be its page's
LETTER = re.compile(r"[^\W\d_]")


def mark(sheets: Sequence[Sheet], body: float) -> list[Sheet]:
    """Mark the lines of a document that are page headers, page footers or page numbers. Returns the sheets with these
    lines marked: their ``reason`` becomes "page header", "page footer" or "page number", which says that they are not
    content. A ``Sheet`` has those lines of one page that have the same rotation.

    ``body`` is the type size of most of the document's text, in points.
    """
    running = _running(sheets, body)
    return [
        Sheet([_marked(line, sheet.height) if _key(line) in running else line for line in sheet.lines], sheet.height)
        for sheet in sheets
    ]


def _marked(line: Line, height: float) -> Line:
    is_number = PAGE_NUMBER.fullmatch(NUMBER.sub("#", line.text))
    is_above = line.top < 0.5 * height
    return replace(line, reason="page number" if is_number else "page header" if is_above else "page footer")


def _key(line: Line) -> tuple[int, int]:
    return line.page, line.drawn


def _running(sheets: Sequence[Sheet], body: float) -> set[tuple[int, int]]:
    """The keys (page number and position in the order of drawing) of the lines that recur in a margin, at a distance
    from the text.
    """
    alike: dict[str, list[Line]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for sheet in sheets:
        for line in sheet.lines:
            if _is_margin(line, sheet.height):
                for key in _keys(line):
                    alike[key].append(line)
                if line.size <= body and _is_numbered(line, len(sheets)):
                    found.add(_key(line))
    for lines in alike.values():
        found |= _recurring(sorted(lines, key=lambda line: line.bottom), body, len(sheets))
    return {key for sheet in sheets for key in _apart(sheet, found)}


def _is_numbered(line: Line, pages: int) -> bool:
    """Whether the line itself says that it is a page number: "Page 3", or "3 / 12" if there are twelve pages."""
    match = ALONE.fullmatch(line.text)
    return match is not None and (match[1] is None or (int(match[1]), int(match[2])) == (line.page, pages))


def _keys(line: Line) -> Iterator[str]:
    """Yield keys for a line; the same header or footer on different pages has a key in common.

    One key is the line's text. For each number in the line there is another: the text with the number replaced by its
    difference from the page number. A line without letters does not get the first key, since the first rows of tables
    can have the same figures at one height. A sentence gets only the first key, so that sentences which differ only in
    a number do not match.
    """
    if LETTER.search(line.text):
        yield line.text.lower()
    if line.text.endswith(".") and line.text.count(" ") >= 4:
        return
    for match in list(COUNTING.finditer(line.text))[:MOST]:
        ahead = _number(match[0]) - line.page
        yield f"{line.text[: match.start()]}#{ahead}#{line.text[match.end() :]}".lower()


def _number(text: str) -> int:
    """The value of a number in digits or Roman numerals."""
    if text.isdigit():
        return int(text)
    worth = [ROMAN[digit] for digit in text.lower()]
    return sum(-one if one < following else one for one, following in zip(worth, [*worth[1:], 0], strict=True))


def _apart(sheet: Sheet, recurring: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The keys of the recurring lines that are above or below all other text of the page and not close to it.
    ``recurring`` are the keys (page number and position in the order of drawing) of all recurring lines.
    """
    text = [line for line in sheet.lines if _key(line) not in recurring]
    margins = [line for line in sheet.lines if _key(line) in recurring]
    first = min((line.bottom for line in text), default=sheet.height)
    last = max((line.bottom for line in text), default=0.0)
    figures = [line.bottom for line in text if not LETTER.search(line.text)]
    found = set()
    for line in sorted(margins, key=lambda line: abs(line.bottom - sheet.height / 2)):
        is_above = line.top < 0.5 * sheet.height
        gap = first - line.bottom if is_above else line.bottom - last
        is_beside = abs(gap) <= 0.5 * line.size  # a chapter's name by a page's number; by a figure it names a row
        is_row = any(abs(bottom - line.bottom) <= 0.5 * line.size for bottom in figures)
        if gap > CLOSE * line.size or (is_beside and not is_row):
            found.add(_key(line))
        else:
            first, last = (line.bottom, last) if is_above else (first, line.bottom)
    return found


def _is_margin(line: Line, height: float) -> bool:
    return line.bottom <= ZONE * height or line.top >= (1 - ZONE) * height


def _recurring(lines: Sequence[Line], body: float, pages: int) -> set[tuple[int, int]]:
    """The keys of lines that recur at the same height on enough of the ``pages``; ``lines`` have the same words and are
    sorted by height.
    """
    found: set[tuple[int, int]] = set()
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and lines[end].bottom - lines[end - 1].bottom <= MOVED:
            continue
        group = lines[start:end]
        start = end
        is_large = max(line.size for line in group) > 1.08 * body  # headings of chapters may well recur
        if len({line.page for line in group}) >= (max(3, 0.5 * pages) if is_large else 2):
            found |= {_key(line) for line in group}
    return found
