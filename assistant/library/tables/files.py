"""The SQL of one table: the files that were read into a library."""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import os
from collections.abc import Sequence

from assistant.library.records import KnownFile
from assistant.library.sql import LISTED, Database, Many


class Files:
    """The files that were read into a library, by absolute path, each with the id of the document made from it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """Map the absolute path of each file that was read into the library to a record of the file. ``under`` has
        absolute paths of files and folders: only these files, and the files in these folders, are returned. None means
        all files."""
        found = self._read("1 = 1", []) if under is None else {}
        for path in under or ():
            inside = path.rstrip(os.sep) + os.sep
            after = inside[:-1] + chr(ord(os.sep) + 1)  # so that the index of paths finds what lies inside
            found |= self._read("s.path = ? OR (s.path >= ? AND s.path < ?)", [path, inside, after])
        return {path: found[path] for path in sorted(found)}

    def _read(self, where: str, values: Sequence[str]) -> dict[str, KnownFile]:
        sql = (
            "SELECT s.path, s.source, s.size, s.mtime_ns, d.sha256, d.id, coalesce(c.kept, ''), coalesce(c.stale, 0) "
            "FROM sources s JOIN documents d ON d.id = s.document LEFT JOIN cleaned c ON c.document = d.id "
            f"WHERE {where}"
        )
        files = (
            KnownFile(path, source, size, mtime_ns, sha256, id, _reasons(kept), bool(stale))
            for path, source, size, mtime_ns, sha256, id, kept, stale in self._db.rows(sql, values)
        )
        return {file.path: file for file in files}

    def documents(self, paths: Sequence[str]) -> set[str]:
        """The ids of the documents that were made from these files."""
        sql = f"SELECT document FROM sources WHERE path IN {LISTED}"
        return {document for (document,) in self._db.rows(sql, [Many(paths)])}

    def of(self, document: str) -> list[str]:
        """The absolute paths of a document's files, in the order in which they were added."""
        sql = "SELECT path FROM sources WHERE document = ? ORDER BY key"
        return [path for (path,) in self._db.rows(sql, [document])]

    def newest(self, document: str) -> int | None:
        """The latest modification time of a document's files, in nanoseconds; None if it has no files."""
        found: int | None = self._db.row("SELECT max(mtime_ns) FROM sources WHERE document = ?", [document])[0]
        return found

    def put(self, path: str, source: str, size: int, mtime_ns: int, document: str) -> None:
        """Record a file as a source of a document. The file is then no longer a source of any other document. ``path``
        is its absolute path, ``source`` its path relative to the folder that the user gave."""
        self._db.run(
            "INSERT INTO sources (path, source, size, mtime_ns, document) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET source = excluded.source, size = excluded.size, "
            "mtime_ns = excluded.mtime_ns, document = excluded.document",
            [path, source, size, mtime_ns, document],
        )

    def touch(self, path: str, size: int, mtime_ns: int) -> None:
        """Record the new size and modification time of a file whose content is the same as before."""
        self._db.run("UPDATE sources SET size = ?, mtime_ns = ? WHERE path = ?", [size, mtime_ns, path])

    def forget(self, paths: Sequence[str]) -> None:
        """Remove files from the table. The catalog later removes the documents that have no file left."""
        self._db.run(f"DELETE FROM sources WHERE path IN {LISTED}", [Many(paths)])


def _reasons(kept: str) -> tuple[str, ...]:
    return tuple(kept.split("\n")) if kept else ()
