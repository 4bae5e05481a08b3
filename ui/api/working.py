"""Jobs: ideas are tested and files are read while whoever asked looks how far it is."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant import pressure, wire
from assistant.discussion import compare
from assistant.wire import Json
from ui import jobs, verdict_kept
from ui.api import limits
from ui.api.desk import Desk
from ui.api.faults import Asked, Told, described
from ui.api.forms import Idea, Line
from ui.api.people import Person
from ui.api.seams import FAULTS, desk_of, questioner, reader
from ui.jobs import Job

routes = APIRouter(prefix="/v1", tags=["jobs"], responses=FAULTS)
CHALLENGE, INGEST = KINDS = ("challenge", "ingest")


@routes.post("/challenge", status_code=202)
async def challenge(
    asked: Idea, person: Annotated[Person, Depends(questioner)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Test an idea against the documents, as a job.

    Its result is what `pushback challenge --json` prints. The verdict is kept in the library, as yours.
    """
    limits.check_jobs(person, KINDS)
    pressure.checked(asked.idea)
    assistant = await run_in_threadpool(desk.assistant, asked.library, person)
    assistant.check_importance(asked.importance)
    library = assistant.library
    before = await run_in_threadpool(verdict_kept.own, library, asked.revises, person.owner) if asked.revises else None

    def work(job: Job) -> Json:
        def progress(done: int, of: int, next: str) -> None:
            job.at(next, done / of if of else None)

        verdict = assistant.challenge(asked.idea, progress, asked.importance)
        id = verdict_kept.finish(library, begun, verdict)
        changes = compare(before.verdict, verdict) if before else ()
        told = {"id": id, "revises": asked.revises, "changes": [wire.change(one) for one in changes]}
        return {**wire.verdict(verdict), **told}

    begun = await run_in_threadpool(verdict_kept.begin, library, asked.idea, revises=asked.revises, owner=person.owner)
    undone = partial(verdict_kept.give_up, library, begun.id)
    return Told(job_json(jobs.start(CHALLENGE, asked.idea, work, person.owner, undone=undone)), 202)


@routes.get("/jobs/{id}")
def look(id: Line, person: Annotated[Person, Depends(reader)]) -> Response:
    """How far a job of yours is, and in the end its result or what went wrong. Ended ones are forgotten in time."""
    return Told(job_json(_own(id, person)))


@routes.delete("/jobs/{id}")
def stop(id: Line, person: Annotated[Person, Depends(reader)]) -> Response:
    """Ask a job of yours to stop. What it has done until then stays."""
    job = _own(id, person)
    job.stop()
    return Told(job_json(job))


def job_json(job: Job) -> Json:
    """A job as it stands: `waiting`, `running`, `done`, `failed` or `stopped`; `share` of it is done, from 0 to 1."""
    return {
        "id": job.id,
        "kind": job.kind,
        "about": job.about,
        "state": _state(job),
        "doing": "" if job.done else job.doing,
        "share": 1.0 if job.done and not job.error and not job.stopped else job.share,
        "steps": list(job.told),
        "seconds": round(monotonic() - job.started, 3),
        "result": job.result,
        "error": described(job.error) if job.error else None,
    }


def _state(job: Job) -> str:
    if job.done:
        return "failed" if job.error else "stopped" if job.stopped else "done"
    return "running" if job.told else "waiting"


def _own(id: str, person: Person) -> Job:
    job = jobs.job(id, person.owner)
    if job is None or job.kind not in KINDS:
        raise Asked(404, "There is no such job of yours.", hint="A server that was started again knows none of before.")
    return job
