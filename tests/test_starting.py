"""The way into another repository."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from assistant.errors import SettingsError
from assistant.settings import Settings
from eval.drafting import starting
from eval.gate.gate import Exit
from eval.harness import accept
from eval.harness.harness import Options, measure
from eval.harness.lint import lint
from eval.suite import suites
from tests.fakes import WordEmbedder
from ui.cli import cli

HANDBOOK = """# Handbook

We sell lamps that are made of brass, and have done so for years.

## Prices

The blue lamp costs forty dollars and the red lamp costs fifty. Both are dear.

## Contact

Write to us.
"""


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "handbook"
    folder.mkdir(parents=True)
    (folder / "handbook.md").write_text(HANDBOOK)
    (folder / "note.txt").write_text("A note without a heading.")
    (folder.parent / ".git").mkdir()
    return folder


def test_drafts_are_made_of_headings_and_what_stands_below(documents: Path) -> None:
    started = starting.start(documents)

    suite = suites.load(started.suite)
    assert started.suite == documents.resolve().parent / "pushback-eval" / "suite.yaml"
    assert [case.asked for case in suite.cases] == [
        "What is said about Handbook?",
        "What is said about Prices (Handbook)?",
        starting.NOT_SAID,
    ]
    assert [gold.quote for case in suite.cases for gold in case.gold] == [
        "We sell lamps that are made of brass, and have done so for years.",
        "The blue lamp costs forty dollars and the red lamp costs fifty. Both are dear.",
    ]
    assert lint([started.suite])[1] == []


def test_the_workflow_runs_the_suite_and_is_not_written_over(documents: Path) -> None:
    started = starting.start(documents)

    assert started.workflow is not None
    steps = yaml.safe_load(started.workflow.read_text())["jobs"]["answers"]["steps"]
    assert steps[-1] == {"uses": "./.pushback", "with": {"suites": "pushback-eval/suite.yaml"}}
    assert "pip install" not in started.workflow.read_text()  # Pushback is not published
    code = {"repository": "${{ vars.PUSHBACK_REPOSITORY }}", "path": ".pushback"}
    assert code in [step.get("with") for step in steps]
    again = starting.start(documents, documents.parent / "again")
    assert (again.workflow, "is there already" in again.without) == (None, True)


def test_outside_a_repository_no_workflow_is_written_and_it_is_told_why(documents: Path) -> None:
    (documents.parent / ".git").rmdir()

    done = CliRunner().invoke(cli, ["eval", "init", str(documents)])

    assert done.exit_code == 0, done.output
    assert "No workflow is written: " in done.output
    assert "is in no git repository." in done.output


def test_a_repository_of_documents_holds_its_suite_and_reads_it_not(tmp_path: Path, settings: Settings) -> None:
    """A run among the documents changes none of them, so that it can be accepted."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "handbook.md").write_text(HANDBOOK)
    (tmp_path / ".pushbackignore").write_text("/drafts/\n")

    started = starting.start(tmp_path)
    files = suites.load(started.suite).files
    plain = settings.model_copy(update={"evidence_model": "none"})
    options = Options(out=tmp_path / "artifacts" / "eval", alone=True)
    measure(suites.load(started.suite), plain, options, WordEmbedder())
    accept.accept(started.suite, "The first one.", options.out)

    assert started.suite == tmp_path.resolve() / "pushback-eval" / "suite.yaml"
    assert [one.name for one in started.ignoring] == [".pushbackignore", ".gitignore"]
    assert [one.read_text() for one in started.ignoring] == [
        "/drafts/\n/pushback-eval/\n/artifacts/\n",
        "/artifacts/\n",
    ]
    again = starting.start(tmp_path, tmp_path / "pushback-eval" / "again")
    assert [one.name for one in again.ignoring] == [".pushbackignore"]  # that folder is not named there yet
    assert list(files) == ["handbook.md"]
    assert suites.load(started.suite).files == files


def test_from_nothing_to_a_green_gate(documents: Path, tmp_path: Path, settings: Settings) -> None:
    """`eval init`, `eval run`, `eval accept`, and every run after."""
    suite, options = starting.start(documents).suite, Options(out=tmp_path / "out")
    plain = settings.model_copy(update={"evidence_model": "none"})

    first = measure(suites.load(suite), plain, options, WordEmbedder()).verdict.exit
    accept.accept(suite, "The first one.", options.out)
    second = measure(suites.load(suite), plain, options, WordEmbedder()).verdict.exit

    assert (first, second) == (Exit.BASELINE, Exit.PASSED)


def test_a_suite_that_is_there_and_a_folder_without_documents_are_refused(documents: Path, tmp_path: Path) -> None:
    starting.start(documents)

    with pytest.raises(SettingsError, match="there already"):
        starting.start(documents)
    with pytest.raises(SettingsError, match="no documents"):
        starting.start(tmp_path / "nowhere")
