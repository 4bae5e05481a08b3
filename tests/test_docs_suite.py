"""The suite that docs/evaluation.md begins with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.settings import Settings
from eval.harness.harness import Options, measure
from eval.harness.lint import lint
from eval.suite import suites

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "eval/suites/sample/documents"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The suite of the docs beside the documents that it is about."""
    docs = (ROOT / "docs/evaluation.md").read_text("utf-8")
    shown = re.search(r"```yaml\n(name: first\n.*?)```", docs, re.DOTALL)
    assert shown
    shutil.copytree(SAMPLE, tmp_path / "documents")
    path = tmp_path / "first.yaml"
    path.write_text(shown[1], "utf-8")
    return path


def test_lint_finds_nothing_in_it(first: Path) -> None:
    assert lint([first])[1] == []


@pytest.mark.slow
def test_it_is_green(first: Path, tmp_path: Path, sentence_transformer: SentenceTransformerEmbedder) -> None:
    settings = Settings(home=tmp_path / "home")

    run = measure(suites.load(first), settings, Options(out=tmp_path / "out"), sentence_transformer)

    assert run.verdict.banner == "PASSED"
