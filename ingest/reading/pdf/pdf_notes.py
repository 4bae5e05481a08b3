"""Reads what a PDF page has besides its drawing: the values of filled-in forms, and people's notes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.drafts import collapse
from ingest.reading.remarks import Comment

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MOST = 5_000  # notes and fields of a page: a bound on the work
LONGEST = 200_000  # bytes of one: a bound on memory
HIDDEN = 0b10  # a flag, PDF 32000-1 table 165
ON, OFF = "☒", "☐"


class Value(NamedTuple):
    """The value of a form field, or a note written on the page itself, and its box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def values(page: PdfPage) -> Iterator[Value]:
    """Yield the values of the page's form fields, and the notes written on the page itself; empty fields are
    left out.
    """
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    for note in notes(page, pdfium):
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        text = ""
        if kind == pdfium.FPDF_ANNOT_FREETEXT:
            text = _entry_text(note, b"Contents", pdfium)
        elif kind == pdfium.FPDF_ANNOT_WIDGET:
            text = _value(note, pdfium)
        if text and pdfium.FPDFAnnot_GetRect(note, box):
            yield Value(text, box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top))


def remarks(page: PdfPage, number: int) -> Iterator[Comment]:
    """Yield the comments that people attached to the page or to words on it. ``number`` is the page's number."""
    import pypdfium2.raw as pdfium

    own = {pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK}
    for note in notes(page, pdfium):
        if pdfium.FPDFAnnot_GetSubtype(note) not in own and (text := _entry_text(note, b"Contents", pdfium)):
            yield Comment(_entry_text(note, b"T", pdfium), (text,), number)


def notes(page: PdfPage, pdfium: Any) -> Iterator[Any]:
    """Yield the visible annotations of a page (notes, links and form fields) as PDFium's raw handles. ``pdfium`` is the
    module ``pypdfium2.raw``. Each handle is closed when the next one is requested, so do not keep it.
    """
    for index in range(min(MOST, pdfium.FPDFPage_GetAnnotCount(page))):
        with _note(page, index, pdfium) as note:
            if note and not pdfium.FPDFAnnot_GetFlags(note) & HIDDEN:
                yield note


@contextmanager
def _note(page: PdfPage, index: int, pdfium: Any) -> Iterator[Any]:
    note = pdfium.FPDFPage_GetAnnot(page, index)
    try:
        yield note
    finally:
        if note:
            pdfium.FPDFPage_CloseAnnot(note)


def _value(field: Any, pdfium: Any) -> str:
    """The value that a form field shows: its text or choice, or a mark that shows whether its box is ticked."""
    if state := _entry_text(field, b"AS", pdfium):
        return OFF if state == "Off" else ON
    return "" if _entry_text(field, b"FT", pdfium) in {"Btn", "Sig"} else _entry_text(field, b"V", pdfium)


def _entry_text(note: Any, key: bytes, pdfium: Any) -> str:
    """The text in an entry of an annotation; empty if there is none, or it is too long."""
    length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    if not 2 < length <= LONGEST:
        return ""
    held = ctypes.create_string_buffer(length)
    pdfium.FPDFAnnot_GetStringValue(note, key, ctypes.cast(held, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return collapse(held.raw[: length - 2].decode("utf-16-le", "replace").replace("\0", " "))
