"""A pressure test as one page that needs nothing else: no script, no network; all text of others is only text."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from assistant.types import Assumption, Finding, Verdict
from eval.render.elements import Child, Element, folded, section, tag, to_html
from ui.reports import verdict_report as told
from ui.reports.verdict_map import picture
from ui.reports.verdict_report import Report, Side

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
    """The whole page: the verdict at a glance, then what it stands on."""
    verdict = report.verdict
    main = tag(
        "main",
        _verdict(report),
        _cases(report),
        tag("div", _missing(verdict), _settling(verdict), cls="columns"),
        section("Importance and evidence", picture(told.points(verdict))),
        section(
            "What it rests on", [_assumption(n, one, report) for n, one in enumerate(verdict.assumptions, start=1)]
        ),
        section("How it was tested", _list(told.trust(verdict)), _searches(verdict)),
    )
    return to_html(tag("html", _head(report), tag("body", main), lang="en"))


def _head(report: Report) -> Element:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", report.verdict.idea),
        tag("style", files(__package__).joinpath("verdict.css").read_text("utf-8")),
    )


def _verdict(report: Report) -> Element:
    verdict = report.verdict
    return tag(
        "header",
        tag("p", "Pressure test. ", told.head(report), cls="small"),
        tag("h1", verdict.idea),
        tag("p", _ruling(verdict.ruling), " ", told.in_short(verdict), cls="ruling"),
        cls="banner",
    )


def _cases(report: Report) -> Element:
    numbers = told.numbered(report.verdict)
    return tag(
        "div",
        [
            section(
                case.title,
                [_quote(one, report, number=numbers[one]) for one in case.findings] or tag("p", case.empty),
            )
            for case in told.cases(report.verdict)
        ],
        cls="cases columns",
    )


def _missing(verdict: Verdict) -> Element | None:
    return section("What nobody says", _list(told.missing(verdict) or (told.ALL_TOUCHED,)))


def _settling(verdict: Verdict) -> Element | None:
    for question, how in told.settling(verdict)[:1]:
        return section(
            "Find out first",
            tag("dl", tag("dt", question), tag("dd", f"Cheapest evidence: {how}") if how else None),
        )
    return None


def _assumption(number: int, one: Assumption, report: Report) -> Element:
    left = told.left_open(report.verdict, number)
    return tag(
        "article",
        tag("h3", f"{number}. {one.text} ", _ruling(one.ruling)),
        tag("p", told.looked_at(one), cls="small"),
        tag("p", left, cls="gap") if left else None,
        [_side(side, report) for side in told.sides(report.verdict, number)],
        cls="assumption",
    )


def _side(side: Side, report: Report) -> Child:
    first, more = side.findings[: told.EACH], side.findings[told.EACH :]
    return (
        tag("h4", f"{side.name} ", tag("span", told.see_above(side)) if side.above else None),
        [_quote(one, report, in_context=True) for one in first],
        folded(f"And {len(more)} more", [_quote(one, report, in_context=True) for one in more]) if more else None,
    )


def _quote(one: Finding, report: Report, *, number: int | None = None, in_context: bool = False) -> Element:
    before, quote, after = told.around(one)
    why, mark = told.why(one), report.mark(one.citation)
    context = in_context and (before.strip() or after.strip())
    return tag(
        "figure",
        tag("blockquote", tag("b", f"{number} ", cls="small") if number else None, quote),
        tag("p", why, cls="small why") if why else None,
        tag("figcaption", told.source(one.citation), " · ", told.attributed(one), cls="small"),
        tag("p", mark, cls="fault") if mark else None,
        folded("Where it stands", tag("p", before, tag("mark", quote), after), cls="context small")
        if context
        else None,
    )


def _searches(verdict: Verdict) -> Element:
    return folded("What was searched for", _list(query for one in verdict.assumptions for query in one.searched))


def _list(lines: Iterable[str]) -> Element | None:
    items = [tag("li", line) for line in lines]
    return tag("ul", items) if items else None


def _ruling(ruling: str) -> Element:
    return tag("b", str(ruling), cls=f"pill {CLASSES[str(ruling)]}")
