from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.gate import baseline, gate
from eval.gate.baseline import BaselineMissing
from eval.gate.compare import compare, result_of
from eval.gate.gate import Exit
from eval.gate.measures import BY_NAME
from eval.gate.summary import read, to_json
from eval.numbers.metrics import Score
from eval.running.records import CaseOutcome, Record, read_lines, to_line
from eval.suite import suites
from eval.suite.cases import Gate, Severity
from tests.suites import make_record, make_summary

ROOT = Path(__file__).resolve().parent.parent
RIGHT, WRONG, ERROR, TESTED = CaseOutcome.RIGHT, CaseOutcome.WRONG, CaseOutcome.ERROR, CaseOutcome.TESTED


def judged(*records: Record, rules: dict[str, Any] | None = None, before: list[Record] | None = None, **more: Any):
    spent = more.pop("budget_spent", None)
    summary = make_summary(*records, **more)
    old = baseline.of(make_summary(*before), before, "first") if before is not None else None
    return gate.judge(summary, records, Gate(**(rules or {})), old, spent)


def failed(verdict: gate.GateVerdict) -> list[str]:
    return [check.name for check in verdict.failed]


def test_a_run_that_nothing_is_held_against_passes():
    verdict = judged(make_record("a"), make_record("b", WRONG))

    assert (verdict.passed, verdict.exit, verdict.banner) == (True, Exit.PASSED, "PASSED")


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ({"floors": {"grounded within budget": 0.5}}, []),
        ({"floors": {"grounded within budget": 0.51}}, ["floor of grounded within budget"]),
        ({"ceilings": {"grounded within budget": 0.4}}, ["ceiling of grounded within budget"]),
        ({"floors": {"hit": 0.0}}, ["floor of hit", "coverage of hit"]),  # what no case is for has no floor to hold
    ],
)
def test_floors_and_ceilings(rules: dict[str, Any], names: list[str]):
    verdict = judged(make_record("a"), make_record("b", WRONG), rules=rules)

    assert (failed(verdict), verdict.exit) == (names, Exit.QUALITY if names else Exit.PASSED)


PART = 7  # cases selected: other than the records there are, so that they are no whole suite


def test_a_part_of_a_suite_is_held_to_the_measures_that_its_cases_have():
    floors = {"grounded within budget": 0.5, "hit": 0.5}

    assert failed(judged(make_record("a"), rules={"floors": floors}, selected=PART)) == []
    assert failed(judged(make_record("a", WRONG), rules={"floors": floors}, selected=PART)) == [
        "floor of grounded within budget"
    ]


def test_a_part_of_a_suite_is_compared_with_its_own_cases_of_the_baseline():
    before = [make_record("a"), make_record("b", WRONG)]  # 0.5 on the mean
    rules = {"drops": {"grounded within budget": 0.0}, "flips": 9}

    assert failed(judged(make_record("b", WRONG), rules=rules, before=before, selected=PART)) == []
    assert failed(judged(make_record("a", WRONG), rules=rules, before=before, selected=PART)) == [
        "drop of grounded within budget"
    ]


def test_a_sentinel_that_reaches_us_is_only_told_of_a_part():
    sentinels = {"parrot": (make_record("a"),)}

    assert failed(judged(make_record("a"), sentinels=sentinels)) == ["sentinels on grounded within budget"]
    verdict = judged(make_record("a"), sentinels=sentinels, selected=PART)
    assert (verdict.passed, "reached by parrot 1.00" in str(verdict.checks)) == (True, True)


def test_a_measure_that_is_undefined_for_most_cases_fails_the_gate():
    bare = [make_record(id, scores=(Score("hit", None, "nothing is cited", 0),)) for id in "ab"]
    good = make_record("c", scores=(Score("hit", 1.0),))

    verdict = judged(*bare, good, rules={"floors": {"hit": 0.9}})

    assert failed(verdict) == ["coverage of hit"]
    assert judged(*bare, good, rules={"floors": {"hit": 0.9}, "undefined": 0.7}).passed


