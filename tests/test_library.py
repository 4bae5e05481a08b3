from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import (
    DocumentMissing,
    IndexMismatch,
    LibraryDamaged,
    LibraryError,
    LibraryFull,
    LibraryLocked,
    LibraryMissing,
)
from assistant.library.library import Library, Opinion, Stored
from assistant.model.embedding import Vectors
from assistant.settings import Settings
from assistant.types import Document, Filters, Passage, Searched
from tests.conftest import make_document, make_new, make_passages, on_both_databases, wherever_it_is
from tests.fakes import WordEmbedder

TRUST = make_document("Brands need trust. Trust is slow.\n\nPrices fall in June.", "trust.txt", author="Writer")
NOISE = make_document("Noise is loud.\n\nTrust nobody.", "noise.txt", author="Other")


def put(library: Library, *documents: Document, embedder: WordEmbedder | None = None) -> None:
    with library.writing() as writer:
        writer.put([make_new(document, embedder or WordEmbedder()) for document in documents])


def dense(library: Library, question: str, k: int = 9, **filters: object) -> list[str]:
    hits = library.dense(WordEmbedder().query(question), k, Filters(**filters))  # type: ignore[arg-type]
    return [stored.passage.text for stored in library.stored([id for id, _ in hits])]


def spoil_index(settings: Settings) -> None:
    for path in settings.folder.glob("chroma/**/*"):
        if path.is_file():
            path.write_bytes(b"spoilt " * 1000)


@wherever_it_is
def test_opening_a_library_that_is_not_there_says_so(settings: Settings, embedder: WordEmbedder) -> None:
    with pytest.raises(LibraryMissing, match="no library 'default'"):
        Library.open(settings, embedder)

    assert not settings.home.exists()


@wherever_it_is
def test_a_new_library_is_empty_and_answers_nothing(library: Library, embedder: WordEmbedder) -> None:
    assert (library.searched(), library.entries(), library.lexical(["trust"], 3)) == (Searched(0, 0), [], [])
    assert (library.dense(embedder.query("trust"), 3), library.stored(["x"]), library.stored_of("x")) == ([], [], [])


@wherever_it_is
def test_what_was_put_is_found_by_meaning_and_by_words(library: Library) -> None:
    put(library, TRUST, NOISE)

    assert dense(library, "slow trust", 1) == ["Brands need trust. Trust is slow."]
    assert [s.passage.text for s in library.stored([id for id, _ in library.lexical(["price"], 9)])] == [
        "Prices fall in June."
    ]
    assert library.searched() == Searched(2, 4)


@wherever_it_is
def test_stored_passages_carry_their_sentences_vectors_in_the_order_asked(
    library: Library, embedder: WordEmbedder
) -> None:
    put(library, TRUST)
    first, second = make_passages(TRUST)

    stored = library.stored([second.id, "unknown", first.id])

    assert [one.passage for one in stored] == [second, first]
    assert [one.passage for one in library.stored_of(TRUST.id)] == [first, second]
    expected = [embedder.query("Brands need trust."), embedder.query("Trust is slow.")]
    assert isinstance(stored[1], Stored)
    assert stored[1].vectors.dtype == np.float32
    assert np.allclose(stored[1].vectors, expected, atol=1e-3)


@wherever_it_is
def test_a_quote_is_read_from_the_stored_text(library: Library) -> None:
    put(library, TRUST)

    assert library.quote(TRUST.id, 0, 18) == "Brands need trust."
    for document, start, end in (("x", 0, 1), (TRUST.id, 5, 5), (TRUST.id, -1, 5), (TRUST.id, 0, 10_000)):
        assert library.quote(document, start, end) is None


@wherever_it_is
def test_a_document_is_shown_by_id_or_source(library: Library) -> None:
    put(library, TRUST)

    assert library.document(TRUST.id) == library.document("trust.txt") == TRUST
    with pytest.raises(DocumentMissing, match="'nope'"):
        library.document("nope")


