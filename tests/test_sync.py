"""Sync: a library is brought in step with folders by content, cheaply, and never stops at one bad file."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.errors import LibraryLocked, SourceError
from assistant.library.library import Library
from assistant.model.embedding import Embedding
from assistant.settings import Settings
from assistant.types import Span
from ingest.drafts import Draft
from ingest.folder import files
from ingest.pipeline.passages import split
from ingest.reading import formats
from ingest.sync import BadFiles, SyncReport, sync
from tests.fakes import WordEmbedder
from ui.reports import terminal

OLD = 1_600_000_000
PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def write(path: Path, text: str | bytes = PROSE, *, mtime: int = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (mtime, mtime))
    return path


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.removed, report.same, len(report.failed)


def contents(library: Library) -> dict[tuple[str, ...], list[str]]:
    """Every document's sources and passages: what two equal libraries have in common."""
    return {
        entry.sources: [stored.passage.text for stored in library.stored_of(entry.about.id)]
        for entry in library.entries()
    }


def test_new_files_go_in_with_their_passages(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt", "A title\n\n" + PROSE)
    write(folder / "deep/er/b.md", "# B\n\nOther words are here.")

    report = sync([folder], library, settings, embedder)

    assert counts(report) == (2, 0, 0, 0, 0)
    assert report.passages == embedder.embedded == 2
    assert contents(library) == {
        ("a.txt",): ["A title\n\n" + PROSE],
        ("deep/er/b.md",): ["B\n\nOther words are here."],
    }


def test_a_second_run_embeds_nothing_and_reads_nothing(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "a.txt")
    sync([folder], library, settings, embedder)
    monkeypatch.setattr(files, "read", lambda file: pytest.fail(f"{file.source} was read"))

    report = sync([folder], library, settings, embedder)

    assert (counts(report), embedder.embedded) == ((0, 0, 0, 1, 0), 1)


def test_a_changed_file_replaces_and_a_removed_file_leaves(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt")
    write(folder / "b.txt", "Words that will go away.")
    sync([folder], library, settings, embedder)
    write(folder / "a.txt", "Entirely new words stand here.", mtime=OLD + 5)
    (folder / "b.txt").unlink()

    report = sync([folder], library, settings, embedder)

    assert counts(report) == (0, 1, 1, 0, 0)
    assert contents(library) == {("a.txt",): ["Entirely new words stand here."]}


def test_an_emptied_folder_keeps_what_was_read_until_that_is_allowed(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name in "abcdef":
        write(folder / f"{name}.txt", f"Words of {name}.")
    sync([folder], library, settings, embedder)
    before = contents(library)
    for name in "abc":
        (folder / f"{name}.txt").unlink()
    write(folder / "g.txt", "Words of g.")

    held = sync([folder], library, settings, embedder)
    during = contents(library)
    allowed = sync([folder], library, settings, embedder, allow_removals=True)

    assert (counts(held), held.spared) == ((1, 0, 0, 3, 0), 3)
    assert during == {**before, ("g.txt",): ["Words of g."]}
    assert (counts(allowed), allowed.spared) == ((0, 0, 3, 4, 0), 0)


def test_a_third_of_a_folder_or_one_file_may_be_gone_and_its_only_one_may_not(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name in "abc":
        write(folder / f"{name}.txt", f"Words of {name}.")
    sync([folder], library, settings, embedder)
    reports = []
    for name in "abc":
        (folder / f"{name}.txt").unlink()
        reports.append(sync([folder], library, settings, embedder))

    assert [(report.removed, report.spared) for report in reports] == [(1, 0), (1, 0), (0, 1)]


def test_a_folder_whose_files_were_all_renamed_has_lost_none(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name in "abc":
        write(folder / f"{name}.txt", f"Words of {name}.")
    sync([folder], library, settings, embedder)
    for name in "abc":
        (folder / f"{name}.txt").rename(folder / f"new-{name}.txt")

    report = sync([folder], library, settings, embedder)

    assert (counts(report), report.spared) == ((0, 3, 0, 0, 0), 0)


def test_only_files_under_the_named_paths_can_be_gone(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "one/a.txt", "Words of one.")
    write(folder / "two/b.txt", "Words of two.")
    sync([folder / "one", folder / "two"], library, settings, embedder)
    (folder / "two/b.txt").unlink()

    assert counts(sync([folder / "one"], library, settings, embedder)) == (0, 0, 0, 1, 0)


def test_a_new_time_on_the_same_bytes_is_the_same(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    path = write(folder / "a.txt")
    sync([folder], library, settings, embedder)
    os.utime(path, (OLD + 9, OLD + 9))

    assert counts(sync([folder], library, settings, embedder)) == (0, 0, 0, 1, 0)
    assert library.known([str(folder)])[str(path)].mtime_ns == (OLD + 9) * 10**9
    assert embedder.embedded == 1


def test_a_change_within_the_clocks_grain_is_seen(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    """Two writes in one tick leave the same size and time: so a file that young is never trusted by them."""
    now = time.time_ns()
    path = write(folder / "a.txt", "Words of one.")
    os.utime(path, ns=(now, now))
    sync([folder], library, settings, embedder)
    path.write_bytes(b"Words of two.")
    os.utime(path, ns=(now, now))

    assert counts(sync([folder], library, settings, embedder)) == (0, 1, 0, 0, 0)


def test_a_change_of_the_same_size_and_time_is_seen_when_that_is_asked_for(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt", "Words of one.")
    write(folder / "b.txt", "Words of b.")
    sync([folder], library, settings, embedder)
    write(folder / "a.txt", "Words of two.")

    usual, forced = (sync([folder], library, settings, embedder, force=force) for force in (False, True))

    assert (counts(usual), counts(forced)) == ((0, 0, 0, 2, 0), (0, 1, 0, 1, 0))
    assert contents(library)["a.txt",] == ["Words of two."]


def test_two_names_for_one_content_are_one_document_with_two_sources(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt")
    write(folder / "b.txt")

    report = sync([folder], library, settings, embedder)

    assert (counts(report), report.copies, embedder.embedded) == ((1, 0, 0, 0, 0), 1, 1)
    assert list(contents(library)) == [("a.txt", "b.txt")]


def test_one_of_two_names_can_go_or_change(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        write(folder / name)
    sync([folder], library, settings, embedder)
    (folder / "a.txt").unlink()
    write(folder / "b.txt", "Entirely new words stand here.", mtime=OLD + 5)

    assert counts(sync([folder], library, settings, embedder)) == (0, 1, 1, 1, 0)
    assert contents(library) == {("b.txt",): ["Entirely new words stand here."], ("c.txt",): [PROSE]}


def test_a_renamed_file_keeps_its_document(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    path = write(folder / "a.txt")
    sync([folder], library, settings, embedder)
    before = library.entries()[0].about.id
    path.rename(folder / "z.txt")

    report = sync([folder], library, settings, embedder)

    assert (counts(report), embedder.embedded) == ((0, 1, 0, 0, 0), 1)
    assert [(e.about.id, e.sources) for e in library.entries()] == [(before, ("z.txt",))]


def test_files_of_one_name_in_two_folders_are_two_documents(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "one/a.txt", "Words of one.")
    write(folder / "two/a.txt", "Words of two.")

    sync([folder / "one", folder / "two"], library, settings, embedder)

    assert [entry.sources for entry in library.entries()] == [("a.txt",), ("a.txt",)]
    assert len({entry.about.id for entry in library.entries()}) == 2


def test_a_single_file_goes_by_its_name(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    sync([write(folder / "deep/a.txt")], library, settings, embedder)

    assert [entry.sources for entry in library.entries()] == [("a.txt",)]


def test_hidden_files_and_unknown_kinds_are_skipped_and_counted(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / ".hidden.txt")
    write(folder / ".git/a.txt")
    write(folder / "photo.png")

    report = sync([folder], library, settings, embedder)

    assert (counts(report), report.skipped) == ((0, 0, 0, 0, 0), 3)


def test_no_such_path_is_an_error_before_anything_is_done(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt")

    with pytest.raises(SourceError, match=r"No such file or folder: .*nowhere"):
        sync([folder, folder / "nowhere"], library, settings, embedder)
    assert library.searched() == (0, 0)


def test_an_empty_folder_is_no_error(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    report = sync([folder], library, settings, embedder)

    assert (counts(report), report.files) == ((0, 0, 0, 0, 0), 0)


@pytest.mark.posix
def test_bad_files_are_named_with_their_reasons_and_the_rest_goes_in(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "binary.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    write(folder / "broken16.txt", b"\xff\xfe" + "half".encode("utf-16-le") + b"\x00\xd8")
    write(folder / "empty.md", "")
    write(folder / "rules.txt", "-----\n")
    write(folder / "good.txt")
    write(folder / "huge.txt", "words")
    os.truncate(folder / "huge.txt", 10**11)  # the disk holds no more than its words
    write(folder / "torn8.txt", "Größe und Preis sind zweierlei. Größe zählt.".encode() + b"\xe2\x80")
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.json")  # of a kind that is looked into to know whether it is read

    report = sync([folder], library, settings, embedder)

    assert counts(report) == (2, 0, 0, 0, 6)
    assert report.empty == ("empty.md",)
    assert dict(report.failed) == {
        "binary.txt": "not a text file (it holds zero bytes).",
        "broken16.txt": "marked as UTF-16, but broken at byte 10: unexpected end of data.",
        "rules.txt": "holds no text.",
        "huge.txt": "it holds 100,000 MB; at most 1,000 are read.",
        "pipe.json": "not a regular file.",
        "pipe.txt": "not a regular file.",
    }
    assert list(contents(library)) == [("good.txt",), ("torn8.txt",)]


def test_what_office_programs_keep_beside_an_open_file_is_passed_by(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "~$pricing.docx", b"\x05Dana Ames")
    write(folder / "~WRL0001.docx", b"PK\x03\x04")
    write(folder / ".~lock.pricing.odt#", b",dana,")

    report = sync([folder], library, settings, embedder)

    assert (report.failed, report.skipped) == ((), 3)


def test_a_note_that_was_emptied_takes_what_it_held_along(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name in ("a.md", "b.md", "c.md", "d.md"):
        write(folder / name, f"This is {name} and nothing else.")
    sync([folder], library, settings, embedder)
    write(folder / "a.md", " \n")

    report = sync([folder], library, settings, embedder)

    assert (report.empty, report.removed, report.failed) == (("a.md",), 1, ())
    assert list(contents(library)) == [("b.md",), ("c.md",), ("d.md",)]


def test_a_named_file_of_an_unknown_kind_fails_and_is_not_skipped(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    report = sync([write(folder / "photo.png")], library, settings, embedder)

    assert [failed.source for failed in report.failed] == ["photo.png"]
    assert "known are .txt" in report.failed[0].reason


def test_an_unreadable_file_fails_and_keeps_what_it_held(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated, since a superuser may read what nobody else may."""
    path = write(folder / "a.txt")
    sync([folder], library, settings, embedder)
    os.utime(path, (OLD + 9, OLD + 9))
    opened = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    report = sync([folder], library, settings, embedder)

    assert dict(report.failed) == {"a.txt": "cannot be read: Permission denied."}
    assert contents(library) == {("a.txt",): [PROSE]}


def test_an_unreadable_folder_fails_and_its_files_are_not_gone(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "shut/a.txt")
    sync([folder], library, settings, embedder)
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path == folder / "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = sync([folder], library, settings, embedder)

    assert dict(report.failed) == {"shut": "cannot be read: Permission denied."}
    assert (report.removed, list(contents(library))) == (0, [("shut/a.txt",)])


def test_a_file_that_changes_while_it_is_read_is_read_again_and_then_given_up(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    restless, calm = write(folder / "a.txt"), write(folder / "b.txt", "It calms down at last.")
    changes = {restless.stat().st_ino: 9, calm.stat().st_ino: 1}
    fstat = os.fstat

    def meanwhile(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        if changes.get(status.st_ino, 0) > 0:
            changes[status.st_ino] -= 1
            os.utime(descriptor, (OLD + changes[status.st_ino] + 1,) * 2)
        return status

    monkeypatch.setattr(os, "fstat", meanwhile)
    report = sync([folder], library, settings, embedder)

    assert dict(report.failed) == {"a.txt": "the file changes while it is read."}
    assert contents(library) == {("b.txt",): ["It calms down at last."]}


@pytest.mark.posix
def test_links_are_followed_inside_the_folder_only(
    folder: Path, tmp_path: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    outside = write(tmp_path / "secret/outside.txt", "Words from elsewhere.")
    write(folder / "sub/a.txt")
    (folder / "circle").symlink_to(folder)
    (folder / "dangling.txt").symlink_to(folder / "nowhere.txt")
    (folder / "inside.txt").symlink_to(folder / "sub/a.txt")
    (folder / "itself.txt").symlink_to(folder / "itself.txt")
    (folder / "out").symlink_to(outside.parent)
    (folder / "out.txt").symlink_to(outside)
    (folder / "sub/up").symlink_to(folder / "sub")

    report = sync([folder], library, settings, embedder)

    assert dict(report.failed) == {
        "circle": "the link leads in a circle.",
        "dangling.txt": "the link leads nowhere or in a circle.",
        "itself.txt": "the link leads nowhere or in a circle.",
        "out": "the link leads outside the folder.",
        "out.txt": "the link leads outside the folder.",
        "sub/up": "the link leads in a circle.",
    }
    assert list(contents(library)) == [("inside.txt", "sub/a.txt")]


def test_progress_is_told_file_by_file(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt", "Words of one.")
    write(folder / "b.txt", "Words of two.")
    told: list[tuple[int, int, str]] = []

    sync([folder], library, settings, embedder, lambda *args: told.append(args))

    assert told == [(0, 2, "a.txt"), (1, 2, "b.txt"), (2, 2, "")]


def test_of_a_long_file_progress_is_told_by_page(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.workers.PARSER", "tests.misbehaving:parse")
    monkeypatch.setattr("ingest.sync.A_LOOK", 0.05)
    write(folder / "a.csv", "pages of a book\nare many")
    told: list[tuple[int, int, str]] = []

    sync([folder], library, settings, embedder, lambda *args: told.append(args))

    assert list(dict.fromkeys(told)) == [(0, 1, "a.csv"), (0, 1, "a.csv: page 10 of 600"), (1, 1, "")]


def test_interrupted_work_is_kept_and_gone_on_with(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sync.BATCH", 1)
    for name in ("a.txt", "b.txt", "c.txt"):
        write(folder / name, f"Words of {name}.")

    def interrupt(done: int, total: int, source: str) -> None:
        if source == "c.txt":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync([folder], library, settings, embedder, interrupt)

    assert list(contents(library)) == [("a.txt",), ("b.txt",)]
    assert counts(sync([folder], library, settings, embedder)) == (1, 0, 0, 2, 0)


def test_a_second_writer_is_told(folder: Path, library: Library, settings: Settings, embedder: WordEmbedder) -> None:
    write(folder / "a.txt")

    with Library.open(settings, embedder) as other, other.writing(), pytest.raises(LibraryLocked):
        sync([folder], library, settings, embedder)


@pytest.mark.slow
def test_an_unchanged_folder_loads_neither_model_nor_index(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt")
    sync([folder], library, settings, embedder)
    program = (
        "import sys; from pathlib import Path; from assistant.library.library import Library;"
        "from assistant.settings import Settings; from ingest.sync import sync; from tests.fakes import WordEmbedder;"
        "settings = Settings(home=Path(sys.argv[1])); embedder = WordEmbedder();"
        "print(sync([sys.argv[2]], Library.open(settings, embedder), settings, embedder).same,"
        "sorted({'torch', 'chromadb', 'sentence_transformers'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(settings.home), str(folder)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "1 []\n"


@pytest.mark.slow
@pytest.mark.usefixtures("ending")
def test_a_line_of_50_megabytes_is_read_to_its_end() -> None:
    from ingest.pipeline.documents import load

    data = b"This is one of very many sentences in a line. " * (50_000_000 // 46)

    document = load(data, source="long.txt", id="0123456789")
    passages = split(document, 80)

    assert max(len(passage.text.split()) for passage in passages) <= 100
    assert passages[-1].end == len(document.text)


CHANGES = st.lists(
    st.dictionaries(st.sampled_from(["a.txt", "b.txt", "c/d.txt"]), st.sampled_from(["One.", "Two.", "Three.", ""])),
    min_size=1,
    max_size=4,
)


@example([{"a.txt": "One."}, {"a.txt": "Two.", "b.txt": "One."}])  # renamed, and its old name written again
@given(CHANGES)
@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_many_syncs_end_as_one_would(tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, str]]) -> None:
    """Whatever happens to the files in between, the library holds what they hold last; an empty file holds nothing."""
    here = tmp_path_factory.mktemp("sync")
    folder = here / "docs"
    folder.mkdir()
    settings, embedder = Settings(home=here / "home"), WordEmbedder()
    with Library.open(settings, embedder, create=True) as library:
        for step, state in enumerate(changes):
            for path in folder.rglob("*.txt"):
                path.unlink()
            for name, text in state.items():
                write(folder / name, text, mtime=OLD + step)
            sync([folder], library, settings, embedder, allow_removals=True)
        expected = {name: text for name, text in changes[-1].items() if text}
        assert {s: texts for e, texts in contents(library).items() for s in e} == {n: [t] for n, t in expected.items()}
        assert len(library.entries()) == len(set(expected.values()))


class Recorded(WordEmbedder):
    """Writes down how many passages it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        self.batches.append(len(texts))
        return super().embed(texts, sentences)


def long_text(paragraphs: int = 700) -> str:
    return "\n\n".join(f"Claim {number} of the long memo. {PROSE * 4}" for number in range(paragraphs))


def test_a_long_document_is_embedded_and_written_in_parts_and_seen_whole(
    folder: Path, library: Library, settings: Settings
) -> None:
    embedder = Recorded()
    write(folder / "a.txt")
    write(folder / "long.txt", long_text())
    write(folder / "z.txt", "Words after.")

    report = sync([folder], library, settings, embedder)

    document = library.document("long.txt")
    expected = split(document, settings.passage_words)
    assert counts(report) == (3, 0, 0, 0, 0)
    assert max(embedder.batches) <= 256 < len(expected)
    assert [stored.passage for stored in library.stored_of(document.id)] == list(expected)
    assert (library.doctor(), report.passages) == ([], len(expected) + 2)

    write(folder / "long.txt", long_text(690) + "\n\nIt ends differently.", mtime=OLD + 5)
    sync([folder], library, settings, embedder)

    expected = split(library.document("long.txt"), settings.passage_words)
    assert [stored.passage for stored in library.stored_of(document.id)] == list(expected)
    assert library.doctor() == []


def test_a_long_document_that_fails_half_way_leaves_what_there_was(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "long.txt", long_text(690))
    sync([folder], library, settings, embedder)
    before = contents(library)
    write(folder / "long.txt", long_text(), mtime=OLD + 5)

    class Tired(WordEmbedder):
        def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
            if self.embedded > 256:
                raise KeyboardInterrupt
            return super().embed(texts, sentences)

    with pytest.raises(KeyboardInterrupt):
        sync([folder], library, settings, Tired())

    assert (contents(library), library.doctor()) == (before, [])


@pytest.mark.posix
def test_files_that_misbehave_are_reported_and_the_rest_goes_in(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.workers.PARSER", "tests.misbehaving:parse")
    monkeypatch.setattr("ingest.pipeline.workers.SECONDS", 2.0)
    monkeypatch.setattr("ingest.pipeline.workers.WAITING", 5.0)
    monkeypatch.setattr("ingest.pipeline.parsing.LIGHT", 0)
    for name, text in {
        "a": PROSE,
        "b": "die",
        "c": "hang",
        "d": "Words of d.",
        "e": "err so",
        "f": "Words of f.",
    }.items():
        write(folder / f"{name}.txt", text)

    report = sync([folder], library, settings, embedder)

    assert counts(report) == (3, 0, 0, 0, 3)
    assert [(failed.source, failed.reason.partition(".")[0]) for failed in report.failed] == [
        ("b.txt", "reading it breaks the reader (SIGSEGV)"),
        ("c.txt", "reading it takes longer than 10 s"),
        ("e.txt", "its reader failed (KeyError: 'so')"),
    ]
    assert list(contents(library)) == [("a.txt",), ("d.txt",), ("f.txt",)]


HALF = '{"author": {"name": "\\ud800 Lee"}}'
ODD = {
    "brackets.md": f"---\ntitle: {'[' * 400}{']' * 400}\n---\n\n{PROSE}",
    "braces.md": f"---\nauthor: {'{a: ' * 400}b{'}' * 400}\n---\n\n{PROSE}",
    "half.md": f'---\ntitle: "\\ud800"\nauthor: "Ann \\udfff"\n---\n\n{PROSE}',
    "half.html": f'<title>Half</title><script type="application/ld+json">{HALF}</script><p>{PROSE}</p>',
    "half.rtf": "{\\rtf1\\ansi\\uc0 {\\info{\\title \\u-10240 Half}}\\u-10240 " + PROSE + "}",
    "half.eml": f"From: a@example.org\nContent-Type: text/html\n\n<p>\ud800 {PROSE}",
}


def test_no_metadata_however_odd_ends_a_run(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for name, text in ODD.items():
        write(folder / name, text.encode("utf-8", "surrogatepass"))

    report = sync([folder], library, settings, embedder)

    assert (report.failed, report.added) == ((), len(ODD))
    assert all(PROSE in str(passages) for passages in contents(library).values())


def test_a_small_text_whose_reader_fails_is_named_and_the_rest_goes_in(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(data: bytes) -> Draft:
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setitem(formats.READERS, ".md", read)
    write(folder / "a.md")
    write(folder / "b.txt")

    report = sync([folder], library, settings, embedder)

    why = "its reader failed (RecursionError: maximum recursion depth exceeded). Save it in another format."
    assert (report.added, report.failed) == (1, (files.Failed("a.md", why),))


def test_folders_nested_without_end_are_told(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt")
    write(folder / ("d/" * 120) / "b.txt")

    report = sync([folder], library, settings, embedder)

    assert (counts(report), report.failed[0].reason) == ((1, 0, 0, 0, 1), "it lies too deep in other folders.")


def test_it_makes_no_difference_who_parses(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twins, renames and exchanged names among files that are parsed at once."""
    for name, text in {"a": "One.", "b": "Two.", "c": "One.", "d": "Three.", "e": "Two.", "f": ""}.items():
        write(folder / f"{name}.txt", text)
    sync([folder], library, settings, embedder)
    (folder / "d.txt").rename(folder / "g.txt")
    for name, text in {"a": "Two.", "b": "One.", "e": "Four.", "f": "Four."}.items():
        write(folder / f"{name}.txt", text, mtime=OLD + 5)
    monkeypatch.setattr("ingest.pipeline.parsing.LIGHT", 0)

    sync([folder], library, settings, embedder)

    held = {source: texts for sources, texts in contents(library).items() for source in sources}
    assert held == {
        "a.txt": ["Two."],
        "b.txt": ["One."],
        "c.txt": ["One."],
        "e.txt": ["Four."],
        "f.txt": ["Four."],
        "g.txt": ["Three."],
    }
    assert len(library.entries()) == 4


def test_the_report_says_where_the_time_went_and_what_was_dropped(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.html", f"<p>{PROSE}</p><p>Post a comment</p><p>Post a comment</p><p>Post a comment</p>")
    write(folder / "long.txt", long_text())

    report = sync([folder], library, settings, embedder)

    dropped = [piece.reason for piece in library.document("a.html").dropped]
    assert report.dropped == {reason: dropped.count(reason) for reason in dropped} != {}
    assert set(report.stages) == {"reading", "embedding", "writing"}
    assert all(seconds > 0 for seconds in report.stages.values())
    assert sum(report.stages.values()) <= report.seconds


def test_files_of_the_same_bytes_are_one_document_and_told_as_copies(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    before = sync([folder], library, settings, embedder)
    held = library.searched()
    write(folder / "twin1.txt", b"Plums ripen in August.")
    write(folder / "twin2.txt", b"Plums ripen in August.")

    report = sync([folder], library, settings, embedder)

    assert (report.added, report.copies, report.files) == (1, 1, before.files + 2)
    assert library.searched().documents == held.documents + 1
    assert "1 added, 0 changed, 0 removed" in terminal.synced(report, "work")
    assert "1 already there under another name" in terminal.synced(report, "work")
    assert terminal.synced(report, "work").endswith(" s. Library: work.")


def test_what_is_left_out_and_may_be_missed_is_told_with_its_file(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    beside = "<div class='extra'><p>Prices rise by 4 percent on 1 May, and everybody gets a letter.</p></div>"
    write(folder / "plan.html", f"<div><div class='text'><h1>Plan</h1><p>{PROSE * 9}</p></div>{beside}</div>")
    mail = "From: Ann <ann@example.org>\nTo: b@example.org\nSubject: Re: Prices\n\nNo.\n\n> Lower it.\n"
    write(folder / "reply.eml", mail)

    report = sync([folder], library, settings, embedder)

    kinds = {"paragraph outside a page's main text": "plan.html", "quoted part of an earlier mail": "reply.eml"}
    assert report.notices == dict.fromkeys(kinds, 1)
    assert report.noticed == {kind: (source,) for kind, source in kinds.items()}
    assert all(f"1 × {kind} ({source})" in terminal.synced(report, "work") for kind, source in kinds.items())
    assert report.dropped["mail quoting"] == 1


def test_work_is_told_in_bytes_and_ends_with_all_of_them(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "bad.txt", b"\0\0\0")
    write(folder / "long.txt", long_text())
    write(folder / "twin1.txt")
    write(folder / "twin2.txt")
    total = sum(path.stat().st_size for path in folder.iterdir())
    told: list[tuple[float, int, int]] = []

    report = sync([folder], library, settings, embedder, work=lambda *args: told.append(args))

    done = [bytes_done for bytes_done, _, _ in told]
    assert {in_all for _, in_all, _ in told} == {total}
    assert {passages for _, _, passages in told} == set(range(report.passages + 1))  # each, and a file that has none
    assert done == sorted(done)
    assert done[-1] == pytest.approx(total)
    assert len(told) >= 6  # the long one comes in parts


def test_files_known_to_be_bad_are_not_parsed_again_until_they_change(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    write(folder / "a.txt", b"\0\0\0")
    bad: BadFiles = {}
    first = sync([folder], library, settings, embedder, bad=bad)

    with library.writing():  # nothing is to be done, so no lock is asked for
        assert sync([folder], library, settings, embedder, bad=bad).failed == first.failed
    write(folder / "a.txt", mtime=OLD + 5)

    assert counts(sync([folder], library, settings, embedder, bad=bad)) == (1, 0, 0, 0, 0)


def killed_somewhere(folder: Path, home: Path, seed: int) -> bool:
    """Sync in a process of its own group that is killed at some moment; whether it was still at work."""
    program = (
        "import sys; from pathlib import Path; from assistant.library.library import Library;"
        "from assistant.settings import Settings; from ingest.sync import sync; from tests.fakes import WordEmbedder;"
        "import chromadb, ingest.sync; ingest.sync.BATCH = 64;"
        "settings = Settings(home=Path(sys.argv[1])); print('ready', flush=True);"
        "library = Library.open(settings, WordEmbedder(), create=True);"
        "sync([sys.argv[2]], library, settings, WordEmbedder())"
    )
    command = [sys.executable, "-c", program, str(home), str(folder)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(random.Random(seed).uniform(0.2, 3.5))
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() != 0


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_goes_on_with_nothing_twice_and_nothing_lost(
    folder: Path, tmp_path: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    for number in range(60):
        write(folder / f"{number:02}.txt", f"Memo {number}.\n\n{PROSE * (1 + number % 3)}")
    for number in range(3):  # for the workers, and in parts
        write(folder / f"long-{number}.txt", f"The {number}th.\n\n{long_text(200)}")
    sync([folder], library, settings, embedder)
    killed = []

    for seed in range(6):
        home = tmp_path / f"home-{seed}"
        killed.append(killed_somewhere(folder, home, seed))
        own = Settings(home=home)
        with Library.open(own, embedder, create=True) as other:
            before = other.searched().documents
            report = sync([folder], other, own, embedder)
            assert (report.added, report.same, len(report.failed)) == (63 - before, before, 0)
            assert (contents(other), other.doctor()) == (contents(library), [])

    assert sum(killed) >= 3
