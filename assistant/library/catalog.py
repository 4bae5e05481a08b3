"""The catalog: documents, passages, their words and their vectors, and conversations with what is said of them.

The one module that knows SQL, and the truth of a library. What it shows changes in whole transactions, and each
raises ``generation`` by one.
Its methods take and give our own values, so that a catalog on another database can stand in its place.
"""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import LibraryDamaged, LibraryError
from assistant.library import conversations, furniture, holdings, listing, verdicts, versions
from assistant.library.narrowing import conditions, voice
from assistant.library.records import (
    Cleaned,
    Conversation,
    DocumentRow,
    Entry,
    Feedback,
    Holdings,
    KeptVerdict,
    KnownFile,
    Listed,
    PassageRow,
    State,
    Version,
)
from assistant.library.schema import STEPS, VERSION, WORDS
from assistant.library.sqlite import Database
from assistant.types import About, Block, BlockKind, Document, Dropped, Filters, Passage, Searched, Sentence

# What a word weighs in a passage's text, its document's title, and the name of who speaks.
WEIGHTS = "bm25(1.0, 0.5, 0.5)"
MOST_WORDS = 500  # of one search; more say no more, and FTS5 slows down

ABOUT = "d.id, d.source, d.sha256, d.media_type, d.title, d.author, d.date, c.language, c.site"
DOCUMENTS = "documents d LEFT JOIN cleaned c ON c.document = d.id"
JOINED = "passages p JOIN documents d ON d.id = p.document LEFT JOIN cleaned c ON c.document = d.id"
PASSAGE = f'p.id, p.start, p."end", p.text, p.spans, p.headings, p.speaker, p.page, {ABOUT}'
COLUMNS = 'id, document, start, "end", voice, speaker, page, headings, text, spans, sentences, vector'
LISTED = "(SELECT value FROM json_each(?))"
FIRST_SOURCE = "(SELECT s.source FROM sources s WHERE s.document = documents.id ORDER BY s.key LIMIT 1)"