@wherever_it_is
def test_filters_hold_for_both_halves_of_the_search(library: Library, embedder: WordEmbedder) -> None:
    document = make_document("Trust one.\n\nTrust two.", "talk.txt", author="Writer")
    with library.writing() as writer:
        writer.put([make_new(NOISE, embedder), make_new(document, embedder, speakers=(None, "Guest"))])

    assert dense(library, "trust", authors=("guest",)) == ["Trust two."]
    assert sorted(dense(library, "trust", documents=("talk.txt",))) == ["Trust one.", "Trust two."]
    assert dense(library, "trust", documents=("unknown",)) == []
    assert len(library.lexical(["trust"], 9, Filters(authors=("WRITER",)))) == 1


@wherever_it_is
def test_an_entry_says_whether_its_file_is_still_there(
    library: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "here.txt").write_text("x")
    with library.writing() as writer:
        writer.put([make_new(TRUST, embedder, str(tmp_path / "here.txt")), make_new(NOISE, embedder)])

    assert [(entry.about.source, entry.passages, entry.state) for entry in library.entries()] == [
        ("noise.txt", 2, "source missing"),
        ("trust.txt", 2, "ready"),
    ]


@wherever_it_is
def test_a_changed_document_replaces_what_it_was(library: Library) -> None:
    put(library, TRUST)
    put(library, make_document("Prices fall in June.\n\nWinter is new.", "trust.txt"))

    assert sorted(dense(library, "prices winter trust")) == ["Prices fall in June.", "Winter is new."]
    assert library.searched() == Searched(1, 2)
    assert library.doctor() == []


def test_a_catalog_that_was_emptied_is_no_new_library(tmp_path: Path, embedder: WordEmbedder) -> None:
    settings = Settings(home=tmp_path)
    with Library.open(settings, embedder, create=True) as made:
        put(made, TRUST)
    catalog = settings.folder / "catalog.sqlite3"
    catalog.write_bytes(b"")

    for create in (False, True):
        with pytest.raises(LibraryError, match="has 0 bytes: something emptied its file"):
            Library.open(settings, embedder, create=create)
    assert catalog.read_bytes() == b""


@wherever_it_is
def test_a_removed_document_is_found_no_more(library: Library) -> None:
    put(library, TRUST, NOISE)
    with library.writing() as writer:
        assert writer.remove(["/docs/trust.txt", "/docs/unknown.txt"]) == 1

    assert sorted(dense(library, "trust")) == ["Noise is loud.", "Trust nobody."]
    assert library.doctor() == []


@wherever_it_is
def test_one_content_under_two_names_is_one_document(library: Library) -> None:
    put(library, TRUST)
    with library.writing() as writer:
        document = writer.find_content(TRUST.about.sha256)
        assert document == TRUST.id
        writer.attach("/docs/copy.txt", "copy.txt", 1, 1, TRUST.about.sha256, document)
        with pytest.raises(ValueError, match="was not made from"):
            writer.attach("/docs/other.txt", "other.txt", 1, 1, "0" * 64, document)

    assert library.entries()[0].sources == ("trust.txt", "copy.txt")
    assert library.document("copy.txt") == TRUST


@wherever_it_is
def test_a_file_that_becomes_a_copy_of_another_gives_up_what_it_held(library: Library) -> None:
    put(library, TRUST, NOISE)
    with library.writing() as writer:
        writer.attach("/docs/noise.txt", "noise.txt", 1, 1, TRUST.about.sha256, TRUST.id)

    assert (library.searched(), dense(library, "noise", documents=("noise.txt",))[0]) == (
        Searched(1, 2),
        "Brands need trust. Trust is slow.",
    )
    assert library.doctor() == []


@wherever_it_is
def test_a_known_file_is_remembered_with_size_time_and_content(library: Library) -> None:
    put(library, TRUST)
    with library.writing() as writer:
        writer.touch("/docs/trust.txt", 7, 42)

    (file,) = library.known(["/docs"]).values()
    assert file == ("/docs/trust.txt", "trust.txt", 7, 42, TRUST.about.sha256, TRUST.id, (), False)


