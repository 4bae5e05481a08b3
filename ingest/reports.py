"""The report of a sync: what it did, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from ingest.folder.files import Failed

STAGES = ("reading", "embedding", "writing")


class SyncReport(NamedTuple):
    """What a sync (one update of a library from its folders) did. All numbers count files unless another unit is named.

    ``same`` is the number of unchanged files, and ``copies`` the number of new files whose bytes another document
    already had. ``spared`` is the number of missing files whose documents were kept, because too large a part of their
    folder is missing; only a sync with ``allow_removals`` removes them.

    ``failed`` has the files that could not be read, with the reason, and ``empty`` the blank files. ``skipped`` is the
    number of hidden and temporary files and of files of unsupported kinds; ``kinds`` counts them by file extension.
    ``ignored`` is the number of files and folders that a .pushbackignore excludes.

    ``dropped`` counts the pieces (paragraphs and the like) that were removed from added and changed files, by reason.
    ``notices`` counts, by kind, how often content of these files could not be read, or was removed although a user may
    want it; ``noticed`` names the first files with such content, by kind.

    ``passages`` is the number of passages that were embedded, ``seconds`` the total time, and ``stages`` has the
    seconds spent in each of ``STAGES``.
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
    def files(self) -> int:
        """The number of files of supported kinds, empty and failed ones included."""
        return self.added + self.changed + self.same + self.copies + len(self.failed) + len(self.empty)


class Clock:
    """Measures the seconds spent in each stage of a sync. Time inside a nested stage counts for the nested
    stage only.
    """

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._open: list[str] = []
        self._last = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A context manager that counts the time of its ``with`` block towards the stage ``name``."""
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
