"""Limits of this process's working time, if the operating system enforces one (``ingest/pipeline/worker.py``), and its
progress in a long file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

# Of Linux's prctl. The thread that started this process is meant, which waits for it or lives as long as its pool.
PR_SET_PDEATHSIG = 1

_listeners: list[Callable[[int, int], None]] = []


def listen(listener: Callable[[int, int], None]) -> None:
    """From now on, call ``listener`` with the number of the page that was read, and the number of pages."""
    _listeners.append(listener)


def reached(page: int, pages: int) -> None:
    """Report which page of the current file has been read."""
    for listener in _listeners:
        listener(page, pages)


def more_time(seconds: float) -> None:
    """Extend this process's limit of processor time by so many seconds, which a long file earns page by page. Without a
    limit, nothing happens."""
    if sys.platform == "win32":  # it has no such limits
        return
    import resource

    try:
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft != resource.RLIM_INFINITY:
            longer = soft + round(seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (longer if hard < 0 else min(longer, hard), hard))
    except (ValueError, OSError):
        return


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, if it can; end at once if the parent has ended
    already."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
