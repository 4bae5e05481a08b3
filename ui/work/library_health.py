"""Checks and repairs a library. Each function is the work of a job, as in ``library_work``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assistant.library.library import Library, Problem
from assistant.settings import Settings
from ui.work.jobs import Job
from ui.work.library_work import patiently

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder


class Checked(NamedTuple):
    """The problems that a check of the library found; empty if there are none."""

    problems: tuple[Problem, ...]


def check(job: Job, settings: Settings, embedder: Embedder) -> Checked:
    """Check the library, and repair what can be repaired safely. Returns the problems that the check found."""
    job.at("Looking at each passage and its vector")
    with Library.open(settings, embedder) as library:
        return Checked(tuple(library.doctor()))


def reindex(job: Job, settings: Settings, embedder: Embedder) -> str:
    """Split all stored documents into passages again and embed the passages, with the embedding model and the passage
    length in the settings. Returns a sentence that says how many passages were embedded.

    If the job is stopped, the library stays as it was.

    Raises:
        LibraryError: the library cannot be written.
    """
    from ingest.pipeline.passages import split

    def report(done: int, total: int) -> None:
        job.at(f"{done:,} of {total:,} passages", done / total)

    with Library.open(settings, embedder) as library:
        patiently(job, lambda: library.reindex(report, split))
        return f"{library.searched().passages:,} passages embedded again"
