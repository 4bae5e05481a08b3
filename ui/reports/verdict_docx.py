"""Writes a pressure test as a Word document with python-docx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.reports import verdict_png, word
from ui.reports.verdict_map import in_words
from ui.reports.verdict_outline import Bullets, OpenQuestion, Outline, Paragraph, Part, Picture, QuotedFinding, Resting
from ui.reports.verdict_report import Point, opened
from ui.views.inert import plain as _plain

if TYPE_CHECKING:
    from docx.document import Document

TITLE = 255  # characters that Word keeps of a title
STYLES = (  # points of the type, before and after
    ("Normal", 9.5, 0, 2),
    ("Title", 16, 0, 4),
    ("Heading 1", 11.5, 7, 2),
    ("Heading 2", 10, 5, 1),
    ("Heading 3", 9, 2, 0),
    ("Caption", 8, 0, 3),
    ("List Bullet", 9, 0, 1),
)


def document(outline: Outline) -> bytes:
    """The report on a tested idea as the bytes of a Word document. Words and order are the same as in the other
    formats."""
    from docx import Document as new_document

    made = new_document()
    _small(made)
    made.core_properties.title = _plain(outline.idea)[:TITLE]
    made.core_properties.author = "Pushback"
    made.add_heading(_plain(outline.idea), 0)
    opening = made.add_paragraph()
    opening.add_run(f"{opened(outline.ruling)}. ").bold = True
    opening.add_run(_plain(outline.opening))
    made.add_paragraph(_plain(outline.head), "Caption")
    for section in outline.sections:
        made.add_heading(section.title, 1)
        for part in section.parts:
            _part(made, part)
    return word.saved(made)


def _part(made: Document, part: Part) -> None:
    match part:
        case Paragraph(text):
            made.add_paragraph(_plain(text))
        case Bullets(lines):
            for line in lines:
                made.add_paragraph(_plain(line), "List Bullet")
        case OpenQuestion(text, how):
            made.add_paragraph(_plain(f"{text} {how}".rstrip()))
        case QuotedFinding():
            _quote(made, part)
        case Picture(points):
            _picture(made, points)
        case Resting():
            _resting(made, part)


def _small(made: Document) -> None:
    """Set font sizes, spacing and margins so that a verdict with six assumptions fits on three pages."""
    from docx.shared import Cm, Pt, RGBColor

    for section in made.sections:
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
    for name, points, before, after in STYLES:
        style: Any = made.styles[name]
        word.resize(style, points)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
    caption: Any = made.styles["Caption"].font
    caption.bold, caption.cs_bold, caption.color.rgb = False, False, RGBColor(0x55, 0x55, 0x55)


def _picture(made: Document, points: Sequence[Point]) -> None:
    """Add the chart of importance and evidence, with a description for people who cannot see it."""
    from docx.shared import Cm

    shape = made.add_picture(io.BytesIO(verdict_png.drawn(points)), width=Cm(11.5))
    shape._inline.docPr.set("descr", _plain(in_words(points)))


def _resting(made: Document, part: Resting) -> None:
    made.add_heading(_plain(f"{part.number}. {part.text}"), 2)
    line = made.add_paragraph()
    line.add_run(f"{opened(part.ruling)}. ").bold = True
    line.add_run(_plain(f"{part.looked_at}. {part.left}".strip()))
    for side in part.sides:
        made.add_heading(f"{side.name}: {side.see}" if side.see else side.name, 3)
        for quote in side.quotes[: side.fitting]:
            _quote(made, quote)
        if more := len(side.quotes[side.fitting :]):
            made.add_paragraph(f"And {more} more, in the verdict itself.", "Caption")


def _quote(made: Document, part: QuotedFinding) -> None:
    quoted = made.add_paragraph()
    if part.number:
        quoted.add_run(f"{part.number} ").bold = True
    quoted.add_run(_plain(f"“{part.words}”"))
    if part.why:
        made.add_paragraph(_plain(part.why), "Caption")
    line = made.add_paragraph(_plain(part.caption), "Caption")
    if part.mark:
        line.add_run(f" {part.mark}").bold = True
