"""Jobs in a queue in PostgreSQL, which any `pushback worker` takes from.

Procrastinate keeps the queue, one table of ours what is told of each job.

A job is put into both in one transaction. A worker that is killed leaves its job to the next one, which is told by the
heartbeat that stopped; a job is done again then, and what it keeps is kept under its id, so once. What a worker says
that was taken for dead counts no more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import procrastinate
from procrastinate.schema import SchemaManager

from assistant.errors import LibraryError, PushbackError
from assistant.library.database import postgres
from assistant.wire import Json
from ui.api.faults import BUG, LOG, described
from ui.api.work import WORK
from ui.work.jobs import Job, Stopped

if TYPE_CHECKING:
    import psycopg

    from ui.api.desk import Desk

SCHEMA = "jobs_of_pushback"  # no library's: their schemas begin with their own prefix
QUEUE = TASK = "pushback"
TRIES = 3  # of a job that ends its workers
KEPT_DAYS = 7  # that an ended job can be looked at
EVERY = 0.5  # seconds between two tellings of how far a job is
HEARTBEAT, DEAD = 10.0, 30.0  # seconds between two, and without any
LOOK = 5.0  # seconds between two looks for jobs of the dead, and for new ones where the server tells of none
PATIENCE = 60  # seconds to wait for the server to take what became of a job

TABLE = f"""CREATE TABLE {SCHEMA}.told (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, owner TEXT, asked TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', doing TEXT NOT NULL DEFAULT 'Waiting for its turn',
    share DOUBLE PRECISION, steps TEXT NOT NULL DEFAULT '[]', stop BOOLEAN NOT NULL DEFAULT false,
    tries BIGINT NOT NULL DEFAULT 0, result TEXT, error TEXT,
    created TIMESTAMPTZ NOT NULL DEFAULT now(), ended TIMESTAMPTZ
)"""

# What is put together are constants of this module; every value is bound.
# ruff: noqa: S608
TOLD = f"""SELECT id, kind, about, state, doing, share, steps, result, error,
    extract(epoch FROM coalesce(ended, now()) - created)::float8 FROM {SCHEMA}.told
    WHERE id = %s AND owner IS NOT DISTINCT FROM %s"""

_log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """A job that a worker has taken, for the ``tries``-th time."""

    kind: str
    about: str
    asked: str
    owner: str | None
    stop: bool
    tries: int


class Queue:
    """The line of jobs in one database; see ``line.Line``."""

    def __init__(self, address: str) -> None:
        self._address = address
        with self._session() as session, session.transaction():
            session.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [SCHEMA])
            (there,) = session.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.told"]).fetchone() or (None,)
            if there is None:
                session.execute(f"CREATE SCHEMA {SCHEMA}")
                session.execute(SchemaManager.get_schema())
                session.execute(TABLE)

    def start(self, kind: str, about: str, asked: Mapping[str, Any], owner: str | None) -> Json:
        id = secrets.token_hex(8)
        with self._session() as session, session.transaction():
            row = [id, kind, about, owner, json.dumps(asked)]
            session.execute(
                f"INSERT INTO {SCHEMA}.told (id, kind, about, owner, asked) VALUES (%s, %s, %s, %s, %s)", row
            )
            app(self._address).configure_task(TASK, queue=QUEUE, connection=session).defer(id=id)
        found = self.look(id, owner)
        assert found is not None, "it was put there just now"
        return found

    def look(self, id: str, owner: str | None) -> Json | None:
        with self._session() as session:
            row = session.execute(TOLD, [id, owner]).fetchone()
        if row is None:
            return None
        names = ("id", "kind", "about", "state", "doing", "share", "steps", "result", "error", "seconds")
        told = dict(zip(names, row, strict=True))
        read = {name: json.loads(told[name]) if told[name] else None for name in ("steps", "result", "error")}
        return {**told, **read, "seconds": round(told["seconds"], 3)}

    def stop(self, id: str, owner: str | None) -> Json | None:
        with self._session() as session:
            session.execute(
                f"UPDATE {SCHEMA}.told SET stop = true, doing = CASE state WHEN 'waiting' THEN '' ELSE doing END, "
                "ended = CASE state WHEN 'waiting' THEN now() ELSE ended END, "
                "state = CASE state WHEN 'waiting' THEN 'stopped' ELSE state END "
                "WHERE id = %s AND owner IS NOT DISTINCT FROM %s",
                [id, owner],
            )
        return self.look(id, owner)

    def going(self, owner: str | None) -> int:
        sql = f"SELECT count(*) FROM {SCHEMA}.told WHERE owner IS NOT DISTINCT FROM %s AND ended IS NULL"
        with self._session() as session:
            (count,) = session.execute(sql, [owner]).fetchone() or (0,)
            return int(count)

    def counts(self) -> dict[str, int]:
        from ui.api.line import STATES

        with self._session() as session:
            found = session.execute(f"SELECT state, count(*) FROM {SCHEMA}.told GROUP BY state").fetchall()
        return dict.fromkeys(STATES, 0) | dict(found)

    def carry_out(self, id: str, desk: Desk) -> None:
        """Do a job, and say what came of it; one that has ended already is left."""
        taken = self._take(id)
        if taken is None:
            return
        if taken.tries > TRIES:
            what = f"It ended the process that did it, {TRIES} times."
            self._end(id, taken.tries, error=PushbackError(what, hint="Ask whoever runs Pushback."))
            return
        job = Job(taken.kind, taken.owner, taken.about, id=id)
        if taken.stop:
            job.stop()
        with self._telling(job, taken.tries):
            try:
                job.at("Starting")
                result = WORK[taken.kind](job, desk, json.loads(taken.asked))
            except Stopped:
                self._end(id, taken.tries, job, state="stopped")
            except PushbackError as error:
                self._end(id, taken.tries, job, error=error)
            except Exception:
                _log.exception("a job of kind %r failed", taken.kind)
                self._end(id, taken.tries, job, error=PushbackError(BUG, hint=LOG))
            else:
                self._end(id, taken.tries, job, state="done", result=result)

    def _take(self, id: str) -> Taken | None:
        with self._session() as session:
            session.execute(f"DELETE FROM {SCHEMA}.told WHERE ended < now() - make_interval(days => %s)", [KEPT_DAYS])
            row = session.execute(
                f"UPDATE {SCHEMA}.told SET state = 'running', tries = tries + 1 WHERE id = %s AND ended IS NULL "
                "RETURNING kind, about, asked, owner, stop, tries",
                [id],
            ).fetchone()
        return Taken(*row) if row else None

    @contextmanager
    def _telling(self, job: Job, tries: int) -> Iterator[None]:
        """How far it is, is told now and then, and that it is to stop is heard."""
        over = threading.Event()

        def tell() -> None:
            while not over.wait(EVERY):
                with suppress(LibraryError), self._session() as session:  # it may be started anew
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
        result: Json | None = None,
        error: PushbackError | None = None,
    ) -> None:
        values = [
            state,
            json.dumps(result) if result is not None else None,
            json.dumps(described(error)) if error else None,
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
            raise LibraryError(f"The queue of jobs cannot be used: {exc}.", hint="Check its server.") from exc


def app(address: str) -> procrastinate.App:
    """What keeps the queue."""
    options = {"options": f"-c search_path={SCHEMA}", "application_name": "pushback worker"}
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, kwargs=options))


def work(address: str, desk: Desk, *, ends: bool = False) -> None:
    """Do jobs one after the other until this process is told to end; ``ends``: until there is none."""
    queue = Queue(address)

    async def until_ended() -> None:
        over = asyncio.Event()
        if not ends:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, over.set)
        ending = asyncio.create_task(over.wait())
        while True:
            working = asyncio.create_task(_work(address, queue, desk, ends=ends))
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


async def _work(address: str, queue: Queue, desk: Desk, *, ends: bool) -> None:
    """Do jobs until there is none or the database is away."""
    kept = app(address)
    again = procrastinate.RetryStrategy(max_attempts=TRIES, wait=int(LOOK))  # where what came of it could not be said

    @kept.task(name=TASK, queue=QUEUE, retry=again)
    def carry_out(id: str) -> None:
        queue.carry_out(id, desk)

    async def take_up() -> None:
        """Give the jobs of the dead to the living."""
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