@wherever_it_is
def test_ids_come_from_the_source_and_are_no_other_files(library: Library, embedder: WordEmbedder) -> None:
    with library.writing() as writer:
        own = writer.id_for("trust.txt", "/docs/trust.txt")
        other = writer.id_for("trust.txt", "/elsewhere/trust.txt")  # not stored yet, and given away all the same
        writer.put([make_new(TRUST, embedder)])

    with library.writing() as writer:
        assert own == TRUST.id == writer.id_for("trust.txt", "/docs/trust.txt")
        assert other == writer.id_for("trust.txt", "/elsewhere/trust.txt") != own
        writer.attach("/docs/copy.txt", "copy.txt", 1, 1, TRUST.about.sha256, own)
        assert writer.id_for("trust.txt", "/docs/trust.txt") not in (own, other)  # the copy holds it, too


@wherever_it_is
def test_a_second_writer_is_told_which_library_is_locked(library: Library, settings: Settings) -> None:
    with library.writing(), Library.open(settings, WordEmbedder()) as other:
        with pytest.raises(LibraryLocked, match="'default'") as raised, other.writing():
            pass
        assert raised.value.retryable
        assert other.conversations.begin()  # needs no lock

    with library.writing():
        pass


@wherever_it_is
def test_a_reader_that_looks_whether_to_repair_keeps_no_writer_out(library: Library, settings: Settings) -> None:
    """It saw the writer's doubt, and takes the lock when the writer has just let go."""
    put(library, TRUST)
    holds = threading.Event()

    def look() -> None:
        with Library.open(settings, WordEmbedder()) as other, other._guard.lock():
            holds.set()
            time.sleep(0.2)

    reader = threading.Thread(target=look)
    reader.start()
    assert holds.wait(10)
    put(library, make_document("Number 1.", "1.txt"))
    reader.join()

    assert library.searched().documents == 2


