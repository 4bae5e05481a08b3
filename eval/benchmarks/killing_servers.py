"""Kills the servers of a shared library while jobs run: is a document lost or half visible, a job lost or done twice?

    python -m eval.benchmarks.killing_servers [--kills 100] [--seed 1]

An API server, a worker, PostgreSQL and a Chroma server run on loopback, each as a process of its own. Each round asks
the API for three jobs (new files are read, a new edition of a file is read, an idea is tested), kills one of the four
at a random moment of this work, and starts it again. The kill is SIGKILL; PostgreSQL gets SIGQUIT, at which it ends at
once and writes nothing more.

Every visible document must be whole, in one of its editions. Every job that the API accepted must end, and be done
once; a job that failed and said so is asked for again, as people do. At the end, the doctor must find no problem. A
stand-in makes the vectors, and heartbeats are seconds, so that a round is short. Unix only; the exit code is 1 if
anything failed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

import ui.jobs.queue as queues
from assistant.errors import PushbackError
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.killing import in_a_fork, made
from ui.api import app, people
from ui.api.desk import Desk

if TYPE_CHECKING:
    from tests.database import Server

SERVERS = ("worker", "app", "PostgreSQL", "Chroma")
FAULTS = ("lost", "half visible", "job lost", "job done twice", "not repaired")
BEAT, DEAD, LOOK = 1.0, 6.0, 0.3  # seconds instead of 10, 30 and 5
PATIENCE = 240.0  # seconds for the jobs of a round; a loaded machine is slow
TRIED = 5  # times that a job is asked for again after it failed
PARAGRAPHS = 24  # of a long file: several batches of passages
CHECKED = 4  # earlier documents that each round looks at again, beside its own


def text(name: str, edition: str) -> str:
    """Make the text of one edition of the file ``name``. Each paragraph names the edition, so that a text with
    paragraphs of two editions is noticed.
    """
    parts = [
        f"The {edition} paragraph {part} of {name} says that {name} sold {part * 7} lamps in {1990 + part}. Whoever "
        f"bought them came back within {part + 2} days and asked for more of the kind."
        for part in range(PARAGRAPHS)
    ]
    return "\n\n".join((f"# {name}", *parts))


class Child:
    """A forked process that runs a server or a worker. It can be killed and started again."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self.start()

    def start(self) -> None:
        self.process = os.fork()
        if self.process == 0:
            with suppress(BaseException):
                self._work()
            os._exit(1)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


