"""Models served on this machine are found at their usual ports, by real servers there; nobody else is asked."""

from __future__ import annotations

import socket
import time
from http.server import BaseHTTPRequestHandler
from threading import Thread

import pytest

from assistant.model import local_models
from assistant.model.chat import Model, Prompt
from assistant.model.local_models import HOST, LARGEST, OLLAMA, PLACES, FoundServer, KnownPort, servers
from assistant.model.providers import OLLAMA as CONTEXT
from assistant.settings import Settings
from tests.model_server import LINE, model_server

USUAL = PLACES  # before the tests' own take their place


def look_at(monkeypatch: pytest.MonkeyPatch, *places: KnownPort) -> None:
    monkeypatch.setattr(local_models, "PLACES", places)


def test_each_usual_port_is_asked_once() -> None:
    assert len({place.port for place in USUAL}) == len(USUAL)
    assert {("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000), ("Jan", 1337)} <= {
        place[:2] for place in USUAL
    }


def test_servers_are_found_with_the_models_that_write(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        model_server("small:3b", "nomic-embed-text", paths=["/api/tags"]) as ollama,
        model_server("org/chat", "two words", "text-embedding-x") as other,
        model_server(paths=["/engines/v1/models"]) as empty,
    ):
        look_at(
            monkeypatch,
            KnownPort("Ollama", ollama.port, OLLAMA),
            KnownPort("LM Studio", other.port),
            KnownPort("Docker", empty.port, "/engines/v1/models"),
        )
        monkeypatch.setenv("OLLAMA_HOST", f"http://localhost:{ollama.port}")
        seen = servers()
        monkeypatch.delenv("OLLAMA_HOST")
        moved = servers()

    assert seen == (
        FoundServer("Ollama", f"{HOST}:{ollama.port}", ("ollama:small:3b",)),
        FoundServer("LM Studio", f"{HOST}:{other.port}", (f"http://{HOST}:{other.port}/v1#org/chat",)),
    )
    assert moved[0].models == (f"http://{HOST}:{ollama.port}/v1#small:3b",)


def test_one_that_asks_for_a_key_is_offered_and_given_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_API_KEY", "sk-of-another-server")
    with model_server("chat", key="sk-its-own-key") as server:
        look_at(monkeypatch, KnownPort("Jan", server.port))
        seen = servers()

    assert seen == (FoundServer("Jan", f"{HOST}:{server.port}", (f"http://{HOST}:{server.port}/v1",), asks_key=True),)
    assert server.keys == [""]


def test_a_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server("chat") as server, model_server("far") as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{HOST}:{proxy.port}")
        look_at(monkeypatch, KnownPort("LM Studio", server.port))

        assert len(servers()) == 1
        assert not proxy.asked


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b'{"data": 3}', b'{"data": [3, {"id": 4}]}', b"[" * 100_000, b"x" * (LARGEST + 1), b"\xff{"],
)
def test_what_is_no_list_of_models_is_passed_over(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr("tests.model_server._Handler.do_GET", lambda handler: handler._send(200, body))
    with model_server() as server:
        look_at(monkeypatch, KnownPort("vLLM", server.port))

        assert servers() == ()


def test_a_reply_does_not_lead_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"http://{HOST}:{elsewhere.port}/v1/models")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with model_server("far") as elsewhere:
        monkeypatch.setattr("tests.model_server._Handler.do_GET", moved)
        with model_server() as server:
            look_at(monkeypatch, KnownPort("vLLM", server.port))

            assert servers() == ()
            assert not elsewhere.asked


def test_who_does_not_reply_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """One says nothing, one says something for ever; both are asked at once."""

    def drip(listening: socket.socket) -> None:
        with listening.accept()[0] as one:
            one.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                for _ in range(1_000):  # a hundred seconds
                    one.sendall(b" ")
                    time.sleep(0.1)
                over.append(True)
            except OSError:
                pass

    over: list[bool] = []
    with socket.create_server((HOST, 0)) as silent, socket.create_server((HOST, 0)) as dripping:
        Thread(target=drip, args=(dripping,), daemon=True).start()
        look_at(monkeypatch, *(KnownPort("x", one.getsockname()[1]) for one in (silent, dripping)))

        assert servers() == ()
        assert not over


def test_ollamas_model_is_asked_with_room_for_what_it_is_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with model_server("small", paths=["/api/chat"]) as server:
        monkeypatch.setenv("OLLAMA_HOST", f"http://{HOST}:{server.port}")
        model = Model(Settings(model="ollama:small"), sleep=lambda _: None)

        assert "".join(model.calls().stream(Prompt("You write.", "Write."))) == LINE
    assert server.sent[0]["options"]["num_ctx"] == model.facts.context == CONTEXT
