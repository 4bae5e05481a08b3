"""A run as JUnit XML: failures and errors are there exactly when the verdict fails."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from eval.gate import Check, Exit, Verdict
from eval.records import Outcome, Record
from eval.render.shown import visible
from eval.report import reasons
from eval.scorers.asked import short
from eval.summary import Summary

SKIPPED = "not right, as before or only watched"


def render(summary: Summary, records: Sequence[Record], verdict: Verdict) -> str:
    """Two suites, of the cases and of the gate's checks. Nothing depends on the clock; readers want a time, so it is 0.

    A case fails when the verdict holds it against the run. It is an error when it crashed and a check that is not of
    quality holds that against the run; skipped when it is not right and nothing is held against it.
    """
    cases = ET.Element("testsuite", name=visible(summary.suite))
    for record in records:
        _case(cases, record, summary, verdict)
    gate = ET.Element("testsuite", name=visible(f"{summary.suite} gate"))
    for check in verdict.checks:
        _check(gate, check, summary)
    root = ET.Element("testsuites", name=visible(f"pushback eval {summary.suite}"))
    root.extend([cases, gate])
    for suite in (cases, gate, root):
        _count(suite)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, record: Record, summary: Summary, verdict: Verdict) -> None:
    case = _testcase(suite, f"{summary.suite}.{record.kind}", record.id)
    if record.file:
        case.set("file", visible(record.file))
    if record.line:
        case.set("line", str(record.line))
    if held := verdict.cases.get(record.id):
        unfit = {id for check in verdict.failed if check.exit is not Exit.QUALITY for id in check.cases}
        broken = record.outcome is Outcome.ERROR and record.id in unfit
        why = [record.error] if record.error else list(reasons(record))
        message = short(f"{held}: {'; '.join(why) or record.outcome.value}", 300)
        _add(case, "error" if broken else "failure", message, "\n".join([record.asked, *why]), kind=held)
    elif not record.passed:
        _add(case, "skipped", SKIPPED)


def _check(suite: ET.Element, check: Check, summary: Summary) -> None:
    case = _testcase(suite, f"{summary.suite} gate", check.name)
    if not check.passed:
        name = "failure" if check.exit is Exit.QUALITY else "error"
        _add(case, name, check.why, "\n".join([check.why, *check.cases]), kind=check.exit.name.lower())


def _testcase(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=visible(classname), name=visible(name), time="0")


def _add(case: ET.Element, name: str, message: str, text: str | None = None, *, kind: str | None = None) -> None:
    added = ET.SubElement(case, name, message=visible(message))
    if kind:
        added.set("type", visible(kind))
    if text:
        added.text = visible(text)


def _count(suite: ET.Element) -> None:
    tests = list(suite.iter("testcase"))
    suite.set("tests", str(len(tests)))
    for attribute, name in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(name) is not None for case in tests)))
    suite.set("time", "0")
