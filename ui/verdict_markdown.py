"""A pressure test as a Markdown page; the documents' own words stay words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.types import Assumption, Finding, Stance
from ui import verdict_report as told
from ui.inert import markdown as _plain
from ui.verdict_report import Report


def page(report: Report) -> str:
    """The report in Markdown, ending in a newline."""
    return "\n\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    verdict = report.verdict
    yield "# Pressure test"
    yield f"> {_plain(verdict.idea)}"
    means, head = told.MEANS[verdict.ruling], _plain(told.head(report))
    yield f"The idea, by these documents: **{verdict.ruling}**. {means} {head}"
    yield _section("The strongest case for it", (_finding(one, report) for one in verdict.case_for))
    yield _section("The strongest objection", (_finding(one, report) for one in verdict.case_against))
    missing = (f"- {_plain(one)}" for one in verdict.missing)
    yield _section("What is missing", missing, "Nothing: something that bears on each was found.")
    questions = [
        f"- {_plain(q)}{f' Cheapest evidence: {_plain(how)}' if how else ''}" for q, how in told.settling(verdict)
    ]
    yield _section("Questions to settle", questions, "None.")
    if verdict.leaps_of_faith:
        yield _section("Leaps of faith, which nothing supports", (f"- {_plain(one)}" for one in verdict.leaps_of_faith))
    yield "## Importance and evidence"
    yield _table(report)
    yield "## What it rests on"
    for number, one in enumerate(verdict.assumptions, start=1):
        yield _assumption(number, one, report)
    yield _section("What was searched for", (f"- {_plain(q)}" for a in verdict.assumptions for q in a.searched))
    yield _section("How far to trust this", (f"- {_plain(line)}" for line in told.trust(verdict)))


def _table(report: Report) -> str:
    rows = [
        f"| {point.number} | {_plain(point.assumption.text)} | {point.importance:.1f} "
        f"| {len(told.of_side(point.assumption, Stance.SUPPORTS))} "
        f"| {len(told.of_side(point.assumption, Stance.CHALLENGES))} | {point.assumption.ruling} |"
        for point in told.points(report.verdict)
    ]
    return "\n".join(["| | assumption | importance | for | against | ruling |", "|---|---|---|---|---|---|", *rows])


def _assumption(number: int, one: Assumption, report: Report) -> str:
    lines = [
        f"### {number}. {_plain(one.text)}",
        "",
        f"As {_plain(one.lens)} (importance {one.importance:.1f}{told.weighed_by(one)}): **{one.ruling}**.",
    ]
    if one.question:
        lines += ["", _plain(one.question)]
    if beside := told.beside(report.verdict, number):
        lines += ["", beside]
    own = told.first_told(report.verdict, number)
    for side, name in told.SIDES.items():
        if found := told.of_side(own, side):
            lines += ["", f"{name}:", "", *(_finding(each, report, in_context=True) for each in found)]
    return "\n".join(lines)


def _finding(one: Finding, report: Report, *, in_context: bool = False) -> str:
    line = (
        f"- {one.stance} ({one.confidence:.2f}): “{_plain(one.citation.quote)}” ({_plain(told.source(one.citation))})"
    )
    line += f" — {_plain(told.KINDS[one.kind])}"
    if mark := report.mark(one.citation):
        line += f" — **{mark}**"
    if why := told.why(one):
        line += f"\\\n  *{_plain(why)}*"
    before, _, after = told.around(one)
    if in_context and (before.strip() or after.strip()):
        line += f"\n  > {_plain(before)} **{_plain(one.citation.quote)}** {_plain(after)}".rstrip()
    return line


def _section(title: str, lines: Iterable[str], otherwise: str = told.NOTHING) -> str:
    return "\n".join([f"## {title}", "", *(list(lines) or [otherwise])])
