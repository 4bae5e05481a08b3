"""Watching: a folder is kept in step until it is told to stop, and no error ends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.errors import LibraryLocked, PushbackError, SourceError
from assistant.library.library import Library
from assistant.settings import Settings
from ingest import watching
from ingest.reading import formats
from ingest.sync import SyncReport
from ingest.watching import watch
from tests.fakes import WordEmbedder

PATIENCE = 120.0  # seconds: far more than it takes; two cores may be shared


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REST", 0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


class Heard(list["SyncReport | PushbackError"]):
    """What was told, in order."""

    def counts(self) -> list[tuple[int, ...] | str]:
        return [str(one) if isinstance(one, PushbackError) else (*one[:3], len(one.failed)) for one in self]


@contextmanager
def watched(folder: Path, settings: Settings, every: float = 300.0) -> Iterator[Heard]:
    """The folder is watched in a thread for the length of the block, which ends by itself when it is told to."""
    stop, heard, embedder = threading.Event(), Heard(), WordEmbedder()

    def work() -> None:
        with Library.open(settings, embedder, create=True) as library:
            watch([folder], library, settings, embedder, told=heard.append, stop=stop, every=every)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def sources(settings: Settings) -> list[str]:
    with Library.open(settings, WordEmbedder()) as library:
        return [entry.about.source for entry in library.entries()]


def test_what_is_there_and_what_changes_is_taken_in(folder: Path, settings: Settings) -> None:
    (folder / "a.txt").write_text("Words of one.")

    with watched(folder, settings) as heard:
        until(lambda: len(heard) == 1)
        time.sleep(2.5)  # by now the system tells; before, the second look finds what changed
        (folder / "deep").mkdir()
        (folder / "deep/b.txt").write_text("Words of two.")
        until(lambda: len(heard) == 2)
        (folder / "a.txt").unlink()
        until(lambda: len(heard) == 3)

    assert heard.counts() == [(1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0)]
    assert sources(settings) == ["deep/b.txt"]


def test_what_changes_while_the_first_round_runs_is_not_missed(folder: Path, settings: Settings) -> None:
    with watched(folder, settings) as heard:
        until(lambda: len(heard) == 1)
        (folder / "a.txt").write_text("Words of one.")
        until(lambda: len(heard) == 2)

    assert heard.counts() == [(0, 0, 0, 0), (1, 0, 0, 0)]


def test_many_changes_are_one_round(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "REST", 1.0)
    with watched(folder, settings) as heard:
        until(lambda: len(heard) == 1)
        time.sleep(2.5)
        for number in range(10):
            (folder / f"{number}.txt").write_text(f"Words of {number}.")
            time.sleep(0.05)
        until(lambda: len(heard) == 2)

    assert heard.counts() == [(0, 0, 0, 0), (10, 0, 0, 0)]


def test_an_error_is_told_and_the_next_round_goes_on(folder: Path, settings: Settings) -> None:
    (folder / "a.txt").write_text("Words of one.")
    with (
        Library.open(settings, WordEmbedder(), create=True) as other,
        other.writing(),
        watched(folder, settings, every=0.5) as heard,
    ):
        until(lambda: len(heard) >= 1)
        assert isinstance(heard[0], LibraryLocked)
        assert other.searched().documents == 0

    with watched(folder, settings, every=0.5) as heard:
        until(lambda: len(heard) == 1)
        moved = folder.rename(folder.with_name("away"))
        until(lambda: isinstance(heard[-1], SourceError))
        moved.rename(folder)
        (folder / "b.txt").write_text("Words of two.")
        until(lambda: isinstance(heard[-1], SyncReport))

    assert sources(settings) == ["a.txt", "b.txt"]


def test_a_file_that_cannot_be_parsed_is_told_once_and_tried_again_when_it_changes(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sync.RACY", 0)
    parsed: list[str] = []
    monkeypatch.setattr("ingest.sync.parsed_here", lambda task: refuse(parsed, task.source))
    (folder / "a.txt").write_text("Words of one.")

    with watched(folder, settings, every=0.2) as heard:
        until(lambda: len(heard) == 1)
        time.sleep(1.5)  # several rounds
        assert (heard.counts(), parsed) == ([(0, 0, 0, 1)], ["a.txt"])
        (folder / "a.txt").write_text("Words of two, changed.")
        until(lambda: len(parsed) == 2)


def test_a_reader_that_fails_does_not_end_the_watch(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats.READERS, ".text", lambda data: {}[str(data)])
    (folder / "a.text").write_text("Words of one.")

    with watched(folder, settings, every=0.2) as heard:
        until(lambda: len(heard) == 1)
        (folder / "b.txt").write_text("Words of two.")
        until(lambda: len(heard) == 2)

    assert heard.counts() == [(0, 0, 0, 1), (1, 0, 0, 1)]


def refuse(parsed: list[str], source: str) -> None:
    parsed.append(source)
    raise SourceError(f"{source}: no.")


def test_the_lock_is_free_between_rounds(folder: Path, settings: Settings) -> None:
    (folder / "a.txt").write_text("Words of one.")
    with watched(folder, settings) as heard:
        until(lambda: len(heard) == 1)
        with Library.open(settings, WordEmbedder()) as other, other.writing():
            assert other.searched().documents == 1
