"""What is asked of a request before it reaches the page: its origin.

The name that a request is for is checked by Starlette's own middleware. Each answer carries headers that keep other
pages from framing ours, and ours from loading anything from elsewhere.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from streamlit.file_util import get_static_dir

from ui import local, scripts

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def allowed_hosts() -> list[str]:
    """The names that the server answers to, as Starlette has them: an IPv6 address in brackets."""
    return [f"[{name}]" if ":" in name else name for name in st.get_option("server.allowedHosts") or local.NAMES]


def policy() -> str:
    """What our pages may load, and from where: Streamlit's files, and scripts in a page by their hashes alone."""
    page = Path(get_static_dir(), "index.html").read_text("utf-8")
    known = [*re.findall(r"<script>(.*?)</script>", page, re.DOTALL), *scripts.EVERY]
    hashes = " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in known)
    return (
        f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
        "blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Guard:
    """The middleware: it refuses, or lets a request through and adds headers to the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy(),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",  # the address of a page names its conversation
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answer = MutableHeaders(scope=message)
                answer.update(self._headers)
            await send(message)

        if not _is_own(headers):
            refusal = PlainTextResponse("This page is not asked by other pages.", status_code=403)
            await refusal(scope, receive, with_headers)
        else:
            await self._app(scope, receive, with_headers)


def _is_own(headers: Headers) -> bool:
    """Whether it comes from our own page, or from no page at all.

    Streamlit would let pages of all the machine's addresses in, and ask a server of the internet for one of them.
    """
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
