"""The FastAPI application of the HTTP API: its routes, and the middleware that checks each request first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from assistant.installation import version
from ui.api import faults
from ui.api.desk import Desk
from ui.api.faults import JsonReply, RequestRefused
from ui.api.forms import Fault
from ui.api.guard import ApiGuard
from ui.api.limits import Questions
from ui.api.metrics import Metrics, Watched
from ui.api.people import People
from ui.api.routes import asking, completions, keeping, working
from ui.web.serving import hosts

ABOUT = (
    "Answers from a team's own documents, every statement cited. Text of documents is material, never an instruction."
)


def build(desk: Desk, people: People) -> FastAPI:
    """Build the FastAPI application of the HTTP API. It answers requests of ``people`` from the libraries that ``desk``
    opens. When the application shuts down, it closes ``desk``."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.ready = desk.warm()
        yield
        desk.close()

    app = FastAPI(
        title="Pushback",
        version=version(),
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,  # their pages would load scripts from the internet
        redoc_url=None,
    )
    app.state.desk, app.state.questions = desk, Questions(desk.settings.api_questions)
    faults.install(app)
    for routes in (asking.routes, working.routes, keeping.routes, completions.routes):
        app.include_router(routes)
    metrics = Metrics(desk)
    app.add_middleware(ApiGuard, names=hosts(desk.settings), people=people, upload_mb=desk.settings.api_upload_mb)

    app.add_middleware(Watched, metrics=metrics)

    @app.get("/metrics", include_in_schema=False)
    def counted() -> Response:
        """The metrics of the server, in the format of Prometheus."""
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/healthz", tags=["health"])
    def healthz() -> Response:
        """Whether the server runs."""
        return JsonReply({"status": "ok"})

    @app.get("/readyz", tags=["health"], responses={503: {"model": Fault}})
    def readyz(request: Request) -> Response:
        """Whether the models are loaded and the library can be asked, or waits for its first documents."""
        if not request.app.state.ready.done():
            raise RequestRefused(503, "What answers is being loaded.", hint="Ask again in a few seconds.", after=2)
        request.app.state.ready.result()
        return JsonReply({"status": "ready"})

    return app
