"""What is asked for on a page and done by a worker: seen from the page, through a reload, and done once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from tests.chat import shown
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from tests.test_architecture import ROOT
from ui.api.desk import Desk
from ui.jobs import work as works
from ui.jobs.line import Here, JobLine
from ui.parts.settings import keys, running
from ui.reports import stored_verdicts
from ui.work import jobs, library_work, uploads

queue = pytest.importorskip("ui.jobs.queue", reason="the extra `queue` is not installed")

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")

SECONDS = 300
PEARS = ("pears.md", b"The orchard has ninety pear trees.", "text/markdown")
IDEA = "We should print leaflets for the bakery."
WORKER = """
import sys, time
from pathlib import Path
from assistant.settings import load
from tests.fakes import WordEmbedder
from ui.api.desk import Desk
from ui.jobs import queue, work

queue.EVERY = queue.HEARTBEAT = queue.LOOK = 0.2
name, go_on = sys.argv[1], Path(sys.argv[2])
whole = work.WORK[name]

def slowly(job, place, asked):
    while not go_on.exists():
        job.at("Half way", 0.5)
        time.sleep(0.05)
    return whole(job, place, asked)

work.WORK[name] = slowly
settings = load({})
queue.work(settings.catalog, Desk(settings, WordEmbedder()), ends=True)
"""


@pytest.fixture
def settings(home: Path, database_address: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of pages and workers alike, which have them from the environment."""
    told = {"HOME": str(home), "CATALOG": database_address, "QUEUE": "true", "EVIDENCE_MODEL": "none"}
    for name, value in told.items():
        monkeypatch.setenv(f"PUSHBACK_{name}", value)
    monkeypatch.setattr(queue, "DEAD", 1.0)
    monkeypatch.setattr(queue, "LOOK", 0.2)
    return Settings(home=home, catalog=database_address, queue=True, evidence_model="none")


@pytest.fixture
def line(settings: Settings) -> JobLine:
    return running.line(settings)


def opened() -> AppTest:
    def page() -> None:
        from assistant.settings import load
        from ui.parts.documents import adding

        adding.show(load({}), "add")

    return AppTest.from_function(page, default_timeout=60).run()


def work(settings: Settings) -> None:
    """What a worker does until there is nothing to do."""
    desk = Desk(settings, WordEmbedder())
    try:
        queue.work(str(settings.catalog), desk, ends=True)
    finally:
        desk.close()


