"""The jobs that the API begins, told as JSON; of the pages' jobs it tells nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.wire import Json
from ui.api.faults import described
from ui.jobs.line import Line
from ui.jobs.work import CHALLENGE, INGEST
from ui.work.jobs import Job

KINDS = (CHALLENGE, INGEST)


def begin(line: Line, kind: str, about: str, asked: Mapping[str, Any], owner: str | None) -> Json:
    """Put one in the line."""
    return told(line.start(kind, about, kind, asked, owner))


def look(line: Line, id: str, owner: str | None) -> Json | None:
    """How far it is; None where there is none of that id, or it is somebody else's."""
    job = line.job(id, owner)
    return told(job) if job and job.kind in KINDS else None


def stop(line: Line, id: str, owner: str | None) -> Json | None:
    """Ask it to stop; what it has done until then stays."""
    job = line.job(id, owner)
    if job is None or job.kind not in KINDS:
        return None
    job.stop()
    return told(job.look())


def told(job: Job) -> Json:
    """A job as it stands: its state is one of ``STATES``; ``share`` of it is done, from 0 to 1."""
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
