"""The SQL of groups of versions: which documents are versions of the same text, and the hashes by which they are
found."""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence

from assistant.library.records import Version
from assistant.library.sql import LISTED, Database, Many
from assistant.library.tables import versions
from assistant.types import Document


class Families:
    """Groups of documents that are versions of the same text. Every document belongs to a group; most groups have one
    document."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, documents: Sequence[str] | None = None) -> dict[str, list[Version]]:
        """Map the id of each of these documents to all versions of its text, the newest first, including the document
        itself. Documents without other versions are left out. If ``documents`` is None, all documents of the library
        are considered."""
        of = f"WHERE v.family IN (SELECT family FROM versions WHERE document IN {LISTED})"
        rows = self._db.rows(
            "SELECT v.document, v.family, d.date, v.figures FROM versions v JOIN documents d ON d.id = v.document "
            f"{'' if documents is None else of} ORDER BY v.family, v.time DESC, v.key DESC",
            [] if documents is None else [Many(documents)],
        )
        families: dict[str, list[Version]] = {}
        for row in rows:
            families.setdefault(row[1], []).append(Version(*row))
        several = (family for family in families.values() if len(family) > 1)
        every = {version.document: family for family in several for version in family}
        return every if documents is None else {id: every[id] for id in documents if id in every}

    def places(self, documents: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Map the id of each of these documents to a pair: the id of its group of versions, and its position in this
        group, counted from 0 for the newest version. Documents without other versions are left out."""
        return {
            document: (family[0].family, [version.document for version in family].index(document))
            for document, family in self.of(documents).items()
        }

    def superseded(self, documents: Sequence[str]) -> dict[str, str]:
        """Map the id of each superseded document among ``documents`` to the id of its newest version. Documents that
        are not superseded are left out."""
        found = {document: versions.newer(document, family) for document, family in self.of(documents).items()}
        return {document: newest for document, newest in found.items() if newest}

    def unasked(self) -> list[str]:
        """The ids of the documents that were never compared with others to find versions. Libraries that were made
        with schema version 2 have such documents."""
        sql = "SELECT id FROM documents WHERE id NOT IN (SELECT document FROM versions) ORDER BY id"
        return [id for (id,) in self._db.rows(sql)]

    def put(self, document: Document, mtime_ns: int) -> None:
        """Find the group of versions that a document belongs to, and record it. This is the group of the stored
        document with the most similar text; if no text is similar enough, a new group is made. ``mtime_ns`` is the
        modification time of the document's file, in nanoseconds."""
        own = versions.shingles(document.text)
        keys = versions.keys(own)
        self._db.run("DELETE FROM versions WHERE document = ?", [document.id])
        self._db.run("DELETE FROM shingles WHERE document = ?", [document.id])
        family = self._like(own, keys) or document.id
        if self._db.row("SELECT 1 FROM versions WHERE family = ? LIMIT 1", [family]) and family == document.id:
            family = secrets.token_hex(5)  # others that were versions of what it held before keep its name
        self._db.run(
            "INSERT INTO versions (document, family, time, figures) VALUES (?, ?, ?, ?)",
            [document.id, family, versions.time(document, mtime_ns), versions.figures(document.text)],
        )
        rows = [(key, document.id) for key in keys]
        self._db.run_each("INSERT INTO shingles (hash, document) VALUES (?, ?)", rows)

    def _like(self, own: frozenset[int], keys: Sequence[int]) -> str | None:
        """The id of the group of the stored document that is most similar to a new one; None if no document is similar
        enough. ``own`` are the shingles of the new document, ``keys`` the smallest of them."""
        shared: Counter[str] = Counter()
        for key in keys:
            sql = "SELECT document FROM shingles WHERE hash = ? LIMIT ?"
            shared.update(document for (document,) in self._db.rows(sql, [key, versions.COMMON]))
        likely = [document for document, count in shared.most_common(versions.COMPARED) if 2 * count >= len(keys)]
        alike = {document: versions.alike(own, versions.shingles(self._text(document))) for document in likely}
        best = max(alike, key=lambda document: alike[document], default=None)
        if best is None or alike[best] < versions.ALIKE:
            return None
        return str(self._db.row("SELECT family FROM versions WHERE document = ?", [best])[0])

    def _text(self, document: str) -> str:
        row = self._db.row("SELECT text FROM documents WHERE id = ?", [document])
        return "" if row is None else str(row[0])
