"""A pressure test as one page that needs nothing else: no script, no network; all text of others is only text."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from assistant.types import Assumption, Finding, Stance
from eval.render.elements import Child, Element, folded, section, table, tag, to_html
from ui import verdict_report as told
from ui.verdict_map import picture
from ui.verdict_report import Report

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
CLASSES = {
    "holds": "good",
    "supported": "good",
    "contested": "part",
    "challenged": "bad",
    "gap": "none",
    "not covered": "none",
}


def page(report: Report) -> str:
    """The whole page: one of verdict, then what it stands on."""
    verdict = report.verdict
    main = tag(
        "main",
        _verdict(report),
        _case("The strongest case for it", verdict.case_for, report, cls="good"),
        _case("The strongest objection", verdict.case_against, report, cls="bad"),
        section("What is missing", _list(verdict.missing or ("Nothing: something that bears on each was found.",))),
        section("Questions to settle", _settling(report)),
        section("Leaps of faith, which nothing supports", _list(verdict.leaps_of_faith)),
        _picture(report),
        section(
            "What it rests on", [_assumption(n, one, report) for n, one in enumerate(verdict.assumptions, start=1)]
        ),
        section("What was searched for", [_searches(one) for one in verdict.assumptions]),
        section("How far to trust this", _list(told.trust(verdict))),
    )
    return to_html(tag("html", _head(report), tag("body", main), lang="en"))


def _head(report: Report) -> Element:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"Pressure test: {report.verdict.ruling}"),
        tag("style", files(__package__).joinpath("verdict.css").read_text("utf-8")),
    )


def _verdict(report: Report) -> Element:
    verdict = report.verdict
    return tag(
        "header",
        tag("p", "Pressure test", cls="small"),
        tag("h1", verdict.idea),
        tag("p", _ruling(verdict.ruling), " ", told.MEANS[verdict.ruling], cls="ruling"),
        tag("p", told.head(report), cls="small"),
        cls="banner",
    )


def _case(title: str, findings: Iterable[Finding], report: Report, *, cls: str) -> Element | None:
    quotes = [_quote(one, report) for one in findings]
    return section(title, tag("div", quotes or tag("p", told.NOTHING, cls="small"), cls=f"case {cls}"))


def _settling(report: Report) -> Child:
    questions = told.settling(report.verdict)
    if not questions:
        return tag("p", "None is open.")
    return tag(
        "dl", [(tag("dt", asked), tag("dd", f"Cheapest evidence: {how}") if how else None) for asked, how in questions]
    )


def _picture(report: Report) -> Element | None:
    points = told.points(report.verdict)
    rows = [
        (
            f"{point.number}. {point.assumption.text}",
            f"{point.importance:.1f}",
            str(len(told.of_side(point.assumption, Stance.SUPPORTS))),
            str(len(told.of_side(point.assumption, Stance.CHALLENGES))),
            _ruling(point.assumption.ruling),
        )
        for point in points
    ]
    return section(
        "Importance and evidence",
        tag("div", picture(points), table(("Assumption", "Importance", "For", "Against", "Ruling"), rows), cls="map"),
    )


def _assumption(number: int, one: Assumption, report: Report) -> Element:
    own, beside = told.first_told(report.verdict, number), told.beside(report.verdict, number)
    sides = [
        (tag("h4", name), [_quote(each, report, in_context=True) for each in found])
        for side, name in told.SIDES.items()
        if (found := told.of_side(own, side))
    ]
    return tag(
        "article",
        tag("h3", f"{number}. {one.text} ", _ruling(one.ruling)),
        tag("p", f"As {one.lens} · importance {one.importance:.1f}{told.weighed_by(one)}", cls="small"),
        tag("p", one.question) if one.question else None,
        tag("p", beside, cls="gap") if beside else None,
        sides,
        cls="assumption",
    )


def _quote(one: Finding, report: Report, *, in_context: bool = False) -> Element:
    before, quote, after = told.around(one) if in_context else ("", one.citation.quote, "")
    why, mark = told.why(one), report.mark(one.citation)
    return tag(
        "figure",
        tag("blockquote", before, tag("mark", quote), after),
        tag("p", why, cls="small why") if why else None,
        tag("figcaption", told.source(one.citation), " · ", told.attributed(one), cls="small"),
        tag("p", mark, cls="fault") if mark else None,
    )


def _searches(one: Assumption) -> Element:
    return folded(one.text, _list(one.searched))


def _list(lines: Iterable[str]) -> Element | None:
    items = [tag("li", line) for line in lines]
    return tag("ul", items) if items else None


def _ruling(ruling: str) -> Element:
    return tag("b", str(ruling), cls=f"pill {CLASSES[str(ruling)]}")
