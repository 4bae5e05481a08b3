"""Keeps a library private: 0700 for its folders and 0600 for its files, on systems that have such rights."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # what the group and all others may do

_log = logging.getLogger(__name__)


def begin(folder: Path, catalog: Path | None) -> None:
    """Make a library's folder and, if the catalog is a file, an empty catalog. SQLite gives its other files the same
    rights.

    Raises:
        OSError: the folder or the file cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if catalog is not None:
        os.close(os.open(catalog, os.O_CREAT | os.O_WRONLY, 0o600))


def put_right(folder: Path) -> None:
    """Remove the rights of other users that older versions left on a library; the log says on how many files."""
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
