"""Searches the passages of a library by their vectors."""

from __future__ import annotations

from assistant.errors import LibraryDamaged
from assistant.library.catalog import Catalog
from assistant.library.guard import IndexGuard
from assistant.library.index.vectors import VectorIndex
from assistant.model.embedding import Vectors
from assistant.types import Filters

EVERYTHING = Filters()


class Searching:
    """Searches the vectors of one library. The vector index returns ids only; ids that the catalog does not have are
    left out."""

    def __init__(self, catalog: Catalog, index: VectorIndex, guard: IndexGuard) -> None:
        self._catalog, self._index, self._guard = catalog, index, guard

    def dense(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[str, float]]:
        """The ids of the ``k`` passages whose vectors are nearest to ``vector``, each with the cosine of its own vector
        and ``vector``, the nearest first. Only passages that match the filters and are in the catalog are returned.
        ``vector`` must be scaled to length 1."""
        try:
            return self._dense(vector, k, filters)
        except LibraryDamaged:
            # The index can have been rebuilt between our look at the catalog and our look at it.
            self._index.close()
            return self._dense(vector, k, filters)

    def _dense(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[str, float]]:
        index = self._guard.to_read()
        among = None if filters == EVERYTHING else self._catalog.passages.allowed(filters)
        if index is None or among == []:
            return []
        fetch = k
        while True:
            hits = index.nearest(vector, fetch, among)
            visible = self._catalog.passages.visible([id for id, _ in hits])
            found = [hit for hit in hits if hit[0] in visible]
            if len(found) >= k or len(hits) < fetch:
                return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]
            fetch *= 2  # vectors on their way in or out stood in the way
