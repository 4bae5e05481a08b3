"""Seeded faults: each has its place, and what notices them is told. That they are noticed takes `make mutants`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from eval.scripts import mutants
from eval.scripts.mutants import MUTANTS, ROOT, Mutant, Noticed


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name for one in MUTANTS])
def test_each_fault_has_its_place_in_the_program_and_leaves_it_a_program(mutant: Mutant, tmp_path: Path) -> None:
    path = tmp_path / mutant.file
    path.parent.mkdir(parents=True)
    path.write_text((ROOT / mutant.file).read_text("utf-8"), "utf-8")

    mutants.seed(mutant, tmp_path)

    ast.parse(path.read_text("utf-8"))
    assert path.read_text("utf-8") != (ROOT / mutant.file).read_text("utf-8")
    assert all((ROOT / test).is_file() for test in mutant.tests)


def test_there_are_faults_enough_and_each_has_its_name() -> None:
    names = [one.name for one in MUTANTS]

    assert len(names) >= 30
    assert len(set(names)) == len(names)


def test_a_place_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")

    with pytest.raises(ValueError, match=r"gone: its place stands 0 times in a\.py"):
        mutants.seed(Mutant("gone", "a.py", "y = 1", "y = 2", ()), tmp_path)


def test_a_fault_that_the_tests_notice_may_survive_the_gate_a_few_times(capsys: pytest.CaptureFixture[str]) -> None:
    seen, missed, survived = Noticed("flips", "FAILED x"), Noticed("", "FAILED x"), Noticed("", "")

    assert mutants.verdict({"a": seen, "b": missed}) == 0
    assert mutants.verdict({"a": seen, "b": survived}) == 1
    assert mutants.verdict({str(number): missed for number in range(mutants.SURVIVE_GATE + 1)}) == 1
    assert "1 survive the gate: b" in capsys.readouterr().out


def test_what_was_found_before_a_stop_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[str] = []

    def looked_at(mutant: Mutant, *_: object, **__: object) -> Noticed:
        tried.append(mutant.name)
        return Noticed("flips", None)

    monkeypatch.setattr(mutants, "looked_at", looked_at)
    monkeypatch.setattr(mutants, "gate", lambda *_: "")
    file = tmp_path / "kept.jsonl"
    for names in (["bm25-off"], ["bm25-off", "dense-off"]):
        asked = [word for name in names for word in ("--only", name)]
        assert mutants.main([*asked, "--no-tests", "--kept", str(file)]) == 0

    assert tried == ["bm25-off", "dense-off"]
    assert "2 faults; 0 survive the gate" in capsys.readouterr().out


def test_a_test_that_fails_in_a_copy_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_one():\n    assert 1 == 2\n")

    assert mutants.tested(tmp_path, ["test_a.py"]).startswith("FAILED test_a.py::test_one")
    (tmp_path / "test_a.py").write_text("def test_one():\n    assert 1 == 1\n")
    assert mutants.tested(tmp_path, ["test_a.py"]) == ""
