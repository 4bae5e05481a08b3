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
    """The folder of the files uploaded to this library. It may not exist yet."""
    return settings.folder.resolve() / FOLDER


def keep(settings: Settings, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Store uploaded files, given as pairs of name and bytes. Returns their paths. Files of the same upload never
    replace each other.

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
    """Store a pasted text in a file named after its first words. Returns the path. It does not replace another text.

    Raises:
        LibraryError: the folder cannot be written.
    """
    first = " ".join(text.split())[:WORDS].rpartition(" ")[0] or "Pasted text"
    data = text.encode(errors="replace")
    path = folder(settings) / safe(f"{' '.join(NO_WORD.sub(' ', first).split())}.txt")
    others = [one for one in path.parent.glob("*") if one.is_file() and one.read_bytes() != data]
    return keep(settings, [(free(path, others).name, data)])[0]


def put(path: Path, data: bytes) -> None:
    """Write a file in one step. An earlier file of the same name is moved to ``.earlier``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    if path.exists() and path.read_bytes() != data:
        put_by(path)
    part.replace(path)


def put_by(path: Path) -> Path:
    """Move a file to the folder ``.earlier``, where it is kept but not read. Returns its new path."""
    aside = path.parent / EARLIER / f"{time.time_ns()} {path.name}"
    aside.parent.mkdir(exist_ok=True)
    return path.replace(aside)


def of(settings: Settings, paths: Iterable[str]) -> list[Path]:
    """Those of the paths that are existing uploads of this library."""
    return [path for path in map(Path, paths) if path.parent == folder(settings) and path.exists()]


def free(path: Path, taken: Iterable[Path]) -> Path:
    """The path, with a number added if it is in ``taken``. Names that differ only in case count as the same."""
    others = {str(one).casefold() for one in taken}
    number, found = 1, path
    while str(found).casefold() in others:
        number += 1
        found = path.with_stem(f"{path.stem} ({number})")
    return found


def safe(name: str) -> str:
    """A file name made safe: without folders, unprintable characters and characters that an operating system forbids;
    never hidden or too long."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    shown = FORBIDDEN.sub("_", "".join(character for character in last if character.isprintable()))
    stem, ending = os.path.splitext(shown.strip(" ."))  # noqa: PTH122 - Path gives names of dots a meaning
    if len(ending) > ENDING:
        stem, ending = stem + ending, ""
    stem = stem.encode()[:LONGEST].decode(errors="ignore").strip(" .") or "file"
    return f"_{stem}{ending}" if RESERVED.fullmatch(stem) else f"{stem}{ending}"


def unread(settings: Settings, known: Iterable[str]) -> list[Path]:
    """The uploaded files that are not in the library. ``known`` has the paths of the library's files."""
    try:
        there = [path for path in sorted(folder(settings).iterdir()) if path.is_file() and path.name[0] != "."]
    except OSError:
        return []
    of_library = set(known)
    return [path for path in there if str(path) not in of_library]
