"""How long this process may work, where the operating system has been told a limit (``ingest/worker.py``)."""

from __future__ import annotations


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
