"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.installation import how_to_add
from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.settings import Settings
from ingest.sync import sync
from ui.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SAMPLE = ROOT / "eval/suites/sample/documents"


@pytest.fixture(scope="module")
def environment(
    tmp_path_factory: pytest.TempPathFactory, sentence_transformer: SentenceTransformerEmbedder
) -> Mapping[str, str]:
    """A home with the sample documents in it, and nothing else set."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Library.open(settings, sentence_transformer, create=True) as library:
        assert not sync([SAMPLE], library, settings, sentence_transformer).failed
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUSHBACK_")}
    return {**kept, "PUSHBACK_HOME": str(settings.home)}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_command_stands_on_the_first_screen() -> None:
    first = README.splitlines().index("$ make run")

    assert first < 25


def test_the_environment_is_activated_before_the_first_command_that_needs_it() -> None:
    block = next(block for block in blocks("console") if "$ pushback " in block)

    assert block.startswith("$ source .venv/bin/activate\n$ pushback ")


def test_every_extra_that_a_text_names_is_installed_from_a_clone() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    folders = ("assistant", "docs", "ingest", "ui")
    files = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    files += [path for folder in folders for kind in ("py", "md") for path in (ROOT / folder).rglob(f"*.{kind}")]
    text = "".join(path.read_text("utf-8") for path in files)

    assert "pushback[" not in text
    assert set(re.findall(r"pip install -e \S*\.\[(\w+)\]", text)) <= set(extras)
    assert 'pip install -e ".[mcp]"' in how_to_add("mcp")


@pytest.mark.parametrize("line", re.findall(r"^\$ pushback (.+?)(?:\s+#.*)?$", README, re.MULTILINE))
def test_every_command_shown_is_one(line: str) -> None:
    words = shlex.split(line)
    command = words[:2] if words[0] == "eval" else words[:1]

    outcome = CliRunner().invoke(cli, [*command, "--help"])

    assert outcome.exit_code == 0, outcome.output
    assert all(word in outcome.output for word in words if word.startswith("-"))


@pytest.mark.slow
def test_the_answer_shown_is_the_answer_given(environment: Mapping[str, str]) -> None:
    shown = next(block for block in blocks("console") if block.startswith("$ make ask"))
    command, _, output = shown.partition("\n")
    question = re.search(r'Q="(.*)"', command)
    assert question

    run = [sys.executable, "-m", "ui.cli", "ask", question[1]]
    given = subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)

    assert given.stdout.strip() == output.strip()


@pytest.mark.slow
def test_the_pressure_test_shown_is_the_one_made(environment: Mapping[str, str]) -> None:
    shown = next(block for block in blocks("console") if "$ pushback challenge" in block and "\n…\n" in block)
    asked = re.search(r'\$ pushback challenge "(.*)"\n((?:.*\n)+)…\n', shown)
    assert asked

    run = [sys.executable, "-m", "ui.cli", "challenge", asked[1]]
    given = subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)

    assert given.stdout.startswith(asked[2])


@pytest.mark.slow
@pytest.mark.parametrize("example", blocks("python"))
def test_the_python_examples_run(environment: Mapping[str, str], example: str) -> None:
    given = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )

    assert "pricing-policy-2025.md" in given.stdout
