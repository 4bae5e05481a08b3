"""Libraries of suites that are kept between runs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from eval.running import shelf
from eval.running.records import to_line
from eval.running.run import Run, run
from eval.suite import suites
from ingest.sync import SyncReport, sync
from tests.fakes import WordEmbedder
from tests.suites import write_small


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"evidence_model": "none"})


def lines(done: Run) -> list[str]:
    return [to_line(record) for record in done.records]


def test_a_corpus_that_was_read_is_not_read_again_and_gives_the_same(tmp_path: Path, settings: Settings) -> None:
    suite, kept_in = suites.load(write_small(tmp_path)), tmp_path / "libraries"
    read: list[Path] = []

    def ingest(paths: Sequence[Path], *parts: Any) -> SyncReport:
        read.extend(paths)
        return sync(paths, *parts)

    runs = [run(suite, settings, embedder=WordEmbedder(), alone=True, kept_in=kept_in, ingest=ingest) for _ in range(2)]

    assert read == [suite.corpus]
    assert lines(runs[0]) == lines(runs[1])
    assert runs[0].searched == runs[1].searched


def test_another_document_another_model_or_other_code_is_another_library(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_small(tmp_path)
    keys = [shelf.key(suites.load(path), settings, WordEmbedder())]
    keys.append(shelf.key(suites.load(path), settings, WordEmbedder("others")))
    keys.append(shelf.key(suites.load(path), settings.model_copy(update={"passage_words": 40}), WordEmbedder()))
    (tmp_path / "documents" / "page.txt").write_text("Other words.\n\nit takes years until people know them")
    keys.append(shelf.key(suites.load(path), settings, WordEmbedder()))
    (tmp_path / "documents" / ".pushbackignore").write_text("page.txt")
    keys.append(shelf.key(suites.load(path), settings, WordEmbedder()))
    monkeypatch.setattr(shelf, "code", lambda: "other code")
    keys.append(shelf.key(suites.load(path), settings, WordEmbedder()))

    assert len(set(keys)) == len(keys)
    assert shelf.key(suites.load(path), settings.model_copy(update={"home": tmp_path}), WordEmbedder()) == keys[-1]


def test_the_code_is_all_that_ingest_imports_of_ours(tmp_path: Path) -> None:
    for part in ("assistant", "ingest"):
        shutil.copytree(shelf.ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "weights"))
    before = shelf.code(tmp_path)
    shelf.code.cache_clear()
    changed = [tmp_path / name for name in ("assistant/readers/plain.py", "assistant/library/catalog.py")]

    digests = []
    for path in changed:
        path.write_text(f"{path.read_text()}\nADDED = 1\n")
        digests.append(shelf.code(tmp_path))
        shelf.code.cache_clear()

    assert digests[0] == before  # a reader of questions takes nothing in
    assert digests[1] != before


def test_the_libraries_that_were_longest_not_asked_for_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT", 2)
    (tmp_path / "library").mkdir()
    for name in "abc":
        shelf.put(tmp_path / "kept", name, tmp_path / "library")

    assert not shelf.take(tmp_path / "kept", "a", tmp_path / "out")
    assert shelf.take(tmp_path / "kept", "c", tmp_path / "out")


def test_a_corpus_of_which_a_document_did_not_go_in_is_not_kept(tmp_path: Path, settings: Settings) -> None:
    path = write_small(tmp_path)
    (tmp_path / "documents" / "broken.txt").write_bytes(b"\x00\x01\x02")

    run(suites.load(path), settings, embedder=WordEmbedder(), alone=True, kept_in=tmp_path / "libraries")

    assert [one.name for one in (tmp_path / "libraries").iterdir()] == [shelf.READINGS]
