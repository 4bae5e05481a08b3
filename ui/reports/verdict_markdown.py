"""A pressure test as a Markdown page; the documents' own words stay words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.types import Assumption, Finding, Stance
from ui.reports import verdict_report as told
from ui.reports.verdict_report import Report
from ui.views.inert import markdown as _plain


def page(report: Report) -> str:
    """The report in Markdown, ending in a newline."""
    return "\n\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    verdict = report.verdict
    yield f"# {_plain(verdict.idea)}"
    yield f"Pressure test. {_plain(told.head(report))}"
    yield f"**{verdict.ruling}**: {_plain(told.in_short(verdict))}"
    numbers = told.numbered(verdict)
    for case in told.cases(verdict):
        yield _section(case.title, (_finding(one, report, number=numbers[one]) for one in case.findings), case.empty)
    missing = (f"- {_plain(one)}" for one in told.missing(verdict))
    yield _section("What nobody says", missing, told.ALL_TOUCHED)
    for question, how in told.settling(verdict)[:1]:
        yield _section("Find out first", [f"{_plain(question)}{f' Cheapest evidence: {_plain(how)}' if how else ''}"])
    yield "## Importance and evidence"
    yield _table(report)
    yield "## What it rests on"
    for number, one in enumerate(verdict.assumptions, start=1):
        yield _assumption(number, one, report)
    yield _section("How it was tested", (f"- {_plain(line)}" for line in told.trust(verdict)))
    yield _section("What was searched for", (f"- {_plain(q)}" for a in verdict.assumptions for q in a.searched))


def _table(report: Report) -> str:
    rows = [
        f"| {point.number} | {_plain(point.assumption.text)} | {point.importance:.1f} "
        f"| {len(told.of_side(point.assumption, Stance.SUPPORTS))} "
        f"| {len(told.of_side(point.assumption, Stance.CHALLENGES))} | {point.assumption.ruling} |"
        for point in told.points(report.verdict)
    ]
    return "\n".join(["| | assumption | importance | for | against | ruling |", "|---|---|---|---|---|---|", *rows])


def _assumption(number: int, one: Assumption, report: Report) -> str:
    lines = [f"### {number}. {_plain(one.text)}", "", f"**{one.ruling}**. {_plain(told.looked_at(one))}"]
    if left := told.left_open(report.verdict, number):
        lines += ["", _plain(left)]
    for side in told.sides(report.verdict, number):
        found = [_finding(each, report, in_context=True) for each in side.findings]
        lines += ["", f"{side.name}: {told.see_above(side)}".rstrip(), "", *found]
    return "\n".join(lines)


def _finding(one: Finding, report: Report, *, number: int | None = None, in_context: bool = False) -> str:
    mark = f"[{number}] " if number else ""
    line = f"- {mark}“{_plain(one.citation.quote)}” ({_plain(told.source(one.citation))})"
    line += f" — {_plain(told.attributed(one))}"
    if mark := report.mark(one.citation):
        line += f" — **{mark}**"
    if why := told.why(one):
        line += f"\\\n  *{_plain(why)}*"
    before, _, after = told.around(one)
    if in_context and (before.strip() or after.strip()):
        line += f"\n  > {_plain(before)} **{_plain(one.citation.quote)}** {_plain(after)}".rstrip()
    return line


def _section(title: str, lines: Iterable[str], otherwise: str = "") -> str:
    return "\n".join([f"## {title}", "", *(list(lines) or [otherwise])])
