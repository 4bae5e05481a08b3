"""A pressure test as a Word document, through python-docx; the picture of importance and evidence is a table of 2×2."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from assistant.types import Assumption, Finding, Stance
from ui import verdict_report as told
from ui.verdict_map import CORNERS
from ui.verdict_report import Point, Report

if TYPE_CHECKING:
    from docx.document import Document

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what a Word document cannot hold


def document(report: Report) -> bytes:
    """The bytes of the document: the same words and order as the other reports."""
    from docx import Document as new_document
    from docx.enum.text import WD_BREAK

    made = new_document()
    verdict = report.verdict
    made.core_properties.title = _plain(f"Pressure test: {verdict.ruling}")
    made.core_properties.author = "Pushback"
    made.add_heading("Pressure test", 0)
    made.add_paragraph(_plain(verdict.idea), "Intense Quote")
    opening = made.add_paragraph("The idea, by these documents: ")
    opening.add_run(f"{verdict.ruling}. ").bold = True
    opening.add_run(f"{told.MEANS[verdict.ruling]} {told.head(report)}")
    _findings(made, "The strongest case for it", verdict.case_for, report)
    _findings(made, "The strongest objection", verdict.case_against, report)
    _listed(made, "What is missing", verdict.missing or ("Nothing: something that bears on each was found.",))
    asked = [f"{question}{f' Cheapest evidence: {how}' if how else ''}" for question, how in told.settling(verdict)]
    _listed(made, "Questions to settle", asked or ("None is open.",))
    if verdict.leaps_of_faith:
        _listed(made, "Leaps of faith, which nothing supports", verdict.leaps_of_faith)
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_heading("Importance and evidence", 1)
    _picture(made, told.points(verdict))
    made.add_heading("What it rests on", 1)
    for number, one in enumerate(verdict.assumptions, start=1):
        _assumption(made, number, one, report)
    _listed(made, "What was searched for", [query for one in verdict.assumptions for query in one.searched])
    _listed(made, "How far to trust this", told.trust(verdict))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _picture(made: Document, points: Sequence[Point]) -> None:
    """The four corners with their assumptions, then all of them with their figures."""
    corners = made.add_table(rows=2, cols=2, style="Table Grid")
    for (column, row), name in CORNERS.items():
        cell = corners.cell(row, column)
        cell.text = name
        cell.paragraphs[0].runs[0].bold = True
        for point in points:
            if (point.evidence >= 0.5, point.importance < 0.5) == (bool(column), bool(row)):
                cell.add_paragraph(_plain(f"{point.number}. {point.assumption.text} ({point.assumption.ruling})"))
    made.add_paragraph()
    table = made.add_table(rows=1, cols=5, style="Light List")
    for cell, name in zip(table.rows[0].cells, ("Assumption", "Importance", "For", "Against", "Ruling"), strict=True):
        cell.text = name
    for point in points:
        one = point.assumption
        cells = (
            f"{point.number}. {one.text}",
            f"{point.importance:.1f}",
            str(len(told.of_side(one, Stance.SUPPORTS))),
            str(len(told.of_side(one, Stance.CHALLENGES))),
            str(one.ruling),
        )
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = _plain(text)


def _assumption(made: Document, number: int, one: Assumption, report: Report) -> None:
    made.add_heading(_plain(f"{number}. {one.text}"), 2)
    line = made.add_paragraph(_plain(f"As {one.lens}, importance {one.importance:.1f}{told.weighed_by(one)}: "))
    line.add_run(str(one.ruling)).bold = True
    if one.question:
        made.add_paragraph(_plain(one.question))
    if beside := told.beside(report.verdict, number):
        made.add_paragraph(beside)
    own = told.first_told(report.verdict, number)
    for side, name in told.SIDES.items():
        if found := told.of_side(own, side):
            made.add_heading(name, 3)
            for each in found:
                _finding(made, each, report, in_context=True)


def _findings(made: Document, title: str, findings: Sequence[Finding], report: Report) -> None:
    made.add_heading(title, 1)
    for one in findings:
        _finding(made, one, report)
    if not findings:
        made.add_paragraph(told.NOTHING)


def _finding(made: Document, one: Finding, report: Report, *, in_context: bool = False) -> None:
    before, quote, after = told.around(one) if in_context else ("", one.citation.quote, "")
    quoted = made.add_paragraph(_plain(before), "Quote")
    words = quoted.add_run(_plain(quote))
    words.bold = in_context
    quoted.add_run(_plain(after))
    if why := told.why(one):
        made.add_paragraph().add_run(_plain(why)).italic = True
    line = made.add_paragraph(_plain(f"{told.source(one.citation)}. {told.attributed(one)}."))
    if mark := report.mark(one.citation):
        line.add_run(f" {mark}").bold = True


def _listed(made: Document, title: str, lines: Iterable[str]) -> None:
    made.add_heading(title, 1)
    for line in lines:
        made.add_paragraph(_plain(line), "List Bullet")


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
