"""The nearest passages by the catalog's own vectors, all of them compared: slow for a large library, and sure.

It stands in where the vector index cannot be opened because nothing can be written: on a read-only or a full disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest

import numpy as np

from assistant.embedding import Vectors
from assistant.library.catalog import Catalog

BATCH = 4096  # passages in memory at a time


class Exact:
    """Answers as the vector index does."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def nearest(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The ``k`` nearest ids with their cosine, the nearest first; only some of them when ``among`` is given."""
        wanted = None if among is None else frozenset(among)
        best: list[tuple[str, float]] = []
        for batch in self._catalog.passages.vectors(BATCH):
            ids = [id for id, _ in batch]
            vectors = np.frombuffer(b"".join(held for _, held in batch), np.float32).reshape(len(ids), -1)
            cosines = zip(ids, (vectors @ vector).tolist(), strict=True)
            found = [one for one in cosines if wanted is None or one[0] in wanted]
            best = nlargest(k, [*best, *found], key=lambda one: one[1])
        return best
