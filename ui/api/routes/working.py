"""The routes that start and follow jobs. A job tests an idea or reads files while the client follows its progress."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant.pressure import pressure
from assistant.wire import Json
from ui.api import jobs, limits
from ui.api.desk import Desk
from ui.api.faults import JsonReply, RequestRefused
from ui.api.forms import Idea, Line
from ui.api.people import Person
from ui.api.routes.seams import FAULTS, desk_of, questioner, reader
from ui.jobs.work import CHALLENGE
from ui.reports import stored_verdicts

routes = APIRouter(prefix="/v1", tags=["jobs"], responses=FAULTS)


@routes.post("/challenge", status_code=202)
async def challenge(
    asked: Idea, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Start a job that tests an idea against the documents.

    The job's result is what `pushback challenge --json` prints. The verdict is stored in the library and belongs to
    you.
    """
    await run_in_threadpool(limits.check_jobs, person, desk.jobs)
    pressure.checked(asked.idea)
    assistant = await run_in_threadpool(desk.assistant, asked.library, person)
    assistant.check_importance(asked.importance)
    if asked.revises:
        await run_in_threadpool(stored_verdicts.own, assistant.library, asked.revises, person.owner)
    told = {**asked.model_dump(), "library": desk.named(asked.library, person).library}
    return JsonReply(await run_in_threadpool(jobs.begin, desk.jobs, CHALLENGE, asked.idea, told, person.owner), 202)


@routes.get("/jobs/{id}")
def look(id: Line, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)]) -> Response:
    """Show the progress of one of your jobs, and its result or error after it has ended. Ended jobs are deleted after
    some time."""
    return JsonReply(_there(jobs.look(desk.jobs, id, person.owner)))


@routes.delete("/jobs/{id}")
def stop(id: Line, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)]) -> Response:
    """Ask one of your jobs to stop. Finished parts of its work are kept."""
    return JsonReply(_there(jobs.stop(desk.jobs, id, person.owner)))


def _there(job: Json | None) -> Json:
    if job is None:
        raise RequestRefused(404, "There is no such job of yours.", hint="Ended ones are forgotten in time.")
    return job
