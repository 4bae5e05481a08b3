"""What tests share: a home of their own, no network, a library with real parts, and documents to put into it."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as trying

from assistant.evidence.answers import Scored
from assistant.evidence.sentences import seen
from assistant.library.library import Library, NewDocument
from assistant.model import local_models
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.model.offline import stay_offline
from assistant.settings import Settings
from assistant.text.headed import embedded
from assistant.types import About, Block, BlockKind, Document, Passage, Sentence
from tests import chroma_server, database
from tests.database import Server
from tests.fakes import WordEmbedder

trying.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
trying.load_profile("unhurried")  # a busy machine breaks no law

# Who starts tests in the background may have told them to ignore Ctrl-C; what tests start would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

ENDLESS = 120  # seconds of processor time: what is guarded takes some twenty at most


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip on Windows what needs another system."""
    if sys.platform == "win32":
        for item in items:
            if item.get_closest_marker("posix"):
                item.add_marker(
                    pytest.mark.skip(reason="needs signals, rights, links, pipes or a shell as POSIX has them")
                )


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; nobody's real library is touched."""
    monkeypatch.setenv("PUSHBACK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """``AppTest`` leaves its page behind as ``__main__``, and processes started later would run it again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave this machine in no test."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _only_loopback(getattr(socket.socket, name)))


@pytest.fixture
def ending() -> Iterator[None]:
    """The test fails after minutes of work: a guard against what never ends, and no measure. Benchmarks measure.

    Only this process's work counts, so that no busy machine breaks a test; what waits instead is not noticed.
    """

    if sys.platform == "win32":  # it has no such timer
        yield
        return

    def gave_up(*_: Any) -> None:
        pytest.fail(f"it does not end within {ENDLESS} seconds of processor time")

    before = signal.signal(signal.SIGPROF, gave_up)
    signal.setitimer(signal.ITIMER_PROF, ENDLESS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.fixture
def at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor of a page is at the machine that serves it; Streamlit's runner of tests knows no connection."""
    from ui.parts.page import nearby

    came = nearby.Connection("127.0.0.1", {"Host": "localhost:8501"})
    monkeypatch.setattr(nearby, "connection", lambda: came)


@pytest.fixture(autouse=True)
def nobody_serves_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to be served on the machine that runs the tests is not found by them."""
    monkeypatch.setattr(local_models, "PLACES", ())


def _only_loopback(connect: Any) -> Any:
    def connect_if_near(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_near(str(address[0])):
            raise AssertionError(f"the network is closed in tests: {address}")
        return connect(self, address)

    return connect_if_near


def _is_near(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback


@pytest.fixture
def settings(request: pytest.FixtureRequest, home: Path) -> Settings:
    """The settings of a test; ``on_both_databases`` runs it twice, ``wherever_it_is`` four times."""
    where = getattr(request, "param", "a file")
    catalog = request.getfixturevalue("database_address") if "PostgreSQL" in where else None
    index = request.getfixturevalue("chroma").address if "Chroma" in where else None
    return Settings(home=home, catalog=catalog, chroma_url=index)


DATABASES = ["a file", "PostgreSQL"]
on_both_databases = pytest.mark.parametrize("settings", DATABASES, indirect=True)
wherever_it_is = pytest.mark.parametrize(
    "settings", [*DATABASES, *(f"{database} and a Chroma server" for database in DATABASES)], indirect=True
)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def sentence_transformer() -> SentenceTransformerEmbedder:
    """The real model, loaded once; for tests marked slow."""
    stay_offline()
    return SentenceTransformerEmbedder()


@pytest.fixture
def library(settings: Settings, embedder: WordEmbedder) -> Iterator[Library]:
    with Library.open(settings, embedder, create=True) as library:
        yield library


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server of PostgreSQL, for all tests of a process; each makes libraries of its own there."""
    programs = database.programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with database.serving(programs) as server:
        yield server


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chroma_server.Server]:
    """A Chroma server, for all tests of a process; each library has a collection of its own there."""
    with chroma_server.serving(tmp_path_factory.mktemp("chroma")) as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that a test may end."""
    programs = database.programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    with database.serving(programs) as server:
        yield server


@pytest.fixture
def database_address(postgres: Server) -> Iterator[str]:
    """The address of a database of the test's own."""
    with postgres.database() as address:
        yield address


def make_document(text: str, source: str = "note.txt", id: str | None = None, **about: Any) -> Document:
    """A document of these paragraphs, which blank lines divide."""
    id = id or hashlib.blake2b(source.encode()).hexdigest()[:10]
    found = re.finditer(r"\S(?:.|\n(?!\n))*", text)
    blocks = tuple(Block(BlockKind.PARAGRAPH, match.start(), match.end()) for match in found)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    known = {"media_type": "text/plain", "title": source, **about}
    return Document(About(id=id, source=source, sha256=sha256, **known), text, blocks)


def make_passages(document: Document, speakers: tuple[str | None, ...] = ()) -> tuple[Passage, ...]:
    """A passage for each paragraph, and a sentence for each stretch that ends in a full stop."""
    passages = []
    for index, block in enumerate(document.blocks):
        text = document.text[block.start : block.end]
        sentences = tuple(
            Sentence(block.start + match.start(), block.start + match.end(), block.kind)
            for match in re.finditer(r"\S[^.]*\.?", text)
        )
        id = hashlib.blake2b(repr((document.id, block.start, block.end, text)).encode()).hexdigest()[:16]
        speaker = speakers[index] if index < len(speakers) else None
        passages.append(Passage(id, document.about, block.start, block.end, text, sentences, (), speaker))
    return tuple(passages)


_MARKS = {"# ": BlockKind.HEADING, "- ": BlockKind.ITEM, "> ": BlockKind.QUOTE}


def make_marked(
    text: str, source: str = "note.txt", speaker: str | None = None, headings: tuple[str, ...] = (), **about: Any
) -> Passage:
    """A passage whose lines are blocks: after ``#`` a heading, ``-`` an item, ``>`` a quotation, else a paragraph."""
    lines = [(_MARKS.get(line[:2], BlockKind.PARAGRAPH), line) for line in text.splitlines() if line.strip()]
    plain = [line[2:] if line[:2] in _MARKS else line for _, line in lines]
    sentences: list[Sentence] = []
    start = 0
    for (kind, _), line in zip(lines, plain, strict=True):
        for match in re.finditer(r"\S.*?(?:[.?!:]+[\"”]*(?=\s)|$)", line):
            opens = match.start() == 0
            sentences.append(Sentence(start + match.start(), start + match.end(), kind, opens))
        start += len(line) + 1
    document = make_document("\n".join(plain), source, **about)
    id = hashlib.blake2b(repr((document.id, document.text)).encode()).hexdigest()[:16]
    return Passage(id, document.about, 0, len(document.text), document.text, tuple(sentences), headings, speaker)


def judged(*passages: tuple[Passage, Sequence[float]], likely: Sequence[float] = ()) -> list[Scored]:
    """The sentences of these passages with these scores, best first; one without a score is far below all others. The
    passages answer with the probabilities ``likely``, which are 1 where they are not given."""
    embedder = WordEmbedder()
    sentences = []
    for (passage, scores), probability in zip_longest(passages, likely, fillvalue=1.0):
        padded = [*scores, *[-99.0] * (len(passage.sentences) - len(scores))]
        sentences += [
            Scored(one, score, embedder.query(one.text), probability)
            for one, score in zip(seen(passage), padded, strict=True)
        ]
    return sorted(sentences, key=lambda one: -one.score)


def make_new(
    document: Document, embedder: WordEmbedder, path: str | None = None, speakers: tuple[str | None, ...] = ()
) -> NewDocument:
    """A document with passages and embeddings, as a writer takes it."""
    passages = make_passages(document, speakers)
    embeddings = dict(embedded(embedder, passages, headed=False))
    ordered = tuple(embeddings[index] for index in range(len(passages)))
    return NewDocument(document, path or f"/docs/{document.about.source}", len(document.text), 1, passages, ordered)


@pytest.fixture
def the_words_embedder(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Iterator[None]:
    """Pages embed as tests do; what they have begun ends with the test, and what they share is forgotten."""
    import streamlit

    from assistant import build
    from tests.chat import ended
    from ui.work import jobs

    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    yield
    for job in list(jobs._jobs.values()):  # questions are looked for wherever a library greets
        job.stop()
        ended(job)
    streamlit.cache_resource.clear()


@pytest.fixture
def orchard(library: Library, embedder: WordEmbedder) -> Library:
    """A library of two documents, of pears and of cider."""
    from tests.chat import CIDER, ORCHARD

    documents = [
        make_document(ORCHARD, "orchard.txt", author="Head Gardener", date="2021-05"),
        make_document(CIDER, "cider.txt", author="Cellar Keeper"),
    ]
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in documents])
    return library
