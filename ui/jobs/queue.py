"""A job queue in PostgreSQL, from which any `pushback worker` takes jobs.

The package Procrastinate stores the queue; a table of our own stores the progress and the result of each job.

A job is written to both in one transaction. If a worker is killed, its heartbeat stops and another worker runs the job
again. Results are stored under the job's id, so only once. Reports from a worker that lost its job are ignored.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import procrastinate
from procrastinate.schema import SchemaManager

from assistant import errors
from assistant.errors import LibraryError, PushbackError
from assistant.library.database import postgres
from ui.jobs import work as works
from ui.jobs.work import WORK, Workplace
from ui.work import jobs
from ui.work.jobs import BUG, LOG, STATES, Job, Stopped

if TYPE_CHECKING:
    import psycopg

SCHEMA = "jobs_of_pushback"  # no library's: their schemas begin with their own prefix
QUEUE = TASK = "pushback"
TRIES = 3  # of a job that ends its workers: once may be an accident, and each takes a worker with it
KEPT_DAYS = 7  # that an ended job can be looked at: over a weekend and a holiday
SHOWN = 20  # jobs of a kind that are told of, the newest; a matter of taste
REMEMBERED = 50  # results that are kept at hand, since they can be long
EVERY = 0.5  # seconds between two tellings of how far a job is: as often as pages look
HEARTBEAT, DEAD = 10.0, 30.0  # seconds between two, and without any: two may be lost on the way
LOOK = 5.0  # seconds between two looks for jobs of the dead, and for new ones where the server tells of none
PATIENCE = 60  # seconds to wait for the server to take what became of a job: it may be starting again; a guess

TABLE = f"""CREATE TABLE {SCHEMA}.told (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, owner TEXT, asked TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', doing TEXT NOT NULL DEFAULT 'Waiting for its turn',
    share DOUBLE PRECISION, steps TEXT NOT NULL DEFAULT '[]', stop BOOLEAN NOT NULL DEFAULT false,
    tries BIGINT NOT NULL DEFAULT 0, result TEXT, error TEXT,
    created TIMESTAMPTZ NOT NULL DEFAULT now(), ended TIMESTAMPTZ
)"""
# What is done, where it is called otherwise than the kind; the line of jobs that wait for one another, by its first.
SINCE = f"ALTER TABLE {SCHEMA}.told ADD COLUMN IF NOT EXISTS work TEXT, ADD COLUMN IF NOT EXISTS line TEXT"

# What is put together are constants of this module; every value is bound.
# ruff: noqa: S608
TOLD = f"""SELECT id, kind, coalesce(work, kind), about, owner, state, doing, share, steps, stop, error, line,
    extract(epoch FROM coalesce(ended, now()) - created)::float8, result IS NOT NULL FROM {SCHEMA}.told"""
OWN = "owner IS NOT DISTINCT FROM %s"

_log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """A job that a worker has taken from the queue. ``work`` names the function that does the work, and ``asked`` is
    its input as JSON. ``stop`` is true if somebody has asked the job to stop. ``line`` is the id of the first job in
    the chain of jobs to which this one belongs; each job in a chain waits for the one before it. ``tries`` is the
    number of attempts to run the job, including this one."""

    kind: str
    work: str
    about: str
    asked: str
    owner: str | None
    stop: bool
    line: str | None
    tries: int


@dataclass
class Queued(Job):
    """A job in the PostgreSQL queue, as it was when it was read from the database."""

    queue: Queue = field(kw_only=True)
    line: str | None = None
    counted: float = 0.0  # seconds
    called: str = STATES[0]

    @property
    def state(self) -> str:
        return self.called

    @property
    def seconds(self) -> float:
        return self.counted

    def look(self) -> Job:
        found = self.queue.job(self.id, self.owner)
        if found is None:  # it was put away from another page
            self.done = self.stopped = True
        return found or self

    def stop(self) -> None:
        super().stop()
        self.queue.stop(self.id)


class Queue:
    """A queue of jobs in a PostgreSQL database, with the interface ``line.JobLine``. Some jobs are not stored in the
    database but run in this process, for example if they use an API key that a visitor has typed. The methods ``job``,
    ``of_kind`` and ``following`` find these jobs, too."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._results: dict[str, Any] = {}  # of jobs that have ended well
        with self._session() as session, session.transaction():
            session.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [SCHEMA])
            (there,) = session.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.told"]).fetchone() or (None,)
            if there is None:
                session.execute(f"CREATE SCHEMA {SCHEMA}")
                session.execute(SchemaManager.get_schema())
                session.execute(TABLE)
            session.execute(SINCE)

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
        id = id or secrets.token_hex(8)
        line = after.line if isinstance(after, Queued) and after.line else id
        with self._session() as session, session.transaction():
            session.execute(
                f"INSERT INTO {SCHEMA}.told (id, kind, work, about, owner, asked, line) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [id, kind, work, about, owner, json.dumps(asked), line],
            )
            app(self._address).configure_task(TASK, queue=QUEUE, lock=line, connection=session).defer(id=id)
        found = self.job(id, owner)
        assert found is not None, "it was put there just now"
        return found

    def job(self, id: str, owner: str | None = None) -> Job | None:
        if here := jobs.job(id, owner):
            return here
        found = self._jobs(f"WHERE id = %s AND {OWN}", [id, owner])
        return found[0] if found else None

    def of_kind(self, kind: str, owner: str | None = None) -> list[Job]:
        found = self._jobs(f"WHERE kind = %s AND {OWN} ORDER BY created DESC LIMIT {SHOWN}", [kind, owner])
        return [*jobs.of_kind(kind, owner), *found]

    def following(self, job: Job) -> list[Job]:
        if not isinstance(job, Queued):
            return jobs.line(job)
        sql = f"WHERE line = %s AND {OWN} AND created >= (SELECT created FROM told WHERE id = %s) ORDER BY created"
        return self._jobs(sql, [job.line, job.owner, job.id])

    def forget(self, job: Job) -> None:
        jobs.forget(job)
        with self._session() as session:
            session.execute(f"DELETE FROM {SCHEMA}.told WHERE id = %s AND ended IS NOT NULL", [job.id])

    def stop(self, id: str) -> None:
        """Ask the job with this id to stop. If it has not begun, it ends at once."""
        with self._session() as session:
            session.execute(
                f"UPDATE {SCHEMA}.told SET stop = true, doing = CASE state WHEN 'waiting' THEN '' ELSE doing END, "
                "ended = CASE state WHEN 'waiting' THEN now() ELSE ended END, "
                "state = CASE state WHEN 'waiting' THEN 'stopped' ELSE state END WHERE id = %s",
                [id],
            )

    def going(self, kinds: Collection[str], owner: str | None) -> int:
        sql = f"SELECT count(*) FROM {SCHEMA}.told WHERE kind = ANY(%s) AND {OWN} AND ended IS NULL"
        with self._session() as session:
            (count,) = session.execute(sql, [list(kinds), owner]).fetchone() or (0,)
            return int(count)

    def counts(self) -> dict[str, int]:
        with self._session() as session:
            found = session.execute(f"SELECT state, count(*) FROM {SCHEMA}.told GROUP BY state").fetchall()
        return dict.fromkeys(STATES, 0) | dict(found)

    def carry_out(self, id: str, place: Workplace) -> None:
        """Run the job with this id, and store its result or its error. A job that has already ended is skipped.
        ``place`` gives the job its settings and its assistant.

        If the job was begun ``TRIES`` times before and never came to an end, it is stored as failed and not run again.
        """
        taken = self._take(id)
        if taken is None:
            return
        if taken.tries > TRIES:
            what = f"It ended the process that did it, {TRIES} times."
            self._end(id, taken.tries, error=PushbackError(what, hint="Ask whoever runs Pushback."))
            return
        job = Job(taken.kind, taken.owner, taken.about, self._before(id, taken), id=id)
        if taken.stop:
            job.stop()
        with self._telling(job, taken.tries):
            try:
                job.at("Starting")
                result = WORK[taken.work](job, place, json.loads(taken.asked))
            except Stopped:
                self._end(id, taken.tries, job, state="stopped")
            except PushbackError as error:
                self._end(id, taken.tries, job, error=error)
            except Exception:
                _log.exception("a job of kind %r failed", taken.kind)
                self._end(id, taken.tries, job, error=PushbackError(BUG, hint=LOG))
            else:
                self._end(id, taken.tries, job, state="done", result=works.as_json(taken.work, result))

    def _jobs(self, where: str, values: Sequence[Any]) -> list[Job]:
        with self._session() as session:
            rows = session.execute(f"{TOLD} {where}", values).fetchall()
            return [self._job(row, session) for row in rows]

    def _job(self, row: Sequence[Any], session: psycopg.Connection[Any]) -> Job:
        id, kind, work, about, owner, state, doing, share, steps, stop, error, line, seconds, came = row
        job = Queued(kind, owner, about, id=id, queue=self, line=line, counted=seconds, called=state)
        job.doing, job.share, job.told = doing, share, json.loads(steps)
        job.done, job.stopped = state in STATES[2:], state == "stopped"
        job.error = _from_described(json.loads(error)) if error else None
        job.result = self._result(id, work, session) if came else None
        if stop:
            Job.stop(job)
        return job

    def _result(self, id: str, work: str, session: psycopg.Connection[Any]) -> Any:
        if id not in self._results:
            row = session.execute(f"SELECT result FROM {SCHEMA}.told WHERE id = %s", [id]).fetchone()
            if row is None:
                return None
            for old in list(self._results)[:-REMEMBERED]:
                self._results.pop(old, None)
            self._results[id] = works.from_told(work, json.loads(row[0]))
        return self._results.get(id)

    def _before(self, id: str, taken: Taken) -> Job | None:
        """The last of the jobs that the job ``id`` waited for; the attribute ``after`` of each links to the job before
        it. All of them have ended. None if there are none."""
        sql = f"WHERE line = %s AND {OWN} AND created < (SELECT created FROM told WHERE id = %s) ORDER BY created"
        before = None
        for one in self._jobs(sql, [taken.line, taken.owner, id]) if taken.line else ():
            one.after, before = before, one
        return before

    def _take(self, id: str) -> Taken | None:
        with self._session() as session:
            session.execute(f"DELETE FROM {SCHEMA}.told WHERE ended < now() - make_interval(days => %s)", [KEPT_DAYS])
            row = session.execute(
                f"UPDATE {SCHEMA}.told SET state = 'running', tries = tries + 1 WHERE id = %s AND ended IS NULL "
                "RETURNING kind, coalesce(work, kind), about, asked, owner, stop, line, tries",
                [id],
            ).fetchone()
        return Taken(*row) if row else None

    @contextmanager
    def _telling(self, job: Job, tries: int) -> Iterator[None]:
        """A context manager that stores the job's progress every ``EVERY`` seconds, and stops the job if that was
        requested."""
        over = threading.Event()

        def tell() -> None:
            while not over.wait(EVERY):
                with suppress(LibraryError), self._session() as session:  # it may be restarted
                    row = session.execute(
                        f"UPDATE {SCHEMA}.told SET doing = %s, share = %s, steps = %s "
                        "WHERE id = %s AND tries = %s AND ended IS NULL RETURNING stop",
                        [job.doing, job.share, json.dumps(job.told), job.id, tries],
                    ).fetchone()
                    if row is None or row[0]:  # somebody else does it, or it is to stop
                        job.stop()

        telling = threading.Thread(target=tell, name=f"telling-{job.id}", daemon=True)
        telling.start()
        try:
            yield
        finally:
            over.set()
            telling.join()

    def _end(
        self,
        id: str,
        tries: int,
        job: Job | None = None,
        *,
        state: str = "failed",
        result: Any = None,
        error: PushbackError | None = None,
    ) -> None:
        values = [
            state,
            json.dumps(result) if result is not None else None,
            json.dumps(_described(error)) if error else None,
            1.0 if state == "done" else None,
            json.dumps(job.told) if job else None,
            id,
            tries,
        ]
        for left in reversed(range(PATIENCE)):
            try:
                with self._session() as session:
                    session.execute(
                        f"UPDATE {SCHEMA}.told SET state = %s, result = %s, error = %s, share = coalesce(%s, share), "
                        "steps = coalesce(%s, steps), doing = '', ended = now() "
                        "WHERE id = %s AND tries = %s AND ended IS NULL",
                        values,
                    )
            except LibraryError:
                if not left:
                    raise  # it stays taken, and is done again
                sleep(1)
            else:
                return

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with postgres.session(self._address, "with the queue of jobs") as session:
                session.execute(f"SET search_path TO {SCHEMA}")
                yield session
        except procrastinate.exceptions.ConnectorException as exc:
            raise LibraryError(
                "The queue of jobs cannot be used.", hint="Check its server.", details=f"{exc}."
            ) from exc


