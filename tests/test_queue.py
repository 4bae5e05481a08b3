"""Jobs of the API and of pages in a queue in PostgreSQL: done by whichever worker, once, and told to whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.settings import Settings
from tests.api_server import ANN, BOB, TOKENS, Served, by, fill, serving
from tests.database import Server
from tests.fakes import WordEmbedder
from tests.test_architecture import ROOT
from ui.api.desk import Desk
from ui.jobs import line
from ui.jobs.work import WORK

queue = pytest.importorskip("ui.jobs.queue", reason="the extra `queue` is not installed")

IDEA = "A cheaper Runabout will reach more people."
SECONDS = 120


@pytest.fixture
def served(home: Path, database_address: str) -> Iterator[Served]:
    """A server whose jobs workers do."""
    home.mkdir()
    fill(Settings(home=home, catalog=database_address), home / "suite")
    with serving(home, TOKENS, catalog=database_address, queue=True) as server:
        yield server


def work(settings: Settings) -> None:
    """What a worker does until there is nothing to do."""
    desk = Desk(settings, WordEmbedder())
    try:
        queue.work(str(settings.catalog), desk, ends=True)
    finally:
        desk.close()


def look(served: Served, begun: Any, token: str = ANN) -> dict[str, Any]:
    told: dict[str, Any] = served.get(f"/v1/jobs/{begun.json()['id']}", **by(token)).json()
    return told


def test_a_job_waits_for_a_worker_and_every_server_tells_its_owner_of_it(served: Served, home: Path) -> None:
    begun = served.post("/v1/challenge", {"idea": IDEA}, **by(ANN))
    with serving(home, TOKENS, catalog=served.settings.catalog, queue=True) as other:
        before = look(other, begun)
        work(served.settings)
        after = look(other, begun)

        assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
        assert (before["state"], before["result"], before["about"]) == ("waiting", None, IDEA)
        assert (after["state"], after["share"], after["error"]) == ("done", 1.0, None)
        assert after["steps"]
        assert after["result"]["assumptions"]
        assert [one["id"] for one in other.get("/v1/verdicts", **by(ANN)).json()] == [begun.json()["id"]]
        assert other.get(f"/v1/jobs/{begun.json()['id']}", **by(BOB)).status_code == 404
        assert other.client.delete(f"/v1/jobs/{begun.json()['id']}", **by(BOB)).status_code == 404
    revised = served.post("/v1/challenge", {"idea": f"{IDEA} Soon.", "revises": begun.json()["id"]}, **by(ANN))
    work(served.settings)
    assert look(served, revised)["result"]["revises"] == begun.json()["id"]


def test_files_are_read_by_a_worker(served: Served) -> None:
    files = [("files", ("pears.txt", b"Ninety pear trees stand there.")), ("files", ("a.xyz", b"\x00\x01"))]
    begun = served.post("/v1/ingest", files=files, **by(BOB))
    work(served.settings)
    told = look(served, begun, BOB)

    assert (told["state"], told["result"]["added"], told["about"]) == ("done", 1, "2 files")
    assert "pears.txt" in [one["source"] for one in served.get("/v1/documents", **by(BOB)).json()]


def test_a_job_that_waits_is_stopped_at_once_and_a_running_one_at_its_next_step(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "EVERY", 0.05)
    waiting, running = (served.post("/v1/challenge", {"idea": IDEA}, **by(ANN)) for _ in range(2))

    def step(job: Any, desk: Desk, asked: Any) -> dict[str, Any]:
        until = time.monotonic() + SECONDS
        served.client.delete(f"/v1/jobs/{job.id}", **by(ANN))
        while time.monotonic() < until:
            job.at("Stepping")
            time.sleep(0.01)
        return {}

    monkeypatch.setitem(WORK, "challenge", step)
    stopped = served.client.delete(f"/v1/jobs/{waiting.json()['id']}", **by(ANN)).json()
    work(served.settings)

    assert stopped["state"] == "stopped"
    assert look(served, waiting) == stopped
    assert (look(served, running)["state"], look(served, running)["steps"]) == ("stopped", ["Starting", "Stepping"])
    assert served.get("/v1/verdicts", **by(ANN)).json() == []


def test_what_went_wrong_is_told_and_no_traceback(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*_: Any) -> dict[str, Any]:
        raise SettingsError("It is not there.", hint="Look for it.")

    def breaks(*_: Any) -> dict[str, Any]:
        raise ZeroDivisionError("secret")

    told = []
    for broken in (lacks, breaks):
        begun = served.post("/v1/challenge", {"idea": IDEA}, **by(ANN))
        monkeypatch.setitem(WORK, "challenge", broken)
        work(served.settings)
        told.append(look(served, begun))

    assert [one["state"] for one in told] == ["failed", "failed"]
    assert told[0]["error"]["error"] == "It is not there."
    assert "secret" not in str(told[1]["error"])


def test_no_more_jobs_wait_of_one_person_than_may(served: Served) -> None:
    begun = [served.post("/v1/challenge", {"idea": IDEA}, **by(ANN)).status_code for _ in range(5)]
    other = served.post("/v1/challenge", {"idea": IDEA}, **by(BOB))

    assert (begun, other.status_code) == ([202] * 4 + [429], 202)
    assert queue.Queue(str(served.settings.catalog)).counts()["waiting"] == 5


HANGING = """
import sys, time
from ui.jobs import queue
from ui.jobs.work import WORK
queue.HEARTBEAT = queue.LOOK = 0.2
WORK["challenge"] = lambda job, desk, asked: time.sleep(600)
queue.work(sys.argv[1], None)
"""


def killed_at_it(served: Served, begun: Any) -> None:
    """A worker that takes a job is killed in the middle of it."""
    command = [sys.executable, "-c", HANGING, str(served.settings.catalog)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        until = time.monotonic() + SECONDS
        while look(served, begun)["state"] == "waiting":
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)


@pytest.mark.posix
@pytest.mark.slow
def test_a_killed_workers_job_is_done_by_the_next_and_one_that_kills_each_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "DEAD", 1.0)
    monkeypatch.setattr(queue, "LOOK", 0.2)
    begun = served.post("/v1/challenge", {"idea": IDEA}, **by(ANN))
    killed_at_it(served, begun)
    assert look(served, begun)["state"] == "running"

    ended(served, begun)
    deadly = served.post("/v1/challenge", {"idea": IDEA}, **by(ANN))
    with queue.Queue(str(served.settings.catalog))._session() as session:
        session.execute("UPDATE told SET tries = 3 WHERE id = %s", [deadly.json()["id"]])
    ended(served, deadly)

    assert look(served, begun)["state"] == "done"
    assert "ended the process" in look(served, deadly)["error"]["error"]
    assert [one["id"] for one in served.get("/v1/verdicts", **by(ANN)).json()] == [begun.json()["id"]]


QUICK = """
import sys
from ui.jobs import queue
from ui.jobs.work import WORK
queue.LOOK = 0.2
WORK["challenge"] = lambda job, desk, asked: {"did": asked}
queue.work(sys.argv[1], None)
"""


@pytest.mark.slow
def test_a_worker_outlives_its_database_and_ends_when_it_is_told_to(own_server: Server) -> None:
    jobs = queue.Queue(own_server.address)

    def done(id: str) -> bool:
        until = time.monotonic() + SECONDS
        while jobs.job(id).state != "done":
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        return True

    with subprocess.Popen([sys.executable, "-c", QUICK, own_server.address], cwd=ROOT) as process:
        assert done(jobs.start("challenge", "before", "challenge", {}).id)
        own_server.end()
        own_server.start()
        assert done(jobs.start("challenge", "after", "challenge", {"idea": "x"}).id)
        process.terminate()

        assert process.wait(SECONDS) == 0


def ended(served: Served, begun: Any) -> None:
    until = time.monotonic() + SECONDS
    while look(served, begun)["state"] in ("waiting", "running"):
        assert time.monotonic() < until
        work(served.settings)
        time.sleep(0.3)


def test_a_job_that_is_done_again_keeps_one_verdict(home: Path, database_address: str) -> None:
    """Its worker was killed between the verdict and what is told of it."""
    settings = Settings(home=home, catalog=database_address, evidence_model="none")
    home.mkdir()
    fill(settings, home / "suite")
    jobs = queue.Queue(database_address)
    asked = {"library": "default", "idea": IDEA, "importance": {}, "revises": None}
    id = jobs.start("challenge", IDEA, "challenge", asked).id
    desk = Desk(settings, WordEmbedder())
    try:
        jobs.carry_out(id, desk)
        with jobs._session() as session:
            session.execute("UPDATE told SET state = 'running', ended = NULL, result = NULL")
        jobs.carry_out(id, desk)
        jobs.carry_out(id, desk)  # it has ended
    finally:
        desk.close()

    assert jobs.job(id).state == "done"
    with Library.open(settings, WordEmbedder()) as library:
        assert [one.id for one in library.verdicts.listed()] == [id]


def test_a_worker_that_was_taken_for_dead_counts_no_more(database_address: str) -> None:
    jobs = queue.Queue(database_address)
    id = jobs.start("challenge", "x", "challenge", {}).id
    first, second = jobs._take(id), jobs._take(id)

    jobs._end(id, first.tries, state="done", result={"from": "the first"})
    assert jobs.job(id).state == "running"
    jobs._end(id, second.tries, state="done", result={"from": "the second"})
    jobs._end(id, second.tries, state="failed")

    assert jobs.job(id).result == {"from": "the second"}
    assert jobs._take(id) is None


def test_a_queue_needs_a_database_and_its_extra(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="needs a database"):
        line.queued(Settings(home=home, queue=True))
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    monkeypatch.delitem(sys.modules, "ui.jobs.queue")
    monkeypatch.delattr("ui.jobs.queue", raising=False)

    with pytest.raises(SettingsError) as raised:
        line.queued(Settings(home=home, queue=True, catalog="postgresql://127.0.0.1/none"))
    assert "[queue]" in raised.value.hint
