"""Finds two signs that a vector index may be damaged, so that a separate process should read it first.

The first sign: a process that had the index open ended without closing it, because it was killed or crashed. The second
sign: the files of the index changed after a process of ours closed them. Neither sign proves damage. Both are rare, and
the index is then examined once (``probing``).
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
    """Files beside a vector index from which later processes learn whether the index may be damaged. ``folder`` is the
    library's folder, ``files`` the folder with the files of the index.

    While a process has the index open, it keeps a lock file of its own in the subfolder ``USED`` of the library's
    folder, and removes the file when it closes the index. A lock file of a process that has ended therefore shows that
    the process did not close the index. A process that cannot write to ``USED`` keeps no lock file, so nothing shows
    later that it did not close the index.
    """

    def __init__(self, folder: Path, files: Path) -> None:
        self._folder, self._files = folder, files
        self._open: finalize[[FileLock, int], Traces] | None = None

    @property
    def are_bad(self) -> bool:
        """Whether the index may be damaged: a process ended without closing the index, the index files changed after
        ``see`` recorded them, or this record cannot be read."""
        try:
            seen = json.loads((self._folder / SEEN).read_text("utf-8"))
        except FileNotFoundError:
            seen = None  # it was made before there were traces
        except (OSError, ValueError):
            return True
        return (seen is not None and seen != self._now()) or any(self._left())

    def see(self) -> None:
        """Record the current sizes and modification times of the index files, except those of SQLite. No other process
        may change the files during this call."""
        with suppress(OSError):
            told = json.dumps(self._now())
            if not (self._folder / SEEN).exists() or (self._folder / SEEN).read_text("utf-8") != told:
                (self._folder / SEEN).write_text(told, "utf-8")

    def open(self) -> None:
        """Create a lock file that tells other processes that this one uses the index. ``close`` or a normal exit
        removes the file."""
        name = f"{secrets.token_hex(8)}.lock"
        lock = FileLock(self._folder / USED / name, timeout=0, mode=0o600, thread_local=False)  # any thread closes it
        with suppress(OSError, Timeout):
            (self._folder / USED).mkdir(mode=0o700, exist_ok=True)
            lock.acquire()
            self._open = finalize(self, _remove, lock, os.getpid())

    def close(self) -> None:
        """Remove the lock file of this process."""
        if self._open is not None:
            self._open()
            self._open = None

    def forget(self) -> None:
        """Remove the lock files of processes that have ended. Call this after the index was read completely or
        rebuilt."""
        for path in self._left():
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _left(self) -> Iterator[Path]:
        """Yield the lock files of processes that have ended."""
        for path in (self._folder / USED).glob("*.lock"):
            with suppress(OSError, Timeout), FileLock(path, timeout=0):
                yield path

    def _now(self) -> dict[str, list[int]]:
        """The size and modification time of each index file that Chroma reads itself, by the file's relative path.
        SQLite's files are left out: if they are damaged, reading them raises an error and crashes nothing."""
        found = {}
        for path in sorted(self._files.rglob("*")):
            with suppress(OSError):  # gone meanwhile
                if path.is_file() and "sqlite3" not in path.name:
                    at = path.stat()
                    found[path.relative_to(self._files).as_posix()] = [at.st_size, at.st_mtime_ns]
        return found


def _remove(lock: FileLock, process: int) -> None:
    """Release and delete a lock file. Nothing happens in a fork of the process that made the file; ``process`` is the
    id of that process."""
    if os.getpid() == process:
        lock.release()
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
