"""A conversation as a file to be handed on: Markdown, or a Word document; the same words in the same order. Pure.

Each answer keeps its numbers, and its sources with their quotes, so that it can be checked without the page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.types import Answer, Citation, Statement
from ui import inert, present
from ui.present import Standing

if TYPE_CHECKING:
    from docx.document import Document

REFUSED = "The documents do not say."
DISAGREE = "The sources do not agree"
NEAREST = "The nearest passages, which do not answer the question"
SOURCES = "Sources"

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what a Word document cannot hold


class Line(NamedTuple):
    """A line of an answer: what kind it is (``said``, ``head``, ``side``, ``source``, ``note``), and its text."""

    kind: str
    text: str


def lines(answer: Answer, standing: Mapping[Citation, Standing] | None = None) -> Iterator[Line]:
    """An answer without its question, line by line."""
    numbers = {citation: number for number, citation in enumerate(answer.cited, 1)}
    if answer.refused:
        yield Line("said", f"{REFUSED} {present.why(answer)}".strip())
    for statement in answer.statements:
        yield Line("said", _numbered(statement, numbers))
    for conflict in answer.conflicts:
        yield Line("head", DISAGREE)
        yield from (Line("side", f"{_voice(side)}{_numbered(side, numbers)}") for side in conflict.sides)
    yield from (Line("note", notice) for notice in answer.notices)
    if numbers:
        yield Line("head", NEAREST if answer.refused else SOURCES)
    for citation, number in numbers.items():
        mark = (standing or {}).get(citation, Standing.HOLDS).value
        yield Line("source", f"[{number}] {source(citation)}: “{citation.quote}”{f' {mark}' if mark else ''}")
    yield Line("note", present.searched(answer))


def source(citation: Citation) -> str:
    """Title, who says it, when, and the place in the file."""
    about = citation.about
    known = (about.title, citation.voice, about.date and present.date(about.date), about.place(citation.page))
    return f"{', '.join(part for part in known if part)} ({about.source}:{citation.start}-{citation.end})"


def plain(answer: Answer) -> str:
    """An answer as text to be pasted anywhere."""
    return "\n".join(f"\n{text}:" if kind == "head" else text for kind, text in lines(answer))


def markdown(title: str, answers: Sequence[Answer], standing: Mapping[Citation, Standing] | None = None) -> str:
    """The conversation as Markdown, in which no word of a document, a model or a user is markup."""
    told = [f"# {inert.markdown(title)}"]
    for answer in answers:
        told.append(f"## {inert.markdown(answer.question)}")
        for kind, text in lines(answer, standing):
            mark = {"said": "", "head": "**", "note": "*"}.get(kind, "- ")
            closes = mark if mark.startswith("*") else ""
            told.append(f"{mark}{inert.markdown(text)}{closes}")
    return "\n\n".join(told) + "\n"


def docx(title: str, answers: Sequence[Answer], standing: Mapping[Citation, Standing] | None = None) -> bytes:
    """The conversation as the bytes of a Word document."""
    from docx import Document as new_document

    made = new_document()
    made.core_properties.title = _xml(title)[:255]
    made.core_properties.author = "Pushback"
    made.add_heading(_xml(title), 0)
    for answer in answers:
        made.add_heading(_xml(answer.question), 1)
        for line in lines(answer, standing):
            _add(made, line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _add(made: Document, line: Line) -> None:
    text = _xml(line.text)
    match line.kind:
        case "head":
            made.add_heading(text, 2)
        case "note":
            made.add_paragraph().add_run(text).italic = True
        case "side" | "source":
            made.add_paragraph(text, "List Bullet")
        case _:
            made.add_paragraph(text)


def _numbered(statement: Statement, numbers: Mapping[Citation, int]) -> str:
    return " ".join([statement.text, *(f"[{numbers[citation]}]" for citation in statement.citations)])


def _voice(side: Statement) -> str:
    by = source(side.citations[0]) if side.citations else ""
    return f"{by}: " if by else ""


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
