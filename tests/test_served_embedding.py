"""An embedding model at an address: a real HTTP server on loopback that serves the bundled model."""

from __future__ import annotations

import json
import pickle
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.build import build_embedder
from assistant.errors import IndexMismatch, ModelDenied, ModelUnavailable, PushbackError, RequestInvalid, SettingsError
from assistant.library.library import Library
from assistant.model.embedding import Embedder, SentenceTransformerEmbedder
from assistant.model.served_embedding import ServedEmbedder
from assistant.settings import Settings
from assistant.types import Span
from ingest.sync import sync
from tests.fakes import WordEmbedder

pytestmark = pytest.mark.slow
KEY = "sk-of-embeddings-4711"


class EmbeddingServer(ThreadingHTTPServer):
    """Serves one embedder; ``most`` texts a request, ``longest`` characters a text; ``failing`` requests fail."""

    daemon_threads = True

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.embedder = embedder
        self.key = ""
        self.most, self.longest, self.failing = 32, 2_000, 0
        self.sizes: list[int] = []  # of the requests
        self.reply: Any = None  # instead of vectors

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1#minilm"


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts, server = asked["input"], self.server
        server.sizes.append(len(texts))
        if self.path != "/v1/embeddings":
            self._send(404, {"error": "no such path"})
        elif server.key and self.headers["Authorization"] != f"Bearer {server.key}":
            self._send(401, {"error": {"message": f"wrong key: {self.headers['Authorization']}"}})
        elif server.failing:
            server.failing -= 1
            self._send(503, {"error": "busy"})
        elif len(texts) > server.most or any(len(text) > server.longest for text in texts):
            self._send(413, {"error": "too much"})
        else:
            done = dict(server.embedder.embed(texts, [()] * len(texts)))
            data = [{"index": place, "embedding": one.passage.tolist()} for place, one in done.items()]
            self._send(200, server.reply or {"object": "list", "model": asked["model"], "data": data})

    def _send(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server(sentence_transformer: SentenceTransformerEmbedder) -> Iterator[EmbeddingServer]:
    sentence_transformer.query("loaded")  # which takes longer than a request may
    with EmbeddingServer(sentence_transformer) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def embedder(server: EmbeddingServer) -> ServedEmbedder:
    return ServedEmbedder(server.address, seconds=20, tries=1)


def filled(settings: Settings, embedder: Embedder, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "orchard.md").write_text("# Orchard\n\nPears sell in May. Apples wait until June.\n", "utf-8")
    (folder / "mill.md").write_text("# Mill\n\nThe mill closed in 1990. Its wheel was sold.\n", "utf-8")
    with Library.open(settings, embedder, create=True) as library:
        assert sync([folder], library, settings, embedder).added == 2


def test_a_served_model_gives_the_vectors_of_the_local_one(
    server: EmbeddingServer, sentence_transformer: SentenceTransformerEmbedder
) -> None:
    texts = [f"Pears sell in May. The mill has {number} wheels." for number in range(40)]
    spans = [[Span(0, 18), Span(19, len(text))] for text in texts]

    served, local = dict(embedder(server).embed(texts, spans)), dict(sentence_transformer.embed(texts, spans))

    assert sorted(served) == list(range(40))
    assert all(np.allclose(served[n].passage, local[n].passage, atol=1e-5) for n in range(40))
    first = sentence_transformer.query(texts[0][:18])
    assert all(np.allclose(served[n].sentences[0], first, atol=1e-5) for n in range(40))
    assert max(server.sizes) <= 32


def test_a_library_made_here_is_read_with_a_server_and_the_other_way_round(
    server: EmbeddingServer, settings: Settings, sentence_transformer: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    served = settings.model_copy(update={"library": "served"})
    filled(settings, sentence_transformer, tmp_path / "documents")
    filled(served, embedder(server), tmp_path / "documents")

    with Library.open(settings, embedder(server)) as one, Library.open(served, sentence_transformer) as other:
        found = [
            [id for id, _ in library.dense(sentence_transformer.query("When do pears sell?"), 2)]
            for library in (one, other)
        ]
        problems = [library.doctor() for library in (one, other)]

    assert found[0] == found[1]
    assert problems == [[], []]


def test_a_server_of_other_vectors_is_refused_with_a_remedy(
    server: EmbeddingServer, settings: Settings, tmp_path: Path
) -> None:
    filled(settings, embedder(server), tmp_path / "documents")
    server.embedder = Turned(server.embedder)

    with Library.open(settings, embedder(server)) as library:
        with pytest.raises(IndexMismatch, match="which gives other vectors") as raised:
            library.dense(embedder(server).query("pears"), 2)
        (tmp_path / "documents" / "new.md").write_text("Plums are blue.", "utf-8")
        with pytest.raises(IndexMismatch, match="other vectors"):
            sync([tmp_path / "documents"], library, settings, embedder(server))
        assert library.searched().documents == 2

    assert "pushback reindex" in raised.value.hint


class Turned:
    """An embedder whose vectors have the same dimension and say nothing of those of ``other``."""

    def __init__(self, other: Embedder) -> None:
        self._other, self.identity = other, other.identity

    def embed(self, texts: Any, sentences: Any) -> Any:
        for place, one in self._other.embed(texts, sentences):
            yield place, one._replace(passage=np.roll(one.passage, 1))


def test_a_server_that_changes_its_dimension_is_refused(
    server: EmbeddingServer, settings: Settings, tmp_path: Path
) -> None:
    served = embedder(server)
    filled(settings, served, tmp_path / "documents")
    server.embedder = WordEmbedder()

    with pytest.raises(ModelUnavailable, match="gave 64 dimensions, and 384 before"):
        served.query("pears")
    with Library.open(settings, embedder(server)) as library, pytest.raises(IndexMismatch, match="64 dimensions"):
        library.dense(embedder(server).query("pears"), 2)


def test_what_passes_by_itself_is_tried_again_and_what_stays_is_told(server: EmbeddingServer) -> None:
    server.failing = 1
    assert embedder(server).query("pears").shape == (384,)

    server.failing = 100
    with pytest.raises(ModelUnavailable, match=r"embeddings at http://127\.0\.0\.1:\d+/v1#minilm cannot be reached"):
        embedder(server).query("pears")
    assert server.failing == 98


def test_a_server_that_is_gone_is_told_with_what_to_check(server: EmbeddingServer) -> None:
    served = embedder(server)
    assert served.query("pears").shape == (384,)
    server.shutdown()
    server.server_close()

    with pytest.raises(ModelUnavailable, match="cannot be reached") as raised:
        served.query("pears")
    assert "PUSHBACK_EMBEDDING_KEY" in raised.value.hint


def test_a_server_that_takes_less_is_sent_less(
    server: EmbeddingServer, sentence_transformer: SentenceTransformerEmbedder
) -> None:
    """A server that takes few texts gets several requests; of a text that is too long its start stands for it."""
    server.most, server.longest = 3, 1_000
    texts = [*(f"Number {number}." for number in range(7)), "pears and apples " * 100]

    done = dict(embedder(server).embed(texts, [()] * len(texts)))

    assert len(done) == 8
    assert np.allclose(done[6].passage, sentence_transformer.query("Number 6."), atol=1e-5)
    assert np.allclose(done[7].passage, sentence_transformer.query(texts[7][:850]), atol=1e-5)

    server.most = 0
    with pytest.raises(RequestInvalid):
        embedder(server).query("pears")


def test_a_short_text_that_is_refused_is_not_cut_further(server: EmbeddingServer) -> None:
    """Every model reads 200 characters, so something else is wrong, and halves of the text would not help."""
    server.longest = 0

    with pytest.raises(RequestInvalid):
        embedder(server).query("pears " * 50)

    assert len(server.sizes) == 2  # 300 characters, then 150


@pytest.mark.parametrize("reply", [{"data": []}, {"data": [{"index": 0, "embedding": ["x"]}]}, {"error": "no"}, [1]])
def test_a_reply_that_is_none_is_told(server: EmbeddingServer, reply: Any) -> None:
    server.reply = reply

    with pytest.raises(ModelUnavailable, match="does not reply as OpenAI's does"):
        embedder(server).query("pears")


def test_the_key_is_its_own_and_in_no_error(server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = KEY
    monkeypatch.setenv("PUSHBACK_API_KEY", KEY)
    with pytest.raises(ModelDenied) as raised:
        embedder(server).query("pears")
    assert raised.value.hint.endswith("PUSHBACK_EMBEDDING_KEY if it asks for a key.")

    monkeypatch.setenv("PUSHBACK_EMBEDDING_KEY", KEY)
    assert embedder(server).query("pears").shape == (384,)

    monkeypatch.setenv("PUSHBACK_EMBEDDING_KEY", "sk-another-key-0815")
    with pytest.raises(PushbackError) as raised:
        embedder(server).query("pears")
    assert "0815" not in str(raised.value)


def test_the_setting_is_an_address_with_a_name(settings: Settings) -> None:
    at = settings.model_copy(update={"embedding_model": "http://127.0.0.1:1/v1#minilm"})

    assert isinstance(build_embedder(at), ServedEmbedder)
    assert isinstance(pickle.loads(pickle.dumps(build_embedder(at))), ServedEmbedder)
    with pytest.raises(SettingsError, match="no address with a model's name"):
        build_embedder(at.model_copy(update={"embedding_model": "http://127.0.0.1:1/v1"}))
