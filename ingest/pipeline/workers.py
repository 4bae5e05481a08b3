"""Worker processes that parse files. If one hangs, uses too much memory or crashes, it is ended and reported, and the
others continue.

Each worker is a fresh Python interpreter: it has none of the threads of torch or Chroma, and does not run the program's
``__main__`` again, as ``multiprocessing`` would. It parses one file at a time, and ends when this process does.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from assistant.errors import SourceError
from assistant.types import Passage
from ingest.pipeline.parsing import ParsedFile, Task
from ingest.pipeline.worker import Ended, Head, Reached, Refused
from ingest.reading.formats import has_attachments

MOST = 4  # workers: embedding, which follows, keeps a machine's cores busy by itself
SECONDS = 60.0  # of processor time for each file, and more for a long one
SECONDS_A_MEGABYTE = 5.0  # plain text takes 0.5
WAITING = 10.0  # times as long on the clock, for a file that waits instead of working, or a machine that does
MEMORY = 2 << 30  # bytes of addresses; plain text takes 20 for each of its own
PARSER = "ingest.pipeline.parsing:parse"
LEAVE_OUT = "Save it in another format, or name it in a .pushbackignore."
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from ingest.pipeline.worker import main; "
    "main(sys.argv[2], *map(int, sys.argv[3:]))"
)


class Broke(SourceError):
    """Raised if a file cannot be parsed because parsing takes too long or too much memory, or crashes the worker
    process.
    """


class Workers:
    """A pool of a few processes that parse files. Each process is started when a file first needs it. The pool is a
    context manager, which ends all processes at the end.
    """

    def __init__(self) -> None:
        self.most = max(1, min(os.cpu_count() or 1, MOST))
        self.batches = 1
        self._threads = ThreadPoolExecutor(self.most, "parsing")
        self._free: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._turn = threading.Lock()
        self._closed = False
        self._reached: dict[str, Reached] = {}

    def reached(self, source: str) -> Reached | None:
        """The page of the file ``source`` that its worker read last, with the number of all pages; None if no page was
        reported yet, or the file is not being read.
        """
        return self._reached.get(source)

    def parse(self, task: Task) -> Future[ParsedFile]:
        """Parse a file in a worker process. A file is in progress until all its passages have been read from the
        future's result. The caller must not have more than ``self.most`` files in progress.

        If the file cannot be parsed, the future raises SourceError, or reading the passages raises it later. The
        message is the reason: what the reader found wrong, or that parsing took too long or too much memory, or crashed
        the worker.
        """
        return self._threads.submit(self._parse, task)

    def close(self) -> None:
        """End every worker; files that are being parsed fail."""
        with self._turn:
            self._closed = True
        for worker in self._all:
            worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _parse(self, task: Task) -> ParsedFile:
        worker = self._take()
        try:
            head = worker.begin(task, self._reached)
        except Broke:
            self._give_back(worker)
            if has_attachments(task.source) and not task.alone:  # what is attached must not sink the mail
                return self._parse(task._replace(alone=True))
            raise
        except SourceError:
            self._give_back(worker)
            raise
        return ParsedFile(head.document, head.length, self._passages(worker))

    def _passages(self, worker: _Worker) -> Iterator[Sequence[Passage]]:
        try:
            yield from worker.passages()
        finally:
            self._give_back(worker)

    def _take(self) -> _Worker:
        with self._turn:
            if self._closed:
                raise SourceError("the work was stopped.")
            while self._free:
                if (free := self._free.pop()).is_free:
                    return free
                self._all.discard(free)
                free.close()
            try:
                worker = _Worker()
            except OSError as exc:
                raise SourceError(f"no process can be started to read it: {exc.strerror}. Close some.") from exc
            self._all.add(worker)
            return worker

    def _give_back(self, worker: _Worker) -> None:
        """Return a worker to the pool for another file, or end it if it cannot take one."""
        if not worker.is_free:
            worker.kill()
        with self._turn:
            if self._closed:
                return
            if worker.is_free:
                self._free.append(worker)
            else:
                self._all.discard(worker)
        if not worker.is_free:
            worker.close()


class _Worker:
    """One worker process, as its parent sees it."""

    def __init__(self) -> None:
        root = str(Path(__file__).parents[2])
        # -P: nothing is imported from the folder that the program was started in, which may be anybody's.
        self._process = subprocess.Popen(  # noqa: S603 — our own program
            [sys.executable, "-P", "-c", PROGRAM, root, PARSER, str(MEMORY), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._is_done = True

    def begin(self, task: Task, reached: dict[str, Reached]) -> Head:
        """Send a file to the worker and wait until it has read the file as a document. Returns the worker's message
        with the document and the number of its passages; ``passages`` then yields the passages.

        While the worker reads a file of many pages, this method keeps the last page that was read in
        ``reached[task.source]``, and removes the entry at the end.

        Raises:
            SourceError: the file cannot be read, or takes too much time or memory; the message is the reason.
        """
        self._is_done = False
        seconds = SECONDS + len(task.data) / 1e6 * SECONDS_A_MEGABYTE
        ends = time.monotonic() + WAITING * seconds
        timer = threading.Timer(WAITING * seconds, self.kill)
        timer.daemon = True
        timer.start()
        try:
            self._send(task, seconds)
            while isinstance(answer := self._receive(), Reached):
                reached[task.source] = answer
        except SourceError as exc:
            if self._used_up_its_time:
                raise Broke(f"reading it takes more than {seconds:.0f} s of processor time. {LEAVE_OUT}") from exc
            if time.monotonic() < ends:
                raise
            raise Broke(f"reading it takes longer than {WAITING * seconds:.0f} s. {LEAVE_OUT}") from exc
        finally:
            timer.cancel()
            reached.pop(task.source, None)
        if isinstance(answer, Refused):
            self._end(self._receive())
            raise Broke(answer.reason) if answer.fatal else SourceError(answer.reason)
        assert isinstance(answer, Head)
        return answer

    def passages(self) -> Iterator[Sequence[Passage]]:
        """Yield the passages of the file that ``begin`` sent, a few at a time."""
        while not isinstance(answer := self._receive(), Ended):
            yield answer
        self._end(answer)

    @property
    def is_free(self) -> bool:
        """Whether the worker is running and waits for a file."""
        return self._is_done and self._process.poll() is None

    def kill(self) -> None:
        """End the worker at once; the file that it is parsing fails."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """Wait until the worker has ended (``kill`` ends it), and close the pipes to it."""
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what could not be sent any more
                pipe.close() if pipe else None

    def _send(self, *what: object) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(what, self._process.stdin)
            self._process.stdin.flush()
        except OSError as exc:
            raise self._broken() from exc

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)  # noqa: S301 — our own program's
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as exc:
            raise self._broken() from exc

    def _broken(self) -> Broke:
        """End the process, and return the error to raise because it broke in the middle of a file."""
        self.kill()
        code = self._process.wait()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Broke(f"reading it breaks the reader ({how}). {LEAVE_OUT}")

    def _end(self, answer: Ended) -> None:
        self._is_done = answer.stays

    @property
    def _used_up_its_time(self) -> bool:
        return hasattr(signal, "SIGXCPU") and self._process.poll() == -signal.SIGXCPU
