"""Checks each request to the pages: that it does not come from a page of another site, and that an upload comes from a
session that may upload.

Starlette's own middleware checks the host name of a request. Response headers keep other sites from framing the pages,
and the pages from loading anything from other sites.
"""

from __future__ import annotations

import re
import secrets
import threading
from base64 import b64encode
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from streamlit.file_util import get_static_dir

from ui.web import local, scripts

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

VISITOR = "pushback_visitor"  # the cookie that tells a browser's visitor from others, where nobody signs in
YEAR = 365 * 24 * 3600  # seconds
MOST = 10_000  # sessions that may upload, the oldest forgotten first: a bound on memory
UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")

_may_upload: OrderedDict[str, None] = OrderedDict()
_changes = threading.Lock()


def allowed_hosts() -> list[str]:
    """The host names that the web app answers to, in the form that Starlette expects: an IPv6 address is in
    brackets."""
    return [f"[{name}]" if ":" in name else name for name in st.get_option("server.allowedHosts") or local.NAMES]


def policy() -> str:
    """The content security policy of the pages. It lets the pages load files from this server only. The only scripts
    that it lets them run are files of this server, and scripts within a page whose hashes are in the policy."""
    page = Path(get_static_dir(), "index.html").read_text("utf-8")
    known = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), *scripts.EVERY]
    hashes = " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in known)
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
        "blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def let_upload(session: str) -> None:
    """Accept uploads from the Streamlit session with the id ``session`` from now on. The page calls this for visitors
    who may add documents."""
    with _changes:
        _may_upload[session] = None
        _may_upload.move_to_end(session)
        if len(_may_upload) > MOST:
            _may_upload.popitem(last=False)


class PageGuard:
    """Middleware for the pages. It refuses requests that come from pages of other sites, and uploads from sessions that
    may not upload. It passes all other requests on, and adds security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy(),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",  # the address of a page names its conversation
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, and pass it on or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answer = MutableHeaders(scope=message)
                answer.update(self._headers)
                if answer.get("content-type", "").startswith("text/html") and _is_new(scope):
                    answer.append("Set-Cookie", _cookie(secure=scope["scheme"] == "https"))
            await send(message)

        # Streamlit would let pages of all the machine's addresses in, and ask a server of the internet for one of them.
        if not local.is_own_page(headers):
            refusal = PlainTextResponse("This page is not asked by other pages.", status_code=403)
            await refusal(scope, receive, with_headers)
        elif not _is_offered(scope):
            refusal = PlainTextResponse("Whoever sends this may add no documents.", status_code=403)
            await refusal(scope, receive, with_headers)
        else:
            await self._app(scope, receive, with_headers)


def _is_offered(scope: Scope) -> bool:
    upload = UPLOAD.search(scope["path"])
    return scope.get("method") != "PUT" or not upload or upload[1] in _may_upload


def _is_new(scope: Scope) -> bool:
    """Whether the request comes from another machine and has no visitor cookie yet."""
    visitor = HTTPConnection(scope)
    peer = visitor.client.host if visitor.client else None
    return VISITOR not in visitor.cookies and not local.is_local(peer, visitor.headers)


def _cookie(*, secure: bool) -> str:
    value = f"{VISITOR}={secrets.token_urlsafe(24)}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax"
    return f"{value}; Secure" if secure else value
