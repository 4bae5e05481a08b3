"""How long this process may work, where the operating system has been told a limit (``ingest/pipeline/worker.py``), and
how far it is in a long file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

# Of Linux's prctl. The thread that started this process is meant, which waits for it or lives as long as its pool.
PR_SET_PDEATHSIG = 1

_listeners: list[Callable[[int, int], None]] = []


def listen(listener: Callable[[int, int], None]) -> None:
    """From now on, tell ``listener`` which page of how many has been read."""
    _listeners.append(listener)


def reached(page: int, pages: int) -> None:
    """Report which page of the current file has been read."""
    for listener in _listeners:
        listener(page, pages)


def more_time(seconds: float) -> None:
    """Let this process work longer by so much, as a long file earns it part by part; nothing where it has no limit."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft != resource.RLIM_INFINITY:
            longer = soft + round(seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (longer if hard < 0 else min(longer, hard), hard))
    except (ImportError, ValueError, OSError):
        return


def end_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends, where it can; at once when that has happened already."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
