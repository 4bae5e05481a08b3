"""Shared by all report formats: visible characters, numbers, and the order of cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eval.gate.compare import Comparison, MeasureChange
from eval.gate.gate import Exit, GateVerdict
from eval.gate.measures import SPECS, Spec
from eval.gate.summary import RunSummary
from eval.numbers.metrics import Measure, shown
from eval.render.report import reasons
from eval.robustness import robustness
from eval.running.records import CaseOutcome, Record
from eval.suite.cases import Severity

READ = 3  # cases that somebody who is in a hurry reads; a guess
WORST = (CaseOutcome.ERROR, CaseOutcome.WRONG, CaseOutcome.PARTLY)
EVERY_SPEC = {spec.name: spec for spec in (*SPECS, *robustness.SPECS)}

# Controls but tab and newline, what turns the direction of text or breaks lines, halves of pairs, and no characters.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class Sorted(NamedTuple):
    """The records of a run in three groups: ``held`` are the cases that made a check fail, or that passed in the
    baseline and fail now; ``amiss`` are the other cases that are not right; ``rest`` are the cases that are right.
    """

    held: list[Record]
    amiss: list[Record]
    rest: list[Record]


def visible(text: str) -> str:
    """Replace, by U+FFFD, each character of a text that is invisible, or that reverses or hides other characters."""
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def sort(records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> Sorted:
    """Sort the records of a run into three groups by how urgent they are to read; see ``Sorted``. ``comparison`` is the
    comparison with the baseline, None if there is no baseline.
    """
    first = {*verdict.cases, *(comparison.lost if comparison else ())}
    held = [one for one in records if one.id in first]
    others = [one for one in records if one.id not in first]
    return Sorted(held, [one for one in others if not one.passed], [one for one in others if one.passed])


def may_merge(verdict: GateVerdict) -> str:
    """A sentence that says whether the tested change may be merged."""
    if verdict.passed:
        return "You may merge."
    told = {
        Exit.QUALITY: "Do not merge: the answers are worse than they may be.",
        Exit.BASELINE: "Do not merge yet: there is no baseline to hold the answers against.",
    }
    return told.get(verdict.exit, "This run says nothing about the answers: fix what stopped it, and run again.")


def to_read(records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> list[Record]:
    """The cases to read first, at most three: those that made a check fail, or passed in the baseline and fail now;
    then the other failing cases that can make a run fail, the worst first. Empty if the run passed.
    """
    if verdict.passed:
        return []
    held, amiss, _ = sort(records, verdict, comparison)
    gating = [one for one in amiss if one.severity in (Severity.NORMAL, Severity.BLOCKER)]
    return [*held, *sorted(gating, key=lambda one: WORST.index(one.outcome))][:READ]


def why_of(record: Record) -> str:
    """The main reason why a case is not right."""
    return record.error or next(iter(reasons(record)), record.outcome.value)


def measures_by_group(summary: RunSummary) -> dict[str, list[tuple[Spec, Measure]]]:
    """The measures of a run by the name of the group under which reports show them. Each item is a pair of the
    measure's description and the measure. Groups and measures are in the order of the report.
    """
    have = {one.name: one for one in (*summary.measures, *summary.robustness)}
    groups: dict[str, list[tuple[Spec, Measure]]] = {}
    for spec in EVERY_SPEC.values():
        if spec.name in have:
            groups.setdefault(spec.group, []).append((spec, have[spec.name]))
    return groups


def ended(verdict: GateVerdict) -> str:
    """Whether the run passed the gate, without the reasons: PASSED, or FAILED with the exit code."""
    return verdict.banner.partition(":")[0]


def counts(summary: RunSummary) -> str:
    """How many cases were run, how many had which outcome, and how large the corpus is, as a line of text."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items()) or "none done"
    part = "" if summary.whole else ", a part of the suite"
    return (
        f"{summary.done} of {summary.selected} cases{part}: {outcomes}; "
        f"{summary.documents} documents, {summary.passages} passages"
    )


def interval(measure: Measure) -> str:
    """The 95 % interval of a measure as text, such as ``0.71 to 0.88``; empty if the measure has none."""
    return f"{shown(measure.interval.low)} to {shown(measure.interval.high)}" if measure.interval else ""


def share_of(measure: Measure) -> str:
    """Say how many things a measure is computed from (such as citations), and in how many cases they are: for example
    ``12 in 5 cases``, or only ``5`` if the two numbers are equal.
    """
    return f"{measure.of}" if measure.of == measure.cases else f"{measure.of} in {measure.cases} cases"


def difference(change: MeasureChange) -> str:
    """How much a measure changed between two runs, as text with a sign, such as ``+0.04``."""
    moved = round(change.after - change.before, 2)
    return f"{moved:+.2f}".replace("-", "−") if moved else "0.00"
