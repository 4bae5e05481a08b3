"""A library: its catalog and its vector index, kept consistent. Other modules use both only through ``Library``.

If the two differ, the catalog is right. The vector index returns ids only, and each id is looked up in the catalog
(``searching``). So a search never returns a passage whose document is not visible yet or was removed. Opening a library
reads only the catalog; Chroma and the embedding model are loaded when vectors are needed (``guard``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import DocumentMissing, LibraryMissing
from assistant.library import places
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
from assistant.library.upkeep import Progress, Split, Splitting, reindex
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
    """An open library: documents that can be searched, and the conversations about them. Several threads can use it. As
    a context manager, it closes itself at the end of the block.

    ``conversations`` has the stored conversations, ``verdicts`` the stored pressure tests (tests of an idea against the
    documents).

    Raises:
        LibraryMissing: ``open`` is called with ``create`` false, and the library does not exist.
        IndexMismatch: a method needs the vectors, and the library was made with another embedding model or another
            passage length than the settings name.
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
        """Open the library chosen in ``settings``. If it does not exist and ``create`` is true, create it. ``embedder``
        embeds questions and new passages.

        Raises:
            LibraryMissing: the library does not exist, and ``create`` is false.
            LibraryError: the library cannot be read, or another program has emptied its catalog.
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
        """The name of the collection that holds this library's vectors on a Chroma server."""
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
        """The number of documents and passages that match the filters."""
        return self._catalog.searched() if filters == EVERYTHING else self._catalog.documents.searched(filters)

    def holdings(self) -> Holdings:
        """An overview of the documents: how many there are, and which media types, years and authors they have."""
        return self._catalog.documents.holdings()

    def some(self, number: int) -> list[Document]:
        """A sample of at most ``number`` documents, spread over the whole library. An unchanged library always returns
        the same ones."""
        found = (self._catalog.documents.get(id) for id in self._catalog.documents.some(number))
        return [document for document in found if document is not None]

    def digest(self) -> str:
        """A hash of the files that the documents were made from. It changes only if a document is added, changed or
        removed."""
        return hashlib.sha256("".join(self._catalog.documents.contents()).encode()).hexdigest()[:16]

    def entries(self) -> list[Entry]:
        """A list entry for every document, sorted by source (the path of the document's file relative to the folder
        that the user gave)."""
        return self._catalog.documents.entries()

    def listed(self) -> list[Listed]:
        """A short list entry for every document, sorted by source (the path of the document's file relative to the
        folder that the user gave). One query reads them all, so this is fast for many documents."""
        return self._catalog.documents.listed()

    def document(self, key: str) -> Document:
        """The document with the id ``key`` or, if there is none, the document with the source ``key``: the path of its
        file relative to the folder that the user gave.

        Raises:
            DocumentMissing: there is no such document.
        """
        document = self._catalog.documents.get(key)
        if document is None:
            raise DocumentMissing(f"There is no document {key!r} in the library {self._settings.library!r}.")
        return document

    def corrected(self, document: str) -> Corrected | None:
        """The title, author and date that a person entered for the document with this id, together with those that its
        file gives. None if nobody entered any of them."""
        return self._catalog.corrections.get(document)

    def quote(self, document: str, start: int, end: int) -> str | None:
        """The text of a document between two character offsets. None if there is no such document, if an offset is
        outside its text, or if ``start`` is not before ``end``."""
        text = self._catalog.documents.text(document)
        return None if text is None or not 0 <= start < end <= len(text) else text[start:end]

    def around(self, document: str, start: int, end: int, most: int) -> tuple[str, str, str] | None:
        """The text of a document before, between and after two character offsets. The text before and the text after
        have at most ``most`` characters each. None if there is no such document, if an offset is outside its text, or
        if ``start`` is not before ``end``."""
        text = self._catalog.documents.text(document)
        if text is None or not 0 <= start < end <= len(text):
            return None
        return text[max(0, start - most) : start], text[start:end], text[end : end + most]

    def dense(self, vector: Vectors, k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ids of the ``k`` passages whose vectors are nearest to ``vector``, each with the cosine of its own vector
        and ``vector``, the nearest first. Only passages that match the filters are searched. ``vector`` must be scaled
        to length 1."""
        return self._searching.dense(vector, k, filters)

    def lexical(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ids of the ``k`` passages that match any of ``words`` best, each with its BM25 score (higher is better),
        the best first. Words match if their stems are equal. Only passages that match the filters are searched."""
        return self._catalog.full_text.search(words, k, filters)

    def titled(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[About]:
        """The documents whose titles match any of ``words`` best, sorted by id. Rare words count more. The search ranks
        passages by the titles of their documents and takes the best ``k`` of them; several can belong to one document,
        so there may be fewer than ``k`` documents. Only passages that match the filters are ranked."""
        found = self._catalog.full_text.search(words, k, filters, in_titles=True)
        return self._catalog.documents.holding([id for id, _ in found])

    def stored(self, ids: Sequence[str]) -> list[Stored]:
        """The passages with these ids, in the same order, each with the vectors of its sentences. Unknown ids are left
        out."""
        return _stored(self._catalog.passages.get(ids))

    def stored_of(self, document: str) -> list[Stored]:
        """All passages of the document with this id, in the order of the text, each with the vectors of its sentences.
        Empty if there is no such document."""
        return _stored(self._catalog.passages.of(document))

    def versions(self, document: str) -> list[About]:
        """All versions of the document with this id, including itself, the newest first. Versions are documents whose
        texts differ only slightly.

        Empty if the document is the only version, or does not exist.
        """
        family = self._catalog.families.of([document]).get(document, [])
        found = (self._catalog.documents.get(version.document) for version in family)
        return [version.about for version in found if version is not None]

    def places(self, documents: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Map the id of each of these documents to a pair: the id of its group of versions, and its position
        in this group, counted from 0 for the newest version. Versions are documents whose texts differ only slightly.
        Documents without other versions are left out."""
        return self._catalog.families.places(documents)

    def superseded(self, documents: Sequence[str]) -> dict[str, str]:
        """Map the id of each superseded document among ``documents`` to the id of its newest version. Versions are
        documents whose texts differ only slightly. Documents that are not superseded are left out."""
        return self._catalog.families.superseded(documents)

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """Map the absolute path of each file that was read into the library to a record of the file. ``under`` has
        absolute paths of files and folders: only these files, and the files in these folders, are returned. None means
        all files."""
        return self._catalog.files.known(under)

    def keeps(self) -> dict[str, frozenset[str]]:
        """Map the path of a file or folder to the kinds of boilerplate, such as "navigation", that users want to keep
        in the text of this file, or of the files in this folder."""
        return self._catalog.boilerplate.keeps()

    def generation(self) -> int:
        """A number that grows with every visible change of the library."""
        return self._catalog.state().generation

    # Writing and upkeep

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A context manager that makes this process the only writer of the library. In ``with library.writing() as
        writer``, ``writer`` is a ``Writer``.

        Raises:
            LibraryLocked: another process is writing.
            IndexMismatch: the settings have another passage length or value of ``embed_headings`` than those that the
                library was made with.
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

    def doctor(self) -> list[Problem]:
        """List the problems of the library, each with its remedy. Problems that can be repaired safely are repaired at
        once, unless another process is writing."""
        return examine(self._catalog, self._index, self._guard)

    def reindex(self, progress: Progress | None = None, split: Split | None = None) -> None:
        """Embed every passage again with the embedding model that the library was opened with. If ``split`` is given,
        all documents are first split into new passages: ``split`` is called with a document and the passage length in
        the settings, in words, and returns the document's passages. ``progress`` is called with the number of embedded
        passages and the number of all passages; the latter is an estimate if ``split`` is given.

        Until this is finished, the library stays as it was and can be searched.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self._guard.lock():
            splitting = Splitting(split, self._settings.passage_words) if split else None
            reindex(
                self._catalog,
                self._index,
                self._embedder,
                splitting,
                progress,
                headed=self._settings.embed_headings,
            )

    def move(self, catalog: str | None, progress: Progress | None = None) -> str:
        """Move the catalog to the PostgreSQL database at the address ``catalog``, or into a file if ``catalog`` is
        None. Returns the new name of the old catalog, which is kept.

        The library is closed afterwards. If the move is interrupted, either the old catalog or the new one is complete,
        and a second call finishes the move. All other files stay in the library's folder. ``progress`` is called with
        the number of rows copied and the number of all rows.

        Raises:
            LibraryLocked: another process is writing, or used the library during the move.
            LibraryError: another library of this name is at the new place.
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
