"""The SQL of two tables: the passages of a library, and the staged passages, which become visible together when all
passages of a document or of the library are there."""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from assistant.library.records import PassageRow
from assistant.library.sql import LISTED, Database, Many, as_json
from assistant.library.tables import documents
from assistant.library.tables.narrowing import conditions, voice
from assistant.types import About, BlockKind, Document, Filters, Passage, Sentence

JOINED = (
    "passages p JOIN documents d ON d.id = p.document LEFT JOIN cleaned c ON c.document = d.id "
    "LEFT JOIN guessed g ON g.document = d.id"
)

_READ = (
    f'p.sentences, p.id, p.start, p."end", p.text, p.spans, p.headings, p.speaker, p.page, p.date, {documents.ABOUT}'
)
_COLUMNS = 'id, document, start, "end", voice, speaker, page, date, headings, text, spans, sentences, vector'


class Passages:
    """The table of the passages that searches can find. Staged passages (``Staged``) are in a table of their own."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, ids: Sequence[str]) -> list[tuple[Passage, bytes]]:
        """The passages with these ids, in the same order, each with the vectors of its sentences as float16 bytes.
        Unknown ids are left out."""
        rows = self._db.rows(f"SELECT {_READ} FROM {JOINED} WHERE p.id IN {LISTED}", [Many(ids)])
        found = {row[1]: row for row in rows}
        return _passages(found[id] for id in ids if id in found)

    def of(self, document: str) -> list[tuple[Passage, bytes]]:
        """All passages of one document, in the order of the text, each with the vectors of its sentences as float16
        bytes."""
        return _passages(self._db.rows(f"SELECT {_READ} FROM {JOINED} WHERE d.id = ? ORDER BY p.start", [document]))

    def visible(self, ids: Sequence[str]) -> set[str]:
        """Return those of the passage ids ``ids`` that are in this table, so that searches can find the passages."""
        return {id for (id,) in self._db.rows(f"SELECT id FROM passages WHERE id IN {LISTED}", [Many(ids)])}

    def allowed(self, filters: Filters) -> list[str]:
        """The ids of all passages that match the filters, sorted."""
        where, values = conditions(filters)
        return [id for (id,) in self._db.rows(f"SELECT p.id FROM {JOINED} WHERE {where} ORDER BY p.id", values)]

    def vectors(self, size: int) -> Iterator[list[tuple[str, bytes]]]:
        """Yield the ids and vectors (float32 bytes) of all passages in batches of ``size``. Each batch is a query of
        its own, so a later batch shows later changes."""
        return _vectors(self._db, "passages", "key", size)

    def put(self, document: Document, rows: Iterable[PassageRow]) -> None:
        """Add passages of a document to the table."""
        _put(self._db, "passages", document, rows)

    def remove(self, documents: Sequence[str]) -> list[str]:
        """Remove the passages of these documents. Returns the ids of the removed passages."""
        sql = f"DELETE FROM passages WHERE document IN {LISTED} RETURNING id"
        return [id for (id,) in self._db.rows(sql, [Many(documents)])]

    def clear(self) -> None:
        """Remove all passages."""
        self._db.run("DELETE FROM passages")


class Staged:
    """Staged passages, which no search finds yet: those of a library that is being reindexed, or of a document that is
    being read."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def count(self) -> int:
        """The number of staged passages."""
        return int(self._db.row("SELECT count(*) FROM staged")[0])

    def clear(self) -> None:
        """Remove all staged passages."""
        self._db.run("DELETE FROM staged")

    def add(self, passages: Sequence[PassageRow], documents: Sequence[Document]) -> None:
        """Stage passages. ``documents`` has the document of each passage, in the same order."""
        with self._db.changing():
            for row, document in zip(passages, documents, strict=True):
                _put(self._db, "staged", document, [row])

    def again(self, document: str, author: str | None) -> None:
        """Stage copies of the stored passages of a document whose author has changed. The copies have the same text and
        vectors. Call this only when nothing else is staged.

        Filters find a passage by the name of its speaker or, if it has no speaker, by the name of the document's
        author. ``author`` is the new name of the author; it is recorded in all copies that have no speaker.
        """
        self._db.run(f"INSERT INTO staged ({_COLUMNS}) SELECT {_COLUMNS} FROM passages WHERE document = ?", [document])
        self._db.run("UPDATE staged SET voice = ? WHERE speaker IS NULL", [voice(author or "")])

    def vectors(self, size: int) -> Iterator[list[tuple[str, bytes]]]:
        """Yield the ids and vectors (float32 bytes) of the staged passages in batches of ``size``."""
        return _vectors(self._db, "staged", "rowid", size)

    def take(self) -> None:
        """Move all staged passages to the table of passages, so that searches find them."""
        self._db.run(f"INSERT INTO passages ({_COLUMNS}) SELECT {_COLUMNS} FROM staged ORDER BY rowid")
        self.clear()


def _put(db: Database, table: str, document: Document, rows: Iterable[PassageRow]) -> None:
    db.run_each(
        f"INSERT INTO {table} ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(passage.id, document.id, passage.start, passage.end),
                *(voice(passage.speaker or document.about.author or ""), passage.speaker, passage.page),
                passage.about.date if passage.about.date != document.about.date else None,
                *(as_json(passage.headings), passage.text, as_json(passage.sentences), sentences, vector),
            )
            for passage, vector, sentences in rows
        ],
    )


def _vectors(db: Database, table: str, key: str, size: int) -> Iterator[list[tuple[str, bytes]]]:
    last = 0
    sql = f"SELECT {key}, id, vector FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?"
    while rows := db.rows(sql, [last, size]):
        yield [(id, vector) for _, id, vector in rows]
        last = rows[-1][0]


def _passages(rows: Iterable[Any]) -> list[tuple[Passage, bytes]]:
    """Return passages, each with the vectors of its sentences as float16 bytes, from rows with the columns of
    ``_READ``. Passages of one document and one date share one ``About``."""
    abouts: dict[tuple[str, str | None], About] = {}
    found = []
    for sentences, id, start, end, text, spans, headings, speaker, page, date, *about in rows:
        shared = abouts.setdefault((about[0], date), documents.about(*about).dated(date))
        own = tuple(Sentence(first, last, BlockKind(kind), *more) for first, last, kind, *more in json.loads(spans))
        passage = Passage(id, shared, start, end, text, own, tuple(json.loads(headings)), speaker, page)
        found.append((passage, sentences))
    return found
