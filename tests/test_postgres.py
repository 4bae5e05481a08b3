"""The catalog on PostgreSQL, where it is another than in a file: its server, its words, several machines."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import LibraryDamaged, LibraryError, LibraryLocked, LibraryMissing
from assistant.library import places
from assistant.library.catalog import Catalog
from assistant.library.library import Library
from assistant.library.places import in_file, on_server
from assistant.library.tables.schema import VERSION
from assistant.settings import Settings
from assistant.types import Filters, Searched
from tests.conftest import make_document, make_new
from tests.database import Server
from tests.fakes import WordEmbedder
from tests.test_catalog import make_row, matches
from tests.test_library_processes import PARAGRAPHS, ROOT, in_a_fork, write_second

psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")

KILLS = 6
TEXTS = (
    "Pricing is a promise. We priced the lamp at 30 dollars, and the price held.\n\nPrices rose.",
    "An e-mail went out about the price.\n\nNobody answers e-mail on a Friday. E-mail waits.",
    "We've moved the café.\n\nState-of-the-art lamps, lamps, lamps and lamps are in the café.",
    "Nothing here but 1e5 words: naïve, Straße, 日本語, x².",
)


@pytest.fixture
def elsewhere(postgres: Server) -> Iterator[Catalog]:
    catalog = postgres.new_catalog()
    yield catalog
    catalog.close()


@pytest.fixture
def settings(home: Path, database_address: str) -> Settings:
    return Settings(home=home, catalog=database_address)


@pytest.mark.parametrize(
    "words", ["price", "prices lamp", "e-mail", "e-mail friday price", "we've moved", "café", "state-of-the-art lamp"]
)
def test_words_are_ranked_as_in_a_file(elsewhere: Catalog, tmp_path: Path, words: str) -> None:
    file = in_file(tmp_path / "catalog.sqlite3", 80)
    for number, text in enumerate(TEXTS):
        for catalog in (file, elsewhere):
            document = make_document(text, f"{number}.txt", title=f"Memo {number} on lamps", author="Ms. Price")
            catalog.put([make_row(document)])

    there, here = (one.full_text.search(words.split(), 10, Filters()) for one in (elsewhere, file))

    assert [id for id, _ in there] == [id for id, _ in here]
    assert [score for _, score in there] == pytest.approx([score for _, score in here], rel=1e-3)
    file.close()


def test_a_document_is_seen_whole_or_not_at_all(elsewhere: Catalog, postgres: Server) -> None:
    reader = postgres.same_catalog(elsewhere)
    with elsewhere._db.changing():
        elsewhere._db.run("INSERT INTO keeps (path, reason) VALUES ('/docs', 'menu')")
        assert reader.boilerplate.keeps() == {}
    assert reader.boilerplate.keeps() == {"/docs": frozenset({"menu"})}
    with reader._db.reading():
        assert reader.documents.searched() == Searched(0, 0)
        elsewhere.put([make_row(make_document("Trust me."))])
        assert reader.documents.searched() == Searched(0, 0)
    assert reader.documents.searched() == Searched(1, 1)
    reader.close()


def test_a_library_is_made_filled_found_and_opened_again(settings: Settings, embedder: WordEmbedder) -> None:
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        writer.put([make_new(make_document("Trust grows slowly.\n\nPrices rise."), embedder)])
        conversation = library.conversations.begin()

    with Library.open(settings, embedder) as again:
        near = again.stored([id for id, _ in again.dense(embedder.query("Trust grows slowly."), 1)])
        assert [stored.passage.text for stored in near] == ["Trust grows slowly."]
        assert len(again.lexical(["price"], 5)) == 1
        assert again.conversations.turns(conversation) == []
        assert again.doctor() == []
    assert not (settings.folder / places.CATALOG).exists()


def test_a_library_of_another_machine_is_opened_there_and_its_index_made_from_the_catalog(
    settings: Settings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"home": tmp_path / "other"})
    question = embedder.query("Trust grows slowly.")
    with Library.open(settings, embedder, create=True) as here, Library.open(elsewhere, embedder) as there:
        with here.writing() as writer:
            writer.put([make_new(make_document("Trust grows slowly."), embedder)])
        assert len(there.lexical(["trust"], 5)) == 1
        with pytest.raises(LibraryDamaged, match="lacks vectors"):
            there.dense(question, 5)

        assert [problem.repaired for problem in there.doctor()] == [True]

        assert len(there.dense(question, 5)) == len(here.dense(question, 5)) == 1
        assert here.doctor() == []


def test_one_writes_at_a_time_on_whichever_machine(settings: Settings, embedder: WordEmbedder, tmp_path: Path) -> None:
    other = settings.model_copy(update={"home": tmp_path / "other"})
    with Library.open(settings, embedder, create=True) as here, Library.open(other, embedder) as there:
        with here.writing(), pytest.raises(LibraryLocked, match="writing to the library"), there.writing():
            pass
        with there.writing():
            pass


def test_a_database_holds_several_libraries(settings: Settings, embedder: WordEmbedder) -> None:
    assert places.libraries(settings) == []
    for name in ("Team-B", "a.team"):
        one = settings.model_copy(update={"library": name})
        with Library.open(one, embedder, create=True) as library, library.writing() as writer:
            writer.put([make_new(make_document(f"Text of {name}."), embedder)])

    assert places.libraries(settings) == ["Team-B", "a.team"]
    with Library.open(one, embedder) as library:
        assert library.document("note.txt").text == "Text of a.team."
    with pytest.raises(LibraryMissing, match="'default'"):
        Library.open(settings, embedder)


def test_a_name_that_is_too_long_for_a_schema_is_refused(settings: Settings, embedder: WordEmbedder) -> None:
    with pytest.raises(LibraryError, match="too long"):
        Library.open(settings.model_copy(update={"library": "x" * 60}), embedder, create=True)


def test_a_server_that_was_restarted_is_read_again(own_server: Server) -> None:
    catalog = own_server.new_catalog()
    catalog.put([make_row(make_document("Trust me."))])

    own_server.end()
    with pytest.raises(LibraryError, match="cannot be used"):
        catalog.documents.searched()
    own_server.start()

    assert matches(catalog, "trust") == ["Trust me."]
    own_server.end()
    own_server.start()
    catalog.put([make_row(make_document("Other.", "other.txt"))])
    catalog.close()
    with pytest.raises(LibraryError):
        catalog.documents.searched()


def test_a_change_whose_server_ends_leaves_nothing_behind(own_server: Server) -> None:
    catalog = own_server.new_catalog()

    def change() -> None:
        with catalog._db.changing():
            catalog._db.run("INSERT INTO keeps (path, reason) VALUES ('/a', 'menu')")
            own_server.end()
            own_server.start()
            catalog._db.run("INSERT INTO keeps (path, reason) VALUES ('/b', 'menu')")

    with pytest.raises(LibraryError):
        change()

    assert catalog.boilerplate.keeps() == {}
    catalog.close()


def test_a_killed_writer_leaves_no_lock(elsewhere: Catalog, postgres: Server) -> None:
    killed = postgres.same_catalog(elsewhere)
    with killed.alone(0):
        (process,) = killed._db.row("SELECT pg_backend_pid()")
        assert elsewhere._db.row("SELECT pg_terminate_backend(?, 60000)", [process]) == (True,)
        with elsewhere.alone(0), pytest.raises(LibraryError):
            killed.documents.searched()  # it does not go on as if it were alone
    assert killed.documents.searched() == Searched(0, 0)
    killed.close()


def test_a_transaction_that_takes_too_long_is_named(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.library.database import postgres as adapter

    monkeypatch.setattr(adapter, "PATIENCE", 1)
    one = postgres.new_catalog()
    other = postgres.same_catalog(one)
    with one._db.changing():
        with pytest.raises(LibraryLocked, match="Another process"):
            other.conversations.begin()
        assert other.conversations.listed() == []  # reading goes on
    one.close()
    other.close()


def test_many_may_make_a_catalog_at_once(postgres: Server) -> None:
    from assistant.library.database.postgres import begin

    seen: list[object] = []

    def open_it() -> None:
        try:
            begin(postgres.address, "many-at-once")
            catalog = on_server(postgres.address, "many-at-once", 80)
            seen.append(catalog.state().passage_words)
            catalog.close()
        except Exception as exc:
            seen.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [80] * 6


def test_a_catalog_of_another_version_is_refused(elsewhere: Catalog, postgres: Server) -> None:
    elsewhere._db.run("UPDATE made SET version = 99")

    with pytest.raises(LibraryError, match="schema 99"):
        postgres.same_catalog(elsewhere)


def test_a_catalog_of_an_older_version_is_brought_up_in_place(elsewhere: Catalog, postgres: Server) -> None:
    conversation = elsewhere.conversations.begin()
    elsewhere._db.run("DROP TABLE unanswered")
    elsewhere._db.run("ALTER TABLE state DROP COLUMN headed")
    for table in ("passages", "staged"):
        elsewhere._db.run(f"ALTER TABLE {table} DROP COLUMN date")
    elsewhere._db.run("UPDATE made SET version = 5")

    newer = postgres.same_catalog(elsewhere)

    newer.conversations.ask(conversation, "Why?")
    assert newer.conversations.unanswered(conversation) == ("Why?", None)
    assert newer._db.version() == VERSION
    newer.close()


def test_a_server_that_cannot_be_reached_is_named_without_the_password(home: Path, embedder: WordEmbedder) -> None:
    settings = Settings(home=home, catalog="postgresql://me:secret@127.0.0.1:1/none")

    with pytest.raises(LibraryError, match="cannot be used") as raised:
        Library.open(settings, embedder)

    assert "secret" not in f"{raised.value} {raised.value.hint}"


def test_the_extra_that_lacks_is_named(home: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "assistant.library.database.postgres", raising=False)
    monkeypatch.delattr("assistant.library.database.postgres", raising=False)

    with pytest.raises(LibraryError, match="needs the extra `postgres`") as raised:
        Library.open(Settings(home=home, catalog="postgresql://127.0.0.1/none"), embedder)

    assert "[postgres]" in raised.value.hint


def fill(settings: Settings) -> None:
    """What an ingest does: what is not there yet, a few at a time."""
    embedder = WordEmbedder()
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        known = writer.known(["/docs"])
        todo = [document for document in write_second() if f"/docs/{document.about.source}" not in known]
        for start in range(0, len(todo), 4):
            writer.put([make_new(document, embedder) for document in todo[start : start + 4]])


def disturb(home: Path, address: str, seed: int) -> None:
    """Fill libraries and end it at random moments: the process, or its connection as a server does that ends.

    Runs in a process that never opened Chroma itself, for such a one cannot be forked.
    """
    import chromadb  # noqa: F401 — once for all the forks

    def settings(name: str) -> Settings:
        return Settings(home=home, library=name, catalog=address)

    started = time.perf_counter()
    assert os.waitpid(in_a_fork(lambda: fill(settings("whole"))), 0)[1] == 0
    whole, moments, ends = time.perf_counter() - started, random.Random(seed), []
    for number in range(KILLS):
        child = in_a_fork(lambda name=f"killed-{number}": fill(settings(name)))  # type: ignore[misc]
        time.sleep(moments.uniform(0.02, whole))
        if number % 2:
            os.kill(child, signal.SIGKILL)
        else:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        ends.append(os.waitpid(child, 0)[1])
    print(json.dumps(ends))


@pytest.mark.posix
@pytest.mark.slow
def test_what_is_ended_at_a_random_moment_loses_nothing_and_shows_nothing_half(
    home: Path, database_address: str, embedder: WordEmbedder
) -> None:
    call = f"disturb({home!r}, {database_address!r}, 7)"
    program = f"from pathlib import Path, PosixPath\nfrom tests.test_postgres import *\n{call}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr

    def held(name: str) -> tuple[object, ...]:
        with Library.open(Settings(home=home, library=name, catalog=database_address), embedder) as library:
            found = library.dense(embedder.query("The second memo 3 says 7"), 5000)
            assert not [problem for problem in library.doctor() if not problem.repaired]
            assert {entry.passages for entry in library.entries()} <= {PARAGRAPHS}
            return library.digest(), library.searched(), sorted(id for id, _ in found), library._catalog.state()[2:]

    whole = held("whole")
    for number in range(KILLS):
        settings = Settings(home=home, library=f"killed-{number}", catalog=database_address)
        if settings.library in places.libraries(settings):
            held(settings.library)
        fill(settings)
        assert held(settings.library) == whole
    assert any(json.loads(done.stdout)), "nothing was ended in the middle"
