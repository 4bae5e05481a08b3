"""What a page shows of runs of the evaluation, as plain functions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from eval.harness.artifacts import StoredRun
from eval.harness.history import Past
from eval.running.records import CaseOutcome
from tests.rendered import MADE_WITH, hostile, judged, records
from ui.views import present_scores
from ui.views.present_scores import ALL, FAILING, FLIPPED, ScorePoint


def past(when: str = "2026-11-26T10:30:05+00:00", **given: object) -> Past:
    ran = judged(records(), **given)
    return Past(Path("out"), when, ran.summary, ran.verdict)


def stored_run(*, worse: bool = False) -> StoredRun:
    those = [replace(one, outcome=CaseOutcome.WRONG) if worse and one.id == "fact-right" else one for one in records()]
    ran = judged(those)
    return StoredRun(ran.summary, tuple(those), ran.verdict, None, MADE_WITH)


def test_a_run_is_told_in_a_line() -> None:
    assert present_scores.run_line(past()) == "26 November 2026, 10:30 UTC · passed"
    assert present_scores.run_line(past(whole=False, interrupted=True)).endswith("interrupted, 5 cases")


def test_measures_over_time_are_of_whole_runs_and_carry_their_intervals() -> None:
    runs = present_scores.whole([past(), past(whole=False), past(interrupted=True)])

    assert present_scores.measured(runs)[0] == "grounded within budget"  # what suites are about comes first
    assert present_scores.points(runs, ["hit", "grounded within budget", "citation recall"]) == [
        ScorePoint(runs[0].when, "hit", 0.75, 0.75, 0.75, "4"),
        ScorePoint(runs[0].when, "grounded within budget", 0.5, 0.2, 0.8, "4"),
    ]


def test_what_flipped_is_lost_or_gained() -> None:
    lost, gained = (
        present_scores.compared(*runs)
        for runs in ((stored_run(), stored_run(worse=True)), (stored_run(worse=True), stored_run()))
    )

    assert (lost.lost, gained.gained) == (("fact-right",), ("fact-right",))
    assert "Lost 1" in present_scores.flips(lost)
    assert "Gained 1" in present_scores.flips(gained)
    assert "No case flipped" in present_scores.flips(present_scores.compared(stored_run(), stored_run()))
    assert [one.id for one in present_scores.cases(stored_run(), FLIPPED, lost.lost)] == ["fact-right"]
    assert len(present_scores.cases(stored_run(), FAILING, ())) == 3
    assert len(present_scores.cases(stored_run(), ALL, ())) == 5


def test_a_table_of_measures_says_what_they_were_before() -> None:
    compared = present_scores.compared(stored_run(), stored_run(worse=True))

    alone, beside = (present_scores.measures(past(), one) for one in (None, compared))

    assert "Before" not in alone
    assert "n/a" in alone  # a measure without a value is no zero
    assert "Before" in beside


def test_nothing_of_a_run_becomes_a_part_of_the_page() -> None:
    run = hostile("<script>alert(1)</script><img src=x>")
    one = Past(Path("out"), "2026-11-26T10:30:05+00:00", run.summary, run.verdict)
    html = present_scores.banner(one) + present_scores.measures(one, run.comparison)
    html += present_scores.flips(run.comparison) if run.comparison else ""
    html += "".join(present_scores.case(record) for record in run.records)

    assert "<script" not in html
    assert "<img" not in html
