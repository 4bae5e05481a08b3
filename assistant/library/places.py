"""Where a library's catalog is."""

from __future__ import annotations

from pathlib import Path

from assistant.library.catalog import Catalog
from assistant.library.full_text import FullText
from assistant.library.sqlite import Sqlite

CATALOG = "catalog.sqlite3"


def in_file(path: Path, passage_words: int) -> Catalog:
    """The catalog in a file of SQLite, made when it is empty or not there."""
    db = Sqlite(path)
    return Catalog(db, FullText(db), passage_words)