class Round:
    """Sends the requests of each round of the benchmark, and checks after a round that the library on the servers has
    every document and verdict exactly once and whole.
    """

    def __init__(self, client: httpx.Client, settings: Settings, database: Server) -> None:
        self._client, self._settings, self._database = client, settings, database
        self.documents: dict[str, set[str]] = {}  # the texts that each file may have
        self.ideas: list[str] = []  # the jobs that test one
        self.failed = 0  # jobs that said so

    def ask(self, number: int) -> dict[str, Callable[[], httpx.Response]]:
        """Make the requests of round ``number``, each of which begins a job on the server. Returns a dictionary from
        the name of each request to a function that sends it.
        """
        new = [f"memo-{number}-{one}.md" for one in range(2)]
        old = f"memo-{number - 1}-0.md" if number else new[0]
        for name in new:
            self.documents[name] = {text(name, "first")}
        read = {name: text(name, "first") for name in new}
        again = {old: text(old, "second")}
        if number:
            self.documents[old].add(again[old])
        return {
            "read": partial(self._read, read),
            "read again": partial(self._read, again if number else read),
            "test": partial(self._client.post, "/v1/challenge", json={"idea": f"{new[0]} should sell {number} lamps."}),
        }

    def _read(self, files: dict[str, str]) -> httpx.Response:
        return self._client.post(
            "/v1/ingest", files=[("files", (name, words.encode())) for name, words in files.items()]
        )

    def begun(self, request: Callable[[], httpx.Response]) -> str:
        """Send a request again and again until the API server accepts it. Returns the id of the job that the request
        began.

        Raises:
            AssertionError: the server rejects the request, or no server accepts it in time.
        """
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(httpx.TransportError):
                told = request()
                if told.status_code == httpx.codes.ACCEPTED:
                    return str(told.json()["id"])
                if told.status_code < httpx.codes.INTERNAL_SERVER_ERROR and told.status_code != httpx.codes.CONFLICT:
                    raise AssertionError(told.text)
            assert time.monotonic() < until, "no server took the request"
            time.sleep(0.1)

    def ended(self, name: str, request: Callable[[], httpx.Response], job: str) -> Iterator[str]:
        """Wait until a job ends; if it failed, send its request again, a few times at most. Yields a text for each
        thing that went wrong, and nothing if all is well. ``name`` is the name of the request.
        """
        for _ in range(TRIED):
            if name == "test":
                self.ideas.append(job)
            told = self._outcome(job)
            if told is None:
                yield f"{name} ({job}) never ended"
                return
            if told["state"] == "done" and not (told["result"] or {}).get("failed"):
                return
            self.failed += 1
            job = self.begun(request)
        yield f"{name} failed {TRIED} times: {told}"

    def _outcome(self, job: str) -> dict[str, Any] | None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                told = self._client.get(f"/v1/jobs/{job}")
                if told.status_code == httpx.codes.NOT_FOUND:
                    return None
                if told.status_code == httpx.codes.OK and told.json()["state"] not in ("waiting", "running"):
                    return dict(told.json())
            time.sleep(0.2)
        return None

    def half_visible(self, names: list[str], *, all_there: bool) -> list[str]:
        """Check the documents whose file names are ``names``. Returns a text for each of them that is not whole or that
        a search does not find, and for any document that is in the library twice. With ``all_there``, a missing
        document also counts as a fault.
        """
        from tests.fakes import WordEmbedder

        embedder, wrong = WordEmbedder(), []
        with patiently(self._settings) as library:
            listed = Counter(entry.source for entry in library.listed())
            wrong += [f"{name} is there {count} times" for name, count in listed.items() if count > 1]
            for name in names:
                if name not in listed:
                    wrong += [f"{name} is not there"] if all_there else []
                    continue
                document = library.document(name)
                stored = library.stored_of(document.about.id)
                editions = [words for words in self.documents[name] if plain(words) == plain(document.text)]
                ids = {one.passage.id for one in stored}
                words = f"paragraph {PARAGRAPHS - 1} of {name} says that {name} sold lamps"
                near = {id for id, _ in library.dense(embedder.query(words), 400)}
                if len(editions) != 1:
                    wrong.append(f"{name} is of no edition, or of two: {document.text[:60]!r}")
                elif not stored or any(document.text[p.start : p.end] != p.text for p in (s.passage for s in stored)):
                    wrong.append(f"{name} has other passages than its text")
                elif not ids & near or not ids & {id for id, _ in library.lexical(words.split(), 400)}:
                    wrong.append(f"{name} is not found")
        return wrong

    def left(self) -> list[str]:
        """Check and repair the library twice with its own repair function, the doctor. Returns texts about the problems
        that were found but not repaired the first time, and about all problems that were found the second time.
        """
        with patiently(self._settings) as library:
            found = [problem.what for problem in library.doctor() if not problem.repaired]
            return found + [problem.what for problem in library.doctor()]

    def twice(self) -> list[str]:
        """Check the stored verdicts (the results of testing ideas). Returns a text for each verdict that is stored more
        than once, or that no job of this benchmark has made.
        """
        with queues.Queue(self._database.address)._session() as session:
            kept = session.execute("SELECT id FROM pushback_default.verdicts").fetchall()
        known = Counter(id for (id,) in kept)
        extra = [id for id in known if id not in self.ideas]
        return [f"{id} is kept {known[id]} times" for id in known if known[id] > 1] + [
            f"{id} is of no job" for id in extra
        ]


def plain(text: str) -> str:
    """The words of a text, separated by single spaces and without Markdown's heading signs, so that two texts can be
    compared.
    """
    return " ".join(text.replace("#", " ").split())


def patiently(settings: Settings) -> Library:
    """Open the library. If its servers do not answer yet, or its index cannot be searched yet, try again for some time.

    Raises:
        PushbackError: all tries failed; the error of the last one is raised.
    """
    from tests.fakes import WordEmbedder

    embedder = WordEmbedder()
    until = time.monotonic() + PATIENCE
    while True:
        try:
            library = Library.open(settings, embedder)
            library.dense(embedder.query("lamps"), 1)
        except PushbackError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return library


