"""Starts the jobs that read or change the library; buttons use most of these functions as their callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.settings import Settings
from ui.jobs import work as works
from ui.jobs.work import Asked
from ui.parts.settings import running
from ui.views.present_work import count
from ui.work import library_work
from ui.work.jobs import Job


def begin(settings: Settings, about: str, work: str, asked: Asked, id: str | None = None) -> Job:
    """Start a job on the library of these settings, and return the job. ``about`` is its name on the page, ``work`` is
    the kind of work (a key of ``ui.jobs.work.WORK``), and ``asked`` is its input. ``id`` becomes the job's id; with
    None, the job gets a new id."""
    return running.line(settings).start(library_work.kind(settings), about, work, asked, id=id)


def read(
    settings: Settings, paths: Sequence[Path], about: str, within: Path | None = None, *, allow_removals: bool = False
) -> None:
    """Start a job that reads the files and folders in ``paths`` into the library; buttons use this as their callback.
    ``about`` is the job's name on the page. With ``allow_removals``, documents whose files are missing are removed even
    if over a third of the files of their folder are missing.

    ``within`` is a folder, or None. A file given in ``paths`` that lies inside this folder is recorded under its path
    relative to the folder; other files given in ``paths`` are recorded under their names alone.
    """
    begin_reading(settings, paths, about, within, allow_removals=allow_removals)


def begin_reading(
    settings: Settings,
    paths: Sequence[Path],
    about: str,
    within: Path | None = None,
    *,
    allow_removals: bool = False,
    id: str | None = None,
) -> Job:
    """Start a job that reads the files and folders in ``paths`` into the library, and return the job. ``about`` is its
    name on the page. ``id`` becomes the job's id; with None, the job gets a new id. With ``allow_removals``, documents
    whose files are missing are removed even if over a third of the files of their folder are missing.

    ``within`` is a folder, or None. A file given in ``paths`` that lies inside this folder is recorded under its path
    relative to the folder; other files given in ``paths`` are recorded under their names alone.
    """
    asked = works.of_reading(settings, paths, within, allow_removals=allow_removals)
    return begin(settings, about, works.READ, asked, id=id)


def check(settings: Settings) -> None:
    """Start a job that checks every passage of the library, and repairs what it can repair safely."""
    begin(settings, "Checking the library", works.CHECK, works.of_library(settings))


def reindex(settings: Settings) -> None:
    """Start a job that splits all documents of the library into passages and embeds them again."""
    begin(settings, "Re-indexing", works.REINDEX, works.of_library(settings))


def remove(ids: list[str], settings: Settings) -> None:
    """Start a job that removes the documents with these ids from the library."""
    asked = works.of_library(settings, documents=ids)
    begin(settings, f"Removing {count(len(ids), 'document')}", works.REMOVE, asked)
