from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eval.gate.gate import Check, GateVerdict
from eval.render import markdown
from eval.render.shown import ended
from tests import rendered
from tests.rendered import HOSTILE, Rendered

ENDS = rendered.every_end()
GOLDEN = Path(__file__).parent / "golden" / "eval_summary.md"
OURS = {"h2", "h3", "p", "strong", "code", "ul", "li", "details", "summary", "span", "div"}
OF_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}


def shown(text: str) -> lxml.html.HtmlElement:
    """The page that a reader of Markdown makes of it."""
    return lxml.html.fromstring(f"<div>{MarkdownIt('gfm-like', {'linkify': False}).render(text)}</div>")


def tags(text: str) -> set[str]:
    return {str(one.tag) for one in shown(text).iter()}


def of(run: Rendered) -> str:
    return markdown.render(*run)


@pytest.mark.parametrize("end", ENDS)
def test_the_banner_comes_first(end: str) -> None:
    first = of(ENDS[end]).partition("\n")[0]

    assert first == f"## {'✓' if ENDS[end].verdict.passed else '✗'} tiny: {ended(ENDS[end].verdict)}"


def test_a_summary_reads_like_this() -> None:
    assert of(ENDS["flips"]) == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_markup(text: str) -> None:
    page = shown(of(rendered.hostile(text)))

    assert {str(one.tag) for one in page.iter()} <= OURS | OF_TABLES
    assert not [name for one in page.iter() for name in one.attrib if name != "style"]  # how a column is aligned


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_gives_the_tables_no_cells(text: str) -> None:
    rows = [len(row) for row in shown(of(rendered.hostile(text))).iter("tr")]
    plain = [len(row) for row in shown(of(rendered.hostile("plain"))).iter("tr")]

    assert rows == plain


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_is_a_command(text: str) -> None:
    lines = of(rendered.hostile(text)).splitlines()

    assert not [line for line in lines if line.lstrip().startswith(("::", "##["))]


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_one_line_of_text(text: str) -> None:
    page = markdown.escaped(text)

    assert (len(page.splitlines()) <= 1, tags(f"- x: {page}") <= {"div", "ul", "li", "span"}) == (True, True)


def test_nobody_is_mentioned_and_nothing_is_referred_to() -> None:
    said = shown(f"x {markdown.escaped('@ann a@b.de #1 GH-2 www.b.de http://b.de :smile:')}").text_content()

    assert not [word for word in ("@ann", "a@b", "#1", "GH-2", "www.b", "http://", ":smile:") if word in said]


def test_many_cases_are_cut_short_and_those_held_against_the_run_come_first() -> None:
    wrong = rendered.records()[2]
    many = [replace(wrong, id=f"who-{index}") for index in range(2 * markdown.LISTED)]
    verdict = GateVerdict((Check("flips", False, "one", cases=("who-399",)),))

    text = markdown.render(rendered.summary_of(many), many, verdict, None)

    listed = [line for line in text.splitlines() if line.startswith("- **wrong**")]
    assert (len(listed), "who-399" in listed[0], f"and {markdown.LISTED} more" in text) == (markdown.LISTED, True, True)


def test_a_case_held_against_the_run_is_annotated_where_it_stands() -> None:
    lines = markdown.annotations(ENDS["flips"].records, ENDS["flips"].verdict)

    assert lines == [
        "::error file=tiny.yaml,line=9,title=fact-part%3A flips::What did the stand cost?%0Anot cited: “It paid.”",
        "::error file=tiny.yaml,line=14,title=who-wrong%3A flips"
        "::What did the stand cost?%0Anot cited: “The stand cost €86,000.”",
        "::error title=fact-gone::cases of the baseline",
    ]


def test_a_failed_check_without_cases_is_annotated() -> None:
    lines = markdown.annotations(ENDS["nothing"].records, ENDS["nothing"].verdict)

    assert lines == ["::error title=cases::0 selected"]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_annotation_is_one_command(text: str) -> None:
    run = rendered.hostile(text)

    for line in markdown.annotations(run.records, run.verdict):
        head, _, _ = line.removeprefix("::error ").partition("::")
        names = [one.partition("=")[0] for one in head.split(",")]
        assert (len(line.splitlines()), names) in ((1, ["title"]), (1, ["file", "line", "title"]))


def test_there_are_at_most_fifty_annotations() -> None:
    cases = tuple(f"fact-{index}" for index in range(80))
    lines = markdown.annotations([], GateVerdict((Check("flips", False, "many", cases=cases),)))

    assert (len(lines), lines[-1]) == (50, "::error title=and more::31 more, told in the summary")


def test_a_run_that_passes_has_no_annotations() -> None:
    assert markdown.annotations(ENDS["passed"].records, ENDS["passed"].verdict) == []
