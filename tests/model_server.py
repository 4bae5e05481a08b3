"""A little model server on this machine: it lists its models as Ollama and OpenAI's do, and writes one line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LINE = "[1] The orchard has ninety pear trees."


class ModelServer(ThreadingHTTPServer):
    """``paths`` are those that it knows; ``key``: what it asks for, and repeats when it is not given.

    ``asked`` are the paths of all requests, ``keys`` what each was authorised with, ``sent`` their bodies.
    """

    daemon_threads = True

    def __init__(self, models: Sequence[str], paths: Sequence[str], key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models, self.paths, self.key = models, paths, key
        self.asked: list[str] = []
        self.keys: list[str] = []
        self.sent: list[Any] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def model_server(
    *models: str, paths: Sequence[str] = ("/v1/models", "/v1/chat/completions"), key: str = ""
) -> Iterator[ModelServer]:
    """One that serves these models, as long as the context lasts."""
    with ModelServer(models, paths, key) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        names = self.server.models
        ollamas = self.path == "/api/tags"
        self._answer(
            {"models": [{"name": name} for name in names]} if ollamas else {"data": [{"id": n} for n in names]}
        )

    def do_POST(self) -> None:
        self.server.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.path == "/api/chat":
            message = {"role": "assistant", "content": LINE}
            self._answer({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": True})
            return
        choice = {"index": 0, "delta": {"role": "assistant", "content": LINE}, "finish_reason": "stop"}
        piece = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self._answer(piece, stream=True)

    def _answer(self, value: Any, *, stream: bool = False) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.asked.append(self.path)
        self.server.keys.append(given)
        if self.path not in self.server.paths:
            self._send(404, b"{}")
        elif self.server.key and given != self.server.key:
            error = {"message": f"Incorrect API key provided: {given} ({given[:6]}***{given[-4:]})"}
            self._send(401, json.dumps({"error": error}).encode())
        elif stream:
            self._send(200, f"data: {json.dumps(value)}\n\ndata: [DONE]\n\n".encode(), "text/event-stream")
        else:
            self._send(200, json.dumps(value).encode())

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
