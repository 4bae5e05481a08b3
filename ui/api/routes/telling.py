"""An answer as the text of a chat, and back: Markdown with numbers and a list of sources at the end. Pure.

Text of documents and models is escaped. The text is the same, whether it is sent at once or in pieces.
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
    """One answer as text, sent in pieces."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}
        self._told: set[str] = set()

    def statement(self, one: Statement) -> str:
        """A statement as it arrives, with the numbers of its citations, which are the same in the whole answer."""
        for citation in one.citations:
            self._numbers.setdefault(citation, len(self._numbers) + 1)
        numbers = (f"[{self._numbers[citation]}]" for citation in one.citations)
        return self._piece(_line(ExportLine("said", " ".join([one.text, *numbers]))))

    def rest(self, answer: Answer) -> str:
        """The rest of the whole answer besides its statements: disagreement, what is not said, notices, and sources."""
        told = [_line(line) for line in lines(answer)]
        return "".join(self._piece(text) for text in told if text not in self._told)

    def _piece(self, text: str) -> str:
        first = not self._told
        self._told.add(text)
        return text if first else f"\n\n{text}"


def citations(answer: Answer) -> list[Json]:
    """The citations that the numbers in the text refer to."""
    return [{"number": number, **wire.citation(citation)} for number, citation in enumerate(answer.cited, 1)]


def turn(role: Role, text: str) -> Turn:
    """A turn of a chat in the form that a follow-up needs: of our own answers only the statements, in the documents'
    words."""
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
