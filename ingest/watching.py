"""Keeps a library in step with folders until a caller stops it. A change is read once the files have stopped
changing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TypeAlias

from assistant.errors import PushbackError
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from ingest.folder.files import Failed, within
from ingest.sync import BadFiles, Parsers, Progress, SyncReport, Work, sync

EVERY = 30.0  # seconds: how long a change can go unseen that the system does not tell, as on network drives
REST = 0.5  # seconds without a further change: whoever saves a folder of files does not do it at once
RESTLESS = 10.0  # seconds after which changes that do not end are looked at all the same; a guess, not measured
TICK = 1.0  # seconds between two thoughts of what is due: a stop is noticed within one

Told: TypeAlias = Callable[[SyncReport | PushbackError], None]


def watch(
    paths: Sequence[str | Path],
    library: Library,
    settings: Settings,
    embedder: Embedder,
    *,
    told: Told,
    stop: Event,
    every: float = EVERY,
    progress: Progress | None = None,
    work: Work | None = None,
    allow_removals: bool = False,
    parsers: Parsers | None = None,
) -> None:
    """Sync the library with these files and folders: now, whenever files have changed, and at least every ``every``
    seconds, until ``stop`` is set. A sync that has begun is finished first.

    The library is locked only while a sync writes. ``told`` is called with each error and with the report of the first
    sync. It is called with the report of a later sync only if that sync changed the library, or if one of two things
    differs from the report before: the list of unreadable files, or the number of missing files whose documents were
    kept. A file that could not be parsed is tried again when it has changed. The other parameters are those of
    ``sync``.
    """
    bad: BadFiles = {}
    before: tuple[tuple[Failed, ...], int] | None = None
    for _ in _looks(paths, settings.home.expanduser(), stop, every):
        try:
            report = sync(
                paths,
                library,
                settings,
                embedder,
                progress,
                work=work,
                bad=bad,
                allow_removals=allow_removals,
                parsers=parsers,
            )
        except PushbackError as error:
            told(error)
        else:
            now = report.failed, report.spared
            if now != before or report.added or report.copies or report.changed or report.removed:
                told(report)
            before = now


def _looks(paths: Sequence[str | Path], home: Path, stop: Event, every: float) -> Iterator[None]:
    """Yield when it is time to sync: at once, after each change when the files have come to rest, and every ``every``
    seconds.

    Changes in ``home``, the folder with the library, are ignored.
    """
    from watchfiles import Change, watch

    def counts(_: Change, path: str) -> bool:
        return not within(os.path.realpath(path), [os.path.realpath(home)])

    yield
    while not stop.is_set():
        due = time.monotonic()  # soon again, for what changed before the system began to tell
        try:
            for changes in watch(
                *paths,
                watch_filter=counts,
                debounce=int(RESTLESS * 1000),
                step=int(REST * 1000),
                rust_timeout=max(1, int(min(every, TICK) * 1000)),  # 0 would be for ever
                yield_on_timeout=True,
                stop_event=stop,
            ):
                if changes or time.monotonic() >= due:
                    yield
                    due = time.monotonic() + every
        except (OSError, RuntimeError):  # a folder is gone, or there are more than the system can watch
            if not stop.wait(every):
                yield
