"""Runs test suites from a page, each in a separate process. Also finds the suites, and the folders with their runs."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import eval as evaluation
from assistant.errors import LibraryError, PushbackError
from assistant.library.library import Library
from assistant.settings import Settings
from eval.drafting import feedback, judged, reviewing, starting
from eval.suite.cases import Severity
from ui.work.jobs import Job
from ui.work.progress import pace

SHIPPED = Path(evaluation.__file__ or "").parent / "suites"
OF_COMMAND = Path("artifacts") / "eval"  # where `pushback eval run` keeps its runs when not told otherwise
LOOK = 0.3  # seconds between two looks whether to stop: a stop seems to be at once
PATIENCE = 30.0  # seconds that a stopped run may take to keep what was done, before it is ended; a guess
ENDINGS = ("*.yaml", "*/*.yaml")
KIND = "suite"
OWN, LABELS = "suite", "labels"  # folders: of a library its suite, and in that what was judged as labelled pairs


def folder(settings: Settings) -> Path:
    """The folder that holds the runs of test suites that were started from the web pages. It has a subfolder for each
    suite. No library can have the same name as this folder."""
    return settings.home.expanduser() / ".evaluations"


def roots(settings: Settings) -> list[Path]:
    """The two folders in which the scoreboard looks for runs of test suites. One has the runs that were started from
    the web pages, the other those that were started with `pushback eval run`."""
    return [folder(settings), OF_COMMAND]


def known(own: Path | None = None) -> dict[str, Path]:
    """Map the name of each test suite that a page may run to the file of the suite. The page may run the suites that
    come with Pushback and, unless ``own`` is None, the suites in the folder ``own``."""
    found = {path.relative_to(SHIPPED).as_posix(): path for ending in ENDINGS for path in sorted(SHIPPED.glob(ending))}
    if own is not None:
        found |= {str(path): path for ending in ENDINGS for path in sorted(own.expanduser().glob(ending))}
    return found


def named(suite: Path) -> str:
    """The name by which another process finds the file ``suite``: its path relative to ``SHIPPED`` if the suite comes
    with Pushback, else its full path."""
    return suite.relative_to(SHIPPED).as_posix() if suite.is_relative_to(SHIPPED) else str(suite.expanduser().resolve())


class AddedCases(NamedTuple):
    """The number of test cases, and the number of drafts of test cases, that were added to a library's suite. A draft
    counts only once a person has accepted it."""

    cases: int
    drafts: int


def of_library(settings: Settings) -> Path:
    """The path of the test suite that ``add_cases`` makes from people's feedback on this library. The file does not
    exist before ``add_cases`` has written it."""
    return settings.folder / OWN / starting.SUITE


def add_cases(library: Library, settings: Settings) -> AddedCases:
    """Add test cases to the suite of this library. The cases are made from people's feedback on answers, and from
    people's judgements of what speaks for or against an idea. Returns how many cases and drafts were added.

    Two further things are stored in folders beside the suite: the files of the library's documents, linked or copied as
    far as they still exist, and people's judgements as labelled pairs of an idea and a passage. If no case can be made,
    nothing is written.

    Raises:
        CaseError: the suite cannot be read.
        LibraryError: the suite cannot be written.
    """
    cases, folder = feedback.proposed(library), of_library(settings).parent
    if not cases:
        return AddedCases(0, 0)
    try:
        corpus = _files(library, folder / settings.library)
        suite = starting.suite_of(corpus, folder)
        added = reviewing.add(suite, cases)
        judged.write(library, settings.library, folder / LABELS)
    except OSError as exc:
        hint = "Check the space on the disk and the folder's permissions."
        raise LibraryError(f"The suite cannot be kept in {folder}: {exc.strerror}.", hint=hint) from exc
    drafts = sum(case.severity is Severity.DRAFT for case in added)
    return AddedCases(len(added) - drafts, drafts)


def _files(library: Library, corpus: Path) -> Path:
    """Fill the folder ``corpus`` with the files of the library's documents, under their names in the library, and
    return it. Files are hard links if possible, else copies."""
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for path, file in library.known().items():
        copy = corpus / file.source
        if not Path(path).exists() or copy.exists() or ".." in copy.parts:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy.hardlink_to(path)
        except OSError:  # another disk
            shutil.copy2(path, copy)
    return corpus


def run(job: Job, suite: Path, settings: Settings, *, module: Sequence[str] = ("-m", "eval.harness.piped")) -> str:
    """Run a test suite in a separate process, and report its progress to ``job``. Returns the name of the suite.
    ``module`` has the arguments with which Python starts the process.

    If the job is stopped, the finished cases are stored as an interrupted run.

    Raises:
        PushbackError: the suite cannot be run.
        Stopped: somebody has asked the job to stop.
    """
    called = [sys.executable, *module, str(suite.resolve()), str(folder(settings).resolve())]
    root = Path(__file__).parent.parent.parent
    process = subprocess.Popen(called, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")  # noqa: S603 - our own
    try:
        told = _followed(job, process)
    finally:
        _ended(process)
    if "error" in told:
        raise PushbackError(told["error"], hint=told["hint"], details=told["details"])
    if "suite" not in told:
        what = f"The run of {suite.name} ended without a word (exit code {process.returncode})."
        raise PushbackError(what, hint="Run `pushback eval run SUITE` to see why.")
    return str(told["suite"])


def _followed(job: Job, process: subprocess.Popen[str]) -> dict[str, Any]:
    """Report each line that the run prints as progress, until the run ends. Returns the last line, parsed from JSON."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True).start()
    job.at("Reading the suite's documents")
    started = time.monotonic()
    last: dict[str, Any] = {}
    while True:
        try:
            line = lines.get(timeout=LOOK)
        except queue.Empty:
            job.at(job.doing, job.share)
            continue
        if not line:
            return last
        last = json.loads(line)
        if last.get("done"):
            job.at(pace(last["done"], last["of"], "cases", time.monotonic() - started), last["done"] / last["of"])
        elif last.get("done") == 0:
            started = time.monotonic()


def _pass_on(said: IO[str], lines: queue.Queue[str]) -> None:
    for line in said:
        lines.put(line)
    lines.put("")


def _ended(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
