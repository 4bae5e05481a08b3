"""Files that visitors uploaded. They are stored in the library's folder ``uploads``, under names that every operating
system accepts.

A file is stored completely or not at all. If a new file has the name of an earlier one, the earlier one is moved to the
folder ``.earlier``, which nothing reads.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from assistant.errors import LibraryError
from assistant.plainly import why
from assistant.settings import Settings

FOLDER, EARLIER = "uploads", ".earlier"
LONGEST = 120  # bytes of a name before its ending; file systems take 255 in all
WORDS = 60  # characters of a pasted text that name it: one line of a list
ENDING = 12  # characters of an ending that is kept as one: longer than any that is read
FORBIDDEN = re.compile(r'[<>:"|?*]')  # on Windows; separators are gone before
NO_WORD = re.compile(r"[^\w'’-]+")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # names of its devices


def folder(settings: Settings) -> Path:
    """The folder for files that visitors upload to this library. It may not exist yet."""
    return settings.folder.resolve() / FOLDER


def keep(settings: Settings, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Store uploaded files, given as pairs of name and bytes. Returns their paths. If two of these files have the same
    name, a number is added to the name of the second.

    Raises:
        LibraryError: the folder cannot be written.
    """
    kept: list[Path] = []
    for name, data in files:
        path = free(folder(settings) / safe(name), kept)
        try:
            put(path, data)
        except OSError as exc:
            hint = "Check the space on the disk and the folder's permissions, then drop it again."
            raise LibraryError(f"{path.name} cannot be kept in {path.parent}: {why(exc)}.", hint=hint) from exc
        kept.append(path)
    return kept


def keep_text(settings: Settings, text: str) -> Path:
    """Store a pasted text in a file that is named after its first words. Returns the path. If there is a file with this
    name and another text, a number is added to the name.

    Raises:
        LibraryError: the folder cannot be written.
    """
    first = " ".join(text.split())[:WORDS].rpartition(" ")[0] or "Pasted text"
    data = text.encode(errors="replace")
    path = folder(settings) / safe(f"{' '.join(NO_WORD.sub(' ', first).split())}.txt")
    others = [one for one in path.parent.glob("*") if one.is_file() and one.read_bytes() != data]
    return keep(settings, [(free(path, others).name, data)])[0]


def put(path: Path, data: bytes) -> None:
    """Write ``data`` to the file ``path`` in one step. An earlier file with the same path but other content is moved to
    the folder ``.earlier``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    if path.exists() and path.read_bytes() != data:
        put_by(path)
    part.replace(path)


def put_by(path: Path) -> Path:
    """Move an uploaded file to the folder ``.earlier``, where it is kept but never read into the library. Returns its
    new path."""
    aside = path.parent / EARLIER / f"{time.time_ns()} {path.name}"
    aside.parent.mkdir(exist_ok=True)
    return path.replace(aside)


def of(settings: Settings, paths: Iterable[str]) -> list[Path]:
    """Those of the ``paths`` that are existing files in the folder for files that visitors uploaded to this library."""
    return [path for path in map(Path, paths) if path.parent == folder(settings) and path.exists()]


def free(path: Path, taken: Iterable[Path]) -> Path:
    """A path that is none of the paths in ``taken``: ``path`` itself, or ``path`` with a number added to the name, as
    in ``report (2).pdf``. Names that differ only in upper and lower case count as the same."""
    others = {str(one).casefold() for one in taken}
    number, found = 1, path
    while str(found).casefold() in others:
        number += 1
        found = path.with_stem(f"{path.stem} ({number})")
    return found


def safe(name: str) -> str:
    """Turn ``name`` into a file name that every operating system accepts. Folders and unprintable characters are
    removed, and forbidden characters are replaced. The result is never the name of a hidden file and never too long."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    shown = FORBIDDEN.sub("_", "".join(character for character in last if character.isprintable()))
    stem, ending = os.path.splitext(shown.strip(" ."))  # noqa: PTH122 - Path gives names of dots a meaning
    if len(ending) > ENDING:
        stem, ending = stem + ending, ""
    stem = stem.encode()[:LONGEST].decode(errors="ignore").strip(" .") or "file"
    return f"_{stem}{ending}" if RESERVED.fullmatch(stem) else f"{stem}{ending}"


def unread(settings: Settings, known: Iterable[str]) -> list[Path]:
    """The uploaded files that have not been read into the library. ``known`` has the paths of the files that have been
    read."""
    try:
        there = [path for path in sorted(folder(settings).iterdir()) if path.is_file() and path.name[0] != "."]
    except OSError:
        return []
    of_library = set(known)
    return [path for path in there if str(path) not in of_library]
