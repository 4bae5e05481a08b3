"""The catalog: documents, passages with their words and vectors, and conversations with the feedback on them.

If the catalog and the vector index of a library differ, the catalog is right. Only this module and the modules of its
tables contain SQL. Each SQL statement is written once, for every kind of database (``sql``). Changes become visible in
whole transactions, and each transaction raises ``generation`` by one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Protocol

from assistant.errors import LibraryError
from assistant.library import moving
from assistant.library.records import Corrected, Correction, DocumentRow, State
from assistant.library.sql import Database
from assistant.library.tables.boilerplate import Boilerplate
from assistant.library.tables.conversations import Conversations
from assistant.library.tables.corrections import Corrections, read_of, with_correction
from assistant.library.tables.documents import Documents
from assistant.library.tables.families import Families
from assistant.library.tables.files import Files
from assistant.library.tables.passages import Passages, Staged
from assistant.library.tables.schema import STEPS, VERSION
from assistant.library.tables.verdicts import Verdicts
from assistant.types import Filters, Searched

SURE, CHANGING, REBUILDING = range(3)  # what ``in_doubt`` says of the index


class FullTextIndex(Protocol):
    """The interface of the full-text index of a catalog, which is the database of a library. SQLite and PostgreSQL each
    have their own implementation."""

    def search(
        self, words: Sequence[str], k: int, filters: Filters, *, in_titles: bool = False
    ) -> list[tuple[str, float]]:
        """Return the ids of the ``k`` passages that match ``words`` best, each with its BM25 score (higher is better),
        the best first. Only passages that match the filters are searched. If ``in_titles`` is true, the words are
        looked up in the titles of the documents instead of the passages' texts."""

    def follow(self, documents: Sequence[str] | None = None) -> None:
        """Add the new passages of these documents to the full-text index, or the new passages of all documents if
        ``documents`` is None. Call this inside a transaction of the catalog."""

    def is_wrong(self) -> bool:
        """Whether the full-text index disagrees with the stored passages."""

    def renew(self) -> None:
        """Rebuild the full-text index from the passages. Call this inside a transaction of the catalog."""


