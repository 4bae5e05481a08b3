"""The program of a worker process: it reads files from stdin and writes documents and passages to stdout.

A worker ends with its parent: on Linux the kernel kills it at once. On other systems, a thread reads stdin and ends the
process when the parent is gone; if code that never lets other threads run blocks this thread, the kernel's limit of
processor time ends the process.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

from assistant.errors import SourceError
from assistant.types import Document, Passage
from ingest import limits
from ingest.limits import listen
from ingest.pipeline.parsing import Task, fault

SENT = 256  # passages at a time: one batch of those that are embedded and written (``sync.BATCH``)
# Of the memory a worker may take: when its heaviest file took more it makes room for a fresh one, so that every file
# finds most of the limit free, whatever the ones before it left behind.
TIRED = 0.25


class Head(NamedTuple):
    """The message of a worker process that it has read a file as a document. The document's passages, ``length`` in
    number, follow in later messages, a few in each.
    """

    document: Document
    length: int


class Reached(NamedTuple):
    """The message of a worker process that it has read a long file up to the page with the number ``page``; ``pages``
    is the number of all pages.
    """

    page: int
    pages: int


class Refused(NamedTuple):
    """The message of a worker process that a file cannot be read, with the reason; ``fatal`` is true if reading the
    file took too much memory.
    """

    reason: str
    fatal: bool = False


class Ended(NamedTuple):
    """The message of a worker process that it has sent all passages of a file; ``stays`` is true if the process can
    take another file.
    """

    stays: bool


def main(parser: str, memory: int, parent: int) -> None:
    """Read tasks (files to be parsed) from stdin and write the documents and passages to stdout, until stdin closes or
    the process with the id ``parent`` ends.

    ``parser`` names the function that parses, as ``module:function``; ``memory`` is the number of bytes of memory that
    this process may use.
    """
    limits.end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no answer
    module, _, name = parser.partition(":")
    parse = getattr(importlib.import_module(module), name)
    _limit("RLIMIT_AS", memory)
    _limit("RLIMIT_CORE", 0)  # a broken reader leaves no image of itself behind
    tasks: SimpleQueue[tuple[Task, float]] = SimpleQueue()
    threading.Thread(target=_receive, args=[tasks], daemon=True).start()

    def send(answer: Any) -> None:
        pickle.dump(answer, answers)
        answers.flush()

    listen(lambda page, pages: send(Reached(page, pages)))
    stays = True
    while stays:
        task, seconds = tasks.get()
        _limit("RLIMIT_CPU", int(_processor_time() + seconds) + 1)
        for answer in _answers(parse, task, memory):
            send(answer)
        stays = _peak() <= TIRED * memory
        send(Ended(stays))


def _receive(tasks: SimpleQueue[tuple[Task, float]]) -> None:
    try:
        while True:
            tasks.put(pickle.load(sys.stdin.buffer))  # noqa: S301 — the parent's
    finally:
        os._exit(0)  # whatever the parser is doing: nobody waits for it any more


def _answers(
    parse: Callable[[Task], tuple[Document, Sequence[Passage]]], task: Task, memory: int
) -> Iterator[Head | Sequence[Passage] | Refused]:
    try:
        document, passages = parse(task)
    except SourceError as exc:
        yield Refused(str(exc))
    except MemoryError:
        yield Refused(f"reading it takes more than {memory >> 20:,} MB of memory. Split it into smaller files.", True)
    except Exception as exc:  # a reader's fault must not end the whole run; it is told with its kind
        yield Refused(fault(exc))
    else:
        yield Head(document, len(passages))
        for start in range(0, len(passages), SENT):
            yield passages[start : start + SENT]


def _limit(name: str, value: int) -> None:
    """Set a resource limit of the operating system, such as ``RLIMIT_AS``; does nothing if the system has no such
    limit.
    """
    if sys.platform == "win32":  # it has no such limits
        return
    import resource

    try:
        which = getattr(resource, name)
        _, most = resource.getrlimit(which)
        resource.setrlimit(which, (value if most == resource.RLIM_INFINITY else min(value, most), most))
    except (AttributeError, ValueError, OSError):
        return


def _processor_time() -> float:
    times = os.times()
    return times.user + times.system


def _peak() -> int:
    """The most memory that this program has held, in bytes; 0 if it is unknown, as on systems other than Linux.

    ``ru_maxrss`` is not used, since it includes the program that started this one.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM")), 0)
