"""A library's catalog moved from a file to PostgreSQL and back: whole in one of the two, whenever it is ended."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.errors import LibraryError, LibraryLocked, LibraryMissing
from assistant.library import moving, places
from assistant.library.library import Library, Opinion
from assistant.library.tables.schema import STEPS
from assistant.settings import Settings
from assistant.types import Searched
from tests.conftest import make_document, make_new, on_both_databases
from tests.fakes import WordEmbedder
from tests.test_library import NOISE, TRUST, dense, put
from tests.test_library_processes import ROOT, in_a_fork, write_second
from ui.cli import cli

KILLS = 8


@pytest.fixture
def other(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Where a library of ``settings`` is moved to."""
    catalog = request.getfixturevalue("database_address") if settings.catalog is None else None
    return settings.model_copy(update={"catalog": catalog})


@pytest.fixture
def filled(settings: Settings) -> Iterator[Library]:
    """A library with something in every table that people see."""
    embedder = WordEmbedder()
    with Library.open(settings, embedder, create=True) as library:
        with library.writing() as writer:
            document = make_document("Trust\0 is slow.\n\nA café, naïve.", "odd.txt")
            writer.put([make_new(document, embedder, speakers=("Guest",))])
            writer.keep(["/docs"], ["menu"])
        put(library, TRUST, NOISE)
        put(library, make_document("Prices fall in May.", "trust.txt"))
        with library.writing() as writer:
            writer.attach("/docs/copy.txt", "copy.txt", 1, 1, NOISE.about.sha256, NOISE.id)
        for owner in ("me", None, "you"):
            conversation = library.conversations.begin(owner)
            for number in range(3):
                library.conversations.add_turn(conversation, json.dumps({"question": f"Why {number}, {owner}?"}))
            library.conversations.give_feedback(conversation, 2, Opinion.BAD, note="Old.")
        idea = library.verdicts.keep('{"idea": "Wait.", "ruling": "holds"}', owner="me")
        library.verdicts.keep('{"idea": "Wait longer.", "ruling": "contested"}', revises=idea)
        yield library


def contents(library: Library) -> tuple[object, ...]:
    """What a library says of all that it holds."""
    whose = ("me", None, "you")
    return (
        library.digest(),
        library.entries(),
        library.known(["/docs"]),
        library.keeps(),
        [
            [(one, library.conversations.turns(one.id)) for one in library.conversations.listed(owner)]
            for owner in whose
        ],
        [library.verdicts.listed(owner) for owner in whose],
        library.verdicts.every(),
        library.conversations.feedback(),
        sorted(dense(library, "trust", 100)),
        library.lexical(["price"], 5)[0][0],
        library.lexical(["cafe"], 5)[0][0],
        [stored.passage for stored in library.stored_of(TRUST.id)],
        library.generation(),
    )


@on_both_databases
def test_what_is_moved_is_what_it_was_and_takes_new_documents(
    settings: Settings, other: Settings, filled: Library
) -> None:
    before = contents(filled)

    kept = filled.move(other.catalog)

    assert "moved-" in kept
    with pytest.raises(LibraryMissing):
        Library.open(settings, WordEmbedder())
    with Library.open(other, WordEmbedder()) as moved:
        assert contents(moved) == before
        assert moved.doctor() == []
        put(moved, make_document("Winter is new.", "winter.txt"))
        moved.conversations.add_turn(moved.conversations.begin("me"), '{"question": "And now?"}')
        assert moved.conversations.listed("me")[0].title == "And now?"
        assert dense(moved, "Winter is new.", 1) == ["Winter is new."]
        assert moved.doctor() == []


def test_a_library_comes_back_as_it_went(database_address: str, home: Path, filled: Library) -> None:
    here, there = Settings(home=home), Settings(home=home, catalog=database_address)
    before = contents(filled)
    filled.move(there.catalog)
    with Library.open(there, WordEmbedder()) as library:
        library.move(None)

    with Library.open(here, WordEmbedder()) as library:
        assert (contents(library), library.doctor()) == (before, [])
    assert len(list(here.folder.glob("catalog.sqlite3.moved-*"))) == 1


