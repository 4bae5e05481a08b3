"""Full-text search on PostgreSQL: words are found by stem and ranked as SQLite's FTS5 ranks them.

This module splits and stems the words as FTS5 does, because PostgreSQL's parser does not split addresses and numbers,
and its stemmer removes the s of "is". Each passage has a ``tsvector`` under a GIN index: the words of its text have the
weight A, the words of its title and its speaker the weight B. PostgreSQL has no BM25. Its own rank of one stem is the
sum of 1/n² over the n = 1, 2, … occurrences of the stem, times 1/1.6449. The number of occurrences follows from that
rank, and BM25 is computed from the number.
"""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from assistant.library.sql import LISTED, Database, Many
from assistant.library.tables.full_text import MOST_WORDS
from assistant.library.tables.narrowing import conditions
from assistant.library.tables.passages import JOINED
from assistant.text import unspaced
from assistant.types import Filters

_PART, _MARKS = re.compile(r"[^\W_]+"), re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+(?:(?:_|[^\w\s])[^\W_]+){0,31}")
PARTS = 4  # of a word; an address has more, and stands once
LONG = 64  # letters of a word that FTS5 stems, and that are kept of longer ones
MOST_STEMS = 3000  # of a passage, whose vector has room for a megabyte
BATCH = 1000  # passages in memory at a time: some megabytes, and few round trips; not measured

WORDS = (
    'CREATE TABLE words (passage TEXT COLLATE "C" PRIMARY KEY, length BIGINT NOT NULL, stems TSVECTOR NOT NULL)',
    "CREATE INDEX words_by_stem ON words USING gin (stems)",
    "CREATE TABLE words_held (passages BIGINT NOT NULL, length BIGINT NOT NULL)",
    "INSERT INTO words_held VALUES (0, 0)",
    'CREATE TABLE vocabulary (stem TEXT COLLATE "C" PRIMARY KEY, passages BIGINT NOT NULL)',  # of texts alone
    """CREATE FUNCTION passages_gone() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        WITH lost AS (
            DELETE FROM words USING gone WHERE passage = gone.id RETURNING words.length, words.stems
        ), less AS (
            SELECT lexeme, count(*) AS many FROM lost, unnest(lost.stems) WHERE 'A' = ANY (weights) GROUP BY lexeme
        ), told AS (
            UPDATE vocabulary SET passages = passages - less.many FROM less WHERE stem = less.lexeme
        )
        UPDATE words_held SET passages = passages - counted.many, length = words_held.length - counted.long
        FROM (SELECT count(*) AS many, coalesce(sum(length), 0) AS long FROM lost) AS counted;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER passages_gone AFTER DELETE ON passages REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION passages_gone()""",
)

_PI = 1.64493406685  # what PostgreSQL divides by


def _ranks() -> list[tuple[float, float]]:
    """A table, sorted by rank, that translates PostgreSQL's ``ts_rank`` of a stem into the stem's frequency. Each entry
    is a pair of a rank and a frequency.

    There is an entry for up to 12 occurrences in the text together with up to 3 in the title and the speaker. The rank
    is what ``ts_rank`` returns; the frequency is what FTS5 would count, each occurrence in title or speaker as a half.
    """
    found = []
    for in_text in range(13):
        for in_names in range(4):
            weights = [1.0] * in_text + [0.5] * in_names
            found.append((sum(w / n**2 for n, w in enumerate(weights, 1)) / _PI, sum(weights)))
    return sorted(found)


_BOUNDS = ", ".join(f"{(one + other) / 2:.7f}" for (one, _), (other, _) in pairwise(_ranks()))
_COUNTED = ", ".join(str(often) for _, often in _ranks()[1:])
_OFTEN = (
    f"(CAST(ARRAY[{_COUNTED}] AS float8[]))"
    f"[width_bucket(ts_rank('{{0,0,0.5,1}}', w.stems, a.stem), CAST(ARRAY[{_BOUNDS}] AS float8[]))]"
)
# BM25 as FTS5 has it: k1 is 1.2, b 0.75, and a word of more than half of the passages counts next to nothing.
SEARCH = f"""
WITH met AS MATERIALIZED (
    SELECT w.passage, w.length, a.place, coalesce({_OFTEN}, 1) AS often
    FROM unnest(CAST(:words AS tsquery[]), CAST(:stems AS tsquery[])) WITH ORDINALITY a (word, stem, place)
    JOIN words w ON w.stems @@ a.word
), held AS MATERIALIZED (
    SELECT passages, CAST(length AS float8) / greatest(passages, 1) AS mean FROM words_held
), worth AS (
    SELECT m.place, greatest(ln((h.passages - m.many + 0.5) / CAST(m.many + 0.5 AS float8)), 1e-6) AS rare
    FROM (SELECT place, count(*) AS many FROM met GROUP BY place) m CROSS JOIN held h
), best AS (
    SELECT m.passage AS id,
        round(sum(w.rare * m.often * 2.2 / (m.often + 1.2 * (0.25 + 0.75 * m.length / h.mean))) * 1e12) / 1e12 AS score
    FROM met m JOIN worth w ON w.place = m.place CROSS JOIN held h GROUP BY m.passage
)
"""


