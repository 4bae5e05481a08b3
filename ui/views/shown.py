"""Decides what an answer shows on the page, in a terminal and in files: its texts, and the sentence to emphasize in
each. Pure functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from assistant.text.words import content_stems
from assistant.types import About, Answer, Citation, Conflict, Cost, Grounding, Span, Statement

if TYPE_CHECKING:
    from assistant.library.records import Listed

REFUSED = "The documents do not say."
CLOSEST = "Closest passages."
PERHAPS = "They may not answer the question."
NEAREST = "The nearest passages"
NOT_SAID = "Not said:"
CELLS = 4  # of a row of a table, from which it is too long to be read as a sentence
_CELL = re.compile(r"[^:;]{1,120}: .+?(?=; [^:;]{1,120}: |$)")  # as a row is read in: "Channel: Search; Leads: 120"


def who_disagrees(conflict: Conflict) -> str:
    """The heading above statements that contradict each other. It says whether two sources disagree, or two speakers in
    one document."""
    documents = {side.citations[0].about.id for side in conflict.sides}
    return "The sources do not agree" if len(documents) > 1 else "Two voices in one document do not agree"


def as_guess(of: About | Listed, name: str, text: str) -> str:
    """``text`` with the mark "(guessed)" if the value that it shows was guessed. The value is the title, author or date
    of the document ``of``, and ``name`` is the name of the value's field, such as ``author``. Empty text stays
    empty."""
    return f"{text} (guessed)" if text and name in of.guessed else text


def voice(citation: Citation) -> str:
    """The speaker of a citation; if there is none, the author of its document, marked if guessed. Empty if neither is
    known."""
    return citation.speaker or as_guess(citation.about, "author", citation.about.author or "")


def cost_line(cost: Cost) -> str:
    """The number of calls of a model, the number of calls answered from memory, and the numbers of tokens that the
    model read and wrote, as text."""
    calls = "1 call" if cost.calls == 1 else f"{cost.calls:,} calls"
    cached = f", {cost.cached} answered from memory" if cost.cached else ""
    return f"{calls}, {cost.input_tokens:,} tokens read, {cost.output_tokens:,} written{cached}"


class Shown(NamedTuple):
    """A text of an answer as it is shown, with its citations. The text has five parts in this order: ``opening`` (says
    who speaks, as in ``Ann Lee: “``), ``before``, ``key`` (the sentence to emphasize), ``after``, and ``closing`` (what
    follows the quote, such as ``”``). If no sentence is emphasized, ``before`` is the whole text, and the other parts
    are empty."""

    citations: tuple[Citation, ...]
    opening: str  # whose words follow
    before: str
    key: str  # the sentence that seems to answer; empty where none is to be marked
    after: str
    closing: str

    @property
    def text(self) -> str:
        """All five parts as one text."""
        return "".join(self[1:])


def shown(answer: Answer) -> tuple[Shown, ...]:
    """The texts to show for an answer. They are its statements, or the closest passages if the answer has nothing else
    (``Grounding.NEAR``). The result is empty if the documents do not answer (``Grounding.REFUSED``).

    In each text, the key sentence (the one that seems to answer the question) is emphasized if it is known, unless the
    key sentences of the answer's citations are all whole quotes. In a long table row, the cell that the question asks
    for is emphasized instead.
    """
    told = [(statement.text, statement.citations) for statement in answer.statements]
    if answer.grounding is Grounding.NEAR:
        told = [(_quote(citation), (citation,)) for citation in answer.nearest]
    marks = any(one.key_quote != one.quote for one in answer.cited)
    return tuple(_shown(text, citations, answer.standalone_question, marks=marks) for text, citations in told)


def why(answer: Answer) -> str:
    """The reason why the documents do not answer the question, without the sentence “The documents do not say.” that
    can begin it."""
    reason = answer.reason.removeprefix(REFUSED).removeprefix(f"{REFUSED[:-1]}: ").strip()
    return reason[:1].upper() + reason[1:]


def disagreeing(side: Statement) -> str:
    """The text of one side of a conflict (statements that contradict each other). If the text is an excerpt of a
    document, only its sentence that seems to answer the question is returned."""
    return side.citations[0].key_quote if side.key else side.text


def _quote(citation: Citation) -> str:
    return f"{citation.speaker}: “{citation.quote}”" if citation.speaker else citation.quote


def _shown(text: str, citations: tuple[Citation, ...], question: str, *, marks: bool) -> Shown:
    for first in citations[:1]:
        opening, quote, closing = text.partition(first.quote)
        cell = asked_cell(first.key_quote, question)
        if quote and ((marks and first.key) or cell):
            start = first.key.start - first.start if first.key else 0
            start, end = (start + cell.start, start + cell.end) if cell else (start, start + len(first.key_quote))
            return Shown(citations, opening, quote[:start], quote[start:end], quote[end:], closing)
    return Shown(citations, "", text, "", "", "")


def asked_cell(sentence: str, question: str) -> Span | None:
    """The range of the cell for which the question asks, in a table row that is written as the text ``sentence``. It is
    the cell that shares most words with the question; words in the name of its column count double. The first cell is
    never chosen, since it only names what the row is about.

    Returns None if the text is not a long table row, if no cell shares a word with the question, or if several cells
    share the largest number of words.
    """
    cells = list(_CELL.finditer(sentence))
    if len(cells) < CELLS or cells[0].start() > 0:
        return None
    asked = set(content_stems(question)) - set(content_stems(cells[0][0]))
    met = [_met(asked, cell[0]) for cell in cells[1:]]
    if not max(met) or met.count(max(met)) > 1:
        return None
    cell = cells[1 + met.index(max(met))]
    return Span(cell.end() - len(cell[0].lstrip("; ")), cell.end() + sentence.startswith(";", cell.end()))


def _met(asked: set[str], cell: str) -> int:
    """The score of a cell: how many words of the question it has; words of the column's name count double."""
    name, _, value = cell.partition(": ")
    return 2 * len(asked & set(content_stems(name))) + len(asked & set(content_stems(value)))
