"""Finds the files to ingest and reads each completely; never reads anything outside the given folder."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from assistant.errors import SourceError
from ingest.folder.ignoring import NAME as IGNORING
from ingest.folder.ignoring import Ignoring
from ingest.reading.formats import HEAD, is_for_people, is_known, is_mostly_for_programs

TEMPORARY = ("~$", "~WRL", ".")  # what office programs keep beside an open file, and what is hidden
LARGEST = 1_000_000_000  # bytes of a file, which is held in memory; a worker has room for twice as many
DEEPEST = 100  # folders in folders; nobody finds anything deeper, and each costs a call


class File(NamedTuple):
    """A file that can be read; ``source`` is its path relative to the folder that the user gave."""

    path: str  # absolute
    source: str
    size: int
    mtime_ns: int


class Failed(NamedTuple):
    """A file or folder that cannot be read, and the reason."""

    source: str
    reason: str


class Empty(SourceError):
    """Raised if a file is empty, or has nothing but whitespace. This does not count as a failure, since somebody may
    have just begun a note.
    """


class Listing(NamedTuple):
    """The files found under the given paths.

    ``roots`` are the given paths, made absolute. ``failed`` has each file or folder that cannot be read, with the
    reason; ``unseen`` has the absolute paths of the same files and folders. If the library already has a file that is
    at or below one of these paths, this file does not count as deleted.

    ``skipped`` is the number of files that are not read because they are hidden, temporary or of an unsupported kind.
    ``kinds`` has the number of these files for each file extension; a file without one is counted under its name, and
    all hidden and temporary files under "hidden or temporary". ``ignored`` is the number of files and folders that a
    ``.pushbackignore`` excludes.
    """

    roots: tuple[str, ...]
    files: tuple[File, ...]
    failed: tuple[Failed, ...]
    unseen: tuple[str, ...]
    skipped: int  # files of kinds that are not read, hidden and temporary ones
    ignored: int  # files and folders that a .pushbackignore names
    kinds: Mapping[str, int] = {}  # those skipped, by the ending of their names


def find(paths: Iterable[Path], within: Path | None = None) -> Listing:
    """Find the files under these paths. Each file is listed once; the paths are searched in the given order, and the
    contents of a folder in the order of their names.

    A file's ``source`` is its path relative to the given folder that contains it. If the file itself is given, its
    ``source`` is its path relative to ``within``, or just its name if ``within`` is None or does not contain the file.

    Raises:
        SourceError: one of the paths does not exist; this is checked before any folder is searched.
    """
    roots = [root(path) for path in paths]
    walk = _FolderWalk()
    for top in roots:
        if top.is_dir():
            walk.folder(top, top, (os.path.realpath(top),), Ignoring())
        else:
            folder = within if within is not None and top.is_relative_to(within) else top.parent
            walk.file(top, _source(top, folder), is_named=True)
    files = tuple(walk.files.values())
    skipped = walk.kinds.total()
    kinds = dict(walk.kinds.most_common())
    return Listing(tuple(map(str, roots)), files, tuple(walk.failed), tuple(walk.unseen), skipped, walk.ignored, kinds)


def read(file: File) -> tuple[bytes, File]:
    """Read a file completely. Returns its bytes, and a ``File`` with the size and the modification time that the file
    had while it was read.

    Raises:
        Empty: the file is empty.
        SourceError: the file cannot be read, is too large, or changes during reading; the message is the reason.
    """
    for _ in range(2):
        try:
            with Path(file.path).open("rb") as opened:
                before = os.fstat(opened.fileno())
                if before.st_size > LARGEST:
                    raise SourceError(
                        f"it holds {before.st_size // 1_000_000:,} MB; at most {LARGEST // 1_000_000:,} are read."
                    )
                data = opened.read()
            after = Path(file.path).stat()
        except OSError as exc:
            raise SourceError(_reason(exc)) from exc
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == after.st_size:
            if not data.strip():
                raise Empty("the file is empty.")
            return data, file._replace(size=after.st_size, mtime_ns=after.st_mtime_ns)
    raise SourceError("the file changes while it is read.")


class _FolderWalk:
    """Walks through folders and collects their files."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.failed: list[Failed] = []
        self.unseen: list[str] = []
        self.kinds: Counter[str] = Counter()
        self.ignored = 0

    def folder(self, folder: Path, root: Path, above: tuple[str, ...], ignoring: Ignoring) -> None:
        """Find the files in ``folder``, which is inside ``root``, the folder that the user gave.

        ``above`` has the paths of ``folder`` and of the folders around it, up to ``root``, with links resolved; they
        show whether a link leads in a circle. ``ignoring`` has the patterns of files to ignore. A folder whose
        .pushbackignore cannot be understood is not read, since the file may say to ignore everything.
        """
        if len(above) > DEEPEST:
            self._fail(folder, root, "it lies too deep in other folders.")
            return
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as exc:
            self._fail(folder, root, _reason(exc))
            return
        if any(entry.name == IGNORING for entry in found):
            try:
                ignoring = ignoring.within(folder)
            except SourceError as exc:
                self._fail(folder, root, str(exc), _source(folder / IGNORING, root))
                return
        for entry in found:
            path = folder / entry.name
            if entry.name == IGNORING:
                continue
            if entry.name.startswith(TEMPORARY):
                self.kinds["hidden or temporary"] += 1
            elif ignoring.told and ignoring.covers(path, is_folder=path.is_dir()):
                self.ignored += 1
            elif entry.is_symlink() and (reason := _astray(path, root, above)):
                self._fail(path, root, reason)
            elif path.is_dir():
                self.folder(path, root, (*above, os.path.realpath(path)), ignoring)
            else:
                self.file(path, _source(path, root))

    def file(self, path: Path, source: str, *, is_named: bool = False) -> None:
        """Add the file at ``path`` to the files that were found, under the name ``source``. A file of an unsupported
        kind is skipped, unless the user gave its path (``is_named``).
        """
        if not is_named and not _is_read(path):
            self.kinds[path.suffix.lower() or path.name] += 1
            return
        try:
            status = path.stat()
            source.encode("utf-8")
        except OSError as exc:
            self._fail(path, path.parent, _reason(exc), source)
        except UnicodeEncodeError:
            self._fail(path, path.parent, "its name is no valid text.", ascii(source))
        else:
            if stat.S_ISREG(status.st_mode):
                self.files.setdefault(str(path), File(str(path), source, status.st_size, status.st_mtime_ns))
            else:
                self._fail(path, path.parent, "not a regular file.", source)

    def _fail(self, path: Path, root: Path, reason: str, source: str | None = None) -> None:
        self.failed.append(Failed(source or _source(path, root), reason))
        self.unseen.append(str(path))


