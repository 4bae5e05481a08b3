"""Chains and engines of others as systems that are measured: LangChain's for real, LlamaIndex's by its shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from eval.running.adapters import adapted

PASSAGE = {"source": "ford.txt", "quote": "The Runabout cost $260 in 1925."}


class Retriever(BaseRetriever):
    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return [Document(PASSAGE["quote"], metadata={"source": PASSAGE["source"]})]


class Engine:
    """What a LlamaIndex query engine gives; with words, as if a model wrote, else nodes only."""

    def __init__(self, words: str | None) -> None:
        self._words = words

    def query(self, asked: str) -> SimpleNamespace:
        return SimpleNamespace(response=self._words, source_nodes=self.nodes(asked))

    def nodes(self, asked: str) -> list[SimpleNamespace]:
        node = SimpleNamespace(get_content=lambda: PASSAGE["quote"], metadata={"file_name": PASSAGE["source"]})
        return [SimpleNamespace(node=node, score=0.5)]


def test_a_retriever_of_langchain_searches_and_writes_no_answers() -> None:
    ask = adapted(Retriever())

    assert ask({"search": "What did it cost?", "k": 5}) == {"found": [PASSAGE]}
    assert "not_applicable" in ask({"ask": "What did it cost?", "history": []})
    assert "not_applicable" in ask({"challenge": "Make it cheaper."})


def test_a_chain_of_langchain_is_asked_by_the_names_of_its_input_and_cites_its_context() -> None:
    prompt = ChatPromptTemplate.from_messages([("placeholder", "{chat_history}"), ("user", "{input}")])
    seen: list[str] = []

    def written(value: Any) -> str:
        seen.append(value.to_string())
        return "It cost $260."

    chain = prompt | RunnableLambda(written) | (lambda words: {"answer": words, "context": Retriever().invoke("")})
    history = [{"role": "user", "content": "What is the Runabout?"}]

    assert adapted(chain)({"ask": "What did it cost?", "history": history}) == {
        "answer": "It cost $260.",
        "citations": [PASSAGE],
    }
    assert seen == ["Human: What is the Runabout?\nHuman: What did it cost?"]
    assert adapted(chain)({"search": "What did it cost?", "k": 5}) == {"found": [PASSAGE]}


def test_a_runnable_of_plain_text_cites_nothing() -> None:
    runnable = RunnablePassthrough()

    assert adapted(runnable)({"ask": "Why?", "history": []}) == {"answer": "Why?", "citations": []}
    assert "not_applicable" in adapted(runnable)({"search": "Why?", "k": 5})


def test_an_engine_of_llamaindex_cites_its_nodes_and_says_them_where_no_model_writes() -> None:
    cited = {**PASSAGE, "score": 0.5}

    assert adapted(Engine("It cost $260."))({"ask": "?"}) == {"answer": "It cost $260.", "citations": [cited]}
    assert adapted(Engine(None))({"ask": "?"}) == {"statements": [{"text": PASSAGE["quote"], "citations": [cited]}]}
    assert adapted(Engine(None))({"search": "?", "k": 5}) == {"found": [cited]}
    assert "not_applicable" in adapted(SimpleNamespace(retrieve=Engine(None).nodes))({"ask": "?"})
    assert adapted(SimpleNamespace(retrieve=Engine(None).nodes))({"search": "?", "k": 5}) == {"found": [cited]}


def test_an_engine_of_llamaindex_that_found_nothing_refuses() -> None:
    engine = SimpleNamespace(query=lambda _: SimpleNamespace(response="Empty Response", source_nodes=[]))

    assert adapted(engine)({"ask": "?"}) == {"refused": True, "reason": "it found nothing"}


def test_what_cannot_be_asked_is_told() -> None:
    with pytest.raises(TypeError, match="int cannot be asked"):
        adapted(3)
