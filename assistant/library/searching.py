"""Searching a library: its passages by their vectors, by their words, and how telling a word is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import snowballstemmer

from assistant.errors import LibraryDamaged
from assistant.library.catalog import Catalog
from assistant.library.guard import Guard
from assistant.library.index.vectors import VectorIndex
from assistant.model.embedding import Vectors
from assistant.text import unspaced
from assistant.types import Filters

EVERYTHING = Filters()


class Searching:
    """Searches one library: the index only gives ids, and each is looked up in the catalog."""

    def __init__(self, catalog: Catalog, index: VectorIndex, guard: Guard) -> None:
        self._catalog, self._index, self._guard = catalog, index, guard

    def dense(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[str, float]]:
        """The ids of the ``k`` visible passages nearest to a vector of length 1, with their cosine, best first."""
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

    def rarity(self, words: Sequence[str]) -> Vectors:
        """How telling each word is, (words,), summing to 1: the fewer passages have it, the more (BM25's idf)."""
        parts = [_index_stems(word) for word in words]
        counts = self._catalog.full_text.counts([stem for stems in parts for stem in stems])
        of_word = np.array([min((counts.get(stem, 0) for stem in stems), default=0) for stems in parts])
        passages = self._catalog.searched().passages
        weights = np.log(1 + (passages - of_word + 0.5) / (of_word + 0.5))
        return np.asarray(weights / weights.sum(), dtype=np.float32)


def _index_stems(word: str) -> list[str]:
    """The parts of a word as the full-text index knows them: no accents, the original Porter stems."""
    plain = unicodedata.normalize("NFD", unspaced.apart(word.lower()))
    parts = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return [str(stem) for stem in snowballstemmer.stemmer("porter").stemWords(parts)]  # one cannot be shared by threads
