"""A verdict as an outline of titled sections, in the order that the terminal and all reports share. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

from assistant.types import Assumption, Finding, IdeaRuling
from ui.reports import verdict_report as told
from ui.reports.verdict_report import Point, Report

EACH = 3  # findings on a side that a Word or web report quotes of an assumption at most, beside those above
# Lines of quotes for which three pages have room beside six assumptions, and characters of a line: as many as
# ``tests/paper.py`` has room for.
ROOM, LINE = 75, 105


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text in a report."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A bulleted list in a report. Each of its ``lines`` is one item."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that should be settled, and the cheapest way to settle it (``how``, empty if unknown)."""

    text: str
    how: str


@dataclass(frozen=True, slots=True)
class QuotedFinding:
    """A finding (a quote that concerns an assumption) as a report shows it. ``number`` is its number in the overview of
    the report, counted from 1; None if the finding is not in the overview. ``words`` is the quote; ``before`` and
    ``after`` are the text around it, empty in the overview. ``why`` is a model's reason why the quote concerns the
    assumption, empty if there is none.

    ``source`` and ``place`` both name the source of the quote; ``place`` also has the positions of the quote in its
    file. ``attributed`` says what kind of statement the quote is (such as a forecast), and whether a person or a model
    decided if it speaks for or against the assumption. ``mark`` is a warning if the source has changed or is gone.
    """

    number: int | None
    words: str
    before: str
    after: str
    why: str
    source: str
    place: str
    attributed: str
    mark: str

    @property
    def caption(self) -> str:
        """One line below the quote: its source, the kind of statement (such as a forecast), and whether a person or a
        model decided if it speaks for or against the assumption."""
        return " · ".join(part for part in (self.source, self.attributed) if part)


@dataclass(frozen=True, slots=True)
class SideOutline:
    """The findings on one side of an assumption; ``name`` is the side: for it, against it, or unclear. ``see`` is a
    sentence that refers to findings shown earlier in the report; ``quotes`` has the other findings. Word and HTML
    reports show the first ``fitting`` of the ``quotes`` in full, and give the number of the others."""

    name: str
    see: str
    quotes: tuple[QuotedFinding, ...]
    fitting: int = 0


@dataclass(frozen=True, slots=True)
class Resting:
    """The part of a report that is about one assumption, with the findings on it grouped by side (for the assumption,
    against it, or unclear). ``ruling`` is the name under which readers see the ruling. ``looked_at`` says under which
    question the assumption was examined and how important it is; ``left`` says what is still open."""

    number: int
    text: str
    ruling: str
    looked_at: str
    left: str
    sides: tuple[SideOutline, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart of importance and evidence in a report. It shows how important each assumption is, and how much
    evidence was found on it. Formats without pictures show a table instead."""

    points: tuple[Point, ...]


Part: TypeAlias = Paragraph | Bullets | OpenQuestion | QuotedFinding | Resting | Picture
PARTS = (Paragraph, Bullets, OpenQuestion, QuotedFinding, Resting, Picture)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report with a title and its parts, such as paragraphs and lists. Sections with the same ``row``
    may be shown side by side, unless ``row`` is empty."""

    title: str
    parts: tuple[Part, ...]
    row: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole report, as sections that can be written in any format. ``opening`` is the result in short, ``head`` a
    summary of the test, and ``searched`` has the search queries of the test, which only a terminal shows."""

    idea: str
    ruling: IdeaRuling
    opening: str
    head: str
    sections: tuple[Section, ...]
    searched: tuple[str, ...]


def outline(report: Report) -> Outline:
    """Arrange a report as sections in the order that all formats share."""
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
    numbers, room = told.numbered(verdict), ROOM
    for case in told.cases(verdict):
        quotes = tuple(_quote(finding, report, number=numbers[finding]) for finding in case.findings)
        room -= sum(map(_lines, quotes))
        yield Section(case.title, quotes or (Paragraph(case.empty),), "cases")
    yield Section(told.UNFOUND, (Bullets(told.missing(verdict) or (told.ALL_TOUCHED,)),), "open")
    for question, how in told.settling(verdict)[:1]:
        yield Section("Find out first", (OpenQuestion(question, f"{told.CHEAPEST}{how}" if how else ""),), "open")
    yield Section("Importance and evidence", (Picture(tuple(told.points(verdict))),))
    resting = [_resting(number, one, report) for number, one in enumerate(verdict.assumptions, start=1)]
    yield Section("What it rests on", _fitted(resting, room))
    yield Section("How it was tested", (Bullets(tuple(told.trust(verdict))),))


def _fitted(resting: Sequence[Resting], room: int) -> tuple[Resting, ...]:
    """The assumptions with the number of quotes on each side that fit into so many lines. The first quotes of all sides
    come before the second ones, and so on, up to ``EACH``."""
    sides = [(number, side) for number, one in enumerate(resting) for side in one.sides]
    fitting: Counter[tuple[int, str]] = Counter()
    for place, (number, side) in product(range(EACH), sides):
        for quote in side.quotes[place : place + 1]:
            room -= _lines(quote)
            fitting[number, side.name] += room >= 0
    return tuple(
        replace(one, sides=tuple(replace(side, fitting=fitting[number, side.name]) for side in one.sides))
        for number, one in enumerate(resting)
    )


def _lines(quote: QuotedFinding) -> int:
    return sum(-(-len(text) // LINE) for text in (quote.words, quote.caption, quote.why))


def _resting(number: int, assumption: Assumption, report: Report) -> Resting:
    sides = (
        SideOutline(
            side.name, told.see_above(side), tuple(_quote(one, report, in_context=True) for one in side.findings)
        )
        for side in told.sides(report.verdict, number)
    )
    left = told.left_open(report.verdict, number)
    return Resting(number, assumption.text, told.outcome(assumption), told.looked_at(assumption), left, tuple(sides))


def _quote(finding: Finding, report: Report, *, number: int | None = None, in_context: bool = False) -> QuotedFinding:
    before, words, after = told.around(finding)
    return QuotedFinding(
        number,
        words,
        before if in_context else "",
        after if in_context else "",
        told.why(finding),
        told.source(finding.citation),
        told.place(finding.citation),
        told.attributed(finding),
        report.mark(finding.citation),
    )
