"""LangChain's own standard tests, on our retriever."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever

from assistant import Assistant, PassageRetriever
from assistant.library.library import Library
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

standard = pytest.importorskip(
    "langchain_tests.integration_tests", reason="langchain-tests is in requirements-dev.lock"
)
TEXTS = (
    "Trust is slow, and a brand earns it.",
    "Prices need trust.",
    "Fairs are loud.",
    "Trust a quotation for 45 days.",
)


@pytest.mark.asyncio  # one of the tests is; the mark on the others is the warning
@pytest.mark.filterwarnings("ignore:.*marked with '@pytest.mark.asyncio'")
class TestRetriever(standard.RetrieversIntegrationTests):  # type: ignore[misc, name-defined]
    """Four passages, of which one is searched for."""

    @pytest.fixture(autouse=True)
    def _filled(self, library: Library, embedder: WordEmbedder) -> None:
        documents = [make_document(text, f"{number}.txt") for number, text in enumerate(TEXTS)]
        with library.writing() as writer:
            writer.put([make_new(document, embedder) for document in documents])
        self.assistant = Assistant(library, embedder)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PassageRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return "Is trust slow?"
