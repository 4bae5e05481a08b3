"""Removes, restores and replaces documents of a library. Each function is the work of a job, as in ``library_work``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.library.records import Cleaned, KnownFile, NewDocument
from assistant.settings import Settings
from assistant.text.headed import embedded
from assistant.types import Document, Passage
from ui.work import uploads
from ui.work.jobs import Job
from ui.work.library_work import FileOutcome, ReadingOutcome, patiently, take_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.library.writer import Writer
    from assistant.model.embedding import Embedder, Embedding

REPLACED = "changed"


class Removed(NamedTuple):
    """A removed document, with everything that is needed to restore it.

    ``files`` are the files from which the document was read. Those that were uploaded have been moved: ``put_by`` has
    the old and the new path of each. All other files stay where they are.
    """

    document: Document
    passages: tuple[Passage, ...]
    files: tuple[KnownFile, ...]
    put_by: tuple[tuple[Path, Path], ...]


def remove(job: Job, settings: Settings, embedder: Embedder, ids: Sequence[str]) -> tuple[Removed, ...]:
    """Remove the documents with these ids from the library. ``job`` shows the progress. Returns the removed documents;
    ids that the library does not have are skipped.

    Raises:
        LibraryError: the library cannot be written.
    """
    done: list[Removed] = []
    with Library.open(settings, embedder) as library:
        for number, id in enumerate(ids):
            job.at("Taking out", number / len(ids))
            try:
                done.append(_removed(library, id))
            except DocumentMissing:
                continue
            paths = [file.path for file in done[-1].files]
            patiently(job, lambda paths=paths: _forget(library, paths))  # type: ignore[misc]
            done[-1] = done[-1]._replace(put_by=_put_by(settings, paths))
    return tuple(done)


def put_back(job: Job, settings: Settings, embedder: Embedder, removed: Sequence[Removed]) -> ReadingOutcome:
    """Restore removed documents under their former ids, so that citations of them are valid again. ``job`` shows the
    progress. Returns the outcome for each document.

    Raises:
        LibraryError: the library cannot be written, or was made with another embedding model.
    """
    taken: list[FileOutcome] = []
    with Library.open(settings, embedder) as library:
        for number, one in enumerate(removed):
            job.at(f"Putting back {one.document.about.title}", number / len(removed))
            for path, aside in one.put_by:
                if aside.exists() and not path.exists():
                    aside.replace(path)
            file, vectors = one.files[0], _embedded(job, embedder, one.passages, headed=settings.embed_headings)
            new = NewDocument(
                one.document, file.path, file.size, file.mtime_ns, one.passages, vectors, Cleaned(file.kept)
            )
            patiently(job, lambda new=new, files=one.files: _write(library, new, files))  # type: ignore[misc]
            taken.append(FileOutcome(new.document.about.source, "added", new.document.id))
    return ReadingOutcome(tuple(taken), sum(len(one.passages) for one in removed), 0.0)


def replace(job: Job, settings: Settings, embedder: Embedder, id: str, path: Path) -> ReadingOutcome:
    """Replace the document with this ``id`` by the uploaded file ``path``. The file is read into the library. If it
    becomes a document with another id, the old document is removed. ``job`` shows the progress.

    The uploaded file may have the same path as the old document's file; the upload has then already replaced the old
    file.

    Raises:
        LibraryError: the library cannot be written.
    """
    outcome = take_in(job, settings, embedder, [path], uploads.folder(settings))
    others = {one.document for one in outcome.files if one.document}
    if others and id not in others:
        gone = remove(job, settings, embedder, [id])
        sources = [FileOutcome(one.document.about.source, "removed") for one in gone]
        outcome = outcome._replace(files=(*outcome.files, *sources))
    return outcome


def _removed(library: Library, id: str) -> Removed:
    document = library.document(id)
    passages = tuple(stored.passage for stored in library.stored_of(id))
    files = tuple(file for file in library.known().values() if file.document == id)
    return Removed(document, passages, files, ())


def _forget(library: Library, paths: Sequence[str]) -> None:
    with library.writing() as writer:
        writer.remove(paths)


def _put_by(settings: Settings, paths: Sequence[str]) -> tuple[tuple[Path, Path], ...]:
    return tuple((path, uploads.put_by(path)) for path in uploads.of(settings, paths))


def _embedded(job: Job, embedder: Embedder, passages: Sequence[Passage], *, headed: bool) -> tuple[Embedding, ...]:
    found: dict[int, Embedding] = {}
    for index, embedding in embedded(embedder, passages, headed=headed):
        found[index] = embedding
        job.at(job.doing, job.share)  # a long document can be stopped, too
    return tuple(found[index] for index in range(len(passages)))


def _write(library: Library, new: NewDocument, files: Sequence[KnownFile]) -> None:
    with library.writing() as writer:
        writer.put([_counted(new, writer)])
        about = new.document.about
        for file in files[1:]:
            writer.attach(file.path, file.source, file.size, file.mtime_ns, about.sha256, about.id)


def _counted(new: NewDocument, writer: Writer) -> NewDocument:
    """The document together with its lines, so that lines that recur on its web site can be counted."""
    from ingest.cleaning import recurring

    lines = recurring.lines(new.document, recurring.gone_from(new.document.id, writer.recurring()))
    return new._replace(cleaned=new.cleaned._replace(lines=lines))
