"""Running headers, footers and page numbers: what recurs at one height on several pages, numbers aside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingest.reading.pdf_lines import Line, Sheet

ZONE = 0.12  # of a page's height, at its top and bottom: where margins are
CLOSE = 1.6  # times the type size: lines of one text stand no further apart
MOVED = 3.0  # points by which a header's height may differ between pages
NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
PAGE_NUMBER = re.compile(r"\W*(?:(?:page|p\.?|seite|slide)\s*)?#(?:\s*(?:of|/|von|\|)\s*#)?\W*", re.IGNORECASE)
ALONE = re.compile(r"(?:page|p\.|seite|slide) ?\d+(?: ?(?:of|/|von) ?\d+)?|\d+ ?(?:of|/|von) ?\d+", re.IGNORECASE)


def mark(sheets: Sequence[Sheet], body: float) -> list[Sheet]:
    """The sheets, with a reason on each line that is furniture; most of their text has the size ``body``."""
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
    """Page and number of each line that recurs in a margin, apart from the text."""
    alike: dict[str, list[Line]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for sheet in sheets:
        for line in sheet.lines:
            if _is_margin(line, sheet.height):
                alike[_masked(line)].append(line)
                if ALONE.fullmatch(line.text) and line.size <= body:
                    found.add(_key(line))
    for lines in alike.values():
        found |= _recurring(sorted(lines, key=lambda line: line.bottom), body, len(sheets))
    return {key for sheet in sheets for key in _apart(sheet, found)}


def _masked(line: Line) -> str:
    """The line without its numbers; a sentence keeps them, since it may be text that differs in them."""
    is_sentence = line.text.endswith(".") and line.text.count(" ") >= 4
    return line.text if is_sentence else NUMBER.sub("#", line.text).lower()


def _apart(sheet: Sheet, recurring: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of the recurring lines that stand outside all other text, and not close to it."""
    text = [line for line in sheet.lines if _key(line) not in recurring]
    margins = [line for line in sheet.lines if _key(line) in recurring]
    first = min((line.bottom for line in text), default=sheet.height)
    last = max((line.bottom for line in text), default=0.0)
    found = set()
    for line in sorted(margins, key=lambda line: abs(line.bottom - sheet.height / 2)):
        is_above = line.top < 0.5 * sheet.height
        gap = first - line.bottom if is_above else line.bottom - last
        if gap > CLOSE * line.size or abs(gap) <= 0.5 * line.size:  # beside it: a chapter's name by a page's number
            found.add(_key(line))
        else:
            first, last = (line.bottom, last) if is_above else (first, line.bottom)
    return found


def _is_margin(line: Line, height: float) -> bool:
    return line.bottom <= ZONE * height or line.top >= (1 - ZONE) * height


def _recurring(lines: Sequence[Line], body: float, pages: int) -> set[tuple[int, int]]:
    """Those of the lines, which say the same, that stand at one height on enough pages; by their height."""
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
