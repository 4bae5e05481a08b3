"""Stores choices made on a page of this machine in a file next to the libraries, so that they survive a reload or
restart.

Each choice is stored with the setting that it overrides, and is valid until that setting changes. Keys, and addresses
that contain one, are never stored.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from assistant.addresses import hides
from assistant.settings import Settings

NAMES = ("model", "evidence_model")  # the library stands in the address
FILE = ".chosen.json"  # no library can be called so

_log = logging.getLogger(__name__)


def keep(home: Path, name: str, value: str | None, instead_of: str | None) -> None:
    """Store in a file in the folder ``home`` that the visitor chose ``value`` for the setting ``name``. ``instead_of``
    is the value in the settings that the choice replaces. None stands for no value.

    Only the settings in ``NAMES`` are stored, and only if neither value contains a URL with a login or a query string,
    which may be secret. If the file cannot be written, a warning is logged and nothing is raised.
    """
    if name not in NAMES or hides(value or "") or hides(instead_of or ""):
        return
    path = home.expanduser() / FILE
    every = {**_read(path), name: [value, instead_of]}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(every, file)
        beside.replace(path)
    except OSError as error:
        _log.warning("a choice cannot be kept: %s", error)


def choices(settings: Settings) -> dict[str, str | None]:
    """The stored choices that still apply, as a dictionary from the name of a setting to the chosen value. A choice no
    longer applies if the value in the settings has changed since the choice was made."""
    found: dict[str, str | None] = {}
    for name, kept in _read(settings.home.expanduser() / FILE).items():
        match kept:
            case [str() | None as value, instead_of] if name in NAMES and instead_of == getattr(settings, name):
                found[name] = value
    return found


def _read(path: Path) -> Mapping[str, object]:
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