def worker(settings: Settings) -> None:
    """Run a worker, which takes jobs from the queue, until this process is killed. It reports more often than usual
    that it is alive.
    """
    from tests.fakes import WordEmbedder

    queues.HEARTBEAT, queues.DEAD, queues.LOOK = BEAT, DEAD, LOOK
    queues.work(str(settings.catalog), Desk(settings, WordEmbedder()))


def server(settings: Settings) -> None:
    """Run an API server until this process is killed."""
    from tests.fakes import WordEmbedder

    built = app.build(Desk(settings, WordEmbedder()), people.read(settings))
    uvicorn.run(built, port=settings.api_port, log_level="critical")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    from tests import chroma_server, database
    from tests.api_server import fill
    from tests.visiting import free_port

    programs = database.programs()
    assert programs, "PostgreSQL is not installed"
    counts, moments = Counter[str](), random.Random(given.seed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    with (
        tempfile.TemporaryDirectory(prefix="pushback-killing-") as folder,
        database.serving(programs) as postgres,
        chroma_server.serving(Path(folder) / "chroma") as chroma,
        ExitStack() as stack,
    ):
        home = Path(folder) / "home"
        home.mkdir()
        settings = Settings(
            home=home,
            catalog=postgres.address,
            chroma_url=chroma.address,
            queue=True,
            evidence_model="none",
            api_port=free_port(),
            api_waiting=100,
        )
        made(in_a_fork(lambda: fill(settings, home / "suite")))
        queues.Queue(postgres.address)
        children = {"worker": Child(lambda: worker(settings)), "app": Child(lambda: server(settings))}
        for child in children.values():
            stack.callback(child.end)
        victims = {**children, "PostgreSQL": postgres, "Chroma": chroma}
        with httpx.Client(base_url=f"http://127.0.0.1:{settings.api_port}", timeout=60) as client:
            held = Round(client, settings, postgres)
            whole = 0.0
            for number in range(given.kills + 1):  # the first is not disturbed, and says how long one takes
                started, requests = time.monotonic(), held.ask(number)
                jobs = {name: held.begun(request) for name, request in requests.items()}
                own = [f"memo-{number}-{one}.md" for one in range(2)]
                some = moments.sample(sorted({*held.documents} - {*own}), min(CHECKED, max(0, 2 * number - 2)))
                if number:
                    name = SERVERS[number % len(SERVERS)]
                    time.sleep(moments.uniform(0, whole))
                    victims[name].end()
                    victims[name].start()
                    counts[f"kills of {name}"] += 1
                    seen = made(in_a_fork(lambda: held.half_visible([*own, *some], all_there=False)))  # noqa: B023
                    report(counts, number, "half visible", seen)
                    report(counts, number, "lost", made(in_a_fork(lambda: missing(held, some))))  # noqa: B023
                for name, request in requests.items():
                    report(counts, number, "job lost", list(held.ended(name, request, jobs[name])))
                whole = whole or time.monotonic() - started
                report(counts, number, "lost", made(in_a_fork(lambda: held.half_visible(own, all_there=True))))  # noqa: B023
                report(counts, number, "job done twice", held.twice())
                told = ", ".join(f"{fault} {counts[fault]}" for fault in FAULTS)
                print(
                    f"{number}. {time.monotonic() - started:.1f} s; {told}; failed and said so {held.failed}",
                    flush=True,
                )
            report(counts, number, "lost", made(in_a_fork(lambda: missing(held, list(held.documents)))))
            report(counts, number, "not repaired", made(in_a_fork(held.left)))
    print(", ".join(f"{what} {counts[what]}" for what in (*(f"kills of {name}" for name in SERVERS), *FAULTS)))
    sys.exit(1 if any(counts[fault] for fault in FAULTS) else 0)


def missing(held: Round, names: list[str]) -> list[str]:
    """Check the documents ``names`` of earlier rounds, all of which should be in the library. Returns a text for each
    document that is missing, not whole, or not found by a search. ``held`` is the object that sent the requests of all
    rounds and knows which texts each document may have.
    """
    return held.half_visible(names, all_there=True)


def report(counts: Counter[str], number: int, fault: str, found: list[str]) -> None:
    """Print each of the faults ``found`` in the round with this ``number``, and add their number to ``counts``.
    ``fault`` is the kind of all these faults, such as ``lost``.
    """
    counts[fault] += len(found)
    for one in found:
        print(f"kill {number}: {fault}: {one}", flush=True)


if __name__ == "__main__":
    main()
