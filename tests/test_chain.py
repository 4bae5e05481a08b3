"""The assistant among LangChain's parts, asked only what does not depend on trained weights: broad questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import reduce
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import add
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableLambda, RunnableParallel
from pydantic import ValidationError

from assistant import wire
from assistant.build import Assistant
from assistant.chain import PassageRetriever, as_runnable, pressure_test
from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.types import Filters, Role, Turn
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

ROOT = Path(__file__).resolve().parent.parent
BROAD = "What do these documents argue?"
TRUST = make_document("Trust is slow, and a brand earns it over many years.\n\nPrices need trust.", "trust.txt")
NOISE = make_document("Noise is loud, and nobody who makes it is heard for long.", "noise.txt", author="Writer")


@pytest.fixture
def assistant(library: Library, embedder: WordEmbedder) -> Assistant:
    with library.writing() as writer:
        writer.put([make_new(TRUST, embedder), make_new(NOISE, embedder)])
    return Assistant(library, embedder)


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "timings_ms": None}


def test_the_retriever_gives_what_search_gives(assistant: Assistant) -> None:
    documents = PassageRetriever(assistant=assistant, k=2).invoke("slow trust")

    hits = [wire.hit(hit) for hit in assistant.search("slow trust", 2)]
    assert [{**one.metadata, "text": one.page_content} for one in documents] == hits
    assert [one.id for one in documents] == [hit["passage"] for hit in hits]
    assert len(hits) == 2


def test_the_retriever_keeps_to_its_filters(assistant: Assistant) -> None:
    retriever = PassageRetriever(assistant=assistant, filters=Filters(authors=("writer",)))

    assert [one.page_content for one in retriever.invoke("trust")] == [NOISE.text]


def test_a_retriever_of_nothing_is_refused(assistant: Assistant) -> None:
    with pytest.raises(ValidationError):
        PassageRetriever(assistant=assistant, k=0)


def test_a_chain_goes_on_from_the_retriever(assistant: Assistant) -> None:
    def sources(documents: list[LangChainDocument]) -> list[str]:
        return sorted({one.metadata["source"] for one in documents})

    assert (PassageRetriever(assistant=assistant) | sources).invoke("trust") == ["noise.txt", "trust.txt"]


def test_invoked_the_runnable_gives_the_json_of_the_answer(assistant: Assistant) -> None:
    came = as_runnable(assistant).invoke(BROAD)

    assert timeless(json.loads(json.dumps(came))) == timeless(wire.answer(assistant.ask(BROAD)))
    assert wire.read_answer(came) == assistant.ask(BROAD)
    assert len(came["statements"]) == 2


def test_streamed_chunks_add_up_to_what_invoke_gives(assistant: Assistant) -> None:
    runnable = as_runnable(assistant)

    chunks = list(runnable.stream(BROAD))

    assert [len(chunk["statements"]) for chunk in chunks] == [1, 1, 0]
    assert timeless(reduce(add, chunks)) == timeless(runnable.invoke(BROAD))


def test_an_agents_tool_gives_the_json_of_the_verdict_and_keeps_nothing(assistant: Assistant) -> None:
    tool = pressure_test(assistant)

    verdict = tool.invoke({"idea": "Trust is slow."})

    assert tool.name == "pressure_test"
    assert timeless(verdict) == timeless(wire.verdict(assistant.challenge("Trust is slow.")))
    assert assistant.library.verdicts.listed() == []


def test_a_refusal_is_one_chunk_without_statements(library: Library, embedder: WordEmbedder) -> None:
    chunks = list(as_runnable(Assistant(library, embedder)).stream("What is trust?"))

    assert [(chunk["refused"], chunk["statements"]) for chunk in chunks] == [(True, [])]


def test_a_batch_is_answered_in_its_order(assistant: Assistant) -> None:
    """LangChain asks from several threads at once."""
    questions = [BROAD, "Summarise the documents.", {"question": BROAD}] * 4
    runnable = as_runnable(assistant)

    came = runnable.batch(questions)

    assert [timeless(one) for one in came] == [timeless(runnable.invoke(question)) for question in questions]


def test_a_history_makes_a_follow_up(assistant: Assistant) -> None:
    history = [{"role": "user", "content": "Who is Jane Doe?"}, {"role": "assistant", "content": "The author."}]

    came = as_runnable(assistant).invoke({"question": "What does she say?", "history": history})

    turns = [Turn(Role.USER, "Who is Jane Doe?"), Turn(Role.ASSISTANT, "The author.")]
    assert came["standalone_question"] == "What does Jane Doe say?"
    assert timeless(came) == timeless(wire.answer(assistant.ask("What does she say?", turns)))


def test_a_question_that_comes_in_pieces_is_one_question(assistant: Assistant) -> None:
    """A model that words the question streams it; a parallel step streams its keys."""
    keys = RunnableParallel(question=lambda asked: asked, history=lambda asked: [])
    runnable = as_runnable(assistant)

    expected = timeless(runnable.invoke(BROAD))
    assert timeless(reduce(add, runnable.transform(iter([BROAD[:9], BROAD[9:]])))) == expected
    assert timeless(reduce(add, (keys | runnable).stream(BROAD))) == expected


def test_the_runnable_stands_in_a_chain(assistant: Assistant) -> None:
    chain = RunnableLambda(lambda asked: asked["topic"]) | as_runnable(assistant) | (lambda answer: answer["grounding"])

    assert chain.invoke({"topic": BROAD}) == "grounded"


def test_an_error_of_ours_passes_through_as_it_is(assistant: Assistant) -> None:
    with pytest.raises(SettingsError, match="empty"):
        as_runnable(assistant).invoke(" ")


class Watching(BaseCallbackHandler):
    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
        self.seen.append((kwargs["name"], inputs))

    def on_retriever_start(self, serialized: Any, query: str, **kwargs: Any) -> None:
        self.seen.append((kwargs["name"], query))


def test_callbacks_see_each_run(assistant: Assistant) -> None:
    watching = Watching()

    as_runnable(assistant).invoke(BROAD, {"callbacks": [watching]})
    PassageRetriever(assistant=assistant).invoke("trust", {"callbacks": [watching]})

    assert [name for name, _ in watching.seen] == ["pushback", "PassageRetriever"]
    assert watching.seen[1][1] == "trust"


class Received(BaseHTTPRequestHandler):
    bodies: list[bytes]

    def do_GET(self) -> None:
        self._answer(b"{}")

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def langsmith() -> Iterator[tuple[str, list[bytes]]]:
    """The address of something that takes traces, and what it was sent."""
    bodies: list[bytes] = []
    handler = type("Handler", (Received,), {"bodies": bodies})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", bodies
        server.shutdown()
        thread.join()


TRACED = """
import sys
attempts = set()
sys.addaudithook(lambda event, args: attempts.add(event) if event in ("socket.connect", "socket.getaddrinfo") else None)
from assistant.build import Assistant
from assistant.chain import PassageRetriever, as_runnable
from assistant.library.library import Library
from assistant.settings import load
from tests.fakes import WordEmbedder