@wherever_it_is
def test_another_model_is_refused_until_a_reindex(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    wide = WordEmbedder("others")
    with Library.open(settings, wide) as other:
        assert other.lexical(["trust"], 1)  # words need no model
        with pytest.raises(IndexMismatch, match=r"'words'.*'others'"):
            other.dense(wide.query("trust"), 1)
        with pytest.raises(IndexMismatch), other.writing() as writer:
            writer.put([make_new(NOISE, wide)])
        assert [problem.remedy for problem in other.doctor()] == [IndexMismatch.hint]

        done: list[tuple[int, int]] = []
        other.reindex(lambda *progress: done.append(progress))

        assert (done, other.doctor(), wide.embedded) == ([(1, 2), (2, 2)], [], 4)
        assert dense(other, "slow") == dense(other, "slow trust")
    with pytest.raises(IndexMismatch):
        library.dense(wide.query("trust"), 1)


@wherever_it_is
def test_documents_can_be_removed_under_another_model(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    with Library.open(settings, WordEmbedder("others")) as other, other.writing() as writer:
        assert writer.remove(["/docs/trust.txt"]) == 1


@wherever_it_is
def test_an_emptied_library_takes_any_model(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    with library.writing() as writer:
        writer.remove(["/docs/trust.txt"])
    others = WordEmbedder("others")
    with Library.open(settings, others) as other:
        put(other, NOISE, embedder=others)

        assert (other.doctor(), len(dense(other, "noise"))) == ([], 2)


@wherever_it_is
def test_passages_of_another_length_are_refused_until_a_reindex(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    with Library.open(settings.model_copy(update={"passage_words": 40}), WordEmbedder()) as other:
        with pytest.raises(IndexMismatch, match=r"80 words.* 40"), other.writing():
            pass
        with pytest.raises(IndexMismatch):
            dense(other, "trust")

        def whole(document: Document, words: int) -> tuple[Passage, ...]:
            assert words == 40
            first, second = make_passages(document)
            text = document.text[first.start : second.end]
            sentences = first.sentences + second.sentences
            return (Passage("0" * 16, document.about, first.start, second.end, text, sentences),)

        other.reindex(split=whole)

        assert (dense(other, "trust"), other.searched(), other.doctor()) == ([TRUST.text], Searched(1, 1), [])


@wherever_it_is
def test_a_reindex_that_breaks_off_leaves_the_library_as_it_was(library: Library, settings: Settings) -> None:
    put(library, TRUST, NOISE)
    before = library.stored_of(TRUST.id)

    class Breaking(WordEmbedder):
        def query(self, text: str) -> Vectors:
            if "nobody" in text:
                raise KeyboardInterrupt
            return super().query(text)

    with Library.open(settings, Breaking("others")) as other, pytest.raises(KeyboardInterrupt):
        other.reindex()

    assert dense(library, "slow trust", 1) == ["Brands need trust. Trust is slow."]
    assert [one.vectors.tolist() for one in library.stored_of(TRUST.id)] == [one.vectors.tolist() for one in before]
    assert library.doctor() == []


@wherever_it_is
def test_a_writer_that_fails_midway_shows_nothing_and_the_next_one_repairs_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, TRUST)
    with monkeypatch.context() as patch:
        patch.setattr(library._catalog, "put", lambda _: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(OSError, match="gone"):
            put(library, NOISE)

    assert library._catalog.state().in_doubt
    assert sorted(dense(library, "trust")) == sorted(p.text for p in make_passages(TRUST))  # it repairs itself
    assert not library._catalog.state().in_doubt
    put(library, NOISE)
    assert (library.searched(), library.doctor()) == (Searched(2, 4), [])


@wherever_it_is
def test_the_doctor_repairs_an_index_that_does_not_fit(library: Library, embedder: WordEmbedder) -> None:
    put(library, TRUST, NOISE)
    index = library._index
    first, second = make_passages(TRUST)
    index.delete([first.id])
    index.upsert([second.id, "loose"], np.array([embedder.query("wrong"), embedder.query("loose")]))

    (problem,) = library.doctor()

    assert problem.repaired
    for fault in ("passages without a vector: 1", "vectors without a passage: 1", "not their passage's: 1"):
        assert fault in problem.what
    assert (library.doctor(), dense(library, "slow trust", 1)) == ([], [first.text])


@on_both_databases
def test_a_spoilt_index_is_reported_and_repaired(library: Library, settings: Settings, embedder: WordEmbedder) -> None:
    put(library, TRUST)
    library.close()
    spoil_index(settings)
    (settings.folder / "index.seen").unlink()  # as in a library of before, of which nothing tells that it was changed
    with Library.open(settings, embedder) as again:
        with pytest.raises(LibraryDamaged):
            dense(again, "trust")

        assert [problem.repaired for problem in again.doctor()] == [True]
        assert len(dense(again, "trust")) == 2


@on_both_databases
def test_a_lost_index_is_no_empty_answer(library: Library, settings: Settings, embedder: WordEmbedder) -> None:
    put(library, TRUST)
    library.close()
    shutil.rmtree(settings.folder / "chroma")
    with Library.open(settings, embedder) as again:
        with pytest.raises(LibraryDamaged, match="lacks vectors"):
            dense(again, "trust")

        assert [problem.repaired for problem in again.doctor()] == [True]
        assert len(dense(again, "trust")) == 2


def test_a_library_beside_which_nothing_can_be_written_is_read(settings: Settings, embedder: WordEmbedder) -> None:
    """Folders in the place of the files that SQLite and the lock write stand for a disk that is full or read-only."""
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        writer.put([make_new(make_document("Apples are red.\n\nPears are green."), embedder)])
    (settings.folder / "index.lock").unlink()
    for name in ("index.lock", "catalog.sqlite3-shm"):
        (settings.folder / name).mkdir()

    with Library.open(settings, embedder) as library:
        assert dense(library, "green pears", 1) == ["Pears are green."]
        assert library.dense(embedder.query("green pears"), 9) == sorted(
            library.dense(embedder.query("green pears"), 9), key=lambda hit: -hit[1]
        )
        assert len(library.lexical(["pears"], 9)) == 1


def test_a_library_in_doubt_is_read_though_its_index_cannot_be_rebuilt(
    settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a disk that filled in the middle of writing."""
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        writer.put([make_new(make_document("Apples are red.\n\nPears are green."), embedder)])
    with Library.open(settings, embedder) as library:
        library._catalog.doubt()
        monkeypatch.setattr("assistant.library.guard.rebuild", full)

        assert dense(library, "green pears", 1) == ["Pears are green."]


def full(*_: object) -> None:
    raise LibraryFull("The disk is full.")


def test_libraries_of_the_same_documents_find_the_same_in_whatever_order_they_came(
    settings: Settings, embedder: WordEmbedder
) -> None:
    documents = [make_document(f"Apples of row {n % 9} are red.", f"{n}.txt") for n in range(60)]
    found = []
    for name, order in (("one", documents), ("other", documents[::-1])):
        own = Settings(home=settings.home, library=name)
        with Library.open(own, embedder, create=True) as library:
            with library.writing() as writer:
                writer.put([make_new(document, embedder) for document in order])
            found.append(library.dense(embedder.query("red apples"), 20))

    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start", "end", "why"),
    [("link_lists.bin", 0, None, "SIGSEGV"), ("chroma.sqlite3", 4096, 12288, "malformed"), ("header.bin", 0, 100, "")],
)
def test_the_doctor_outlives_an_index_that_ends_whoever_reads_it(
    settings: Settings, embedder: WordEmbedder, name: str, start: int, end: int | None, why: str
) -> None:
    """With links zeroed, Chroma's library reads memory that is not its own; the doctor of before found all well."""
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        text = "\n\n".join(f"Words of {number} and {number * 7}." for number in range(600))
        writer.put([make_new(make_document(text), embedder)])
    (damaged,) = (settings.folder / "chroma").rglob(name)
    held = bytearray(damaged.read_bytes())
    held[start:end] = bytes(len(held[start:end]))
    damaged.write_bytes(held)

    with Library.open(settings, embedder) as library:
        (problem,) = library.doctor()

        assert problem.repaired
        assert why in problem.what
        assert "rebuilt from the catalog" in problem.remedy
        assert (library.doctor(), len(dense(library, "words", 5))) == ([], 5)


def damaged(settings: Settings, embedder: WordEmbedder) -> Path:
    """The file of an index that ends the process that reads it; the library is closed."""
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        text = "\n\n".join(f"Words of {number} and {number * 7}." for number in range(600))
        writer.put([make_new(make_document(text), embedder)])
    (links,) = (settings.folder / "chroma").rglob("link_lists.bin")
    links.write_bytes(bytes(links.stat().st_size))
    return links


@pytest.mark.posix
@pytest.mark.slow
def test_an_index_that_was_changed_is_looked_at_by_another_process_before_it_is_asked(
    settings: Settings, embedder: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    damaged(settings, embedder)

    with Library.open(settings, embedder) as library:
        assert len(dense(library, "words", 5)) == 5

    assert "SIGSEGV). It was rebuilt from the catalog." in caplog.text


@pytest.mark.posix
@pytest.mark.slow
def test_an_index_that_ended_a_question_is_rebuilt_for_the_next(settings: Settings, embedder: WordEmbedder) -> None:
    """Nothing tells of the damage at first, as when a disk fails."""
    links = damaged(settings, embedder)
    seen = json.loads((settings.folder / "index.seen").read_text())
    (time,) = (time for name, (_, time) in seen.items() if name.endswith(links.name))
    os.utime(links, ns=(time, time))
    program = (
        "import sys; from pathlib import Path; from assistant.library.library import Library;"
        "from assistant.library.index import exact; exact.FEW = 0;"
        "from assistant.settings import Settings; from tests.fakes import WordEmbedder; embedder = WordEmbedder();"
        "library = Library.open(Settings(home=Path(sys.argv[1])), embedder);"
        "print(len(library.dense(embedder.query('words'), 5)))"
    )
    command = [sys.executable, "-c", program, str(settings.home)]

    first, second = (
        subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
        for _ in range(2)
    )

    assert first.returncode == -signal.SIGSEGV
    assert (second.returncode, second.stdout) == (0, "5\n")


def test_an_index_that_breaks_its_readers_waits_for_who_writes_and_names_the_remedy(
    settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, TRUST)
    (settings.folder / "index.seen").write_text("{}")
    monkeypatch.setattr("assistant.library.guard.breaks", lambda _: "It ends its readers.")

    with (
        library.writing(),
        Library.open(settings, WordEmbedder()) as other,
        pytest.raises(LibraryDamaged, match="ends its readers") as raised,
    ):
        dense(other, "trust")

    assert "pushback doctor" in str(raised.value.hint)


def test_an_index_that_was_used_well_is_read_without_another_look(
    settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another look takes a second; a thread other than the one that opened it may close it."""
    monkeypatch.setattr("assistant.library.guard.breaks", lambda _: pytest.fail("it was looked at"))
    for _ in range(2):
        with Library.open(settings, embedder, create=True) as library, Library.open(settings, embedder) as other:
            put(library, TRUST)
            assert dense(other, "trust", 1) == dense(library, "trust", 1)
            closing = threading.Thread(target=other.close)
            closing.start()
            closing.join()

    assert list((settings.folder / "index.used").iterdir()) == []


def test_the_doctor_tells_of_a_damaged_catalog(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    connection = sqlite3.connect(settings.folder / "catalog.sqlite3")
    with connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE passages SET document = 'nowhere'")
    connection.close()

    (problem, *_) = library.doctor()

    assert (problem.repaired, "passages points nowhere" in problem.what) == (False, True)
    assert "backup" in problem.remedy or "copy" in problem.remedy


@wherever_it_is
def test_the_doctor_leaves_a_library_alone_that_is_being_written_to(library: Library, settings: Settings) -> None:
    put(library, TRUST)
    with library.writing(), Library.open(settings, WordEmbedder()) as other:
        assert [(problem.repaired, problem.remedy) for problem in other.doctor()] == [(False, LibraryLocked.hint)]


def test_copying_the_folder_copies_the_library(library: Library, settings: Settings, embedder: WordEmbedder) -> None:
    put(library, TRUST)
    library.close()
    shutil.copytree(settings.folder, settings.home / "copy")
    copied = settings.model_copy(update={"library": "copy"})
    with Library.open(copied, embedder) as copy, Library.open(settings, embedder) as original:
        put(copy, NOISE)

        assert (copy.searched(), original.searched()) == (Searched(2, 4), Searched(1, 2))
        assert (len(dense(copy, "trust")), len(dense(original, "trust"))) == (4, 2)
        assert (copy.doctor(), original.doctor()) == ([], [])


@wherever_it_is
def test_threads_share_a_library(library: Library) -> None:
    put(library, TRUST)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                assert "Brands need trust. Trust is slow." in dense(library, "slow trust")
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        put(library, make_document(f"Number {number}.", f"{number}.txt"))
    for thread in threads:
        thread.join()

    assert (failures, library.searched()) == ([], Searched(6, 7))


def test_opening_and_planning_load_neither_chroma_nor_a_model(settings: Settings, library: Library) -> None:
    """An unchanged folder ingested again must cost next to nothing."""
    put(library, TRUST)
    program = """
import sys
from pathlib import Path
from assistant.library.library import Library
from assistant.settings import Settings
with Library.open(Settings(home=Path(sys.argv[1])), object()) as library, library.writing() as writer:
    assert len(writer.known(["/docs"])) == 1
    writer.touch("/docs/trust.txt", 1, 1)
heavy = {"chromadb", "torch", "sentence_transformers"} & set(sys.modules)
assert not heavy, heavy
"""
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", program, str(settings.home)], check=True, cwd=root, timeout=60)


@wherever_it_is
def test_a_conversation_is_named_by_its_first_question(library: Library) -> None:
    conversation = library.conversations.begin()
    library.conversations.add_turn(conversation, '{"question": "Why  trust?"}')
    library.conversations.add_turn(conversation, '{"question": "And then?"}')

    (listed,) = library.conversations.listed()
    assert (listed.id, listed.title, listed.turns) == (conversation, "Why trust?", 2)
    assert library.conversations.turns(conversation) == ['{"question": "Why  trust?"}', '{"question": "And then?"}']
    library.conversations.rename(conversation, "Trust")
    assert library.conversations.listed()[0].title == "Trust"
    library.conversations.delete(conversation)
    assert library.conversations.listed() == []


@wherever_it_is
def test_a_long_question_is_cut_to_a_title(library: Library) -> None:
    conversation = library.conversations.begin()
    library.conversations.add_turn(conversation, '{"question": "' + "why " * 100 + '"}')

    title = library.conversations.listed()[0].title
    assert (len(title) <= 80, title.endswith("why…")) == (True, True)


@wherever_it_is
def test_an_unknown_conversation_is_said_to_be_missing(library: Library) -> None:
    for use in (library.conversations.turns, library.conversations.delete):
        with pytest.raises(DocumentMissing, match="no conversation 'x'"):
            use("x")
    with pytest.raises(DocumentMissing):
        library.conversations.add_turn("x", "{}")
    with pytest.raises(DocumentMissing):
        library.conversations.rename("x", "y")
    with pytest.raises(DocumentMissing, match="no turn 1 of a conversation 'x'"):
        library.conversations.give_feedback("x", 1, Opinion.BAD)


@wherever_it_is
def test_feedback_is_seen_by_others_and_needs_no_lock(
    library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    conversation = library.conversations.begin()
    library.conversations.add_turn(conversation, '{"question": "Why trust?"}')

    with library.writing(), Library.open(settings, embedder) as other:
        other.conversations.give_feedback(conversation, 1, Opinion.BAD, note="Too old.")
        other.conversations.give_feedback(conversation, 1, Opinion.WRONG_EVIDENCE, citation=2)

    kept = [(one.turn, one.citation, one.verdict, one.note) for one in library.conversations.feedback(conversation)]
    assert kept == [(1, None, "bad", "Too old."), (1, 2, "wrong evidence", "")]
    library.conversations.withdraw_feedback(conversation, 1)
    library.conversations.withdraw_feedback(conversation, 1, citation=2)
    assert library.conversations.feedback() == library.conversations.feedback("nobody") == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("mounting a file system is not allowed here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_stops_a_writer_and_shows_nothing_half(small_disk: Path, embedder: WordEmbedder) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 5_500_000)
    documents = [
        make_document("\n\n".join(f"Document {d} says {p}. It is long." for p in range(60)), f"{d}.txt")
        for d in range(20)
    ]

    def put_from(first: int) -> None:
        for document in documents[first:]:
            put(library, document)

    with Library.open(Settings(home=small_disk), embedder, create=True) as library:
        with pytest.raises(LibraryFull, match="disk is full"):
            put_from(0)
        written = library.searched().documents
        assert 0 < written < 20
        assert library.searched().passages == 60 * written
        assert all(len(library.stored_of(entry.about.id)) == 60 for entry in library.entries())

        filler.unlink()
        put_from(written)

        assert library.searched() == Searched(20, 1200)
        assert library.doctor() == []
        assert dense(library, "document 19 says 59", 1)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, embedder: WordEmbedder) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(LibraryError, match="cannot be made"):
        Library.open(Settings(home=tmp_path / "file"), embedder, create=True)


@wherever_it_is
def test_verdicts_are_kept_listed_and_forgotten(library: Library) -> None:
    first = library.verdicts.keep('{"idea": "Wait.", "ruling": "holds"}')
    second = library.verdicts.keep('{"idea": "Wait longer.", "ruling": "contested"}', revises=first)

    assert [(one.id, one.idea, one.ruling, one.revises) for one in library.verdicts.listed()] == [
        (second, "Wait longer.", "contested", first),
        (first, "Wait.", "holds", None),
    ]
    assert library.verdicts.read(first)[1] == '{"idea": "Wait.", "ruling": "holds"}'
    library.verdicts.remove(first)
    with pytest.raises(DocumentMissing, match=first):
        library.verdicts.read(first)
    with pytest.raises(DocumentMissing):
        library.verdicts.remove(first)


@wherever_it_is
def test_the_digest_is_of_what_the_documents_hold(library: Library, embedder: WordEmbedder) -> None:
    empty = library.digest()
    with library.writing() as writer:
        writer.put([make_new(make_document("Trust is slow."), embedder)])
    full = library.digest()

    assert empty != full
    library.verdicts.keep('{"idea": "Wait.", "ruling": "holds"}')
    assert library.digest() == full


@on_both_databases
def test_what_there_is_is_counted_once_after_each_change_whoever_made_it(
    settings: Settings, library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Searched] = []
    documents = library._catalog.documents
    count = documents.searched

    def counting() -> Searched:
        counted.append(count())
        return counted[-1]

    monkeypatch.setattr(documents, "searched", counting)
    for number in (1, 2):
        with Library.open(settings, embedder) as other, other.writing() as writer:
            writer.put([make_new(make_document(f"Pears {number}.", f"{number}.txt"), embedder)])
        assert [library.searched().documents for _ in range(3)] == [number] * 3

    assert len(counted) == 2
