"""Shows the progress of long work on stderr: in a terminal as one line that is overwritten, in a log as occasional
lines."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType

PREPARING = "Preparing the reader, once on this machine"  # before the first answer or pressure test
EVERY = 0.1  # seconds between two writings
LOGGED = 30.0  # the same in a log, where nothing is written over
WIPE = "\r\x1b[K"


class Progress:
    """A context manager that shows the progress of a long task on stderr. The task calls this object with the number of
    things done and the total number. When the task ends, the line in the terminal is cleared."""

    def __init__(self, doing: str, things: str, *, quiet: bool, logged: bool = False) -> None:
        self._doing, self._things = doing, things
        self._shown = not quiet and sys.stderr.isatty()
        self._logged = logged and not quiet and not self._shown
        self._started = self._told = time.monotonic()
        self._written = 0.0

    def __call__(self, done: int, total: int, what: str = "") -> None:
        now = time.monotonic()
        if self._shown and now - self._written >= EVERY:
            self._written = now
            line = f"{self._doing}: {pace(done, total, self._things, now - self._started)}"
            line += f" · {''.join(filter(str.isprintable, what))}" if what else ""
            sys.stderr.write(f"{WIPE}{line[: shutil.get_terminal_size().columns - 1]}")
            sys.stderr.flush()
        if self._logged and now - self._told >= LOGGED:
            self._told = now
            print(f"{self._doing}: {pace(done, total, self._things, now - self._started)}", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._written:
            sys.stderr.write(WIPE)
            sys.stderr.flush()


def pace(done: int, total: int, things: str, seconds: float) -> str:
    """One line with the number of ``things`` done, the speed, and the remaining time. ``things`` is a plural such as
    ``passages``; ``seconds`` is the time that the work has taken so far."""
    far = f"{done:,} of {total:,} {things}"
    if not done or not seconds:
        return far
    return f"{far}, {done / seconds:,.1f} a second, {time_left(done, total, seconds)}"


def time_left(done: float, total: float, seconds: float) -> str:
    """The remaining time at the current speed, in minutes and seconds, as in ``2:05 left``; empty if nothing is done
    yet. ``seconds`` is the time that the work has taken so far."""
    left = round((total - done) * seconds / done) if done else None
    return "" if left is None else f"{left // 60}:{left % 60:02} left"