class Catalog:
    """The catalog of one library: the database with its documents, passages and conversations. Several threads and
    processes can use it at once.

    The attributes, such as ``documents`` or ``passages``, give access to the tables. The methods of this class read and
    change the state of the library, or change several tables at once.
    """

    def __init__(self, db: Database, words: FullTextIndex, passage_words: int) -> None:
        self._db = db
        try:
            self._prepare(passage_words)
        except BaseException:
            self._db.close()
            raise
        self.families = Families(self._db)
        self.documents = Documents(self._db, self.families)
        self.files = Files(self._db)
        self.passages = Passages(self._db)
        self.staged = Staged(self._db)
        self.full_text = words
        self._counted: tuple[int, Searched] | None = None
        self.boilerplate = Boilerplate(self._db)
        self.corrections = Corrections(self._db)
        self.conversations = Conversations(self._db)
        self.verdicts = Verdicts(self._db)

    def _prepare(self, passage_words: int) -> None:
        if self._db.version() in STEPS:
            with self._db.changing():
                before = self._db.version()  # somebody else may have made it while we waited
                if before in STEPS:
                    self._db.renew(before)
                if before == 0:
                    self._db.run("INSERT INTO state (passage_words) VALUES (?)", [passage_words])
        if (version := self._db.version()) != VERSION:
            raise LibraryError(
                f"The library {self._db.place} was made by another version of Pushback (schema {version}).",
                hint="Use that version, or remove the library and run `pushback ingest` again.",
            )

    def close(self) -> None:
        """Close the connection to the database."""
        self._db.close()

    def alone(self, patience: float) -> AbstractContextManager[None]:
        """Return a context manager that keeps processes on other machines from writing to the library during its block.
        Before the block begins, it waits at most ``patience`` seconds until such a process has finished. For a catalog
        in an SQLite file it does nothing. Enter it only while holding the lock in the library's folder, which keeps out
        other processes on this machine.

        Raises:
            LibraryLocked: another process is still writing after ``patience`` seconds.
        """
        return self._db.alone(patience)

    # What the library says of itself

    def state(self) -> State:
        """The state of the library: the number of its changes (``generation``), whether the vector index may differ
        from the catalog, and the embedding model and the passage length that the library was made with."""
        row = self._db.row("SELECT generation, in_doubt, passage_words, headed, model, weights, dimension FROM state")
        generation, in_doubt, words, headed, model, weights, dimension = row
        return State(
            generation, in_doubt != SURE, words, bool(headed), model, weights, dimension, in_doubt == REBUILDING
        )

    def searched(self) -> Searched:
        """The number of documents and passages in the library. It is counted again only when the library has changed,
        since counting reads whole tables."""
        generation = self.state().generation
        if self._counted is None or self._counted[0] != generation:
            self._counted = generation, self.documents.searched()
        return self._counted[1]

    def identity(self) -> str:
        """The id of this catalog: a random text, which is made and stored at the first call. The name of the library's
        index on a Chroma server contains this id, so that different libraries never share an index."""
        sql = "SELECT id FROM identity"
        if row := self._db.row(sql):
            return str(row[0])
        with self._db.changing():
            if self._db.row(sql) is None:  # nobody else was quicker
                self._db.run("INSERT INTO identity (id) VALUES (?)", [secrets.token_hex(8)])
            return str(self._db.row(sql)[0])

    def record_model(self, model: str, weights: str, dimension: int, *, headed: bool) -> None:
        """Record the embedding model that makes all vectors of the library: its name, the hash of its weights, and the
        length of a vector. ``headed`` says whether it reads each passage under its title and headings."""
        sql = "UPDATE state SET model = ?, weights = ?, dimension = ?, headed = ?"
        self._db.run(sql, [model, weights, dimension, int(headed)])

    def record_passage_words(self, words: int) -> None:
        """Record the length, in words, that the passages of the library have."""
        self._db.run("UPDATE state SET passage_words = ?", [words])

    def doubt(self, *, rebuilding: bool = False) -> None:
        """Mark the vector index as in doubt: it may differ from the catalog. Call this before changing the index;
        ``trust`` or ``renew`` removes the mark. If ``rebuilding`` is true, the mark also says that the whole index is
        being rebuilt."""
        self._db.run("UPDATE state SET in_doubt = ?", [REBUILDING if rebuilding else CHANGING])

    def trust(self) -> None:
        """Record that the vector index agrees with the catalog again, after ``doubt`` recorded that it may differ."""
        self._db.run("UPDATE state SET in_doubt = ?", [SURE])

    def renew(self) -> None:
        """Record that the vector index has been rebuilt and agrees with the catalog, after ``doubt`` recorded that it
        may differ. This also raises ``generation``, the number of the library's changes. Every process that has the
        index open notices the higher number at its next search, and opens the index again."""
        self._db.run("UPDATE state SET in_doubt = ?, generation = generation + 1", [SURE])

    # What changes several tables at once

    def put(self, documents: Sequence[DocumentRow]) -> list[str]:
        """Add documents, or replace the stored documents with the same ids, in one transaction. Returns the ids of the
        passages that the library no longer has afterwards: passages of replaced documents, and of documents whose only
        file now belongs to another document."""
        return self._put(documents, lambda row: self.passages.put(row.document, row.passages))

    def put_staged(self, row: DocumentRow) -> list[str]:
        """Add or replace one document, in one transaction. The document's passages are taken from the table ``staged``,
        where searches do not find them, and become visible together with the document; passages in ``row`` itself are
        ignored. Returns the ids of the passages that the library no longer has afterwards, as ``put`` does."""
        return self._put([row], lambda _: self.staged.take())

    def attach(self, path: str, source: str, size: int, mtime_ns: int, document: str) -> list[str]:
        """Record a file as another source of an existing document. If the file was the only source of a different
        document until now, that document is removed with its passages. Returns the ids of the removed passages; empty
        if no document was removed.

        ``path`` is the file's absolute path, ``source`` its path relative to the folder that the user gave, and
        ``document`` the id of the existing document.
        """
        with self._changing():
            changed = {document} | self.files.documents([path])
            self.files.put(path, source, size, mtime_ns, document)
            return self._sweep(changed)[1]

    def remove(self, paths: Sequence[str]) -> tuple[int, list[str]]:
        """Remove the files with these absolute paths from the catalog, and the documents that have no file left.
        Returns the number of removed documents and the ids of their passages."""
        with self._changing():
            changed = self.files.documents(paths)
            self.files.forget(paths)
            return self._sweep(changed)

    def correct(self, document: str, said: Correction) -> None:
        """Replace the title, author and date of the document with the id ``document`` by what a person entered
        (``said``). For a field of ``said`` that is None, the value from the document's file is used again. An unknown
        document is ignored."""
        with self._changing():
            if (found := self.documents.get(document)) is None:
                return
            known = self.corrections.get(document)
            held = known or Corrected(said, read_of(found.about), found.about.guessed)
            as_read = replace(with_correction(found.about, held.read), guessed=held.guessed)
            about = with_correction(as_read, said)
            self.corrections.put(document, held._replace(said=said))
            self.documents.rename(about)
            self.staged.clear()
            self.staged.again(document, about.author)
            self.passages.remove([document])
            self.staged.take()
            self.full_text.follow([document])
            if (mtime_ns := self.files.newest(document)) is not None:
                self.families.put(replace(found, about=about), mtime_ns)

    def version(self, document: str) -> None:
        """Find out whether the document with the id ``document`` is a version of another document (the texts of
        versions differ only slightly), and record the group of versions that it belongs to. An unknown document is
        ignored."""
        with self._db.changing():
            found, mtime_ns = self.documents.get(document), self.files.newest(document)
            if found is not None and mtime_ns is not None:
                self.families.put(found, mtime_ns)

    def adopt(self, model: str, weights: str, dimension: int, passage_words: int, *, headed: bool) -> None:
        """Replace all passages by those in the table ``staged``, where searches do not find them. Also record the
        length of the new passages in words (``passage_words``), and the embedding model of their vectors: its name, the
        hash of its weights, the length of a vector (``dimension``), and whether it reads passages under their title and
        headings (``headed``). The vector index is marked as in doubt, because it must be rebuilt afterwards."""
        with self._changing():
            self.passages.clear()
            self.staged.take()
            self.full_text.follow()
            self.record_model(model, weights, dimension, headed=headed)
            self.record_passage_words(passage_words)
            self.doubt(rebuilding=True)

    def renew_words(self) -> None:
        """Rebuild the full-text index from the passages, in one transaction."""
        with self._changing():
            self.full_text.renew()

    def copy(self, db: Database, words: FullTextIndex, progress: moving.Progress | None = None) -> None:
        """Copy the catalog into the empty database ``db``, in one transaction of ``db``. ``words`` is the full-text
        index of ``db``; ``progress`` is called with the number of rows copied and the number of all rows.

        Raises:
            LibraryLocked: another process changed the catalog during the copy.
        """
        self.identity()  # the copy has it, too
        moving.copy(self._db, db, words, progress)

    def is_copy_of(self, other: Catalog) -> bool:
        """Whether this catalog was made from ``other`` by ``copy``, and neither has changed since."""
        return self.identity() == other.identity() and moving.held(self._db) == moving.held(other._db)

    def faults(self) -> list[str]:
        """The damage that the database reports in the catalog, one message for each fault; empty if there is none."""
        return self._db.faults()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._db.changing():
            yield
            self._db.run("UPDATE state SET generation = generation + 1")

    def _put(self, documents: Sequence[DocumentRow], put_passages: Callable[[DocumentRow], None]) -> list[str]:
        gone: set[str] = set()
        with self._changing():
            changed = {row.document.id for row in documents} | self.files.documents([row.path for row in documents])
            origins = self.documents.origins([row.document.id for row in documents])
            for row in documents:
                self.corrections.read_again(row.document)
                row = row._replace(document=self.corrections.applied(row.document))  # noqa: PLW2901
                gone.update(self.passages.remove([row.document.id]))
                self.documents.put(row.document, row.cleaned)
                self.boilerplate.put_lines(row.document.id, row.cleaned.lines)
                self.files.put(row.path, row.document.about.source, row.size, row.mtime_ns, row.document.id)
                put_passages(row)
                self.families.put(row.document, row.mtime_ns)
            self.full_text.follow([row.document.id for row in documents])
            gone.update(self._sweep(changed)[1])
            self.boilerplate.recount(origins | {row.document.about.origin for row in documents})
            return sorted(gone - self.passages.visible(sorted(gone)))

    def _sweep(self, changed: Set[str]) -> tuple[int, list[str]]:
        """Remove the documents in ``changed`` that have no source file left. Returns the number of removed documents
        and the ids of their passages."""
        among = sorted(changed)
        orphans = self.documents.orphans(among)
        origins = self.documents.origins(orphans)
        gone = self.passages.remove(orphans)
        self.documents.sweep(among)
        self.boilerplate.recount(origins)
        return len(orphans), gone
