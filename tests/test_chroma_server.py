"""The vector index on a Chroma server, where it is another than in a folder: gone, slow, of others, rebuilt."""

from __future__ import annotations

import http.server
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.errors import LibraryDamaged, LibraryError
from assistant.library.index import vectors
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Filters, Searched
from tests import chroma_server
from tests.chroma_server import Server
from tests.conftest import make_document, make_new, wherever_it_is
from tests.fakes import WordEmbedder
from tests.test_library import NOISE, TRUST, dense, put
from tests.test_library_processes import PARAGRAPHS, write_first


@pytest.fixture
def settings(home: Path, chroma: Server) -> Settings:
    return Settings(home=home, chroma_url=chroma.address)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may end."""
    with chroma_server.serving(tmp_path / "own") as server:
        yield server


@pytest.fixture
def own_settings(home: Path, own: Server) -> Settings:
    return Settings(home=home, chroma_url=own.address)


def test_a_chroma_server_serves_as_well_as_a_folder(tmp_path: Path, chroma: Server) -> None:
    embedder = WordEmbedder()
    settings = Settings(home=tmp_path / "team", chroma_url=chroma.address)
    question = embedder.query("The first memo 3 says 7")
    with Library.open(settings, embedder, create=True) as library, Library.open(settings, embedder) as reader:
        for document in write_first()[:4]:
            with library.writing() as writer:
                writer.put([make_new(document, embedder)])
            assert len(reader.dense(question, 500)) == library.searched().passages

        library._index.delete([reader.dense(question, 1)[0][0]])
        assert [problem.repaired for problem in library.doctor()] == [True]
        library.reindex()

        assert library.doctor() == []
        assert len(reader.dense(question, 500, Filters(documents=("memo-03.txt",)))) == PARAGRAPHS
        assert not (settings.folder / "chroma").exists()


def test_a_server_that_was_restarted_is_noticed_by_the_next_question(own: Server, own_settings: Settings) -> None:
    with Library.open(own_settings, WordEmbedder(), create=True) as library:
        put(library, TRUST)
        assert len(dense(library, "trust")) == 2
        own.end()
        with pytest.raises(LibraryError, match="does not serve us") as raised:
            dense(library, "trust")
        assert not isinstance(raised.value, LibraryDamaged)
        own.start()

        assert len(dense(library, "trust")) == 2
        put(library, NOISE)
        assert (len(dense(library, "trust")), library.doctor()) == (4, [])


def test_a_server_that_ends_in_the_middle_of_writing_leaves_nothing_half(
    own: Server, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the vectors and the transaction, and before the vectors."""
    with Library.open(own_settings, WordEmbedder(), create=True) as library:
        put(library, TRUST)
        upsert = library._index.upsert
        with monkeypatch.context() as patch:
            patch.setattr(library._index, "upsert", lambda *given: (upsert(*given), own.end(), upsert(*given)))
            with pytest.raises(LibraryError):
                put(library, NOISE)
        with pytest.raises(LibraryError):
            put(library, NOISE)
        assert library.searched() == Searched(1, 2)
        assert library._catalog.state().in_doubt
        own.start()

        assert len(dense(library, "trust")) == 2
        assert not library._catalog.state().in_doubt
        put(library, NOISE)
        assert (len(dense(library, "trust")), library.doctor()) == (4, [])


def test_a_server_that_lost_its_files_gives_no_empty_answer(own: Server, own_settings: Settings) -> None:
    with Library.open(own_settings, WordEmbedder(), create=True) as library:
        put(library, TRUST)
        own.end()
        shutil.rmtree(own.folder)
        own.start()

        with pytest.raises(LibraryDamaged, match="lacks vectors"):
            dense(library, "trust")
        assert [problem.repaired for problem in library.doctor()] == [True]
        assert len(dense(library, "trust")) == 2


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_it_may_take(
    own: Server, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "SLOW", 0.5)
    with Library.open(own_settings, WordEmbedder(), create=True) as library:
        put(library, TRUST)
        with own.silent():
            for use in (lambda: dense(library, "trust"), lambda: put(library, NOISE)):
                with pytest.raises(LibraryError, match="does not serve us: timed out"):
                    use()
            with (
                Library.open(own_settings, WordEmbedder()) as other,
                pytest.raises(LibraryError, match="does not serve us: timed out"),
            ):
                dense(other, "trust")

        assert len(dense(library, "trust")) == 2  # what came late is in doubt, and rebuilt
        assert library.doctor() == []


@pytest.mark.parametrize(("status", "text"), [(404, "Not Found"), (410, "{}"), (200, "<html>"), (503, "later")])
def test_what_is_no_chroma_server_of_today_is_named(home: Path, status: int, text: str) -> None:
    with saying(status, text) as address:
        settings = Settings(home=home, chroma_url=address)
        with Library.open(settings, WordEmbedder(), create=True) as library:
            with pytest.raises(LibraryError, match=f"{address}.*status is {status}") as raised:
                put(library, TRUST)
            assert "chroma_url" in raised.value.hint
            assert library.searched() == Searched(0, 0)


def test_two_libraries_of_one_name_do_not_touch_each_other(settings: Settings, tmp_path: Path) -> None:
    """Two teams that share a server, each with a library called ``default``."""
    theirs = settings.model_copy(update={"home": tmp_path / "theirs"})
    embedder = WordEmbedder()
    with (
        Library.open(settings, embedder, create=True) as here,
        Library.open(theirs, embedder, create=True) as there,
    ):
        put(here, TRUST)
        put(there, NOISE)
        there._catalog.doubt()
        assert sorted(dense(there, "trust")) == ["Noise is loud.", "Trust nobody."]  # rebuilt
        with there.writing() as writer:
            writer.remove(["/docs/noise.txt"])

        assert len(dense(here, "trust")) == 2
        assert (here.doctor(), there.doctor()) == ([], [])


@wherever_it_is
def test_a_question_while_the_index_is_rebuilt_waits_and_finds_all(settings: Settings, library: Library) -> None:
    put(library, *(make_document(f"Trust number {n}.", f"{n}.txt") for n in range(40)))
    begun, found = threading.Event(), []
    renew = library._catalog.renew

    def slowly() -> None:
        begun.set()
        time.sleep(0.5)
        renew()

    def ask() -> None:
        with Library.open(settings, WordEmbedder()) as reader:
            begun.wait()
            found.append(len(dense(reader, "trust", 100)))

    asking = threading.Thread(target=ask)
    asking.start()
    library._catalog.renew = slowly  # type: ignore[method-assign]
    library.reindex()
    asking.join()

    assert found == [40]


def test_a_rebuild_that_was_killed_is_done_by_the_next_question(settings: Settings) -> None:
    with Library.open(settings, WordEmbedder(), create=True) as library:
        put(library, TRUST)
        library._catalog.doubt(rebuilding=True)
        library._index.delete(sorted(library._index.ids())[:1])

        assert len(dense(library, "trust")) == 2
        assert library.doctor() == []


@contextmanager
def saying(status: int, text: str) -> Iterator[str]:
    """A server that says the same to everything; its address."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            serving.join()
