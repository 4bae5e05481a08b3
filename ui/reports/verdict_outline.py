"""A verdict as an outline: titles and parts in the one order that the terminal and all reports share. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from assistant.types import Assumption, Finding, IdeaRuling
from ui.reports import verdict_report as told
from ui.reports.verdict_report import Point, Report


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What to find out, and the cheapest way to, which may be empty."""

    text: str
    how: str


@dataclass(frozen=True, slots=True)
class QuotedFinding:
    """A finding: its words, the text around them in some places, and what is known about them."""

    number: int | None
    words: str
    before: str
    after: str
    why: str
    source: str
    attributed: str
    mark: str

    @property
    def caption(self) -> str:
        """Who says it where, how, and by whom its side is known."""
        return " · ".join(part for part in (self.source, self.attributed) if part)


@dataclass(frozen=True, slots=True)
class SideOutline:
    """The findings of one side, and references to those shown further up."""

    name: str
    see: str
    quotes: tuple[QuotedFinding, ...]


@dataclass(frozen=True, slots=True)
class Resting:
    """An assumption with its findings; ``left`` says what is still open."""

    number: int
    text: str
    ruling: str
    looked_at: str
    left: str
    sides: tuple[SideOutline, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Importance and evidence of each assumption; formats without pictures show a table."""

    points: tuple[Point, ...]


Part: TypeAlias = Paragraph | Bullets | OpenQuestion | QuotedFinding | Resting | Picture
PARTS = (Paragraph, Bullets, OpenQuestion, QuotedFinding, Resting, Picture)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled run of parts. Sections of the same ``row`` may stand side by side."""

    title: str
    parts: tuple[Part, ...]
    row: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole report; ``searched`` are the queries behind it."""

    idea: str
    ruling: IdeaRuling
    opening: str
    head: str
    sections: tuple[Section, ...]
    searched: tuple[str, ...]


def outline(report: Report) -> Outline:
    """The report in its parts."""
    verdict = report.verdict
    return Outline(
        verdict.idea,
        verdict.ruling,
        told.in_short(verdict),
        f"Pressure test. {told.head(report)}",
        tuple(_sections(report)),
        tuple(query for assumption in verdict.assumptions for query in assumption.searched),
    )


def _sections(report: Report) -> Iterator[Section]:
    verdict = report.verdict
    numbers = told.numbered(verdict)
    for case in told.cases(verdict):
        quotes = tuple(_quote(finding, report, number=numbers[finding]) for finding in case.findings)
        yield Section(case.title, quotes or (Paragraph(case.empty),), "cases")
    yield Section(told.UNFOUND, (Bullets(told.missing(verdict) or (told.ALL_TOUCHED,)),), "open")
    for question, how in told.settling(verdict)[:1]:
        yield Section("Find out first", (OpenQuestion(question, f"{told.CHEAPEST}{how}" if how else ""),), "open")
    yield Section("Importance and evidence", (Picture(tuple(told.points(verdict))),))
    resting = (_resting(number, one, report) for number, one in enumerate(verdict.assumptions, start=1))
    yield Section("What it rests on", tuple(resting))
    yield Section("How it was tested", (Bullets(tuple(told.trust(verdict))),))


def _resting(number: int, assumption: Assumption, report: Report) -> Resting:
    sides = (
        SideOutline(
            side.name, told.see_above(side), tuple(_quote(one, report, in_context=True) for one in side.findings)
        )
        for side in told.sides(report.verdict, number)
    )
    left = told.left_open(report.verdict, number)
    return Resting(number, assumption.text, assumption.ruling, told.looked_at(assumption), left, tuple(sides))


def _quote(finding: Finding, report: Report, *, number: int | None = None, in_context: bool = False) -> QuotedFinding:
    before, words, after = told.around(finding)
    return QuotedFinding(
        number,
        words,
        before if in_context else "",
        after if in_context else "",
        told.why(finding),
        told.source(finding.citation),
        told.attributed(finding),
        report.mark(finding.citation),
    )
