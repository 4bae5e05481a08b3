"""Metrics of the server for Prometheus: requests, stages of answers, queues and jobs. They contain no text of users or
documents."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from assistant.errors import LibraryError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ui.api.desk import Desk

BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)  # seconds: a search takes 0.05, a model's answer 10
OTHER = "other"  # paths that are none of ours, so that nobody can make names of metrics

_log = logging.getLogger(__name__)


class Metrics:
    """The metrics of the server: the requests to one application, and the state of its ``Desk`` (the libraries and the
    queue of requests)."""

    def __init__(self, desk: Desk) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_OfDesk(desk))
        self._requests = Counter(
            "pushback_requests", "Requests that were answered", ["method", "path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "pushback_request_seconds",
            "How long requests took",
            ["path"],
            buckets=BOUNDS,
            registry=self._registry,
        )

    def text(self) -> bytes:
        """All metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request, which was answered with the HTTP ``status`` after this number of ``seconds``. ``path`` is
        the pattern of its route, such as ``/v1/jobs/{id}``."""
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)


class Watched:
    """Middleware that counts and logs requests. It records the pattern of a request's route, such as ``/v1/jobs/{id}``,
    and never the path as it was requested."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, then count and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            method, seconds = scope["method"], perf_counter() - started
            path = getattr(scope.get("route"), "path", OTHER)
            self._metrics.count(method, path, status, seconds)
            told = {"method": method, "path": path, "status": status, "seconds": round(seconds, 3)}
            _log.info("request", extra={"told": told})


class _OfDesk(Collector):
    """Reads the metrics of the desk (stages, waiting requests, jobs) whenever Prometheus asks for them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        stages = SummaryMetricFamily("pushback_stage_seconds", "How long stages of answers took", labels=["stage"])
        for stage, (count, seconds) in self._desk.stages.items():
            stages.add_metric([stage], count, seconds)
        yield stages
        yield GaugeMetricFamily(
            "pushback_waiting", "Requests that are being answered or wait for it", self._desk.waiting
        )
        jobs = GaugeMetricFamily("pushback_jobs", "Jobs that are still told of, by their state", labels=["state"])
        with suppress(LibraryError):  # the database is away; /readyz says so
            for state, count in self._desk.jobs.counts().items():
                jobs.add_metric([state], count)
        yield jobs
