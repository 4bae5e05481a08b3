"""Keeps a library in step with folders: new files are added, changed ones replaced, missing ones removed.

A file whose size and time have not changed counts as unchanged and is not read, so a second run over the same files
embeds nothing and loads no model. Files that are read are compared by their bytes: a renamed file keeps its document,
and two files with the same bytes are one document with two sources. If a file cannot be read, it is reported, and its
document from an earlier run stays. All counts are numbers of files.

Memory is bounded by a batch of passages (on a cluster, one for each of up to 16 workers) and by the few files that are
being parsed, however many or long they are.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, wait
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from assistant.errors import SourceError
from assistant.library.library import Library
from assistant.library.records import Cleaned, KnownFile, NewDocument
from assistant.library.writer import Writer
from assistant.model.embedding import Embedder, Embedding
from assistant.settings import Settings
from assistant.text.headed import embedded
from assistant.types import Passage
from ingest.cleaning import recurring
from ingest.folder import files, keeping
from ingest.folder.files import Failed, File, Listing
from ingest.pipeline.parsing import ParsedFile, Task, parsed_here
from ingest.pipeline.worker import Reached
from ingest.pipeline.workers import Workers
from ingest.reports import Clock, SyncReport

__all__ = ["BadFiles", "Progress", "SyncReport", "Work", "sync"]

BATCH = 256  # passages embedded and written at a time; more gains nothing and costs memory
RACY = 2_000_000_000  # nanoseconds; a file so young may change again and keep its time (FAT keeps even seconds)
MOST_GONE = 1 / 3  # of a folder's files: when more are gone at once, it may be a share that is not mounted
A_LOOK = 0.5  # seconds until it is told again which file is being read, and how far: as often as pages look
NOTICED = 100  # files named for each kind of what they hold besides text: a bound on a report; not measured
UNSURE = -1  # written down in place of such a file's time, so that the next run looks at its bytes

Progress: TypeAlias = Callable[[int, int, str], None]  # files done, files in all, the source in hand and its page
# Bytes done and bytes in all, of the files that are new or changed, and the passages embedded.
Work: TypeAlias = Callable[[float, int, int], None]
BadFiles: TypeAlias = MutableMapping[File, str]  # files that could not be parsed as they are, and why


def sync(
    paths: Iterable[str | Path],
    library: Library,
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    work: Work | None = None,
    bad: BadFiles | None = None,
    within: Path | None = None,
    allow_removals: bool = False,
    force: bool = False,
    parsers: Parsers | None = None,
) -> SyncReport:
    """Bring the library in step with these files and folders, and report what was done: new files are added, changed
    ones replaced, missing ones removed.

    If the sync is interrupted, the library keeps the passages that were written until then.

    Args:
        progress: called with three values: the number of files that are done, the number of all files, and the source
            of the current file (empty at the end). It is called before each new or changed file is read, about twice
            a second while a file is read in a worker, and at the end. If ``progress`` raises an exception, the sync
            ends with this exception.
        work: called after each embedded passage with three numbers: the bytes of new and changed files that are done,
            the bytes of all new and changed files, and the passages that have been embedded. The bytes are the best
            basis for an estimate of the time left. If ``work`` raises an exception, the sync ends with this exception
            before the model embeds the next passages.
        bad: files that could not be parsed in an earlier sync, with the reason. They are skipped as long as they are
            unchanged. Files that fail in this sync are added.
        within: a folder. A file given in ``paths`` that lies inside this folder is recorded under its path relative to
            the folder; other files given in ``paths`` are recorded under their names alone.
        force: read every file, even if its size and time have not changed.
        parsers: parse files with these workers instead of new worker processes; they are not closed at the end.
        allow_removals: remove documents of missing files even if more than a third of the files of their folder are
            missing.

    Raises:
        SourceError: one of the paths does not exist; nothing has been done then.
        LibraryError: another process is writing, or the library cannot be written.
    """
    started = time.monotonic()
    listing = files.find((Path(path) for path in paths), within)
    known, keeps = library.known(listing.roots), library.keeps()
    done = _Done(listing.failed)
    bad = {} if bad is None else bad
    todo = [file for file in listing.files if force or not _is_same(file, known.get(file.path), keeps)]
    if all(file in bad for file in todo) and not _gone(listing, known):
        _tell(progress, len(listing.files), len(listing.files), "")
        done.counts["same"] = len(listing.files) - len(todo)
        done.failed += (Failed(file.source, bad[file]) for file in todo)
    else:
        with library.writing() as writer, nullcontext(parsers) if parsers else Workers() as workers:
            run = _Run(writer, workers, settings, embedder, listing, done, _Callbacks(progress, work), bad)
            run.go(allow_removals, force)
    return SyncReport(
        **done.counts,
        failed=tuple(done.failed),
        seconds=time.monotonic() - started,
        skipped=listing.skipped,
        ignored=listing.ignored,
        stages=done.clock.seconds,
        dropped=dict(done.dropped.most_common()),
        notices=dict(done.notices.most_common()),
        noticed={kind: tuple(sources) for kind, sources in done.noticed.items()},
        spared=done.spared,
        empty=tuple(done.empty),
        kinds=listing.kinds,
    )


class Parsers(Protocol):
    """A pool of workers outside this process that parse files. The sync may give them new files as long as fewer than
    ``most`` files are in progress.

    The sync embeds and writes passages in batches of about ``BATCH`` times ``batches``.
    """

    most: int
    batches: int

    def parse(self, task: Task) -> Future[ParsedFile]:
        """Start to parse a file. The returned future has the file's document and passages, or raises SourceError if the
        file cannot be parsed.
        """
        ...

    def reached(self, source: str) -> Reached | None:
        """How far a worker has read the file ``source`` that it is parsing: the last page that was read, and the number
        of pages. None if unknown.
        """
        ...


class _Done:
    """The counts of what a sync has done so far, for its report."""

    def __init__(self, failed: Iterable[Failed]) -> None:
        self.failed = list(failed)
        self.empty: list[str] = []
        self.counts = dict.fromkeys(("added", "changed", "removed", "same", "copies", "passages"), 0)
        self.dropped: Counter[str] = Counter()
        self.notices: Counter[str] = Counter()
        self.noticed: dict[str, list[str]] = {}
        self.spared = 0
        self.clock = Clock()

    def notice(self, found: Iterable[str], source: str) -> None:
        """Count what was lost of the file ``source``: content that could not be read, and content that was removed
        although a user may want it. ``found`` has the kind of each such content.
        """
        for kind in found:
            self.notices[kind] += 1
            sources = self.noticed.setdefault(kind, [])
            if len(sources) < NOTICED and source not in sources[-1:]:
                sources.append(source)


class _Callbacks(NamedTuple):
    """The callbacks to which a sync reports how far it is."""

    progress: Progress | None
    work: Work | None


class _Job(NamedTuple):
    """A file that is being parsed; calling ``parsed`` waits for the result."""

    file: File
    task: Task
    sha256: str
    parsed: Callable[[], ParsedFile]


class _Run:
    """One run of a sync, while it holds the library's lock."""

    def __init__(  # noqa: PLR0917 — what it works with, each named where it is made
        self,
        writer: Writer,
        workers: Parsers,
        settings: Settings,
        embedder: Embedder,
        listing: Listing,
        done: _Done,
        callbacks: _Callbacks,
        bad: BadFiles,
    ) -> None:
        self._writer = writer
        self._workers = workers
        self._batch = BATCH * workers.batches
        self._words = settings.passage_words
        self._headed = settings.embed_headings
        self._embedder = embedder
        self._listing = listing
        self._done = done
        self._callbacks = callbacks
        self._bad = bad
        self._clock = done.clock
        self._known = writer.known(listing.roots)  # asked again: another process may have written meanwhile
        self._keeps = writer.keeps()
        self._recurring = writer.recurring()
        self._again: set[str] = set()  # paths that this run has taken in, and reads once more
        self._gone = _gone(listing, self._known)
        self._jobs: deque[_Job] = deque()  # being parsed, in order; as many as there are workers
        self._pending: list[tuple[File, NewDocument]] = []  # parsed, and together less than a batch
        self._bytes = 0.0
        self._far = (0, 0)  # files, of how many

    def go(self, allow_removals: bool, force: bool) -> None:
        known = {} if force else self._known
        todo = [file for file in self._listing.files if not _is_same(file, known.get(file.path), self._keeps)]
        self._done.counts["same"] += len(self._listing.files) - len(todo)
        self._total = sum(file.size for file in todo)
        for number, file in enumerate(todo):
            self._far = (number, len(todo))
            _tell(self._callbacks.progress, *self._far, file.source)
            self._take(file)
        self._settle()
        if not allow_removals:
            spared = _too_many(self._gone, self._known, self._listing.roots)
            self._done.spared = len(spared)
            self._gone = {path: file for path, file in self._gone.items() if path not in spared}
        with self._clock.stage("writing"):
            self._writer.remove(sorted(self._gone))
        self._done.counts["removed"] += len(self._gone)
        self._clean_again()
        _tell(self._callbacks.progress, len(todo), len(todo), "")

    def _clean_again(self) -> None:
        """Read files of a web site again if they were read before the site's recurring lines were known, and remove
        these lines.
        """
        self._known, self._recurring = self._writer.known(self._listing.roots), self._writer.recurring()
        self._again = {path for path, file in self._known.items() if file.stale}
        for file in self._listing.files:
            if file.path in self._again:
                self._take(file)
        self._settle()

    def _take(self, file: File) -> None:
        """Handle one file: note its new time, attach it to a document with the same bytes, or start to parse it."""
        if reason := self._bad.get(file):
            self._fail(file, reason)
            return
        try:
            with self._clock.stage("reading"):
                data, file = files.read(file)
                file = _dated(file)
                sha256 = hashlib.sha256(data).hexdigest()
        except files.Empty:
            self._pass_by(file)
            return
        except SourceError as exc:
            self._fail(file, str(exc))
            return
        before = self._known.get(file.path)
        kept = keeping.kept_of(file.path, self._keeps)
        if before and (before.sha256, before.kept, before.stale) == (sha256, kept, False):
            self._touch(file, before)
        elif document := self._document_of(sha256, kept):
            self._attach(file, sha256, document)
        else:
            self._begin(file, data, sha256)

    def _pass_by(self, file: File) -> None:
        """Report an empty file; if it was not empty before, its document is removed."""
        self._done.empty.append(file.source)
        if file.path in self._known:
            self._gone[file.path] = self._known[file.path]
        self._move(file.size)

    def _touch(self, file: File, before: KnownFile) -> None:
        self._done.counts["same"] += 1
        if (file.size, file.mtime_ns) != (before.size, before.mtime_ns):
            self._writer.touch(file.path, file.size, file.mtime_ns)
        self._move(file.size)

    def _document_of(self, sha256: str, kept: tuple[str, ...]) -> str | None:
        """The id of the document with these bytes, for which the boilerplate with the reasons ``kept`` was kept; None
        if there is none. Documents that wait to be written are written first if one of them may be it.
        """
        waiting = [(job.task.id, job.sha256) for job in self._jobs]
        waiting += [(new.document.id, new.document.about.sha256) for _, new in self._pending]
        document = self._writer.find_content(sha256, kept)
        if any(document == id or sha256 == theirs for id, theirs in waiting):
            self._settle()
            return self._writer.find_content(sha256, kept)
        return document

    def _attach(self, file: File, sha256: str, document: str) -> None:
        """Make a renamed file, or a second file with the same bytes, a source of the existing document."""
        with self._clock.stage("writing"):
            self._writer.attach(file.path, file.source, file.size, file.mtime_ns, sha256, document)
            renamed = next((path for path, old in self._gone.items() if old.document == document), None)
            if renamed:  # it has changed its name, and is not gone
                del self._gone[renamed]
                self._writer.remove([renamed])
        self._count("changed" if renamed or file.path in self._known else "copies", file)
        self._move(file.size)

    def _begin(self, file: File, data: bytes, sha256: str) -> None:
        """Start to parse a file in a worker process, or parse it in this process if it is small plain text."""
        if len(self._jobs) >= self._workers.most:
            self._finish(self._jobs.popleft())
        id = self._writer.id_for(file.source, file.path)
        kept = keeping.kept_of(file.path, self._keeps)
        gone = recurring.gone_from(id, self._recurring)
        task = Task(data, file.source, id, self._words, kept, gone)
        parsed = partial(parsed_here, task) if task.is_light else partial(self._wait, self._workers.parse(task), task)
        self._jobs.append(_Job(file, task, sha256, parsed))
        while self._jobs and self._jobs[0].task.is_light:
            self._finish(self._jobs.popleft())

    def _wait(self, parsing: Future[ParsedFile], task: Task) -> ParsedFile:
        """Wait for a worker's result; meanwhile report which file is read, and how many of its pages if it is long. So
        whoever follows the progress can end a long wait."""
        while not wait([parsing], A_LOOK).done:
            reached = self._workers.reached(task.source)
            page = f": page {reached.page:,} of {reached.pages:,}" if reached else ""
            _tell(self._callbacks.progress, *self._far, f"{task.source}{page}")
        return parsing.result()

    def _finish(self, job: _Job) -> None:
        """Wait until a file is parsed, and add its document to the current batch; a document longer than a batch is
        embedded and written at once.
        """
        try:
            with self._clock.stage("reading"):
                parsed = job.parsed()
            cleaned = Cleaned(job.task.keep, recurring.lines(parsed.document, job.task.recurring))
            new = NewDocument(parsed.document, job.file.path, job.file.size, job.file.mtime_ns, (), (), cleaned)
            if parsed.length > self._batch:
                self._put_long(job.file, new, parsed)
            else:
                self._put(job.file, new, parsed)
        except SourceError as exc:
            reason = str(exc).removeprefix(f"{job.file.source}: ")
            if job.file.mtime_ns != UNSURE:
                self._bad[job.file] = reason
            self._fail(job.file, reason)
        else:
            pieces = parsed.document.dropped
            dropped = (piece.reason for piece in pieces if not piece.is_unread)
            is_again = job.file.path in self._again
            if not is_again:
                self._done.notice((piece.notice for piece in pieces if piece.notice), job.file.source)
            self._done.dropped.update(one for one in dropped if not is_again or one == recurring.REASON)

    def _put(self, file: File, new: NewDocument, parsed: ParsedFile) -> None:
        with self._clock.stage("reading"):
            passages = tuple(passage for some in parsed.passages for passage in some)
        self._pending.append((file, new._replace(passages=passages)))
        if len(self._pending) >= self._batch or sum(len(new.passages) for _, new in self._pending) >= self._batch:
            self._flush()

    def _put_long(self, file: File, new: NewDocument, parsed: ParsedFile) -> None:
        self._flush()
        with self._clock.stage("writing"):
            self._writer.put_long(new, self._embedded_in_parts(parsed, file.size))
        self._recurring = self._writer.recurring()
        self._count("changed" if file.path in self._known else "added", file)

    def _embedded_in_parts(self, parsed: ParsedFile, size: int) -> Iterator[tuple[Sequence[Passage], list[Embedding]]]:
        passages = (passage for part in parsed.passages for passage in part)
        while True:
            with self._clock.stage("reading"):
                some = tuple(islice(passages, self._batch))
            if not some:
                return
            yield some, self._embed(some, [size / parsed.length] * len(some))

    def _settle(self) -> None:
        """Finish all files that are being parsed, and write their documents."""
        while self._jobs:
            self._finish(self._jobs.popleft())
        self._flush()

    def _flush(self) -> None:
        """Embed the waiting documents and write them in one transaction."""
        waiting, self._pending = self._pending, []
        weights = [file.size / len(new.passages) for file, new in waiting for _ in new.passages]
        embeddings = iter(self._embed([passage for _, new in waiting for passage in new.passages], weights))
        news = [new._replace(embeddings=tuple(next(embeddings) for _ in new.passages)) for _, new in waiting]
        with self._clock.stage("writing"):
            self._writer.put(news)
            self._recurring = self._writer.recurring()
        for file, _ in waiting:
            self._count("changed" if file.path in self._known else "added", file)

    def _embed(self, passages: Sequence[Passage], weights: Sequence[float]) -> list[Embedding]:
        """Embed the passages, and return one embedding for each, in their order. ``weights`` are the bytes of the file
        that each passage stands for, to report progress.
        """
        if not passages:
            return []
        with self._clock.stage("embedding"):
            found: dict[int, Embedding] = {}
            for index, embedding in embedded(self._embedder, passages, headed=self._headed):
                found[index] = embedding
                self._done.counts["passages"] += 1
                self._move(weights[index])
        return [found[index] for index in range(len(passages))]

    def _count(self, what: str, file: File) -> None:
        if file.path not in self._again:
            self._done.counts[what] += 1

    def _fail(self, file: File, reason: str) -> None:
        shown = reason.encode("utf-8", "replace").decode()  # a file's own words can hold what no terminal takes
        self._done.failed.append(Failed(file.source, shown))
        self._move(file.size)

    def _move(self, size: float) -> None:
        self._bytes = min(self._bytes + size, self._total)  # what is read once more was counted
        if self._callbacks.work is not None:
            self._callbacks.work(self._bytes, self._total, self._done.counts["passages"])


