"""Changes a library: first its index, then, in one transaction, what searches see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from assistant.library.catalog import Catalog
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import DocumentRow, KnownFile, NewDocument, PassageRow, Said
from assistant.model.embedding import Embedding
from assistant.types import Passage

BATCH = 256  # vectors of a long document given to the index at a time: a bound on memory; not measured


class ToWrite(Protocol):
    """Opens the index for writing, repaired if needed; with ``new_vectors`` the index must belong to the current
    model."""

    def __call__(self, *, new_vectors: bool) -> VectorIndex: ...


class Writer:
    """Writes to a library while holding its lock; ``Library.writing()`` returns one.

    First the vectors of a document go into the index. Then one transaction makes the document visible and hides what it
    replaces, whose vectors are removed last. From the first vector written to the last one removed, the index is marked
    as in doubt: if the process is killed then, the next process that opens the library rebuilds the index from the
    catalog.
    """

    def __init__(self, catalog: Catalog, index: ToWrite) -> None:
        self._catalog = catalog
        self._index = index
        self._given: dict[str, str] = {}  # ids and the paths that they were given to

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """The files that were read, by absolute path: all, or those named and those in the folders named."""
        return self._catalog.files.known(under)

    def find_content(self, sha256: str, kept: Sequence[str] = ()) -> str | None:
        """The document made from these bytes, cleaned as they would be today, if there is one."""
        return self._catalog.documents.made_from(sha256, kept)

    def recurring(self) -> dict[int, str]:
        """The lines that are known to recur over the pages of one site, as hashes, each with the document that keeps
        it."""
        return self._catalog.boilerplate.known()

    def keep(self, paths: Sequence[str], reasons: Sequence[str]) -> None:
        """Keep pieces of these files and folders that look like boilerplate, for these reasons.

        The reasons replace earlier ones for these paths and for everything inside them; without reasons, the earlier
        ones are removed.
        """
        self._catalog.boilerplate.keep(paths, reasons)

    def keeps(self) -> dict[str, frozenset[str]]:
        """The reasons for keeping boilerplate, by the path they were set for."""
        return self._catalog.boilerplate.keeps()

    def id_for(self, source: str, path: str) -> str:
        """The id for the document in this file. It is made from the source, and no other file has it."""
        for name in _names(source, path):
            id = hashlib.blake2b(name.encode("utf-8", "surrogateescape")).hexdigest()[:10]
            if self._given.get(id, path) == path and set(self._catalog.files.of(id)) <= {path}:
                self._given[id] = path
                return id
        raise AssertionError("the names do not end")

    def put(self, documents: Sequence[NewDocument]) -> None:
        """Add documents, replacing what their files held before; all become visible at once."""
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
        """Add one document whose passages arrive a few at a time; the passages inside ``new`` are ignored.

        Only one part is held in memory at a time. The document becomes visible when all of it is stored; if a part
        fails, nothing of it remains. The next writer removes the parts that a killed writer left.
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
        """Add a file as another source of the document that was made from the same bytes.

        Raises:
            ValueError: the document was not made from these bytes.
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
        """Record a new modification time of a file whose content is the same."""
        self._catalog.files.touch(path, size, mtime_ns)

    def correct(self, document: str, said: Said) -> None:
        """Replace the title, author and date that were read by what a person entered.

        The entry still holds after the file is read again; a field that is None gets the value from the file.
        """
        self._catalog.correct(document, said)

    def remove(self, paths: Sequence[str]) -> int:
        """Remove files from the library, not from the disk, and return how many documents went with them."""
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
    """A passage in the form in which the catalog stores it. Half precision changes a sentence's cosine by less than
    0.001."""
    if len(passage.sentences) != len(embedding.sentences):
        raise ValueError(f"{len(passage.sentences)} sentences and {len(embedding.sentences)} vectors")
    vector = np.ascontiguousarray(embedding.passage, dtype=np.float32)
    sentences = np.ascontiguousarray(embedding.sentences, dtype=np.float16)
    return PassageRow(passage, vector.tobytes(), sentences.tobytes())
