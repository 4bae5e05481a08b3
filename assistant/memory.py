"""Returns freed memory to the operating system.

The C library of Linux keeps memory that a run of the neural networks needed for a moment: some 200 MB after a few
questions, and more with time, since the freed memory lies in pieces between memory that is in use.
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
    """Return freed memory to the operating system, unless this was done less than ``every`` seconds ago. On systems
    whose C library cannot return memory, nothing happens."""
    now = time.monotonic()
    if (trim := _trim()) is not None and now - _given[0] >= every:
        _given[0] = now
        trim(0)


@cache
def _trim() -> Any:
    """The function ``malloc_trim`` of the C library. None on systems that lack it: all but Linux, and Linux with
    musl."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
