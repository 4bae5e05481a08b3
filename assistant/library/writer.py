"""Changes a library: first its vector index, then, in one transaction, the catalog, which decides what searches see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from assistant.library.catalog import Catalog
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import Correction, DocumentRow, KnownFile, NewDocument, PassageRow
from assistant.model.embedding import Embedding
from assistant.types import Passage

BATCH = 256  # vectors of a long document given to the index at a time: a bound on memory; not measured


class ToWrite(Protocol):
    """The type of a function that returns the vector index for writing, after rebuilding it if needed. ``new_vectors``
    is true if the caller will add vectors. The function raises ``IndexMismatch`` if ``new_vectors`` is true and the
    settings have another embedding model, passage length or value of ``embed_headings`` than those that the index was
    made with."""

    def __call__(self, *, new_vectors: bool) -> VectorIndex: ...


class Writer:
    """Adds and removes documents of a library while holding the library's lock; ``Library.writing()`` returns a writer.

    When a document is added, the vectors of its passages are first written to the index. Then one transaction makes
    these passages visible and deletes from the catalog the passages that they replace. The vectors of the deleted
    passages are removed from the index last. Meanwhile, the index is marked as in doubt: if the process is killed, the
    next process that opens the library rebuilds the index from the catalog.
    """

    def __init__(self, catalog: Catalog, index: ToWrite) -> None:
        self._catalog = catalog
        self._index = index
        self._given: dict[str, str] = {}  # ids and the paths that they were given to

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """Map the absolute path of each file that was read into the library to a record of the file. ``under`` has
        absolute paths of files and folders: only these files, and the files in these folders, are returned. None means
        all files."""
        return self._catalog.files.known(under)

    def find_content(self, sha256: str, kept: Sequence[str] = ()) -> str | None:
        """The id of the document that was made from the bytes with the hash ``sha256``. None if there is no such
        document, or if its stored text is out of date: reading the bytes again would give a different text. ``kept``
        has the kinds of boilerplate, such as "navigation", that the user now wants to keep in the text."""
        return self._catalog.documents.made_from(sha256, kept)

    def recurring(self) -> dict[int, str]:
        """Map the hash of each line that recurs on the pages of a web site to the id of the one document that keeps the
        line. Cleaning removes the line from all other documents."""
        return self._catalog.boilerplate.known()

    def keep(self, paths: Sequence[str], reasons: Sequence[str]) -> None:
        """Record that boilerplate of the kinds ``reasons`` stays in the text of these files and folders, although it is
        normally removed.

        This replaces the kinds recorded earlier for these paths and for everything inside them. If ``reasons`` is
        empty, all boilerplate is removed again.
        """
        self._catalog.boilerplate.keep(paths, reasons)

    def keeps(self) -> dict[str, frozenset[str]]:
        """Map the path of a file or folder to the kinds of boilerplate, such as "navigation", that users want to keep
        in the text of this file, or of the files in this folder."""
        return self._catalog.boilerplate.keeps()

    def id_for(self, source: str, path: str) -> str:
        """An id for the document that is made from a file; no other document has it. The id is a hash of ``source``,
        the file's path relative to the folder that the user gave. If another document has that id, the id is a hash of
        ``source`` and ``path``, the file's absolute path."""
        for name in _names(source, path):
            id = hashlib.blake2b(name.encode("utf-8", "surrogateescape")).hexdigest()[:10]
            if self._given.get(id, path) == path and set(self._catalog.files.of(id)) <= {path}:
                self._given[id] = path
                return id
        raise AssertionError("the names do not end")

    def put(self, documents: Sequence[NewDocument]) -> None:
        """Add documents. Each replaces the document that was made from the same file before; all of them become visible
        at once."""
        if not documents:
            return
        rows = [_row(new) for new in documents]
        passages = {passage.passage.id: passage for row in rows for passage in row.passages}
        with self._changing_index(new_vectors=True) as index:
            # An id says what its passage holds, so one that is there keeps its vector; renewing it costs Chroma 50 ms.
            new = sorted(passages.keys() - self._catalog.passages.visible(list(passages)))
            self._upsert(index, [(id, passages[id].vector) for id in new])
            index.delete(self._catalog.put(rows))

    def put_long(self, new: NewDocument, parts: Iterable[tuple[Sequence[Passage], Sequence[Embedding]]]) -> None:
        """Add one document whose passages arrive in ``parts``. A part is a pair: some of the passages, and their
        embeddings in the same order. The passages inside ``new`` are ignored.

        Only one part is held in memory at a time. The document becomes visible when all parts are stored; if a part
        fails, nothing of the document remains. If the process is killed, the next writer removes the stored parts.
        """
        self._index(new_vectors=True)  # before hours of embedding, what would be refused after them
        self._catalog.staged.clear()
        try:
            for passages, embeddings in parts:
                rows = [row(*pair) for pair in zip(passages, embeddings, strict=True)]
                document = self._catalog.corrections.applied(new.document)
                self._catalog.staged.add(rows, [document] * len(rows))
            with self._changing_index(new_vectors=True) as index:
                for batch in self._catalog.staged.vectors(BATCH):
                    known = self._catalog.passages.visible([id for id, _ in batch])
                    self._upsert(index, [one for one in batch if one[0] not in known])
                index.delete(self._catalog.put_staged(_row(new._replace(passages=(), embeddings=()))))
        finally:
            self._catalog.staged.clear()

    def attach(self, path: str, source: str, size: int, mtime_ns: int, sha256: str, document: str) -> None:  # noqa: PLR0917 — a file, as it is
        """Add a file as another source of a document that was made from the same bytes. ``path`` is the file's absolute
        path, ``source`` its path relative to the folder that the user gave, ``sha256`` the hash of its bytes, and
        ``document`` the document's id.

        Raises:
            ValueError: the document does not exist, or was made from other bytes.
        """
        known = self._catalog.documents.get(document)
        if known is None or known.about.sha256 != sha256:
            raise ValueError(f"document {document!r} was not made from the bytes {sha256}")
        if path not in self._catalog.files.known([path]):
            self._catalog.attach(path, source, size, mtime_ns, document)
            return
        with self._changing_index() as index:  # what the file held before may go
            index.delete(self._catalog.attach(path, source, size, mtime_ns, document))

    def touch(self, path: str, size: int, mtime_ns: int) -> None:
        """Record the new size and modification time of a file whose content is the same as before."""
        self._catalog.files.touch(path, size, mtime_ns)

    def correct(self, document: str, said: Correction) -> None:
        """Replace the title, author and date of a document by what a person entered.

        These values also apply after the file is read again. For a field of ``said`` that is None, the value from the
        file is used.
        """
        self._catalog.correct(document, said)

    def remove(self, paths: Sequence[str]) -> int:
        """Remove the files with these absolute paths from the library, and the documents that then have no file left.
        The files stay on the disk. Returns the number of removed documents."""
        if not paths:
            return 0
        with self._changing_index() as index:
            documents, gone = self._catalog.remove(paths)
            index.delete(gone)
        return documents

    @contextmanager
    def _changing_index(self, *, new_vectors: bool = False) -> Iterator[VectorIndex]:
        index = self._index(new_vectors=new_vectors)
        self._catalog.doubt()
        yield index
        self._catalog.trust()
        index.generation = self._catalog.state().generation

    def _upsert(self, index: VectorIndex, vectors: Sequence[tuple[str, bytes]]) -> None:
        index.upsert([id for id, _ in vectors], np.array([np.frombuffer(vector, np.float32) for _, vector in vectors]))


def _names(source: str, path: str) -> Iterator[str]:
    yield source
    yield f"{source}\n{path}"
    number = 2
    while True:
        yield f"{source}\n{path}\n{number}"
        number += 1


def _row(new: NewDocument) -> DocumentRow:
    rows = tuple(row(passage, embedding) for passage, embedding in zip(new.passages, new.embeddings, strict=True))
    return DocumentRow(new.document, new.path, new.size, new.mtime_ns, rows, new.cleaned)


def row(passage: Passage, embedding: Embedding) -> PassageRow:
    """Return a passage and its embedding in the form in which the catalog stores them. Storing sentence vectors in half
    precision changes a cosine by less than 0.001.

    Raises:
        ValueError: the embedding does not have one vector for each sentence of the passage.
    """
    if len(passage.sentences) != len(embedding.sentences):
        raise ValueError(f"{len(passage.sentences)} sentences and {len(embedding.sentences)} vectors")
    vector = np.ascontiguousarray(embedding.passage, dtype=np.float32)
    sentences = np.ascontiguousarray(embedding.sentences, dtype=np.float16)
    return PassageRow(passage, vector.tobytes(), sentences.tobytes())
