"""A run as JUnit XML. It contains a failure or an error if, and only if, the verdict fails."""

from __future__ import annotations

from collections.abc import Sequence

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from eval.gate.gate import Check, Exit, GateVerdict
from eval.gate.summary import RunSummary
from eval.render.report import reasons
from eval.render.shown import visible
from eval.running.records import CaseOutcome, Record
from eval.scorers.asked import short

SKIPPED = "not right, as before or only watched"


def render(summary: RunSummary, records: Sequence[Record], verdict: GateVerdict) -> str:
    """Write a run as JUnit XML with two test suites: one of the cases, and one of the checks of the gate (the
    conditions for passing). All times in it are 0, so that the same run always gives the same text.

    A failed check becomes a JUnit failure if it is about the quality of the answers (its exit code is
    ``Exit.QUALITY``), else a JUnit error. A case that made checks fail becomes a failure, or an error if the case
    crashed and one of these checks is not about quality. A case that is not right but made no check fail counts as
    skipped.
    """
    cases, gate = TestSuite(visible(summary.suite)), TestSuite(visible(f"{summary.suite} gate"))
    cases.extend(_case(record, summary, verdict) for record in records)
    gate.extend(_check(check, summary) for check in verdict.checks)
    root = JUnitXml(visible(f"pushback eval {summary.suite}"))
    root.extend([cases, gate])
    root.update_statistics()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root.tostring().decode()}\n'


def _case(record: Record, summary: RunSummary, verdict: GateVerdict) -> TestCase:
    case = TestCase(visible(record.id), visible(f"{summary.suite}.{record.kind}"), 0)
    place = {"file": record.file, "line": str(record.line or "")}
    for name, value in place.items():
        if value:
            case._elem.set(name, visible(value))  # pytest writes them, and the library has no word for them
    if held := verdict.cases.get(record.id):
        unfit = {id for check in verdict.failed if check.exit is not Exit.QUALITY for id in check.cases}
        broken = record.outcome is CaseOutcome.ERROR and record.id in unfit
        why = [record.error] if record.error else list(reasons(record))
        message = short(f"{held}: {'; '.join(why) or record.outcome.value}", 300)
        case.result = _result(Error if broken else Failure, message, held, [record.asked, *why])
    elif not record.passed:
        case.result = Skipped(SKIPPED)
    return case


def _check(check: Check, summary: RunSummary) -> TestCase:
    case = TestCase(visible(check.name), visible(f"{summary.suite} gate"), 0)
    if not check.passed:
        kind = Failure if check.exit is Exit.QUALITY else Error
        case.result = _result(kind, check.why, check.exit.name.lower(), [check.why, *check.cases])
    return case


def _result(kind: type[Error | Failure], message: str, name: str, told: Sequence[str]) -> Error | Failure:
    result = kind(visible(message), visible(name))
    result.text = visible("\n".join(told))
    return result
