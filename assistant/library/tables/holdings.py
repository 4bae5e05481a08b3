"""An overview of a library: numbers of documents by media type, years and authors; and a sample of its documents."""

# What is put together here is this module's constant; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

from assistant.library.records import Holdings
from assistant.library.sql import Database

STATED = "FROM documents d LEFT JOIN guessed g ON g.document = d.id WHERE coalesce(g.fields, '') NOT LIKE ?"
AUTHORS = 3  # that are named: as many as one line of the greeting holds


def read(db: Database) -> Holdings:
    """An overview of the documents: how many there are, and which media types, years and authors they have."""
    with db.reading():
        documents, passages, first, last = db.row(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages), min(substr(date, 1, 4)), "
            f"max(substr(date, 1, 4)) {STATED}",
            ["%date%"],
        )
        kinds = db.rows("SELECT media_type, count(*) FROM documents GROUP BY 1 ORDER BY 2 DESC, 1")
        authors = db.rows(
            f"SELECT author {STATED} AND author IS NOT NULL GROUP BY author ORDER BY count(*) DESC, author",
            ["%author%"],
        )
    names = tuple(name for (name,) in authors)
    return Holdings(documents, passages, tuple(kinds), first, last, names[:AUTHORS], len(names))


def some(db: Database, number: int) -> list[str]:
    """The ids of at most ``number`` documents. An unchanged library always returns the same ones. They are spread over
    the library, because ids are hashes and the lowest ids are taken."""
    return [id for (id,) in db.rows("SELECT id FROM documents ORDER BY id LIMIT ?", [number])]
