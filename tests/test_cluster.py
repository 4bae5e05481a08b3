"""Ingest on a cluster: a real scheduler and two nodes on loopback, each a process of its own."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from assistant import build
from assistant.errors import ClusterUnavailable, SettingsError
from assistant.library.library import Library
from assistant.model.embedding import Embedding
from assistant.settings import Settings
from assistant.types import Span
from ingest.pipeline import cluster
from ingest.pipeline.cluster import Cluster
from ingest.sync import sync
from tests.fakes import WordEmbedder
from ui.cli import cli

pytest.importorskip("distributed", reason='Dask is not installed: pip install -e ".[dask]"')
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
FILES = 60  # of six passages each: more than a batch, so that both nodes work when one is killed


class Slow(WordEmbedder):
    """Takes so long that a node is killed in the middle of its work."""

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        time.sleep(0.5)
        return super().embed(texts, sentences)


class Nodes(NamedTuple):
    address: str
    running: list[subprocess.Popen[bytes]]  # the scheduler, then the nodes


@contextmanager
def nodes(folder: Path, count: int = 2) -> Iterator[Nodes]:
    told = folder / "scheduler.json"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    common = ["--scheduler-file", str(told), "--no-dashboard"]

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, *common], cwd=folder, env=environ, stdout=log, stderr=log
            )

    running = [start("scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        running += [
            start("worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--name", f"node-{number}")
            for number in range(count)
        ]
        while not told.exists():
            assert running[0].poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        yield Nodes(address(told), running)
    finally:
        for process in running:
            process.kill()
            process.wait()


def address(told: Path) -> str:
    while True:
        try:
            return str(json.loads(told.read_text())["address"])
        except ValueError:  # half written
            time.sleep(0.05)


def documents(folder: Path) -> Path:
    """Small files, which are parsed here, larger ones, which a node parses, and one that none can read."""
    folder.mkdir()
    for number in range(FILES):
        paragraphs = (
            f"Orchard {number} sold {number + place} crates of pears in week {place}. "
            f"{'Its keeper thought that the price had been too low. ' * 8}\n\n"
            for place in range(6)
        )
        (folder / f"{number}.md").write_text(f"# Orchard {number}\n\n" + "".join(paragraphs), "utf-8")
    rows = "".join(f"<p>Mill {number} ground {number * 7} sacks of rye for the town.</p>" for number in range(200))
    (folder / "mills.html").write_text(f"<html><title>Mills</title><body>{rows}</body></html>", "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    return folder


def held(library: Library) -> list[tuple[object, ...]]:
    """All that must be the same, byte for byte, however it was made."""
    found = []
    for entry in library.entries():
        document = library.document(entry.about.id)
        passages = [(one.passage.id, one.passage.start, one.passage.end) for one in library.stored_of(document.id)]
        found.append((document.id, document.about, document.text, tuple(passages)))
    return found


@pytest.fixture
def alone(settings: Settings, tmp_path: Path) -> list[tuple[object, ...]]:
    """What one process makes of the documents."""
    embedder = WordEmbedder()
    with Library.open(settings, embedder, create=True) as library:
        report = sync([documents(tmp_path / "documents")], library, settings, embedder)
        assert (report.added, len(report.failed)) == (FILES + 1, 1)
        return held(library)


def test_a_node_killed_in_the_middle_loses_nothing_and_the_library_is_the_same(
    settings: Settings, tmp_path: Path, alone: list[tuple[object, ...]]
) -> None:
    there = settings.model_copy(update={"library": "clustered"})
    embedder = Slow()
    killed: list[int] = []

    with nodes(tmp_path) as there_are, Cluster(there_are.address, embedder, patience=2) as engine:
        engine._client.wait_for_workers(2)

        def kill(*_: object) -> None:
            if not killed:
                killed.append(there_are.running[1].pid)
                there_are.running[1].kill()

        with Library.open(there, embedder, create=True) as library:
            report = sync([tmp_path / "documents"], library, there, engine.embedder, work=kill, parsers=engine)
            made = held(library)
            problems = library.doctor()
        assert len(engine._client.nthreads()) == 1

        (tmp_path / "documents" / "late.md").write_text("# Late\n\nPlums are blue.\n", "utf-8")
        there_are.running[2].kill()
        with Library.open(there, embedder) as library:
            with pytest.raises(ClusterUnavailable, match="No worker of the cluster tcp://") as raised:
                sync([tmp_path / "documents"], library, there, engine.embedder, parsers=engine)
            assert held(library) == made
            assert sync([tmp_path / "documents"], library, there, embedder).added == 1

    assert killed
    assert made == alone
    assert (report.added, [failed.source for failed in report.failed]) == (FILES + 1, ["broken.pdf"])
    assert problems == []
    assert "continues where it stopped" in raised.value.hint


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClusterUnavailable, match=r"The cluster tcp://127\.0\.0\.1:1 cannot be reached"):
        Cluster("tcp://127.0.0.1:1", WordEmbedder(), patience=0.5)
    with pytest.raises(SettingsError, match="no engine 'ray'"):
        Cluster("ray", WordEmbedder())


def test_a_node_that_would_do_otherwise_is_told() -> None:
    with pytest.raises(ClusterUnavailable, match=r"has version .* of Pushback, and this machine 0\.0\.0"):
        cluster._check_version("0.0.0")
    with pytest.raises(ClusterUnavailable, match="has another embedding model"):
        cluster._embedder(pickle.dumps(WordEmbedder("theirs")), WordEmbedder("ours").identity)


def test_the_command_ingests_through_a_scheduler(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: WordEmbedder())
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "mill.html").write_text("<p>The mill ground rye for the town.</p>", "utf-8")

    def ingest(engine: str) -> Result:
        return CliRunner().invoke(cli, ["ingest", str(tmp_path / "documents"), "--json", "--engine", engine])

    with nodes(tmp_path, 1) as there:
        done = ingest(there.address)
    none = ingest("ray")

    assert (done.exit_code, json.loads(done.stdout)["added"]) == (0, 1)
    assert (none.exit_code, none.stderr.splitlines()[0]) == (2, "There is no engine 'ray'.")
