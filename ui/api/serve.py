"""Runs the API with uvicorn. Without tokens, it serves this machine only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.installation import how_to_add
from ui.reports import terminal
from ui.web import local, logs, serving

if TYPE_CHECKING:
    from assistant.settings import Settings

PACKAGES = ("fastapi", "uvicorn", "python_multipart", "prometheus_client")
PATIENCE = 5  # seconds in which a request may end when the server does: Docker kills after ten


def serve(settings: Settings) -> None:
    """Serve the HTTP API until the process is stopped.

    Raises:
        SettingsError: the packages of the extra ``serve`` are not installed, or other machines could use the API
            without tokens.
        PushbackError: the server cannot listen at the address in the settings.
    """
    try:
        import python_multipart  # noqa: F401 - FastAPI asks for it when the first form comes
        import uvicorn

        from ui.api import app, people
        from ui.api.desk import Desk
    except ModuleNotFoundError as exc:
        if exc.name not in PACKAGES:
            raise
        raise SettingsError("What serves the HTTP API is not installed.", hint=how_to_add("serve")) from exc
    known = people.read(settings)
    if not known and not local.only([settings.host, *settings.allowed_hosts]):
        raise SettingsError(
            f"Without tokens the API is for this machine alone, and it is to listen at {settings.host} and answer to "
            f"{', '.join(serving.hosts(settings))}.",
            hint="Name a file of tokens with --tokens, or leave --host and --allowed-hosts out; docs/api.md says more.",
        )
    if settings.api_tokens and people.are_seen_by_others(settings.api_tokens):
        terminal.complain(
            f"Other users of this machine can read {settings.api_tokens}, and use the tokens in it.",
            "Keep it for your user alone: chmod 600.",
        )
    if settings.logs == "json":
        logs.begin()
    serving.check_free(settings.host, settings.api_port)
    at = serving.address(settings.model_copy(update={"port": settings.api_port}))
    terminal.say(f"The API of Pushback is at {at} (Ctrl-C ends it).")
    sys.stdout.flush()
    uvicorn.run(
        app.build(Desk(settings), known),
        host=settings.host,
        port=settings.api_port,
        log_level="warning",
        log_config=None if settings.logs == "json" else uvicorn.config.LOGGING_CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who asks is told by a token; an address that a proxy tells is not asked for
        ws="none",
        timeout_graceful_shutdown=PATIENCE,
    )
