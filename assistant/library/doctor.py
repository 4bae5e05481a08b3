"""Finds and repairs the problems of a library."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.errors import IndexMismatch, LibraryError, ModelError
from assistant.library.catalog import Catalog
from assistant.library.guard import IndexGuard
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import Problem
from assistant.library.upkeep import difference, rebuild


def examine(catalog: Catalog, index: VectorIndex, guard: IndexGuard) -> list[Problem]:
    """List the problems of a library, each with its remedy. Problems that can be repaired safely are repaired at once,
    unless another process is writing to the library. The library is given by its catalog, its vector index, and the
    guard that opens this index."""
    again = "Put a copy of the folder back, or remove it and run `pushback ingest` again."
    problems = [Problem(f"The catalog is damaged: {fault}.", again) for fault in catalog.faults()]
    if problems:
        return problems
    try:
        guard.check(catalog.state())
    except (IndexMismatch, ModelError) as exc:
        problems.append(Problem(f"{exc}", exc.hint, reindex=isinstance(exc, IndexMismatch)))
    try:
        with guard.lock():
            problems += [
                Problem(what, f"Repaired: {how}.", repaired=True) for what, how in _repairs(catalog, index, guard)
            ]
    except LibraryError as exc:
        problems.append(Problem(f"{exc}", exc.hint))
    return problems


def _repairs(catalog: Catalog, index: VectorIndex, guard: IndexGuard) -> Iterator[tuple[str, str]]:
    """Repair what can be repaired. Yields, for each repair, what was wrong and what was done."""
    if catalog.staged.count():
        catalog.staged.clear()
        yield "A reindex or an ingest was interrupted.", "what it left is gone; the library is as it was before"
    if catalog.full_text.is_wrong():
        catalog.renew_words()
        yield "The word index does not fit the passages.", "it was rebuilt"
    state = catalog.state()
    if state.in_doubt:
        rebuild(catalog, index)
        yield "A writer was stopped in the middle of its work.", "the vector index was rebuilt from the catalog"
    elif state.model is not None and index.is_unread and (why := guard.broken()):
        rebuild(catalog, index)
        yield why, "the vector index was rebuilt from the catalog"
    elif state.model is not None and (what := difference(catalog, index)):
        rebuild(catalog, index)
        yield what, "the vector index was rebuilt from the catalog"