with Assistant(Library.open(load({}), WordEmbedder()), WordEmbedder()) as assistant:
    as_runnable(assistant).invoke("What do these documents argue?")
    PassageRetriever(assistant=assistant).invoke("trust")
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
print("connected" if "socket.connect" in attempts else "silent" if not attempts else attempts)
"""


@pytest.mark.slow
@pytest.mark.parametrize("tracing", [True, False])
def test_runs_are_traced_when_the_usual_variable_asks_for_it_and_else_nothing_is_sent(
    assistant: Assistant, langsmith: tuple[str, list[bytes]], tracing: bool
) -> None:
    assistant.close()
    address, bodies = langsmith
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LANGSMITH", "LANGCHAIN"))}
    keys = {
        "LANGSMITH_ENDPOINT": address,
        "LANGSMITH_API_KEY": "none",
        "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
        **({"LANGSMITH_TRACING": "true"} if tracing else {}),
    }

    came = subprocess.run(
        [sys.executable, "-c", TRACED],
        check=False,
        env={**clean, **keys},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert (came.stdout, came.returncode) == ("connected\n" if tracing else "silent\n", 0), came.stderr
    sent = b"".join(bodies)
    assert [name in sent for name in (b'"pushback"', b'"PassageRetriever"')] == [tracing, tracing]
