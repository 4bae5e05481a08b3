"""A library: its catalog and its vector index, kept consistent. Other modules reach both only through ``Library``.

The catalog is the truth. The index is asked for ids only, and each is looked up in the catalog (``searching``), so
that a vector whose document is not visible yet, or no more, is never seen. Opening a library reads the catalog alone;
Chroma and the model's identity wait until vectors are needed (``guard``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import DocumentMissing, LibraryMissing
from assistant.library.database import places
from assistant.library.doctor import examine
from assistant.library.guard import IndexGuard
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import (
    Conversation,
    Corrected,
    Entry,
    Feedback,
    Holdings,
    KeptVerdict,
    KnownFile,
    Listed,
    NewDocument,
    Opinion,
    Problem,
    Stored,
)
from assistant.library.searching import EVERYTHING, Searching
from assistant.library.upkeep import Progress, Split, SplitAnew, reindex
from assistant.library.writer import Writer
from assistant.model.embedding import Vectors
from assistant.types import About, Document, Filters, Passage, Searched

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder
    from assistant.settings import Settings

__all__ = [
    "Conversation",
    "Entry",
    "Feedback",
    "Holdings",
    "KeptVerdict",
    "KnownFile",
    "Library",
    "Listed",
    "NewDocument",
    "Opinion",
    "Problem",
    "Stored",
    "Writer",
]


class Library:
    """One library, open. Usable from several threads; a context manager that closes it.

    ``conversations`` and ``verdicts`` are its stored conversations and pressure tests.

    Raises:
        LibraryMissing: the library does not exist, and ``create`` is false.
        IndexMismatch: when vectors are about to be used, and were made by another model or from other passages.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._catalog = places.opened(settings)
        self._index = VectorIndex(settings.folder, settings.chroma_url, self._name_on_server)
        self._guard = IndexGuard(settings, embedder, self._catalog, self._index)
        self._searching = Searching(self._catalog, self._index, self._guard)
        self.conversations = self._catalog.conversations
        self.verdicts = self._catalog.verdicts

    @classmethod
    def open(cls, settings: Settings, embedder: Embedder, *, create: bool = False) -> Library:
        """Open the library that the settings name; with ``create``, make it if it does not exist.

        Raises:
            LibraryMissing: it does not exist.
            LibraryError: it cannot be read, or its catalog was emptied by something else.
        """
        if places.is_there(settings):
            places.check_not_emptied(settings)
        else:
            if not create:
                where = settings.home if settings.catalog is None else "the database that the setting catalog names"
                raise LibraryMissing(f"There is no library {settings.library!r} in {where}.")
            places.begin(settings)
        return cls(settings, embedder)

    def _name_on_server(self) -> str:
        """The name of the library's collection on a Chroma server."""
        return f"{self._settings.library}-{self._catalog.identity()}"

    def close(self) -> None:
        """Close all files and connections; a second call does nothing."""
        self._index.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def searched(self, filters: Filters = EVERYTHING) -> Searched:
        """How many documents and passages there are to be searched."""
        return self._catalog.searched() if filters == EVERYTHING else self._catalog.documents.searched(filters)

    def holdings(self) -> Holdings:
        """An overview of the documents: kinds, years and authors."""
        return self._catalog.documents.holdings()

    def some(self, number: int) -> list[Document]:
        """A few documents, spread over all and always the same ones."""
        found = (self._catalog.documents.get(id) for id in self._catalog.documents.some(number))
        return [document for document in found if document is not None]

    def digest(self) -> str:
        """A digest of all documents: it changes only when a document is added, changed or removed."""
        return hashlib.sha256("".join(self._catalog.documents.contents()).encode()).hexdigest()[:16]

    def entries(self) -> list[Entry]:
        """Every document, by source."""
        return self._catalog.documents.entries()

    def listed(self) -> list[Listed]:
        """Every document, by source, with what a long list shows. One query fetches them all."""
        return self._catalog.documents.listed()

    def document(self, key: str) -> Document:
        """The document of this id or source.

        Raises:
            DocumentMissing: there is no such document.
        """
        document = self._catalog.documents.get(key)
        if document is None:
            raise DocumentMissing(f"There is no document {key!r} in the library {self._settings.library!r}.")
        return document

    def corrected(self, document: str) -> Corrected | None:
        """The title, author and date that a person entered for a document, with those that its file gives; None if
        nobody entered any."""
        return self._catalog.corrections.get(document)

    def quote(self, document: str, start: int, end: int) -> str | None:
        """The document's text at these offsets; None when there is no such document or stretch."""
        text = self._catalog.documents.text(document)
        return None if text is None or not 0 <= start < end <= len(text) else text[start:end]

    def around(self, document: str, start: int, end: int, most: int) -> tuple[str, str, str] | None:
        """The text that ``quote`` returns, with at most so many characters before and after it."""
        text = self._catalog.documents.text(document)
        if text is None or not 0 <= start < end <= len(text):
            return None
        return text[max(0, start - most) : start], text[start:end], text[end : end + most]

    def dense(self, vector: Vectors, k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ``k`` visible passages nearest to a vector of length 1, with their cosine, best first."""
        return self._searching.dense(vector, k, filters)

    def lexical(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ``k`` passages that fit any of the words best (BM25 over stems), best first; higher is better."""
        return self._catalog.full_text.search(words, k, filters)

    def titled(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[About]:
        """Documents whose titles have the words, rare words counting more, from the ``k`` passages that match best."""
        found = self._catalog.full_text.search(words, k, filters, in_titles=True)
        return self._catalog.documents.holding([id for id, _ in found])

    def stored(self, ids: Sequence[str]) -> list[Stored]:
        """These passages with their sentences' vectors, in this order; unknown ids are left out."""
        return _stored(self._catalog.passages.get(ids))

    def stored_of(self, document: str) -> list[Stored]:
        """All passages of one document, by id, in its order; empty when there is no such document."""
        return _stored(self._catalog.passages.of(document))

    def versions(self, document: str) -> list[About]:
        """The versions of this document (by id) that differ slightly, itself among them, the newest first.

        Empty if the document is the only version, or does not exist.
        """
        family = self._catalog.families.of([document]).get(document, [])
        found = (self._catalog.documents.get(version.document) for version in family)
        return [version.about for version in found if version is not None]

    def places(self, documents: Sequence[str]) -> dict[str, tuple[str, int]]:
        """For each document that has other versions: its group of versions, and its place in the group (the newest is
        0)."""
        return self._catalog.families.places(documents)

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """The files that were read, by absolute path: all, or those named and those in the folders named."""
        return self._catalog.files.known(under)

    def keeps(self) -> dict[str, frozenset[str]]:
        """The reasons for which boilerplate is kept, by the files and folders they were set for."""
        return self._catalog.boilerplate.keeps()

    def generation(self) -> int:
        """A number that is higher after every change of what is visible."""
        return self._catalog.state().generation

    # Writing and upkeep

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Be the only writer for the duration of the block.

        Raises:
            LibraryLocked: another process is writing.
            IndexMismatch: the library's passages are of another length than the settings say.
        """
        with self._guard.lock():
            if self.searched().documents == 0:
                self._catalog.record_passage_words(self._settings.passage_words)
            self._guard.check_passages(self._catalog.state())
            if self._catalog.staged.count():  # a writer was killed in the middle of a long document
                self._catalog.staged.clear()
            for document in self._catalog.families.unasked():
                self._catalog.version(document)
            yield Writer(self._catalog, self._guard.to_write)

    def repair(self) -> bool:
        """Repair what a killed writer left behind; returns whether there was anything. The next search or writing also
        does this.

        Raises:
            LibraryLocked: another process is writing.
        """
        return self._guard.repair()

    def doctor(self) -> list[Problem]:
        """List the problems, each with its remedy. What can be repaired safely is repaired, unless another process is
        writing."""
        return examine(self._catalog, self._index, self._guard)

    def reindex(self, progress: Progress | None = None, split: Split | None = None) -> None:
        """Embed every passage again with the current model. ``split`` makes new passages if their length changed.

        Until this is finished, the library stays as it was and can be searched.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self._guard.lock():
            anew = SplitAnew(split, self._settings.passage_words) if split else None
            reindex(self._catalog, self._index, self._embedder, anew, progress)

    def move(self, catalog: str | None, progress: Progress | None = None) -> str:
        """Move the catalog to a PostgreSQL database, or into a file (None); returns the new name of the old catalog.

        The library is closed afterwards. If the move is interrupted, either the old catalog or the new one is complete,
        and a second call finishes the move. All other files stay in the library's folder.

        Raises:
            LibraryLocked: another process is writing, or used the library meanwhile.
            LibraryError: there is another library of this name.
        """
        with self._guard.lock():
            places.copy(self._catalog, self._settings.model_copy(update={"catalog": catalog}), progress)
            self.close()
            return places.set_aside(self._settings)


def _stored(found: Sequence[tuple[Passage, bytes]]) -> list[Stored]:
    return [
        Stored(passage, np.frombuffer(vectors, np.float16).astype(np.float32).reshape(len(passage.sentences), -1))
        for passage, vectors in found
    ]
