"""Starts, shows and stops the jobs of the API, as JSON. Jobs that pages started are not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.wire import Json
from ui.api.faults import described
from ui.jobs.line import JobLine
from ui.jobs.work import CHALLENGE, INGEST
from ui.work.jobs import Job

KINDS = (CHALLENGE, INGEST)


def begin(line: JobLine, kind: str, about: str, asked: Mapping[str, Any], owner: str | None) -> Json:
    """Put a job into the queue and return its state as JSON. ``kind`` names the work (``challenge`` or ``ingest``), and
    ``asked`` is the input of the work. ``about`` is a short text for people, such as the idea. Only ``owner`` can find
    the job later; None stands for the user of this machine."""
    return as_json(line.start(kind, about, kind, asked, owner))


def look(line: JobLine, id: str, owner: str | None) -> Json | None:
    """The state of a job as JSON. ``line`` is the queue of jobs; ``owner`` is the person who asks, None for the user of
    this machine. Returns None if this person has started no job with this id through the API."""
    job = line.job(id, owner)
    return as_json(job) if job and job.kind in KINDS else None


def stop(line: JobLine, id: str, owner: str | None) -> Json | None:
    """Ask a job to stop, and return its state as JSON. Finished parts of its work are kept. ``line`` is the queue of
    jobs; ``owner`` is the person who asks, None for the user of this machine. Returns None if this person has started
    no job with this id through the API."""
    job = line.job(id, owner)
    if job is None or job.kind not in KINDS:
        return None
    job.stop()
    return as_json(job.look())


def as_json(job: Job) -> Json:
    """A job as JSON. ``state`` is one of ``ui.work.jobs.STATES``, such as ``running``. ``share`` is the share of the
    work that is finished, from 0 to 1, or None if it is unknown."""
    return {
        "id": job.id,
        "kind": job.kind,
        "about": job.about,
        "state": job.state,
        "doing": "" if job.done else job.doing,
        "share": 1.0 if job.done and not job.error and not job.stopped else job.share,
        "steps": list(job.told),
        "seconds": round(job.seconds, 3),
        "result": job.result,
        "error": described(job.error) if job.error else None,
    }
