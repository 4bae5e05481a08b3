"""The queue of jobs. Jobs run in this process, or are stored in PostgreSQL, from which `pushback worker` takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import SettingsError
from assistant.installation import how_to_add
from ui.jobs.work import WORK, Workplace
from ui.work import jobs
from ui.work.jobs import STATES, Job

if TYPE_CHECKING:
    from assistant.settings import Settings


class JobLine(Protocol):
    """The interface of a job queue. Each job is visible to its owner only; the owner is None if nobody signs in."""

    def start(
        self,
        kind: str,
        about: str,
        work: str,
        asked: Mapping[str, Any],
        owner: str | None = None,
        *,
        after: Job | None = None,
        id: str | None = None,
    ) -> Job:
        """Put a job into the queue and return it. ``work`` is a key of ``work.WORK``; ``asked`` is the job's input,
        which can be written as JSON. ``about`` is a short text for people.

        ``of_kind`` finds the job by its ``kind``. The job begins when the job ``after`` has ended, with or without
        success.
        """

    def job(self, id: str, owner: str | None = None) -> Job | None:
        """The job with this id; None if there is none, or it belongs to somebody else."""

    def of_kind(self, kind: str, owner: str | None = None) -> list[Job]:
        """The jobs of a kind that belong to ``owner``, the newest first."""

    def following(self, job: Job) -> list[Job]:
        """The job itself, followed by the jobs that were queued to run after it, in order."""

    def forget(self, job: Job) -> None:
        """Remove an ended job from the queue, so that it is no longer shown."""

    def going(self, kinds: Collection[str], owner: str | None) -> int:
        """The number of unfinished jobs of these kinds that belong to ``owner``."""

    def counts(self) -> dict[str, int]:
        """The number of jobs in each of the ``STATES``."""


class Here:
    """A queue whose jobs run in this process and end with it. ``place`` gives the jobs their settings and
    assistants."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def start(
        self,
        kind: str,
        about: str,
        work: str,
        asked: Mapping[str, Any],
        owner: str | None = None,
        *,
        after: Job | None = None,
        id: str | None = None,
    ) -> Job:
        return jobs.start(kind, about, lambda job: WORK[work](job, self._place, asked), owner, after, id=id)

    def job(self, id: str, owner: str | None = None) -> Job | None:
        return jobs.job(id, owner)

    def of_kind(self, kind: str, owner: str | None = None) -> list[Job]:
        return jobs.of_kind(kind, owner)

    def following(self, job: Job) -> list[Job]:
        return jobs.line(job)

    def forget(self, job: Job) -> None:
        jobs.forget(job)

    def going(self, kinds: Collection[str], owner: str | None) -> int:
        return sum(not job.done for kind in kinds for job in jobs.of_kind(kind, owner))

    def counts(self) -> dict[str, int]:
        return dict.fromkeys(STATES, 0) | Counter(job.state for job in jobs.every())


def of(settings: Settings, place: Workplace) -> JobLine:
    """The queue that the settings name: in PostgreSQL, or in this process with ``place`` if the setting ``queue`` is
    false.

    Raises:
        SettingsError: ``queue`` is true, but no database is set or the extra ``queue`` is not installed.
    """
    return queued(settings) if settings.queue else Here(place)


def queued(settings: Settings) -> JobLine:
    """The queue in the PostgreSQL database that the setting ``catalog`` names.

    Raises:
        SettingsError: no database is set, or the extra ``queue`` is not installed.
    """
    if settings.catalog is None:
        hint = "Set catalog to the address of a database of PostgreSQL, or take the setting queue away."
        raise SettingsError("A queue of jobs needs a database.", hint=hint)
    try:
        from ui.jobs.queue import Queue
    except ModuleNotFoundError as exc:
        if exc.name not in ("procrastinate", "psycopg"):
            raise
        raise SettingsError("What keeps the queue of jobs is not installed.", hint=how_to_add("queue")) from exc
    return Queue(settings.catalog)
