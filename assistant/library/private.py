"""Nobody else on the machine reads a library: 0700 for its folders, 0600 for its files, where the system knows such."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # what the group and all others may do

_log = logging.getLogger(__name__)


def begin(folder: Path, catalog: Path | None) -> None:
    """Make a library's folder and an empty catalog in it, if it is a file; SQLite's other files take after it.

    Raises:
        OSError: it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if catalog is not None:
        os.close(os.open(catalog, os.O_CREAT | os.O_WRONLY, 0o600))


def put_right(folder: Path) -> None:
    """Close a library to others, as older versions left it open; the log says how much was open."""
    if os.name == "nt" or not stat.S_IMODE(folder.stat().st_mode) & OTHERS:
        return
    paths = [folder, *(Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files))]
    closed = sum(map(_close, paths))
    if closed:
        _log.warning("Other users of this machine could read %s; they cannot now (%d of its files).", folder, closed)


def _close(path: Path) -> bool:
    """Close a file or folder to others; returns whether it was open to them."""
    with suppress(OSError):  # gone meanwhile, somebody else's, or on a disk that cannot be written
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            return True
    return False
