"""Writes a pressure test as Markdown. Text of documents, models and users is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.pressure import rulings
from ui.reports.verdict_outline import (
    Bullets,
    OpenQuestion,
    Outline,
    Paragraph,
    Part,
    Picture,
    QuotedFinding,
    Resting,
)
from ui.reports.verdict_report import Point, opened, outcome
from ui.views.inert import markdown as _plain


def page(outline: Outline) -> str:
    """The report on a tested idea as Markdown text that ends with a newline."""
    return "\n\n".join(_parts(outline)) + "\n"


def _parts(outline: Outline) -> Iterator[str]:
    yield f"# {_plain(outline.idea)}"
    yield _plain(outline.head)
    yield f"**{opened(outline.ruling)}**: {_plain(outline.opening)}"
    for section in outline.sections:
        yield f"## {section.title}"
        yield ("\n\n" if isinstance(section.parts[0], Resting) else "\n").join(map(_part, section.parts))


def _part(part: Part) -> str:
    match part:
        case Paragraph(text):
            return _plain(text)
        case Bullets(lines):
            return "\n".join(f"- {_plain(line)}" for line in lines)
        case OpenQuestion(text, how):
            return " ".join(map(_plain, filter(None, (text, how))))
        case QuotedFinding():
            return _quote(part)
        case Picture(points):
            return _table(points)
        case Resting():
            return _resting(part)


def _table(points: Sequence[Point]) -> str:
    rows = [
        f"| {point.number} | {_plain(point.assumption.text)} | {point.importance:.0%} "
        f"| {said_for} | {said_against} | {outcome(point.assumption)} |"
        for point in points
        for said_for, said_against in [rulings.heard(point.assumption.findings)]
    ]
    return "\n".join(
        ["| | assumption | importance | voices for | voices against | ruling |", "|---|---|---|---|---|---|", *rows]
    )


def _resting(part: Resting) -> str:
    heading = f"### {part.number}. {_plain(part.text)}"
    lines = [heading, "", f"**{opened(part.ruling)}**. {_plain(part.looked_at)}"]
    if part.left:
        lines += ["", _plain(part.left)]
    for side in part.sides:
        lines += ["", f"{side.name}: {side.see}".rstrip(), "", *map(_quote, side.quotes)]
    return "\n".join(lines)


def _quote(part: QuotedFinding) -> str:
    number = f"[{part.number}] " if part.number else ""
    line = f"- {number}“{_plain(part.words)}” — {_plain(part.source)}"
    if part.attributed:
        line += f" — {_plain(part.attributed)}"
    if part.mark:
        line += f" — **{part.mark}**"
    if part.why:
        line += f"\\\n  *{_plain(part.why)}*"
    if part.before.strip() or part.after.strip():
        line += f"\n  > {_plain(part.before)} **{_plain(part.words)}** {_plain(part.after)}".rstrip()
    return line
