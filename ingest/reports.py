"""The report of a sync: what it did, and how its time was spent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from ingest.folder.files import Failed

STAGES = ("reading", "embedding", "writing")


class SyncReport(NamedTuple):
    """What a sync did, counted in files; ``passages`` is how many were embedded.

    ``stages`` are the seconds waited for each of ``STAGES``; ``dropped`` counts the pieces of the files taken in that
    were found to be no content, by reason; ``notices`` what they hold besides text, or lost and may be missed, by kind,
    and ``noticed`` the first files that hold it; ``skipped`` are files of
    kinds that are not read, hidden and temporary ones; ``ignored`` the files and folders that a .pushbackignore names;
    ``spared`` files that are gone, but so much of their folder that what they held stays until that is allowed;
    ``copies`` files whose bytes a document already held; ``empty`` files without a character; ``kinds`` are those
    skipped by the ending of their names.
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
        """The number of files whose kind is read."""
        return self.added + self.changed + self.same + self.copies + len(self.failed) + len(self.empty)


class Clock:
    """Seconds by stage. Time inside a nested stage counts for the nested one."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._open: list[str] = []
        self._last = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block towards this stage."""
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
