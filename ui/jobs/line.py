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
    """The interface of a queue of background jobs. A job is found only with the owner for whom it was started. The
    owner is None for jobs of the user of this machine, and for jobs that all visitors share."""

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
        """Put a job into the queue and return it.

        ``work`` names the function that does the work; it is a key of ``WORK`` in ``ui/jobs/work.py``. ``asked`` is the
        input of this function; JSON must be able to represent it. ``kind`` is a label by which ``of_kind`` finds the
        job; ``about`` is a short text for people. ``owner`` names the user who can find the job. If the job ``after``
        is given, the new job begins only when that job has ended, with or without success. Without ``id``, the new job
        gets a random id.
        """

    def job(self, id: str, owner: str | None = None) -> Job | None:
        """The job with this id; None if ``owner`` has no job with this id."""

    def of_kind(self, kind: str, owner: str | None = None) -> list[Job]:
        """The jobs of this kind that belong to ``owner``, the newest first."""

    def following(self, job: Job) -> list[Job]:
        """The job itself, followed by the jobs that wait for it, in the order in which they will run."""

    def forget(self, job: Job) -> None:
        """Remove from the queue a job that has ended. The pages of the web app then no longer show it."""

    def going(self, kinds: Collection[str], owner: str | None) -> int:
        """The number of jobs of these kinds that belong to ``owner`` and have not ended."""

    def counts(self) -> dict[str, int]:
        """The number of jobs in each state. The keys are the names in ``STATES``, such as ``waiting`` and
        ``running``."""


class Here:
    """A queue whose jobs run in this process and end with it. The queue is made with a ``Workplace``, from which the
    jobs get their settings and assistants."""

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
    """The queue that the settings choose for jobs: in PostgreSQL if the setting ``queue`` is true, else in this
    process. Jobs in this process get their settings and assistants from ``place``.

    Raises:
        SettingsError: ``queue`` is true, but no database is set or the extra ``queue`` is not installed.
    """
    return queued(settings) if settings.queue else Here(place)


def queued(settings: Settings) -> JobLine:
    """The queue of jobs in the PostgreSQL database that the setting ``catalog`` names.

    Raises:
        SettingsError: ``catalog`` is not set, or the extra ``queue`` is not installed.
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
