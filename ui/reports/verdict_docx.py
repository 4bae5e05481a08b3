"""A pressure test as a Word document, through python-docx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.types import Assumption, Finding
from ui.reports import verdict_png
from ui.reports import verdict_report as told
from ui.reports.verdict_map import in_words
from ui.reports.verdict_report import Point, Report

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
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what a Word document cannot hold


def document(report: Report) -> bytes:
    """The bytes of the document: the same words and order as the other reports."""
    from docx import Document as new_document

    made = new_document()
    _small(made)
    verdict = report.verdict
    made.core_properties.title = _plain(verdict.idea)[:TITLE]
    made.core_properties.author = "Pushback"
    made.add_heading(_plain(verdict.idea), 0)
    opening = made.add_paragraph()
    opening.add_run(f"{verdict.ruling}. ").bold = True
    opening.add_run(_plain(told.in_short(verdict)))
    made.add_paragraph(_plain(f"Pressure test. {told.head(report)}"), "Caption")
    numbers = told.numbered(verdict)
    for case in told.cases(verdict):
        made.add_heading(case.title, 1)
        for finding in case.findings:
            _finding(made, finding, report, number=numbers[finding])
        if not case.findings:
            made.add_paragraph(case.empty)
    _listed(made, "What nobody says", told.missing(verdict) or (told.ALL_TOUCHED,))
    for question, how in told.settling(verdict)[:1]:
        made.add_heading("Find out first", 1)
        made.add_paragraph(_plain(f"{question}{f' Cheapest evidence: {how}' if how else ''}"))
    made.add_heading("Importance and evidence", 1)
    _picture(made, told.points(verdict))
    made.add_heading("What it rests on", 1)
    for number, one in enumerate(verdict.assumptions, start=1):
        _assumption(made, number, one, report)
    _listed(made, "How it was tested", told.trust(verdict))
    searched = "; ".join(query for one in verdict.assumptions for query in one.searched)
    made.add_paragraph(_plain(f"Searched for: {searched}"), "Caption")
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _small(made: Document) -> None:
    """Type, spaces and margins in which the verdict on six assumptions has place on three pages."""
    from docx.shared import Cm, Pt, RGBColor

    for section in made.sections:
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
    for name, points, before, after in STYLES:
        style: Any = made.styles[name]
        style.font.size = Pt(points)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    caption: Any = made.styles["Caption"].font
    caption.bold, caption.color.rgb = False, RGBColor(0x55, 0x55, 0x55)


def _picture(made: Document, points: Sequence[Point]) -> None:
    """The picture, with its words for those who do not see it."""
    from docx.shared import Cm

    shape = made.add_picture(io.BytesIO(verdict_png.drawn(points)), width=Cm(11.5))
    shape._inline.docPr.set("descr", _plain(in_words(points)))


def _assumption(made: Document, number: int, one: Assumption, report: Report) -> None:
    made.add_heading(_plain(f"{number}. {one.text}"), 2)
    line = made.add_paragraph()
    line.add_run(f"{one.ruling}. ").bold = True
    line.add_run(_plain(" ".join([told.looked_at(one), told.left_open(report.verdict, number)]).strip()))
    for side in told.sides(report.verdict, number):
        made.add_heading(f"{side.name} {told.see_above(side)}".rstrip(), 3)
        for each in side.findings[: told.EACH]:
            _finding(made, each, report)
        if more := len(side.findings[told.EACH :]):
            made.add_paragraph(f"And {more} more, in the verdict itself.", "Caption")


def _finding(made: Document, one: Finding, report: Report, *, number: int | None = None) -> None:
    quoted = made.add_paragraph()
    if number:
        quoted.add_run(f"{number} ").bold = True
    quoted.add_run(_plain(f"“{one.citation.quote}”"))
    if why := told.why(one):
        made.add_paragraph(_plain(why), "Caption")
    line = made.add_paragraph(_plain(f"{told.source(one.citation)}. {told.attributed(one)}."), "Caption")
    if mark := report.mark(one.citation):
        line.add_run(f" {mark}").bold = True


def _listed(made: Document, title: str, lines: Iterable[str]) -> None:
    made.add_heading(title, 1)
    for line in lines:
        made.add_paragraph(_plain(line), "List Bullet")


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