@on_both_databases
def test_a_move_that_breaks_off_leaves_the_library_where_it_is(
    settings: Settings, other: Settings, filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(filled)
    total = sum(count for table, count in moving.held(filled._catalog._db).items() if table != "changes")

    for last in (1, total // 2, total):

        def breaks(done: int, _: int, last: int = last) -> None:
            if done >= last:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            filled.move(other.catalog, breaks)
        assert not places.is_there(other)
    assert contents(filled) == before
    with monkeypatch.context() as patch:
        patch.setattr(places, "set_aside", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            filled.move(other.catalog)

    assert places.is_there(other)
    with Library.open(settings, WordEmbedder()) as again:
        assert contents(again) == before
        again.move(other.catalog)  # goes on
    with Library.open(other, WordEmbedder()) as moved:
        assert contents(moved) == before


@on_both_databases
def test_another_library_of_the_name_is_not_overwritten(settings: Settings, other: Settings, filled: Library) -> None:
    with Library.open(other, WordEmbedder(), create=True) as there:
        put(there, TRUST)

    with pytest.raises(LibraryError, match="not the same"):
        filled.move(other.catalog)

    with Library.open(settings, WordEmbedder()) as here, Library.open(other, WordEmbedder()) as there:
        assert (here.searched().documents, there.searched().documents) == (3, 1)


@on_both_databases
def test_what_somebody_says_meanwhile_is_not_lost(settings: Settings, other: Settings, filled: Library) -> None:
    def speak(done: int, _: int) -> None:
        with Library.open(settings, WordEmbedder()) as library:
            library.conversations.begin()

    with pytest.raises(LibraryLocked, match="while it was moved"):
        filled.move(other.catalog, speak)

    assert not places.is_there(other)
    with filled.writing(), Library.open(settings, WordEmbedder()) as again, pytest.raises(LibraryLocked):
        again.move(other.catalog)


def test_a_file_that_is_still_in_use_is_not_set_aside(
    settings: Settings, database_address: str, filled: Library
) -> None:
    with Library.open(settings, WordEmbedder()) as reader:
        reader.searched()
        with pytest.raises(LibraryLocked, match="still in use"):
            filled.move(database_address)
    with Library.open(settings, WordEmbedder()) as again:
        again.move(database_address)

    assert not places.is_there(settings)


def test_every_table_is_moved_but_what_is_rebuilt() -> None:
    made = {name for statement in STEPS[0] for name in _tables(statement)}

    assert made - set(moving.tables()) == {"staged", "vocabulary", "words"}
    assert moving.tables()["passages"][2:5] == ["document", "start", '"end"']


def _tables(statement: str) -> list[str]:
    words = statement.replace("IF NOT EXISTS ", "").split()
    return [words[place + 1] for place, word in enumerate(words) if word == "TABLE"]


def test_the_command_moves_and_says_which_setting_to_change(home: Path, database_address: str) -> None:
    embedder = WordEmbedder()
    with Library.open(Settings(home=home), embedder, create=True) as library:
        put(library, TRUST)

    done = CliRunner().invoke(cli, ["move", database_address])
    again = CliRunner().invoke(cli, ["move", database_address])
    there = {"PUSHBACK_CATALOG": database_address}
    same = CliRunner(env=there).invoke(cli, ["move", database_address])
    wrong = CliRunner().invoke(cli, ["move", "mysql://x"])
    back = CliRunner(env=there).invoke(cli, ["move", "file", "--quiet"])

    assert (done.exit_code, done.stdout) == (0, "The catalog is moved.\n")
    assert "the setting `catalog` name the database" in done.stderr
    assert [one.exit_code for one in (again, same, wrong, back)] == [3, 2, 2, 0]
    assert database_address not in done.output
    with Library.open(Settings(home=home), embedder) as library:
        assert library.searched() == Searched(1, 2)


def kill_moves(home: Path, address: str, seed: int) -> None:
    """Move a library to and fro, ended at random moments; prints how each move ended.

    Runs in a process that never opened Chroma itself, for such a one cannot be forked.
    """
    import chromadb  # noqa: F401 — once for all the forks
    import psycopg  # noqa: F401

    embedder, moments, ends = WordEmbedder(), random.Random(seed), list[int]()
    both = [Settings(home=home), Settings(home=home, catalog=address)]

    def fill() -> None:
        with Library.open(both[0], embedder, create=True) as library, library.writing() as writer:
            writer.put([make_new(document, embedder) for document in write_second()])

    def move() -> None:
        here, there = both if places.is_there(both[0]) else reversed(both)
        with Library.open(here, embedder) as library:
            library.move(there.catalog)

    def timed() -> float:
        started = time.perf_counter()
        assert os.waitpid(in_a_fork(move), 0)[1] == 0
        return time.perf_counter() - started

    assert os.waitpid(in_a_fork(fill), 0)[1] == 0
    whole = max(timed(), timed())
    for _ in range(KILLS):
        child = in_a_fork(move)
        time.sleep(moments.uniform(0.02, whole))
        os.kill(child, signal.SIGKILL)
        ends.append(os.waitpid(child, 0)[1])
        assert any(map(places.is_there, both))
        for settings in filter(places.is_there, both):
            with Library.open(settings, embedder) as library:
                assert library.searched().documents == len(write_second())
    print(json.dumps(ends))


@pytest.mark.posix
@pytest.mark.slow
def test_a_move_that_is_killed_at_any_moment_loses_nothing(home: Path, database_address: str) -> None:
    call = f"kill_moves({home!r}, {database_address!r}, 3)"
    program = f"from pathlib import Path, PosixPath\nfrom tests.test_moving import *\n{call}"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)

    assert done.returncode == 0, done.stderr
    assert any(json.loads(done.stdout)), "nothing was killed in the middle"
    both = [Settings(home=home), Settings(home=home, catalog=database_address)]
    for settings in filter(places.is_there, both):
        with Library.open(settings, WordEmbedder()) as library:
            assert library.digest()
            assert not [problem for problem in library.doctor() if not problem.repaired]
