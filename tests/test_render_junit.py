from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.gate.gate import Exit
from eval.render import junit
from eval.suite.cases import Gate
from tests import rendered
from tests.rendered import HOSTILE, Rendered

ENDS = rendered.every_end()


def parsed(run: Rendered) -> ET.Element:
    return ET.fromstring(junit.render(*run[:3]).encode())


def outcomes(root: ET.Element) -> dict[str, list[str]]:
    """What each case and check is told to be, when it is not fine."""
    return {case.attrib["name"]: [one.tag for one in case] for case in root.iter("testcase") if len(case)}


@pytest.mark.parametrize("end", ENDS)
def test_there_are_failures_or_errors_exactly_when_the_verdict_does_not_pass(end: str) -> None:
    root = parsed(ENDS[end])

    failed = int(root.attrib["failures"]) + int(root.attrib["errors"])
    assert (failed > 0) is (ENDS[end].verdict.exit is not Exit.PASSED)


@pytest.mark.parametrize("end", ENDS)
def test_the_counts_are_those_of_the_elements(end: str) -> None:
    root = parsed(ENDS[end])

    names = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for suite in root.iter():
        if suite.tag.startswith("testsuite"):
            counted = {name: str(len(list(suite.iter(element)))) for name, element in names.items()}
            assert {name: suite.attrib[name] for name in names} == counted


def test_a_case_is_held_against_the_run_or_only_skipped() -> None:
    assert outcomes(parsed(ENDS["flips"])) == {
        "fact-part": ["failure"],
        "who-wrong": ["failure"],
        "who-watch": ["skipped"],
        "cases of the baseline": ["failure"],
        "flips": ["failure"],
    }


def test_a_crash_is_an_error_when_the_errors_check_fails() -> None:
    assert (outcomes(parsed(ENDS["crash"]))["fact-crash"], outcomes(parsed(ENDS["crash"]))["errors"]) == (
        ["error"],
        ["error"],
    )


def test_a_crash_that_is_allowed_is_skipped() -> None:
    assert outcomes(parsed(ENDS["crash allowed"]))["fact-crash"] == ["skipped"]


def test_a_check_that_is_not_of_quality_is_an_error() -> None:
    assert outcomes(parsed(ENDS["nothing"])) == {"cases": ["error"]}


def test_a_case_has_its_place() -> None:
    case = next(parsed(ENDS["passed"]).iter("testcase"))

    assert case.attrib == {
        "classname": "tiny.fact", "name": "fact-right", "time": "0.0", "file": "tiny.yaml", "line": "4"
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_gives_well_formed_xml_with_every_case(text: str) -> None:
    run = rendered.hostile(text)

    names = [case.attrib["name"] for case in parsed(run).iter("testcase")]
    assert len(names) == len(run.records) + len(run.verdict.checks)


@given(st.text(alphabet=st.characters(exclude_categories=()), min_size=1))
def test_any_text_gives_well_formed_xml(text: str) -> None:
    case = replace(rendered.records()[2], asked=text, id="x" + text)
    run = rendered.judged([case], Gate(floors={"hit": 0.9}))

    assert len(list(parsed(run).iter("testcase"))) == 1 + len(run.verdict.checks)
