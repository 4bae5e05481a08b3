"""The report of a sync: what it did, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from ingest.folder.files import Failed

STAGES = ("reading", "embedding", "writing")


class SyncReport(NamedTuple):
    """What a sync did, that is, one update of a library from its folders. All numbers are numbers of files unless
    something else is said.

    ``passages`` is the number of passages that were embedded, ``seconds`` the total time, and ``stages`` the seconds
    spent in each of ``STAGES``. ``same`` is the number of unchanged files, and ``copies`` the number of files whose
    bytes another document already had. ``failed`` has the files that could not be read, with the reason, and ``empty``
    the blank files. ``skipped`` counts hidden and temporary files and files of unsupported kinds, and ``kinds`` counts
    them by file extension; ``ignored`` counts the files and folders that a .pushbackignore excludes. ``spared`` counts
    missing files whose documents were kept, because too large a part of their folder is missing; they are removed only
    by a sync with ``allow_removals``. ``dropped`` counts, by reason, the pieces of added and changed files that are not
    content. ``notices`` counts, by kind, content of these files that could not be read, or that was removed although a
    user may want it, and ``noticed`` names, by kind, the first files with such content.
    """

    added: int
    changed: int
    removed: int
    same: int
    failed: tuple[Failed, ...]
    passages: int
    seconds: float
    skipped: int
    ignored: int = 0
    stages: Mapping[str, float] = {}
    dropped: Mapping[str, int] = {}
    spared: int = 0
    copies: int = 0
    empty: tuple[str, ...] = ()
    kinds: Mapping[str, int] = {}
    notices: Mapping[str, int] = {}
    noticed: Mapping[str, tuple[str, ...]] = {}

    @property
    def found(self) -> int:
        """The number of files of supported kinds, empty and failed ones included."""
        return self.added + self.changed + self.same + self.copies + len(self.failed) + len(self.empty)


class Clock:
    """Measures the seconds spent in each stage of a sync. Time inside a nested stage counts for that stage only."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._open: list[str] = []
        self._last = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A context manager that counts the time of its block towards the stage ``name``."""
        self._tick()
        self._open.append(name)
        try:
            yield
        finally:
            self._tick()
            self._open.pop()

    def _tick(self) -> None:
        now = time.monotonic()
        if self._open:
            self.seconds[self._open[-1]] += now - self._last
        self._last = now
