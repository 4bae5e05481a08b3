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
    """The records of a run in three groups: ``held`` are cases that made a check fail or passed in the baseline and
    fail now, ``amiss`` are other cases that are not right, and ``rest`` are the cases that are right.
    """

    held: list[Record]
    amiss: list[Record]
    rest: list[Record]


def visible(text: str) -> str:
    """The text with U+FFFD in place of each invisible character, and of each character that reverses or hides
    others.
    """
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def sort(records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> Sorted:
    """Sort the records into the groups of ``Sorted``. ``comparison`` is the comparison with the baseline, if there is
    one.
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
    """The cases to read first, at most three: those that made a check fail or were lost, then the worst of the others.
    Empty if the verdict passed.
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
    """The measures of a run by group, each with its description; groups and measures are in the order of the report."""
    have = {one.name: one for one in (*summary.measures, *summary.robustness)}
    groups: dict[str, list[tuple[Spec, Measure]]] = {}
    for spec in EVERY_SPEC.values():
        if spec.name in have:
            groups.setdefault(spec.group, []).append((spec, have[spec.name]))
    return groups


def ended(verdict: GateVerdict) -> str:
    """The result of the gate without the reasons: PASSED, or FAILED with the exit code."""
    return verdict.banner.partition(":")[0]


def counts(summary: RunSummary) -> str:
    """A text with the number of cases that were run, their outcomes, and the size of the corpus."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items()) or "none done"
    part = "" if summary.whole else ", a part of the suite"
    return (
        f"{summary.done} of {summary.selected} cases{part}: {outcomes}; "
        f"{summary.documents} documents, {summary.passages} passages"
    )


def interval(measure: Measure) -> str:
    """The 95 % interval of a measure as text; empty if it has none."""
    return f"{shown(measure.interval.low)} to {shown(measure.interval.high)}" if measure.interval else ""


def share_of(measure: Measure) -> str:
    """A text with the number of things that a measure covers, and of the cases that they are in."""
    return f"{measure.of}" if measure.of == measure.cases else f"{measure.of} in {measure.cases} cases"


def difference(change: MeasureChange) -> str:
    """The change of a measure as text, with its sign."""
    moved = round(change.after - change.before, 2)
    return f"{moved:+.2f}".replace("-", "−") if moved else "0.00"
