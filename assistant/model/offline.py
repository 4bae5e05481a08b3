"""Keeps third-party libraries from using the network."""

from __future__ import annotations

import os


def stay_offline() -> None:
    """Set environment variables that keep libraries from using the network (no model hub, no telemetry) and limit their
    memory.

    Environment variables that the user has set are left as they are.
    """
    for name, value in (
        ("HF_HUB_OFFLINE", "1"),
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("TRANSFORMERS_OFFLINE", "1"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("ANONYMIZED_TELEMETRY", "False"),
        # Kernels that torch keeps, one for each length of text: at 1,024, the default, memory grows by 30 MB for each
        # 100 questions and 10 pressure tests; after 220 it is 230 MB more than with these, and nothing is faster.
        ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32"),
    ):
        os.environ.setdefault(name, value)
