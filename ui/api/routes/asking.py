"""The routes `/v1/ask`, `/v1/search` and `/v1/measured`; the last one answers `pushback eval run --system`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from assistant import wire
from assistant.answer import answering
from assistant.build import Assistant
from assistant.dialogue.conversation import spoken
from assistant.errors import PushbackError, SettingsError
from assistant.model.chat import Tick
from assistant.search.question import encodable
from assistant.types import Statement
from assistant.wire import Json
from eval.running.outside import served
from ui.api.desk import Desk
from ui.api.faults import JsonReply, described
from ui.api.forms import NEW, Measured, Query, QuestionRequest
from ui.api.people import Person
from ui.api.routes.seams import FAULTS, desk_of, questioner

routes = APIRouter(prefix="/v1", tags=["ask"], responses=FAULTS)
EVENTS = "text/event-stream"
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What `pushback ask --json` prints; or events: `statement` for each, then `answer`, or `error`.",
        "content": {EVENTS: {"schema": {"type": "string"}}},
    }
}
Event = tuple[str, Json]
ANSWER = "answer"


@routes.post("/ask", responses=STREAMED)
async def ask(
    asked: QuestionRequest, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Answer a question from the documents, with citations.

    If the documents do not have the answer, the response says so with the status 200. With `stream`, each statement is
    sent as soon as it has been checked.
    """
    answering.checked(encodable(asked.question))
    assistant = await run_in_threadpool(desk.assistant, asked.library, person)
    conversation = await run_in_threadpool(_prepare, asked, assistant, person)

    def work(tick: Tick) -> Iterator[Event]:
        for name, told in _answered(asked, conversation, assistant, tick):
            if name == ANSWER:
                desk.timed(told["timings_ms"])
            yield name, told

    if asked.stream:
        return StreamingResponse(_events(desk.parts(work)), media_type=EVENTS)
    return JsonReply(await desk.do(lambda: list(work(lambda: None))[-1][1]))


@routes.post("/search")
async def search(
    asked: Query, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """List the passages nearest to a query. For each passage, `found_by` says whether it was found by its words
    (`lexical`), by its meaning (`dense`) or by both (`both`). The response is what `pushback search --json` prints."""
    if not asked.query.strip():
        raise SettingsError("The query is empty.", hint="Name something to search for.")
    assistant = await run_in_threadpool(desk.assistant, asked.library, person)
    filters = asked.filters.filters()
    await run_in_threadpool(_check_documents, assistant, filters.documents)
    return JsonReply(await desk.do(lambda: [wire.hit(hit) for hit in assistant.search(asked.query, asked.k, filters)]))


@routes.post("/measured", tags=["measure"])
async def measured(
    asked: Measured, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Reply to a request that `pushback eval run SUITE --system URL` sends: answer a question, search, or test an idea.
    The default library is used.

    An idea is tested at once, not in a job. The response has the verdict, which is not stored.
    """
    assistant = await run_in_threadpool(desk.assistant, None, person)
    request = asked.model_dump(mode="json", exclude_none=True)
    return JsonReply(await desk.do(lambda: served(assistant)(request)))


def _prepare(asked: QuestionRequest, assistant: Assistant, person: Person) -> str | None:
    """Check the documents and the conversation that the request names, and store the question in the conversation.
    Returns the id of the conversation; None if the answer is not to be stored.

    Raises:
        DocumentMissing: there is no such document, or no such conversation of this person.
    """
    _check_documents(assistant, asked.filters.documents)
    if asked.conversation is None:
        return None
    library = assistant.library
    if asked.conversation == NEW:
        id = library.conversations.begin(person.owner)
    else:
        library.conversations.check_owner(id := asked.conversation, person.owner)
    library.conversations.ask(id, encodable(asked.question))
    return id


def _check_documents(assistant: Assistant, documents: tuple[str, ...]) -> None:
    for key in documents:
        assistant.library.document(key)


def _answered(asked: QuestionRequest, conversation: str | None, assistant: Assistant, tick: Tick) -> Iterator[Event]:
    """Yield a ``statement`` event for each statement, then an ``answer`` event with the whole answer. If
    ``conversation`` is an id, store the answer there."""
    history, turn = asked.turns(), 1
    if conversation:
        before = [wire.stored_answer(kept) for kept in assistant.library.conversations.turns(conversation)]
        history, turn = tuple(spoken(before)), len(before) + 1
    for part in assistant.stream(asked.question, history, asked.filters.filters(), tick):
        if isinstance(part, Statement):
            yield "statement", wire.statement(part)
            continue
        told = wire.answer(part)
        if conversation:
            assistant.library.conversations.add_turn(conversation, json.dumps(told, ensure_ascii=False))
            told |= {"conversation": conversation, "turn": turn}
        yield ANSWER, told


async def _events(parts: AsyncIterator[Event | None]) -> AsyncIterator[bytes]:
    """The events of an answer in the format of server-sent events. An error becomes the last event."""
    try:
        async for part in parts:
            yield format_sse_event(event=part[0], data_str=json.dumps(part[1])) if part else KEEPALIVE_COMMENT
    except PushbackError as error:
        yield format_sse_event(event="error", data_str=json.dumps(described(error)))
