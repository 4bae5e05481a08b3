"""Checks the host name, origin, person and size of a request before its body is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders

from ui.api.faults import RequestRefused, refusal
from ui.api.people import People
from ui.web import local

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = ("/healthz", "/readyz", "/openapi.json")  # what tells nothing of a library
UPLOAD = "/v1/ingest"
LONGEST = 2_000_000  # bytes of any other request: ``forms.MOST_TURNS`` turns of 10,000; a guess, not measured
MEGABYTE = 1_000_000  # bytes, as disks and the web pages' own limit count; the unit of the setting api_upload_mb
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
TOO_LARGE = "The request is too large"


class ApiGuard:
    """Middleware that checks the host name, the origin, the token and the size of each request. A request that fails a
    check is refused. Otherwise, the ``Person`` who sent it is stored in ``scope["person"]``, and the request is passed
    on. Paths in ``OPEN`` need no token."""

    def __init__(self, app: ASGIApp, *, names: Sequence[str], people: People, upload_mb: int) -> None:
        self._app, self._names, self._people, self._upload = app, names, people, upload_mb * MEGABYTE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, and pass it on or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            most = self._let_in(scope, Headers(scope=scope))
        except RequestRefused as refused:
            await refusal(scope["path"], refused)(scope, receive, with_headers)
        else:
            await self._app(scope, _counted(receive, most), with_headers)

    def _let_in(self, scope: Scope, headers: Headers) -> int:
        """Check the request, and put its sender into ``scope["person"]``. Returns the largest number of bytes that its
        body may have.

        Raises:
            RequestRefused: the request is not allowed.
        """
        if not local.is_known(headers.get("host", ""), self._names):
            hint = "Ask for a name that allowed_hosts has."
            raise RequestRefused(400, "The server does not answer to this name.", hint=hint)
        if not local.is_own_page(headers):
            raise RequestRefused(
                403, "Pages of other servers may not ask this one.", hint="Ask from a program, or from no page."
            )
        path = scope["path"]
        if path not in OPEN:
            client = scope.get("client")
            person = self._people.find(client[0] if client else None, headers)
            if person is None:
                if self._people:
                    raise RequestRefused(401, "No token that is known came with the request.")
                hint = "Whoever runs it can give tokens, with --tokens FILE."
                raise RequestRefused(401, "Without tokens, only this machine itself is answered.", hint=hint)
            scope["person"] = person
        most = self._upload if path == UPLOAD else LONGEST
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise RequestRefused(413, f"{TOO_LARGE}: at most {most:,} bytes are read.")
        return most


def _counted(receive: Receive, most: int) -> Receive:
    """Wrap ``receive`` so that it raises an ``HTTPException`` (413) once a request's body is longer than ``most``
    bytes."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, f"{TOO_LARGE}: at most {most:,} bytes are read")
        return message

    return counted