class PostgresWords:
    """The full-text index of a catalog on PostgreSQL. It implements ``catalog.FullTextIndex``, where the methods are
    explained. If passages are deleted, a database trigger removes their words."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def search(
        self, words: Sequence[str], k: int, filters: Filters, *, in_titles: bool = False
    ) -> list[tuple[str, float]]:
        parted = (term for word in words for term in unspaced.terms(word))
        told = (_stems(word) for word in list(dict.fromkeys(parted))[:MOST_WORDS])
        asked = [[stem for parts in word for stem in parts] for word in told if word]
        if not asked:
            return []
        where_it_stands = ":B" if in_titles else ""  # with the names of speakers, which is more than asked for
        parts = {
            "words": Many(" <-> ".join(f"{_quoted(stem)}{where_it_stands}" for stem in stems) for stems in asked),
            "stems": Many(f"{_quoted(' '.join(stems))}{where_it_stands}" for stems in asked),
        }
        where, values = conditions(filters)
        of = f"{JOINED} JOIN best ON best.id = p.id WHERE {where}" if values else "best"
        sql = f"{SEARCH} SELECT best.id, best.score FROM {of} ORDER BY best.score DESC, best.id LIMIT :k"
        return [(id, score) for id, score in self._db.rows(sql, {**values, **parts, "k": k})]

    def follow(self, documents: Sequence[str] | None = None) -> None:
        of, values = ("", []) if documents is None else ("p.document = ANY (?) AND", [Many(documents)])
        new = (
            f"SELECT p.id, p.text, d.title, p.voice FROM {JOINED} WHERE {of} "
            f"NOT EXISTS (SELECT 1 FROM words w WHERE w.passage = p.id) LIMIT {BATCH}"
        )
        while rows := self._db.rows(new, values):
            new_ones = [(id, *_vector(_stems(text), _stems(f"{title} {voice}"))) for id, text, title, voice in rows]
            self._db.run_each("INSERT INTO words VALUES (?, ?, CAST(? AS tsvector))", new_ones)
            more = [len(new_ones), sum(length for _, length, _ in new_ones)]
            self._db.run("UPDATE words_held SET passages = passages + ?, length = length + ?", more)
            self._db.run(
                "INSERT INTO vocabulary (stem, passages) SELECT lexeme, count(*) FROM words, unnest(stems) "
                f"WHERE passage IN {LISTED} AND 'A' = ANY (weights) GROUP BY lexeme "
                "ON CONFLICT (stem) DO UPDATE SET passages = vocabulary.passages + excluded.passages",
                [Many(id for id, *_ in rows)],
            )

    def is_wrong(self) -> bool:
        keys = "SELECT 1 FROM {} a LEFT JOIN {} b ON {} WHERE b.{} IS NULL LIMIT 1"
        lacking = self._db.row(keys.format("passages", "words", "a.id = b.passage", "passage"))
        loose = self._db.row(keys.format("words", "passages", "b.id = a.passage", "id"))
        held = self._db.row(
            "SELECT 1 FROM words_held h WHERE (h.passages, h.length) <> "
            "(SELECT count(*), coalesce(sum(length), 0) FROM words)"
        )
        return bool(lacking or loose or held)

    def renew(self) -> None:
        self._db.run("DELETE FROM words")
        self._db.run("DELETE FROM vocabulary")
        self._db.run("UPDATE words_held SET passages = 0, length = 0")
        self.follow()


def _stems(text: str) -> list[list[str]]:
    """For each word of ``text``, in order, the stems of its parts: "e-mail" has two parts, most words have one."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", unspaced.apart(text.lower())))
    return [[_stem(part) for part in _PART.findall(word)] for word in _WORD.findall(plain)]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    """The Porter stem of a word. Like FTS5, this leaves words of one or two letters and very long words unstemmed; very
    long words are cut."""
    if not 2 < len(word.encode()) < LONG:
        return word[:LONG]
    return str(snowballstemmer.stemmer("porter").stemWord(word))  # one cannot be shared by threads


def _vector(text: list[list[str]], names: list[list[str]]) -> tuple[int, str]:
    """Return the number of stems of a passage, and its ``tsvector`` as text. ``text`` gets the weight A; ``names``, the
    title and the speaker, get the weight B. PostgreSQL counts positions up to 16,383, and 256 positions of one stem.

    A word of several parts is also entered as one stem, at the position of its first part, so that its occurrences can
    be counted.
    """
    places: dict[str, list[str]] = {}
    place = 1
    for words, weight in ((text, "A"), (names, "B")):
        for parts in words:
            if 1 < len(parts) <= PARTS and place < MOST_STEMS:
                places.setdefault(" ".join(parts), []).append(f"{place}{weight}")
            for stem in parts[: max(0, MOST_STEMS - place)]:
                places.setdefault(stem, []).append(f"{place}{weight}")
                place += 1
    return place - 1, " ".join(f"{_quoted(stem)}:{','.join(at[:256])}" for stem, at in places.items())


def _quoted(stem: str) -> str:
    return "'" + stem.replace("\\", "\\\\").replace("'", "''") + "'"
