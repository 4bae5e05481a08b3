"""The title, author and date that people entered for documents, which replace those from the files. The SQL of one
table."""

from __future__ import annotations

import json
from dataclasses import replace

from assistant.library.records import Corrected, Correction
from assistant.library.sql import Database, as_json
from assistant.types import About, Document


class Corrections:
    """The titles, authors and dates that people entered for documents. Call ``put`` and ``read_again`` inside a
    transaction of the catalog."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, document: str) -> Corrected | None:
        """The title, author and date that a person entered for the document with this id, together with those that its
        file gives. None if nobody entered any of them."""
        row = self._db.row("SELECT said, read FROM corrected WHERE document = ?", [document])
        if row is None:
            return None
        said, (title, author, date, *guessed) = map(json.loads, row)
        return Corrected(Correction(*said), Correction(title, author, date), tuple(guessed))

    def applied(self, document: Document) -> Document:
        """Return the document with the title, author and date that a person entered for it, if anybody did."""
        found = self.get(document.id)
        return replace(document, about=with_correction(document.about, found.said)) if found else document

    def put(self, document: str, corrected: Corrected) -> None:
        """Store what a person entered for a document (``corrected.said``) together with the values from the document's
        file (``corrected.read``). If the person entered nothing, the stored record is removed."""
        if corrected.said == Correction():
            self._db.run("DELETE FROM corrected WHERE document = ?", [document])
            return
        self._db.run(
            "INSERT INTO corrected (document, said, read) VALUES (?, ?, ?) "
            "ON CONFLICT (document) DO UPDATE SET said = excluded.said, read = excluded.read",
            [document, as_json(list(corrected.said)), as_json([*corrected.read, *corrected.guessed])],
        )

    def read_again(self, document: Document) -> None:
        """If a person entered a title, author or date for the document, also store the values that the document's file
        gives now. For other documents, nothing happens."""
        if found := self.get(document.id):
            self.put(document.id, found._replace(read=read_of(document.about), guessed=document.about.guessed))


def read_of(about: About) -> Correction:
    """The title, author and date in ``about``. A missing author or date is an empty text."""
    return Correction(about.title, about.author or "", about.date or "")


def with_correction(about: About, said: Correction) -> About:
    """Return ``about`` with the title, author and date from ``said``. A field that is None in ``said`` is not changed;
    an empty author or date is removed. Changed fields no longer count as guessed."""
    title, author, date = said
    return replace(
        about,
        title=title or about.title,
        author=about.author if author is None else author or None,
        date=about.date if date is None else date or None,
        guessed=tuple(name for name in about.guessed if getattr(said, name) is None),
    )
