"""Extends the limit on this process's processor time, ends the process with its parent, and reports the progress in a
long file. The limits are set in ``ingest/pipeline/worker.py``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

# Of Linux's prctl. The thread that started this process is meant, which waits for it or lives as long as its pool.
PR_SET_PDEATHSIG = 1

_listeners: list[Callable[[int, int], None]] = []


def listen(listener: Callable[[int, int], None]) -> None:
    """Register a function that is called each time a page of a long file has been read. The function gets the number of
    that page, counted from 1, and the number of all pages.
    """
    _listeners.append(listener)


def reached(page: int, pages: int) -> None:
    """Report that the page with the number ``page`` of the current file has been read; ``pages`` is the number of all
    its pages.
    """
    for listener in _listeners:
        listener(page, pages)


def more_time(seconds: float) -> None:
    """Extend this process's limit of processor time by ``seconds``; readers call this for each page of a long file.
    Does nothing if there is no limit.
    """
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
    """Let the kernel kill this process when its parent ends, and exit at once if the parent has already ended.

    ``parent`` is the parent's process id. Works on Linux only; elsewhere this does nothing.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
