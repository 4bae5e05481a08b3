"""The HTTP API as it is served: a real server on loopback over a small library."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import uvicorn
from langchain_core.language_models.chat_models import BaseChatModel

from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from ingest.sync import sync
from tests.fakes import WordEmbedder
from tests.suites import write_small
from tests.visiting import free_port
from ui.api import app, people
from ui.api.desk import Desk

PATIENCE = 300  # seconds; a loaded machine takes long to load what answers
ANN, BOB, EVE = "the long token of ann", "the long token of bob", "the long token of eve"
TOKENS = f"""
[ann]
token = "{ANN}"
[bob]
token = "{BOB}"
role = "editor"
[eve]
token = "{EVE}"
libraries = ["*"]
"""


class Served(NamedTuple):
    """A server that runs: where, what it serves, and a client at this machine."""

    url: str
    settings: Settings
    client: httpx.Client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, said: Any = None, **more: Any) -> httpx.Response:
        return self.client.post(path, json=said, **more) if said is not None else self.client.post(path, **more)

    def ended(self, begun: httpx.Response, **more: Any) -> dict[str, Any]:
        """The job that a request began, when it has ended."""
        assert begun.status_code == 202, begun.text
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            job: dict[str, Any] = self.get(f"/v1/jobs/{begun.json()['id']}", **more).json()
            if job["state"] not in ("waiting", "running"):
                return job
            time.sleep(0.05)
        raise AssertionError(f"the job has not ended: {job}")


def fill(settings: Settings, folder: Path, embedder: Embedder | None = None, **documents: str) -> None:
    """Put the documents of the small suite, and these, into the library of the settings."""
    folder.mkdir(exist_ok=True)
    write_small(folder, **documents)
    embedder = embedder or WordEmbedder()
    with Library.open(settings, embedder, create=True) as library:
        assert not sync([folder / "documents"], library, settings, embedder).failed


@contextmanager
def serving(home: Path, tokens: str = "", chat: BaseChatModel | None = None, **settings: Any) -> Iterator[Served]:
    """A server of the library in ``home``, with these settings; it ends with the block."""
    if tokens:
        (home / "tokens.toml").write_text(tokens)
        settings["api_tokens"] = home / "tokens.toml"
    made = Settings(home=home, api_port=free_port(), evidence_model="none", **settings)
    built = app.build(Desk(made, WordEmbedder(), chat), people.read(made))
    server = uvicorn.Server(
        uvicorn.Config(
            built,
            port=made.api_port,
            log_level="critical",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=PATIENCE,  # a loaded machine may take longer than uvicorn's five seconds to ask again
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{made.api_port}"
    with httpx.Client(base_url=url, timeout=PATIENCE) as client:
        until = time.monotonic() + PATIENCE
        while not (server.started and client.get("/readyz").status_code == 200):
            assert thread.is_alive(), "the server has not started"
            assert time.monotonic() < until
            time.sleep(0.05)
        yield Served(url, made, client)
    server.should_exit = True
    thread.join(PATIENCE)


def by(token: str) -> dict[str, dict[str, str]]:
    """What a client that has a token sends with each request."""
    return {"headers": {"Authorization": f"Bearer {token}"}}


def events(response: httpx.Response) -> list[tuple[str, Any]]:
    """Server-sent events, each its name and its JSON."""
    assert response.headers["content-type"].startswith("text/event-stream"), response.text
    found = []
    for block in response.text.split("\n\n"):
        told = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")
        if told:
            found.append((told.get("event", ""), json.loads(told["data"]) if told["data"] != "[DONE]" else "[DONE]"))
    return found
