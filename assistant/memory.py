"""Memory that is free again goes back to the system.

The C library of Linux keeps what a pass of the networks needed for a moment: some 200 MB after a few questions, and
more with time, since what is kept lies in pieces between what is in use.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Return freed memory to the system, where the C library keeps it."""
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Any:
    """The C library's own function; None where it has none, as on other systems and with musl."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
