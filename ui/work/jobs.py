"""Background jobs in the server's process. They continue through reruns and reloads of pages, report progress, and can
be stopped.

Jobs are kept in memory, and all pages of the server can see them. ``ui/jobs`` defines their work, and starts them in
this process or in a queue. Lasting results are stored in the library.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from assistant.errors import PushbackError

AT_ONCE = 2  # cores of a small machine; the rest waits its turn
TOLD = 50  # things that a job said it was doing: a bound on what is kept of it
LOOK = 0.05  # seconds between two looks whether the job before has ended
KEPT = 100  # ended jobs that can still be looked at: a bound on memory, since results are held with them
STATES = ("waiting", "running", "done", "failed", "stopped")
BUG = "Something went wrong that should not."
LOG = "The server's log says what."

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Raised by ``Job.at`` if somebody has asked the job to stop. It ends the work of the job."""


@dataclass
class Job:
    """A background job. ``kind`` is a label by which jobs are found, and ``about`` is a short text for people. The job
    begins after the job ``after`` has ended; if ``after`` is None, it waits for no job.

    ``doing`` is the current step, and ``told`` has the last ``TOLD`` steps, in order. ``share`` is the share of the
    work that is finished, from 0 to 1, or None if it is unknown.
    """

    kind: str
    owner: str | None
    about: str
    after: Job | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    started: float = field(default_factory=monotonic)
    doing: str = "Waiting for its turn"
    share: float | None = None
    told: list[str] = field(default_factory=list)
    done: bool = False
    result: Any = None
    error: PushbackError | None = None
    stopped: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)

    def at(self, doing: str, share: float | None = None) -> None:
        """Report the current step ``doing`` and the ``share`` of the work that is finished, from 0 to 1 (None if it is
        unknown). The function that does the work calls this regularly.

        Raises:
            Stopped: somebody has asked the job to stop.
        """
        if doing != self.doing:
            self.told = [*self.told, doing][-TOLD:]
        self.doing, self.share = doing, share
        if self._stop.is_set():
            raise Stopped

    def stop(self) -> None:
        """Ask the job to stop. It stops at its next call of ``at``."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked the job to stop. This is for functions that check it themselves instead of calling
        ``at``."""
        return self._stop.is_set()

    @property
    def state(self) -> str:
        """The state of the job: one of the names in ``STATES``, such as ``waiting`` or ``failed``."""
        if self.done:
            return "failed" if self.error else "stopped" if self.stopped else "done"
        return "running" if self.told else "waiting"

    @property
    def seconds(self) -> float:
        """The number of seconds since the job was requested."""
        return monotonic() - self.started

    def look(self) -> Job:
        """The job in its current state. A job of this class returns itself; a subclass whose jobs are stored outside
        this process returns a job that is read again from there."""
        return self

    def before(self) -> list[Job]:
        """The jobs that must end before this one begins, in order."""
        return [*self.after.before(), self.after] if self.after else []


_jobs: dict[str, Job] = {}
_changes = threading.Lock()
_hands = threading.Semaphore(AT_ONCE)


def start(
    kind: str,
    about: str,
    work: Callable[[Job], Any],
    owner: str | None = None,
    after: Job | None = None,
    *,
    id: str | None = None,
) -> Job:
    """Start a job in this process, and return it. The job calls ``work``; what ``work`` returns becomes the job's
    ``result``. ``kind`` is a label by which ``of_kind`` finds the job, and ``about`` is a short text for people. Only
    ``owner`` can find the job; the owner is None for the user of this machine.

    With ``after``, the job begins only when that job has ended, with or without success. Without ``id``, the job gets a
    random id.
    """
    job = Job(kind, owner, about, after, id or secrets.token_hex(8))
    with _changes:
        ended = [key for key, one in _jobs.items() if one.done]
        for key in ended[: max(0, len(ended) - KEPT)]:
            del _jobs[key]
        _jobs[job.id] = job
    # A server that ends does not wait for it: whatever writes to a library can be killed at any moment.
    threading.Thread(target=_run, args=(job, work), name=f"job-{job.id}", daemon=True).start()
    return job


def job(id: str, owner: str | None = None) -> Job | None:
    """The job with this id, if it belongs to ``owner`` (None for the user of this machine). Returns None if ``owner``
    has no job with this id."""
    found = _jobs.get(id)
    return found if found and found.owner == owner else None


def of_kind(kind: str, owner: str | None = None) -> list[Job]:
    """The jobs with the label ``kind`` that belong to ``owner`` (None for the user of this machine), the newest
    first."""
    with _changes:
        return [one for one in reversed(_jobs.values()) if one.kind == kind and one.owner == owner]


def every() -> list[Job]:
    """All jobs of this process, in the order in which they were started."""
    with _changes:
        return list(_jobs.values())


def line(job: Job) -> list[Job]:
    """The job itself, followed by the jobs that wait for it, in the order in which they will run."""
    found = [job]
    for one in every():
        if one.after is found[-1]:
            found.append(one)
    return found


def forget(job: Job) -> None:
    """Delete a job that has ended, so that pages no longer show it."""
    with _changes:
        _jobs.pop(job.id, None)


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        _work(job, work)
    finally:
        job.done = True


def _work(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        while not all(one.look().done for one in job.before()):  # one of them that was taken back ends before its turn
            job.at(job.doing)
            sleep(LOOK)
        with _hands:
            job.at("Starting")
            job.result = work(job)
    except Stopped:
        job.stopped = True
    except PushbackError as error:
        job.error = error
    except Exception:
        _log.exception("a job of kind %r failed", job.kind)
        job.error = PushbackError(BUG, hint=LOG)
