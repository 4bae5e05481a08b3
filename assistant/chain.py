"""The assistant as parts of other LangChain programs: a retriever, a runnable that answers, and a tool for agents.

LangChain traces these parts if the usual LangSmith variables are set, and does not trace them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import add
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator
from langchain_core.runnables.utils import AddableDict
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import ConfigDict, Field

from assistant import wire
from assistant.build import Assistant
from assistant.types import Answer, Filters, Role, Statement, Turn


class PassageRetriever(BaseRetriever):
    """A LangChain retriever that returns the passages found by ``assistant.search``. The metadata of a passage has all
    fields that ``pushback search --json`` prints for it, except its text.

    ``k`` is the number of passages to return; ``invoke(query, k=3)`` overrides it for one call. ``filters`` limit the
    search.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = Field(default=8, ge=1)
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[LangChainDocument]:
        del run_manager  # nothing is called that would report to it
        found = [wire.hit(hit) for hit in self.assistant.search(query, k or self.k, self.filters)]
        return [LangChainDocument(id=hit["passage"], page_content=hit.pop("text"), metadata=hit) for hit in found]


def as_runnable(assistant: Assistant) -> Runnable[Any, dict[str, Any]]:
    """Return a LangChain runnable that takes a question and returns the JSON of ``pushback ask --json`` as a dict.

    The input is the question as text, or ``{"question": ..., "history": [{"role": ..., "content": ...}]}``. ``stream``
    yields a chunk for each statement as soon as it is verified, then a chunk with the rest of the answer. The chunks
    add up to what ``invoke`` returns.
    """

    def answer(chunks: Iterator[Any]) -> Iterator[AddableDict]:
        question, history = _read(reduce(add, chunks))  # what stands before us in a chain may stream its parts
        for part in assistant.stream(question, history):
            if isinstance(part, Statement):
                yield AddableDict(statements=[wire.statement(part)])
            else:
                yield _rest(part)

    return RunnableGenerator(answer, name="pushback")


def pressure_test(assistant: Assistant) -> BaseTool:
    """Return a LangChain tool for agents that tests an idea. It takes the idea as text and returns the JSON of
    ``pushback challenge --json`` as a dict. The verdict is not stored in the library."""

    def test(idea: str) -> dict[str, Any]:
        return wire.verdict(assistant.challenge(idea))

    return StructuredTool.from_function(
        test,
        name="pressure_test",
        description=(
            "Test a strategy idea against the team's own documents: for each assumption that it rests on, verified"
            " quotes for it and against it, or a named gap where the documents say nothing."
        ),
    )


def _read(asked: str | dict[str, Any]) -> tuple[str, list[Turn]]:
    if isinstance(asked, str):
        return asked, []
    history = [Turn(Role(turn["role"]), str(turn["content"])) for turn in asked.get("history") or []]
    return str(asked["question"]), history


def _rest(answer: Answer) -> AddableDict:
    """The JSON of the answer with an empty list of statements, since the statements were streamed already."""
    whole = wire.answer(answer)
    return AddableDict({**whole, "statements": []})
