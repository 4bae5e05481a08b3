"""Writes a pressure test as text for a terminal. ``terminal.say`` prints it without control characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.pressure import rulings
from ui.reports.terminal import filled
from ui.reports.verdict_outline import (
    Bullets,
    OpenQuestion,
    Outline,
    Paragraph,
    Part,
    Picture,
    QuotedFinding,
    Resting,
    Section,
)
from ui.reports.verdict_report import Point, outcome

INDENT = "  "


def page(outline: Outline) -> str:
    """The report on a tested idea as text for a terminal. The search queries and the date of the test come last, since
    a terminal shows the end of a text."""
    opening = filled(f"{outline.ruling}: {outline.opening}")
    searched = [filled(f"Searched for: {'; '.join(outline.searched)}")] if outline.searched else []
    sections = map(_section, outline.sections)
    return "\n\n".join([filled(outline.idea), opening, *sections, *searched, filled(outline.head)])


def _section(section: Section) -> str:
    between = "\n\n" if isinstance(section.parts[0], Resting) else "\n"
    return f"{section.title}\n{between.join(map(_part, section.parts))}"


def _part(part: Part) -> str:
    match part:
        case Paragraph(text):
            return filled(text, INDENT)
        case Bullets(lines):
            return "\n".join(filled(line, f"{INDENT}- ", f"{INDENT}  ") for line in lines)
        case OpenQuestion(text, how):
            return "\n".join(filled(line, INDENT) for line in (text, how) if line)
        case QuotedFinding():
            return _quote(part, INDENT)
        case Picture(points):
            return _table(points)
        case Resting():
            return "\n".join(_resting(part))


def _table(points: Sequence[Point]) -> str:
    """A table of the assumptions: number, importance, voices (people, or documents without a named speaker) for and
    against, and ruling."""
    return "\n".join(
        f"{point.number:4}. importance {point.importance:.1f}"
        f"   voices: {said_for} for, {said_against} against   {outcome(point.assumption)}"
        for point in points
        for said_for, said_against in [rulings.heard(point.assumption.findings)]
    )


def _resting(part: Resting) -> Iterator[str]:
    number = f"{INDENT}{part.number}. "
    within = " " * len(number)
    yield filled(f"{part.text} ({part.ruling})", number, within)
    yield filled(part.looked_at, within)
    if part.left:
        yield filled(part.left, within)
    for side in part.sides:
        yield filled(f"{side.name}: {side.see}", within)
        yield from (_quote(quote, within) for quote in side.quotes)


def _quote(part: QuotedFinding, indent: str) -> str:
    """A finding as lines: its quote, then its source, a warning if the source has changed, and a model's reason if
    there is one."""
    mark = f"{indent}{part.number}. " if part.number else f"{indent}- "
    beside = " " * len(mark)
    caption = " · ".join(filter(None, (part.place, part.attributed)))
    lines = [filled(f"“{part.words}”", mark, beside), filled(caption, beside)]
    return "\n".join([*lines, *(filled(line, beside) for line in (part.mark, part.why) if line)])
