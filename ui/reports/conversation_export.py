"""Exports a conversation as Markdown or as a Word document, with the same text in the same order. Pure functions.

Each answer keeps its citation numbers and its sources with their quotes, so that it can be checked without the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.types import Answer, Citation, Grounding, Statement
from ui.reports import word
from ui.views import inert, present
from ui.views.present import Standing
from ui.views.shown import CLOSEST, NEAREST, NOT_SAID, PERHAPS, REFUSED, disagreeing, shown, who_disagrees, why

if TYPE_CHECKING:
    from docx.document import Document

SOURCES = "Sources"


class ExportLine(NamedTuple):
    """A line of an exported answer. ``kind`` says what the line is: ``said`` (a statement), ``head`` (a heading),
    ``side`` (one side of a disagreement between documents), ``source`` or ``note``.

    The text of the line is ``before + key + after``. ``key`` is the part of a statement that is printed in bold; it may
    be empty.
    """

    kind: str
    before: str
    key: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The whole text of the line."""
        return self.before + self.key + self.after


def lines(answer: Answer, standing: Mapping[Citation, Standing] | None = None) -> Iterator[ExportLine]:
    """Yield the lines of an answer, without its question. The line of a source has the source's quote unless a
    statement of the answer already contains this quote. ``standing`` says of each citation whether its source is
    unchanged, has changed or is gone; changed and missing sources are marked. Without ``standing``, nothing is
    marked."""
    if answer.grounding is Grounding.ASIDE:
        yield ExportLine("said", answer.reason)
        return
    numbers = {citation: number for number, citation in enumerate(answer.cited, 1)}
    if answer.refused:
        opening = REFUSED if answer.grounding is Grounding.REFUSED else f"{CLOSEST} {PERHAPS}"
        yield ExportLine("said", f"{opening} {why(answer)}".strip())
    told = shown(answer)
    for one in told:
        after = _numbered(f"{one.after}{one.closing}", one.citations, numbers)
        yield ExportLine("said", one.opening + one.before, one.key, after)
    for conflict in answer.conflicts:
        yield ExportLine("head", who_disagrees(conflict))
        for side in conflict.sides:
            yield ExportLine("side", _voice(side) + _numbered(disagreeing(side), side.citations, numbers))
    if answer.missing and not answer.refused:
        yield ExportLine("note", f"{NOT_SAID} {answer.missing}")
    yield from (ExportLine("note", notice) for notice in answer.notices)
    if numbers:
        yield ExportLine("head", NEAREST if answer.grounding is Grounding.REFUSED else SOURCES)
    for citation, number in numbers.items():
        mark = (standing or {}).get(citation, Standing.HOLDS).value
        quote = "" if any(citation.quote in one.text for one in told) else f": “{citation.key_quote}”"
        yield ExportLine("source", f"[{number}] {source(citation)}{quote}{f' {mark}' if mark else ''}")
    yield ExportLine("note", present.searched(answer))


def source(citation: Citation) -> str:
    """A citation as text: its title, speaker, date and page, and the file in brackets."""
    about = citation.about
    known = (*present.particulars(citation), about.place(citation.page))
    return f"{', '.join(filter(None, known))} ({about.source})"


def plain(answer: Answer) -> str:
    """An answer as plain text, for example for the clipboard. A blank line comes before each statement and heading."""
    apart = {"said": "\n{}", "head": "\n{}:"}
    told = "\n".join(apart.get(line.kind, "{}").format(line.text) for line in lines(answer)).removeprefix("\n")
    return inert.plain(told)


def markdown(title: str, answers: Sequence[Answer], standing: Mapping[Citation, Standing] | None = None) -> str:
    """A conversation as Markdown. Text of documents, models and users is escaped. ``standing`` says of each citation
    whether its source is unchanged, has changed or is gone; changed and missing sources are marked. Without
    ``standing``, nothing is marked."""
    told = [f"# {inert.markdown(title)}"]
    for answer in answers:
        told.append(f"## {inert.markdown(answer.question)}")
        for line in lines(answer, standing):
            mark = {"said": "", "head": "**", "note": "*"}.get(line.kind, "- ")
            closes = mark if mark.startswith("*") else ""
            text = _marked(line) if line.kind == "said" else inert.markdown(line.text)
            told.append(f"{mark}{text}{closes}")
    return "\n\n".join(told) + "\n"


def docx(title: str, answers: Sequence[Answer], standing: Mapping[Citation, Standing] | None = None) -> bytes:
    """A conversation as the bytes of a Word document. ``standing`` says of each citation whether its source is
    unchanged, has changed or is gone; changed and missing sources are marked. Without ``standing``, nothing is
    marked."""
    from docx import Document as new_document

    made = new_document()
    made.core_properties.title = inert.plain(title)[:255]
    made.core_properties.author = "Pushback"
    made.add_heading(inert.plain(title), 0)
    for answer in answers:
        made.add_heading(inert.plain(answer.question), 1)
        for line in lines(answer, standing):
            _add(made, line)
    return word.saved(made)


def _add(made: Document, line: ExportLine) -> None:
    text = inert.plain(line.text)
    match line.kind:
        case "head":
            made.add_heading(text, 2)
        case "note":
            made.add_paragraph().add_run(text).italic = True
        case "side" | "source":
            made.add_paragraph(text, "List Bullet")
        case _:
            paragraph = made.add_paragraph(inert.plain(line.before))
            paragraph.add_run(inert.plain(line.key)).bold = True
            paragraph.add_run(inert.plain(line.after))


def _marked(line: ExportLine) -> str:
    """The text as Markdown, with its key in bold. If the key touches other letters it stays plain, since Markdown would
    show the asterisks."""
    apart = all(beside.isspace() or beside in "“”" for beside in line.before[-1:] + line.after[:1])
    return inert.lines(line.before) + inert.lines(line.key, bold=apart) + inert.lines(line.after)


def _numbered(text: str, citations: Iterable[Citation], numbers: Mapping[Citation, int]) -> str:
    return " ".join([text, *(f"[{numbers[citation]}]" for citation in citations)])


def _voice(side: Statement) -> str:
    by = source(side.citations[0]) if side.citations else ""
    return f"{by}: " if by else ""
