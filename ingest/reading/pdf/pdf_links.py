"""Finds the links of a PDF page: the addresses that they lead to, and their boxes on the page."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.reading.lettering import ADDRESS
from ingest.reading.pdf import pdf_notes

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MOST = 500  # boxes of a page's links; a directory has some two hundred
BOXES = 10  # of one link, which has one for each line, and longer ones are not whole; a guess, not measured


class Link(NamedTuple):
    """One rectangle that a link covers on a page, and the address to which the link leads (``to``). A link over several
    lines becomes one ``Link`` for each line.
    """

    to: str
    left: float
    bottom: float
    right: float
    top: float


def links(page: PdfPage) -> list[Link]:
    """The links of the page to addresses outside the document: one ``Link`` for each rectangle that a link covers, at
    most ``MOST`` in all.
    """
    import pypdfium2.raw as pdfium

    found: list[Link] = []
    for note in pdf_notes.notes(page, pdfium):
        if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_LINK and (to := _address(page, note, pdfium)):
            found += (Link(to, *box) for box in _boxes(note, pdfium) if all(map(math.isfinite, box)))
        if len(found) >= MOST:
            break
    return found[:MOST]


def _address(page: PdfPage, note: Any, pdfium: Any) -> str:
    """The address of a link; empty if it leads to a place in the document, or nowhere."""
    link = pdfium.FPDFAnnot_GetLink(note)
    action = pdfium.FPDFLink_GetAction(link) if link else None
    if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
        return ""
    length = pdfium.FPDFAction_GetURIPath(page.pdf, action, None, 0)
    if not 1 < length <= ADDRESS:
        return ""
    held = ctypes.create_string_buffer(length)
    pdfium.FPDFAction_GetURIPath(page.pdf, action, held, length)
    return held.value.decode("utf-8", "replace").strip()


def _boxes(note: Any, pdfium: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes of a link as left, bottom, right and top: one for each of its lines if the file has
    them, else one.
    """
    corners = pdfium.FS_QUADPOINTSF()
    count = pdfium.FPDFAnnot_CountAttachmentPoints(note)
    for index in range(min(BOXES, count)):
        if pdfium.FPDFAnnot_GetAttachmentPoints(note, index, corners):
            across = (corners.x1, corners.x2, corners.x3, corners.x4)
            down = (corners.y1, corners.y2, corners.y3, corners.y4)
            yield min(across), min(down), max(across), max(down)
    box = pdfium.FS_RECTF()
    if not count and pdfium.FPDFAnnot_GetRect(note, box):
        yield box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top)
