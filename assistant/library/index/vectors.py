"""The vector index: ids of passages and their vectors, searched by cosine. Only this module knows Chroma.

How Chroma behaves, so that no other module needs to know (measured on 1.5.9):

- An embedded client reads the index once and never sees what another process writes later, so a reader has to
  open the index again. All clients of one path in a process share what the first one has read.
- Chroma changes its index files in place, even when a reader opens them. ``index.lock`` keeps processes from
  opening the files while another process changes them. A process that is killed meanwhile may leave damaged
  files, which is why an index in doubt is rebuilt from the catalog and never read.
- The default distance is l2, the default embedding function downloads a model, and ``add`` keeps an old vector.
"""

from __future__ import annotations

import errno
import itertools
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout

from assistant.errors import LibraryDamaged, LibraryError, LibraryFull, LibraryLocked, PushbackError
from assistant.library.index.traces import Traces
from assistant.model.embedding import Vectors
from assistant.plainly import why

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"
PATIENCE = 60.0  # seconds to wait for another process to be done with the files; rebuilding them takes longest
SLOW = 60.0  # seconds without a word from a server; 256 vectors take it a tenth of one
NEARLY_FULL = 1 << 26  # bytes free, when Chroma says only that writing failed; a guess, not measured
HNSW: Any = {
    "space": "cosine",
    # Of the true nearest 24 among 10,000 vectors in clusters it finds 0.99, by default 0.91, for two thirds more time
    # to build and 0.5 ms more a question.
    "max_neighbors": 32,
    "ef_search": 200,
    # Changes between two writings of the files; what is not in them yet is done again at each opening.
    "sync_threshold": 256,
}
# Chroma's errors by what they mean to us; the others say that we called it wrongly, and stay loud.
DAMAGED = frozenset({"ChromaError", "InternalError", "NotFoundError", "VersionMismatchError", "PanicException"})
REFUSED = frozenset({"AuthorizationError", "ChromaAuthError", "QuotaError", "RateLimitError"})


