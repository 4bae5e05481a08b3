"""The SQL of the catalog's documents: their texts, and how each was cleaned."""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.library.records import Cleaned, Entry, Holdings, Listed
from assistant.library.sql import LISTED, Database, Many, as_json
from assistant.library.tables import holdings, listing, versions
from assistant.library.tables.families import Families
from assistant.library.tables.narrowing import conditions
from assistant.types import About, Block, BlockKind, Document, Dropped, Filters, Inline, Searched

ABOUT = "d.id, d.source, d.sha256, d.media_type, d.title, d.author, d.date, c.language, c.site, g.fields"
DOCUMENTS = "documents d LEFT JOIN cleaned c ON c.document = d.id LEFT JOIN guessed g ON g.document = d.id"

_ORPHAN = f"documents.id IN {LISTED} AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.document = documents.id)"
_FIRST_SOURCE = "(SELECT s.source FROM sources s WHERE s.document = documents.id ORDER BY s.key LIMIT 1)"


class Documents:
    """The documents of a library. Call ``put``, ``rename``, ``orphans`` and ``sweep`` inside a transaction of the
    catalog."""

    def __init__(self, db: Database, families: Families) -> None:
        self._db, self._families = db, families

    def searched(self, filters: Filters | None = None) -> Searched:
        """The number of documents and the number of passages that match ``filters``. If ``filters`` is None, all
        documents and passages are counted."""
        if filters is None:
            return Searched(*self._db.row("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"))
        where, values = conditions(filters)
        sql = (
            f"SELECT count(DISTINCT d.id), count(*) FROM {DOCUMENTS} JOIN passages p ON p.document = d.id WHERE {where}"
        )
        return Searched(*self._db.row(sql, values))

    def holdings(self) -> Holdings:
        """An overview of the documents: how many there are, and which media types, years and authors they have."""
        return holdings.read(self._db)

    def some(self, number: int) -> list[str]:
        """The ids of at most ``number`` documents. An unchanged library always returns the same ones."""
        return holdings.some(self._db, number)

    def ids(self) -> list[str]:
        """The ids of all documents, sorted."""
        return [id for (id,) in self._db.rows("SELECT id FROM documents ORDER BY id")]

    def contents(self) -> list[str]:
        """The SHA-256 hashes of the files that the documents were made from, sorted."""
        return [sha256 for (sha256,) in self._db.rows("SELECT sha256 FROM documents ORDER BY sha256")]

    def entries(self) -> list[Entry]:
        """A list entry for every document, sorted by source (the path of the document's file relative to the folder
        that the user gave). An entry also says whether any file of the document still exists."""
        sources: dict[str, list[tuple[str, str]]] = {}
        with self._db.reading():
            for document, source, path in self._db.rows("SELECT document, source, path FROM sources ORDER BY key"):
                sources.setdefault(document, []).append((source, path))
            counts = dict(self._db.rows("SELECT document, count(*) FROM passages GROUP BY document"))
            abouts = [about(*row) for row in self._db.rows(f"SELECT {ABOUT} FROM {DOCUMENTS} ORDER BY d.source, d.id")]
            families = self._families.of()
        return [
            Entry(
                about,
                tuple(source for source, _ in sources[about.id]),
                counts.get(about.id, 0),
                "ready" if any(Path(path).exists() for _, path in sources[about.id]) else "source missing",
                tuple(version.document for version in families.get(about.id, ())),
                superseded_by := versions.newer(about.id, families.get(about.id, ())),
                superseded_by is not None and versions.by_file_time(about.id, families.get(about.id, ())),
            )
            for about in abouts
        ]

    def listed(self) -> list[Listed]:
        """A short list entry for every document, sorted by source (the path of the document's file relative to the
        folder that the user gave)."""
        return listing.listed(self._db)

    def get(self, key: str) -> Document | None:
        """Return a document by its id or by the source of one of its files; None if there is no such document. A source
        is the path of a file relative to the folder that the user gave.

        ``key`` is taken as an id first, and as a source if no document has this id. If several files have this source,
        the document of the file that was added first is returned.
        """
        row = self._db.row(
            f"SELECT {ABOUT}, d.text, d.blocks, d.dropped FROM {DOCUMENTS} WHERE d.id = :key "
            "OR d.id = (SELECT document FROM sources WHERE source = :key ORDER BY key LIMIT 1) "
            "ORDER BY d.id = :key DESC LIMIT 1",
            {"key": key},
        )
        if row is None:
            return None
        blocks = tuple(_block(*held) for held in json.loads(row[-2]))
        return Document(about(*row[:-3]), row[-3], blocks, tuple(Dropped(*piece) for piece in json.loads(row[-1])))

    def holding(self, passages: Sequence[str]) -> list[About]:
        """The descriptions of the documents that contain the passages with the ids ``passages``. Each document comes
        once; they are sorted by the documents' ids."""
        of = f"SELECT document FROM passages WHERE id IN {LISTED}"
        return [
            about(*row)
            for row in self._db.rows(
                f"SELECT {ABOUT} FROM {DOCUMENTS} WHERE d.id IN ({of}) ORDER BY d.id", [Many(passages)]
            )
        ]

    def text(self, document: str) -> str | None:
        """The text of a document, after cleaning. None if there is no such document."""
        row = self._db.row("SELECT text FROM documents WHERE id = ?", [document])
        return None if row is None else str(row[0])

    def made_from(self, sha256: str, kept: Sequence[str] = ()) -> str | None:
        """The id of the document that was made from the bytes with the hash ``sha256``. None if there is no such
        document, or if its stored text is out of date: cleaning the bytes again would give a different text. ``kept``
        has the kinds of boilerplate, such as "navigation", that the user now wants to keep in the text."""
        as_today = "coalesce(c.kept, '') = ? AND coalesce(c.stale, 0) = 0"
        sql = f"SELECT d.id FROM {DOCUMENTS} WHERE d.sha256 = ? AND {as_today} ORDER BY d.id LIMIT 1"
        row = self._db.row(sql, [sha256, "\n".join(kept)])
        return None if row is None else str(row[0])

    def origins(self, ids: Sequence[str]) -> set[str | None]:
        """The names of the web sites that the documents with these ids come from, in lower case. If any of the
        documents is not a web page, or its site is unknown, the set also contains None."""
        sql = f"SELECT DISTINCT origin FROM cleaned WHERE document IN {LISTED}"
        return {origin for (origin,) in self._db.rows(sql, [Many(ids)])}

    def put(self, document: Document, cleaned: Cleaned) -> None:
        """Add a document, or replace the stored document with the same id, and record how it was cleaned. This method
        stores neither the document's passages and files nor its lines that may recur on other pages of its web site."""
        about = document.about
        blocks = [
            [b.kind, b.start, b.end, b.headings, b.speaker, b.page, *_depth_column_date(b), *b.inline]
            for b in document.blocks
        ]
        dropped = [[d.text, d.reason, d.at] for d in document.dropped]
        names = ["id", "source", "sha256", "media_type", "title", "author", "date", "text", "blocks", "dropped"]
        updates = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        self._db.run(
            f"INSERT INTO documents ({', '.join(names)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (id) DO UPDATE SET {updates}",
            [
                *(about.id, about.source, about.sha256, about.media_type, about.title, about.author, about.date),
                *(document.text, as_json(blocks), as_json(dropped)),
            ],
        )
        self._db.run(
            "INSERT INTO cleaned (document, language, site, origin, kept, stale) VALUES (?, ?, ?, ?, ?, 0) "
            "ON CONFLICT (document) DO UPDATE SET language = excluded.language, site = excluded.site, "
            "origin = excluded.origin, kept = excluded.kept, stale = 0",
            [about.id, about.language, about.site, about.origin, "\n".join(cleaned.kept)],
        )
        self._guess(about)

    def _guess(self, about: About) -> None:
        self._db.run("DELETE FROM guessed WHERE document = ?", [about.id])
        if about.guessed:
            self._db.run("INSERT INTO guessed (document, fields) VALUES (?, ?)", [about.id, " ".join(about.guessed)])

    def rename(self, about: About) -> None:
        """Give a document the title, author and date in ``about``. The stored passages are not changed."""
        self._db.run(
            "UPDATE documents SET title = ?, author = ?, date = ? WHERE id = ?",
            [about.title, about.author, about.date, about.id],
        )
        self._guess(about)

    def orphans(self, among: Sequence[str]) -> list[str]:
        """The ids of the documents in ``among`` that have no source file left."""
        return [id for (id,) in self._db.rows(f"SELECT id FROM documents WHERE {_ORPHAN} ORDER BY id", [Many(among)])]

    def sweep(self, among: Sequence[str]) -> None:
        """Of the documents whose ids are in ``among``, remove those that have no file left, and update the source of
        the others. A document's source is then the path of the first file that it still has, relative to the folder
        that the user gave."""
        self._db.run(f"DELETE FROM documents WHERE {_ORPHAN}", [Many(among)])
        self._db.run(
            f"UPDATE documents SET source = {_FIRST_SOURCE} WHERE id IN {LISTED} AND source <> {_FIRST_SOURCE}",
            [Many(among)],
        )


def about(*row: Any) -> About:
    """Make an ``About`` (a description of a document, with its title, author and date) from a database row. The row has
    the columns that the constant ``ABOUT`` lists."""
    *known, guessed = row
    return About(*(*known, tuple((guessed or "").split())))


def _block(kind: str, start: int, end: int, headings: list[str], *more: Any) -> Block:
    """Return a block from its stored form. ``more`` has the speaker, the page, the depth and column unless they are 0,
    the date if the block has one of its own, and the inline stretches."""
    speaker, page, *rest = more
    counts = [one for one in rest if isinstance(one, int)]
    date = next((one for one in rest if isinstance(one, str)), None)
    inline = tuple(Inline(*one) for one in rest if isinstance(one, list))
    depth, column = (*counts, 0, 0)[:2]
    return Block(BlockKind(kind), start, end, tuple(headings), speaker, page, inline, depth, column, date)


def _depth_column_date(block: Block) -> tuple[int | str, ...]:
    """The depth, the column and the date of a block for its stored form; what says nothing is left out."""
    counts = (block.depth, block.column) if block.column else (block.depth,) if block.depth else ()
    return (*counts, block.date) if block.date else counts
