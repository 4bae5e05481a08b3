"""The documents that a script wrote for the suite of a tool maker."""

from __future__ import annotations

from pathlib import Path

from eval.harness.lint import lint
from eval.scripts import volume
from eval.suite.cases import Case

WORKS = Path(volume.__file__).parents[1] / "suites" / "works"


def test_they_are_what_the_script_writes() -> None:
    folder = WORKS / "documents" / "volume"

    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == dict(volume.documents())


def test_no_case_has_its_gold_in_them_and_lint_finds_nothing() -> None:
    (suite,), faults = lint([WORKS / "suite.yaml"])

    cases = [case for case in suite.cases if isinstance(case, Case)]
    assert faults == []
    assert len(cases) >= 60
    assert not any(gold.source.startswith("volume/") for case in cases for gold in case.gold)