class VectorIndex:
    """The vectors of one library's passages, in the subfolder ``chroma`` of the library's folder or on a Chroma server.
    Only one thread at a time uses the index; other threads wait."""

    _taken: ClassVar[set[int]] = set()

    def __init__(self, folder: Path, url: str | None = None, named: Callable[[], str] | None = None) -> None:
        """``folder`` is the library's folder. ``url`` is the address of a Chroma server; None stands for files in the
        folder. ``named`` returns a name that no other library on the server has."""
        self.home = folder
        self._folder = folder / "chroma"
        self._url = url
        self._named = named or (lambda: COLLECTION)
        self._turn = threading.RLock()
        self._lock = FileLock(folder / "index.lock", timeout=PATIENCE)
        self._traces = Traces(folder, self._folder)
        self._spelling: int | None = None
        self._open_client: Client | None = None
        self._open_collection: Collection | None = None
        self.generation: int | None = None  # of the catalog, when this index was opened

    def open(self, generation: int) -> bool:
        """Open the index. ``generation`` is the current number of changes of the catalog. If the index is already open,
        it is closed and opened again, unless it was opened with the same ``generation``; then nothing happens. Returns
        whether this call opened the index."""
        with self._turn:
            if self._open_collection is not None and self.generation == generation:
                return False
            self.close()
            if self._url is None:
                self._traces.open()
            with self._files():
                self._open()
            self.generation = generation
            return True

    @property
    def is_unread(self) -> bool:
        """Whether the index has local files and is not open in this process."""
        return self._url is None and self._open_collection is None and self._folder.exists()

    @property
    def is_suspect(self) -> bool:
        """Whether the index may be damaged, so that reading it could crash this process. False if the index is open in
        this process or is on a server."""
        return self.is_unread and self._traces.are_bad

    def believe(self) -> None:
        """Trust the index again: remove the recorded signs of damage. Call this after another process has read the
        index completely."""
        self._traces.forget()

    def close(self) -> None:
        """Close the files of the index, or the connections to its server. Call ``open`` before the next use."""
        with self._turn:
            if self._open_client is not None:
                self._open_client.close()
                if self._url is not None:
                    _hang_up(self._open_client)
            self._open_client = self._open_collection = None
            if self._spelling is not None:
                self._taken.discard(self._spelling)
                self._spelling = None
            self._traces.close()

    def nearest(self, vector: Vectors, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The ids of the ``k`` passages whose vectors are nearest to ``vector``, each with the cosine of its own vector
        and ``vector``, the nearest first. If ``among`` is given, only passages with these ids are searched."""
        with self._turn, self._translated():
            ids = None if among is None else list(among)
            found: Any = self._collection.query([vector.tolist()], n_results=k, ids=ids, include=["distances"])
        return [(id, 1.0 - distance) for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace the vectors with the same ids. ``vectors`` is an array (ids, dimension)."""
        with self._turn, self._files():
            for part in self._parts(len(ids)):
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the vectors with these ids. Unknown ids are ignored."""
        with self._turn, self._files():
            for part in self._parts(len(ids)):
                self._collection.delete(ids=list(ids[part]))

    def ids(self) -> set[str]:
        """The ids of all vectors in the index."""
        with self._turn, self._translated():
            return set(self._collection.get(include=[])["ids"])

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors with these ids, as an array (ids, dimension) in the order of ``ids``. The index must have all of
        them."""
        with self._turn, self._translated():
            found: Any = self._collection.get(ids=list(ids), include=["embeddings"])
        place = {id: index for index, id in enumerate(found["ids"])}
        return np.asarray(found["embeddings"], dtype=np.float32)[[place[id] for id in ids]]

    def count(self) -> int:
        """The number of vectors in the index."""
        with self._turn, self._translated():
            return self._collection.count()

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """A context manager in which the caller rebuilds the index. The index is empty when the block begins, and other
        processes cannot open its files before the block ends."""
        with self._turn, self._files():
            self.close()
            if self._url is None:
                if self._folder.is_file():
                    self._folder.unlink()
                elif self._folder.exists():
                    shutil.rmtree(self._folder)
            else:
                self._open()
                self._client.delete_collection(self._name())
                self.close()
            if self._url is None:
                self._traces.open()
            self._open()
            yield
            self._traces.forget()

    def _name(self) -> str:
        return COLLECTION if self._url is None else f"pushback-{self._named()}"

    @property
    def _client(self) -> Client:
        assert self._open_client is not None, "open() comes first"
        return self._open_client

    @property
    def _collection(self) -> Collection:
        assert self._open_collection is not None, "open() comes first"
        return self._open_collection

    def _parts(self, length: int) -> list[slice]:
        size = self._client.get_max_batch_size()
        return [slice(start, start + size) for start in range(0, length, size)]

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        # Said here, so that neither the environment nor a .env file turns it on: nothing is sent anywhere.
        quiet = Settings(_env_file=None, anonymized_telemetry=False, chroma_otel_granularity=None)  # type: ignore[call-arg]
        if self._url is None:
            # Chroma's clients of one path share what the first has read; a path spelt otherwise is read afresh. One
            # that could not be opened stays taken, since Chroma would hand out its broken client again.
            spelling = next(number for number in itertools.count() if number not in self._taken)
            self._taken.add(spelling)
            path = f"{self._folder}{'/' * spelling}"
            self._open_client = cast("Client", chromadb.PersistentClient(path, quiet))
            self._spelling = spelling
        else:
            self._greet(self._url)
            url = urlsplit(self._url)
            port = url.port or (443 if url.scheme == "https" else 80)
            client = chromadb.HttpClient(str(url.hostname), port, url.scheme == "https", settings=quiet)
            self._open_client = cast("Client", client)
            for session in _sessions(client):
                session.timeout = SLOW
        self._open_collection = self._open_client.get_or_create_collection(
            self._name(), embedding_function=None, configuration={"hnsw": HNSW}
        )
        self._open_collection.count()  # reads the files, while nobody changes them

    def _greet(self, url: str) -> None:
        """Check that a Chroma server of version 1 or newer replies at ``url``. Without this check, Chroma's client
        would wait for a reply without limit.

        Raises:
            LibraryError: another program replies at this address.
        """
        import httpx

        told = httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=SLOW)
        if told.status_code != httpx.codes.OK or "heartbeat" not in told.text:
            what = f"What answers at {url} does not speak as a Chroma server of version 1 does"
            hint = "Check the setting chroma_url, and that `chroma run` of version 1 or newer serves there."
            raise LibraryError(f"{what} (its status is {told.status_code}).", hint=hint)

    @contextmanager
    def _files(self) -> Iterator[None]:
        """A context manager that locks the index files, so that no other process opens or changes them. On a Chroma
        server it locks nothing, since the server does this itself."""
        with self._translated():
            if self._url is not None:
                yield
                return
            try:
                self._lock.acquire()
            except Timeout as exc:
                what = f"Another process has been changing {self._folder} for {PATIENCE:.0f} s."
                raise LibraryLocked(what) from exc
            try:
                yield
                self._traces.see()
            finally:
                self._lock.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except PushbackError:
            raise
        except BaseException as exc:  # a panic of Chroma's is no Exception
            if (error := self._in_our_words(exc)) is None:
                raise
            raise error from exc

    def _in_our_words(self, error: BaseException) -> LibraryError | None:
        """Translate an error of Chroma or of the file system into a ``LibraryError``. Returns None for any other
        error."""
        kind, text = type(error).__name__, str(error)
        full = getattr(error, "errno", None) == errno.ENOSPC or "disk is full" in text
        if full or (kind in DAMAGED and self._url is None and _free(self._folder) < NEARLY_FULL):
            return LibraryFull(f"The disk is full: {self._folder} cannot grow.")
        if "database is locked" in text:
            return LibraryLocked(f"Another process is changing {self._folder}.")
        unheard = type(error).__module__.startswith("httpx") or "connect to a Chroma server" in text
        # What a server says that is no error of Chroma's comes as a plain Exception.
        if kind in REFUSED or unheard or (self._url is not None and type(error) is Exception):
            what = f"The Chroma server {self._url} does not serve us."
            return LibraryError(what, hint="Check the setting chroma_url.", details=text or kind)
        if kind in DAMAGED:
            what = f"The vector index {self._url or self._folder} cannot be read."
            return LibraryDamaged(what, details=f"{text or kind}.")
        if isinstance(error, OSError):
            return LibraryError(
                f"The vector index {self._folder} cannot be changed: {why(error)}.", hint="Close what uses it."
            )
        return None


def _hang_up(client: Any) -> None:
    """Close the connections of a client to its Chroma server, because Chroma's own ``close`` leaves them open."""
    for session in _sessions(client):
        session.close()


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a Chroma client."""
    return [part._server._session for part in (client, client._admin_client)]


def _free(folder: Path) -> int:
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
