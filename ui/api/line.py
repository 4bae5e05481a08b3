"""The line of jobs that wait to be done: in this process, or by `pushback worker` from a queue in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import SettingsError
from assistant.installation import how_to_add
from assistant.wire import Json
from ui.api.faults import described
from ui.api.work import WORK
from ui.work import jobs
from ui.work.jobs import Job

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ui.api.desk import Desk

STATES = ("waiting", "running", "done", "failed", "stopped")


class Line(Protocol):
    """Jobs by their ids, each its owner's alone (None: whoever is at the machine itself), told as JSON."""

    def start(self, kind: str, about: str, asked: Mapping[str, Any], owner: str | None) -> Json:
        """Put one in the line; ``asked`` is what ``work.WORK[kind]`` is given, and JSON."""

    def look(self, id: str, owner: str | None) -> Json | None:
        """How far it is; None where there is none of that id, or it is somebody else's."""

    def stop(self, id: str, owner: str | None) -> Json | None:
        """Ask it to stop; what it has done until then stays."""

    def going(self, owner: str | None) -> int:
        """How many of one owner have not ended."""

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""


class Here:
    """Jobs of this process, which end with it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def start(self, kind: str, about: str, asked: Mapping[str, Any], owner: str | None) -> Json:
        return told(jobs.start(kind, about, lambda job: WORK[kind](job, self._desk, asked), owner))

    def look(self, id: str, owner: str | None) -> Json | None:
        job = self._find(id, owner)
        return told(job) if job else None

    def stop(self, id: str, owner: str | None) -> Json | None:
        if job := self._find(id, owner):
            job.stop()
            return told(job)
        return None

    def going(self, owner: str | None) -> int:
        return sum(not job.done for kind in WORK for job in jobs.of_kind(kind, owner))

    def counts(self) -> dict[str, int]:
        return dict.fromkeys(STATES, 0) | Counter(_state(job) for job in jobs.every() if job.kind in WORK)

    def _find(self, id: str, owner: str | None) -> Job | None:
        job = jobs.job(id, owner)
        return job if job and job.kind in WORK else None


def of(settings: Settings, desk: Desk) -> Line:
    """The line that the settings name.

    Raises:
        SettingsError: it is a queue, and there is no database for it or the extra lacks.
    """
    return queued(settings) if settings.queue else Here(desk)


def queued(settings: Settings) -> Line:
    """The line in the database of the catalog.

    Raises:
        SettingsError: there is none, or the extra lacks.
    """
    if settings.catalog is None:
        hint = "Set catalog to the address of a database of PostgreSQL, or take the setting queue away."
        raise SettingsError("A queue of jobs needs a database.", hint=hint)
    try:
        from ui.api.queue import Queue
    except ModuleNotFoundError as exc:
        if exc.name not in ("procrastinate", "psycopg"):
            raise
        raise SettingsError("What keeps the queue of jobs is not installed.", hint=how_to_add("queue")) from exc
    return Queue(settings.catalog)


def told(job: Job) -> Json:
    """A job as it stands: its state is one of ``STATES``; ``share`` of it is done, from 0 to 1."""
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
