"""Uses parts of LangChain and LlamaIndex as sources of answers: runnables, engines and retrievers.

They are recognised by their methods, and neither library is imported. The sources that a chain or an engine returns
with its answer (``context`` or ``source_documents``, ``source_nodes``) count as citations; a retriever only searches.
An engine without a model answers with what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assistant.wire import Json

QUESTION = ("input", "question", "query")  # names under which a runnable may want to be asked, or tells its answer
HISTORY = ("chat_history", "history", "messages")
ANSWER = ("answer", "output", "result", "text")
FOUND = ("context", "source_documents", "documents")
SOURCE = ("source", "file_path", "file_name")  # in the metadata of a passage
EMPTY = "Empty Response"  # what an engine of LlamaIndex says where it found nothing
NO_IDEAS = {"not_applicable": "it tests no ideas"}
NO_SEARCH = {"not_applicable": "it does not tell what it found"}
NO_ANSWERS = {"not_applicable": "a retriever writes no answers"}


def adapted(found: Any) -> Callable[[Json], Any]:
    """Turn the object ``found`` (a LangChain runnable, or an engine or retriever of LlamaIndex) into a function that
    takes a request and returns the reply, both in the form that ``outside.py`` describes. If ``found`` is already a
    function, it is returned unchanged.

    Raises:
        TypeError: the object has no method to which a question can be passed.
    """
    if callable(getattr(found, "invoke", None)):
        return lambda request: _runnable(found, request)
    if callable(getattr(found, "query", None)) or callable(getattr(found, "retrieve", None)):
        return lambda request: _engine(found, request)
    if not callable(found):
        raise TypeError(f"{type(found).__name__} cannot be asked")
    given: Callable[[Json], Any] = found
    return given


def _runnable(runnable: Any, request: Json) -> Any:
    if "challenge" in request:
        return NO_IDEAS
    said = runnable.invoke(_wanted(runnable, request))
    passages = said if isinstance(said, Sequence) and not isinstance(said, str) else _first(said, FOUND) or ()
    told = [_passage(one.page_content, one.metadata) for one in passages if hasattr(one, "page_content")]
    if "search" in request:
        return {"found": told} if told or said == [] else NO_SEARCH
    if isinstance(said, list):
        return NO_ANSWERS
    text = _first(said, ANSWER) if isinstance(said, Mapping) else said
    return {"answer": str(getattr(text, "content", text) or ""), "citations": told}


def _wanted(runnable: Any, request: Json) -> Any:
    """The question and the history in the form that the runnable takes as input."""
    question = request.get("ask", request.get("search"))
    names = runnable.get_input_jsonschema().get("properties", {}) if hasattr(runnable, "get_input_jsonschema") else {}
    asked = next((name for name in QUESTION if name in names), None)
    if asked is None:
        return question
    before = [(one["role"], one["content"]) for one in request.get("history", ())]
    return {asked: question} | {name: before for name in HISTORY if name in names}


def _engine(engine: Any, request: Json) -> Any:
    if "challenge" in request:
        return NO_IDEAS
    if "search" in request:
        nodes = (
            engine.query(request["search"]).source_nodes
            if hasattr(engine, "query")
            else engine.retrieve(request["search"])
        )
        return {"found": _nodes(nodes)}
    if not hasattr(engine, "query"):
        return NO_ANSWERS
    said = engine.query(request["ask"])
    cited = _nodes(said.source_nodes)
    if said.response == EMPTY and not cited:
        return {"refused": True, "reason": "it found nothing"}
    if said.response:
        return {"answer": said.response, "citations": cited}
    return {"statements": [{"text": one["quote"], "citations": [one]} for one in cited]}


def _nodes(nodes: Iterable[Any]) -> list[Json]:
    return [_passage(one.node.get_content(), one.node.metadata) | {"score": one.score or 0.0} for one in nodes]


def _passage(text: str, metadata: Mapping[str, Any]) -> Json:
    return {"source": _first(metadata, SOURCE), "quote": text}


def _first(of: Any, names: Sequence[str]) -> Any:
    return next((of[name] for name in names if name in of), None) if isinstance(of, Mapping) else None
