"""Documents taken out of a library, put back and replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.library import Library
from assistant.settings import Settings
from tests.fakes import WordEmbedder
from ui.work import library_health, uploads
from ui.work.jobs import Job
from ui.work.library_changes import put_back, remove, replace
from ui.work.library_work import take_in

FILES = [("pears.md", b"# Pears\n\nThe orchard has ninety pear trees."), ("cider.md", b"Cider is pressed in October.")]


@pytest.fixture
def job() -> Job:
    return Job("library", None, "")


@pytest.fixture
def upload(settings: Settings, embedder: WordEmbedder, job: Job) -> list[Path]:
    files = uploads.keep(settings, FILES)
    take_in(job, settings, embedder, files, uploads.folder(settings))
    return files


def sources(settings: Settings, embedder: WordEmbedder) -> list[str]:
    with Library.open(settings, embedder) as library:
        return [one.source for one in library.listed()]


def test_what_was_removed_is_put_back_as_it_was(
    settings: Settings, embedder: WordEmbedder, job: Job, upload: list[Path]
) -> None:
    with Library.open(settings, embedder) as library:
        before = library.document("pears.md"), library.known([str(upload[0])]), library.listed()

        removed = remove(job, settings, embedder, [before[0].id, "not-there"])
        assert sources(settings, embedder) == ["cider.md"]
        assert not upload[0].exists()

        outcome = put_back(job, settings, embedder, removed)
        assert [(one.source, one.what) for one in outcome.files] == [("pears.md", "added")]
        assert (library.document("pears.md"), library.known([str(upload[0])]), library.listed()) == before
        assert library.doctor() == []
    assert upload[0].read_bytes() == FILES[0][1]
    assert take_in(job, settings, embedder, upload, uploads.folder(settings)).count("same") == 2


def test_what_lies_elsewhere_is_left_alone_and_all_its_files_come_back(
    settings: Settings, embedder: WordEmbedder, job: Job, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("one.md", "two.md"):
        (folder / name).write_bytes(FILES[0][1])
    take_in(job, settings, embedder, [folder])
    with Library.open(settings, embedder) as library:
        before = library.listed()

    removed = remove(job, settings, embedder, [before[0].document])
    assert (folder / "one.md").exists()
    (folder / "two.md").unlink()  # its words are put back all the same
    put_back(job, settings, embedder, removed)

    with Library.open(settings, embedder) as library:
        assert library.listed() == before


def test_a_document_is_replaced_by_a_file_of_the_same_kind_and_keeps_its_id(
    settings: Settings, embedder: WordEmbedder, job: Job, upload: list[Path]
) -> None:
    with Library.open(settings, embedder) as library:
        id = library.document("pears.md").id
    uploads.put(upload[0], b"The orchard has a hundred pear trees.")

    outcome = replace(job, settings, embedder, id, upload[0])

    assert [(one.source, one.what, one.document) for one in outcome.files] == [("pears.md", "changed", id)]


def test_a_document_is_replaced_by_a_file_of_another_kind(
    settings: Settings, embedder: WordEmbedder, job: Job, upload: list[Path]
) -> None:
    with Library.open(settings, embedder) as library:
        id = library.document("pears.md").id
    new = upload[0].with_suffix(".txt")
    uploads.put(new, b"The orchard has a hundred pear trees.")

    outcome = replace(job, settings, embedder, id, new)

    assert [(one.source, one.what) for one in outcome.files] == [("pears.txt", "added"), ("pears.md", "removed")]
    assert sources(settings, embedder) == ["cider.md", "pears.txt"]


def test_a_file_that_cannot_be_read_takes_nothings_place(
    settings: Settings, embedder: WordEmbedder, job: Job, upload: list[Path]
) -> None:
    with Library.open(settings, embedder) as library:
        id = library.document("pears.md").id
    new = upload[0].with_suffix(".pdf")
    uploads.put(new, b"no pdf")

    assert replace(job, settings, embedder, id, new).count("failed") == 1
    assert sources(settings, embedder) == ["cider.md", "pears.md"]


def test_a_library_made_with_another_model_is_found_and_repaired(
    settings: Settings, embedder: WordEmbedder, job: Job, upload: list[Path]
) -> None:
    other = WordEmbedder("others")

    (problem,) = library_health.check(job, settings, other).problems

    assert problem.reindex
    assert "2 passages" in library_health.reindex(job, settings, other)
    assert library_health.check(job, settings, other).problems == ()