def test_a_crash_is_of_the_infrastructure_and_in_no_mean():
    records = make_record("a"), make_record("b", ERROR)
    verdict = judged(*records)

    assert (verdict.exit, verdict.cases) == (Exit.INFRASTRUCTURE, {"b": "errors"})
    assert "ValueError: broken" in verdict.banner
    assert make_summary(*records).measure("grounded within budget").value == 1
    assert judged(*records, rules={"errors": 1}).passed


def test_zero_cases_is_a_failure():
    assert judged().exit is Exit.NOTHING


def test_a_failing_blocker_turns_the_gate_red_even_without_a_baseline():
    verdict = judged(make_record("a"), make_record("b", WRONG, severity=Severity.BLOCKER))

    assert (verdict.exit, verdict.cases) == (Exit.QUALITY, {"b": "blockers"})


@pytest.mark.parametrize(("theirs", "passes"), [(0.4, True), (0.5, False), (0.9, False)])
def test_a_sentinel_that_ties_or_beats_us_on_the_headline_fails_the_gate(theirs: float, passes: bool):
    parrot = tuple(make_record(str(n), scores=(Score("grounded within budget", theirs),)) for n in range(2))

    verdict = judged(make_record("a"), make_record("b", WRONG), sentinels={"parrot": parrot})

    assert verdict.passed is passes
    assert "parrot" in verdict.checks[-2].why


def test_cases_that_differ_the_second_time_fail_the_gate():
    assert judged(make_record("a"), checked=1, differing=("a",)).cases == {"a": "determinism"}


def test_flips_are_named_and_gains_do_not_pay_for_them():
    before = [make_record("a"), make_record("b", WRONG), make_record("c")]
    after = [make_record("a", WRONG), make_record("b"), make_record("c")]

    verdict = judged(*after, before=before)

    assert (verdict.exit, verdict.cases) == (Exit.QUALITY, {"a": "flips"})
    assert judged(*after, before=before, rules={"flips": 1}).passed
    watched = [make_record("a", WRONG, severity=Severity.WATCH), *after[1:]]
    assert judged(*watched, before=before).passed


def test_flips_of_a_live_model_count_when_they_are_not_chance():
    before = [make_record(str(n)) for n in range(10)]
    one, six = ([make_record(str(n), WRONG if n < lost else RIGHT) for n in range(10)] for lost in (1, 6))

    assert judged(*one, before=before, profile="llm-live").passed
    assert judged(*six, before=before, profile="llm-live").exit is Exit.QUALITY


def test_cases_that_disappeared_are_named_unless_only_some_were_selected():
    before = [make_record("a"), make_record("b")]

    assert judged(make_record("a"), before=before).cases == {"b": "cases of the baseline"}
    assert judged(make_record("a"), before=before, selected=7).passed


@pytest.mark.parametrize(("allowed", "passes"), [(0.3, False), (0.5, True)])
def test_a_measure_may_fall_so_far_and_no_farther(allowed: float, passes: bool):
    before = [make_record("a"), make_record("b")]

    verdict = judged(
        make_record("a"),
        make_record("b", WRONG, severity=Severity.WATCH),
        before=before,
        rules={"drops": {"grounded within budget": allowed}},
    )

    assert verdict.passed is passes


def test_a_measure_of_which_less_is_better_may_rise_so_far():
    before = [make_record("a", scores=(Score("over-refusal", 0.0),))]
    after = make_record("a", scores=(Score("over-refusal", 1.0),))

    assert failed(judged(after, before=before, rules={"drops": {"over-refusal": 0.9}})) == ["drop of over-refusal"]
    assert judged(before[0], before=[after], rules={"drops": {"over-refusal": 0.0}}).passed


def over_another_corpus(*after: Record, files: dict[str, str], rules: dict[str, Any] | None = None) -> gate.GateVerdict:
    before = [make_record(id) for id in "ab"]
    measures = {"grounded within budget": 1.0}
    cases = {one.id: result_of(one) for one in before}
    old = baseline.Baseline("tiny", "cd" * 32, "first", measures, cases, {"a.md": "1", "b.md": "1"})
    return gate.judge(make_summary(*after), after, Gate(**(rules or {})), old, files=files)


