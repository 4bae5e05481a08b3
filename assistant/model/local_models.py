"""Finds model servers on this machine, at the ports where such servers usually listen.

Requests go only to 127.0.0.1, use no proxy, carry no key, and ask only for the list of models.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

HOST = "127.0.0.1"
SECONDS = 1.0  # that a server has to reply; a port at which nobody listens says so at once
LARGEST = 1_000_000  # bytes of a reply that are read: what listens there need not be a model server
OLLAMA, OPENAI = "/api/tags", "/models"  # how a list of models is asked for


class KnownPort(NamedTuple):
    """A port on which a model server usually listens: the name of the server's program, the number of the port, and the
    path at which the server lists its models."""

    program: str
    port: int
    path: str = f"/v1{OPENAI}"


PLACES = (
    KnownPort("Ollama", 11434, OLLAMA),
    KnownPort("LM Studio", 1234),
    KnownPort("llama.cpp", 8080),  # also LocalAI, llamafile and MLX
    KnownPort("vLLM", 8000),
    KnownPort("Jan", 1337),
    KnownPort("GPT4All", 4891),
    KnownPort("KoboldCpp", 5001),
    KnownPort("text-generation-webui", 5000),
    KnownPort("Lemonade", 13305),
    KnownPort("Docker Model Runner", 12434, f"/engines/v1{OPENAI}"),
    KnownPort("SGLang", 30000),
)

_WRITES_NOT = re.compile(r"embed|minilm|\bbge-|rerank|whisper", re.IGNORECASE)  # models that write no text
_LOOPBACK = (HOST, "localhost", "0.0.0.0", "::1")  # noqa: S104 - names that OLLAMA_HOST has for this machine


class FoundServer(NamedTuple):
    """A model server that was found on this machine: the program that it probably is, its address, and the names of its
    models. The names are in the form that the setting ``model`` needs, such as ``ollama:NAME``.

    A server that asks for a key (``asks_key``) does not list its models. ``models`` then has one name, which stands for
    the server's first model.
    """

    program: str
    address: str
    models: tuple[str, ...]
    asks_key: bool = False


def servers() -> tuple[FoundServer, ...]:
    """Return the model servers on this machine that reply. All known ports are tried at the same time, which takes two
    seconds at most."""
    import httpx

    with (
        httpx.Client(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
        ThreadPoolExecutor(max(1, len(PLACES))) as asking,
    ):
        return tuple(one for one in asking.map(lambda place: _at(place, client), PLACES) if one)


def _at(place: KnownPort, client: httpx.Client) -> FoundServer | None:
    import httpx

    address = f"{HOST}:{place.port}"
    try:
        with client.stream("GET", f"http://{address}{place.path}") as reply:
            if reply.status_code in (401, 403) and place.path != OLLAMA:
                return FoundServer(place.program, address, (_base(place),), asks_key=True)
            models = tuple(_models(json.loads(_body(reply)), place)) if reply.status_code == 200 else ()
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
    return FoundServer(place.program, address, models) if models else None


def _body(reply: httpx.Response) -> bytes:
    """Return the body of the server's reply.

    Raises:
        ValueError: it has more than ``LARGEST`` bytes, or takes longer than ``SECONDS``.
    """
    until, body = monotonic() + SECONDS, b""
    for piece in reply.iter_bytes():
        body += piece
        if len(body) > LARGEST or monotonic() > until:
            raise ValueError("this is no list of models")
    return body


def _models(listed: Any, place: KnownPort) -> Iterator[str]:
    """Yield the chat models in a server's list, each in the form in which the settings name a model, such as
    ``ollama:NAME``. ``listed`` is the decoded JSON of the reply."""
    key, name = ("models", "name") if place.path == OLLAMA else ("data", "id")
    entries = listed.get(key) if isinstance(listed, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        named = entry.get(name) if isinstance(entry, dict) else None
        if isinstance(named, str) and re.fullmatch(r"\S{1,200}", named) and named.isprintable():
            if _WRITES_NOT.search(named):
                continue
            yield f"ollama:{named}" if _is_ollamas(place) else f"{_base(place)}#{named}"


def _base(place: KnownPort) -> str:
    """The address of the server's OpenAI-compatible interface. Ollama has such an interface, too."""
    return f"http://{HOST}:{place.port}{'/v1' if place.path == OLLAMA else place.path.removesuffix(OPENAI)}"


def _is_ollamas(place: KnownPort) -> bool:
    """Whether Ollama's own client would connect to this port. The client uses the address in the variable
    OLLAMA_HOST."""
    named = os.environ.get("OLLAMA_HOST") or f"{HOST}:11434"
    try:
        leads = urlsplit(named if "://" in named else f"//{named}")
        port = leads.port or 11434
    except ValueError:
        return False
    return place.path == OLLAMA and leads.hostname in _LOOPBACK and port == place.port
