"""Keeping a library in step with folders: what is new is added, what changed replaces, what is gone leaves.

A file of the size and time that it had is taken for unchanged and not read; so a second run over the same files
embeds nothing and loads no model. What is read is compared by its bytes: a renamed file keeps its document, and
two files of the same bytes are one document with two sources. A file that cannot be read is reported and, if
it was read before, what it held then stays. Every count is one of files.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from assistant.embedding import Embedder, Embedding
from assistant.errors import SourceError
from assistant.library.library import Library
from assistant.library.records import KnownFile, NewDocument
from assistant.library.writer import Writer
from assistant.settings import Settings
from assistant.types import Passage, Span
from ingest import files, passages
from ingest.documents import load
from ingest.files import Failed, File, Listing

BATCH = 256  # passages embedded and written at a time; more gains nothing and costs memory
RACY = 2_000_000_000  # nanoseconds; a file so young may change again and keep its time (FAT keeps even seconds)
UNSURE = -1  # written down in place of such a file's time, so that the next run looks at its bytes

Progress: TypeAlias = Callable[[int, int, str], None]  # files done, files in all, the source in hand


class SyncReport(NamedTuple):
    """What a sync did, counted in files; ``passages`` is how many were embedded."""

    added: int
    changed: int
    removed: int
    same: int
    failed: tuple[Failed, ...]
    passages: int
    seconds: float
    skipped: int

    @property
    def found(self) -> int:
        """How many files of a kind that is read there are."""
        return self.added + self.changed + self.same + len(self.failed)


def sync(
    paths: Iterable[str | Path],
    library: Library,
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
) -> SyncReport:
    """Bring the library in step with these files and folders.

    Interrupted at any moment, it leaves a library that holds the batches written so far.

    Raises:
        SourceError: one of the paths does not exist; nothing has been done then.
        LibraryError: another process is writing, or the library cannot be written.
    """
    started = time.monotonic()
    listing = files.find(Path(path) for path in paths)
    known = library.known(listing.roots)
    if all(_is_same(file, known.get(file.path)) for file in listing.files) and not _gone(listing, known):
        _tell(progress, len(listing.files), len(listing.files), "")
        failed = listing.failed
        return SyncReport(0, 0, 0, len(listing.files), failed, 0, time.monotonic() - started, listing.skipped)
    with library.writing() as writer:
        run = _Run(writer, settings, embedder, listing, progress)
        run.go()
    return run.report(time.monotonic() - started)


class _Run:
    """One sync at work, under the library's lock."""

    def __init__(
        self, writer: Writer, settings: Settings, embedder: Embedder, listing: Listing, progress: Progress | None
    ) -> None:
        self._writer = writer
        self._words = settings.passage_words
        self._embedder = embedder
        self._listing = listing
        self._progress = progress
        self._known = writer.known(listing.roots)  # asked again: another process may have written meanwhile
        self._gone = _gone(listing, self._known)
        self._pending: list[tuple[File, NewDocument]] = []
        self._failed = list(listing.failed)
        self._counts = dict.fromkeys(("added", "changed", "removed", "same", "passages"), 0)

    def go(self) -> None:
        total = len(self._listing.files)
        for done, file in enumerate(self._listing.files):
            _tell(self._progress, done, total, file.source)
            if _is_same(file, self._known.get(file.path)):
                self._counts["same"] += 1
            else:
                self._take(file)
        self._flush()
        self._writer.remove(sorted(self._gone))
        self._counts["removed"] += len(self._gone)
        _tell(self._progress, total, total, "")

    def report(self, seconds: float) -> SyncReport:
        return SyncReport(**self._counts, failed=tuple(self._failed), seconds=seconds, skipped=self._listing.skipped)

    def _take(self, file: File) -> None:
        """Read one file, and add, replace, re-attach or report it."""
        try:
            data, file = files.read(file)
            file = _dated(file)
            sha256 = hashlib.sha256(data).hexdigest()
            before = self._known.get(file.path)
            if before and before.sha256 == sha256:
                self._touch(file, before)
            elif document := self._document_of(sha256):
                self._attach(file, sha256, document)
            else:
                self._add(file, data)
        except SourceError as exc:
            self._failed.append(Failed(file.source, str(exc).removeprefix(f"{file.source}: ")))

    def _touch(self, file: File, before: KnownFile) -> None:
        self._counts["same"] += 1
        if (file.size, file.mtime_ns) != (before.size, before.mtime_ns):
            self._writer.touch(file.path, file.size, file.mtime_ns)

    def _document_of(self, sha256: str) -> str | None:
        """The document that holds these bytes, once what waits is written: it may be in there, or be replaced by it."""
        waiting = [new.document.about for _, new in self._pending]
        document = self._writer.find_content(sha256)
        if any(about.sha256 == sha256 or about.id == document for about in waiting):
            self._flush()
            return self._writer.find_content(sha256)
        return document

    def _attach(self, file: File, sha256: str, document: str) -> None:
        """Let a renamed or second file of the same bytes share their document."""
        self._writer.attach(file.path, file.source, file.size, file.mtime_ns, sha256, document)
        renamed = next((path for path, old in self._gone.items() if old.document == document), None)
        if renamed:  # it has changed its name, and is not gone
            del self._gone[renamed]
            self._writer.remove([renamed])
        self._counts["changed" if renamed or file.path in self._known else "added"] += 1

    def _add(self, file: File, data: bytes) -> None:
        document = load(data, source=file.source, id=self._writer.id_for(file.source, file.path))
        split = passages.split(document, self._words)
        self._pending.append((file, NewDocument(document, file.path, file.size, file.mtime_ns, split, ())))
        if sum(len(new.passages) for _, new in self._pending) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        """Embed and write what waits, as one transaction."""
        waiting, self._pending = self._pending, []
        every = [passage for _, new in waiting for passage in new.passages]
        embeddings = iter(_embedded(self._embedder, every))
        self._writer.put([new._replace(embeddings=tuple(next(embeddings) for _ in new.passages)) for _, new in waiting])
        for file, _ in waiting:
            self._counts["changed" if file.path in self._known else "added"] += 1
        self._counts["passages"] += len(every)


def _is_same(file: File, known: KnownFile | None) -> bool:
    return known is not None and (known.size, known.mtime_ns) == (file.size, file.mtime_ns)


def _gone(listing: Listing, known: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
    """The files that were read once and are there no more; one that could not be looked at may still be."""
    here = {file.path for file in listing.files}
    return {path: old for path, old in known.items() if path not in here and not files.within(path, listing.unseen)}


def _dated(file: File) -> File:
    """The file, its time unsure when it is so young that a second change might not show in it."""
    return file._replace(mtime_ns=UNSURE) if time.time_ns() - file.mtime_ns < RACY else file


def _embedded(embedder: Embedder, every: Sequence[Passage]) -> list[Embedding]:
    """One embedding for each passage, in their order."""
    if not every:
        return []
    spans = [[Span(s.start - p.start, s.end - p.start) for s in p.sentences] for p in every]
    found = dict(embedder.embed([passage.text for passage in every], spans))
    return [found[index] for index in range(len(every))]


def _tell(progress: Progress | None, done: int, total: int, source: str) -> None:
    if progress is not None:
        progress(done, total, source)
