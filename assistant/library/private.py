"""Keeps a library private: only its owner can use its folders (0700) and files (0600), on systems with such
permissions."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # what the group and all others may do

_log = logging.getLogger(__name__)


def begin(folder: Path, catalog: Path | None) -> None:
    """Create a library's folder, private to its owner. ``catalog`` is the path of the catalog's SQLite file, or None if
    the library has no such file. A missing file is created empty and private; the files that SQLite later creates
    beside it get the same permissions.

    Raises:
        OSError: the folder or the file cannot be created.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if catalog is not None:
        os.close(os.open(catalog, os.O_CREAT | os.O_WRONLY, 0o600))


def put_right(folder: Path) -> None:
    """Take away the permissions that older versions of this program gave to other users of a library's folder and
    files. The number of changed files is logged."""
    if os.name == "nt" or not stat.S_IMODE(folder.stat().st_mode) & OTHERS:
        return
    paths = [folder, *(Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files))]
    closed = sum(map(_close, paths))
    if closed:
        _log.warning("Other users of this machine could read %s; they cannot now (%d of its files).", folder, closed)


def _close(path: Path) -> bool:
    """Take away the permissions of other users of a file or folder. Returns whether there were any."""
    with suppress(OSError):  # gone meanwhile, somebody else's, or on a disk that cannot be written
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
            return True
    return False
