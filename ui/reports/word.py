"""Saves Word documents that python-docx makes, with each paragraph in the direction of its own text."""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

# What of a paragraph's properties stands after its direction, in the order that the format demands.
AFTER = (
    *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents"),
    *("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl"),
    *("w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange"),
)


def saved(made: Document) -> bytes:
    """The Word document ``made`` as the bytes of a .docx file. A paragraph is set to run from right to left if its
    first letter belongs to a script that is written in this direction, such as Hebrew."""
    for paragraph in made.paragraphs:
        _direct(paragraph)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def resize(style: Any, points: float) -> None:
    """Set the font size of a style, for all scripts. python-docx alone would not set it for scripts that are written
    from right to left."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    style.font.size = Pt(points)
    properties = style.element.rPr
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    size = OxmlElement("w:szCs")
    size.set(qn("w:val"), properties.find(qn("w:sz")).get(qn("w:val")))
    properties.find(qn("w:sz")).addnext(size)


def _direct(paragraph: Paragraph) -> None:
    from docx.oxml.parser import OxmlElement

    turned = _is_right_to_left(paragraph.text)
    if turned:
        properties: Any = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(OxmlElement("w:bidi"), *AFTER)
    for run in paragraph.runs:
        if _is_right_to_left(run.text, otherwise=turned):
            run.font.rtl = True
            run.font.cs_bold, run.font.cs_italic = run.bold, run.italic  # bold and italic of such scripts


def _is_right_to_left(text: str, *, otherwise: bool = False) -> bool:
    """Whether the first letter of the text belongs to a script that is written from right to left. ``otherwise`` is the
    result for a text without letters."""
    ways = (unicodedata.bidirectional(letter) for letter in text)
    return next((way != "L" for way in ways if way in ("L", "R", "AL")), otherwise)
