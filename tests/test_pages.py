from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant import build
from ingest.web.pages import keep
from tests.fakes import WordEmbedder
from ui.cli import cli

HERE = ("127.0.0.1",)


class Server:
    """A web server on loopback; ``pages`` are its pages by path, ``asked`` what was asked of it and what it said."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/price": "<title>Lamps</title><p>The blue lamp costs forty dollars.</p>"}
        self.asked: list[tuple[str, int]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = server.pages.get(self.path)
                etag = f'"{hash(page)}"'
                same = page is not None and self.headers.get("If-None-Match") == etag
                status = 404 if page is None else 304 if same else 200
                server.asked.append((self.path, status))
                self.send_response(status)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                if status == 200 and page:
                    self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.rglob("*.html")}


def test_a_page_is_kept_as_a_file_and_asked_for_again_only_when_it_changed(server: Server, tmp_path: Path):
    first = keep([f"{server.address}/price"], tmp_path, HERE)
    second = keep([f"{server.address}/price"], tmp_path, HERE)
    kept = files(tmp_path)
    server.pages["/price"] = "<p>The blue lamp costs fifty dollars.</p>"
    third = keep([f"{server.address}/price"], tmp_path, HERE)

    assert (first, second, third) == ([], [], [])
    assert [status for path, status in server.asked if path == "/price"] == [200, 304, 200]
    assert list(kept.values()) == ["<title>Lamps</title><p>The blue lamp costs forty dollars.</p>"]
    assert files(tmp_path) == dict.fromkeys(kept, "<p>The blue lamp costs fifty dollars.</p>")


def test_a_page_that_is_gone_is_reported_and_stays_as_it_was(server: Server, tmp_path: Path):
    keep([f"{server.address}/price"], tmp_path, HERE)
    before = files(tmp_path)
    del server.pages["/price"]

    (failed,) = keep([f"{server.address}/price"], tmp_path, HERE)

    assert failed.source == f"{server.address}/price"
    assert files(tmp_path) == before


def test_a_private_address_is_refused_unless_it_is_named(server: Server, tmp_path: Path):
    (failed,) = keep([f"{server.address}/price"], tmp_path)

    assert "127.0.0.1" in failed.reason
    assert server.asked == []


def test_the_command_takes_a_page_by_its_address(
    server: Server, monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder
):
    monkeypatch.setattr(build, "build_embedder", lambda settings: embedder)
    command = ["ingest", f"{server.address}/price", "--json"]

    refused = CliRunner().invoke(cli, command)
    taken = CliRunner().invoke(cli, [*command, "--allow-private", "127.0.0.1"])
    again = CliRunner().invoke(cli, [*command, "--allow-private", "127.0.0.1"])
    listed = CliRunner().invoke(cli, ["documents", "--json"])

    assert [one.exit_code for one in (refused, taken, again)] == [1, 0, 0]
    assert [json.loads(one.stdout)["added"] for one in (refused, taken, again)] == [0, 1, 0]
    (page,) = json.loads(listed.stdout)
    assert (page["title"], page["source"].split("/")[0]) == (
        "Lamps",
        server.address.removeprefix("http://").replace(":", "-"),
    )


def test_what_was_kept_and_cannot_be_read_is_fetched_again(server: Server, tmp_path: Path):
    (tmp_path / ".pages.json").write_text("[1")

    assert keep([f"{server.address}/price"], tmp_path, HERE) == []
    assert len(files(tmp_path)) == 1
