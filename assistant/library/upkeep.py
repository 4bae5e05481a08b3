"""Maintains a library: rebuilds its vector index from the catalog, compares the two, and embeds all passages again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from assistant.errors import LibraryDamaged
from assistant.library.catalog import Catalog
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import PassageRow
from assistant.library.writer import row
from assistant.model.embedding import Embedder
from assistant.text.headed import embedded
from assistant.types import Document, Passage

BATCH = 256  # passages: few transactions, and no more than seconds of work lost
NEAR = 1e-5  # what Chroma's normalising changes of a vector of length 1

Split = Callable[[Document, int], tuple[Passage, ...]]
Progress = Callable[[int, int], None]


class Splitting(NamedTuple):
    """How to split documents into new passages: ``split`` is the function that splits one document, and ``words`` is
    the length of a passage in words."""

    split: Split
    words: int


def rebuild(catalog: Catalog, index: VectorIndex, change: Callable[[], None] | None = None) -> None:
    """Rebuild the vector index from the vectors in the catalog. ``change`` is called first and may change the catalog.

    Other processes can open the index only when it is complete. If the process is killed before that, the next process
    that opens the library rebuilds the index.
    """
    catalog.doubt(rebuilding=True)
    with index.rebuilding():
        if change:
            change()
        for batch in catalog.passages.vectors(BATCH):
            index.upsert([id for id, _ in batch], _matrix(batch))
        catalog.renew()
        index.generation = catalog.state().generation


def difference(catalog: Catalog, index: VectorIndex) -> str | None:
    """Describe in one sentence how the vector index differs from the catalog. None if they agree."""
    try:
        index.open(catalog.state().generation)
        there, known, other = index.ids(), set[str](), 0
        for batch in catalog.passages.vectors(BATCH):
            known.update(id for id, _ in batch)
            both = [(id, vector) for id, vector in batch if id in there]
            if both:
                far = np.abs(index.vectors([id for id, _ in both]) - _matrix(both)).max(axis=1) > NEAR
                other += int(far.sum())
    except LibraryDamaged as damage:
        return str(damage)
    counts = {
        f"passages without a vector: {len(known - there)}": known - there,
        f"vectors without a passage: {len(there - known)}": there - known,
        f"vectors that are not their passage's: {other}": other,
    }
    faults = [what for what, count in counts.items() if count]
    return f"The index does not fit the catalog ({', '.join(faults)})." if faults else None


def reindex(
    catalog: Catalog,
    index: VectorIndex,
    embedder: Embedder,
    split: Splitting | None,
    progress: Progress | None,
    *,
    headed: bool,
) -> None:
    """Embed all passages of the library again with ``embedder``. If ``headed`` is true, each passage is embedded
    together with the title of its document and its headings. If ``split`` is given, the documents are first split into
    new passages. ``progress`` is called with the number of embedded passages and the number of all passages; the latter
    is an estimate if ``split`` is given.

    The new passages replace the old ones only when all are ready. If the process is killed before that, the library
    stays as it was; if it is killed later, the next process that opens the library rebuilds the index.
    """
    identity = embedder.identity
    words = split.words if split else catalog.state().passage_words
    catalog.staged.clear()
    done, total = 0, catalog.documents.searched().passages
    passages = _passages(catalog, split)
    while batch := list(islice(passages, BATCH)):
        found: dict[int, PassageRow] = {}
        for place, made in _embedded(embedder, [passage for _, passage in batch], headed=headed):
            found[place] = made
            done += 1
            if progress:
                progress(done, max(done, total))
        catalog.staged.add([found[place] for place in range(len(batch))], [document for document, _ in batch])
    rebuild(catalog, index, lambda: catalog.adopt(*identity, words, headed=headed))


def _passages(catalog: Catalog, split: Splitting | None) -> Iterator[tuple[Document, Passage]]:
    """Yield every passage of the library with its document. If ``split`` is given, it makes the passages; else they are
    the stored ones."""
    for id in catalog.documents.ids():
        if document := catalog.documents.get(id):
            stored = (passage for passage, _ in catalog.passages.of(id))
            for passage in split.split(document, split.words) if split else stored:
                yield document, passage


def _embedded(embedder: Embedder, passages: list[Passage], *, headed: bool) -> Iterator[tuple[int, PassageRow]]:
    for index, embedding in embedded(embedder, passages, headed=headed):
        yield index, row(passages[index], embedding)


def _matrix(batch: list[tuple[str, bytes]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([np.frombuffer(vector, np.float32) for _, vector in batch])
