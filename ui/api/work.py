"""The work of the API's jobs: a function for each kind, of what was asked as JSON, so that any process can do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant import wire
from assistant.pressure.discussion import compare
from assistant.wire import Json
from ui.api.people import HERE
from ui.reports import verdict_kept
from ui.work import library_work, uploads
from ui.work.jobs import Job
from ui.work.library_work import ADDED, CHANGED, COPY, FAILED, REMOVED, SAME, Outcome
from ui.work.progress import PREPARING

if TYPE_CHECKING:
    from ui.api.desk import Desk

CHALLENGE, INGEST = "challenge", "ingest"

Work = Callable[[Job, "Desk", Mapping[str, Any]], Json]


def challenge(job: Job, desk: Desk, asked: Mapping[str, Any]) -> Json:
    """Test an idea, and keep the verdict under the job's id, so that a job that is done again keeps one."""
    assistant = desk.assistant(asked["library"], HERE)
    library, revises = assistant.library, asked["revises"]
    before = verdict_kept.own(library, revises, job.owner) if revises else None

    def progress(done: int, of: int, next: str) -> None:
        job.at(next, done / of if of else None)

    begun = verdict_kept.begin(library, asked["idea"], revises=revises, owner=job.owner, id=job.id)
    try:
        assistant.prepare(partial(job.at, PREPARING))
        verdict = assistant.challenge(asked["idea"], progress, asked["importance"])
    except BaseException:
        verdict_kept.give_up(library, begun.id)
        raise
    verdict_kept.finish(library, begun, verdict)
    changes = compare(before.verdict, verdict) if before else ()
    told = {"id": begun.id, "revises": revises, "changes": [wire.change(one) for one in changes]}
    return {**wire.verdict(verdict), **told}


def ingest(job: Job, desk: Desk, asked: Mapping[str, Any]) -> Json:
    """Read files that were uploaded; they are named from the library's folder of uploads."""
    settings = desk.named(asked["library"], HERE)
    within = uploads.folder(settings)
    return _outcome(
        library_work.take_in(job, settings, desk.embedder, [within / name for name in asked["files"]], within)
    )


WORK: dict[str, Work] = {CHALLENGE: challenge, INGEST: ingest}


def _outcome(done: Outcome) -> dict[str, Any]:
    """What a reading did, as `pushback ingest --json` tells it."""
    return {
        **{what: done.count(what) for what in (ADDED, CHANGED, REMOVED, SAME)},
        "copies": done.count(COPY),
        "failed": [{"source": one.source, "reason": one.reason} for one in done.files if one.what == FAILED],
        "passages": done.passages,
        "seconds": done.seconds,
        "stopped": done.stopped,
        "files": [one._asdict() for one in done.files],
    }
