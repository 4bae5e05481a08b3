"""The functions that do the work of jobs, by name in ``WORK``. Their input can be written as JSON, so that any process
can run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant import wire
from assistant.library.records import UNFINISHED
from assistant.pressure.discussion import compare
from assistant.wire import Json
from ui.reports import stored_verdicts
from ui.work import library_changes, library_health, library_work, uploads
from ui.work.jobs import Job
from ui.work.library_changes import Removed
from ui.work.library_health import Checked
from ui.work.library_work import ADDED, CHANGED, COPY, FAILED, REMOVED, SAME, ReadingOutcome
from ui.work.progress import PREPARING

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from assistant.build import Assistant
    from assistant.model.embedding import Embedder
    from assistant.settings import Settings
    from assistant.types import Verdict

CHALLENGE, INGEST = "challenge", "ingest"  # of the API
READ, FETCH, REMOVE, PUT_BACK, REPLACE = "read", "fetch", "remove", "put back", "replace"  # and of the pages
CHECK, REINDEX, TEST, DISCUSS, SUITE = "check", "reindex", "test", "discuss", "suite"

SEARCHING = "Searching the documents"

Asked = Mapping[str, Any]
Progress = Callable[[int, int, str], None]


class Workplace(Protocol):
    """The interface through which a job gets its embedding model, settings and assistant from the process that runs it:
    a page of the web app, the API, or a worker. ``asked`` is always the input of a job."""

    @property
    def embedder(self) -> Embedder:
        """The embedding model, for reading documents and answering questions."""

    def settings_of(self, asked: Asked) -> Settings:
        """The settings for a job, with the library and the models that its input ``asked`` names."""

    def assistant_of(self, asked: Asked) -> Assistant:
        """The assistant for a job, with the library and the models that its input ``asked`` names.

        Raises:
            LibraryMissing: the library does not exist.
        """


Work = Callable[[Job, Workplace, Asked], Any]


def challenge(job: Job, place: Workplace, asked: Asked) -> Json:
    """Test the idea ``asked["idea"]``, and return the verdict in the form that `pushback challenge --json` prints. The
    verdict is stored under the id of the job. It is therefore stored only once, even if the job is run again.

    ``asked["importance"]`` says from 0 to 1 how much assumptions of the idea count. A key is the number that an
    assumption will have in the verdict, or its name (see ``Assistant.challenge``). ``asked["revises"]`` is the id of
    the verdict on an earlier form of the idea, or None.
    """
    assistant = place.assistant_of(asked)
    library, revises = assistant.library, asked["revises"]
    before = stored_verdicts.own(library, revises, job.owner) if revises else None

    def progress(done: int, of: int, next: str) -> None:
        job.at(next, done / of if of else None)

    begun = stored_verdicts.begin(library, asked["idea"], revises=revises, owner=job.owner, id=job.id)
    try:
        assistant.prepare(partial(job.at, PREPARING))
        verdict = assistant.challenge(asked["idea"], progress, asked["importance"])
    except BaseException:
        stored_verdicts.give_up(library, begun.id)
        raise
    stored_verdicts.finish(library, begun, verdict)
    changes = compare(before.verdict, verdict) if before else ()
    told = {"id": begun.id, "revises": revises, "changes": [wire.change(one) for one in changes]}
    return {**wire.verdict(verdict), **told}


def ingest(job: Job, place: Workplace, asked: Asked) -> Json:
    """Read uploaded files into the library. ``asked["files"]`` has their names in the library's folder of uploads.
    Returns what `pushback ingest --json` prints."""
    settings = place.settings_of(asked)
    within = uploads.folder(settings)
    return _outcome(
        library_work.take_in(job, settings, place.embedder, [within / name for name in asked["files"]], within)
    )


def of_library(settings: Settings, **more: Any) -> dict[str, Any]:
    """Make the input of a job that works on the library of these settings. ``more`` are further values of the input."""
    return {"library": settings.library, **more}


def of_reading(
    settings: Settings, paths: Sequence[Path], within: Path | None, *, allow_removals: bool
) -> dict[str, Any]:
    """Make the input of a job that reads the files and folders ``paths``. The process that runs the job must find them
    at the same paths.

    ``within`` is a folder, or None. A file given in ``paths`` that lies inside this folder is recorded under its path
    relative to the folder; other files given in ``paths`` are recorded under their names alone. With
    ``allow_removals``, documents whose files are missing are removed even if over a third of the files of their folder
    are missing.
    """
    named = [str(path.resolve()) for path in paths]
    return of_library(
        settings, paths=named, within=str(within.resolve()) if within else None, allow_removals=allow_removals
    )


def of_putting_back(settings: Settings, removed: Sequence[Removed]) -> dict[str, Any]:
    """Make the input of a job that restores the documents ``removed``."""
    return of_library(settings, removed=as_json(REMOVE, tuple(removed)))


def of_assistant(settings: Settings, **more: Any) -> dict[str, Any]:
    """Make the input of a job that tests an idea or discusses a verdict. It names the library and the models of these
    settings; ``more`` are further values."""
    models = {"model": settings.model, "evidence_model": settings.evidence_model}
    return of_library(settings, **models, **more)


def read(job: Job, place: Workplace, asked: Asked) -> ReadingOutcome:
    """Read files and folders into the library, and return the outcome for each file. ``asked`` is the input that
    ``of_reading`` makes."""
    paths, within = [Path(path) for path in asked["paths"]], asked["within"] and Path(asked["within"])
    settings, allowed = place.settings_of(asked), asked["allow_removals"]
    return library_work.take_in(job, settings, place.embedder, paths, within, allow_removals=allowed)


def fetch(job: Job, place: Workplace, asked: Asked) -> ReadingOutcome:
    """Download the web page at ``asked["address"]``, read it into the library, and return the outcome."""
    return library_work.take_in_address(job, place.settings_of(asked), place.embedder, asked["address"])


def remove(job: Job, place: Workplace, asked: Asked) -> tuple[Removed, ...]:
    """Remove the documents with the ids ``asked["documents"]`` from the library. Returns them with everything that is
    needed to restore them."""
    return library_changes.remove(job, place.settings_of(asked), place.embedder, asked["documents"])


def put_back(job: Job, place: Workplace, asked: Asked) -> ReadingOutcome:
    """Restore documents that were removed from the library, and return the outcome for each. ``asked`` is the input
    that ``of_putting_back`` makes."""
    removed = from_told(REMOVE, asked["removed"])
    return library_changes.put_back(job, place.settings_of(asked), place.embedder, removed)


def replace(job: Job, place: Workplace, asked: Asked) -> ReadingOutcome:
    """Replace the document with the id ``asked["document"]`` by the uploaded file ``asked["path"]``. Returns the
    outcome for this file and, if the old document was removed, for the old document."""
    settings, path = place.settings_of(asked), Path(asked["path"])
    return library_changes.replace(job, settings, place.embedder, asked["document"], path)


def check(job: Job, place: Workplace, asked: Asked) -> Checked:
    """Check the library and repair what can be repaired safely. Returns the problems that the check found."""
    return library_health.check(job, place.settings_of(asked), place.embedder)


def reindex(job: Job, place: Workplace, asked: Asked) -> str:
    """Split all documents of the library into passages again, and embed the passages. Returns a sentence that says what
    was done."""
    return library_health.reindex(job, place.settings_of(asked), place.embedder)


def test(job: Job, place: Workplace, asked: Asked) -> str:
    """Test the idea ``asked["idea"]``, and return the id of its verdict, which is the id of the job. The idea was
    stored in the library under this id before the job began. Only one verdict is stored, even if the job is run again.

    ``asked["revises"]`` is the id of an earlier verdict, whose discussion is stored with the new verdict, too.
    ``asked["like"]`` is a verdict, as JSON, that a person has changed, for example by adding an assumption. Each of the
    two may be None. The new test takes over the judgements, weights and assumptions that people gave in the verdict
    ``like``. If ``like`` is None, the test takes over those that people gave in the earlier verdict.
    """
    assistant = place.assistant_of(asked)
    library, revises, idea = assistant.library, asked["revises"], asked["idea"]
    begun = library.verdicts.read(job.id)[0]
    if begun.ruling != UNFINISHED:
        return begun.id
    former = stored_verdicts.opened(library, revises) if revises else None
    like = wire.read_verdict(asked["like"]) if asked["like"] else former.verdict if former else None
    try:
        assistant.prepare(partial(job.at, PREPARING))
        verdict = assistant.challenge(idea, _tells(job), like=like)
    except BaseException:
        stored_verdicts.give_up(library, begun.id)
        raise
    return stored_verdicts.finish(library, begun, verdict, former.said if former else ())


def discuss(job: Job, place: Workplace, asked: Asked) -> str:
    """Reply to the message ``asked["message"]`` about the verdict with the id ``asked["verdict"]``. If a reply to an
    earlier message has led to a changed verdict, the changed one is discussed instead. Returns the id of the verdict
    that is valid after the reply. Only one reply is stored, even if the job is run again.

    ``asked["by"]`` is the name of the message's author, empty if nobody signs in.
    """
    job.at(SEARCHING)
    id = [asked["verdict"], *(led_to for one in job.before() if (led_to := one.look().result))][-1]
    of = Reporting(place.assistant_of(asked), _tells(job))
    done = stored_verdicts.replied(of.library, id, job.id)
    return done or stored_verdicts.discussed(of, id, asked["message"], asked["by"], job.id)[1]


def suite(job: Job, place: Workplace, asked: Asked) -> str:
    """Run the test suite with the name ``asked["suite"]``, and return this name. It is the name that
    ``suite_runs.named`` gives to the suite's file."""
    from ui.work import suite_runs

    return suite_runs.run(job, suite_runs.SHIPPED / asked["suite"], place.settings_of(asked))


