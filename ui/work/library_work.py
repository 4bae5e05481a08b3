"""Reads files into a library outside the page's thread, and records the outcome of each file.

Each function is the work of a job. It opens the library itself, so that no page waits for it. While another process
writes to the library, it waits.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from assistant.errors import LibraryLocked
from assistant.library.library import Library
from assistant.settings import Settings
from ui.work import uploads
from ui.work.jobs import Job, Stopped
from ui.work.progress import time_left

if TYPE_CHECKING:
    from assistant.library.records import KnownFile
    from assistant.model.embedding import Embedder
    from ingest.reports import SyncReport

PATIENCE = 0.5  # seconds between two tries to be the one who writes, and two looks at Stop: people wait no longer
WAITING = "Waiting until somebody else has written"
ADDED, CHANGED, SAME, REMOVED, FAILED, LEFT = "added", "changed", "same", "removed", "failed", "not read"
EMPTY = "empty"
NO_NAME = re.compile(r"[^\w.-]+")  # of an address, in the name of the file that it is kept in
COPY = "copy"  # of a file that is there under another name, byte for byte

Result = TypeVar("Result")


class FileOutcome(NamedTuple):
    """The outcome of reading one file. ``source`` is the name of the file in the library. ``what`` says what happened:
    it is one of the constants ``ADDED``, ``CHANGED``, ``SAME`` and so on. ``document`` is the id of the document that
    the file became; None if there is none. ``reason`` says why the file could not be read, and ``other`` names the file
    of which this one is a copy; both are empty if they do not apply."""

    source: str
    what: str
    document: str | None = None
    reason: str = ""
    other: str = ""


class ReadingOutcome(NamedTuple):
    """The outcome of reading files into a library. ``files`` has the outcome of each file, ``passages`` is the number
    of embedded passages, and ``seconds`` is the duration. ``stopped`` is true if the job was stopped before all files
    were read."""

    files: tuple[FileOutcome, ...]
    passages: int
    seconds: float
    passed_over: int = 0  # files of kinds that are not read, hidden and ignored ones
    stopped: bool = False
    spared: int = 0  # files that are gone, so much of their folder that what they held stays
    paths: tuple[Path, ...] = ()  # what was read

    def count(self, what: str) -> int:
        """The number of files with the outcome ``what``, which is a constant such as ``ADDED``."""
        return sum(file.what == what for file in self.files)


def kind(settings: Settings) -> str:
    """The label of all jobs that change the library of these settings. The queue finds the jobs by this label."""
    return f"library {settings.folder}"


def take_in(
    job: Job,
    settings: Settings,
    embedder: Embedder,
    paths: Sequence[Path],
    within: Path | None = None,
    *,
    allow_removals: bool = False,
) -> ReadingOutcome:
    """Read these files and folders into the library: new and changed files are read, and documents whose files are gone
    are removed. A missing library is created. ``job`` shows the progress.

    If the job is stopped, the files read so far stay in the library. A file given in ``paths`` is recorded under its
    path relative to the folder ``within`` if it lies inside this folder; otherwise, or if ``within`` is None, it is
    recorded under its name alone. With ``allow_removals``, documents are removed even if over a third of the files of
    their folder are missing.

    Raises:
        SourceError: one of the paths does not exist.
        LibraryError: the library cannot be written.
    """
    from ingest.folder import files
    from ingest.sync import sync

    started = time.monotonic()
    roots = [str(files.root(path)) for path in paths]
    reading = _ReadingProgress(job)
    report: SyncReport | None = None
    with Library.open(settings, embedder, create=True) as library:
        before, held = library.known(roots), library.known()
        with suppress(Stopped):
            report = patiently(
                job,
                lambda: sync(
                    paths,
                    library,
                    settings,
                    embedder,
                    reading.files,
                    work=reading.work,
                    within=within,
                    allow_removals=allow_removals,
                ),
            )
        after = library.known(roots)
    there = {file.document: file.source for path, file in held.items() if path in after or path not in before}
    became = _became(before, after, there)
    seconds = time.monotonic() - started
    if report is None:
        found = files.find([Path(root) for root in roots], within).files
        left = [FileOutcome(file.source, LEFT) for file in found if file.path not in after]
        return ReadingOutcome((*became, *left), 0, seconds, stopped=True)
    failed = [FileOutcome(one.source, FAILED, reason=one.reason) for one in report.failed]
    failed += [FileOutcome(source, EMPTY) for source in report.empty]
    sources = {one.source for one in failed}
    taken = [one for one in became if one.source not in sources]
    passed_over = report.skipped + report.ignored
    return ReadingOutcome(
        (*taken, *failed), report.passages, seconds, passed_over, spared=report.spared, paths=tuple(map(Path, roots))
    )


def take_in_address(job: Job, settings: Settings, embedder: Embedder, address: str) -> ReadingOutcome:
    """Download the web page at ``address``, store it like an uploaded file, and read it into the library.

    Raises:
        Stopped: somebody has asked the job to stop while the page was downloaded; nothing is stored then.
        SourceError: the page cannot be downloaded, or files of its kind cannot be read.
        LibraryError: the library cannot be written.
    """
    from ingest.web import fetching

    job.at(f"Fetching {address}")
    page = _stoppable(job, lambda: fetching.fetch(address))
    assert isinstance(page, fetching.Fetched), "no copy was named that it could be the same as"
    name = NO_NAME.sub("-", page.url.partition("://")[2]).strip("-").removesuffix(page.extension)
    path = uploads.keep(settings, [(f"{name}{page.extension}", page.data)])[0]
    return take_in(job, settings, embedder, [path], uploads.folder(settings))


def patiently(job: Job, work: Callable[[], Result]) -> Result:
    """Call ``work`` and return its result. If another process is writing to the library (``LibraryLocked``), wait a
    moment and call ``work`` again, as often as necessary. Meanwhile ``job`` shows that it is waiting.

    Raises:
        Stopped: somebody has asked the job to stop while the job was waiting.
    """
    while True:
        try:
            return work()
        except LibraryLocked:
            job.at(WAITING)
            time.sleep(PATIENCE)


def _stoppable(job: Job, work: Callable[[], Result]) -> Result:
    """Call ``work`` in a thread of its own and return its result. The thread is left to itself if the job is stopped
    meanwhile: a server that does not answer holds it until the fetch has taken its longest.

    Raises:
        Stopped: somebody has asked the job to stop.
    """
    outcome: Future[Result] = Future()

    def carry_out() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # it is raised where the result is asked for
            outcome.set_exception(error)

    Thread(target=carry_out, daemon=True).start()
    while not wait([outcome], PATIENCE).done:
        job.at(job.doing)
    return outcome.result()


class _ReadingProgress:
    """Reports the progress of reading to a job: files read, passages embedded, the remaining time, and the current
    file.

    Embedding takes most of the time, so the remaining time is estimated from the passages embedded.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._started = time.monotonic()
        self._files, self._embedded, self._left, self._source = "Looking for files", "", "", ""
        self._share = 0.0

    def files(self, done: int, total: int, source: str) -> None:
        self._files = f"{done:,} of {total:,} files read" if total > 1 else "Reading"
        self._source = source
        self._tell()

    def work(self, done: float, total: int, passages: int) -> None:
        self._share = min(1.0, done / total) if total else 1.0
        self._embedded = f"{passages:,} passage{'' if passages == 1 else 's'} embedded" if passages else ""
        self._left = time_left(done, total, time.monotonic() - self._started) if passages else ""
        self._tell()

    def _tell(self) -> None:
        parts = (self._files, self._embedded, self._left, self._source)
        self._job.at(" · ".join(filter(None, parts)), self._share)


def _became(before: dict[str, KnownFile], after: dict[str, KnownFile], there: dict[str, str]) -> list[FileOutcome]:
    """The outcome of each file, from the known files before and after the reading. ``there`` maps each earlier document
    to its file."""
    found = []
    for path, now in after.items():
        was = before.get(path)
        same = was is not None and (was.sha256, was.document, was.kept) == (now.sha256, now.document, now.kept)
        other = "" if was else there.get(now.document, "")
        what = SAME if same else CHANGED if was else COPY if other else ADDED
        found.append(FileOutcome(now.source, what, now.document, other=other))
        there.setdefault(now.document, now.source)
    return found + [FileOutcome(was.source, REMOVED) for path, was in before.items() if path not in after]
