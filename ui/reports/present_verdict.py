"""Formats verdicts for the pressure-test page. Pure functions; text of documents, models and users is escaped.

``verdict_report`` decides the words and their order for all reports; this module decides how the page shows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from assistant.pressure.assumptions import Assumed, of_words
from assistant.pressure.discussion import VerdictChange
from assistant.pressure.pressure_text import left_out
from assistant.types import Assumption, AssumptionRuling, Citation, Finding, Verdict
from ui.reports import verdict_map
from ui.reports import verdict_report as told
from ui.reports.verdict_map import CORNERS, shares
from ui.reports.verdict_report import Point, Report
from ui.views import present
from ui.views.present import escape, label

BADGES = {
    "holds": "green",
    "supported": "green",
    "contested": "orange",
    "challenged": "red",
    "gap": "gray",
    "not covered": "gray",
}
# White on each has a contrast of 4.5 and more, each on either theme's ground 3 and more.
FILLS = {"supported": "#2e7d55", "contested": "#8f6200", "challenged": "#b8443a", "gap": "#687078"}
LINES = "#7f878b"  # seen on either ground
CORNER = {"color": LINES, "fontSize": 11, "lineBreak": "\n"}
LEGEND = {"symbolSize": 120, "symbolStrokeWidth": 0}
PICTURE = 300  # pixels high, so that the cards below are still seen; not measured
WORDS = 90  # characters of an assumption in the head of its card: meant for one line
BEGINNING = 24  # of them, where the rest is told from where it differs from another's: two or three words
SHORT = 60  # characters of a quote that no screen cuts off at two lines


class Place(NamedTuple):
    """The position of a finding (a quote that concerns an idea) in a verdict: the number of the assumption that it
    belongs to (``assumption``), and its number among the findings of this assumption (``finding``), both counted from
    1."""

    assumption: int
    finding: int


class LookedAt(NamedTuple):
    """A preview of what a test of an idea will look at. ``tested`` is the text of the idea without sentences that only
    ask for agreement; ``is_shortened`` is true if such sentences were left out. ``parts`` are the assumptions that are
    stated in ``tested``."""

    parts: tuple[Assumed, ...]
    tested: str
    is_shortened: bool


def looked_at(idea: str) -> LookedAt:
    """Find the assumptions in an idea's own words, without a model, as a preview of its test. If the idea is empty, no
    assumptions are found."""
    plain = " ".join(idea.split())
    tested = left_out(plain)
    return LookedAt(tuple(of_words(tested)) if tested else (), tested, tested != plain)


def badge(ruling: str) -> str:
    """A ruling, such as ``contested``, as a coloured badge in Streamlit's Markdown."""
    return f":{BADGES[ruling]}-badge[{called(ruling)}]"


def called(ruling: str) -> str:
    """The name under which readers see a ruling: ``gap`` is called "no evidence", and any other ruling keeps its
    name."""
    return "no evidence" if ruling == AssumptionRuling.GAP else ruling


def head(number: int, assumptions: Sequence[Assumption]) -> str:
    """The assumption with this number (counted from 1) as one line of Markdown: its number, text and ruling, and how
    many voices (people, or documents without a named speaker) are for it and against it.

    A long text is cut at its end. If another of the ``assumptions`` would then look the same, the line has the first
    words of the text and, after an ellipsis, the text from the word in which it differs from the other.
    """
    one = assumptions[number - 1]
    mark = (
        f":gray-badge[{told.OPEN}]"
        if told.outcome(one) == told.OPEN
        else f":{BADGES[one.ruling]}-badge[{told.outcome(one)}]"
    )
    words = _cut(one.text, [other.text for other in assumptions])
    return f"**{number}** {label(told.opened(words), WORDS)} {mark} {told.counted(one)}".rstrip()


def _cut(text: str, others: Sequence[str]) -> str:
    """``text`` so that its first ``WORDS`` characters differ from those of every text in ``others`` that begins as it
    does."""
    text, *others = (" ".join(each.split()) for each in (text, *others))
    alike = [each for each in others if each != text and present.option(each, WORDS) == present.option(text, WORDS)]
    if not alike:
        return text
    same = max(_shared(text, each) for each in alike)
    start = text.rfind(" ", 0, min(same, len(text) - 1)) + 1
    return f"{text[:BEGINNING].rsplit(' ', 1)[0]} … {text[start:]}"


