"""Stores the suggested questions of a library in its folder, until its documents change."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

FILE = "suggested.json"

_log = logging.getLogger(__name__)


def stored(folder: Path, generation: int) -> tuple[str, ...] | None:
    """The suggested questions that ``keep`` stored in the library's folder. None if it stored none for this
    ``generation``, a number that grows with every change of the library."""
    try:
        match json.loads((folder / FILE).read_text("utf-8")):
            case {"generation": of, "questions": [*questions]} if of == generation:
                return tuple(map(str, questions))
    except (OSError, ValueError, RecursionError):
        pass
    return None


def keep(folder: Path, generation: int, questions: Sequence[str]) -> None:
    """Store the suggested questions of a library in its folder. ``generation`` is a number that grows with every change
    of the library. If the folder cannot be written, a warning is logged and nothing is raised."""
    beside = folder / f"{FILE}.new"
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"generation": generation, "questions": list(questions)}, file)
        beside.replace(folder / FILE)
    except OSError as error:
        _log.warning("suggested questions cannot be kept: %s", error)