def _is_read(path: Path) -> bool:
    """Whether files of this kind are read. A JSON file is read only if it begins like a chat."""
    if not is_known(path.name) or not is_mostly_for_programs(path.name):
        return is_known(path.name)
    if not path.is_file():
        return True  # nothing is asked of a pipe, which could be waited for without end; what it is, is told later
    try:
        with path.open("rb") as file:
            return is_for_people(file.read(HEAD))
    except OSError:
        return True  # what is wrong with it is told when it is read


def root(path: Path) -> Path:
    """Make the path absolute and resolve the links in it. A link to a file is the exception: only the folder part of
    its path is resolved, and the file keeps the name of the link.

    Raises:
        SourceError: the path does not exist.
    """
    if not os.path.lexists(path):
        raise SourceError(f"No such file or folder: {path}.", hint="Check the path; nothing was ingested.")
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _source(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else root.name


def _astray(link: Path, root: Path, above: tuple[str, ...]) -> str | None:
    """The reason not to follow a link: it is broken, leads outside ``root``, or leads in a circle. None if it can be
    followed. ``above`` are the real paths of the folders around the link.
    """
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # before Python 3.13 a link to itself is a RuntimeError
        return "the link leads nowhere or in a circle."
    if not target.is_relative_to(root):
        return "the link leads outside the folder."
    return "the link leads in a circle." if str(target) in above else None


def _reason(exc: OSError) -> str:
    if isinstance(exc, FileNotFoundError):
        return "the file is gone."
    return f"cannot be read: {exc.strerror or exc}."


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether the path is one of ``folders`` or inside one of them."""
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
