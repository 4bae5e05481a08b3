"""The line of jobs that wait to be done: in this process, or by `pushback worker` from a queue in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import SettingsError
from assistant.installation import how_to_add
from ui.jobs.work import WORK, Place
from ui.work import jobs
from ui.work.jobs import STATES, Job

if TYPE_CHECKING:
    from assistant.settings import Settings


class Line(Protocol):
    """Jobs by their ids, each seen by its owner alone (None: by everybody); as they are when they are looked at."""

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
        """Put one in the line: ``work`` names what is done, in ``work.WORK``, with what is ``asked``, which is JSON.

        It is found by its ``kind``, and begins when ``after`` has ended, however that ends.
        """

    def job(self, id: str, owner: str | None = None) -> Job | None:
        """The one of this id; None where there is none, or it is somebody else's."""

    def of_kind(self, kind: str, owner: str | None = None) -> list[Job]:
        """Those of a kind, the newest first."""

    def following(self, job: Job) -> list[Job]:
        """The job, and those that wait or waited for it, in their order."""

    def forget(self, job: Job) -> None:
        """Drop an ended job, so that nobody is shown it again."""

    def going(self, kinds: Collection[str], owner: str | None) -> int:
        """How many of these kinds and this owner have not ended."""

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""


class Here:
    """Jobs of this process, which end with it; ``place`` is where those are done that are put in the line."""

    def __init__(self, place: Place) -> None:
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


def of(settings: Settings, place: Place) -> Line:
    """The line that the settings name; what is not put into a queue is done at ``place``.

    Raises:
        SettingsError: it is a queue, and there is no database for it or the extra lacks.
    """
    return queued(settings) if settings.queue else Here(place)


def queued(settings: Settings) -> Line:
    """The line in the database of the catalog.

    Raises:
        SettingsError: there is none, or the extra lacks.
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
