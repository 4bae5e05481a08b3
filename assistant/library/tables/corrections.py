"""The title, author and date that people entered for documents, in place of what was read. The SQL of one table."""

from __future__ import annotations

import json
from dataclasses import replace

from assistant.library.records import Corrected, Said
from assistant.library.sql import Database, as_json
from assistant.types import About, Document


class Corrections:
    """Reads and writes what people entered for documents; ``put`` and ``read_again`` are steps of the catalog's
    transactions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, document: str) -> Corrected | None:
        """What a person entered for a document, and what its file says; None if nobody entered anything."""
        row = self._db.row("SELECT said, read FROM corrected WHERE document = ?", [document])
        if row is None:
            return None
        said, (title, author, date, *guessed) = map(json.loads, row)
        return Corrected(Said(*said), Said(title, author, date), tuple(guessed))

    def applied(self, document: Document) -> Document:
        """The document as it was read, with what a person entered for it."""
        found = self.get(document.id)
        return replace(document, about=with_said(document.about, found.said)) if found else document

    def put(self, document: str, corrected: Corrected) -> None:
        """Record what a person entered; an empty entry removes the record."""
        if corrected.said == Said():
            self._db.run("DELETE FROM corrected WHERE document = ?", [document])
            return
        self._db.run(
            "INSERT INTO corrected (document, said, read) VALUES (?, ?, ?) "
            "ON CONFLICT (document) DO UPDATE SET said = excluded.said, read = excluded.read",
            [document, as_json(list(corrected.said)), as_json([*corrected.read, *corrected.guessed])],
        )

    def read_again(self, document: Document) -> None:
        """Record what the file says now."""
        if found := self.get(document.id):
            self.put(document.id, found._replace(read=read_of(document.about), guessed=document.about.guessed))


def read_of(about: About) -> Said:
    """The title, author and date of a document."""
    return Said(about.title, about.author or "", about.date or "")


def with_said(about: About, said: Said) -> About:
    """The same with what was said; an empty author or date is none, and what somebody said is no guess."""
    title, author, date = said
    return replace(
        about,
        title=title or about.title,
        author=about.author if author is None else author or None,
        date=about.date if date is None else date or None,
        guessed=tuple(name for name in about.guessed if getattr(said, name) is None),
    )
