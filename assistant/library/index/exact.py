"""Finds the nearest passages by comparing all vectors in the catalog: exact, but slow for a large library.

This search is used for a library of few passages, and if the vector index cannot be opened because the disk is
read-only or full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest

import numpy as np

from assistant.library.tables.passages import Passages
from assistant.model.embedding import Vectors

BATCH = 4096  # passages in memory at a time: 6 MB of vectors
# Passages of a library that is searched in this way, its vectors (15 MB) kept. Chroma builds its graph in threads, so
# that two libraries of the same documents differ: of 65 questions to 1,691 passages, much alike, one missed the nearest
# of one. It is faster, too: 0.3 ms a search against 1.7.
FEW = 10_000


class Exact:
    """Finds the nearest passages without the vector index, by comparing the vector searched for with every vector in
    ``passages``, a table of the catalog. If ``kept`` is true, the vectors are read only once and stay in memory, so the
    table must not change while this object is used; otherwise every search reads them again."""

    def __init__(self, passages: Passages, *, kept: bool = False) -> None:
        self._passages = passages
        self._kept = [_in_order(self._batches())] if kept else None

    def nearest(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The ids of the ``k`` passages whose vectors are nearest to ``vector``, each with the cosine of its own vector
        and ``vector``, the nearest first. If ``among`` is given, only passages with these ids are searched. ``vector``
        must be scaled to length 1."""
        wanted = None if among is None else frozenset(among)
        best: list[tuple[str, float]] = []
        for ids, vectors in self._kept or self._batches():
            cosines = vectors @ vector
            order = np.argsort(-cosines, kind="stable")
            places = order[:k] if wanted is None else [n for n in order if ids[n] in wanted][:k]
            best = nlargest(k, [*best, *((ids[n], float(cosines[n])) for n in places)], key=lambda one: one[1])
        return best

    def _batches(self) -> Iterator[tuple[list[str], Vectors]]:
        for batch in self._passages.vectors(BATCH):
            ids = [id for id, _ in batch]
            yield ids, np.frombuffer(b"".join(held for _, held in batch), np.float32).reshape(len(ids), -1)


def _in_order(batches: Iterable[tuple[list[str], Vectors]]) -> tuple[list[str], Vectors]:
    """Join batches of ids and vectors into one list of ids and one array of vectors, both sorted by id. The result does
    not depend on the order in which documents were added."""
    held = list(batches)
    ids = [id for own, _ in held for id in own]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    return [ids[n] for n in order], np.concatenate([vectors for _, vectors in held])[order]