@contextmanager
def worker(name: str, go_on: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process, which waits in the middle of such work until the file is there."""
    with subprocess.Popen([sys.executable, "-c", WORKER, name, str(go_on)], cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def reading(line: JobLine, settings: Settings) -> jobs.Job:
    return line.of_kind(library_work.kind(settings))[0]


@pytest.mark.slow
def test_a_page_shows_what_a_worker_does_through_a_reload_and_what_came_of_it(
    settings: Settings, line: JobLine, tmp_path: Path
) -> None:
    page = opened()
    page.file_uploader[0].set_value([PEARS]).run()
    assert "Waiting for its turn" in shown(page)
    assert jobs.of_kind(library_work.kind(settings)) == []

    with worker(works.READ, tmp_path / "go on") as process:
        until(lambda: reading(line, settings).doing == "Half way")
        assert "Half way" in shown(page.run())
        assert "Half way" in shown(opened())
        (tmp_path / "go on").touch()
        assert process.wait(SECONDS) == 0

    assert "1 added · 1 passage" in shown(page.run())
    assert "<code>pears.md</code> added" in shown(opened())
    with Library.open(settings, WordEmbedder()) as library:
        assert [entry.about.source for entry in library.entries()] == ["pears.md"]


@pytest.mark.posix
@pytest.mark.slow
def test_the_work_of_a_killed_worker_is_done_once_by_the_next(
    settings: Settings, line: JobLine, tmp_path: Path
) -> None:
    page = opened()
    page.file_uploader[0].set_value([PEARS]).run()
    with worker(works.READ, tmp_path / "never") as process:
        until(lambda: reading(line, settings).doing == "Half way")
        os.kill(process.pid, signal.SIGKILL)

    def ended() -> bool:
        work(settings)
        return reading(line, settings).done

    until(ended)

    assert "1 added · 1 passage" in shown(page.run())
    with Library.open(settings, WordEmbedder()) as library:
        assert [entry.about.source for entry in library.entries()] == ["pears.md"]


def test_a_page_stops_what_waits_and_puts_its_outcome_away(settings: Settings, line: JobLine) -> None:
    page = opened()
    page.file_uploader[0].set_value([PEARS]).run()

    next(one for one in page.button if one.label == "Stop").click().run()
    work(settings)

    assert reading(line, settings).stopped
    assert "Reading pears.md: Stopped" in shown(page.run())
    next(one for one in page.button if one.label == "Put away").click().run()
    assert "Stopped" not in shown(page)
    assert [path.name for path in uploads.unread(settings, [])] == ["pears.md"]


def test_what_one_worker_took_out_another_puts_back_as_it_was(
    settings: Settings, line: JobLine, embedder: WordEmbedder
) -> None:
    kept = uploads.keep(settings, [PEARS[:2]])
    library_work.take_in(jobs.Job("", None, ""), settings, embedder, kept, uploads.folder(settings))
    kind = library_work.kind(settings)
    with Library.open(settings, embedder) as library:
        before = library.document("pears.md"), library.listed()
        line.start(kind, "Removing", works.REMOVE, works.of_library(settings, documents=[before[0].id]))
        work(settings)
        assert library.listed() == []

        removed = running.line(settings).of_kind(kind)[0].result
        line.start(kind, "Putting back", works.PUT_BACK, works.of_putting_back(settings, removed))
        work(settings)

        assert (library.document("pears.md"), library.listed()) == before
    assert kept[0].read_bytes() == PEARS[1]


def test_an_idea_is_tested_and_discussed_by_workers_in_the_order_of_what_was_said(
    settings: Settings, line: JobLine, embedder: WordEmbedder
) -> None:
    texts = ("Leaflets bring guests to the bakery.", "Nobody came back to the hill twice.")
    with Library.open(settings, embedder, create=True) as library:
        with library.writing() as writer:
            writer.put([make_new(make_document(text, f"{n}.txt"), embedder) for n, text in enumerate(texts)])
        begun = stored_verdicts.begin(library, IDEA, owner="ann")
        asked = works.of_assistant(settings, idea=IDEA, revises=None, like=None)
        test = line.start("tests", IDEA, works.TEST, asked, "ann", id=begun.id)
        said = ["But it says “Nobody came back to the hill twice.”", "You are wrong, I know!"]
        talk: list[jobs.Job] = []
        for message in said:
            asked = works.of_assistant(settings, verdict=begun.id, message=message, by="Ann")
            talk.append(line.start("talk", message, works.DISCUSS, asked, "ann", after=talk[-1] if talk else None))
        work(settings)

        assert [one.look().state for one in (test, *talk)] == ["done"] * 3
        assert line.job(test.id, "ben") is None
        assert [one.id for one in line.following(talk[0])] == [one.id for one in talk]
        last = talk[-1].look().result
        assert [one.message for one in stored_verdicts.opened(library, last).said] == said

        with queue.Queue(str(settings.catalog))._session() as session:  # they were killed before they told of it
            session.execute("UPDATE told SET state = 'running', ended = NULL, result = NULL")
        desk = Desk(settings, embedder)
        for one in (test, *talk):
            queue.Queue(str(settings.catalog)).carry_out(one.id, desk)
        desk.close()

        assert talk[-1].look().result == last
        assert len(stored_verdicts.opened(library, last).said) == 2
        assert len(library.verdicts.listed("ann")) == len({begun.id, last})


def test_what_a_model_with_a_typed_key_does_stays_in_the_process_of_its_page(
    settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(settings, embedder, create=True):
        pass
    with build.build_assistant(settings, embedder) as assistant:
        assert isinstance(running.line_of_assistant(settings, assistant), queue.Queue)
        with_address = settings.model_copy(update={"model": "https://ann:secret@models.example/v1"})
        assert isinstance(running.line_of_assistant(with_address, assistant), Here)
        monkeypatch.setattr(keys, "of", lambda _settings: "a key")
        assert isinstance(running.line_of_assistant(settings, assistant), Here)
