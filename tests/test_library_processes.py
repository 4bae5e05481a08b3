"""The library's promises between processes, with real ones: some of them are killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import LibraryLocked
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Document
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
KILLS = 20
PARAGRAPHS = 24  # so that a batch of documents makes Chroma write its index files, too
BATCH = 4


def opened(home: Path, library: str = "default") -> Library:
    return Library.open(Settings(home=home, library=library), WordEmbedder(), create=True)


def make(number: int, edition: str) -> Document:
    text = "\n\n".join(f"The {edition} memo {number} says {p}. It is a claim of its own." for p in range(PARAGRAPHS))
    return make_document(text, f"memo-{number:02}.txt", author=f"Author {number % 3}")


def write_first() -> list[Document]:
    return [make(number, "first") for number in range(12)]


def write_second() -> list[Document]:
    """Some as they were, some changed, some gone, many new."""
    return [make(number, "first" if number < 4 else "second") for number in range(32) if number not in (9, 10, 11)]


def sync(home: Path, library: str, documents: list[Document]) -> None:
    """What an ingest does: put what is new or changed, a few at a time, and remove what is gone."""
    embedder = WordEmbedder()
    with opened(home, library) as opened_library, opened_library.writing() as writer:
        known = {file.source: file for file in writer.known(["/docs"]).values()}
        todo = [d for d in documents if d.about.source not in known or known[d.about.source].sha256 != d.about.sha256]
        for start in range(0, len(todo), BATCH):
            writer.put([make_new(document, embedder) for document in todo[start : start + BATCH]])
        writer.remove([known[source].path for source in sorted(known.keys() - {d.about.source for d in documents})])


def contents(home: Path, library: str) -> dict[str, Any]:
    """All that a library holds, in an order that does not depend on how it came to be."""
    tables = {
        "documents": "SELECT * FROM documents ORDER BY id",
        "sources": "SELECT path, source, size, mtime_ns, document FROM sources ORDER BY path",
        "passages": 'SELECT id, document, start, "end", voice, speaker, page, headings, text, spans, hex(sentences), '
        "hex(vector) FROM passages ORDER BY id",
        "words": "SELECT p.id, w.text, w.title, w.voice FROM words w JOIN passages p ON p.key = w.rowid ORDER BY p.id",
        "state": "SELECT in_doubt, passage_words, model, weights, dimension FROM state",
    }
    connection = sqlite3.connect(home / library / "catalog.sqlite3")
    held: dict[str, Any] = {name: connection.execute(sql).fetchall() for name, sql in tables.items()}
    connection.close()
    with opened(home, library) as other:
        index = other._index
        index.open(other.generation())
        ids = sorted(index.ids())
        held["index"] = [ids, index.vectors(ids).round(6).tolist()]
    return held


def in_a_fork(work: Callable[[], None]) -> int:
    """Run ``work`` in a process of its own, begun at once because everything is imported already."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def kill_at_random_moments(home: Path, seed: int) -> None:
    """Runs in a process that never opened Chroma itself, for such a one cannot be forked; prints what it did."""
    import chromadb  # noqa: F401 — once for all the forks

    started = time.perf_counter()
    child = in_a_fork(lambda: sync(home, "undisturbed", write_second()))
    assert os.waitpid(child, 0)[1] == 0
    whole = time.perf_counter() - started
    moments, report = random.Random(seed), []
    for number in range(KILLS):
        child = in_a_fork(lambda name=f"killed-{number}": sync(home, name, write_second()))  # type: ignore[misc]
        time.sleep(moments.uniform(0.02, whole))
        os.kill(child, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        connection = sqlite3.connect(home / f"killed-{number}" / "catalog.sqlite3")
        (in_doubt,) = connection.execute("SELECT in_doubt FROM state").fetchone()
        connection.close()
        report.append((killed, bool(in_doubt)))
    print(json.dumps(report))


@contextmanager
def running(call: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that calls a function of this module; it says a line when it is ready."""
    values = ", ".join(repr(argument) for argument in arguments)
    program = f"from pathlib import Path, PosixPath\nfrom tests.test_library_processes import *\n{call}({values})"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return output


def write_and_wait(home: Path) -> None:
    with opened(home) as library, library.writing() as writer:
        writer.put([make_new(make(1, "first"), WordEmbedder())])
        print("ready", flush=True)
        sys.stdin.read()


def write_many(home: Path) -> None:
    sync(home, "default", write_second())


@pytest.mark.posix
def test_a_library_survives_twenty_kills(tmp_path: Path) -> None:
    """Killed anywhere in an ingest: the doctor and a second ingest give exactly the undisturbed library."""
    sync(tmp_path, "undisturbed", write_first())
    for number in range(KILLS):
        shutil.copytree(tmp_path / "undisturbed", tmp_path / f"killed-{number}")
    with running("kill_at_random_moments", tmp_path, 20) as process:
        report = json.loads(finish(process).splitlines()[-1])
    expected = contents(tmp_path, "undisturbed")
    documents = write_second()

    for number in range(KILLS):
        name = f"killed-{number}"
        with opened(tmp_path, name) as library:
            assert all(problem.repaired for problem in library.doctor()), name
            assert all(len(library.stored_of(entry.about.id)) == PARAGRAPHS for entry in library.entries()), name
        sync(tmp_path, name, documents)
        assert contents(tmp_path, name) == expected, name

    assert sum(killed for killed, _ in report) >= KILLS // 2
    assert any(in_doubt for _, in_doubt in report)


def test_a_reader_that_was_open_before_sees_what_another_process_wrote(tmp_path: Path) -> None:
    question = WordEmbedder().query("The second memo 31 says 7")
    sync(tmp_path, "default", write_first())
    with opened(tmp_path) as reader:
        before = {id for id, _ in reader.dense(question, 500)}
        with running("write_many", tmp_path) as process:
            while process.poll() is None:  # and all the while it sees whole documents, and only those
                hits = [stored.passage for stored in reader.stored([id for id, _ in reader.dense(question, 40)])]
                for document in {passage.about.id for passage in hits}:
                    assert len(reader.stored_of(document)) in (0, PARAGRAPHS)
            assert process.returncode == 0
        after = {id for id, _ in reader.dense(question, 2000)}

        assert (len(before), len(after)) == (12 * PARAGRAPHS, 29 * PARAGRAPHS)
        assert reader.searched() == (29, 29 * PARAGRAPHS)
        best = reader.stored([reader.dense(question, 1)[0][0]])[0].passage
        assert best.text.startswith("The second memo 31 says 7.")


def test_of_two_writers_one_works_and_one_is_told(tmp_path: Path) -> None:
    with running("write_and_wait", tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with opened(tmp_path) as second:
            with pytest.raises(LibraryLocked, match="'default'"), second.writing():
                pass
            assert second.searched().documents == 1  # reading goes on

            process.kill()
            process.wait()
            sync(tmp_path, "default", write_first())  # a killed writer's lock is free

            assert second.searched().documents == 12
            assert second.doctor() == []


def test_a_search_after_a_kill_repairs_what_was_left(tmp_path: Path) -> None:
    sync(tmp_path, "default", write_first())
    with opened(tmp_path) as library:
        library._index.open(library.generation())
        library._index.upsert(["loose"], library._index.vectors([sorted(library._index.ids())[0]]))
        library._catalog.doubt()  # as a writer leaves it that is killed between index and catalog

    with opened(tmp_path) as reader:
        assert len(reader.dense(WordEmbedder().query("memo"), 500)) == 12 * PARAGRAPHS
        assert reader.doctor() == []
