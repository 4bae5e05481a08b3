"""Two cheap signs that reading a vector index may crash a process, so that a separate process should read it first.

The first: a process that had the index open ended without closing it, since it was killed or crashed. The second: its
files changed after a process of ours closed them. Neither proves damage; both are rare, and are examined once
(``probing``).
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from weakref import finalize

from filelock import FileLock, Timeout

SEEN, USED = "index.seen", "index.used"


class Traces:
    """Traces that processes leave beside the index of the library in ``folder``, whose files are in ``files``.

    While a process has the index open, it holds a locked file in ``USED``; the operating system unlocks the file when
    the process ends. Where nothing can be written, no trace is left, and the index is trusted.
    """

    def __init__(self, folder: Path, files: Path) -> None:
        self._folder, self._files = folder, files
        self._open: finalize[[FileLock, int], Traces] | None = None

    @property
    def are_bad(self) -> bool:
        """Whether either sign is there."""
        try:
            seen = json.loads((self._folder / SEEN).read_text("utf-8"))
        except FileNotFoundError:
            seen = None  # it was made before there were traces
        except (OSError, ValueError):
            return True
        return (seen is not None and seen != self._now()) or any(self._left())

    def see(self) -> None:
        """Record the current state of the files; nobody may change them meanwhile."""
        with suppress(OSError):
            told = json.dumps(self._now())
            if not (self._folder / SEEN).exists() or (self._folder / SEEN).read_text("utf-8") != told:
                (self._folder / SEEN).write_text(told, "utf-8")

    def open(self) -> None:
        """Leave a sign that this process uses the index, until ``close`` or a normal exit."""
        name = f"{secrets.token_hex(8)}.lock"
        lock = FileLock(self._folder / USED / name, timeout=0, mode=0o600, thread_local=False)  # any thread closes it
        with suppress(OSError, Timeout):
            (self._folder / USED).mkdir(mode=0o700, exist_ok=True)
            lock.acquire()
            self._open = finalize(self, _remove, lock, os.getpid())

    def close(self) -> None:
        """Remove the sign of this process."""
        if self._open is not None:
            self._open()
            self._open = None

    def forget(self) -> None:
        """Remove the traces of ended processes, after the index was read completely or rebuilt."""
        for path in self._left():
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _left(self) -> Iterator[Path]:
        """Signs left by processes that have ended."""
        for path in (self._folder / USED).glob("*.lock"):
            with suppress(OSError, Timeout), FileLock(path, timeout=0):
                yield path

    def _now(self) -> dict[str, list[int]]:
        """Size and time of each file that Chroma reads by itself; what SQLite reads ends in an error, and no crash."""
        found = {}
        for path in sorted(self._files.rglob("*")):
            with suppress(OSError):  # gone meanwhile
                if path.is_file() and "sqlite3" not in path.name:
                    at = path.stat()
                    found[path.relative_to(self._files).as_posix()] = [at.st_size, at.st_mtime_ns]
        return found


def _remove(lock: FileLock, process: int) -> None:
    """Let go of a sign, in the process that left it and in no fork of it."""
    if os.getpid() == process:
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
