"""Guards the vector index of a library: who may change it, when it is rebuilt, and which model its vectors come from.

The index is reopened if it is older than the catalog, and rebuilt if a writer was killed while changing it. It is never
used if its vectors come from another model, or from passages of another length, than those in the settings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from assistant.errors import IndexMismatch, LibraryDamaged, LibraryError, LibraryLocked
from assistant.library.catalog import Catalog
from assistant.library.index import exact
from assistant.library.index.exact import Exact
from assistant.library.index.probing import breaks
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import State
from assistant.library.upkeep import rebuild
from assistant.model.embedding import Identity
from assistant.text.headed import embedded

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder
    from assistant.settings import Settings

_log = logging.getLogger(__name__)

_PATIENCE = (
    1.0  # seconds that a writer waits: a reader that looks whether it has anything to repair holds the lock briefly
)
REBUILT = 60.0  # seconds to wait for an index on a server to be rebuilt; 100,000 vectors take about that
COMPARED = (
    5  # passages whose vectors are compared with a server's; most of them count, since it may cut a long one elsewhere
)
ALIKE = 0.99  # cosine from which two vectors are of one model; see docs/decisions.md
LOOK = 0.1  # seconds between two looks: short beside the seconds that an index takes


class IndexGuard:
    """Opens the vector index of one library for reading or writing. Before that, it checks that the index agrees
    with the catalog, and that the settings name the embedding model and the passage length that the library was made
    with."""

    def __init__(self, settings: Settings, embedder: Embedder, catalog: Catalog, index: VectorIndex) -> None:
        self._settings, self._embedder = settings, embedder
        self._catalog, self._index = catalog, index
        self._same: tuple[State, Identity] | None = None  # the last that were found to give the same vectors
        self._few: tuple[int, Exact] | None = None  # the generation of the catalog that it has read, and what reads it

    @contextmanager
    def lock(self, patience: float = _PATIENCE) -> Iterator[None]:
        """A context manager that locks the library for writing. It waits at most ``patience`` seconds for another
        writer.

        Raises:
            LibraryLocked: another process is still writing after this time.
            LibraryError: the library's folder cannot be written to.
        """
        lock = FileLock(self._settings.folder / "writer.lock", timeout=patience)
        try:
            lock.acquire()
        except Timeout as exc:
            raise LibraryLocked(f"Another process is writing to the library {self._settings.library!r}.") from exc
        except OSError as exc:
            what = f"The library {self._settings.library!r} cannot be written to: {exc}."
            raise LibraryError(what, hint="Check that the folder can be written to.") from exc
        try:
            with self._catalog.alone(patience):
                yield
        finally:
            lock.release()

    def to_read(self) -> VectorIndex | Exact | None:
        """Return the vector index for searching, up to date with the catalog; None if the library never had vectors.

        For an index in local files, an ``Exact`` is returned instead in two cases: the library has at most
        ``exact.FEW`` passages, or the index cannot be opened, for instance because the disk is full. An ``Exact``
        searches the vectors in the catalog.

        Raises:
            IndexMismatch: the settings have another embedding model, passage length or value of ``embed_headings`` than
                those that the index was made with.
            LibraryDamaged: vectors are missing in the index.
        """
        state = self._settled()
        if state.model is None:
            return None
        self.check(state)
        try:
            if state.in_doubt:
                with suppress(LibraryLocked):  # a living writer's doubt is none of ours
                    self.repair()
            elif self._index.is_suspect and (why := self.broken()):
                self._rebuild(why)
            self._open()
        except (LibraryLocked, LibraryDamaged):
            raise
        except LibraryError:
            if self._settings.chroma_url is not None:
                raise
            return Exact(self._catalog.passages)
        return self._index if self._settings.chroma_url else self._exact(state.generation) or self._index

    def _exact(self, generation: int) -> Exact | None:
        if not 0 < self._catalog.searched().passages <= exact.FEW:
            return None
        if self._few is None or self._few[0] != generation:
            self._few = generation, Exact(self._catalog.passages, kept=True)
        return self._few[1]

    def to_write(self, *, new_vectors: bool) -> VectorIndex:
        """Return the vector index for writing. The index is rebuilt first if a writer was killed while changing it.
        ``new_vectors`` is true if the caller will add vectors. The first vectors of an empty library decide the
        library's embedding model.

        Raises:
            IndexMismatch: ``new_vectors`` is true, and the settings have another embedding model, passage length or
                value of ``embed_headings`` than those that the index was made with.
        """
        state = self._catalog.state()
        identity = self._embedder.identity if new_vectors else None
        empty = self._catalog.documents.searched().passages == 0
        starts = identity is not None and empty and _model(state) != identity
        if identity is not None and starts:
            self._catalog.record_model(*identity, headed=self._settings.embed_headings)
        elif new_vectors:
            self.check(state)
        if state.in_doubt or starts or (self._index.is_suspect and self.broken()):
            rebuild(self._catalog, self._index)
        self._open()
        return self._index

    def broken(self) -> str | None:
        """Check whether the vector index is broken, by reading it in a separate process. Returns an error message if
        that process fails or crashes; None if it can read the index."""
        why = breaks(self._index.home)
        if why is None:
            self._index.believe()
        return why

    def repair(self) -> bool:
        """Rebuild the vector index if a writer was killed while changing it. Returns whether this was necessary.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self.lock(patience=0):
            in_doubt = self._catalog.state().in_doubt
            if in_doubt:
                rebuild(self._catalog, self._index)
            return in_doubt

    def check(self, state: State) -> None:
        """Check that the library was made as the settings say: with the same embedding model (or, if its weights are
        unknown, one that gives the same vectors), the same passage length, and the same value of ``embed_headings``.
        ``state`` is the library's state as the catalog records it.

        Raises:
            IndexMismatch: one of these differs.
        """
        self.check_passages(state)
        if state.model is None:
            return
        identity, model = self._embedder.identity, _model(state)
        known = identity.sha256 and model.sha256  # a server does not tell its weights
        if identity != model if known else not self._gives_the_same(state, identity):
            raise IndexMismatch(
                f"The library {self._settings.library!r} was made with the embedding model {_named(model)}, "
                f"the settings say {_named(identity)}" + ("." if known else ", which gives other vectors.")
            )

    def _gives_the_same(self, state: State, identity: Identity) -> bool:
        """Whether the current embedding model makes the same vectors as those stored in the library. A few passages are
        embedded again to find out; a positive result is remembered until the state of the library changes."""
        if state.dimension != identity.dimension:
            return False
        if self._same != (state, identity):
            held = dict(next(self._catalog.passages.vectors(COMPARED), []))
            passages = [passage for passage, _ in self._catalog.passages.get(list(held))]
            there = [np.frombuffer(held[passage.id], np.float32) for passage in passages]
            given = dict(embedded(self._embedder, passages, headed=state.headed))
            cosines = [float(vector @ given[place].passage) for place, vector in enumerate(there)]
            if cosines and np.median(cosines) < ALIKE:
                return False
            self._same = state, identity
        return True

    def check_passages(self, state: State) -> None:
        """Check that the passages of the library have the length given in the settings, and that they were embedded
        with or without their headings, as the settings say. ``state`` is the library's state as the catalog records it.

        Raises:
            IndexMismatch: one of them differs.
        """
        if state.model is not None and state.headed != self._settings.embed_headings:
            made, wanted = ("with", "without") if state.headed else ("without", "with")
            raise IndexMismatch(
                f"The vectors of the library {self._settings.library!r} were made {made} titles and headings, "
                f"the settings say {wanted} them."
            )
        if state.passage_words != self._settings.passage_words:
            raise IndexMismatch(
                f"The library {self._settings.library!r} was made with passages of {state.passage_words} words, "
                f"the settings say {self._settings.passage_words}."
            )

    def _rebuild(self, why: str) -> None:
        """Rebuild a vector index that cannot be read. ``why`` says what is wrong with it.

        Raises:
            LibraryDamaged: another process is writing, so the index cannot be rebuilt now.
        """
        try:
            with self.lock(patience=0):
                rebuild(self._catalog, self._index)
        except LibraryLocked as exc:
            raise LibraryDamaged(why) from exc
        _log.warning("%s It was rebuilt from the catalog.", why)

    def _settled(self) -> State:
        """Return the state of the library. If another process is rebuilding the index on a Chroma server, wait until it
        has finished, because readers would see the index half done. An index in the library's folder needs no waiting
        here, because its files are locked during a rebuild.

        Raises:
            LibraryLocked: the rebuilding takes longer than ``REBUILT`` seconds.
        """
        until = monotonic() + REBUILT
        while (state := self._catalog.state()).rebuilding and self._settings.chroma_url:
            try:
                self.repair()  # who began it may have been killed
            except LibraryLocked:
                if monotonic() > until:
                    raise
                sleep(LOOK)
        return state

    def _open(self) -> None:
        state, passages = self._settled(), self._catalog.searched().passages
        if not self._index.open(state.generation) or state.in_doubt:
            return
        if self._index.count() < passages and self._catalog.state().generation == state.generation:
            raise LibraryDamaged(f"The index of the library {self._settings.library!r} lacks vectors.")


def _model(state: State) -> Identity:
    return Identity(state.model or "", state.weights or "", state.dimension or 0)


def _named(model: Identity) -> str:
    weights = f"weights {model.sha256[:8]}, " if model.sha256 else ""
    return f"{model.name!r} ({weights}{model.dimension} dimensions)"