def app(address: str) -> procrastinate.App:
    """Make an app of the package Procrastinate. It puts jobs into the queue in the database at ``address``, and lets
    workers run them."""
    options = {"options": f"-c search_path={SCHEMA}", "application_name": "pushback worker"}
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, kwargs=options))


def work(address: str, place: Workplace, *, ends: bool = False) -> None:
    """Run the jobs in the queue at ``address`` (a PostgreSQL database), one after the other, until the process receives
    SIGINT or SIGTERM. With ``ends``, return when the queue is empty. ``place`` gives each job its settings and its
    assistant."""
    queue = Queue(address)

    async def until_ended() -> None:
        over = asyncio.Event()
        if not ends:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, over.set)
        ending = asyncio.create_task(over.wait())
        while True:
            working = asyncio.create_task(_work(address, queue, place, ends=ends))
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if over.is_set():
                working.cancel()  # what it is doing is done first
            (error,) = await asyncio.gather(working, return_exceptions=True)
            if ends and error:
                raise error
            if ends or over.is_set():
                return
            _log.warning("The database was away (%s); this worker tries again.", error)
            await asyncio.sleep(LOOK)

    asyncio.run(until_ended())


async def _work(address: str, queue: Queue, place: Workplace, *, ends: bool) -> None:
    """Run jobs until the database cannot be reached; with ``ends``, until the queue is empty."""
    kept = app(address)
    again = procrastinate.RetryStrategy(max_attempts=TRIES, wait=int(LOOK))  # where what came of it could not be said

    @kept.task(name=TASK, queue=QUEUE, retry=again)
    def carry_out(id: str) -> None:
        queue.carry_out(id, place)

    async def take_up() -> None:
        """Put the jobs of workers whose heartbeat stopped back into the queue, again and again."""
        while True:
            with suppress(procrastinate.exceptions.ConnectorException):
                for job in await kept.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
                    await kept.job_manager.retry_job(job)
            await asyncio.sleep(LOOK)

    async with kept.open_async():
        looking = asyncio.create_task(take_up())
        try:
            await kept.run_worker_async(
                queues=[QUEUE],
                wait=not ends,
                delete_jobs="always",
                fetch_job_polling_interval=LOOK,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD,
                install_signal_handlers=False,
            )
        finally:
            looking.cancel()


def _described(error: PushbackError) -> dict[str, str]:
    return {"type": type(error).__name__, "summary": error.summary, "message": str(error), "hint": error.hint}


def _from_described(told: Mapping[str, str]) -> PushbackError:
    kind = getattr(errors, told["type"], PushbackError)
    error: PushbackError = kind(told["message"], hint=told["hint"])
    error.summary = told["summary"]
    return error
