"""Ingests on many cores and machines: Dask's workers parse and embed, and only this process reads files and writes to
the library.

A node receives a file's bytes, so it needs no access to the folder, and parses them in a process with limits, as
``workers.py`` does on this machine. If a node fails, another one takes over its work. Nodes exchange Python pickles, so
a cluster belongs in a private network, or behind TLS (``tls://``, set in Dask's own configuration).
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.errors import ClusterUnavailable, PushbackError, SettingsError
from assistant.installation import how_to_add, version
from assistant.model.embedding import Embedder, Embedding, Identity, Vectors
from assistant.model.offline import stay_offline
from assistant.types import Span
from ingest.pipeline.parsing import ParsedFile, Task
from ingest.pipeline.workers import Workers

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "dask"  # instead of an address: a worker for each core of this machine, as long as the run lasts
SCHEMES = ("tcp://", "tls://")
CHUNK = 64  # passages that a node embeds at a time: two passes of the model
AHEAD = 2  # files for each worker that are on their way, so that none waits
WIDE = 16  # workers' batches that are held in memory at once, however many workers there are: 40 MB
LOOK = 1.0  # seconds after which it is asked whether anybody still works
# What a worker of this machine starts with. Dask's own default has it return freed memory at once, and each pass of the
# model then asks the system for its pages again: half as much processor time on top (eval/benchmarks/engine.py).
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
PATIENCE = 30.0  # seconds without a worker: one that a supervisor starts again is back by then


class Cluster:
    """The workers of a Dask cluster, which parse files and embed passages for ``sync``. A context manager that
    disconnects from the cluster at the end.

    ``where`` is the scheduler's address, or ``LOCAL`` for a worker on each core of this machine. ``embedder`` is the
    embedding model that the workers use. ``patience`` is the number of seconds to wait for a worker if there is none.

    Raises:
        SettingsError: Dask is not installed, or ``where`` is neither ``LOCAL`` nor an address.
        ClusterUnavailable: the cluster cannot be reached, or has no worker; raised later if all workers are gone.
    """

    def __init__(self, where: str, embedder: Embedder, *, patience: float = PATIENCE) -> None:
        self._where, self._patience = where, patience
        self._client = _client(where, patience)
        try:
            self._client.wait_for_workers(1, timeout=patience)
            at_once = sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as exc:
            self._client.close()
            raise self._gone() from exc
        self.batches = min(at_once, WIDE)
        self.most = AHEAD * at_once
        self.embedder = _Embedder(self, embedder)
        self._threads = ThreadPoolExecutor(self.most, "cluster")  # they only wait
        self._seen = time.monotonic()  # when a worker was last there
        self._closed = False

    def reached(self, source: str) -> None:
        """Always None, since workers on other machines do not report which page of the file ``source`` they have
        reached. Worker processes on this machine do (``Workers.reached``).
        """

    def parse(self, task: Task) -> Future[ParsedFile]:
        """Parse a file on a node of the cluster. The returned future has the file's document and passages, or raises
        SourceError if the file cannot be parsed.
        """
        return self._threads.submit(lambda: self.result(self.begin(_parse, task)))

    def begin(self, work: Any, *args: Any) -> Any:
        """Start the function ``work`` with these arguments on a node of the cluster. Return Dask's future, which the
        method ``result`` takes.
        """
        return self._client.submit(work, version(), *args, pure=False)

    def result(self, work: Any) -> Any:
        """Wait for the function that ``begin`` started, and return its result. ``work`` is the future that ``begin``
        returned.

        Raises:
            PushbackError: the function raised it.
            ClusterUnavailable: no node could run the function.
        """
        from distributed import KilledWorker

        while True:
            try:
                return work.result(timeout=LOOK)
            except TimeoutError:
                if work.done():
                    raise
                self._look()
            except PushbackError:
                raise
            except (CancelledError, KilledWorker, OSError) as exc:
                raise self._gone() from exc

    def close(self) -> None:
        """Disconnect from the workers; unfinished work is dropped."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self) -> None:
        if self._closed:
            raise self._gone()
        try:
            there = bool(self._client.nthreads())
        except (OSError, TimeoutError):
            there = False
        if there:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > self._patience:
            raise self._gone()

    def _gone(self) -> ClusterUnavailable:
        return ClusterUnavailable(f"No worker of the cluster {self._where} can be reached.")


class _Embedder:
    """Embeds texts on the nodes of the cluster, and questions on this machine."""

    def __init__(self, cluster: Cluster, embedder: Embedder) -> None:
        self._cluster, self._here = cluster, embedder
        self._pickled = pickle.dumps(embedder)

    @property
    def identity(self) -> Identity:
        return self._here.identity

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        by_length = sorted(range(len(texts)), key=lambda place: -len(texts[place]))  # the longest work first
        chunks = [by_length[start : start + CHUNK] for start in range(0, len(by_length), CHUNK)]
        begun = [
            self._cluster.begin(
                _embed, self._pickled, self.identity, [texts[n] for n in places], [sentences[n] for n in places]
            )
            for places in chunks
        ]
        for places, work in zip(chunks, begun, strict=True):
            for place, embedding in self._cluster.result(work):
                yield places[place], embedding

    def query(self, text: str) -> Vectors:
        return self._here.query(text)


def _client(where: str, patience: float) -> Client:
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as exc:
        raise SettingsError("Dask, which ingests on a cluster, is not installed.", hint=how_to_add("dask")) from exc
    if where != LOCAL and not where.startswith(SCHEMES):
        hint = f"Write --engine {LOCAL}, or the address of a scheduler: --engine tcp://host:8786."
        raise SettingsError(f"There is no engine {where!r}.", hint=hint)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})  # a task holds a file, as it should
    if where == LOCAL:
        dask.config.set({"distributed.nanny.pre-spawn-environ": ONE_THREAD})
        return Client(threads_per_worker=1, dashboard_address=None)
    try:
        return Client(where, timeout=patience)
    except (OSError, TimeoutError, ValueError) as exc:
        raise ClusterUnavailable(f"The cluster {where} cannot be reached.") from exc


# What nodes do.


def _parse(theirs: str, task: Task) -> ParsedFile:
    _check_version(theirs)
    parsed = _workers().parse(task).result()
    return parsed._replace(passages=iter(list(parsed.passages)))  # a list's iterator can travel


def _embed(
    theirs: str, pickled: bytes, identity: Identity, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[tuple[int, Embedding]]:
    _check_version(theirs)
    return list(_embedder(pickled, identity).embed(texts, sentences))


def _check_version(theirs: str) -> None:
    if theirs != version():
        raise ClusterUnavailable(
            f"A node of the cluster has version {version()} of Pushback, and this machine {theirs}.",
            hint="Install the same on all of them.",
        )


@lru_cache(maxsize=1)
def _workers() -> Workers:
    return Workers()


@lru_cache(maxsize=1)
def _embedder(pickled: bytes, identity: Identity) -> Embedder:
    stay_offline()
    embedder: Embedder = pickle.loads(pickled)  # noqa: S301 — of the machine whose scheduler this node chose
    if embedder.identity != identity:
        raise ClusterUnavailable(
            f"A node of the cluster has another embedding model ({embedder.identity.name!r}, weights "
            f"{embedder.identity.sha256[:8]}) than this machine ({identity.name!r}, {identity.sha256[:8]}).",
            hint="Install the same on all of them.",
        )
    return embedder