def _shared(one: str, other: str) -> int:
    """How many characters both texts begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def places(verdict: Verdict) -> dict[Finding, Place]:
    """The position of each finding (a quote that concerns the idea) in the verdict. If the same finding belongs to
    several assumptions, its position under the first of them counts."""
    found: dict[Finding, Place] = {}
    for number, one in enumerate(verdict.assumptions, start=1):
        for place, finding in enumerate(one.findings, start=1):
            found.setdefault(finding, Place(number, place))
    return found


def in_order(verdict: Verdict) -> dict[tuple[int, int], Citation]:
    """Map the position (``places``) of each finding of a verdict to the citation of the finding. The findings are in
    the order in which the page shows them: those of the overview first, then those of each assumption."""
    at = places(verdict)
    return {at[one]: one.citation for one in (*told.numbered(verdict), *at)}


def quote(one: Finding, *, in_context: bool) -> str:
    """The quote of a finding as HTML, followed by a model's reason why it concerns the idea, if there is one. With
    ``in_context``, the text around the quote is included and the quote is marked."""
    before, words, after = told.around(one) if in_context else ("", one.citation.quote, "")
    context = [f'<span class="context">{_lines(part)}</span>' if part.strip() else "" for part in (before, after)]
    said = f'<mark class="words">{escape(words)}</mark>' if any(context) else escape(words)
    return f'<blockquote class="finding">{context[0]}{said}{context[1]}</blockquote>{_why(one)}'


def folded(one: Finding) -> str:
    """The quote of a finding with the text around it, as HTML of which the page shows two lines until a click unfolds
    it. A short quote without any text around it cannot be folded. A model's reason why the finding concerns its
    assumption follows, if there is one."""
    before, words, after = told.around(one)
    if len(words) <= SHORT and not (before + after).strip():
        return quote(one, in_context=False)
    context = [f'<span class="context">{_lines(part)}</span>' if part.strip() else "" for part in (before, after)]
    said = f'{context[0]}<mark class="words">{_lines(words)}</mark>{context[1]}'
    return f'<blockquote class="finding"><details><summary>{said}</summary></details></blockquote>{_why(one)}'


def _why(one: Finding) -> str:
    return f'<p class="small why">{escape(told.why(one))}</p>' if one.why else ""


def _lines(text: str) -> str:
    return escape(re.sub(r"\n\s*\n", "\n", text))


def source(citation: Citation, number: int | None = None) -> str:
    """The label of the button that opens the source of a citation: the number of the finding, if it has one, then
    speaker, date, title and page. Speaker and date come first, so that they stay readable on a screen that cuts the
    label off."""
    title, *known = present.particulars(citation)
    told = label(" · ".join(filter(None, [*known, title, citation.about.place(citation.page)])), 160)
    return f"\\[{number}\\] {told}" if number else told


def tip(one: Finding) -> str:
    """The tooltip of the button that opens the source of a finding, in Streamlit's Markdown: title, speaker and date,
    then the quote, with the text before and after it."""
    before, _, after = told.around(one)
    return present.tip(one.citation, " ".join(before.split()), " ".join(after.split()))


def attributed(one: Finding, report: Report) -> str:
    """A note as HTML on a finding (a quote that concerns an assumption): the kind of statement (such as a forecast),
    the person who judged whether the finding speaks for or against the assumption, and a warning if the source of the
    finding has changed or is gone. Empty if there is nothing to say."""
    mark = report.mark(one.citation)
    since = f'<p class="small notice" role="status">{mark}</p>' if mark else ""
    how = "; ".join(filter(None, (told.KINDS[one.kind], told.judged_by(one))))
    return f'<p class="small attributed">{escape(how)}</p>{since}' if how else since


def settling(verdict: Verdict, most: int | None = None) -> str:
    """The open questions of a verdict as HTML, each with the cheapest way to settle it. ``most`` is the largest number
    of questions; None for all."""
    asked = [
        f"<dl><dt>{escape(question)}</dt><dd>{told.CHEAPEST}{escape(how)}</dd></dl>"
        if how
        else f"<p><strong>{escape(question)}</strong></p>"
        for question, how in told.settling(verdict)[:most]
    ]
    return "".join(asked) or "<p>None is open.</p>"


def listed(lines: Sequence[str], otherwise: str = "") -> str:
    """The lines as an HTML list. If there are no lines, the text ``otherwise`` as an HTML paragraph."""
    items = "".join(f"<li>{escape(told.opened(line))}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else f"<p>{escape(otherwise)}</p>"


def changes(found: Sequence[VerdictChange], *, better: bool) -> str:
    """The changes from one verdict to another as HTML: those for the better, or, if ``better`` is false, those for the
    worse. Each change is shown with at most three of the quotes that caused it."""
    items = [
        f"<li>{escape(told.opened(one.what))}{''.join(map(_because, one.findings[:3]))}</li>"
        for one in found
        if one.better is better
    ]
    return f"<ul>{''.join(items)}</ul>" if items else "<p>Nothing.</p>"


def _because(one: Finding) -> str:
    return f"{quote(one, in_context=False)}<p>{present.source_line(one.citation)}</p>"


def in_words(points: Sequence[Point]) -> str:
    """A description of the chart of importance and evidence, for people who cannot see the chart."""
    return f"{verdict_map.in_words(points)} Each is among the cards beside it."


def picture(points: Sequence[Point], chosen: int) -> dict[str, Any]:
    """The Vega-Lite specification of a chart that shows the importance of each assumption and the evidence on it. The
    visitor can select an assumption by a click on its point. ``chosen`` is the number of the assumption whose point is
    emphasized; 0 for none."""
    values = [
        {
            "number": point.number,
            "x": x,
            "y": y,
            "ruling": called(point.assumption.ruling.value),
            "assumption": f"{point.number}. {point.assumption.text}",
            "importance": f"{point.importance:.0%}",
            "evidence": told.counted(point.assumption) or "nothing",
            "width": 4 if point.number == chosen else 1,
        }
        for point, x, y in shares(points)
    ]
    x = _axis("x", "Evidence", "none", f"{told.ENOUGH} voices or more", 0.08)
    y = _axis("y", "Importance", "little", "all", 0.2)
    at = {"x": x, "y": y}
    tooltip = [
        {"field": name, "type": "nominal", "title": name.capitalize()}
        for name in ("assumption", "ruling", "importance", "evidence")
    ]
    return {
        "height": PICTURE,
        "data": {"values": values},
        "layer": [
            *(
                {
                    "data": {"values": [{name: 0.5}]},
                    "mark": {"type": "rule", "color": LINES, "strokeDash": [3, 4], "opacity": 0.6},
                    "encoding": {name: encoding},
                }
                for name, encoding in at.items()
            ),
            *(
                {
                    "data": {
                        "values": [
                            {"x": -0.06 + column * 0.58, "y": 1.19 - row * 1.38, "told": words.replace(": ", ":\n")}
                        ]
                    },
                    "mark": {"type": "text", "align": "left", "baseline": ("top", "bottom")[row], **CORNER},
                    "encoding": {**at, "text": {"field": "told", "type": "nominal"}},
                }
                for (column, row), words in CORNERS.items()
            ),
            {
                "mark": {"type": "circle", "size": 560, "opacity": 1, "stroke": LINES, "cursor": "pointer"},
                "params": [{"name": "chosen", "select": {"type": "point", "fields": ["number"], "toggle": False}}],
                "encoding": {
                    **at,
                    "fill": {
                        "field": "ruling",
                        "type": "nominal",
                        "scale": {"domain": [called(ruling) for ruling in FILLS], "range": list(FILLS.values())},
                        "legend": {"orient": "bottom", "title": None, "columns": 2, **LEGEND},
                    },
                    "strokeWidth": {"field": "width", "type": "quantitative", "scale": None, "legend": None},
                    "tooltip": tooltip,
                },
            },
            {
                "mark": {"type": "text", "color": "#ffffff", "fontWeight": "bold", "fontSize": 13},
                "encoding": {**at, "text": {"field": "number", "type": "nominal"}},
            },
        ],
    }


def _axis(field: str, title: str, least: str, most: str, edge: float) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [-edge, 1 + edge], "nice": False, "zero": False},
        "axis": {
            "values": [0, 1],
            "labelExpr": f"datum.value == 0 ? '{least}' : '{most}'",
            "grid": False,
            "ticks": False,
            "labelAngle": 0,
        },
    }