class Catalog:
    """The tables of one library, as values. Usable from several threads and processes at once."""

    def __init__(self, path: Path, passage_words: int) -> None:
        self._db = Database(path)
        try:
            self._prepare(path, passage_words)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, path: Path, passage_words: int) -> None:
        if self._version() in STEPS:
            with self._db.changing():
                before = self._version()  # somebody else may have made it while we waited
                for statement in STEPS.get(before, ()):
                    self._db.run(statement)
                if before == 0:
                    self._db.run("INSERT INTO state (passage_words) VALUES (?)", [passage_words])
                if before in STEPS:
                    self._db.run(f"PRAGMA user_version = {VERSION}")
        if self._version() != VERSION:
            raise LibraryError(
                f"The library {path.parent} was made by another version of Pushback (schema {self._version()}).",
                hint="Use that version, or remove the folder and run `pushback ingest` again.",
            )

    def _version(self) -> int:
        return int(self._db.row("PRAGMA user_version")[0])

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    # What the library says of itself

    def state(self) -> State:
        """Generation, doubt, and what the library was made with."""
        row = self._db.row("SELECT generation, in_doubt, passage_words, model, weights, dimension FROM state")
        return State(row[0], bool(row[1]), *row[2:])

    def record_model(self, model: str, weights: str, dimension: int) -> None:
        """Write down what makes the vectors."""
        self._db.run("UPDATE state SET model = ?, weights = ?, dimension = ?", [model, weights, dimension])

    def record_passage_words(self, words: int) -> None:
        """Write down how long passages are."""
        self._db.run("UPDATE state SET passage_words = ?", [words])

    def doubt(self) -> None:
        """The index is about to change: until ``trust``, it may hold anything."""
        self._db.run("UPDATE state SET in_doubt = 1")

    def trust(self) -> None:
        """The index holds the catalog's passages again."""
        self._db.run("UPDATE state SET in_doubt = 0")

    def renew(self) -> None:
        """Tell readers that the index was made anew."""
        self._db.run("UPDATE state SET in_doubt = 0, generation = generation + 1")

    # Reading

    def searched(self) -> Searched:
        """How many documents and passages there are."""
        return Searched(*self._db.row("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)"))

    def holdings(self) -> Holdings:
        """What there is, at a glance."""
        return holdings.read(self._db)

    def some(self, number: int) -> list[str]:
        """The ids of a few documents, always the same ones."""
        return holdings.some(self._db, number)

    def contents(self) -> list[str]:
        """The hash of each document's bytes, in order."""
        return [sha256 for (sha256,) in self._db.rows("SELECT sha256 FROM documents ORDER BY sha256")]

    def entries(self) -> list[Entry]:
        """Every document, by source; each with the state of being there."""
        sources: dict[str, list[tuple[str, str]]] = {}
        with self._db.reading():
            for document, source, path in self._db.rows("SELECT document, source, path FROM sources ORDER BY key"):
                sources.setdefault(document, []).append((source, path))
            counts = dict(self._db.rows("SELECT document, count(*) FROM passages GROUP BY document"))
            abouts = [About(*row) for row in self._db.rows(f"SELECT {ABOUT} FROM {DOCUMENTS} ORDER BY d.source, d.id")]
            families = self._families()
        return [
            Entry(
                about,
                tuple(source for source, _ in sources[about.id]),
                counts.get(about.id, 0),
                "ready" if any(Path(path).exists() for _, path in sources[about.id]) else "source missing",
                tuple(version.document for version in families.get(about.id, ())),
                versions.newer(about.id, families.get(about.id, ())),
            )
            for about in abouts
        ]

    def listed(self) -> list[Listed]:
        """Every document, by source, as a long list shows it."""
        return listing.listed(self._db)

    def document(self, key: str) -> Document | None:
        """The document of this id, or the first that was ingested under this source."""
        row = self._db.row(
            f"SELECT {ABOUT}, d.text, d.blocks, d.dropped FROM {DOCUMENTS} WHERE d.id = :key "
            "OR d.id = (SELECT document FROM sources WHERE source = :key ORDER BY key LIMIT 1) "
            "ORDER BY d.id = :key DESC LIMIT 1",
            {"key": key},
        )
        if row is None:
            return None
        blocks = tuple(
            Block(BlockKind(kind), start, end, tuple(headings), speaker, page)
            for kind, start, end, headings, speaker, page in json.loads(row[-2])
        )
        return Document(About(*row[:-3]), row[-3], blocks, tuple(Dropped(*piece) for piece in json.loads(row[-1])))

    def text(self, document: str) -> str | None:
        """The canonical text of a document."""
        row = self._db.row("SELECT text FROM documents WHERE id = ?", [document])
        return None if row is None else str(row[0])

    def passages(self, ids: Sequence[str]) -> list[tuple[Passage, bytes]]:
        """These passages and their sentences' vectors, in this order; unknown ids are left out."""
        sql = f"SELECT p.sentences, {PASSAGE} FROM {JOINED} WHERE p.id IN {LISTED}"
        found = {row[1]: row for row in self._db.rows(sql, [json.dumps(ids)])}
        return _passages(found[id] for id in ids if id in found)

    def passages_of(self, document: str) -> list[tuple[Passage, bytes]]:
        """All passages of one document, in its order, with their sentences' vectors."""
        sql = f"SELECT p.sentences, {PASSAGE} FROM {JOINED} WHERE d.id = ? ORDER BY p.start"
        return _passages(self._db.rows(sql, [document]))

    def family(self, document: str) -> list[Version]:
        """The versions of the piece that a document is one of, the newest first; empty when it is the only one."""
        return self._families([document]).get(document, [])

    def places(self, documents: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Of those documents that have other versions: the family, and the place in it from 0, the newest."""
        families = self._families(documents)
        return {
            document: (family[0].family, [version.document for version in family].index(document))
            for document, family in families.items()
        }

    def visible(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that are passages of the library."""
        return {id for (id,) in self._db.rows(f"SELECT id FROM passages WHERE id IN {LISTED}", [json.dumps(ids)])}

    def allowed(self, filters: Filters) -> list[str]:
        """The passages that a filter leaves."""
        where, values = conditions(filters)
        sql = f"SELECT p.id FROM {JOINED} WHERE {where} ORDER BY p.id"
        return [id for (id,) in self._db.rows(sql, values)]

    def lexical(self, words: Sequence[str], k: int, filters: Filters) -> list[tuple[str, float]]:
        """The ``k`` passages that hold most of the words, rare ones first (BM25), higher is better."""
        quoted = ('"' + word.replace('"', '""').replace("\0", "") + '"' for word in words)
        query = " OR ".join(list(dict.fromkeys(quoted))[:MOST_WORDS])
        if not query:
            return []
        where, values = conditions(filters)
        sql = (
            "SELECT p.id, -words.rank FROM words "
            "JOIN passages p ON p.key = words.rowid JOIN documents d ON d.id = p.document "
            "LEFT JOIN cleaned c ON c.document = d.id "
            f"WHERE words MATCH :query AND words.rank MATCH '{WEIGHTS}' AND {where} ORDER BY words.rank, p.id LIMIT :k"
        )
        return [(id, score) for id, score in self._db.rows(sql, {**values, "query": query, "k": k})]

    def counts(self, stems: Sequence[str]) -> dict[str, int]:
        """How many passages have each of these stems (the original Porter stems, lower case); 0 is left out."""
        sql = f"SELECT term, doc FROM vocabulary WHERE col = 'text' AND term IN {LISTED}"
        return dict(self._db.rows(sql, [json.dumps(list(stems))]))

    def vectors(self, size: int) -> Iterator[list[tuple[str, bytes]]]:
        """All passages' ids and vectors, ``size`` at a time, as they were when each batch was read."""
        last = 0
        while rows := self._db.rows(
            "SELECT key, id, vector FROM passages WHERE key > ? ORDER BY key LIMIT ?", [last, size]
        ):
            yield [(id, vector) for _, id, vector in rows]
            last = rows[-1][0]

    # Files

    def known(self, under: Sequence[str]) -> dict[str, KnownFile]:
        """The files that were read, by absolute path: those named, and those in the folders named."""
        sql = (
            "SELECT s.path, s.source, s.size, s.mtime_ns, d.sha256, d.id, coalesce(c.kept, ''), coalesce(c.stale, 0) "
            "FROM sources s JOIN documents d ON d.id = s.document LEFT JOIN cleaned c ON c.document = d.id "
            "ORDER BY s.path"
        )
        folders = tuple(path.rstrip(os.sep) + os.sep for path in under)
        files = (
            KnownFile(path, source, size, mtime_ns, sha256, id, _reasons(kept), bool(stale))
            for path, source, size, mtime_ns, sha256, id, kept, stale in self._db.rows(sql)
        )
        return {file.path: file for file in files if file.path in under or file.path.startswith(folders)}

    def paths(self, document: str) -> list[str]:
        """The files of a document, the first first."""
        sql = "SELECT path FROM sources WHERE document = ? ORDER BY key"
        return [path for (path,) in self._db.rows(sql, [document])]

    def find_content(self, sha256: str, kept: Sequence[str] = ()) -> str | None:
        """The document made from these bytes, cleaned as they would be today with what is to be kept."""
        as_today = "coalesce(c.kept, '') = ? AND coalesce(c.stale, 0) = 0"
        sql = f"SELECT d.id FROM {DOCUMENTS} WHERE d.sha256 = ? AND {as_today} ORDER BY d.id LIMIT 1"
        row = self._db.row(sql, [sha256, "\n".join(kept)])
        return None if row is None else str(row[0])

    # Writing

    def put(self, documents: Sequence[DocumentRow]) -> list[str]:
        """Add or replace documents, in one transaction; the ids of passages that are no more."""
        gone: set[str] = set()
        with self._changing():
            origins = self._origins([row.document.id for row in documents])
            for row in documents:
                gone.update(self._passages_gone("document = ?", [row.document.id]))
                self._put_document(row.document, row.cleaned)
                self._put_source(row.path, row.document.about.source, row.size, row.mtime_ns, row.document.id)
                self._put_passages("passages", row.document, row.passages)
                self._put_version(row.document, row.mtime_ns)
            gone.update(self._sweep()[1])
            furniture.recount(self._db, origins | {row.document.about.origin for row in documents})
        return sorted(gone.difference(passage.passage.id for row in documents for passage in row.passages))

    def put_staged(self, row: DocumentRow) -> list[str]:
        """Add or replace a document whose passages were all put aside; the ids of passages that are no more."""
        with self._changing():
            origins = self._origins([row.document.id])
            gone = set(self._passages_gone("document = ?", [row.document.id]))
            self._put_document(row.document, row.cleaned)
            self._put_source(row.path, row.document.about.source, row.size, row.mtime_ns, row.document.id)
            self._take_staged()
            self._put_version(row.document, row.mtime_ns)
            gone.update(self._sweep()[1])
            furniture.recount(self._db, origins | {row.document.about.origin})
            return sorted(gone - self.visible(sorted(gone)))

    def attach(self, path: str, source: str, size: int, mtime_ns: int, document: str) -> list[str]:
        """Let a file be one more source of a document; the ids of passages that are no more."""
        with self._changing():
            self._put_source(path, source, size, mtime_ns, document)
            return self._sweep()[1]

    def touch(self, path: str, size: int, mtime_ns: int) -> None:
        """The file has a new time and the same content."""
        self._db.run("UPDATE sources SET size = ?, mtime_ns = ? WHERE path = ?", [size, mtime_ns, path])

    def remove(self, paths: Sequence[str]) -> tuple[int, list[str]]:
        """Forget files, and documents that have none left: how many, and the ids of their passages."""
        with self._changing():
            self._db.run(f"DELETE FROM sources WHERE path IN {LISTED}", [json.dumps(paths)])
            return self._sweep()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._db.changing():
            yield
            self._db.run("UPDATE state SET generation = generation + 1")

    def _put_document(self, document: Document, cleaned: Cleaned) -> None:
        about = document.about
        blocks = [[b.kind, b.start, b.end, b.headings, b.speaker, b.page] for b in document.blocks]
        dropped = [[d.text, d.reason, d.at] for d in document.dropped]
        names = ["id", "source", "sha256", "media_type", "title", "author", "date", "text", "blocks", "dropped"]
        updates = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        self._db.run(
            f"INSERT INTO documents ({', '.join(names)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (id) DO UPDATE SET {updates}",
            [
                *(about.id, about.source, about.sha256, about.media_type, about.title, about.author, about.date),
                *(document.text, _json(blocks), _json(dropped)),
            ],
        )
        self._db.run(
            "INSERT OR REPLACE INTO cleaned (document, language, site, origin, kept, stale) VALUES (?, ?, ?, ?, ?, 0)",
            [about.id, about.language, about.site, about.origin, "\n".join(cleaned.kept)],
        )
        furniture.put_lines(self._db, about.id, cleaned.lines)

    def _put_source(self, path: str, source: str, size: int, mtime_ns: int, document: str) -> None:
        self._db.run(
            "INSERT INTO sources (path, source, size, mtime_ns, document) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET source = excluded.source, size = excluded.size, "
            "mtime_ns = excluded.mtime_ns, document = excluded.document",
            [path, source, size, mtime_ns, document],
        )

    def _put_passages(self, table: str, document: Document, rows: Iterable[PassageRow]) -> None:
        self._db.run_each(
            f"INSERT INTO {table} ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(passage.id, document.id, passage.start, passage.end),
                    *(voice(passage.speaker or document.about.author or ""), passage.speaker, passage.page),
                    *(_json(passage.headings), passage.text, _json(passage.sentences), sentences, vector),
                )
                for passage, vector, sentences in rows
            ],
        )

    # What cleaning goes by

    def _origins(self, ids: Sequence[str]) -> set[str | None]:
        sql = f"SELECT DISTINCT origin FROM cleaned WHERE document IN {LISTED}"
        return {origin for (origin,) in self._db.rows(sql, [_json(ids)])}

    def recurring(self) -> frozenset[int]:
        """The lines that are known to recur over documents of one site or author, as hashes."""
        return furniture.known(self._db)

    def keep(self, paths: Sequence[str], reasons: Sequence[str]) -> None:
        """Let pieces be kept for these reasons in these files and folders, in the place of what was said for them."""
        with self._db.changing():
            furniture.keep(self._db, paths, reasons)

    def keeps(self) -> dict[str, frozenset[str]]:
        """What is kept, by the paths that it was said for."""
        return furniture.keeps(self._db)

    # Versions

    def unversioned(self) -> list[str]:
        """The documents of which it was never asked whether they are versions: those of a library of version 2."""
        sql = "SELECT id FROM documents WHERE id NOT IN (SELECT document FROM versions) ORDER BY id"
        return [id for (id,) in self._db.rows(sql)]

    def version(self, document: str) -> None:
        """Ask it of a document that is there."""
        with self._db.changing():
            found = self.document(document)
            mtime_ns = self._db.row("SELECT max(mtime_ns) FROM sources WHERE document = ?", [document])[0]
            if found is not None and mtime_ns is not None:
                self._put_version(found, mtime_ns)

    def _put_version(self, document: Document, mtime_ns: int) -> None:
        """Put a document into the family of what it is a version of, or begin one."""
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
        """The family of the document that is most like these shingles, if one is enough so."""
        shared: Counter[str] = Counter()
        for key in keys:
            sql = "SELECT document FROM shingles WHERE hash = ? LIMIT ?"
            shared.update(document for (document,) in self._db.rows(sql, [key, versions.COMMON]))
        likely = [document for document, count in shared.most_common(versions.COMPARED) if 2 * count >= len(keys)]
        alike = {document: versions.alike(own, versions.shingles(self.text(document) or "")) for document in likely}
        best = max(alike, key=lambda document: alike[document], default=None)
        if best is None or alike[best] < versions.ALIKE:
            return None
        return str(self._db.row("SELECT family FROM versions WHERE document = ?", [best])[0])

    def _families(self, documents: Sequence[str] | None = None) -> dict[str, list[Version]]:
        """For each of these documents (or all) that has other versions: all of them, the newest first."""
        of = f"WHERE v.family IN (SELECT family FROM versions WHERE document IN {LISTED})"
        rows = self._db.rows(
            "SELECT v.document, v.family, d.date, v.figures FROM versions v JOIN documents d ON d.id = v.document "
            f"{'' if documents is None else of} ORDER BY v.family, v.time DESC, v.key DESC",
            [] if documents is None else [json.dumps(documents)],
        )
        families: dict[str, list[Version]] = {}
        for row in rows:
            families.setdefault(row[1], []).append(Version(*row))
        several = (family for family in families.values() if len(family) > 1)
        every = {version.document: family for family in several for version in family}
        return every if documents is None else {id: every[id] for id in documents if id in every}

    def _passages_gone(self, where: str, values: Sequence[str] = ()) -> list[str]:
        return [id for (id,) in self._db.rows(f"DELETE FROM passages WHERE {where} RETURNING id", values)]

    def _sweep(self) -> tuple[int, list[str]]:
        """Remove documents without a source, and let the others go by their first: how many, and which passages."""
        orphan = "NOT IN (SELECT document FROM sources)"
        origins = {
            origin for (origin,) in self._db.rows(f"SELECT DISTINCT origin FROM cleaned WHERE document {orphan}")
        }
        gone = self._passages_gone(f"document {orphan}")
        documents = self._db.run(f"DELETE FROM documents WHERE id {orphan}")
        furniture.recount(self._db, origins)
        self._db.run(f"UPDATE documents SET source = {FIRST_SOURCE} WHERE source <> {FIRST_SOURCE}")
        return documents, gone

    # Passages that are put aside: of a library that is being reindexed, or of a document that is being read

    def document_ids(self) -> list[str]:
        """Every document's id."""
        return [id for (id,) in self._db.rows("SELECT id FROM documents ORDER BY id")]

    def staged(self) -> int:
        """How many passages are put aside, which nobody wants who is not putting them there."""
        return int(self._db.row("SELECT count(*) FROM staged")[0])

    def unstage(self) -> None:
        """Forget what was put aside."""
        self._db.run("DELETE FROM staged")

    def stage(self, passages: Sequence[PassageRow], documents: Sequence[Document]) -> None:
        """Put passages aside; one document for each."""
        with self._db.changing():
            for row, document in zip(passages, documents, strict=True):
                self._put_passages("staged", document, [row])

    def staged_vectors(self, size: int) -> Iterator[list[tuple[str, bytes]]]:
        """The ids and vectors of the passages that are put aside, ``size`` at a time."""
        last = 0
        while rows := self._db.rows(
            "SELECT rowid, id, vector FROM staged WHERE rowid > ? ORDER BY rowid LIMIT ?", [last, size]
        ):
            yield [(id, vector) for _, id, vector in rows]
            last = rows[-1][0]

    def adopt(self, model: str, weights: str, dimension: int, passage_words: int) -> None:
        """Let what was put aside take the place of all passages; the index is in doubt until it is made anew."""
        with self._changing():
            self._db.run("DELETE FROM passages")
            self._take_staged()
            self.record_model(model, weights, dimension)
            self._db.run("UPDATE state SET in_doubt = 1, passage_words = ?", [passage_words])

    def _take_staged(self) -> None:
        self._db.run(f"INSERT INTO passages ({COLUMNS}) SELECT {COLUMNS} FROM staged ORDER BY rowid")
        self._db.run("DELETE FROM staged")

    # Upkeep

    def faults(self) -> list[str]:
        """What is broken in the catalog itself, in the database's words; empty when all is well."""
        with self._db.reading():
            broken = [row[0] for row in self._db.rows("PRAGMA integrity_check(5)") if row[0] != "ok"]
            return broken + [f"a row of {row[0]} points nowhere" for row in self._db.rows("PRAGMA foreign_key_check")]

    def words_are_wrong(self) -> bool:
        """Whether the words that are searched are not those of the passages."""
        keys = "SELECT {} FROM {} EXCEPT SELECT {} FROM {}"
        lacking = self._db.row(keys.format("key", "passages", "rowid", "words"))
        loose = self._db.row(keys.format("rowid", "words", "key", "passages"))
        try:
            self._db.run("INSERT INTO words (words) VALUES ('integrity-check')")
        except LibraryDamaged:
            return True
        return bool(lacking or loose)

    def renew_words(self) -> None:
        """Make the words that are searched anew from the passages."""
        with self._changing():
            self._db.run("DROP TABLE words")
            self._db.run(WORDS)
            self._db.run(
                f"INSERT INTO words (rowid, text, title, voice) SELECT p.key, p.text, d.title, p.voice FROM {JOINED}"
            )

    # Conversations

    def new_conversation(self, owner: str | None = None) -> str:
        """Begin a conversation; its id."""
        return conversations.begin(self._db, owner)

    def conversations(self, owner: str | None = None) -> list[Conversation]:
        """All of one owner, the latest first; None: those that are nobody's."""
        return conversations.listed(self._db, owner)

    def belongs(self, conversation: str, owner: str | None) -> bool:
        """Whether the conversation is there, and this owner's."""
        return conversations.belongs(self._db, conversation, owner)

    def add_turn(self, conversation: str, title: str, answer: str, at: int | None = None) -> bool:
        """Keep a turn, in the place of the one ``at`` (from 1) and those after it; False: no such conversation."""
        return conversations.add_turn(self._db, conversation, title, answer, at)

    def turns(self, conversation: str) -> list[str] | None:
        """The turns as they were kept, in order; None when there is no such conversation."""
        return conversations.turns(self._db, conversation)

    def rename_conversation(self, conversation: str, title: str) -> bool:
        """Give a conversation a title; False when there is none of that id."""
        return conversations.rename(self._db, conversation, title)

    def retitle(self, conversation: str, before: str, title: str) -> None:
        """Give a conversation a title in the place of the one ``before``; nothing happens when it has another."""
        conversations.retitle(self._db, conversation, before, title)

    def delete_conversation(self, conversation: str) -> bool:
        """Put a conversation away, for good after an hour; False when there is none of that id."""
        return conversations.delete(self._db, conversation)

    def restore_conversation(self, conversation: str) -> bool:
        """Bring back a conversation that was put away; False when it is gone for good."""
        return conversations.restore(self._db, conversation)

    def give_feedback(self, conversation: str, turn: int, citation: int | None, verdict: str, note: str) -> bool:
        """Keep what is said of a turn or a citation, in place of what was. False: there is no such turn."""
        return conversations.give_feedback(self._db, conversation, turn, citation, verdict=verdict, note=note)

    def withdraw_feedback(self, conversation: str, turn: int, citation: int | None) -> None:
        """Forget what was said of a turn or a citation, if anything."""
        conversations.withdraw_feedback(self._db, conversation, turn, citation)

    def feedback(self, conversation: str | None) -> list[Feedback]:
        """What was said of one conversation, or of all: the earliest first, by turn, the whole answer first."""
        return conversations.feedback(self._db, conversation)

    # Pressure tests

    def keep_verdict(self, idea: str, ruling: str, verdict: str, revises: str | None, owner: str | None = None) -> str:
        """Keep a verdict's JSON; its id."""
        return verdicts.keep(self._db, idea, ruling, verdict, revises=revises, owner=owner)

    def put_verdict(self, kept: KeptVerdict, verdict: str) -> None:
        """Keep a verdict's JSON as ``kept`` lists it, in the place of what is kept under its id."""
        verdicts.put(self._db, kept, verdict)

    def verdicts(self, owner: str | None = None) -> list[KeptVerdict]:
        """All of one owner, the latest first; None: those that are nobody's."""
        return verdicts.listed(self._db, owner)

    def verdict(self, id: str) -> tuple[KeptVerdict, str] | None:
        """A kept verdict and its JSON; None when there is none of that id."""
        return verdicts.read(self._db, id)

    def remove_verdict(self, id: str) -> bool:
        """Forget a verdict; False when there is none of that id."""
        return verdicts.remove(self._db, id)


def _reasons(kept: str) -> tuple[str, ...]:
    return tuple(kept.split("\n")) if kept else ()


def _passages(rows: Iterable[Any]) -> list[tuple[Passage, bytes]]:
    """Passages from rows of ``sentences`` and ``PASSAGE``; those of one document share what is said about it."""
    abouts: dict[str, About] = {}
    found = []
    for sentences, id, start, end, text, spans, headings, speaker, page, *about in rows:
        shared = abouts.setdefault(about[0], About(*about))
        own = tuple(Sentence(first, last, BlockKind(kind), *more) for first, last, kind, *more in json.loads(spans))
        passage = Passage(id, shared, start, end, text, own, tuple(json.loads(headings)), speaker, page)
        found.append((passage, sentences))
    return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
