"""What is done to a library from a page."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from assistant.library.library import Library
from assistant.model.embedding import Vectors
from assistant.settings import Settings
from tests.fakes import WordEmbedder
from tests.test_jobs import ended
from ui.views import present_work
from ui.work import jobs, library_work, uploads
from ui.work.jobs import Job
from ui.work.library_work import FileOutcome, ReadingOutcome, take_in


def done(outcome: ReadingOutcome) -> list[tuple[str, str]]:
    return [(one.source, one.what) for one in outcome.files]


@pytest.fixture
def job() -> Job:
    return Job("library", None, "Reading")


def test_files_make_the_library_and_each_is_told(settings: Settings, embedder: WordEmbedder, job: Job) -> None:
    files = [("pears.md", b"The orchard has ninety pear trees."), ("scan.pdf", b"%PDF-"), ("a.exe", b"MZ")]
    kept = uploads.keep(settings, files)

    outcome = take_in(job, settings, embedder, kept, uploads.folder(settings))

    assert done(outcome) == [("pears.md", "added"), ("scan.pdf", "failed"), ("a.exe", "failed")]
    assert "of this kind cannot be read" in outcome.files[2].reason
    assert (outcome.passages, outcome.stopped) == (1, False)
    with Library.open(settings, embedder) as library:
        assert library.document(outcome.files[0].document or "").about.source == "pears.md"


def test_what_changed_what_did_not_and_what_is_gone(
    settings: Settings, embedder: WordEmbedder, job: Job, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    for name in ("same.md", "changed.md", "deep/gone.md"):
        (folder / name).write_text(f"The words of {name} are here.")
    take_in(job, settings, embedder, [folder])
    (folder / "changed.md").write_text("Other words are here now.")
    (folder / "deep" / "gone.md").unlink()

    outcome = take_in(job, settings, embedder, [folder])

    assert sorted(done(outcome)) == [("changed.md", "changed"), ("deep/gone.md", "removed"), ("same.md", "same")]


def test_one_file_of_a_folder_goes_by_its_path_there(
    settings: Settings, embedder: WordEmbedder, job: Job, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "plan.md").write_text("Pears are planted in spring.")
    before = take_in(job, settings, embedder, [folder])
    (folder / "deep" / "plan.md").write_text("Pears are planted in autumn.")

    after = take_in(job, settings, embedder, [folder / "deep" / "plan.md"], folder)

    (document,) = before.files
    assert after.files == (FileOutcome("deep/plan.md", "changed", document.document),)


def test_a_copy_of_what_is_there_is_told_as_already_there_under_its_other_name(
    settings: Settings, embedder: WordEmbedder, job: Job, tmp_path: Path
) -> None:
    pears, plums = b"The orchard has ninety pear trees.", b"Plums ripen in August."
    take_in(job, settings, embedder, uploads.keep(settings, [("pears.md", pears)]))

    kept = uploads.keep(settings, [("copy.md", pears), ("plums.md", plums), ("plums too.md", plums)])
    outcome = take_in(job, settings, embedder, kept)

    assert {(one.source, one.what, one.other) for one in outcome.files} >= {("copy.md", "copy", "pears.md")}
    assert sorted(one.what for one in outcome.files) == ["added", "copy", "copy"]
    assert "1 added, 2 already there under another name" in present_work.happened(outcome)
    assert "already there as pears.md" in present_work.files(outcome.files, 9)
    again = take_in(job, settings, embedder, uploads.keep(settings, [("copy.md", pears)]))
    assert [one.what for one in again.files] == ["same"]


def test_a_file_that_was_renamed_is_no_copy(
    settings: Settings, embedder: WordEmbedder, job: Job, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "old.md").write_text("Pears are planted in spring.")
    take_in(job, settings, embedder, [folder])
    (folder / "old.md").rename(folder / "new.md")

    outcome = take_in(job, settings, embedder, [folder])

    assert sorted((one.source, one.what) for one in outcome.files) == [("new.md", "added"), ("old.md", "removed")]


def test_it_waits_while_somebody_else_writes(settings: Settings, library: Library, embedder: WordEmbedder) -> None:
    kept = uploads.keep(settings, [("pears.md", b"The orchard has ninety pear trees.")])
    with library.writing():
        job = jobs.start("x", "", lambda job: take_in(job, settings, embedder, kept))
        while job.doing != library_work.WAITING:
            assert not job.done
            threading.Event().wait(0.01)

    assert done(ended(job).result) == [("pears.md", "added")]


def test_stopped_it_tells_what_was_not_read(settings: Settings, embedder: WordEmbedder, job: Job) -> None:
    kept = uploads.keep(settings, [("one.md", b"The first words."), ("two.md", b"The second words.")])
    job.stop()

    outcome = take_in(job, settings, embedder, kept)

    assert outcome.stopped
    assert done(outcome) == [("one.md", "not read"), ("two.md", "not read")]
    assert take_in(Job("library", None, ""), settings, embedder, kept).count("added") == 2


def test_stop_ends_it_while_a_reader_is_at_work(
    settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.workers.PARSER", "tests.misbehaving:parse")
    kept = uploads.keep(settings, [("pears.csv", b"hang for,a quarter of an hour\n1,2\n")])
    job = jobs.start("x", "", lambda job: take_in(job, settings, embedder, kept))
    while "pears.csv" not in job.doing:
        assert not job.done
        threading.Event().wait(0.01)

    job.stop()

    assert done(ended(job).result) == [("pears.csv", "not read")]
    assert job.result.stopped


def test_stop_ends_it_while_a_server_does_not_answer(
    settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.web.connections.is_public", lambda _: True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/pears"
        job = jobs.start("x", "", lambda job: library_work.take_in_address(job, settings, embedder, address))
        asking, _ = silent.accept()
        with asking:
            job.stop()
            ended(job)  # while its request is still unanswered

    assert job.stopped
    assert not uploads.folder(settings).exists()


def test_progress_is_told_in_passages_embedded_and_stop_ends_it_between_two(
    settings: Settings, embedder: WordEmbedder, job: Job
) -> None:
    text = "\n\n".join(f"{' '.join(f'word{n}x{i}' for i in range(70))}." for n in range(40))
    kept = uploads.keep(settings, [("one.md", text.encode())])
    wholly = Job("library", None, "Reading")
    take_in(wholly, settings.model_copy(update={"library": "other"}), embedder, kept)
    before = embedder.embedded
    while_at_work = embedder.query

    def stopping(words: str) -> Vectors:
        if embedder.embedded == before + 5:
            job.stop()
        return while_at_work(words)

    embedder.query = stopping  # type: ignore[method-assign]  # somebody presses Stop while the fifth is embedded

    outcome = take_in(job, settings, embedder, kept)

    assert any("60 passages embedded · 0:" in doing for doing in wholly.told)  # the last fifty are kept
    assert (outcome.stopped, embedder.embedded) == (True, before + 5)
    assert 0 < (job.share or 0) < 0.5
