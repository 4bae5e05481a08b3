"""Converts an answer to the text of a chat message, and such a message back. The text is Markdown with numbered
citations and a list of sources at the end.

Text of documents and models is escaped. A streamed answer has the same text as one that is sent in one piece.
"""

from __future__ import annotations

import re

from assistant import wire
from assistant.types import Answer, Citation, Role, Statement, Turn
from assistant.wire import Json
from ui.reports.conversation_export import SOURCES, ExportLine, lines
from ui.views import inert
from ui.views.shown import NEAREST

_NUMBERS = re.compile(r"(?: \\\[\d+\\\])+$")  # ours at the end of a text, where nothing follows that makes a link of it
_NUMBER = re.compile(r"^\\\[(\d+)\\\] ")
_TOLD = re.compile(r"(?: \[\d+\])+(?:\n\n|$)")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|~$!&\-+=\d\n])")
_ENDS = tuple(f"\n\n**{head}**\n\n" for head in (SOURCES, NEAREST))


class Telling:
    """Converts one answer to the text of a chat message, piece by piece."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}
        self._told: set[str] = set()

    def statement(self, one: Statement) -> str:
        """The text of a statement, followed by the numbers of its citations. A citation has the same number in the
        whole answer."""
        for citation in one.citations:
            self._numbers.setdefault(citation, len(self._numbers) + 1)
        numbers = (f"[{self._numbers[citation]}]" for citation in one.citations)
        return self._piece(_line(ExportLine("said", " ".join([one.text, *numbers]))))

    def rest(self, answer: Answer) -> str:
        """The text of all parts of the answer that this object has not converted yet: disagreements, what the documents
        do not say, notices, and sources."""
        told = [_line(line) for line in lines(answer)]
        return "".join(self._piece(text) for text in told if text not in self._told)

    def _piece(self, text: str) -> str:
        first = not self._told
        self._told.add(text)
        return text if first else f"\n\n{text}"


def citations(answer: Answer) -> list[Json]:
    """The citations of an answer as JSON objects. The field ``number`` is the number that a citation has in the text of
    the answer."""
    return [{"number": number, **wire.citation(citation)} for number, citation in enumerate(answer.cited, 1)]


def turn(role: Role, text: str) -> Turn:
    """A chat message as a ``Turn``, which the assistant takes. If the message is an answer that Pushback gave earlier,
    only its statements are kept, without numbers, headings and sources."""
    ends = [text.find(end) for end in _ENDS if end in text]
    if role is not Role.ASSISTANT or not ends:
        return Turn(role, text)
    body = "\n\n".join(part for part in text[: min(ends)].split("\n\n") if not part.startswith("*"))
    said = [_ESCAPED.sub(r"\1", one).strip() for one in _TOLD.split(body) if one.strip()]
    return Turn(role, said[0] if len(said) == 1 else "\n".join(f"- {one}" for one in said))


def _line(line: ExportLine) -> str:
    match line.kind:
        case "head":
            return f"**{inert.markdown(line.text)}**"
        case "note":
            return f"*{inert.markdown(line.text)}*"
        case "source":
            return "- " + _NUMBER.sub(r"[\1] ", inert.markdown(line.text))
        case "side":
            return f"- {_numbered(inert.markdown(line.text))}"
        case _:
            return _numbered(inert.lines(line.text))


def _numbered(text: str) -> str:
    return _NUMBERS.sub(lambda found: found[0].replace("\\", ""), text)
