"""Finds the lines that a PDF page draws through its text: the words under them are struck out.

PDF has no mark for struck-out words. Programs draw a thin line or box through them, or add a strike-out annotation.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.reading.pdf.pdf_notes import notes

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

# Not measured one by one; tests/test_reading_lettering.py holds their outcome.
THIN = 2.5  # points; what is higher is a box behind the words
SHORT = 2.0  # points; no line is shorter
HIGH, LOW = 0.35, 0.72  # of a line's height, from its top: where it is struck through, and not underlined
MOST = 50_000  # objects of a page; one with more is a drawing


class Rule(NamedTuple):
    """A horizontal line that a page draws: its distance from the page's top in points, and its left and right ends."""

    down: float
    left: float
    right: float


def rules(page: PdfPage) -> Iterator[Rule]:
    """Yield the thin horizontal lines that a page draws, and the lines of its strike-out annotations."""
    import pypdfium2.raw as pdfium

    corners = [ctypes.c_float() for _ in range(4)]
    left, bottom, right, top = corners
    for index in range(min(MOST, pdfium.FPDFPage_CountObjects(page))):
        drawn = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(drawn) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        is_known = pdfium.FPDFPageObj_GetBounds(drawn, *(ctypes.byref(corner) for corner in corners))
        if is_known and top.value - bottom.value <= THIN and right.value - left.value >= SHORT:
            yield Rule(-(top.value + bottom.value) / 2, left.value, right.value)
    yield from _noted(page, pdfium)


def crossing(rules: Sequence[Rule], top: float, bottom: float) -> Sequence[Rule]:
    """The drawn lines (``rules``) that pass through the middle of a line of text, as a strike-through does.

    ``top`` and ``bottom`` are the edges of the line of text. ``rules`` must be sorted from the page's top to its
    bottom.
    """
    high, low = (top + share * (bottom - top) for share in (HIGH, LOW))
    return rules[bisect_left(rules, (high,)) : bisect_right(rules, (low, float("inf")))]


def _noted(page: PdfPage, pdfium: Any) -> Iterator[Rule]:
    quad = pdfium.FS_QUADPOINTSF()
    for note in notes(page, pdfium):
        if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_STRIKEOUT:
            for number in range(min(MOST, pdfium.FPDFAnnot_CountAttachmentPoints(note))):
                if pdfium.FPDFAnnot_GetAttachmentPoints(note, number, quad):
                    across, up = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
                    yield Rule(-(max(up) + min(up)) / 2, min(across), max(across))
