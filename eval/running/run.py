"""Runs a suite on the assistant and the sentinels, with a fresh library of the suite's own documents."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from assistant.build import Assistant, build_assistant, build_embedder
from assistant.evidence import reading
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from assistant.types import Searched
from eval.running import readings, shelf
from eval.running.examine import Examined, Texts, examine
from eval.running.records import Record, to_line
from eval.running.systems import SENTINELS, NearestSentences, Remembering, System
from eval.suite.suite import AnyCase, LabelledPair, Suite
from ingest.sync import SyncReport, sync

CHUNK, PAIRS = 4, 64  # cases and pairs that a process takes at once; the same for any number of jobs
TWICE = 10  # every tenth chunk is examined twice and must give the same bytes

Progress: TypeAlias = Callable[[str, int, int], None]  # suite, cases done, cases in all
Wrap: TypeAlias = Callable[[Assistant], System]  # what is measured, of the assistant: itself, or a mutation of it
Keep: TypeAlias = Callable[[Sequence[Record]], None]  # is given what is done, as it is done
Ingest: TypeAlias = Callable[[Sequence[Path], Library, Settings, Embedder], SyncReport]


class Worked(NamedTuple):
    """The results of some cases. ``ours`` has the results of the measured system. ``sentinels`` maps the name of each
    sentinel (a system that cheats, to test the suite) to its records. ``checked`` is the number of cases that were run
    twice, and ``differing`` has the ids of the cases whose two results differ.
    """

    ours: list[Examined]
    sentinels: dict[str, list[Record]]
    checked: int
    differing: list[str]


@dataclass(frozen=True, slots=True)
class Run:
    """The results of a run. ``records`` has the results of the measured system in the order of the cases. ``sentinels``
    maps the name of each sentinel (a system that cheats, to test the suite) to its records.

    ``checked`` is the number of cases that were run twice, and ``differing`` has the ids of the cases whose two results
    differ. ``failed`` names the files that could not be ingested, and why. ``interrupted`` says whether an interrupt
    ended the run early, ``stopped`` whether the caller's function ``stop`` did. ``timings_ms`` maps the id of each case
    to a dictionary from the name of a stage of answering to the milliseconds that it took.
    """

    suite: Suite
    selected: int  # cases that were to be run
    records: tuple[Record, ...]
    sentinels: dict[str, tuple[Record, ...]]
    checked: int  # cases that were examined twice
    differing: tuple[str, ...]
    failed: tuple[str, ...]
    searched: Searched
    timings_ms: dict[str, dict[str, float]]
    interrupted: bool = False
    stopped: bool = False


def run(
    suite: Suite,
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    cases: Sequence[AnyCase] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    wrap: Wrap | None = None,
    stop: Callable[[], bool] | None = None,
    ingest: Ingest = sync,
    alone: bool = False,
    keep: Keep | None = None,
    kept_in: Path | None = None,
    timed: bool = False,
) -> Run:
    """Run all cases of ``suite``, or those in ``cases``, on our assistant and on the sentinels (systems that cheat, to
    test the suite). About a tenth of the cases is run twice, to see whether the results are the same. If the run is
    interrupted, or ``stop`` returns True, the results of the finished cases are returned.

    ``wrap`` makes the system to measure from the assistant; None to measure the assistant itself. ``embedder`` None
    opens the embedding model that ``settings`` name. ``jobs`` is the number of processes; ``ingest`` is the function
    that reads the documents into the library. As cases finish, ``keep`` is called with their records, and ``progress``
    with the name of the suite, the number of finished cases and the number of all cases to run. ``alone`` leaves out
    the sentinels and the second runs.

    ``kept_in`` is a folder in which two things are stored between runs: the libraries of suites, and the results of the
    neural networks that read the passages; None to store neither. A ``timed`` run does not use stored results of
    networks, so that its times are those that a user would see.

    Raises:
        LibraryError: the library of the suite's documents cannot be written.
    """
    cases = suite.cases if cases is None else cases
    embedder = embedder or build_embedder(settings)
    with _prepared(suite, settings, embedder, ingest, kept_in) as (fresh, searched, failed):
        worked: list[Worked] = []
        interrupted = stopped = False
        try:
            for done in _work(
                _chunks(cases), _Hands(fresh, embedder, wrap, alone, suite.words, None if timed else kept_in), jobs
            ):
                worked.append(done)
                if keep:
                    keep([one.record for one in done.ours])
                if progress:
                    progress(suite.name, sum(len(one.ours) for one in worked), len(cases))
                if stopped := stop is not None and stop():
                    break
        except KeyboardInterrupt:
            interrupted = True
    return Run(
        suite,
        len(cases),
        tuple(_placed(one.record, suite) for done in worked for one in done.ours),
        {kind.name: tuple(r for done in worked for r in done.sentinels.get(kind.name, ())) for kind in SENTINELS},
        sum(done.checked for done in worked),
        tuple(name for done in worked for name in done.differing),
        failed,
        searched,
        {one.record.id: one.timings_ms for done in worked for one in done.ours},
        interrupted,
        stopped,
    )


@dataclass(frozen=True, slots=True)
class _Hands:
    """What a process needs to run cases."""

    settings: Settings
    embedder: Embedder
    wrap: Wrap | None
    alone: bool
    budget: int
    kept_in: Path | None


class _CaseRunner:
    """Runs cases with an assistant and sentinels that are loaded once."""

    def __init__(self, hands: _Hands) -> None:
        plain = hands.settings.model_copy(update={"model": None})  # a model that writes comes with ``wrap``
        self._assistant = build_assistant(plain, hands.embedder)
        self._system: System = hands.wrap(self._assistant) if hands.wrap else self._assistant
        self._alone, self._budget = hands.alone, hands.budget
        kinds = () if hands.alone else SENTINELS
        self._remembering = Remembering(self._system)
        near = NearestSentences(self._assistant.library, hands.embedder)
        self._sentinels = [kind(near, self._remembering) for kind in kinds]
        self._texts = Texts(self._assistant.library)
        reading.through(readings.storing(hands.kept_in) if hands.kept_in else None)

    def work(self, chunk: Sequence[AnyCase], twice: bool) -> Worked:
        ours = examine(chunk, self._remembering, self._texts, self._budget)
        sentinels = {
            one.name: [e.record for e in examine(chunk, one, self._texts, self._budget)] for one in self._sentinels
        }
        differing: list[str] = []
        if twice and not self._alone:
            again = examine(chunk, self._system, self._texts, self._budget)
            pairs = zip(ours, again, strict=True)
            differing = [one.record.id for one, two in pairs if to_line(one.record) != to_line(two.record)]
        return Worked(ours, sentinels, len(chunk) if twice and not self._alone else 0, differing)

    def close(self) -> None:
        reading.through(None)
        self._assistant.close()


def _work(chunks: Sequence[Sequence[AnyCase]], hands: _Hands, jobs: int) -> Iterator[Worked]:
    """Run the chunks of cases in this process or in ``jobs`` others; yields their results in order."""
    twice = [index % TWICE == 0 for index in range(len(chunks))]
    if not chunks:
        return
    if jobs == 1 or len(chunks) < 2:
        worker = _CaseRunner(hands)
        try:
            for chunk, again in zip(chunks, twice, strict=True):
                yield worker.work(chunk, again)
        finally:
            worker.close()
        return
    context = multiprocessing.get_context("spawn")  # threads of torch and Chroma do not survive a fork
    with ProcessPoolExecutor(min(jobs, len(chunks)), context, initializer=_start, initargs=(hands,)) as pool:
        try:
            yield from pool.map(_continue, chunks, twice)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_started: list[_CaseRunner] = []  # a process's own worker, made by ``_start``


def _start(hands: _Hands) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends us
    os.environ["OMP_NUM_THREADS"] = "1"  # the processes share the cores; more threads only wait for each other
    _started.append(_CaseRunner(hands))


def _continue(chunk: Sequence[AnyCase], twice: bool) -> Worked:
    return _started[0].work(chunk, twice)


def _chunks(cases: Sequence[AnyCase]) -> list[Sequence[AnyCase]]:
    size = PAIRS if cases and isinstance(cases[0], LabelledPair) else CHUNK
    return [cases[start : start + size] for start in range(0, len(cases), size)]


@contextmanager
def _prepared(
    suite: Suite, settings: Settings, embedder: Embedder, ingest: Ingest, kept_in: Path | None
) -> Iterator[tuple[Settings, Searched, tuple[str, ...]]]:
    """Ingest the suite's documents into a temporary library, or copy the stored one. Yields the settings that open it,
    its size, and the files that could not be ingested; the library is removed at the end of the block.
    """
    with tempfile.TemporaryDirectory(prefix="pushback-eval-", ignore_cleanup_errors=True) as home:
        fresh = settings.model_copy(update={"home": Path(home), "library": "eval", "catalog": None, "chroma_url": None})
        name = shelf.key(suite, settings, embedder) if kept_in and (suite.corpus or suite.lay_out) else ""
        if kept_in and name and shelf.take(kept_in, name, Path(home) / fresh.library):
            with Library.open(fresh, embedder) as library:
                searched = library.searched()
            yield fresh, searched, ()
            return
        corpus = suite.corpus
        if suite.lay_out:
            corpus = Path(home) / "corpus"
            corpus.mkdir()
            suite.lay_out(corpus)
        with Library.open(fresh, embedder, create=True) as library:
            synced = ingest([corpus], library, fresh, embedder) if corpus else None
            searched = library.searched()
        failed = tuple(f"{one.source}: {one.reason}" for one in synced.failed) if synced else ()
        if kept_in and name and not failed:
            shelf.put(kept_in, name, Path(home) / fresh.library)
        yield fresh, searched, failed


def _placed(record: Record, suite: Suite) -> Record:
    file, line = suite.lines.get(record.id, ("", 0))
    return replace(record, file=file, line=line)
