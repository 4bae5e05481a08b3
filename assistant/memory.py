"""Memory that is free again goes back to the system.

The C library of Linux keeps what a pass of the networks needed for a moment: some 200 MB after a few questions, and
more with time, since what is kept lies in pieces between what is in use.
"""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache
from math import inf
from typing import Any

MINUTE = 60.0  # seconds between two times after questions: it costs the next one a twenty-fifth of its time

_given = [-inf]  # when memory was given back, on the monotonic clock


def give_back(every: float = 0.0) -> None:
    """Return freed memory to the operating system, at most once in ``every`` seconds. Nothing happens where the C
    library cannot do that."""
    now = time.monotonic()
    if (trim := _trim()) is not None and now - _given[0] >= every:
        _given[0] = now
        trim(0)


@cache
def _trim() -> Any:
    """The C library's own function; None where it has none, as on other systems and with musl."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
