"""The routes `/v1/chat/completions` and `/v1/models`: clients of the OpenAI API can use a library as a model."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from assistant.answer import answering
from assistant.build import Assistant
from assistant.errors import PushbackError, SettingsError
from assistant.model.chat import Tick
from assistant.search.question import encodable
from assistant.types import Answer, Role, Statement
from assistant.wire import Json
from ui.api.desk import Desk
from ui.api.faults import JsonReply, described, of_openai
from ui.api.forms import Completion, FaultOfOpenai, Line
from ui.api.people import Person
from ui.api.routes import telling
from ui.api.routes.asking import EVENTS
from ui.api.routes.seams import FAULTS, desk_of, questioner, reader
from ui.api.routes.telling import Telling

FAULTS_OF_OPENAI: dict[int | str, dict[str, Any]] = {
    status: {**told, "model": FaultOfOpenai} for status, told in FAULTS.items()
}
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A completion, whose `citations` are what the numbers in its text stand for; or its chunks.",
        "content": {EVENTS: {"schema": {"type": "string"}}},
    }
}
DONE = "[DONE]"

routes = APIRouter(prefix="/v1", tags=["openai"], responses=FAULTS_OF_OPENAI)


class AnswerPiece(NamedTuple):
    """A piece of the text of an answer. In the last piece, ``answer`` is the whole answer; in all others, it is
    None."""

    text: str
    answer: Answer | None = None


@routes.get("/models")
def models(person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)]) -> Response:
    """List the libraries that you may use; each is a model."""
    return JsonReply({"object": "list", "data": [_model(name) for name in desk.libraries(person)]})


@routes.get("/models/{name}")
def model(name: Line, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)]) -> Response:
    """Describe a library as a model."""
    desk.assistant(name, person)
    return JsonReply(_model(name))


@routes.post("/chat/completions", responses=STREAMED)
async def complete(
    asked: Completion, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Answer the last message of the user from the library that `model` names, with citations.

    Earlier messages are the conversation that the question may refer to. System messages are ignored, since the answer
    comes from the documents alone.
    """
    spoken = [one for one in asked.messages if one.role in ("user", "assistant") and one.text.strip()]
    if not spoken or spoken[-1].role != "user":
        raise SettingsError("The last message is not the user's.", hint='End with {"role": "user", "content": "…"}.')
    question = spoken[-1].text
    answering.checked(encodable(question))
    assistant = await run_in_threadpool(desk.assistant, asked.model, person)
    history = [telling.turn(Role(one.role), one.text) for one in spoken[:-1]]

    def work(tick: Tick) -> Iterator[AnswerPiece]:
        for piece in _pieces(assistant, question, history, tick):
            if piece.answer:
                desk.timed(piece.answer.timings_ms)
            yield piece

    head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": asked.model}
    if asked.stream:
        counts = bool(asked.stream_options and asked.stream_options.include_usage)
        return StreamingResponse(_chunks(desk.parts(work), head, counts=counts), media_type=EVENTS)
    pieces = await desk.do(lambda: list(work(lambda: None)))
    answer = pieces[-1].answer
    assert answer
    message = {"role": "assistant", "content": "".join(piece.text for piece in pieces), "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return JsonReply(
        {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(answer), **_grounds(answer)}
    )


def _pieces(assistant: Assistant, question: str, history: list[Any], tick: Tick) -> Iterator[AnswerPiece]:
    told = Telling()
    for part in assistant.stream(question, history, tick=tick):
        yield AnswerPiece(told.statement(part)) if isinstance(part, Statement) else AnswerPiece(told.rest(part), part)


async def _chunks(parts: AsyncIterator[AnswerPiece | None], head: Json, *, counts: bool) -> AsyncIterator[bytes]:
    """The pieces as the chunks that clients of the OpenAI API read. The chunk with the finish reason has the citations.
    With ``counts``, one more chunk has the numbers of tokens."""
    told = {**head, "object": "chat.completion.chunk"}
    try:
        yield _chunk({**told, "choices": [_delta({"role": "assistant", "content": ""})]})
        async for part in parts:
            if part is None:
                yield KEEPALIVE_COMMENT
                continue
            yield _chunk({**told, "choices": [_delta({"content": part.text})]})
            if part.answer:
                yield _chunk({**told, "choices": [_delta({}, "stop")], **_grounds(part.answer)})
                if counts:
                    yield _chunk({**told, "choices": [], "usage": _usage(part.answer)})
        yield format_sse_event(data_str=DONE)
    except PushbackError as error:
        yield _chunk(of_openai(described(error), 503))


def _chunk(told: Json) -> bytes:
    return format_sse_event(data_str=json.dumps(told))


def _delta(delta: Json, reason: str | None = None) -> Json:
    return {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}


def _grounds(answer: Answer) -> Json:
    """The fields that a completion has in addition to OpenAI's: citations, grounding, and whether the answer is a
    refusal."""
    return {"citations": telling.citations(answer), "grounding": answer.grounding.value, "refused": answer.refused}


def _usage(answer: Answer) -> Json:
    """The numbers of tokens that a model read and wrote; 0 without a model."""
    read, written = (answer.cost.input_tokens, answer.cost.output_tokens) if answer.cost else (0, 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": 0, "owned_by": "pushback"}