class Reporting:
    """A wrapper around the assistant, for the discussion of a verdict. If a message makes the assistant test an idea,
    the progress of the test is passed to ``progress``, which shows it as the progress of the job."""

    def __init__(self, assistant: Assistant, progress: Progress) -> None:
        self._assistant, self._progress = assistant, progress
        self.library, self.search = assistant.library, assistant.search
        self.sure_sides, self.replied = assistant.sure_sides, assistant.replied

    def challenge(self, idea: str, *, like: Verdict | None = None) -> Verdict:
        """Test an idea and return the verdict. ``like`` is an earlier verdict from which the new one takes over the
        judgements, weights and assumptions that people gave."""
        return self._assistant.challenge(idea, self._progress, like=like)


def as_json(work: str, result: Any) -> Any:
    """Convert the result of a job to JSON. ``work`` names the function that did the work; it is a key of ``WORK``."""
    return _kind_of(work).dump_python(result, mode="json")


def from_told(work: str, result: Any) -> Any:
    """Convert ``result``, which is JSON made by ``as_json``, back to the result of a job. ``work`` names the function
    that did the work; it is a key of ``WORK``."""
    return _kind_of(work).validate_python(result)


@cache
def _kind_of(work: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(RESULTS.get(work, Any))


def _tells(job: Job) -> Progress:
    """A progress callback that reports the steps of a test to the job: first the search, then each assumption."""
    begun = False

    def progress(done: int, of: int, next: str) -> None:
        nonlocal begun
        if begun:
            job.at(f"{done + 1} of {of}: {next}", done / of)
        else:
            job.at(SEARCHING)
        begun = True

    return progress


WORK: dict[str, Work] = {
    CHALLENGE: challenge,
    INGEST: ingest,
    READ: read,
    FETCH: fetch,
    REMOVE: remove,
    PUT_BACK: put_back,
    REPLACE: replace,
    CHECK: check,
    REINDEX: reindex,
    TEST: test,
    DISCUSS: discuss,
    SUITE: suite,
}
RESULTS: dict[str, Any] = {  # of those that come to more than JSON
    READ: ReadingOutcome,
    FETCH: ReadingOutcome,
    REMOVE: tuple[Removed, ...],
    PUT_BACK: ReadingOutcome,
    REPLACE: ReadingOutcome,
    CHECK: Checked,
}


def _outcome(done: ReadingOutcome) -> dict[str, Any]:
    """The result of reading files, as the JSON that `pushback ingest --json` prints."""
    return {
        **{what: done.count(what) for what in (ADDED, CHANGED, REMOVED, SAME)},
        "copies": done.count(COPY),
        "failed": [{"source": one.source, "reason": one.reason} for one in done.files if one.what == FAILED],
        "passages": done.passages,
        "seconds": done.seconds,
        "stopped": done.stopped,
        "files": [one._asdict() for one in done.files],
    }
