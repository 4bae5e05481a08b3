"""How long this process may work, where the operating system has been told a limit (``ingest/worker.py``), and how far
it is in a long file."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[int, int], None]] = []


def listen(listener: Callable[[int, int], None]) -> None:
    """Have ``listener`` told from now on which page of how many has been read."""
    _listeners.append(listener)


def reached(page: int, pages: int) -> None:
    """Tell how far the file is read that this process works on."""
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