def _is_same(file: File, known: KnownFile | None, keeps: Mapping[str, AbstractSet[str]]) -> bool:
    if known is None or known.stale or (known.size, known.mtime_ns) != (file.size, file.mtime_ns):
        return False
    return known.kept == keeping.kept_of(file.path, keeps)


def _gone(listing: Listing, known: Mapping[str, KnownFile]) -> dict[str, KnownFile]:
    """The known files that no longer exist, by path; a file that cannot be looked at does not count as gone."""
    here = {file.path for file in listing.files}
    return {path: old for path, old in known.items() if path not in here and not files.within(path, listing.unseen)}


def _too_many(gone: Iterable[str], known: Iterable[str], roots: Iterable[str]) -> set[str]:
    """The missing files of each folder that has lost more than ``MOST_GONE`` of its known files; one missing file is
    not too many, unless it is the folder's only one.
    """
    found: set[str] = set()
    for root in roots:
        had, lost = ([path for path in paths if files.within(path, [root])] for paths in (known, gone))
        if len(lost) > MOST_GONE * len(had) and (len(lost) > 1 or len(lost) == len(had)):
            found.update(lost)
    return found


def _dated(file: File) -> File:
    """Return the file; its time becomes ``UNSURE`` if it is so recent that another change might leave the
    time the same.
    """
    return file._replace(mtime_ns=UNSURE) if time.time_ns() - file.mtime_ns < RACY else file


def _tell(progress: Progress | None, done: int, total: int, source: str) -> None:
    if progress is not None:
        progress(done, total, source)
