"""LangChain's own standard tests, on our retriever and our tool. It has none for runnables."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool

from assistant import Assistant, PassageRetriever
from assistant.chain import pressure_test
from assistant.library.library import Library
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

NEEDED = "langchain-tests is in requirements-dev.lock"
standard = pytest.importorskip("langchain_tests.integration_tests", reason=NEEDED)
standard_units = pytest.importorskip("langchain_tests.unit_tests", reason=NEEDED)
TEXTS = (
    "Trust is slow, and a brand earns it.",
    "Prices need trust.",
    "Fairs are loud.",
    "Trust a quotation for 45 days.",
)


class OfFourPassages:
    @pytest.fixture(autouse=True)
    def _filled(self, library: Library, embedder: WordEmbedder) -> None:
        documents = [make_document(text, f"{number}.txt") for number, text in enumerate(TEXTS)]
        with library.writing() as writer:
            writer.put([make_new(document, embedder) for document in documents])
        self.assistant = Assistant(library, embedder)


@pytest.mark.asyncio  # one of the tests is; the mark on the others is the warning
@pytest.mark.filterwarnings("ignore:.*marked with '@pytest.mark.asyncio'")
class TestRetriever(OfFourPassages, standard.RetrieversIntegrationTests):  # type: ignore[misc, name-defined]
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PassageRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return "Is trust slow?"


class OfTheTool(OfFourPassages):
    @property
    def tool_constructor(self) -> BaseTool:
        return pressure_test(self.assistant)

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"idea": "Trust is slow."}


class TestToolsUnits(OfTheTool, standard_units.ToolsUnitTests):  # type: ignore[misc, name-defined]
    """What an agent is told of the tool: its name and what it takes."""


@pytest.mark.asyncio
@pytest.mark.filterwarnings("ignore:.*marked with '@pytest.mark.asyncio'")
class TestTool(OfTheTool, standard.ToolsIntegrationTests):  # type: ignore[misc, name-defined]
    """What an agent gets from the tool, whichever way it calls it."""