def test_over_a_changed_corpus_cases_are_judged_whose_gold_still_stands():
    lost = {"source": "b.md", "quote": "x", "lost": "gold not in the kept text of b.md"}
    files = {"a.md": "1", "b.md": "2", "picture.png": "3"}

    verdict = over_another_corpus(make_record("a", WRONG), make_record("b", WRONG, gold=(lost,)), files=files)

    assert (verdict.exit, verdict.cases) == (Exit.QUALITY, {"a": "flips", "b": "gold"})
    assert next(one.why for one in verdict.checks if one.name == "corpus").endswith(": b.md, picture.png")


def test_a_change_that_has_nothing_to_do_with_any_case_passes():
    files = {"a.md": "1", "b.md": "1", "picture.png": "3"}

    assert over_another_corpus(make_record("a"), make_record("b"), files=files).passed


def test_over_a_changed_corpus_a_drop_is_measured_on_the_cases_that_stand():
    lost = {"source": "b.md", "quote": "x", "lost": "gold not in the kept text of b.md"}
    rules = {"drops": {"grounded within budget": 0.1}, "flips": 1}
    gone = make_record("b", WRONG, gold=(lost,))

    assert failed(over_another_corpus(make_record("a"), gone, files={"b.md": "2"}, rules=rules)) == ["gold"]
    worse = over_another_corpus(make_record("a", WRONG), gone, files={"b.md": "2"}, rules=rules)
    assert failed(worse) == ["gold", "drop of grounded within budget"]


def test_cases_that_nobody_has_reviewed_decide_nothing_against_sentinels():
    watched = make_record("a", WRONG, severity=Severity.WATCH)
    parrot = {"parrot": (make_record("a"),)}

    assert judged(watched, sentinels=parrot).passed
    assert not judged(watched, make_record("b", WRONG), sentinels=parrot).passed


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"interrupted": True}, Exit.INTERRUPTED),
        ({"budget_spent": "3 calls"}, Exit.BUDGET),
        ({"failed": ("x.txt: broken",)}, Exit.INFRASTRUCTURE),
    ],
)
def test_what_ends_a_run_early_comes_before_its_quality(how: dict[str, Any], code: Exit):
    verdict = judged(make_record("a", WRONG, severity=Severity.BLOCKER), **how)

    assert verdict.exit is code


def test_what_was_only_tested_is_neither_lost_nor_gained():
    compared = compare({"a": result_of(make_record("a"))}, {"a": result_of(make_record("a", TESTED, scores=()))})

    assert (compared.lost, compared.gained) == ((), ())


def test_verdict_summary_and_records_are_read_as_they_were_written():
    records = [make_record("a", tags=("x",)), make_record("b", ERROR), make_record("c", WRONG)]
    summary = make_summary(*records, failed=("x.txt: broken",))
    verdict = gate.judge(summary, records, Gate(floors={"grounded within budget": 0.9}), None)

    assert gate.read(json.loads(json.dumps(gate.to_json(verdict)))) == verdict
    assert read(json.loads(json.dumps(to_json(summary), allow_nan=False))) == summary
    assert read_lines(to_line(record) for record in records) == records


def test_a_baseline_is_read_as_it_was_written_a_line_a_case(tmp_path: Path):
    records = [make_record("a"), make_record('b"x', WRONG)]
    kept_one = baseline.of(make_summary(*records), records, "Because “it” is.")

    baseline.write(kept_one, tmp_path / "deep" / "tiny.json")

    assert baseline.read(tmp_path / "deep" / "tiny.json") == kept_one
    assert sum('"passed"' in line for line in (tmp_path / "deep" / "tiny.json").read_text().splitlines()) == 2


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", '{"schema": 99, "cases": {}}'])
def test_a_baseline_that_cannot_be_read_says_so(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "b.json").write_text(text)

    with pytest.raises(BaselineMissing, match=r"b\.json"):
        baseline.read(tmp_path / "b.json")


@pytest.mark.parametrize("name", ["sample", "works"])
def test_the_suites_of_the_gate_bound_every_measure_that_they_have(name: str):
    """So that a loss which no case shows by itself is seen, too."""
    suite = suites.load(ROOT / "eval" / "suites" / name / "suite.yaml")
    assert suite.baseline
    gated, measures = suite.gate, baseline.read(suite.baseline).measures

    assert set(measures) & set(BY_NAME) <= {*gated.floors, *gated.ceilings, *gated.drops}
