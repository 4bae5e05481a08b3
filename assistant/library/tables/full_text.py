"""The SQL of full-text search on SQLite (FTS5): words are found by stem."""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence

from assistant.errors import LibraryDamaged
from assistant.library.sql import Database
from assistant.library.tables.narrowing import conditions
from assistant.library.tables.passages import JOINED
from assistant.library.tables.schema import WORDS
from assistant.text import unspaced
from assistant.types import Filters

# What a word weighs in a passage's text, its document's title, and the name of who speaks.
WEIGHTS = "bm25(1.0, 0.5, 0.5)"
IN_TITLES = "bm25(0.0, 1.0, 0.0)"
MOST_WORDS = 500  # of one search; more say no more, and FTS5 slows down


class FullText:
    """The full-text index of a catalog on SQLite. It implements ``catalog.FullTextIndex``, where the methods are
    explained. Triggers of the table of passages keep it up to date."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def search(
        self, words: Sequence[str], k: int, filters: Filters, *, in_titles: bool = False
    ) -> list[tuple[str, float]]:
        told = (term for word in words for term in unspaced.terms(word))
        quoted = ('"' + word.replace('"', '""').replace("\0", "") + '"' for word in told)
        query = " OR ".join(list(dict.fromkeys(quoted))[:MOST_WORDS])
        if not query:
            return []
        query, weights = (f"title : ({query})", IN_TITLES) if in_titles else (query, WEIGHTS)
        where, values = conditions(filters)
        # Without filters, only the best are looked up among the passages, with those that fit as well as the last.
        last = "(SELECT max(rank) FROM (SELECT rank FROM met ORDER BY rank LIMIT :k))"
        of, where = (JOINED, where) if values else ("passages p", f"met.rank <= {last}")
        sql = (
            f"WITH met AS MATERIALIZED (SELECT rowid AS key, rank FROM words WHERE words MATCH :query AND rank MATCH "
            f"'{weights}') SELECT p.id, -met.rank FROM met CROSS JOIN {of} WHERE p.key = met.key AND {where} "
            "ORDER BY met.rank, p.id LIMIT :k"
        )
        return [(id, score) for id, score in self._db.rows(sql, {**values, "query": query, "k": k})]

    def follow(self, documents: Sequence[str] | None = None) -> None:
        pass

    def is_wrong(self) -> bool:
        keys = "SELECT {} FROM {} EXCEPT SELECT {} FROM {}"
        lacking = self._db.row(keys.format("key", "passages", "rowid", "words"))
        loose = self._db.row(keys.format("rowid", "words", "key", "passages"))
        try:
            self._db.run("INSERT INTO words (words) VALUES ('integrity-check')")
        except LibraryDamaged:
            return True
        return bool(lacking or loose)

    def renew(self) -> None:
        self._db.run("DROP TABLE words")
        self._db.run(WORDS)
        self._db.run(
            "INSERT INTO words (rowid, text, title, voice) "
            f"SELECT p.key, apart(p.text), apart(d.title), apart(p.voice) FROM {JOINED}"
        )
